-- migrate:up
CREATE TABLE customer (
    id         BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL DEFAULT 'SE',
    CHECK (length(country) = 2)
);

CREATE INDEX customer_account ON customer (account_id);

-- migrate:down
DROP TABLE customer;
