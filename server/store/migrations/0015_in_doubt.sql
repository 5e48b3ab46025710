-- An earlier attempt may have arrived: whatever becomes of the next one, it is not certain that nothing was sent.
ALTER TABLE queue ADD COLUMN in_doubt SMALLINT NOT NULL DEFAULT 0;
