-- migrate:session fresh
SELECT 1;
