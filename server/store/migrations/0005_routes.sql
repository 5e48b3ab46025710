-- Routes: what follows when a message does not get through (docs/design.md 6.9).
-- parent_id: of a later step, the campaign whose route it belongs to. step: 0 for the first.
-- follows: domain::Follows of its messages. fallback: JSON of the steps that are left after this one, NULL
-- for none. on_uncertain: domain::OnUncertain.
ALTER TABLE campaigns ADD COLUMN parent_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN step SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN follows SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN fallback TEXT NULL;
ALTER TABLE campaigns ADD COLUMN on_uncertain SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX campaigns_parent ON campaigns (parent_id, step);

-- Messages whose next step may be due. route_id: the campaign that a person made, 0 for single messages.
CREATE TABLE fallbacks (
    message_id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    route_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX fallbacks_due ON fallbacks (route_id, due_at, message_id);
