-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY accounts_id2 ON accounts (id);
