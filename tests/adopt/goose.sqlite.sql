-- What goose 3.29.0 made on SQLite of tests/real_tools/goose/migrations.
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-21 19:17:13');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-21 19:17:13');
INSERT INTO goose_db_version VALUES(3,2,1,'2026-11-21 19:17:13');
INSERT INTO goose_db_version VALUES(4,3,1,'2026-11-21 19:17:13');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',4);
CREATE INDEX notes_account_id ON notes (account_id);
