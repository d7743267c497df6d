-- migrate:repeatable
SELECT 1;
