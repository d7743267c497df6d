/* verify_schema_test.c - inlay verify: schema, scripts, leftovers; and what they are not. */
#include "support/verifying.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- Schema --- */

static void a_change_by_hand_is_a_warning(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	database_run(database, "ALTER TABLE t ADD COLUMN extra INTEGER");
	database_run(database, "CREATE TABLE own (id INTEGER)");
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	verifying_expect(
	        &console, "", 1, "",
	        database_either(database,
	                        "<database>: warning: + table own [live-drift]\n" DRIFT_HELP
	                        "<database>: warning: ~ table t: column extra INTEGER: only in the "
	                        "database "
	                        "[live-drift]\n" WRONG("2 warnings"),
	                        "<database>: warning: + table own [live-drift]\n" DRIFT_HELP
	                        "<database>: warning: ~ table t: column extra integer: only in the "
	                        "database "
	                        "[live-drift]\n" WRONG("2 warnings")));
	verifying_expect(
	        &console, "--except 't,nothing'", 1, "",
	        "<database>: warning: + table own [live-drift]\n" DRIFT_HELP WRONG("1 warning"));
	verifying_expect(&console, "--except 't,o*'", 0, TWO, "");
	verifying_expect(
	        &console, "--except t --strict", 1, "",
	        "<database>: error: + table own [live-drift]\n" DRIFT_HELP WRONG("1 error"));
	verifying_expect(&console, "--except t --format gcc", 1,
	                 "<database>: warning: + table own [live-drift]\n", "");

	verifying_expect(&console,
	                 "--except t --format sarif | grep -c 'docs/verify.md#live-drift'; exit 1;",
	                 1, "1\n", "");
	console_close(&console);
}

#define STOPPED                                                                                    \
	"migrations/002_hash.sql:2:17: note: rehash() is the application's: 1 migration is not "   \
	"rehearsed [rehearsal-stopped]\n"                                                          \
	"   2 | -- migrate:call rehash\n     |  ^~~~~~\n"

