-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY i ON t (a);
ALTER SYSTEM RESET ALL;
