/* a */ -- migrate:repeatable
SELECT 1;
