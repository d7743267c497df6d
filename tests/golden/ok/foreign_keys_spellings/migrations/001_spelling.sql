PRAGMA "foreign_keys"=OFF;
CREATE TABLE t1 (a);
PRAGMA foreign_keys = on;
