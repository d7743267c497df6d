-- migrate:repeatable
SELECT 2;
