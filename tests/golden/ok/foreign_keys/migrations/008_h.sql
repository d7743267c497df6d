-- migrate:up
SELECT 1;
-- migrate:down
PRAGMA foreign_keys = false;
SELECT 2;
