/* adopt_refusal_test.c - what `inlay adopt` does not recognise, and what it recognises and does not
 * record. */
#include "adopt_cases.h"
#include "buffer.h"
#include "console.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define FILES                                                                                      \
	"mkdir migrations; echo 'CREATE TABLE a (id INTEGER PRIMARY KEY);' > migrations/1_a.sql\n" \
	"cd migrations; for i in 2_b 3_c; do sed s/a/$i/ 1_a.sql > $i.sql; done; cd ..\n"

/* Runs it in a directory with migrations 1_a, 2_b and 3_c. */
static void expect(struct database *database, const char *sql, const char *script, const char *err)
{
	struct console console;
	char *whole = format(FILES "%s", script);
	struct outcome outcome;
	char *said;

	if (sql != NULL)
		database_run(database, sql);
	console = console_open(database);
	outcome = console_run(&console, whole);
	said = console_mask(&console, outcome.err.start);
	if (strcmp(said, err) != 0 || outcome.status != 2)
		fail_msg("%s\n%s\nended in %d and said\n%s\nnot\n%s", sql != NULL ? sql : "",
		         script, outcome.status, said, err);
	free(said);
	free(whole);
	outcome_free(&outcome);
	console_close(&console);
	database_clear(database);
}

/* A case of the table, with `sql` behind it, in its own directory. */
static void expect_case(struct database *database, const char *tool, const char *sql,
                        const char *script, const char *err)
{
	const struct adopt_case *adopted = adopt_cases;
	struct buffer files = { 0 };

	while (strcmp(adopted->tool, tool) != 0)
		adopted++;
	buffer_string(&files, "rm -r migrations\n");
	for (const struct set_file *file = adopted->files; file->name != NULL; file++)
		buffer_format(
		        &files,
		        "mkdir -p $(dirname migrations/%s); printf %%s '%s' > migrations/%s\n",
		        file->name, file->content, file->name);
	if (strcmp(tool, "prisma") == 0)
		buffer_format(&files, "echo 'provider = \"%s\"' > migrations/migration_lock.toml\n",
		              database_either(database, "sqlite", "postgresql"));
	buffer_string(&files, script);
	buffer_byte(&files, '\0');
	database_run(database, adopted->sql[database->dialect]);
	expect(database, sql, (const char *)files.start, err);
	buffer_clear(&files);
}

/* --- What is none of theirs --- */

#define NONE                                                                                       \
	"inlay adopt: <database> has no table of another tool that inlay knows\n"                  \
	"    help: inlay up begins a history; inlay baseline records what the database has "       \
	"already\n"

