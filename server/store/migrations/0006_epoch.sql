-- How far this database has come: raised at every start of a server and every few minutes. A server remembers
-- the highest that it has seen, so it knows a restored backup (docs/operate.md). One row.
CREATE TABLE epoch (
    one SMALLINT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL
);
INSERT INTO epoch (one, epoch) VALUES (1, 0);
