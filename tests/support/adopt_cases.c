/* adopt_cases.c - the tools' tables, by the statements that make them. */
#include "adopt_cases.h"

#define A "CREATE TABLE a (id INTEGER PRIMARY KEY);\n"
#define B "CREATE TABLE b (id INTEGER PRIMARY KEY);\n"
#define C "CREATE TABLE c (id INTEGER PRIMARY KEY);\n"

/* --- A row for each, and no checksum --- */

#define VERSION_ROWS                                                                               \
	"INSERT INTO schema_migrations (version) VALUES ('20240101000000'), ('20240102000000');"
#define VERSION_FILES                                                                              \
	{                                                                                          \
		{ "20240101000000_a.sql", A }, { "20240102000000_b.sql", B },                      \
		        { "20240103000000_c.sql", C }, SET_END                                     \
	}
#define DATED_VERSIONS "20240101000000\n20240102000000\n20240103000000"

#define RAILS_OTHER(time)                                                                          \
	"CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar,"      \
	" created_at " time "(6) NOT NULL, updated_at " time "(6) NOT NULL);"                      \
	"INSERT INTO ar_internal_metadata VALUES ('environment', 'production',"                    \
	" '2026-11-20 09:30:00', '2026-11-20 09:30:00');"

#define GOOSE_ROWS(yes, no)                                                                        \
	"INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES"                     \
	" (0, " yes ", '2026-11-20 09:29:00'), (1, " yes ", '2026-11-20 09:30:00'),"               \
	" (2, " yes ", '2026-11-20 09:30:30'), (2, " no ", '2026-11-20 09:30:40'),"                \
	" (2, " yes ", '2026-11-20 09:31:00'), (3, " yes ", '2026-11-20 09:32:00'),"               \
	" (3, " no ", '2026-11-20 09:33:00');"

#define DIESEL                                                                                     \
	"CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY"   \
	" NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"                         \
	"INSERT INTO __diesel_schema_migrations VALUES ('20240101', '2026-11-20 09:30:00'),"       \
	" ('20240102000000', '2026-11-20 09:31:00');"

#define BUN_ROWS                                                                                   \
	"INSERT INTO bun_migrations (name, group_id, migrated_at) VALUES"                          \
	" ('20240101000000', 1, '2026-11-20 09:30:00+00:00'),"                                     \
	" ('20240102000000', 1, '2026-11-20 09:31:00+00:00');"

/* --- And one --- */

#define FLYWAY_COLUMNS(time)                                                                       \
	"\"version\" VARCHAR(50), \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20)"     \
	" NOT NULL, \"script\" VARCHAR(1000) NOT NULL, \"checksum\" INTEGER, \"installed_by\""     \
	" VARCHAR(100) NOT NULL, \"installed_on\" " time ", \"execution_time\" INTEGER NOT NULL,"  \
	" \"success\" BOOLEAN NOT NULL);"
#define FLYWAY_INSERT(yes)                                                                         \
	"INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', -787013892,"   \
	" 'ada', '2026-11-20 09:30:00', 5, " yes "), (2, '1.1', 'b', 'SQL', 'V1_1__b.sql',"        \
	" 1652765503, 'ada', '2026-11-20 09:31:00', 5, " yes ");"

#define ATLAS_ROWS                                                                                 \
	"INSERT INTO atlas_schema_revisions VALUES"                                                \
	" ('.atlas_cloud_identifier', 'c5bd1e51-8a8d-4c23-b7f0-0d3bdb3a7b0b', 0, 0, 0,"            \
	" '2026-11-20 09:29:00+00:00', 0, '', '', '', 'null', 'Atlas CLI v0.31'),"                 \
	" ('20240101000000', 'a', 2, 1, 1, '2026-11-20 09:30:00+00:00', 500000, '', '',"           \
	" '5x3LrVXrki2zZul+au9cVpI2TKo+BHb33xYFZ7tk0OQ=', 'null', 'Atlas CLI v0.31'),"             \
	" ('20240102000000', 'b', 2, 1, 1, '2026-11-20 09:31:00+00:00', 500000, '', '',"           \
	" 'g7vyr69GlUo1yyZDqN4Oftze8skneSSf1ClkA+a6eKI=', 'null', 'Atlas CLI v0.31');"

