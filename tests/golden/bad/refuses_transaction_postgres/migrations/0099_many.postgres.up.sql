VACUUM accounts;
SELECT 1;
SELECT 2;
SELECT 3;
-- migrate:call rehash
SELECT 5;
SELECT 6;
SELECT 'one
two';
ALTER SYSTEM SET work_mem = '1MB';
