-- migrate:up
CREATE TABLE b (id INTEGER)
-- migrate:session fresh
-- migrate:down
DROP TABLE b;
-- migrate:session fresh
