-- migrate:up
SELECT 1;
-- migrate:down
-- migrate:breaking
SELECT 2;
