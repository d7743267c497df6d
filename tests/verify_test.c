/* verify_test.c - inlay verify: every finding, and what is next to it and none; and that nothing is
 * written. */
#include "support/console.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file plain[] = {
	{ "001_t.sql", "-- migrate:up\n"
	               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
	               "-- migrate:down\nDROP TABLE t;\n" },
	{ "002_u.sql", "-- migrate:up\n"
	               "CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id));\n"
	               "-- migrate:down\nDROP TABLE u;\n" },
	SET_END,
};

#define ALL         "; looked at: history, leftovers, schema, up and down scripts\n"
#define NOT_SCHEMA  "; looked at: history, leftovers; not looked at: schema, up and down scripts\n"
#define WRONG(what) "<database>: " what ALL
#define FINE(count) "<database>: nothing wrong with " count ALL
#define TWO         FINE("2 migrations")
#define UNSEEN(why) "<database>: note: the schema was not compared: " why " [live-unseen]\n"
#define DRIFT_HELP                                                                                 \
	"     = help: + is only in the database, - is missing there, ~ is otherwise: undo it "     \
	"there, or write it as a migration; --except NAME leaves out what is not the "             \
	"application's\n"
#define EDITED                                                                                     \
	"migrations/001_t.sql: error: 001_t.sql was edited: its SQL, not only its layout, is not " \
	"what was applied on <time> [live-edited]\n"                                               \
	"     = help: restore the file, and put the change into a new migration; where the "       \
	"database has the new text already, inlay repair 1 --accept records that\n"

static void write_set(const struct console *console, const struct set_file *files)
{
	console_write(console, "migrations/.keep", "");
	for (; files->name != NULL; files++) {
		char *path = format("migrations/%s", files->name);

		console_write(console, path, files->content);
		free(path);
	}
}

/* inlay verify ARGUMENTS, with a scratch database on the test's server. */
static void expect(const struct console *console, const char *arguments, int status,
                   const char *out, const char *err)
{
	char *script = format("inlay verify %s %s", arguments,
	                      console->database->dialect == INLAY_DIALECT_POSTGRES
	                              ? "--rehearse \"$DATABASE_URL\""
	                              : "");

	console_expect(console, script, status, out, err);
	free(script);
}

static void nothing_is_wrong(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, plain, 2);
	console = console_open(database);
	write_set(&console, plain);
	expect(&console, "", 0, TWO, "");
	expect(&console, "--quiet", 0, "", "");
	console_close(&console);
}

/* --- History --- */

static const struct set_file first[] = {
	{ "001_t.sql", "-- migrate:up\n"
	               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
	               "-- migrate:down\nDROP TABLE t;\n" },
	SET_END,
};

/* Applies the one, and verifies with the other. */
static struct console begin(struct database *database, const struct set_file *applied,
                            uint32_t count, const struct set_file *set)
{
	struct console console;

	database_expect_ok(database, applied, count);
	console = console_open(database);
	write_set(&console, set);
	return console;
}

/* Does to a database that `plain` has made what nobody should, and expects that said. */
static void expect_after(struct database *database, const char *sql, const char *err)
{
	struct console console;

	database_expect_ok(database, plain, 2);
	database_run(database, sql);
	console = console_open(database);
	write_set(&console, plain);
	expect(&console, "", 1, "", err);
	console_close(&console);
}

static void what_is_pending_is_a_note(void **state)
{
	struct console console = begin(*state, first, 1, plain);

	expect(&console, "", 0, TWO,
	       "<database>: note: 1 migration is pending: 002_u.sql [live-pending]\n");
	expect(&console, "--up-to-date", 1, "",
	       "<database>: warning: 1 migration is pending: 002_u.sql [live-behind]\n"
	       "     = help: inlay up applies them\n" WRONG("1 warning"));
	console_close(&console);
}

static void an_empty_database_has_all_pending(void **state)
{
	struct console console = console_open(*state);

	write_set(&console, plain);
	expect(&console, "", 0, TWO,
	       "<database>: note: 2 migrations are pending: 001_t.sql first [live-pending]\n");
	console_close(&console);
}

