-- What yoyo-migrations 9.0.0 made on SQLite of tests/real_tools/yoyo/migrations.
CREATE TABLE IF NOT EXISTS "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
CREATE TABLE IF NOT EXISTS "_yoyo_log" (
            "id" VARCHAR(36),
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "operation" VARCHAR(10),
            "username" VARCHAR(255),
            "hostname" VARCHAR(255),
            "comment" VARCHAR(255),
            "created_at_utc" TIMESTAMP,
            PRIMARY KEY ("id")
        );
INSERT INTO _yoyo_log VALUES('3b866c0e-e5e0-11f1-ac6d-02fc00000001','e0a48f6b0978f6f172fd96e28f12f658d49538ac9c21c2f77b17329feb60c5fa','0001_create_accounts','apply','root','localhost',NULL,'2026-11-21T19:17:45.932571');
INSERT INTO _yoyo_log VALUES('3b897458-e5e0-11f1-ac6d-02fc00000001','c1828a4a121448ee15e88f014f6fe1213c74160be178bfaca042ffdc6c9d0e82','0002_create_notes','apply','root','localhost',NULL,'2026-11-21T19:17:45.949691');
INSERT INTO _yoyo_log VALUES('3b8a4662-e5e0-11f1-ac6d-02fc00000001','31cc8532dff226921a87c15f714c9b4b8cf608333a3f6fada33f02443d228d40','0003_index_notes','apply','root','localhost',NULL,'2026-11-21T19:17:45.955039');
CREATE TABLE IF NOT EXISTS "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO _yoyo_version VALUES(2,'2026-11-21 19:17:45.887698');
CREATE TABLE IF NOT EXISTS "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO _yoyo_migration VALUES('e0a48f6b0978f6f172fd96e28f12f658d49538ac9c21c2f77b17329feb60c5fa','0001_create_accounts','2026-11-21T19:17:45.941575');
INSERT INTO _yoyo_migration VALUES('c1828a4a121448ee15e88f014f6fe1213c74160be178bfaca042ffdc6c9d0e82','0002_create_notes','2026-11-21T19:17:45.951480');
INSERT INTO _yoyo_migration VALUES('31cc8532dff226921a87c15f714c9b4b8cf608333a3f6fada33f02443d228d40','0003_index_notes','2026-11-21T19:17:45.971337');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
