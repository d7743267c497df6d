-- What Flyway 4.2.0 made on SQLite of tests/real_tools/flyway/migrations.
CREATE TABLE IF NOT EXISTS "schema_version" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
);
INSERT INTO schema_version VALUES(1,'1','create accounts','SQL','V1__create_accounts.sql',-265028396,'','2026-11-21 19:54:23.443',22,1);
INSERT INTO schema_version VALUES(2,'2','create notes','SQL','V2__create_notes.sql',-314870116,'','2026-11-21 19:54:23.625',1,1);
INSERT INTO schema_version VALUES(3,'3','index notes','SQL','V3__index_notes.sql',-213590070,'','2026-11-21 19:54:23.739',5,1);
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX "schema_version_s_idx" ON "schema_version" ("success");
CREATE INDEX notes_account_id ON notes (account_id);
