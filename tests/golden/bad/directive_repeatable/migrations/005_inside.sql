SELECT (
-- migrate:repeatable
2);
