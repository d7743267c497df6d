PRAGMA foreign_keys = false;
CREATE TABLE t7 (a);
PRAGMA foreign_keys = on;
