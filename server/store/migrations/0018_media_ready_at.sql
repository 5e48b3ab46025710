-- Unix ms: when handle or url was made. 0: before this was kept. What was sent earlier says nothing of it.
ALTER TABLE media_handles ADD COLUMN ready_at BIGINT NOT NULL DEFAULT 0;
