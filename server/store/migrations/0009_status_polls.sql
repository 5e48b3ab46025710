-- Sent messages whose provider reports nothing by itself and is asked (operation status, docs/design.md 6.11).
CREATE TABLE status_polls (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    connection_id BIGINT NOT NULL,
    provider_id VARCHAR(190) NOT NULL,
    due_at BIGINT NOT NULL,
    attempts SMALLINT NOT NULL
);
CREATE INDEX status_polls_due ON status_polls (due_at);
