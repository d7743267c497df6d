-- What sqlx-cli 0.9.0 made on SQLite of tests/real_tools/sqlx/migrations.
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(20240101120000,'create accounts','2026-11-21 19:17:44',1,X'6fefdeb193f98f844aef1c1ff256d169ae7bc7f0272eaa1bdde93515b44ba3894f8123316b4a96d561bcdf4964f8c90f',5679003);
INSERT INTO _sqlx_migrations VALUES(20240102120000,'create notes','2026-11-21 19:17:44',1,X'a5f2b3de8fdf6169a6feb06b012dc095ad6d146c02e9a8feba26bbbe49844fe96fcfd02fe2c8efb1f1691c6e539ec390',3459612);
INSERT INTO _sqlx_migrations VALUES(20240103120000,'index notes','2026-11-21 19:17:44',1,X'4f721d5141ed499b9b2162b4a7b17a7f6f6c96cfabc36cbf65bc47be2a3ea7fc5a272684da9e41bfa68816eb8d969d79',27413321);
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
