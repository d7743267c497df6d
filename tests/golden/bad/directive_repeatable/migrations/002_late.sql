SELECT 1;
-- migrate:repeatable
SELECT 2;
