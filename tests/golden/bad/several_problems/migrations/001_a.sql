SELECT 1;
VACUUM;
COMMIT;
-- migrate:sideways
SELECT 'open;
