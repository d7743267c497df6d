-- migrate:Repeatable
SELECT 2;
