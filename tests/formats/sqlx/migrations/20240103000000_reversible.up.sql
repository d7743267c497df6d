-- no-transaction since it is concurrent
DROP INDEX CONCURRENTLY accounts_id;
