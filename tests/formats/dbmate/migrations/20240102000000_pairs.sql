-- migrate:up
CREATE TABLE a (id bigint);
-- migrate:down
DROP TABLE b;
-- migrate:up
CREATE TABLE b (id bigint)
-- migrate:down
DROP TABLE a;
