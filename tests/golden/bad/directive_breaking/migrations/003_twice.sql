-- migrate:breaking
-- migrate:up
-- migrate:breaking
SELECT 2;
