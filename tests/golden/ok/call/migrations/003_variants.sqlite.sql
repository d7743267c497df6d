PRAGMA foreign_keys = off;
BEGIN;
-- migrate:call pragma
-- migrate:call hash_passwords
COMMIT;
