-- One file for SQLite and PostgreSQL.  Names no schema: each tenant's is chosen for it.
-- migrate:up
CREATE TABLE invoice (
    id       INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    cents    BIGINT NOT NULL
);

-- migrate:down
DROP TABLE invoice;