static void an_edited_migration_is_an_error(void **state)
{
	static const struct set_file edited[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "CREATE TABLE t (id INTEGER PRIMARY KEY, remark TEXT);\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		SET_END,
	};
	struct console console = begin(*state, first, 1, edited);

	expect(&console, "", 1, "",
	       database_either(
	               console.database,
	               EDITED "<database>: warning: ~ table t: column remark TEXT: not in the "
	                      "database [live-drift]\n" DRIFT_HELP
	                      "<database>: warning: ~ table t: column note TEXT: only in the "
	                      "database [live-drift]\n" WRONG("1 error and 2 warnings"),
	               EDITED "<database>: warning: ~ table t: column remark text: not in the "
	                      "database [live-drift]\n" DRIFT_HELP
	                      "<database>: warning: ~ table t: column note text: only in the "
	                      "database [live-drift]\n" WRONG("1 error and 2 warnings")));
	console_close(&console);
}

static void a_reformatted_migration_is_a_note(void **state)
{
	static const struct set_file reformatted[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "create table t (id INTEGER PRIMARY KEY,\n    note TEXT); -- notes\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		SET_END,
	};
	struct console console = begin(*state, first, 1, reformatted);

	expect(&console, "", 0, FINE("1 migration"),
	       "migrations/001_t.sql: note: 001_t.sql was reformatted since it was applied: its "
	       "SQL "
	       "is the same, so nothing is to be done [live-reformatted]\n");
	console_close(&console);
}

static void a_late_and_a_missing_migration_are_errors(void **state)
{
	static const struct set_file set[] = {
		{ "000_s.sql", "CREATE TABLE s (id INTEGER);\n" },
		{ "002_u.sql", "-- migrate:up\nCREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER "
		               "REFERENCES t (id));\n-- migrate:down\nDROP TABLE u;\n" },
		SET_END,
	};
	struct console console = begin(*state, plain, 2, set);

	expect(&console, "", 1, "",
	       "migrations/000_s.sql: error: 000_s.sql is late: it is pending, and later ones are "
	       "applied [live-late]\n"
	       "     = help: give it a version above all others; if its row was deleted by hand, "
	       "restore that\n"
	       "<database>: error: 001_t.sql is missing: the database has it, and the set does "
	       "not, "
	       "though it has later ones [live-missing]\n"
	       "     = help: restore the file\n" UNSEEN("the database has migrations that the set "
	                                                "lacks") "<database>: 2 errors" NOT_SCHEMA);
	console_close(&console);
}

static void a_database_that_is_ahead_is_a_warning(void **state)
{
	struct console console = begin(*state, plain, 2, first);

	expect(&console, "", 1, "",
	       "<database>: warning: 1 migration is ahead, from a later release than this set: "
	       "002_u.sql [live-ahead]\n"
	       "     = help: verify with the set of the release that was deployed last\n" UNSEEN(
	               "the database has migrations that the set lacks") "<database>: 1 "
	                                                                 "warning" NOT_SCHEMA);
	console_close(&console);
}

static void a_breaking_migration_ahead_is_an_error(void **state)
{
	static const struct set_file breaking[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		{ "002_u.sql", "-- migrate:up\n-- migrate:breaking\nALTER TABLE t RENAME TO u;\n" },
		SET_END,
	};
	struct console console = begin(*state, breaking, 2, first);

	expect(&console, "", 1, "",
	       "<database>: error: 002_u.sql is ahead: it is from a later release than this set, "
	       "and programs without it must not run any more (-- migrate:breaking) "
	       "[live-barred]\n"
	       "     = help: run that release, or a later one\n" UNSEEN(
	               "the database has migrations that the set lacks") "<database>: 1 "
	                                                                 "error" NOT_SCHEMA);
	console_close(&console);
}

static void an_interrupted_migration_is_an_error(void **state)
{
	static const struct set_file alone[] = {
		{ "001_t.sql", "-- migrate:up transaction:false\nCREATE TABLE t (id INTEGER);\n"
		               "CREATE INDEX i ON t (nothing);\n" },
		SET_END,
	};
	struct database *database = *state;
	struct console console;

	database_expect_result(database, database_ensure_unchecked(database, alone),
	                       INLAY_INTERRUPTED);
	console = console_open(database);
	write_set(&console, alone);
	expect(&console, "", 1, "",
	       database_either(
	               console.database,
	               "migrations/001_t.sql: error: 001_t.sql was interrupted: 1 of 2 statements "
	               "are through; at it was process <pid> on <host>, who is gone "
	               "[live-interrupted]\n"
	               "     = help: inlay up goes on with statement 2\n" UNSEEN(
	                       "a migration is half done") "<database>: 1 error" NOT_SCHEMA,
	               "migrations/001_t.sql: error: 001_t.sql was interrupted: 1 of 2 statements "
	               "are through; at it was role postgres, backend <pid>, process <pid> on "
	               "<host>, who is gone [live-interrupted]\n"
	               "     = help: inlay up goes on with statement 2\n" UNSEEN(
	                       "a migration is half done") "<database>: 1 error" NOT_SCHEMA));
	console_close(&console);
}

