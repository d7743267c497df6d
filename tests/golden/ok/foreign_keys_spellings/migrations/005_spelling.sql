PRAGMA temp."foreign_keys" = 256;
CREATE TABLE t5 (a);
PRAGMA foreign_keys = on;
