-- One-time passwords (docs/design.md 6.6). Of the code there is only a keyed hash, and none when the provider makes it.
-- mode: 1 made here, 2 by the provider. state: domain::OtpState. client: whoever asked, as the caller says.
-- steps: JSON of the ways it may be sent (domain/route), NULL in mode 2. step: the one that was used last.
CREATE TABLE otps (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    mode SMALLINT NOT NULL,
    address VARCHAR(190) NOT NULL,
    client VARCHAR(64) NOT NULL,
    connection_id BIGINT NOT NULL,
    channel VARCHAR(32) NOT NULL,
    steps TEXT NULL,
    step SMALLINT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    provider_id VARCHAR(190) NOT NULL,
    length SMALLINT NOT NULL,
    expiry_s BIGINT NOT NULL,
    attempts SMALLINT NOT NULL,
    sends SMALLINT NOT NULL,
    message_id BIGINT NOT NULL,
    text VARCHAR(500) NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX otps_tenant ON otps (tenant_id, id);
CREATE INDEX otps_created ON otps (created_at);

-- Every sending of a code, for the limits against fraud.
CREATE TABLE otp_sends (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    address VARCHAR(190) NOT NULL,
    client VARCHAR(64) NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX otp_sends_address ON otp_sends (tenant_id, address, at);
CREATE INDEX otp_sends_client ON otp_sends (tenant_id, client, at);
CREATE INDEX otp_sends_tenant ON otp_sends (tenant_id, at);
CREATE INDEX otp_sends_at ON otp_sends (at);
