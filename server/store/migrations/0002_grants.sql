-- Limits that all servers share (domain/pace): whoever sends is granted the next slots of the row. Times are
-- microseconds of the database's clock. published: what the settings say; per_second: what the provider has
-- reported since, if it did; rate: after throttling.
CREATE TABLE rate_grants (
    limit_key VARCHAR(190) NOT NULL PRIMARY KEY,
    published DOUBLE NOT NULL,
    per_second DOUBLE NOT NULL,
    rate DOUBLE NOT NULL,
    next_slot BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    slowed_at BIGINT NOT NULL,
    reckoned_at BIGINT NOT NULL
);
CREATE INDEX rate_grants_reckoned ON rate_grants (reckoned_at);
