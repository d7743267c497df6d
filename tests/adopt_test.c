/* adopt_test.c - what other tools have applied: recognised, planned, recorded. */
#include "adopt_cases.h"
#include "console.h"
#include "live/live_set.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TABLES_AB                                                                                  \
	"CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY);"

static void write_files(const struct console *console, const struct adopt_case *adopted)
{
	for (const struct set_file *file = adopted->files; file->name != NULL; file++) {
		char *path = format("migrations/%s", file->name);

		console_write(console, path, file->content);
		free(path);
	}
	if (strcmp(adopted->tool, "prisma") == 0)
		console_write(console, "migrations/migration_lock.toml",
		              console->database->dialect == INLAY_DIALECT_SQLITE
		                      ? "provider = \"sqlite\"\n"
		                      : "provider = \"postgresql\"\n");
}

static char *command_of(const struct adopt_case *adopted, const char *rest)
{
	return format("inlay adopt --quiet %s %s%s", rest,
	              adopted->table_name != NULL ? "--table " : "",
	              adopted->table_name != NULL ? adopted->table_name : "");
}

/* The schemas of tools, too. */
static void clear(struct database *database)
{
	if (database->dialect == INLAY_DIALECT_POSTGRES)
		database_run(database,
		             "DROP SCHEMA IF EXISTS sqitch, atlas_schema_revisions CASCADE");
	database_clear(database);
}

static void expect_plan(const struct console *console, const struct adopt_case *adopted,
                        const char *script)
{
	struct outcome outcome = console_run(console, script);
	char *out = console_mask(console, outcome.out.start);
	const char *plan = strstr(out, " is a table of ");

	plan = plan != NULL ? plan + strlen(" is a table of ") : out;
	if (strcmp(plan, adopted->plan) != 0 || outcome.status != 0 || outcome.err.size != 0)
		fail_msg("%s ended in %d and said\n%s\n%s", adopted->tool, outcome.status, plan,
		         outcome.err.start);
	free(out);
	outcome_free(&outcome);
}

static void each_tool_is_recognised_and_planned(void **state)
{
	struct database *database = *state;

	for (size_t i = 0; i < adopt_case_count; i++) {
		const struct adopt_case *adopted = &adopt_cases[i];
		const char *sql = adopted->sql[database->dialect];
		struct console console;
		char *script = command_of(adopted, "--dry-run");

		if (sql != NULL) {
			database_run(database, sql);
			console = console_open(database);
			write_files(&console, adopted);
			memcpy(strstr(script, "--quiet"), "       ", 7);
			expect_plan(&console, adopted, script);
			console_close(&console);
			clear(database);
		}
		free(script);
	}
}

/* --- Recording --- */

/* A case in a console, its tables and those of its migrations made. */
static struct console begin(struct database *database, const struct adopt_case *adopted)
{
	struct console console;

	database_run(database, TABLES_AB);
	database_run(database, adopted->sql[database->dialect]);
	console = console_open(database);
	write_files(&console, adopted);
	return console;
}

static void run(const struct console *console, const struct adopt_case *adopted, const char *rest)
{
	char *script = command_of(adopted, rest);

	console_expect(console, script, 0, "", "");
	free(script);
}

/* The directory as a program with that set brings it to the database. */
static void ensure_rest(struct database *database, const struct console *console,
                        const struct adopt_case *adopted)
{
	char *directory = format("%s/migrations", console->directory);
	struct options options = { .directory = directory,
		                   .layout = adopted->layout,
		                   .quiet = true };
	struct live_set set;

	assert_int_equal(live_set_read(&set, "test", &options,
	                               database->dialect == INLAY_DIALECT_SQLITE
	                                       ? DIALECT_SQLITE
	                                       : DIALECT_POSTGRES),
	                 EXIT_DONE);
	if (adopted->table_name != NULL)
		database->options.table = adopted->table_name;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_int_equal(database->error.applied_count, 1);
	database->options.table = "schema_migrations";
	live_set_clear(&set);
	free(directory);
}

