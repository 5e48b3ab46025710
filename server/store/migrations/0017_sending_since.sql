-- Unix ms: when the campaign was begun, or resumed the last time. 0: before this was kept. What was sent earlier does not pause it.
ALTER TABLE campaigns ADD COLUMN sending_since BIGINT NOT NULL DEFAULT 0;
