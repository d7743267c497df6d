-- atlas:txtar

-- migration.sql --
-- atlas:txmode none

CREATE INDEX CONCURRENTLY b_n ON b (n);
-- down.sql --
-- atlas:txmode none

DROP INDEX CONCURRENTLY b_n;
