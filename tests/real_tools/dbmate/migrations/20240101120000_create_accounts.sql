-- migrate:up
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);

-- migrate:down
DROP TABLE accounts;
