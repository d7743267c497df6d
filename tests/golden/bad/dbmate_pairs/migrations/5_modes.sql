-- migrate:up
SELECT 1;
-- migrate:down
-- migrate:up transaction:false
SELECT 2;
-- migrate:down
