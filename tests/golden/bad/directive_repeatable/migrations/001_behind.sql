-- migrate:repeatable always
SELECT 1;
