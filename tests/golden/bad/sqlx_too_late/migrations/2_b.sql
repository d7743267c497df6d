-- A header.
-- no-transaction
SELECT 1;
