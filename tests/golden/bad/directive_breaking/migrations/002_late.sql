SELECT 1;
-- migrate:breaking
SELECT 2;
