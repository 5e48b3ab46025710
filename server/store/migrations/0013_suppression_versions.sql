-- Grows with each address of the tenant that is closed. Who has looked addresses up at a version need not look
-- again while it stays.
CREATE TABLE suppression_versions (
    tenant_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
