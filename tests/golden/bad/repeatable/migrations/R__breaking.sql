-- migrate:breaking
SELECT 1;
