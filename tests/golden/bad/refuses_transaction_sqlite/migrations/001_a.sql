VACUUM;
VACUUM INTO 'x.db';
ATTACH 'x.db' AS x;
DETACH DATABASE x;
PRAGMA journal_mode = WAL;
PRAGMA main.journal_mode(wal);
PRAGMA synchronous = normal;
pragma wal_checkpoint(TRUNCATE);
