-- atlas:txtar
-- atlas:delimiter //

-- migration.sql --
SELECT 1//
