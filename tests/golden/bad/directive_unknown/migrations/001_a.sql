-- migrate:upwards
SELECT 1;
