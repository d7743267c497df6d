-- migrate:up
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY accounts_id ON accounts (id);
-- migrate:down
DROP INDEX CONCURRENTLY accounts_id;
