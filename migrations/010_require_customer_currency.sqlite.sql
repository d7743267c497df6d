-- Invoices are not all in one currency any more.  SQLite can not add such a column in place, so the table is
-- rebuilt.  With foreign keys on, DROP TABLE would delete every invoice through ON DELETE CASCADE; inlay
-- turns them off before the transaction, where the pragma works, and checks them before it commits.
-- migrate:up
PRAGMA foreign_keys = OFF;

CREATE TABLE customer_new (
    id         BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL DEFAULT 'SE',
    vat_number TEXT,
    currency   TEXT NOT NULL,
    CHECK (length(country) = 2),
    CHECK (currency GLOB '[A-Z][A-Z][A-Z]')
);

INSERT INTO customer_new (id, account_id, name, country, vat_number, currency)
SELECT id, account_id, name, country, vat_number,
       CASE country WHEN 'GB' THEN 'GBP' WHEN 'SE' THEN 'SEK' ELSE 'EUR' END
FROM customer;

DROP TABLE customer;
ALTER TABLE customer_new RENAME TO customer;
CREATE INDEX customer_account ON customer (account_id);

PRAGMA foreign_keys = ON;

-- DROP COLUMN can not take a column that a CHECK names.
-- migrate:down
PRAGMA foreign_keys = OFF;

CREATE TABLE customer_old (
    id         BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL DEFAULT 'SE',
    vat_number TEXT,
    CHECK (length(country) = 2)
);

INSERT INTO customer_old (id, account_id, name, country, vat_number)
SELECT id, account_id, name, country, vat_number FROM customer;

DROP TABLE customer;
ALTER TABLE customer_old RENAME TO customer;
CREATE INDEX customer_account ON customer (account_id);

PRAGMA foreign_keys = ON;
