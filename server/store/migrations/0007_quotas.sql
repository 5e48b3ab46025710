-- How many messages a tenant sends in one of its days: on a channel ('' for every one) and a connection (0 for
-- every one). used: of the day that ends at resets_at.
CREATE TABLE quotas (
    tenant_id BIGINT NOT NULL,
    channel VARCHAR(16) NOT NULL,
    connection_id BIGINT NOT NULL,
    per_day BIGINT NOT NULL,
    used BIGINT NOT NULL,
    resets_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, channel, connection_id)
);

-- Campaigns that are sending and may not go on before `until`. The reason is the campaign's state_text.
CREATE TABLE campaign_holds (
    campaign_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX campaign_holds_until ON campaign_holds (until);
