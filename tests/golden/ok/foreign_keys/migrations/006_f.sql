PRAGMA foreign_keys = 2;
SELECT 1;
