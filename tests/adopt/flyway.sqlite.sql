-- What Flyway 11.14.0 made on SQLite of tests/real_tools/flyway/migrations.
CREATE TABLE IF NOT EXISTS "flyway_schema_history" (
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
INSERT INTO flyway_schema_history VALUES(1,'1','create accounts','SQL','V1__create_accounts.sql',-265028396,'','2026-11-21 19:55:23.918',106,1);
INSERT INTO flyway_schema_history VALUES(2,'2','create notes','SQL','V2__create_notes.sql',-314870116,'','2026-11-21 19:55:24.257',0,1);
INSERT INTO flyway_schema_history VALUES(3,'3','index notes','SQL','V3__index_notes.sql',-213590070,'','2026-11-21 19:55:24.536',97,1);
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
CREATE INDEX notes_account_id ON notes (account_id);