#define PRISMA_ROWS(a, b)                                                                          \
	"INSERT INTO _prisma_migrations VALUES"                                                    \
	" ('5a3c2a1e-0000-4000-8000-000000000001',"                                                \
	" '1a135f3506e1e509e8cea5ea63e883c5e9ca149cb442c612e03e4b6201d15f23', " a ","              \
	" '20240101000000_a', NULL, NULL, " a ", 1),"                                              \
	" ('5a3c2a1e-0000-4000-8000-000000000002', 'of a first try', NULL,"                        \
	" '20240102000000_b', 'it failed', " a ", " a ", 0),"                                      \
	" ('5a3c2a1e-0000-4000-8000-000000000003',"                                                \
	" 'bb7d1ae674cb4089db0af6106173cf3143c323e1493640f4564c343fd02434b9', " b ","              \
	" '20240102000000_b', NULL, NULL, " b ", 1);"

#define SQLX_A                                                                                     \
	"d68f57d137725bffa4ff18085a34a255a03102fa3523869019dd3aafc1f407973bce2e1ed489a6bb8ab20e27" \
	"14bdbaf1"
#define SQLX_B                                                                                     \
	"592e431d655e7f3ba88da9e0e1fe3f447616cef66e8760006a897288904a9be2bd9c9b620b3e7f27959ee3e6" \
	"73033883"
#define SQLX_TABLE(now, bytes)                                                                     \
	"CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description"     \
	" TEXT NOT NULL, installed_on " now ", success BOOLEAN NOT NULL, checksum " bytes          \
	" NOT NULL, execution_time BIGINT NOT NULL);"
#define SQLX_ROWS(before, after)                                                                   \
	"INSERT INTO _sqlx_migrations VALUES (1, 'a', '2026-11-20 09:30:00', TRUE,"                \
	" " before SQLX_A after ", 100), (2, 'b', '2026-11-20 09:31:00', TRUE,"                    \
	" " before SQLX_B after ", 100);"

#define REFINERY                                                                                   \
	"CREATE TABLE IF NOT EXISTS refinery_schema_history( version int4 PRIMARY KEY,"            \
	" name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));"                     \
	"INSERT INTO refinery_schema_history VALUES"                                               \
	" (1, 'a', '2026-11-20T09:30:00.123456789Z', NULL),"                                       \
	" (2, 'b', '2026-11-20T10:31:00.123456789+01:00', NULL);"

/* --- Names --- */

#define LIQUIBASE(text, time, number)                                                              \
	"CREATE TABLE DATABASECHANGELOG (ID " text "(255) NOT NULL, AUTHOR " text "(255) NOT"      \
	" NULL, FILENAME " text "(255) NOT NULL, DATEEXECUTED " time " NOT NULL, ORDEREXECUTED"    \
	" " number " NOT NULL, EXECTYPE " text "(10) NOT NULL, MD5SUM " text "(35), DESCRIPTION"   \
	" " text "(255), COMMENTS " text "(255), TAG " text "(255), LIQUIBASE " text "(20),"       \
	" CONTEXTS " text "(255), LABELS " text "(255), DEPLOYMENT_ID " text "(10));"              \
	"CREATE TABLE DATABASECHANGELOGLOCK (ID " number " NOT NULL, LOCKED BOOLEAN NOT NULL,"     \
	" LOCKGRANTED " time ", LOCKEDBY " text "(255), PRIMARY KEY (ID));"                        \
	"INSERT INTO DATABASECHANGELOGLOCK VALUES (1, FALSE, NULL, NULL);"                         \
	"INSERT INTO DATABASECHANGELOG VALUES ('1', 'ada', 'db/changelog/a.sql',"                  \
	" '2026-11-20 09:30:00', 1, 'EXECUTED', NULL, 'sql', '', NULL, '4.31.0', NULL, NULL,"      \
	" '1234567890'), ('b-table', 'ada', 'db/changelog/b.sql', '2026-11-20 09:30:30', 2,"       \
	" 'MARK_RAN', NULL, 'sql', '', NULL, '4.31.0', NULL, NULL, '1234567890'),"                 \
	" ('b-again', 'ada', 'db/changelog/b.sql', '2026-11-20 09:31:00', 3, 'EXECUTED', NULL,"    \
	" 'sql', '', NULL, '4.31.0', NULL, NULL, '1234567890'), ('c', 'ada',"                      \
	" 'db/changelog/c.sql', '2026-11-20 09:32:00', 4, 'SKIPPED', NULL, 'sql', '', NULL,"       \
	" '4.31.0', NULL, NULL, '1234567890');"

