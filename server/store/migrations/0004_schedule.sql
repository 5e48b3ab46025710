-- When messages may be sent, and whom a later message follows (docs/design.md 6.8).

-- plan: JSON of category, schedule, window, quiet hours, canary and stop rule (domain/plan). NULL: none of them.
-- series_id: the recurring campaign that this one is a run of.
-- canary: 0 not begun, 1 under way, 2 over. canary_left: how many of its messages are not materialised yet.
-- canary_ended_at: when the last of them had ended.
ALTER TABLE campaigns ADD COLUMN plan TEXT NULL;
ALTER TABLE campaigns ADD COLUMN series_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN canary SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN canary_left BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN canary_ended_at BIGINT NOT NULL DEFAULT 0;

-- The occurrences of a series, once each. campaign_id: its run, 0 when it was missed.
CREATE TABLE campaign_runs (
    series_id BIGINT NOT NULL,
    occurs_at BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    PRIMARY KEY (series_id, occurs_at)
);

-- A chunk is sent from not_before (0: at once) until closes_at (0: for ever). whereabouts: where its people are
-- (domain/whereabouts), from which the next opening is reckoned.
ALTER TABLE campaign_chunks ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_chunks ADD COLUMN closes_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_chunks ADD COLUMN whereabouts VARCHAR(500) NOT NULL DEFAULT '';
CREATE INDEX campaign_chunks_due ON campaign_chunks (campaign_id, done, not_before, no);
CREATE INDEX campaign_chunks_closes ON campaign_chunks (campaign_id, done, closes_at);

-- As of the chunk that the message came from.
ALTER TABLE queue ADD COLUMN whereabouts VARCHAR(500) NOT NULL DEFAULT '';

-- after_id: the message that this one follows, because that one did not reach its person.
ALTER TABLE messages ADD COLUMN after_id BIGINT NOT NULL DEFAULT 0;

-- The other direction: a message is followed by one message at a time.
CREATE TABLE follow_ups (
    message_id BIGINT NOT NULL PRIMARY KEY,
    next_id BIGINT NOT NULL
);
