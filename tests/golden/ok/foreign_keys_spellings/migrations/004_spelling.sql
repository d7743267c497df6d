PRAGMA `main`.foreign_keys=off;
CREATE TABLE t4 (a);
PRAGMA foreign_keys = on;
