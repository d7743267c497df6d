-- migrate:up
CREATE TABLE accounts (id bigint);
-- migrate:down
DROP TABLE accounts;