static void changed_rows_are_an_error(void **state)
{
	expect_after(*state, "UPDATE schema_migrations SET previous = 'x' WHERE version = 2",
	             "<database>: error: the row of 002_u.sql does not follow the one before it: a "
	             "row was deleted, added or changed [live-chain]\n"
	             "     = help: restore the row from a backup\n" WRONG("1 error"));
}

static void a_changed_chain_is_an_error(void **state)
{
	expect_after(
	        *state, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2",
	        "migrations/002_u.sql: error: 002_u.sql does not fit the migrations before it, "
	        "though its SQL is the set's: somebody has changed the tracking table by hand "
	        "[live-chain]\n"
	        "     = help: restore its row from a backup\n" WRONG("1 error"));
}

static void a_wrong_mark_is_an_error(void **state)
{
	expect_after(*state, "PRAGMA user_version = -5",
	             "<database>: error: user_version says that another history is applied than "
	             "the tracking table has [live-chain]\n"
	             "     = help: PRAGMA user_version = 0; makes programs read the tables "
	             "again\n" WRONG("1 error"));
}

/* What is not negative is the application's own. */
static void an_own_user_version_is_none(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, plain, 2);
	database_run(database, "PRAGMA user_version = 5");
	console = console_open(database);
	write_set(&console, plain);
	expect(&console, "", 0, TWO, "");
	console_close(&console);
}

static void a_later_format_is_an_error(void **state)
{
	expect_after(
	        *state, "UPDATE schema_migrations_state SET format = format + 1",
	        "<database>: error: the tracking tables are in format 2, and inlay " INLAY_VERSION
	        " knows format 1: verify with a newer one [live-tracking]\n" UNSEEN(
	                "nobody knows what is applied") "<database>: 1 error; looked at: "
	                                                "leftovers; not looked at: history, "
	                                                "schema, up and "
	                                                "down scripts\n");
}

