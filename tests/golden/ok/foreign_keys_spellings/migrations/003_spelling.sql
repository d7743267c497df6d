PRAGMA [foreign_keys]=no;
CREATE TABLE t3 (a);
PRAGMA foreign_keys = on;