static void tables_that_only_look_like_theirs_are_left_alone(void **state)
{
	static const char *const tables[] = {
		"SELECT 1",
		"CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY)",
		"CREATE TABLE schema_migrations (version VARCHAR(20), name VARCHAR(20))",
		"CREATE TABLE schema_migrations (version BIGINT, dirty VARCHAR(5))",
		"CREATE TABLE schema_migrations (version BIGINT, dirty BOOLEAN, by_whom "
		"VARCHAR(9))",
		"CREATE TABLE schema_version (version VARCHAR(20))",
		"CREATE TABLE goose_db_version (id INTEGER, version_id INTEGER)",
		"CREATE TABLE bun_migrations (name VARCHAR(20))",
		"CREATE TABLE django_migrations (id INTEGER, app VARCHAR(9), name VARCHAR(9),"
		" applied TIMESTAMP, by_whom VARCHAR(9))",
		"CREATE TABLE changes (change_id INTEGER, script_hash VARCHAR(9), change "
		"VARCHAR(9),"
		" project VARCHAR(9), committed_at TIMESTAMP, planned_at TIMESTAMP)",
		"CREATE TABLE versions (version VARCHAR(20));"
		" CREATE VIEW schema_migrations AS SELECT version FROM versions",
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		expect(*state, tables[i], "inlay adopt", NONE);
}

static void our_own_table_is_none_of_theirs(void **state)
{
	struct database *database = *state;
	static const struct set_file files[] = { { "1_a.sql", "SELECT 1;" }, SET_END };

	database_expect_ok(database, files, 1);
	expect(database, NULL, "inlay adopt", NONE);
}

static void a_tool_that_was_named_is_looked_for(void **state)
{
	struct database *database = *state;
	static const char rails[] = "CREATE TABLE schema_migrations (version VARCHAR(20));"
	                            "CREATE TABLE ar_internal_metadata (key VARCHAR(20));"
	                            "INSERT INTO schema_migrations VALUES ('7')";

	expect(database, NULL, "inlay adopt --from goose",
	       "inlay adopt: <database> has no table goose_db_version as goose makes it\n"
	       "    help: --schema says in which schema to look\n");
	/* Whose table that is only another one tells. */
	expect(database, rails, "inlay adopt --from dbmate --table ours",
	       database_either(
	               database,
	               "inlay adopt: schema_migrations has 7, which is no migration of the "
	               "set\n    help: is it another directory (--dir), or an older state of "
	               "it?\n",
	               "inlay adopt: public.schema_migrations has 7, which is no migration "
	               "of the set\n    help: is it another directory (--dir), or an older "
	               "state of it?\n"));
	if (database->dialect == INLAY_DIALECT_SQLITE)
		expect(database, NULL, "inlay adopt --from tern",
		       "inlay adopt: tern does not know SQLite\n");
}

static void a_tool_that_nobody_knows_is_refused(void **state)
{
	struct console console = console_open(*state);

	console_expect(
	        &console, "inlay adopt --from flywayy", 64, "",
	        "inlay adopt: --from is one of atlas, bun, dbmate, diesel, django, flyway, "
	        "golang-migrate, goose, liquibase, prisma, rails, refinery, sqitch, sqlx, tern, "
	        "yoyo, not flywayy\n    help: inlay adopt --help\n");
	console_close(&console);
}

static void tables_of_two_tools_need_a_word(void **state)
{
	struct database *database = *state;

	expect(database,
	       "CREATE TABLE schema_migrations (version BIGINT, dirty BOOLEAN);"
	       "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50), run_on TIMESTAMP)",
	       "inlay adopt",
	       database_either(database,
	                       "inlay adopt: <database> has tables of more than one tool: "
	                       "__diesel_schema_migrations (diesel), schema_migrations "
	                       "(golang-migrate)\n"
	                       "    help: --from diesel or --from golang-migrate\n",
	                       "inlay adopt: <database> has tables of more than one tool: "
	                       "public.__diesel_schema_migrations (diesel), "
	                       "public.schema_migrations (golang-migrate)\n"
	                       "    help: --from diesel or --from golang-migrate\n"));
}

/* --- What can not be recorded --- */

static void a_name_can_not_be_theirs_and_ours(void **state)
{
	struct database *database = *state;

	expect_case(
	        database, "golang-migrate", NULL, "inlay adopt",
	        database_either(database,
	                        "inlay adopt: schema_migrations is the table of golang-migrate, "
	                        "and inlay's would be called the same\n"
	                        "    help: give inlay's another name: --table inlay_migrations "
	                        "here, and options.table = \"inlay_migrations\" in the program\n",
	                        "inlay adopt: public.schema_migrations is the table of "
	                        "golang-migrate, and inlay's would be called the same\n"
	                        "    help: give inlay's another name: --table inlay_migrations "
	                        "here, and options.table = \"inlay_migrations\" in the "
	                        "program\n"));
}

static void what_failed_there_is_not_recorded(void **state)
{
	expect_case(
	        *state, "golang-migrate", "UPDATE schema_migrations SET dirty = TRUE",
	        "inlay adopt --table ours",
	        "inlay adopt: 2 failed: dirty\n    help: bring it to an end with golang-migrate "
	        "first: what of it is there nobody here can know\n");
	expect_case(
	        *state, "flyway",
	        "UPDATE flyway_schema_history SET success = FALSE WHERE installed_rank = 2",
	        "inlay adopt",
	        "inlay adopt: 1.1 failed: V1_1__b.sql\n    help: bring it to an end with Flyway "
	        "first: what of it is there nobody here can know\n");
	expect_case(
	        *state, "prisma",
	        "UPDATE _prisma_migrations SET finished_at = NULL, logs = 'no table b\nat 1'"
	        " WHERE migration_name = '20240102000000_b'",
	        "inlay adopt",
	        "inlay adopt: 20240102000000_b failed: no table b\n    help: bring it to an end "
	        "with Prisma first: what of it is there nobody here can know\n");
	expect_case(
	        *state, "liquibase",
	        "UPDATE databasechangelog SET exectype = 'FAILED' WHERE id = 'b-table'",
	        "inlay adopt",
	        "inlay adopt: db/changelog/b.sql::b-table failed: ada\n    help: bring it to an "
	        "end with Liquibase first: what of it is there nobody here can know\n");
	expect_case(
	        *state, "sqlx", "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2",
	        "inlay adopt",
	        "inlay adopt: 2 failed: b\n    help: bring it to an end with sqlx first: what of "
	        "it is there nobody here can know\n");
}

static void what_atlas_began_is_not_recorded(void **state)
{
	database_run(*state, "CREATE TABLE atlas_schema_revisions (version VARCHAR(20), description"
	                     " VARCHAR(20), type BIGINT, applied BIGINT, total BIGINT, executed_at"
	                     " TIMESTAMP, execution_time BIGINT, error VARCHAR(20), error_stmt"
	                     " VARCHAR(20), hash VARCHAR(50), partial_hashes VARCHAR(20),"
	                     " operator_version VARCHAR(20))");
	expect(*state,
	       "INSERT INTO atlas_schema_revisions VALUES ('1', 'a', 2, 1, 3,"
	       " '2026-11-20 09:30:00', 5, 'no table x', 'DROP x', 'h', '[]', 'v')",
	       "inlay adopt",
	       "inlay adopt: 1 failed: statement 2 of 3: no table x\n    help: bring it to an end "
	       "with Atlas first: what of it is there nobody here can know\n");
}

static void rows_that_are_no_migration_are_refused(void **state)
{
	struct database *database = *state;

	expect_case(
	        database, "goose",
	        "INSERT INTO goose_db_version (version_id, is_applied, tstamp) SELECT n, "
	        "is_applied,"
	        " tstamp FROM goose_db_version, (SELECT 11 AS n UNION ALL SELECT 12 UNION ALL"
	        " SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15) AS more WHERE version_id = 1"
	        " ORDER BY n",
	        "inlay adopt --quiet",
	        database_either(database,
	                        "inlay adopt: goose_db_version has 11, 12, 13 and 2 more, which "
	                        "are no migration of the set\n    help: is it another directory "
	                        "(--dir), or an older state of it?\n",
	                        "inlay adopt: public.goose_db_version has 11, 12, 13 and 2 more, "
	                        "which are no migration of the set\n    help: is it another "
	                        "directory (--dir), or an older state of it?\n"));
	expect_case(
	        database, "yoyo",
	        "INSERT INTO _yoyo_migration VALUES ('c', 'more-tables', '2026-11-20 09:30:00')",
	        "inlay adopt --quiet",
	        database_either(database,
	                        "inlay adopt: _yoyo_migration has more-tables, which is no "
	                        "migration of the set\n    help: each needs a file with that name "
	                        "behind its version; or is it another directory: --dir?\n",
	                        "inlay adopt: public._yoyo_migration has more-tables, which is no "
	                        "migration of the set\n    help: each needs a file with that name "
	                        "behind its version; or is it another directory: --dir?\n"));
}

static void rows_that_mean_one_migration_are_refused(void **state)
{
	struct database *database = *state;

	expect_case(database, "django",
	            "INSERT INTO django_migrations (app, name, applied) VALUES"
	            " ('stock', 'shop_0002_b', '2026-11-20 09:30:00')",
	            "inlay adopt --quiet",
	            database_either(database,
	                            "inlay adopt: several rows of django_migrations mean "
	                            "002_shop_0002_b\n    help: name its file VERSION_APP_NAME, so "
	                            "that it is one row's\n",
	                            "inlay adopt: several rows of public.django_migrations mean "
	                            "002_shop_0002_b\n    help: name its file VERSION_APP_NAME, so "
	                            "that it is one row's\n"));
	expect_case(
	        database, "yoyo",
	        "INSERT INTO _yoyo_migration VALUES ('c', '002_b', '2026-11-20 09:30:00')",
	        "inlay adopt --quiet",
	        database_either(database,
	                        "inlay adopt: several rows of _yoyo_migration mean 002_b\n"
	                        "    help: give each a file of its own name\n",
	                        "inlay adopt: several rows of public._yoyo_migration mean 002_b\n"
	                        "    help: give each a file of its own name\n"));
}

static void a_gap_is_said_now(void **state)
{
	expect_case(
	        *state, "bun",
	        "UPDATE bun_migrations SET name = '20240103000000' WHERE name = '20240102000000'",
	        "inlay adopt --quiet",
	        "inlay adopt: 20240102000000_b is not applied, but later ones are\n"
	        "    help: apply it with bun; or --force leaves it out, and inlay up --allow-late "
	        "applies it then\n");
}

static void an_edited_file_is_refused(void **state)
{
	expect_case(
	        *state, "prisma", NULL,
	        "echo '-- more' >> migrations/20240102000000_b/migration.sql; inlay adopt --quiet",
	        "inlay adopt: 20240102000000_b was edited since Prisma applied it: its checksum is "
	        "0eabb30e133da90b732fce131b81cbcdf41d87624ff66f634828ff233f644b54, the table has "
	        "bb7d1ae674cb4089db0af6106173cf3143c323e1493640f4564c343fd02434b9\n"
	        "    help: bring the file back as it was; or, when what it says is in the "
	        "database, --force records it as it is\n");
	expect_case(*state, "flyway", NULL,
	            "echo '-- more' >> migrations/V1__a.sql; inlay adopt --quiet --yes",
	            "inlay adopt: V1__a was edited since Flyway applied it: its checksum is "
	            "902378886, the table has -787013892\n"
	            "    help: bring the file back as it was; or, when what it says is in the "
	            "database, --force records it as it is\n");
}

/* --- Others at work --- */

static void a_tool_at_work_is_waited_for(void **state)
{
	expect_case(
	        *state, "liquibase",
	        "UPDATE databasechangeloglock SET locked = TRUE, lockedby = 'build-7 (10.0.0.7)'",
	        "inlay adopt --quiet",
	        "inlay adopt: Liquibase is at work: its lock is held by build-7 (10.0.0.7)\n"
	        "    help: wait until it is through; when nobody is, `liquibase release-locks` "
	        "frees it\n");
	expect_case(*state, "bun",
	            "INSERT INTO bun_migration_locks (table_name) VALUES ('bun_migrations')",
	            "inlay adopt --quiet",
	            "inlay adopt: bun is at work: its lock is held by somebody\n"
	            "    help: wait until it is through; when nobody is, empty the table "
	            "bun_migration_locks\n");
	expect_case(
	        *state, "yoyo", "INSERT INTO yoyo_lock VALUES (1, '2026-11-20 09:30:00', 4711)",
	        "inlay adopt --quiet",
	        "inlay adopt: yoyo is at work: its lock is held by process <pid>\n"
	        "    help: wait until it is through; when nobody is, `yoyo break-lock` frees it\n");
}

static void a_lease_holds_until_it_ends(void **state)
{
	static const char lease[] = "CREATE TABLE goose_lock (lock_id bigint PRIMARY KEY, locked "
	                            "boolean NOT NULL, locked_at"
	                            " timestamptz, locked_by text, lease_expires_at timestamptz, "
	                            "updated_at timestamptz);"
	                            "INSERT INTO goose_lock VALUES (1, true, now(), 'build-7', "
	                            "now() + '1 hour', now())";

	expect_case(*state, "goose", lease, "inlay adopt --quiet",
	            "inlay adopt: goose is at work: its lock is held by build-7\n"
	            "    help: wait until it is through; its lease ends by itself\n");
}

static void an_advisory_lock_is_seen(void **state)
{
	struct database *database = *state;
	char *place = format("%s", database_place(database));
	PGconn *other = PQconnectdb(place);

	PQclear(PQexec(other,
	               "SET application_name = 'deploy'; SELECT pg_advisory_lock(72707369)"));
	expect_case(database, "prisma", NULL, "inlay adopt --quiet",
	            "inlay adopt: Prisma is at work: its lock is held by deploy (backend <pid>)\n"
	            "    help: wait until it is through\n");
	PQfinish(other);
	free(place);
}

/* --- Rights and places --- */

static void a_table_that_may_not_be_read_is_named(void **state)
{
	expect_case(
	        *state, "goose",
	        "DROP ROLE IF EXISTS adopt_reader; CREATE ROLE adopt_reader;"
	        " GRANT USAGE ON SCHEMA public TO adopt_reader",
	        "PGOPTIONS='-c role=adopt_reader' inlay adopt --quiet",
	        "inlay adopt: public.goose_db_version can not be read: ERROR: permission denied "
	        "for table goose_db_version\n");
}

static void a_schema_is_looked_into_when_it_is_named(void **state)
{
	static const char elsewhere[] =
	        "DROP SCHEMA IF EXISTS \"a\"\"b\" CASCADE; CREATE SCHEMA \"a\"\"b\";"
	        "CREATE TABLE \"a\"\"b\".goose_db_version (id integer PRIMARY KEY, version_id "
	        "bigint,"
	        " is_applied boolean, tstamp timestamp);"
	        "INSERT INTO \"a\"\"b\".goose_db_version VALUES (1, 9, true, now())";

	expect(*state, elsewhere, "inlay adopt", NONE);
	expect(*state, NULL, "inlay adopt --schema 'a\"b'",
	       "inlay adopt: a\"b.goose_db_version has 9, which is no migration of the set\n"
	       "    help: is it another directory (--dir), or an older state of it?\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(tables_that_only_look_like_theirs_are_left_alone),
		DATABASE_TEST_POSTGRES(tables_that_only_look_like_theirs_are_left_alone),
		DATABASE_TEST_FILE(our_own_table_is_none_of_theirs),
		DATABASE_TEST_POSTGRES(our_own_table_is_none_of_theirs),
		DATABASE_TEST_FILE(a_tool_that_was_named_is_looked_for),
		DATABASE_TEST_POSTGRES(a_tool_that_was_named_is_looked_for),
		DATABASE_TEST_FILE(a_tool_that_nobody_knows_is_refused),
		DATABASE_TEST_FILE(tables_of_two_tools_need_a_word),
		DATABASE_TEST_POSTGRES(tables_of_two_tools_need_a_word),
		DATABASE_TEST_FILE(a_name_can_not_be_theirs_and_ours),
		DATABASE_TEST_POSTGRES(a_name_can_not_be_theirs_and_ours),
		DATABASE_TEST_FILE(what_failed_there_is_not_recorded),
		DATABASE_TEST_POSTGRES(what_failed_there_is_not_recorded),
		DATABASE_TEST_FILE(what_atlas_began_is_not_recorded),
		DATABASE_TEST_POSTGRES(what_atlas_began_is_not_recorded),
		DATABASE_TEST_FILE(rows_that_are_no_migration_are_refused),
		DATABASE_TEST_POSTGRES(rows_that_are_no_migration_are_refused),
		DATABASE_TEST_FILE(rows_that_mean_one_migration_are_refused),
		DATABASE_TEST_POSTGRES(rows_that_mean_one_migration_are_refused),
		DATABASE_TEST_FILE(an_edited_file_is_refused),
		DATABASE_TEST_POSTGRES(an_edited_file_is_refused),
		DATABASE_TEST_FILE(a_gap_is_said_now),
		DATABASE_TEST_POSTGRES(a_gap_is_said_now),
		DATABASE_TEST_FILE(a_tool_at_work_is_waited_for),
		DATABASE_TEST_POSTGRES(a_tool_at_work_is_waited_for),
		DATABASE_TEST_POSTGRES(a_lease_holds_until_it_ends),
		DATABASE_TEST_POSTGRES(an_advisory_lock_is_seen),
		DATABASE_TEST_POSTGRES(a_table_that_may_not_be_read_is_named),
		DATABASE_TEST_POSTGRES(a_schema_is_looked_into_when_it_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
