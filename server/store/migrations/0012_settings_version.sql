-- The "version" of the settings' schema that a connection's settings were checked with: a newer plugin may have to
-- migrate them.
ALTER TABLE connections ADD COLUMN settings_version BIGINT NOT NULL DEFAULT 1;
