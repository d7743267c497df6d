 -- no-transaction is not what we want here
SELECT 1
