-- migrate:breaking
-- migrate:up
CREATE TABLE e (f INTEGER);