#define DJANGO_ROWS                                                                                \
	"INSERT INTO django_migrations (app, name, applied) VALUES"                                \
	" ('auth', '0001_initial', '2026-11-20 09:29:00+00:00'),"                                  \
	" ('shop', '0001_initial', '2026-11-20 09:30:00+00:00'),"                                  \
	" ('shop', '0002_b', '2026-11-20 09:31:00+00:00');"

#define YOYO                                                                                       \
	"CREATE TABLE _yoyo_migration (migration_hash VARCHAR(64), migration_id VARCHAR(255),"     \
	" applied_at_utc TIMESTAMP, PRIMARY KEY (migration_hash));"                                \
	"CREATE TABLE yoyo_lock (locked INT DEFAULT 1, ctime TIMESTAMP, pid INT NOT NULL,"         \
	" PRIMARY KEY (locked));"                                                                  \
	"INSERT INTO _yoyo_migration VALUES ('a1', '0001.a', '2026-11-20 09:30:00'),"              \
	" ('b2', '0002.b-table', '2026-11-20 09:31:00');"

#define SQITCH_TABLES                                                                              \
	"CREATE SCHEMA sqitch; CREATE TABLE sqitch.projects (project TEXT PRIMARY KEY, uri TEXT"   \
	" NULL UNIQUE, created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(), creator_name"    \
	" TEXT NOT NULL, creator_email TEXT NOT NULL);"                                            \
	"CREATE TABLE sqitch.changes (change_id TEXT PRIMARY KEY, script_hash TEXT NULL, change"   \
	" TEXT NOT NULL, project TEXT NOT NULL REFERENCES sqitch.projects(project) ON UPDATE"      \
	" CASCADE, note TEXT NOT NULL DEFAULT '', committed_at TIMESTAMPTZ NOT NULL DEFAULT"       \
	" clock_timestamp(), committer_name TEXT NOT NULL, committer_email TEXT NOT NULL,"         \
	" planned_at TIMESTAMPTZ NOT NULL, planner_name TEXT NOT NULL, planner_email TEXT NOT"     \
	" NULL, UNIQUE(project, script_hash));"                                                    \
	"INSERT INTO sqitch.projects VALUES ('shop', NULL, now(), 'Ada', 'ada@example.org');"      \
	"INSERT INTO sqitch.changes VALUES ('11', '120fcbf21bcfdea79df68c5f911aa69f9957fb07', 'a'" \
	", 'shop', '', '2026-11-20 09:30:00+00', 'Ada', 'ada@example.org', now(), 'Ada',"          \
	" 'ada@example.org'), ('22', 'of the file with BEGIN and COMMIT', 'b', 'shop', '',"        \
	" '2026-11-20 09:31:00+00', 'Ada', 'ada@example.org', now(), 'Ada', 'ada@example.org');"

