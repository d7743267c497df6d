-- atlas:txmode none

-- atlas:nolint PG101
CREATE INDEX CONCURRENTLY accounts_id ON accounts (id);
