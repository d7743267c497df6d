PRAGMA 'foreign_keys' = 0;
CREATE TABLE t2 (a);
PRAGMA foreign_keys = on;
