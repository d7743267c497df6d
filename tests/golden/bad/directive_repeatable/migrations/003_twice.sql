-- migrate:repeatable
-- migrate:repeatable
SELECT 2;
