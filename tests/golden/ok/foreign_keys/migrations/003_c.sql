PRAGMA foreign_keys( no );
SELECT 1;