static void another_tool_s_table_is_an_error(void **state)
{
	struct database *database = *state;
	struct console console;
	struct outcome outcome;

	database_run(database, "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
	console = console_open(database);
	write_set(&console, plain);
	outcome = console_run(&console, "inlay verify --format gcc --rehearse host=/nowhere");
	if (console.database->dialect == INLAY_DIALECT_SQLITE) {
		outcome_free(&outcome);
		outcome = console_run(&console, "inlay verify --format gcc");
	}
	assert_int_equal(outcome.status, 1);
	assert_non_null(
	        strstr(outcome.out.start, "schema_migrations\" is dbmate's or Rails' table"));
	assert_non_null(strstr(outcome.out.start, "[live-tracking]\n"));
	outcome_free(&outcome);
	console_close(&console);
}

/* --- Schema --- */

static void a_change_by_hand_is_a_warning(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, plain, 2);
	database_run(database, "ALTER TABLE t ADD COLUMN extra INTEGER");
	database_run(database, "CREATE TABLE own (id INTEGER)");
	console = console_open(database);
	write_set(&console, plain);
	expect(&console, "", 1, "",
	       database_either(
	               database,
	               "<database>: warning: + table own [live-drift]\n" DRIFT_HELP
	               "<database>: warning: ~ table t: column extra INTEGER: only in the database "
	               "[live-drift]\n" WRONG("2 warnings"),
	               "<database>: warning: + table own [live-drift]\n" DRIFT_HELP
	               "<database>: warning: ~ table t: column extra integer: only in the database "
	               "[live-drift]\n" WRONG("2 warnings")));
	expect(&console, "--except 't,nothing'", 1, "",
	       "<database>: warning: + table own [live-drift]\n" DRIFT_HELP WRONG("1 warning"));
	expect(&console, "--except 't,o*'", 0, TWO, "");
	expect(&console, "--except t --strict", 1, "",
	       "<database>: error: + table own [live-drift]\n" DRIFT_HELP WRONG("1 error"));
	expect(&console, "--except t --format gcc", 1,
	       "<database>: warning: + table own [live-drift]\n", "");

	expect(&console, "--except t --format sarif | grep -c 'docs/verify.md#live-drift'; exit 1;",
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
	struct console console = begin(*state, first, 1, calling);

	expect(&console, "", 0, TWO,
	       STOPPED "<database>: note: 1 migration is pending: 002_hash.sql [live-pending]\n");
	console_close(&console);
	database_run(*state, "INSERT INTO schema_migrations (version, filename, checksum, "
	                     "source_checksum, chain, previous) SELECT 2, '002_hash.sql', "
	                     "'x', 'x', 'x', chain FROM schema_migrations");
	console = console_open(*state);
	write_set(&console, calling);
	expect(&console, "", 1, "",
	       "migrations/002_hash.sql: error: 002_hash.sql was edited: its SQL, not only its "
	       "layout, is not what was applied on <time> [live-edited]\n"
	       "     = help: restore the file, and put the change into a new migration; where the "
	       "database has the new text already, inlay repair 2 --accept records that\n" UNSEEN(
	               "002_hash.sql calls a function of the application, which is not here") "<dat"
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
	struct console console = begin(*state, files, 1, files);

	expect(&console, "", 1, "",
	       "migrations/001_t.sql:4:1: error: up and down do not lead back to the schema that "
	       "was "
	       "there: + table u [rehearsal-down]\n"
	       "   4 | DROP TABLE t;\n     | ^~~~\n"
	       "     = help: undo in the down script all that the up script does, and nothing "
	       "else: "
	       "+ is there after both and was not before, - is gone, ~ is otherwise\n" WRONG(
	               "1 error"));
	write_set(&console, ignored);
	expect(&console, "--quiet", 0, "", "");
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
	struct console console = begin(*state, files, 2, files);

	expect(&console, "", 0, TWO, "");
	console_close(&console);
}

static void without_a_server_the_schema_is_not_looked_at(void **state)
{
	struct console console = begin(*state, plain, 2, plain);

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
	struct console console = begin(*state, plain, 2, plain);

	console_expect(&console, "inlay verify", 0, TWO, "");
	console_close(&console);
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
	database_run(database, "ALTER TABLE t DROP CONSTRAINT c");
	database_run(database, "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID");
	database_run(database,
	             "ALTER DOMAIN positive ADD CONSTRAINT p CHECK (VALUE > 0) NOT VALID");
	database_run(database, "ALTER TABLE t DISABLE TRIGGER ALL");
	database_run(database, "ALTER TABLE t DISABLE RULE r");
	console = console_open(database);
	write_set(&console, files);
	expect(&console, "", 1, "",
	       "<database>: warning: index t_note on t is invalid: no query uses it, and every "
	       "write pays for it [live-invalid-index]\n"
	       "     = help: REINDEX INDEX CONCURRENTLY t_note; or DROP INDEX CONCURRENTLY "
	       "t_note;\n"
	       "<database>: warning: index twice on t is invalid: no query uses it "
	       "[live-invalid-index]\n"
	       "     = help: REINDEX INDEX CONCURRENTLY twice; or DROP INDEX CONCURRENTLY twice;\n"
	       "<database>: warning: constraint c of t is not validated: older rows may break it "
	       "[live-not-valid]\n"
	       "     = help: ALTER TABLE t VALIDATE CONSTRAINT c;\n"
	       "<database>: warning: constraint p of domain positive is not validated: older "
	       "values may break it [live-not-valid]\n"
	       "     = help: ALTER DOMAIN positive VALIDATE CONSTRAINT p;\n"
	       "<database>: warning: trigger g on t is disabled [live-disabled]\n"
	       "     = help: ALTER TABLE t ENABLE TRIGGER g;\n"
	       "<database>: warning: foreign key u_t is not checked when t changes: its triggers "
	       "are disabled [live-disabled]\n"
	       "     = help: ALTER TABLE t ENABLE TRIGGER ALL; and look for rows that came in "
	       "meanwhile\n"
	       "<database>: warning: rule r on t is disabled [live-disabled]\n"
	       "     = help: ALTER TABLE t ENABLE RULE r;\n" WRONG("7 warnings"));
	expect(&console, "--except 't*,positive'", 0, FINE("1 migration"), "");
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
		                 "ALTER TABLE t DISABLE TRIGGER g;\n" },
		SET_END,
	};
	struct console console = begin(*state, files, 2, files);

	expect(&console, "--quiet", 0, "", "");
	console_close(&console);
}

