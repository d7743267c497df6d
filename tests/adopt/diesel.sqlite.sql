-- What diesel_cli 2.3.14 made on SQLite of tests/real_tools/diesel/migrations.
CREATE TABLE __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO __diesel_schema_migrations VALUES('20240101120000','2026-11-21 19:32:43');
INSERT INTO __diesel_schema_migrations VALUES('20240102120000','2026-11-21 19:32:43');
INSERT INTO __diesel_schema_migrations VALUES('20240103120000','2026-11-21 19:32:43');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
