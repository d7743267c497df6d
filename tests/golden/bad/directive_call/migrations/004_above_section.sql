-- migrate:call a
-- migrate:up
SELECT 1;
