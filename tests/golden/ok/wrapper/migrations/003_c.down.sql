begin;
SELECT 2;
commit