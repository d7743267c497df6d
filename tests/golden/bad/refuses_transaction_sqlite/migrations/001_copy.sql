ATTACH 'old.db' AS old;
INSERT INTO t SELECT * FROM old.t;
DETACH old;
