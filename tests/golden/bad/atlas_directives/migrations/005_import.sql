-- atlas:import other.sql

SELECT 1;
