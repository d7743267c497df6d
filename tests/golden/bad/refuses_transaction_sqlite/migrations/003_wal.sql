PRAGMA main.journal_mode(wal);
CREATE TABLE u (a INTEGER);
VACUUM INTO 'copy.db';
pragma wal_checkpoint(TRUNCATE);
