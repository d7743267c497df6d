-- Accounts come first.
-- +goose Up
CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE INDEX accounts_name ON accounts (name);

-- +goose Down
DROP TABLE accounts;