static void a_function_of_the_application_is_a_note(void **state)
{
	static const struct set_file calling[] = {
		{ "001_t.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);"
		               "\n-- migrate:down\nDROP TABLE t;\n" },
		{ "002_hash.sql", "-- migrate:up\n-- migrate:call rehash\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, verifying_first, 1, calling);

	verifying_expect(&console, "", 0, TWO,
	                 STOPPED
	                 "<database>: note: 1 migration is pending: 002_hash.sql [live-pending]\n");
	console_close(&console);
	database_run(*state, "INSERT INTO schema_migrations (version, filename, checksum, "
	                     "source_checksum, chain, previous) SELECT 2, '002_hash.sql', "
	                     "'x', 'x', 'x', chain FROM schema_migrations");
	console = console_open(*state);
	verifying_write(&console, calling);
	verifying_expect(&console, "", 1, "",
	                 "migrations/002_hash.sql: error: 002_hash.sql was edited: its SQL, not "
	                 "only its "
	                 "layout, is not what was applied on <time> [live-edited]\n"
	                 "     = help: restore the file, and put the change into a new migration; "
	                 "where the "
	                 "database has the new text already, inlay repair 2 --accept records "
	                 "that\n" UNSEEN("002_hash.sql calls a function of the application, which "
	                                 "is not here") "<dat"
	                                                "abas"
	                                                "e>: "
	                                                "1 "
	                                                "erro"
	                                                "r" NOT_SCHEMA);
	console_close(&console);
}

static void a_down_that_does_not_lead_back_is_an_error(void **state)
{
	static const struct set_file files[] = {
		{ "001_t.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER); CREATE TABLE u (id "
		               "INTEGER);\n-- migrate:down\nDROP TABLE t;\n" },
		SET_END,
	};
	static const struct set_file ignored[] = {
		{ "001_t.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER); CREATE TABLE u (id "
		               "INTEGER);\n-- migrate:down\n-- inlay:ignore rehearsal-down -- "
		               "u stays\nDROP TABLE t;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, files, 1, files);

	verifying_expect(
	        &console, "", 1, "",
	        "migrations/001_t.sql:4:1: error: up and down do not lead back to the schema that "
	        "was "
	        "there: + table u [rehearsal-down]\n"
	        "   4 | DROP TABLE t;\n     | ^~~~\n"
	        "     = help: undo in the down script all that the up script does, and nothing "
	        "else: "
	        "+ is there after both and was not before, - is gone, ~ is otherwise\n" WRONG(
	                "1 error"));
	verifying_write(&console, ignored);
	verifying_expect(&console, "--quiet", 0, "", "");
	console_close(&console);
}

/* It was on empty tables that released migrations ran. */
static void what_fails_with_rows_is_none(void **state)
{
	static const struct set_file files[] = {
		{ "001_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "002_n.sql", "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, files, 2, files);

	verifying_expect(&console, "", 0, TWO, "");
	console_close(&console);
}

static void without_a_server_the_schema_is_not_looked_at(void **state)
{
	struct console console = verifying_begin(*state, verifying_plain, 2, verifying_plain);

	console_expect(&console, "inlay verify --rehearse host=/nowhere", 0,
	               "<database>: nothing wrong with 2 migrations" NOT_SCHEMA,
	               UNSEEN("there is no scratch database: the server of --rehearse can not be "
	                      "reached") "     = help: --rehearse=URL wants a server where the "
	                                 "role may create "
	                                 "databases; --rehearse=auto starts one\n");
	console_close(&console);
}

static void a_server_of_its_own_is_started(void **state)
{
	struct console console = verifying_begin(*state, verifying_plain, 2, verifying_plain);

	console_expect(&console, "inlay verify", 0, TWO, "");
	console_close(&console);
}

/* Writes the set, compiles it, and verifies with the object file. */
static void expect_from(struct database *database, const struct set_file *files, int status,
                        const char *out, const char *err)
{
	struct console console;
	char *script;

	database_expect_ok(database, files, 2);
	console = console_open(database);
	verifying_write(&console, files);
	script = format("inlay compile --quiet --no-rehearsal --no-lint --dialect %s migrations -o "
	                "app.c && cc -I \"$ROOT/runtime\" -c app.c && mv migrations gone && "
	                "inlay verify --from app.o %s",
	                database_either(database, "sqlite", "postgres"),
	                database_either(database, "", "--rehearse \"$DATABASE_URL\""));
	console_expect(&console, script, status, out, err);
	free(script);
	console_close(&console);
}

static void a_program_s_set_will_do(void **state)
{
	expect_from(*state, verifying_plain, 0, TWO, "");
}

static void a_program_s_scripts_go_up_down_and_up(void **state)
{
	static const struct set_file files[] = {
		{ "001_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "002_u.sql", "-- migrate:up\nCREATE TABLE u (id INTEGER);\n"
		               "CREATE TABLE IF NOT EXISTS v (id INTEGER);\n"
		               "-- migrate:down\nDROP TABLE u;\nALTER TABLE v ADD COLUMN a "
		               "INTEGER;\n" },
		SET_END,
	};
	static const struct set_file again[] = {
		{ "001_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "002_u.sql", "-- migrate:up\nCREATE TABLE u (id INTEGER);\nCREATE TABLE v (id "
		               "INTEGER);\n-- migrate:down\nDROP TABLE u;\n" },
		SET_END,
	};
	struct database *database = *state;

	expect_from(database, files, 1, "",
	            "<database>: error: up, down and up again lead to another schema than up: ~ "
	            "table v: column a INTEGER added [rehearsal-again]\n"
	            "     = help: make down undo all that up does, and nothing else\n" WRONG(
	                    "1 error"));
	database_clear(database);
	expect_from(database, again, 1, "",
	            "<database>: error: after up and down, up fails: migrations/002_u.sql:3:14: "
	            "table v already exists (SQLite 1); 002_u is rolled back, 1 earlier migration "
	            "stays applied [rehearsal-again]\n" WRONG("1 error"));
}

/* --- Leftovers --- */

static void leftovers_are_warnings(void **state)
{
	static const struct set_file files[] = {
		{ "001_t.sql",
		  "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT, CONSTRAINT c CHECK (id > 0));"
		  "CREATE TABLE u (t INTEGER CONSTRAINT u_t REFERENCES t);\n"
		  "CREATE INDEX t_note ON t (note);\n"
		  "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
		  "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n"
		  "CREATE RULE r AS ON DELETE TO t DO NOTHING;\n"
		  "CREATE DOMAIN positive AS INTEGER;\n" },
		SET_END,
	};
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, files, 1);
	database_run(database, "INSERT INTO t VALUES (1, 'a'), (2, 'a')");
	PQclear(PQexec(database->postgres, "CREATE UNIQUE INDEX CONCURRENTLY twice ON t (note)"));
	database_run(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
	                       "'t_note'::regclass");
	database_run(database, "CREATE INDEX t_note_2 ON t (note)");
	database_run(database, "ALTER TABLE t DROP CONSTRAINT c");
	database_run(database, "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID");
	database_run(database,
	             "ALTER DOMAIN positive ADD CONSTRAINT p CHECK (VALUE > 0) NOT VALID");
	database_run(database, "ALTER TABLE t DISABLE TRIGGER ALL");
	database_run(database, "ALTER TABLE t DISABLE RULE r");
	console = console_open(database);
	verifying_write(&console, files);
	verifying_expect(
	        &console, "", 1, "",
	        "<database>: warning: index t_note on t is invalid: no query uses it, and every "
	        "write pays for it [live-invalid-index]\n"
	        "     = help: REINDEX INDEX CONCURRENTLY public.t_note; or DROP INDEX CONCURRENTLY "
	        "public.t_note;\n"
	        "<database>: warning: index twice on t is invalid: no query uses it "
	        "[live-invalid-index]\n"
	        "     = help: REINDEX INDEX CONCURRENTLY public.twice; or DROP INDEX CONCURRENTLY "
	        "public.twice;\n"
	        "<database>: warning: constraint c of t is not validated: older rows may break it "
	        "[live-not-valid]\n"
	        "     = help: ALTER TABLE public.t VALIDATE CONSTRAINT c;\n"
	        "<database>: warning: constraint p of domain positive is not validated: older "
	        "values may break it [live-not-valid]\n"
	        "     = help: ALTER DOMAIN public.positive VALIDATE CONSTRAINT p;\n"
	        "<database>: warning: trigger g on t is disabled [live-disabled]\n"
	        "     = help: ALTER TABLE public.t ENABLE TRIGGER g;\n"
	        "<database>: warning: foreign key u_t is not checked when t changes: its triggers "
	        "are disabled [live-disabled]\n"
	        "     = help: ALTER TABLE public.t ENABLE TRIGGER ALL; and look for rows that came "
	        "in "
	        "meanwhile\n"
	        "<database>: warning: rule r on t is disabled [live-disabled]\n"
	        "     = help: ALTER TABLE public.t ENABLE RULE r;\n"
	        "<database>: warning: + index t_note_2 [live-drift]\n" DRIFT_HELP WRONG(
	                "8 warnings"));
	verifying_expect(&console, "--except 't*,positive'", 0, FINE("1 migration"), "");
	console_close(&console);
}

static void what_the_migrations_leave_so_is_none(void **state)
{
	static const struct set_file files[] = {
		{ "001_t.sql",
		  "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"
		  "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
		  "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n" },
		{ "002_off.sql", "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n"
		                 "CREATE TABLE u (t INTEGER);\n"
		                 "ALTER TABLE u ADD CONSTRAINT u_t FOREIGN KEY (t) REFERENCES t "
		                 "NOT VALID;\n"
		                 "ALTER TABLE t DISABLE TRIGGER g;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, files, 2, files);

	verifying_expect(&console, "--quiet", 0, "", "");
	console_close(&console);
}

static void rows_without_parents_are_a_warning(void **state)
{
	verifying_expect_after(
	        *state, "PRAGMA foreign_keys = off; INSERT INTO u VALUES (1, 7), (2, 8), (3, NULL)",
	        "<database>: warning: 2 rows of u refer to no row of t [live-orphans]\n"
	        "     = help: PRAGMA foreign_key_check(u); lists them; programs that write need "
	        "PRAGMA foreign_keys = on\n" WRONG("1 warning"));
}

static void a_damaged_file_is_an_error(void **state)
{
	struct database *database = *state;
	struct console console;
	struct bytes bytes;
	size_t i;

	database_expect_ok(database, verifying_plain, 2);
	database_run(database, "CREATE INDEX i ON t (note)");
	for (i = 0; i < 5; i++)
		database_run(database, "INSERT INTO t (note) SELECT hex(randomblob(2000)) FROM "
		                       "t UNION ALL SELECT 'a'");
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	bytes = file_read(database->path);
	for (i = bytes.size - 4096; i < bytes.size; i++)
		bytes.start[i] = 'x';
	file_write(database->path, bytes.start, bytes.size);
	free(bytes.start);
	verifying_expect(
	        &console, "--except i --format gcc | sed 's/main .*\\[/main [/'; exit 1;", 1,
	        "<database>: error: the database is damaged: *** in database main [live-damaged]\n",
	        "");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(a_change_by_hand_is_a_warning),
		DATABASE_TEST_POSTGRES(a_change_by_hand_is_a_warning),
		DATABASE_TEST_FILE(a_function_of_the_application_is_a_note),
		DATABASE_TEST_FILE(a_down_that_does_not_lead_back_is_an_error),
		DATABASE_TEST_POSTGRES(a_down_that_does_not_lead_back_is_an_error),
		DATABASE_TEST_FILE(what_fails_with_rows_is_none),
		DATABASE_TEST_POSTGRES(without_a_server_the_schema_is_not_looked_at),
		DATABASE_TEST_POSTGRES(a_server_of_its_own_is_started),
		DATABASE_TEST_FILE(a_program_s_set_will_do),
		DATABASE_TEST_POSTGRES(a_program_s_set_will_do),
		DATABASE_TEST_FILE(a_program_s_scripts_go_up_down_and_up),
		DATABASE_TEST_POSTGRES(leftovers_are_warnings),
		DATABASE_TEST_POSTGRES(what_the_migrations_leave_so_is_none),
		DATABASE_TEST_FILE(rows_without_parents_are_a_warning),
		DATABASE_TEST_FILE(a_damaged_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