static void expect_rows(struct database *database, const struct adopt_case *adopted)
{
	const char *ours = adopted->table_name != NULL ? adopted->table_name : "schema_migrations";
	char *sql = format("SELECT version FROM %s ORDER BY version", ours);

	database_expect(database, sql, adopted->versions);
	free(sql);
	sql = format("SELECT count(*) FROM %s_log WHERE action = 'adopted' AND message = 'from %s'",
	             ours, adopted->tool);
	database_expect(database, sql, "2");
	free(sql);
	/* c is there, and a and b were not made again. */
	database_expect(database, "SELECT count(*) FROM a, b, c", "0");
}

static void adopt_and_go_on(struct database *database, const struct adopt_case *adopted)
{
	struct console console = begin(database, adopted);
	char *theirs = format("SELECT * FROM %s%s ORDER BY 1, 2",
	                      strcmp(adopted->tool, "atlas") == 0 &&
	                                      database->dialect == INLAY_DIALECT_POSTGRES
	                              ? "atlas_schema_revisions."
	                              : "",
	                      adopted->table);
	char *before;

	/* Tables of one column. */
	if (strcmp(adopted->table, "schema_version") == 0 ||
	    strcmp(adopted->table, "schema_migrations") == 0)
		*strstr(theirs, ", 2") = '\0';
	database_reconnect(database);
	before = format("%s", database_ask(database, theirs));
	database_disconnect(database);
	run(&console, adopted, "--yes");
	run(&console, adopted, "--yes"); /* Nothing more to do. */
	database_reconnect(database);
	database_expect(database, theirs, before);
	ensure_rest(database, &console, adopted);
	database_expect(database, theirs, before);
	expect_rows(database, adopted);
	database_disconnect(database);
	console_close(&console);
	clear(database);
	free(before);
	free(theirs);
}

static void each_tool_is_adopted_and_its_table_left_alone(void **state)
{
	struct database *database = *state;

	for (size_t i = 0; i < adopt_case_count; i++)
		if (adopt_cases[i].sql[database->dialect] != NULL)
			adopt_and_go_on(database, &adopt_cases[i]);
}

static const struct adopt_case *find_case(const char *tool)
{
	const struct adopt_case *adopted = adopt_cases;

	while (strcmp(adopted->tool, tool) != 0)
		adopted++;
	return adopted;
}

static void times_are_theirs(void **state)
{
	struct database *database = *state;
	/* One with a time without a zone, one with a text, one with whatever the database has. */
	static const char *const tools[] = { "goose", "refinery", "prisma", "atlas" };

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		const struct adopt_case *adopted = find_case(tools[i]);
		struct console console = begin(database, adopted);

		run(&console, adopted, "--yes");
		console_close(&console);
		database_expect(database,
		                database_either(database,
		                                "SELECT substr(applied_at, 1, 19) FROM"
		                                " schema_migrations ORDER BY version",
		                                "SELECT to_char(applied_at AT TIME ZONE 'UTC',"
		                                " 'YYYY-MM-DD HH24:MI:SS') FROM schema_migrations"
		                                " ORDER BY version"),
		                "2026-11-20 09:30:00\n2026-11-20 09:31:00");
		clear(database);
	}
}

static void it_asks_and_says_what_it_did(void **state)
{
	struct database *database = *state;
	struct console console = begin(database, find_case("sqlx"));
	const char *heading = database_either(database, "_sqlx_migrations is a table of sqlx\n",
	                                      "public._sqlx_migrations is a table of sqlx\n");
	char *plan = format("%s%s", heading, find_case("sqlx")->plan + strlen("sqlx\n"));
	char *done = format("%s2 migrations are recorded as adopted from sqlx\n", plan);
	char *again = format("%sall of that is recorded already\n", plan);

	console_expect(
	        &console, "inlay adopt", 64, plan,
	        "inlay adopt: this records 2 migrations as applied in schema_migrations, and "
	        "there is no terminal to ask on\n    help: --yes does not ask\n");
	console_expect(&console, "inlay adopt --yes", 0, done, "");
	console_expect(&console, "inlay adopt", 0, again, "");
	console_close(&console);
	free(plan);
	free(done);
	free(again);
}

