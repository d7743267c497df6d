-- What dbmate 2.36.0 made on SQLite of tests/real_tools/dbmate/migrations.
CREATE TABLE IF NOT EXISTS "schema_migrations" (version varchar(128) primary key);
INSERT INTO schema_migrations VALUES('20240101120000');
INSERT INTO schema_migrations VALUES('20240102120000');
INSERT INTO schema_migrations VALUES('20240103120000');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