const struct adopt_case adopt_cases[] = {
	{ .tool = "dbmate",
	  .table = "schema_migrations",
	  .sql = { "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) primary "
	           "key);" VERSION_ROWS,
	           "create table if not exists schema_migrations (version varchar primary "
	           "key);" VERSION_ROWS },
	  .files = VERSION_FILES,
	  .table_name = "inlay_migrations",
	  .versions = DATED_VERSIONS,
	  .plan = "dbmate\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101000000  20240101000000_a  applied\n"
	          "20240102000000  20240102000000_b  applied\n"
	          "                20240103000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by dbmate, 1 pending\n" },
	{ .tool = "rails",
	  .table = "schema_migrations",
	  .sql = { "CREATE TABLE \"schema_migrations\" (\"version\" varchar NOT NULL PRIMARY "
	           "KEY);" RAILS_OTHER("datetime") VERSION_ROWS,
	           "CREATE TABLE \"schema_migrations\" (\"version\" character varying NOT NULL"
	           " PRIMARY KEY);" RAILS_OTHER("timestamp") VERSION_ROWS },
	  .files = VERSION_FILES,
	  .table_name = "inlay_migrations",
	  .versions = DATED_VERSIONS,
	  .plan = "Rails\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101000000  20240101000000_a  applied\n"
	          "20240102000000  20240102000000_b  applied\n"
	          "                20240103000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by Rails, 1 pending\n" },
	{ .tool = "golang-migrate",
	  .table = "schema_migrations",
	  .sql = { "CREATE TABLE IF NOT EXISTS schema_migrations (version uint64,dirty bool);"
	           "CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON schema_migrations "
	           "(version);"
	           "INSERT INTO schema_migrations VALUES (2, FALSE);",
	           "CREATE TABLE IF NOT EXISTS \"public\".\"schema_migrations\" (version bigint not"
	           " null primary key, dirty boolean not null);"
	           "INSERT INTO schema_migrations VALUES (2, FALSE);" },
	  .files = { { "1_a.up.sql", A }, { "2_b.up.sql", B }, { "3_c.up.sql", C }, SET_END },
	  .table_name = "inlay_migrations",
	  .versions = "1\n2\n3",
	  .plan = "golang-migrate\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "              1_a  applied\n"
	          "2  2_b  applied\n"
	          "              3_c  pending\n"
	          "\n"
	          "2 migrations are applied by golang-migrate, 1 pending\n" },
	{ .tool = "goose",
	  .table = "goose_db_version",
	  .sql = { "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	           " version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP"
	           " DEFAULT (datetime('now')));" GOOSE_ROWS("1", "0"),
	           "CREATE TABLE goose_db_version (id integer PRIMARY KEY GENERATED BY DEFAULT AS"
	           " IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp"
	           " timestamp NOT NULL DEFAULT now());" GOOSE_ROWS("true", "false") },
	  .files = { { "00001_a.sql", "-- +goose Up\n" A },
	             { "00002_b.sql", "-- +goose Up\n" B },
	             { "00003_c.sql", "-- +goose Up\n" C },
	             SET_END },
	  .versions = "1\n2\n3",
	  .plan = "goose\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "1  00001_a  applied  <time>\n"
	          "2  00002_b  applied  <time>\n"
	          "              00003_c  pending\n"
	          "\n"
	          "2 migrations are applied by goose, 1 pending\n" },
	{ .tool = "diesel",
	  .table = "__diesel_schema_migrations",
	  .sql = { DIESEL, DIESEL },
	  .files = { { "2024-01-01_a/up.sql", A },
	             { "2024-01-02-000000_b/up.sql", B },
	             { "2024-01-03-000000_c/up.sql", C },
	             SET_END },
	  .versions = "202401010000000000\n202401020000000000\n202401030000000000",
	  .plan = "diesel\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101  2024-01-01_a  applied  <time>\n"
	          "20240102000000  2024-01-02-000000_b  applied  <time>\n"
	          "                2024-01-03-000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by diesel, 1 pending\n" },
	{ .tool = "tern",
	  .table = "schema_version",
	  .sql = { NULL, "create table if not exists public.schema_version(version int4 not null"
	                 " primary key); insert into schema_version values (2);" },
	  .files = { { "001_a.sql", A "---- create above / drop below ----\ndrop table a;\n" },
	             { "002_b.sql", B },
	             { "003_c.sql", C },
	             SET_END },
	  .versions = "1\n2\n3",
	  .plan = "tern\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "              001_a  applied\n"
	          "2  002_b  applied\n"
	          "              003_c  pending\n"
	          "\n"
	          "2 migrations are applied by tern, 1 pending\n" },
	{ .tool = "bun",
	  .table = "bun_migrations",
	  .sql = { "CREATE TABLE IF NOT EXISTS \"bun_migrations\" (\"id\" INTEGER NOT NULL PRIMARY"
	           " KEY AUTOINCREMENT, \"name\" VARCHAR, \"group_id\" INTEGER, \"migrated_at\""
	           " TIMESTAMP NOT NULL DEFAULT current_timestamp);"
	           "CREATE TABLE IF NOT EXISTS \"bun_migration_locks\" (\"id\" INTEGER NOT NULL"
	           " PRIMARY KEY AUTOINCREMENT, \"table_name\" VARCHAR, UNIQUE "
	           "(\"table_name\"));" BUN_ROWS,
	           "CREATE TABLE IF NOT EXISTS \"bun_migrations\" (\"id\" BIGSERIAL NOT NULL,"
	           " \"name\" VARCHAR, \"group_id\" BIGINT, \"migrated_at\" TIMESTAMPTZ NOT NULL"
	           " DEFAULT current_timestamp, PRIMARY KEY (\"id\"));"
	           "CREATE TABLE IF NOT EXISTS \"bun_migration_locks\" (\"id\" BIGSERIAL NOT NULL,"
	           " \"table_name\" VARCHAR, PRIMARY KEY (\"id\"), UNIQUE "
	           "(\"table_name\"));" BUN_ROWS },
	  .files = { { "20240101000000_a.up.sql", A },
	             { "20240102000000_b.up.sql", B },
	             { "20240103000000_c.up.sql", C },
	             SET_END },
	  .versions = DATED_VERSIONS,
	  .plan = "bun\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101000000  20240101000000_a  applied  <time>\n"
	          "20240102000000  20240102000000_b  applied  <time>\n"
	          "                20240103000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by bun, 1 pending\n" },
	{ .tool = "flyway",
	  .table = "flyway_schema_history",
	  .sql = { "CREATE TABLE \"flyway_schema_history\" (\"installed_rank\" INT NOT NULL PRIMARY"
	           " KEY, " FLYWAY_COLUMNS("TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f',"
	                                   "'now'))") FLYWAY_INSERT("1"),
	           "CREATE TABLE \"public\".\"flyway_schema_history\" (\"installed_rank\" INT NOT"
	           " NULL, " FLYWAY_COLUMNS(
	                   "TIMESTAMP NOT NULL DEFAULT now()") "ALTER TABLE "
	                                                       "\"public\".\"flyway_schema_"
	                                                       "history\" ADD CONSTRAINT"
	                                                       " \"flyway_schema_history_pk\" "
	                                                       "PRIMARY KEY "
	                                                       "(\"installed_rank\")"
	                                                       ";" FLYWAY_INSERT("true") },
	  .files = { { "V1__a.sql", A }, { "V1_1__b.sql", B }, { "V2__c.sql", C }, SET_END },
	  .versions = "1000000000\n1001000000\n2000000000",
	  .plan = "Flyway\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "1  V1__a  applied  <time>\n"
	          "1.1  V1_1__b  applied  <time>\n"
	          "              V2__c  pending\n"
	          "\n"
	          "2 migrations are applied by Flyway, 1 pending; 2 checksums are verified\n" },
	{ .tool = "atlas",
	  .table = "atlas_schema_revisions",
	  .sql = { "CREATE TABLE `atlas_schema_revisions` (`version` text NOT NULL, `description`"
	           " text NOT NULL, `type` integer NOT NULL DEFAULT (2), `applied` integer NOT NULL"
	           " DEFAULT (0), `total` integer NOT NULL DEFAULT (0), `executed_at` datetime NOT"
	           " NULL, `execution_time` integer NOT NULL, `error` text NULL, `error_stmt` text"
	           " NULL, `hash` text NOT NULL, `partial_hashes` json NULL, `operator_version` "
	           "text"
	           " NOT NULL, PRIMARY KEY (`version`));" ATLAS_ROWS,
	           "CREATE SCHEMA atlas_schema_revisions; SET search_path TO "
	           "atlas_schema_revisions;"
	           "CREATE TABLE atlas_schema_revisions (version character varying NOT NULL PRIMARY"
	           " KEY, description character varying NOT NULL, type bigint DEFAULT 2 NOT NULL,"
	           " applied bigint DEFAULT 0 NOT NULL, total bigint DEFAULT 0 NOT NULL, "
	           "executed_at"
	           " timestamp with time zone NOT NULL, execution_time bigint NOT NULL, error text,"
	           " error_stmt text, hash character varying NOT NULL, partial_hashes jsonb,"
	           " operator_version character varying NOT NULL);" ATLAS_ROWS
	           "RESET search_path;" },
	  .files = { { "20240101000000_a.sql", A },
	             { "20240102000000_b.sql", B },
	             { "20240103000000_c.sql", C },
	             { "atlas.sum",
	               "h1:hxf5A42/6W8XI4KvkWrQ6flicCx+FMzAufaxwJ5CFWY=\n"
	               "20240101000000_a.sql h1:5x3LrVXrki2zZul+au9cVpI2TKo+BHb33xYFZ7tk0OQ=\n"
	               "20240102000000_b.sql h1:g7vyr69GlUo1yyZDqN4Oftze8skneSSf1ClkA+a6eKI=\n"
	               "20240103000000_c.sql h1:X51h8bSsYgx6uCb1TpHxvcGiEnrDlE98AItktWlixVg=\n" },
	             SET_END },
	  .versions = DATED_VERSIONS,
	  .plan = "Atlas\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101000000  20240101000000_a  applied  <time>\n"
	          "20240102000000  20240102000000_b  applied  <time>\n"
	          "                20240103000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by Atlas, 1 pending; 2 checksums are verified\n" },
	{ .tool = "prisma",
	  .table = "_prisma_migrations",
	  .sql = { "CREATE TABLE \"_prisma_migrations\" (\"id\" TEXT PRIMARY KEY NOT NULL,"
	           " \"checksum\" TEXT NOT NULL, \"finished_at\" DATETIME, \"migration_name\" TEXT"
	           " NOT NULL, \"logs\" TEXT, \"rolled_back_at\" DATETIME, \"started_at\" DATETIME"
	           " NOT NULL DEFAULT current_timestamp, \"applied_steps_count\" INTEGER UNSIGNED "
	           "NOT"
	           " NULL DEFAULT 0);" PRISMA_ROWS("1795167000000", "1795167060000"),
	           "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum"
	           " VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT"
	           " NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL"
	           " DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);" PRISMA_ROWS(
	                   "'2026-11-20 09:30:00+00'", "'2026-11-20 09:31:00+00'") },
	  .files = { { "20240101000000_a/migration.sql", A },
	             { "20240102000000_b/migration.sql", B },
	             { "20240103000000_c/migration.sql", C },
	             SET_END },
	  .layout = "prisma",
	  .versions = DATED_VERSIONS,
	  .plan = "Prisma\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "20240101000000_a  20240101000000_a  applied  <time>\n"
	          "20240102000000_b  20240102000000_b  applied  <time>\n"
	          "                  20240103000000_c  pending\n"
	          "\n"
	          "2 migrations are applied by Prisma, 1 pending; 2 checksums are verified\n" },
	{ .tool = "sqlx",
	  .table = "_sqlx_migrations",
	  .sql = { SQLX_TABLE("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP", "BLOB")
	                   SQLX_ROWS("X'", "'"),
	           SQLX_TABLE("TIMESTAMPTZ NOT NULL DEFAULT now()", "BYTEA")
	                   SQLX_ROWS("'\\x", "'") },
	  .files = { { "1_a.sql", A }, { "2_b.sql", B }, { "3_c.sql", C }, SET_END },
	  .versions = "1\n2\n3",
	  .plan = "sqlx\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "1  1_a  applied  <time>\n"
	          "2  2_b  applied  <time>\n"
	          "              3_c  pending\n"
	          "\n"
	          "2 migrations are applied by sqlx, 1 pending; 2 checksums are verified\n" },
	{ .tool = "refinery",
	  .table = "refinery_schema_history",
	  .sql = { REFINERY, REFINERY },
	  .files = { { "V1__a.sql", A }, { "V2__b.sql", B }, { "V3__c.sql", C }, SET_END },
	  .layout = "refinery",
	  .versions = "1\n2\n3",
	  .plan = "refinery\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "1  V1__a  applied  <time>\n"
	          "2  V2__b  applied  <time>\n"
	          "              V3__c  pending\n"
	          "\n"
	          "2 migrations are applied by refinery, 1 pending\n" },
	{ .tool = "liquibase",
	  .table = "databasechangelog",
	  .sql = { LIQUIBASE("VARCHAR", "TEXT", "INTEGER"),
	           LIQUIBASE("VARCHAR", "TIMESTAMP", "INT") },
	  .files = { { "001_a.sql", A }, { "002_b.sql", B }, { "003_c.sql", C }, SET_END },
	  .versions = "1\n2\n3",
	  .plan = "Liquibase\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "db/changelog/a.sql::1  001_a  applied  <time>\n"
	          "db/changelog/b.sql::b-again  002_b  applied  <time>\n"
	          "                             003_c  pending\n"
	          "\n"
	          "2 migrations are applied by Liquibase, 1 pending\n" },
	{ .tool = "django",
	  .table = "django_migrations",
	  .sql = { "CREATE TABLE \"django_migrations\" (\"id\" integer NOT NULL PRIMARY KEY"
	           " AUTOINCREMENT, \"app\" varchar(255) NOT NULL, \"name\" varchar(255) NOT NULL,"
	           " \"applied\" datetime NOT NULL);" DJANGO_ROWS,
	           "CREATE TABLE \"django_migrations\" (\"id\" bigint NOT NULL PRIMARY KEY "
	           "GENERATED"
	           " BY DEFAULT AS IDENTITY, \"app\" varchar(255) NOT NULL, \"name\" varchar(255) "
	           "NOT"
	           " NULL, \"applied\" timestamp with time zone NOT NULL);" DJANGO_ROWS },
	  .files = { { "001_shop_0001_initial.sql", A },
	             { "002_shop_0002_b.sql", B },
	             { "003_shop_0003_c.sql", C },
	             SET_END },
	  .versions = "1\n2\n3",
	  .plan = "Django\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "shop.0001_initial  001_shop_0001_initial  applied  <time>\n"
	          "shop.0002_b  002_shop_0002_b  applied  <time>\n"
	          "                   003_shop_0003_c  pending\n"
	          "auth.0001_initial  left aside  <time>\n"
	          "\n"
	          "2 migrations are applied by Django, 1 pending\n" },
	{ .tool = "yoyo",
	  .table = "_yoyo_migration",
	  .sql = { YOYO, YOYO },
	  .files = { { "001_a.sql", A }, { "002_b.sql", B }, { "003_c.sql", C }, SET_END },
	  .versions = "1\n2\n3",
	  .plan = "yoyo\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "0001.a  001_a  applied  <time>\n"
	          "0002.b-table  002_b  applied  <time>\n"
	          "              003_c  pending\n"
	          "\n"
	          "2 migrations are applied by yoyo, 1 pending\n" },
	{ .tool = "sqitch",
	  .table = "sqitch.changes",
	  .sql = { NULL, SQITCH_TABLES },
	  .files = { { "001_a.sql", A }, { "002_b.sql", B }, { "003_c.sql", C }, SET_END },
	  .versions = "1\n2\n3",
	  .plan = "Sqitch\n"
	          "\n"
	          "in the table  migration  state  applied at\n"
	          "shop.a  001_a  applied  <time>\n"
	          "shop.b  002_b  applied  <time>\n"
	          "              003_c  pending\n"
	          "\n"
	          "2 migrations are applied by Sqitch, 1 pending; 1 checksum is verified\n"
	          "1 migration has other text than Sqitch applied, as files that were rewritten "
	          "have\n" },
};

const size_t adopt_case_count = sizeof(adopt_cases) / sizeof(adopt_cases[0]);
