-- migrate:session fresh
-- migrate:up
CREATE TABLE b (id INTEGER);
