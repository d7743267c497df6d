-- migrate:up
CREATE TABLE account (id integer PRIMARY KEY);
-- migrate:down
DROP TABLE account;
