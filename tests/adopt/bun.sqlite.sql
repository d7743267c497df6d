-- What bun 1.3.0 made on SQLite of tests/real_tools/bun/migrations.
CREATE TABLE bun_migrations ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR, "group_id" INTEGER, "migrated_at" TIMESTAMP NOT NULL DEFAULT current_timestamp);
INSERT INTO bun_migrations VALUES(1,'20240101120000',1,'2026-11-21 19:32:43');
INSERT INTO bun_migrations VALUES(2,'20240102120000',1,'2026-11-21 19:32:43');
INSERT INTO bun_migrations VALUES(3,'20240103120000',1,'2026-11-21 19:32:43');
CREATE TABLE bun_migration_locks ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "table_name" VARCHAR, UNIQUE ("table_name"));
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('bun_migrations',3);
CREATE INDEX notes_account_id ON notes (account_id);
