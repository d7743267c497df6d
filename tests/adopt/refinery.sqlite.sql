-- What refinery_cli 0.10.0 made on SQLite of tests/real_tools/refinery/migrations.
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO refinery_schema_history VALUES(1,'create_accounts','2026-11-21T19:18:14.485108783Z','13945197156329080965');
INSERT INTO refinery_schema_history VALUES(2,'create_notes','2026-11-21T19:18:14.485150736Z','5900396212820766129');
INSERT INTO refinery_schema_history VALUES(3,'index_notes','2026-11-21T19:18:14.485153751Z','3118789922196189621');
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
