-- What Active Record 6.1.7.10 made on SQLite of tests/real_tools/rails/migrations.
CREATE TABLE IF NOT EXISTS "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO schema_migrations VALUES('20240101120000');
INSERT INTO schema_migrations VALUES('20240102120000');
INSERT INTO schema_migrations VALUES('20240103120000');
CREATE TABLE IF NOT EXISTS "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO ar_internal_metadata VALUES('environment','default_env','2026-11-21 19:17:37.644089','2026-11-21 19:17:37.644089');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
