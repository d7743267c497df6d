-- +goose Up
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);

-- +goose Down
DROP TABLE accounts;
