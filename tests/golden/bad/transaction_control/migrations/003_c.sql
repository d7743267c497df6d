-- migrate:up transaction:false
BEGIN;
SELECT 1;
COMMIT;
