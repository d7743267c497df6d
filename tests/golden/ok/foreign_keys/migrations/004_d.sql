PRAGMA foreign_keys('false');
SELECT 1;
