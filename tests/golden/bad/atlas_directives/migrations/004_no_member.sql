-- atlas:txtar

SELECT 1;