static void rows_without_parents_are_a_warning(void **state)
{
	expect_after(
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

	database_expect_ok(database, plain, 2);
	database_run(database, "CREATE INDEX i ON t (note)");
	for (i = 0; i < 5; i++)
		database_run(database, "INSERT INTO t (note) SELECT hex(randomblob(2000)) FROM "
		                       "t UNION ALL SELECT 'a'");
	console = console_open(database);
	write_set(&console, plain);
	bytes = file_read(database->path);
	for (i = bytes.size - 4096; i < bytes.size; i++)
		bytes.start[i] = 'x';
	file_write(database->path, bytes.start, bytes.size);
	free(bytes.start);
	expect(&console, "--except i --format gcc | sed 's/main .*\\[/main [/'; exit 1;", 1,
	       "<database>: error: the database is damaged: *** in database main [live-damaged]\n",
	       "");
	console_close(&console);
}

/* --- Nothing is written --- */

static void a_file_stays_as_it_is(void **state)
{
	struct console console = begin(*state, plain, 2, plain);

	console_expect(&console,
	               "f=\"${DATABASE_URL#sqlite:}\"; chmod a-w \"$f\"; ls -l --full-time \"$f\" "
	               ">a; cksum \"$f\" >>a; inlay verify --quiet && ls -l --full-time \"$f\" >b; "
	               "cksum \"$f\" >>b; cmp a b && ls \"$f\"*; chmod u+w \"$f\"",
	               0, "<path>\n", "");
	console_close(&console);
}

static void a_file_in_wal_mode_stays_as_it_is(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, "PRAGMA journal_mode = wal");
	database_expect_ok(database, plain, 2);
	console = console_open(database);
	write_set(&console, plain);
	console_expect(&console,
	               "f=\"${DATABASE_URL#sqlite:}\"; ls -l --full-time \"$f\" >a; cksum \"$f\" "
	               ">>a; inlay verify --quiet && ls -l --full-time \"$f\" >b; cksum \"$f\" "
	               ">>b; cmp a b",
	               0, "", "");
	console_close(&console);
}

static void create_reader(struct database *database)
{
	database_run(database, "CREATE ROLE verifier LOGIN");
	database_run(database, "ALTER ROLE verifier SET default_transaction_read_only = on");
}

static void drop_reader(struct database *database)
{
	database_run(database, "DROP OWNED BY verifier; DROP ROLE verifier");
}

static void rights_to_read_are_enough(void **state)
{
	struct database *database = *state;
	struct console console;
	char before[40];

	database_expect_ok(database, plain, 2);
	create_reader(database);
	database_run(database, "GRANT SELECT ON schema_migrations, schema_migrations_log, "
	                       "schema_migrations_state TO verifier");
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())"));
	console = console_open(database);
	write_set(&console, plain);
	console_expect(&console, "inlay verify --database \"$DATABASE_URL user=verifier\"", 0, TWO,
	               "");
	console_close(&console);
	database_expect(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())", before);
	drop_reader(database);
}

static void without_the_right_to_read_it_says_so(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, plain, 2);
	create_reader(database);
	console = console_open(database);
	write_set(&console, plain);
	console_expect(&console, "inlay verify --database \"$DATABASE_URL user=verifier\"", 2, "",
	               "inlay verify: the tracking table can not be read: permission denied for "
	               "table schema_migrations (SQLSTATE 42501)\n"
	               "    help: GRANT SELECT ON schema_migrations, schema_migrations_log, "
	               "schema_migrations_state TO the role; USAGE on their schema it needs as "
	               "well\n");
	console_close(&console);
	drop_reader(database);
}

static void a_standby_can_be_verified(void **state)
{
	static const struct cluster *standby;
	struct database *database = *state;
	struct console console;
	char *script;

	database_expect_ok(database, plain, 2);
	standby = cluster_create_standby(postgres_server());
	script = format("for i in $(seq 400); do inlay verify --database '%s' >out 2>err; code=$?; "
	                "grep -q pending err || test $code = 2 || break; sleep 0.1; done; "
	                "cat out err; exit $code",
	                cluster_options(standby, database->name, "postgres"));
	console = console_open(database);
	write_set(&console, plain);
	console_expect(&console, script, 0, TWO, "");
	console_close(&console);
	free(script);
	cluster_destroy((struct cluster *)(uintptr_t)standby);
}

