-- The first schema. One text for both databases: `migrate` appends the table options of MySQL (InnoDB,
-- utf8mb4, utf8mb4_bin) to every CREATE TABLE. Times are Unix milliseconds, money is millionths, states
-- are the small numbers of server/domain. No AUTO_INCREMENT: ids come from `sequences` (store/ids).

CREATE TABLE sequences (
    name VARCHAR(32) NOT NULL PRIMARY KEY,
    next_id BIGINT NOT NULL
);
INSERT INTO sequences (name, next_id) VALUES ('id', 1000);

CREATE TABLE tenants (
    id BIGINT NOT NULL PRIMARY KEY,
    name VARCHAR(190) NOT NULL,
    country VARCHAR(2) NOT NULL,
    zone VARCHAR(64) NOT NULL,
    data_key VARCHAR(255) NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name VARCHAR(190) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    permissions VARCHAR(255) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, id);

-- settings: JSON without the secrets. secrets: JSON of field -> sealed text (security/seal).
-- version counts changes: an opened connection of an older version is replaced.
CREATE TABLE connections (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    provider VARCHAR(64) NOT NULL,
    name VARCHAR(190) NOT NULL,
    settings TEXT NOT NULL,
    secrets TEXT NOT NULL,
    state VARCHAR(32) NOT NULL,
    state_text VARCHAR(500) NOT NULL,
    webhook_token VARCHAR(64) NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX connections_tenant ON connections (tenant_id, id);

CREATE TABLE credentials (
    connection_id BIGINT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- phone: E.164 or NULL. attributes: a JSON object of text values.
CREATE TABLE contacts (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    phone VARCHAR(20) NULL,
    email VARCHAR(190) NULL,
    name VARCHAR(190) NOT NULL,
    attributes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contacts_phone ON contacts (tenant_id, phone);
CREATE UNIQUE INDEX contacts_email ON contacts (tenant_id, email);
CREATE INDEX contacts_tenant ON contacts (tenant_id, id);

CREATE TABLE contact_tags (
    tenant_id BIGINT NOT NULL,
    tag VARCHAR(64) NOT NULL,
    contact_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, tag, contact_id)
);
CREATE INDEX contact_tags_contact ON contact_tags (contact_id);

CREATE TABLE suppressions (
    tenant_id BIGINT NOT NULL,
    channel VARCHAR(16) NOT NULL,
    address VARCHAR(190) NOT NULL,
    reason VARCHAR(32) NOT NULL,
    source VARCHAR(190) NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, channel, address)
);
CREATE INDEX suppressions_address ON suppressions (address);

-- A customer file on its way in. next_row: the first data row not yet committed.
CREATE TABLE imports (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    file VARCHAR(500) NOT NULL,
    mapping TEXT NOT NULL,
    next_row BIGINT NOT NULL,
    n_created BIGINT NOT NULL,
    n_updated BIGINT NOT NULL,
    n_failed BIGINT NOT NULL,
    error VARCHAR(500) NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);
CREATE INDEX imports_tenant ON imports (tenant_id, id);

CREATE TABLE import_errors (
    import_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    field VARCHAR(64) NOT NULL,
    reason VARCHAR(32) NOT NULL,
    text VARCHAR(500) NOT NULL,
    raw VARCHAR(1000) NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- run: the last sync that saw it; an older run than the connection's means it is gone.
CREATE TABLE templates (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL,
    language VARCHAR(16) NOT NULL,
    category VARCHAR(32) NOT NULL,
    status VARCHAR(32) NOT NULL,
    provider_id VARCHAR(190) NOT NULL,
    components TEXT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    run BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX templates_name ON templates (connection_id, name, language);
CREATE INDEX templates_tenant ON templates (tenant_id, id);

-- A template sync between two turns (docs/design.md 6.7).
CREATE TABLE template_syncs (
    connection_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    run BIGINT NOT NULL,
    step VARCHAR(190) NOT NULL,
    memo TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    error VARCHAR(500) NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);

-- state: domain/campaign.hpp. content, audience: JSON as the API took them. audience_cursor: the last
-- contact that was materialised. n_recipients, n_skipped: written while materialising.
CREATE TABLE campaigns (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name VARCHAR(190) NOT NULL,
    state SMALLINT NOT NULL,
    state_text VARCHAR(500) NOT NULL,
    connection_id BIGINT NOT NULL,
    channel VARCHAR(16) NOT NULL,
    content TEXT NOT NULL,
    audience TEXT NOT NULL,
    per_second INTEGER NOT NULL,
    audience_cursor BIGINT NOT NULL,
    materialised SMALLINT NOT NULL,
    next_chunk INTEGER NOT NULL,
    n_recipients BIGINT NOT NULL,
    n_skipped BIGINT NOT NULL,
    scheduled_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX campaigns_tenant ON campaigns (tenant_id, id);
CREATE INDEX campaigns_state ON campaigns (state, finished_at, id);

-- Consecutive messages of one campaign, leased as a whole (docs/design.md 6.4).
-- [first_id, cursor_id) is settled, [cursor_id, intent_id) may have been sent, the rest was not.
-- Every statement of an owner carries its fence. n_*: how its messages ended.
CREATE TABLE campaign_chunks (
    campaign_id BIGINT NOT NULL,
    no INTEGER NOT NULL,
    tenant_id BIGINT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    cursor_id BIGINT NOT NULL,
    intent_id BIGINT NOT NULL,
    done SMALLINT NOT NULL,
    owner VARCHAR(64) NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    n_skipped INTEGER NOT NULL,
    n_sent INTEGER NOT NULL,
    n_failed INTEGER NOT NULL,
    n_uncertain INTEGER NOT NULL,
    n_cancelled INTEGER NOT NULL,
    n_deferred INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, no)
);
CREATE INDEX campaign_chunks_open ON campaign_chunks (campaign_id, done, no);

-- One message, as it was admitted; never updated. What became of it is in `outcomes`.
-- state: queued or skipped (then reason). content: JSON for messages that are not of a campaign,
-- params: JSON of the recipient's variables.
CREATE TABLE messages (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    origin SMALLINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    channel VARCHAR(16) NOT NULL,
    address VARCHAR(190) NOT NULL,
    state SMALLINT NOT NULL,
    reason VARCHAR(64) NOT NULL,
    params TEXT NOT NULL,
    content TEXT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX messages_tenant ON messages (tenant_id, id);
CREATE INDEX messages_address ON messages (tenant_id, address);

-- The fate of a message that was attempted, appended when its attempt ends, moved forward by events.
CREATE TABLE outcomes (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    provider_id VARCHAR(190) NULL,
    class VARCHAR(16) NOT NULL,
    code VARCHAR(64) NOT NULL,
    text VARCHAR(500) NOT NULL,
    parts SMALLINT NOT NULL,
    cost BIGINT NOT NULL,
    attempts SMALLINT NOT NULL,
    sent_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX outcomes_provider ON outcomes (provider_id);

-- Messages that do not come in chunks: singles, replies, and campaign messages that try again later.
-- A row is leased and marked in one UPDATE: marked = 1 means that a request may have left.
CREATE TABLE queue (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    attempts SMALLINT NOT NULL,
    marked SMALLINT NOT NULL,
    owner VARCHAR(64) NOT NULL,
    lease_until BIGINT NOT NULL
);
CREATE INDEX queue_due ON queue (lane, marked, due_at);
CREATE INDEX queue_campaign ON queue (campaign_id);
CREATE INDEX queue_owner ON queue (owner);
CREATE INDEX queue_lease ON queue (marked, lease_until);

-- Uncertain messages that are still being settled: when to look the next one up.
CREATE TABLE unsettled (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts SMALLINT NOT NULL
);
CREATE INDEX unsettled_due ON unsettled (due_at);

-- Campaign counters beside the chunk totals. deltas: moves from state to state after the first outcome
-- (n may be negative). reasons: why messages were skipped or failed.
CREATE TABLE campaign_deltas (
    campaign_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, state)
);

CREATE TABLE campaign_reasons (
    campaign_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    reason VARCHAR(64) NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, state, reason)
);

-- What happened to a message, once each: dedupe names the happening.
CREATE TABLE events (
    message_id BIGINT NOT NULL,
    dedupe VARCHAR(64) NOT NULL,
    tenant_id BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    state SMALLINT NOT NULL,
    class VARCHAR(16) NOT NULL,
    code VARCHAR(64) NOT NULL,
    text VARCHAR(500) NOT NULL,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (message_id, dedupe)
);

-- Events whose message is not there yet (or that are due later, from the sandbox).
CREATE TABLE pending_events (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX pending_events_due ON pending_events (due_at);

-- Provider's id of an inbound message -> our message, so that a repeat is not a second message.
CREATE TABLE inbound_ids (
    connection_id BIGINT NOT NULL,
    provider_id VARCHAR(190) NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (connection_id, provider_id)
);

-- Raw webhook requests, stored before they are answered. body: the first 60,000 bytes; the rest is in
-- webhook_parts (Poco reads larger columns slowly or not at all).
CREATE TABLE webhooks (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    method VARCHAR(8) NOT NULL,
    url VARCHAR(2000) NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    parts SMALLINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    error VARCHAR(500) NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhooks_hash ON webhooks (connection_id, hash);
CREATE INDEX webhooks_due ON webhooks (state, due_at);
CREATE INDEX webhooks_tenant ON webhooks (tenant_id, id);

CREATE TABLE webhook_parts (
    webhook_id BIGINT NOT NULL,
    no SMALLINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (webhook_id, no)
);

-- state: started (an equal request is running) or done (status and body are its answer).
CREATE TABLE idempotency (
    tenant_id BIGINT NOT NULL,
    idem_key VARCHAR(128) NOT NULL,
    request_hash VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    status SMALLINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, idem_key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Roles that one node has at a time: "campaign:<id>", "sync:<connection>", "processor".
CREATE TABLE leases (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    owner VARCHAR(64) NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE audit_log (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    actor VARCHAR(190) NOT NULL,
    action VARCHAR(64) NOT NULL,
    subject VARCHAR(190) NOT NULL,
    detail TEXT NOT NULL,
    peer VARCHAR(64) NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX audit_log_tenant ON audit_log (tenant_id, id);
