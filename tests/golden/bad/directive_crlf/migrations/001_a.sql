-- migrate:up transaction:flase
SELECT 1;
-- migrate:dwon
SELECT 2;
