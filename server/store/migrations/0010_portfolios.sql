-- Businesses at a provider whose people are counted together, through whichever connection they are written to.
-- per_day: people in 24 hours; 0: not known, -1: as many as one likes.
CREATE TABLE portfolios (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name VARCHAR(120) NOT NULL,
    per_day BIGINT NOT NULL
);
CREATE UNIQUE INDEX portfolios_name ON portfolios (tenant_id, name);
CREATE TABLE portfolio_connections (
    connection_id BIGINT NOT NULL PRIMARY KEY,
    portfolio_id BIGINT NOT NULL
);

-- Who was written to first, in which quarter of an hour (since 1970) the last time; and how many of these there are.
CREATE TABLE portfolio_people (
    portfolio_id BIGINT NOT NULL,
    address VARCHAR(190) NOT NULL,
    slot BIGINT NOT NULL,
    PRIMARY KEY (portfolio_id, address)
);
CREATE INDEX portfolio_people_slot ON portfolio_people (slot);
CREATE TABLE portfolio_slots (
    portfolio_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (portfolio_id, slot)
);
CREATE INDEX portfolio_slots_slot ON portfolio_slots (slot);

-- When a person last wrote to a connection: for 24 hours an answer is no first message.
CREATE TABLE people_heard (
    connection_id BIGINT NOT NULL,
    address VARCHAR(190) NOT NULL,
    heard_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, address)
);
CREATE INDEX people_heard_at ON people_heard (heard_at);