static void an_empty_table_is_nothing_to_record(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database,
	             "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY"
	             " KEY NOT NULL, run_on TIMESTAMP NOT NULL)");
	console = console_open(database);
	console_write(&console, "migrations/1_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n");
	console_expect(&console, "inlay adopt --from diesel", 0,
	               database_either(database,
	                               "__diesel_schema_migrations is a table of diesel\n\n"
	                               "in the table  migration  state  applied at\n"
	                               "              1_a  pending\n\n"
	                               "0 migrations are applied by diesel, 1 pending\n"
	                               "nothing is applied there, so there is nothing to record\n",
	                               "public.__diesel_schema_migrations is a table of diesel\n\n"
	                               "in the table  migration  state  applied at\n"
	                               "              1_a  pending\n\n"
	                               "0 migrations are applied by diesel, 1 pending\n"
	                               "nothing is applied there, so there is nothing to record\n"),
	               "");
	console_close(&console);
}

static void a_gap_is_recorded_by_force(void **state)
{
	struct database *database = *state;
	const struct adopt_case *adopted = find_case("bun");
	struct console console;

	database_run(database, adopted->sql[database->dialect]);
	database_run(database, "UPDATE bun_migrations SET name = '20240103000000'"
	                       " WHERE name = '20240102000000'");
	console = console_open(database);
	write_files(&console, adopted);
	console_expect(&console, "inlay adopt --force --yes --quiet", 0, "", "");
	console_close(&console);
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY version",
	                "20240101000000\n20240103000000");
}

static void an_edited_file_is_recorded_by_force(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, find_case("sqlx")->sql[database->dialect]);
	console = console_open(database);
	write_files(&console, find_case("sqlx"));
	console_expect(&console,
	               "echo '-- more' >> migrations/1_a.sql; inlay adopt --yes --force --quiet", 0,
	               "", "");
	console_close(&console);
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY version", "1\n2");
}

/* Who writes directives of inlay's into a file has made another text of it. */
static void a_rewritten_file_has_another_checksum(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, find_case("sqlx")->sql[database->dialect]);
	console = console_open(database);
	write_files(&console, find_case("sqlx"));
	console_expect(&console,
	               "sed -i '1i -- migrate:up' migrations/1_a.sql; inlay adopt --yes | tail -3",
	               0,
	               "2 migrations are applied by sqlx, 1 pending; 1 checksum is verified\n"
	               "1 migration has other text than sqlx applied, as files that were rewritten "
	               "have\n"
	               "2 migrations are recorded as adopted from sqlx\n",
	               "");
	console_close(&console);
}

static void machines_read_the_plan(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, find_case("sqlx")->sql[database->dialect]);
	database_run(database, "UPDATE _sqlx_migrations SET version = 9 WHERE version = 2");
	console = console_open(database);
	write_files(&console, find_case("sqlx"));
	console_expect(&console,
	               "inlay adopt --json --dry-run 2>/dev/null | python3 -c 'import json, sys\n"
	               "plan = json.load(sys.stdin)\n"
	               "print(plan[\"tool\"], plan[\"table\"].split(\".\")[-1], plan[\"busy\"])\n"
	               "for m in plan[\"migrations\"]: print(list(m.values()))'",
	               0,
	               "sqlx _sqlx_migrations None\n"
	               "[1, 'a', '1_a.sql', '1', None, 'applied', '<time>']\n"
	               "[2, 'b', '2_b.sql', None, None, 'pending', None]\n"
	               "[3, 'c', '3_c.sql', None, None, 'pending', None]\n"
	               "[None, None, None, '9', None, 'unknown', '<time>']\n",
	               "");
	console_close(&console);
}

static void a_history_of_ours_is_not_mixed_with_theirs(void **state)
{
	struct database *database = *state;
	const struct adopt_case *adopted = find_case("sqlx");
	struct console console;

	database_expect_ok(database, (struct set_file[]){ adopted->files[0], SET_END }, 1);
	database_run(database, "CREATE TABLE b (id INTEGER PRIMARY KEY)");
	database_run(database, adopted->sql[database->dialect]);
	console = console_open(database);
	write_files(&console, adopted);
	console_expect(
	        &console, "inlay adopt --yes >/dev/null", 2, "",
	        "inlay adopt: schema_migrations has a history already, of 1 migrations, and 1 "
	        "of those above are not in it\n"
	        "    help: whoever goes on with both has to keep them equal; --table names "
	        "another table for a new history\n");
	console_close(&console);
}

