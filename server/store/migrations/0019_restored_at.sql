-- Unix ms: when a person accepted a restored backup the last time; 0: never. What followed the messages of before may have been sent since.
ALTER TABLE epoch ADD COLUMN restored_at BIGINT NOT NULL DEFAULT 0;
