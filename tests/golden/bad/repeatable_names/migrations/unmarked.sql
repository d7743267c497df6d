SELECT 1;
-- migrate:repeatable
