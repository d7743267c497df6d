-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ON t (a);
create unique index concurrently on only "T" (a);
CREATE INDEX CONCURRENTLY t_a ON t (a);
