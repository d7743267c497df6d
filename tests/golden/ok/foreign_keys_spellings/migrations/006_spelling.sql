PRAGMA foreign_keys(-1);
CREATE TABLE t6 (a);
PRAGMA foreign_keys = on;
