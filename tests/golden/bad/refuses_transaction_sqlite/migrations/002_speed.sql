PRAGMA synchronous = off;
CREATE TABLE t (a INTEGER);
