-- Who uses the application.  One file serves both databases: there is nothing in it they disagree on.
-- migrate:up
CREATE TABLE account (
    id         BIGINT NOT NULL PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CHECK (email LIKE '%_@_%')
);

INSERT INTO account (id, email, name)
VALUES (1, 'owner@example.org', 'The owner; also known as "root"');

-- migrate:down
DROP TABLE account;
