-- atlas:txtar

-- migration.sql --
ALTER TABLE b ADD COLUMN n text;
-- down.sql --
ALTER TABLE b DROP COLUMN n;
