-- What golang-migrate 4.20.1 made on SQLite of tests/real_tools/golang-migrate/migrations.
CREATE TABLE schema_migrations (version uint64,dirty bool);
INSERT INTO schema_migrations VALUES(3,0);
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
CREATE INDEX notes_account_id ON notes (account_id);
