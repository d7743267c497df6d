-- atlas:unknown x

SELECT 1;