/* --- Sqitch's own file --- */

static void sqitch_is_found_beside_the_database(void **state)
{
	struct database *database = *state;
	char *path = format("%s/sqitch.db", database->directory);
	struct console console;
	sqlite3 *sqitch;

	assert_int_equal(sqlite3_open(path, &sqitch), SQLITE_OK);
	assert_int_equal(
	        sqlite3_exec(
	                sqitch,
	                "CREATE TABLE changes (change_id TEXT PRIMARY KEY, script_hash TEXT NULL,"
	                " change TEXT NOT NULL, project TEXT NOT NULL, note TEXT NOT NULL DEFAULT"
	                " '', committed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,"
	                " committer_name TEXT NOT NULL, committer_email TEXT NOT NULL, planned_at"
	                " DATETIME NOT NULL, planner_name TEXT NOT NULL, planner_email TEXT NOT"
	                " NULL, UNIQUE(project, script_hash));"
	                "INSERT INTO changes VALUES ('11', 'hash', 'a', 'shop', '', '2026-11-20"
	                " 09:30:00', 'Ada', 'a@b', '2026-11-20 09:00:00', 'Ada', 'a@b'), ('22',"
	                " 'hashes', 'b', 'shop', '', '2026-11-20 09:31:00', 'Ada', 'a@b',"
	                " '2026-11-20 09:00:00', 'Ada', 'a@b');",
	                NULL, NULL, NULL),
	        SQLITE_OK);
	(void)sqlite3_close(sqitch);
	console = console_open(database);
	write_files(&console, find_case("sqitch"));
	console_expect(&console, "inlay adopt --yes --quiet", 0, "", "");
	/* It has the suffix of the database, from the first point on. */
	console_expect(&console,
	               "set=$PWD/migrations; cd \"$(dirname \"${DATABASE_URL#sqlite:}\")\"\n"
	               "mv sqitch.db theirs\n"
	               "for suffix in '' .sqlite .v2.db; do\n"
	               "sqlite3 shop$suffix 'CREATE TABLE a (id)'; cp theirs sqitch$suffix\n"
	               "inlay adopt --dir \"$set\" --database sqlite:shop$suffix --yes | tail -1\n"
	               "rm sqitch$suffix\n"
	               "done",
	               0,
	               "2 migrations are recorded as adopted from Sqitch\n"
	               "2 migrations are recorded as adopted from Sqitch\n"
	               "2 migrations are recorded as adopted from Sqitch\n",
	               "");
	console_close(&console);
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY version", "1\n2");
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(each_tool_is_recognised_and_planned),
		DATABASE_TEST_POSTGRES(each_tool_is_recognised_and_planned),
		DATABASE_TEST_FILE(each_tool_is_adopted_and_its_table_left_alone),
		DATABASE_TEST_POSTGRES(each_tool_is_adopted_and_its_table_left_alone),
		DATABASE_TEST_FILE(times_are_theirs),
		DATABASE_TEST_POSTGRES(times_are_theirs),
		DATABASE_TEST_FILE(it_asks_and_says_what_it_did),
		DATABASE_TEST_POSTGRES(it_asks_and_says_what_it_did),
		DATABASE_TEST_FILE(an_empty_table_is_nothing_to_record),
		DATABASE_TEST_POSTGRES(an_empty_table_is_nothing_to_record),
		DATABASE_TEST_FILE(a_gap_is_recorded_by_force),
		DATABASE_TEST_POSTGRES(a_gap_is_recorded_by_force),
		DATABASE_TEST_FILE(an_edited_file_is_recorded_by_force),
		DATABASE_TEST_POSTGRES(an_edited_file_is_recorded_by_force),
		DATABASE_TEST_FILE(a_rewritten_file_has_another_checksum),
		DATABASE_TEST_POSTGRES(a_rewritten_file_has_another_checksum),
		DATABASE_TEST_FILE(machines_read_the_plan),
		DATABASE_TEST_POSTGRES(machines_read_the_plan),
		DATABASE_TEST_FILE(a_history_of_ours_is_not_mixed_with_theirs),
		DATABASE_TEST_POSTGRES(a_history_of_ours_is_not_mixed_with_theirs),
		DATABASE_TEST_FILE(sqitch_is_found_beside_the_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
