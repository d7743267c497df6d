CREATE TABLE d (
-- migrate:session fresh
id INTEGER);
