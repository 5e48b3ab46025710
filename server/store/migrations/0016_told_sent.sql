-- The message that a waiting event reports as sent: while it waits, that message is not sent once more. 0: none.
ALTER TABLE pending_events ADD COLUMN told_sent BIGINT NOT NULL DEFAULT 0;
CREATE INDEX pending_events_told_sent ON pending_events (told_sent);
