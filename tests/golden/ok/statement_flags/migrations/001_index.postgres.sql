-- migrate:up transaction:false
SET lock_timeout = '2s';
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "t's ""a\""" ON public . "T" (a);
DROP INDEX CONCURRENTLY t_b;
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY "t's ""a\""";
CREATE INDEX CONCURRENTLY t_b ON t (b);
