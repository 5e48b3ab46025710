-- Files that messages carry (docs/design.md 6.12).

-- One row for the same bytes of a tenant; they are in the media folder under tenant and sha256. origin: upload, or
-- inbound (somebody sent it).
CREATE TABLE media (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size BIGINT NOT NULL,
    mime VARCHAR(190) NOT NULL,
    filename VARCHAR(255) NOT NULL,
    origin VARCHAR(16) NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX media_bytes ON media (tenant_id, sha256);
CREATE INDEX media_tenant ON media (tenant_id, id);

-- The sum of a tenant's sizes.
CREATE TABLE media_usage (
    tenant_id BIGINT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL
);

-- How a connection (and its sender, where handles belong to one) takes a file: by the provider's handle or by an
-- address of ours. state: wanted (also while an older handle is still good), ready, failed. expires_at, renew_at:
-- 0 when it does not end. due_at: of the next try; whoever tries moves it on and raises the fence.
CREATE TABLE media_handles (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    sender VARCHAR(190) NOT NULL,
    media_id BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    handle VARCHAR(2000) NOT NULL,
    url VARCHAR(2000) NOT NULL,
    expires_at BIGINT NOT NULL,
    renew_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    fence BIGINT NOT NULL,
    error VARCHAR(500) NOT NULL
);
CREATE UNIQUE INDEX media_handles_of ON media_handles (connection_id, media_id, sender);
CREATE INDEX media_handles_due ON media_handles (state, due_at);
CREATE INDEX media_handles_media ON media_handles (media_id);

-- The file of a message that came in, on its way from the provider. state: waiting, done (then media_id), failed.
CREATE TABLE media_fetches (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    handle VARCHAR(2000) NOT NULL,
    url VARCHAR(2000) NOT NULL,
    mime VARCHAR(190) NOT NULL,
    filename VARCHAR(255) NOT NULL,
    state VARCHAR(16) NOT NULL,
    media_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    fence BIGINT NOT NULL,
    error VARCHAR(500) NOT NULL
);
CREATE INDEX media_fetches_due ON media_fetches (state, due_at);
