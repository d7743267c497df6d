-- migrate:up transaction:false please
SELECT 1;
