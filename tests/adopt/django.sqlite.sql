-- What Django 5.2.19 made on SQLite of tests/real_tools/django/migrations.
CREATE TABLE IF NOT EXISTS "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
INSERT INTO django_migrations VALUES(1,'ledger','0001_create_accounts','2026-11-21 19:17:01.458762');
INSERT INTO django_migrations VALUES(2,'ledger','0002_create_notes','2026-11-21 19:17:01.488823');
INSERT INTO django_migrations VALUES(3,'ledger','0003_index_notes','2026-11-21 19:17:01.518759');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('django_migrations',3);
CREATE INDEX notes_account_id ON notes (account_id);
