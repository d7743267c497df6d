-- migrate:up transaction:false
VACUUM;
-- migrate:down
SELECT 1;
VACUUM;