/* --- What can not be verified --- */

static void what_is_not_there_fails(void **state)
{
	struct console console = console_open(*state);

	write_set(&console, plain);
	console_expect(&console, "inlay verify --database sqlite:none.db; c=$?; ls; exit $c", 2,
	               "migrations\n",
	               "inlay verify: sqlite:none.db: there is no such file\n"
	               "    help: inlay up makes it\n");
	console_expect(&console, "inlay verify --dir nowhere", 66, "",
	               "nowhere: error: No such file or directory [directory]\n"
	               "     = help: create the directory and put the first migration there, for "
	               "example 001_create_accounts.sql\n");
	console_expect(&console, "inlay verify --rehearse auto", 64, "",
	               "inlay verify: SQLite's scratch database is in memory: leave out "
	               "--rehearse\n    help: inlay verify --help\n");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(nothing_is_wrong),
		DATABASE_TEST_POSTGRES(nothing_is_wrong),
		DATABASE_TEST_FILE(what_is_pending_is_a_note),
		DATABASE_TEST_POSTGRES(what_is_pending_is_a_note),
		DATABASE_TEST_FILE(an_empty_database_has_all_pending),
		DATABASE_TEST_POSTGRES(an_empty_database_has_all_pending),
		DATABASE_TEST_FILE(an_edited_migration_is_an_error),
		DATABASE_TEST_POSTGRES(an_edited_migration_is_an_error),
		DATABASE_TEST_FILE(a_reformatted_migration_is_a_note),
		DATABASE_TEST_FILE(a_late_and_a_missing_migration_are_errors),
		DATABASE_TEST_POSTGRES(a_late_and_a_missing_migration_are_errors),
		DATABASE_TEST_FILE(a_database_that_is_ahead_is_a_warning),
		DATABASE_TEST_FILE(a_breaking_migration_ahead_is_an_error),
		DATABASE_TEST_FILE(an_interrupted_migration_is_an_error),
		DATABASE_TEST_POSTGRES(an_interrupted_migration_is_an_error),
		DATABASE_TEST_FILE(changed_rows_are_an_error),
		DATABASE_TEST_POSTGRES(changed_rows_are_an_error),
		DATABASE_TEST_FILE(a_changed_chain_is_an_error),
		DATABASE_TEST_FILE(a_wrong_mark_is_an_error),
		DATABASE_TEST_FILE(an_own_user_version_is_none),
		DATABASE_TEST_FILE(a_later_format_is_an_error),
		DATABASE_TEST_POSTGRES(a_later_format_is_an_error),
		DATABASE_TEST_FILE(another_tool_s_table_is_an_error),
		DATABASE_TEST_POSTGRES(another_tool_s_table_is_an_error),
		DATABASE_TEST_FILE(a_change_by_hand_is_a_warning),
		DATABASE_TEST_POSTGRES(a_change_by_hand_is_a_warning),
		DATABASE_TEST_FILE(a_function_of_the_application_is_a_note),
		DATABASE_TEST_FILE(a_down_that_does_not_lead_back_is_an_error),
		DATABASE_TEST_POSTGRES(a_down_that_does_not_lead_back_is_an_error),
		DATABASE_TEST_FILE(what_fails_with_rows_is_none),
		DATABASE_TEST_POSTGRES(without_a_server_the_schema_is_not_looked_at),
		DATABASE_TEST_POSTGRES(a_server_of_its_own_is_started),
		DATABASE_TEST_POSTGRES(leftovers_are_warnings),
		DATABASE_TEST_POSTGRES(what_the_migrations_leave_so_is_none),
		DATABASE_TEST_FILE(rows_without_parents_are_a_warning),
		DATABASE_TEST_FILE(a_damaged_file_is_an_error),
		DATABASE_TEST_FILE(a_file_stays_as_it_is),
		DATABASE_TEST_FILE(a_file_in_wal_mode_stays_as_it_is),
		DATABASE_TEST_POSTGRES(rights_to_read_are_enough),
		DATABASE_TEST_POSTGRES(without_the_right_to_read_it_says_so),
		DATABASE_TEST_POSTGRES(a_standby_can_be_verified),
		DATABASE_TEST_FILE(what_is_not_there_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
