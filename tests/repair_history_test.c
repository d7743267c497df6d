/* repair_history_test.c - inlay_examine() and inlay_repair() of a history that is not the set's;
 * shown, at once, and when they fail. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TABLE_T                                                                                    \
	{                                                                                          \
		"1_t.sql", "CREATE TABLE t (id INTEGER);\n"                                        \
	}

static const char last_note[] = "SELECT action, direction, message FROM schema_migrations_log"
                                " ORDER BY sequence DESC LIMIT 1";
static const char row_two[] = "SELECT status, progress, direction FROM schema_migrations"
                              " WHERE version = 2";

/* Its second statement fails on both databases. */
static const struct set_file alone[] = {
	TABLE_T,
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO t VALUES (1);\n"
	                 "INSERT INTO nowhere VALUES (2);\n"
	                 "INSERT INTO t VALUES (3);\n" },
	SET_END,
};

static struct inlay_repair_scope repair_statement(enum inlay_repair what, uint32_t statement)
{
	struct inlay_repair_scope scope = inlay_repair_version(what, 2);

	scope.statement = statement;
	return scope;
}

static void expect_repaired(struct database *database, const struct set_file *files,
                            struct inlay_repair_scope scope, const char *events)
{
	enum inlay_result result = database_repair(database, files, scope);

	database_expect_result(database, result, INLAY_OK);
	assert_string_equal(database->events, events);
}

static void expect_refused(struct database *database, const struct set_file *files,
                           struct inlay_repair_scope scope, enum inlay_result expected,
                           const char *message)
{
	enum inlay_result result = database_repair(database, files, scope);

	database_expect_result(database, result, expected);
	assert_string_equal(database->error.message, message);
	assert_string_equal(database->events, "");
}

static void interrupt(struct database *database)
{
	database_expect_result(database, database_ensure(database, alone), INLAY_INTERRUPTED);
	database_expect(database, row_two, "failed|1|up");
}

/* As if its process had died there, which of an INSERT can not be, and of others can. */
static void put_in_doubt(struct database *database)
{
	database_run(database, database_either(database,
	                                       "UPDATE schema_migrations SET status = 'alone',"
	                                       " applied_at = '2020-01-01 00:00:00'"
	                                       " WHERE version = 2",
	                                       "UPDATE schema_migrations SET status = 'alone',"
	                                       " backend = '1 1' WHERE version = 2"));
}

/* --- Edited, reformatted, missing --- */

static const struct set_file three[] = {
	TABLE_T,
	{ "2_u.sql",
	  "-- migrate:up\nCREATE TABLE u (id INTEGER);\n-- migrate:down\nDROP TABLE u;\n" },
	{ "3_v.sql", "CREATE TABLE v (id INTEGER);\n" },
	SET_END,
};
static const struct set_file three_edited[] = {
	TABLE_T,
	{ "2_u.sql", "-- migrate:up\nCREATE TABLE u (id BIGINT);\n-- migrate:down\nDROP TABLE IF "
	             "EXISTS u;\n" },
	{ "3_v.sql", "CREATE TABLE v (id INTEGER);\n" },
	SET_END,
};

static void accepts_an_edit(void **state)
{
	struct database *database = *state;
	char before[100];

	database_expect_ok(database, three, 3);
	(void)snprintf(
	        before, sizeof(before), "%s",
	        database_ask(database, "SELECT checksum FROM schema_migrations WHERE version = 2"));
	assert_string_equal(database_examine(database, three_edited),
	                    "2 2_u.sql: it was edited after it had been applied (16)\n");
	/* That needs somebody who knows. */
	expect_repaired(database, three_edited, inlay_repair_records(), "");
	database_expect_result(database, database_ensure(database, three_edited), INLAY_EDITED);
	expect_repaired(database, three_edited, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2),
	                "2 the set's text, which was edited, is taken for what was applied\n"
	                "3 its place in the history is the set's again\n");
	assert_string_equal(database_examine(database, three_edited), "");
	database_expect_result(database, database_check(database, three_edited), INLAY_OK);
	database_expect(database,
	                "SELECT checksum FROM schema_migrations_log WHERE action = 'repaired'"
	                " AND version = 2",
	                before);
	database_expect_ok(database, three_edited, 0);
	database_expect_result(database,
	                       database_rollback(database, three_edited, inlay_rollback_last(0)),
	                       INLAY_OK);
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations WHERE version = 2 AND down LIKE"
	                " '%IF EXISTS%'",
	                "1");
}

/* One of two: the places behind the other stay as they are, so that no check is content. */
static void accepts_edits_one_by_one(void **state)
{
	struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id BIGINT);\n" },
		three[1],
		{ "3_v.sql", "CREATE TABLE v (id BIGINT);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	expect_repaired(database, files, inlay_repair_version(INLAY_REPAIR_ACCEPT, 1),
	                "1 the set's text, which was edited, is taken for what was applied\n"
	                "2 its place in the history is the set's again\n"
	                "3 its place in the history is the set's again\n");
	database_expect_result(database, database_check(database, files), INLAY_EDITED);
	expect_repaired(database, files, inlay_repair_version(INLAY_REPAIR_ACCEPT, 3),
	                "3 the set's text, which was edited, is taken for what was applied\n");
	assert_string_equal(database_examine(database, files), "");
	database_expect_ok(database, files, 0);
}

static void accepts_no_edit_below_later_migrations(void **state)
{
	struct set_file behind[] = { three_edited[0], three_edited[1], SET_END };
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	expect_refused(database, behind, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2), INLAY_AHEAD,
	               "2_u.sql can not be repaired so: the database has later migrations than the "
	               "set, whose places follow from this one: use a release that has them; "
	               "nothing was changed");
	expect_refused(database, behind, inlay_repair_version(INLAY_REPAIR_FORGET, 3), INLAY_AHEAD,
	               "3_v.sql can not be repaired so: it is later than the set's last migration, "
	               "so that another release has it: roll it back; nothing was changed");
	expect_refused(database, behind, inlay_repair_version(INLAY_REPAIR_ACCEPT, 3),
	               INLAY_MISSING,
	               "3_v.sql can not be repaired so: the set does not have it; nothing was "
	               "changed");
}

static void records_a_reformatting(void **state)
{
	struct set_file reformatted[] = {
		{ "1_t.sql", "CREATE TABLE t\n    (id INTEGER); -- of things\n" },
		three[1],
		three[2],
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	assert_string_equal(database_examine(database, reformatted),
	                    "1 1_t.sql: its file was changed, its statements were not (1)\n");
	expect_repaired(database, reformatted, inlay_repair_records(),
	                "1 the set's text is recorded, which has the same statements\n");
	assert_string_equal(database_examine(database, reformatted), "");
	/* The other way by its version. */
	expect_repaired(database, three, inlay_repair_version(INLAY_REPAIR_ACCEPT, 1),
	                "1 the set's text is recorded, which has the same statements\n");
	assert_string_equal(database_examine(database, three), "");
	database_expect_ok(database, three, 0);
}

static void forgets_what_was_taken_out_of_the_set(void **state)
{
	struct set_file without[] = { three[0], three[2], SET_END };
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	assert_string_equal(database_examine(database, without),
	                    "2 2_u.sql: it is applied, and the set, which has later ones, lacks it "
	                    "(8)\n");
	expect_repaired(database, without, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 it is forgotten, as the set lacks it: what it did stays\n"
	                "3 its place in the history is the set's again\n");
	assert_string_equal(database_examine(database, without), "");
	database_expect_result(database, database_check(database, without), INLAY_OK);
	database_expect_ok(database, without, 0);
	database_expect(database, "SELECT COUNT(*) FROM u", "0");
}

static void tells_of_a_late_one(void **state)
{
	struct set_file without[] = { three[0], three[2], SET_END };
	struct database *database = *state;

	database_expect_ok(database, without, 2);
	assert_string_equal(database_examine(database, three),
	                    "2 2_u.sql: it is not applied, and older than a migration that is "
	                    "(0)\n");
	expect_repaired(database, three, inlay_repair_records(), "");
}

/* --- A table that was changed by hand --- */

static void puts_places_right(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	database_run(database, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2");
	database_run(database, "UPDATE schema_migrations SET previous = 'y' WHERE version = 3");
	assert_string_equal(database_examine(database, three),
	                    "2 2_u.sql: its place in the history is not the set's, although its "
	                    "checksum is: the table was changed by hand (1)\n"
	                    "3 3_v.sql: its place in the history is not the set's, although its "
	                    "checksum is: the table was changed by hand (1)\n");
	expect_repaired(database, three, inlay_repair_records(),
	                "2 its place in the history is the set's again\n"
	                "3 its place in the history is the set's again\n");
	assert_string_equal(database_examine(database, three), "");
	database_expect_ok(database, three, 0);
	/* Two that have each other's. */
	database_run(database, "UPDATE schema_migrations SET previous = 'z' WHERE version = 2");
	database_run(database, "UPDATE schema_migrations SET previous = (SELECT previous FROM "
	                       "schema_migrations WHERE version = 1) || 'q' WHERE version = 3");
	expect_repaired(database, three, inlay_repair_records(),
	                "2 its place in the history is the set's again\n"
	                "3 its place in the history is the set's again\n");
	assert_string_equal(database_examine(database, three), "");
}

static void puts_user_version_right(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, three, 3);
	/* A backup of the table was restored, and user_version is of later. */
	database_run(database, "DELETE FROM schema_migrations WHERE version = 3");
	database_run(database, "DROP TABLE v");
	database_expect_ok(database, three, 0);
	assert_string_equal(
	        database_examine(database, three),
	        "-1 : user_version tells of another history than the table: one of them "
	        "was changed by hand (1)\n");
	expect_repaired(database, three, inlay_repair_records(),
	                "-1 user_version tells of the history in the table again\n");
	database_expect(database, last_note,
	                "repaired|up|user_version tells of the history in the table again");
	assert_string_equal(database_examine(database, three), "");
	database_expect_ok(database, three, 1);
	assert_string_equal(database_examine(database, three), "");
	/* What is the application's own stays. */
	database_run(database, "PRAGMA user_version = 7");
	expect_repaired(database, three, inlay_repair_records(), "");
	database_expect(database, "PRAGMA user_version", "7");
}

/* --- Dry, together, and when it fails --- */

static void shows_what_it_would_do(void **state)
{
	struct database *database = *state;
	enum inlay_result result;

	database_expect_ok(database, three, 3);
	database->options.dry_run = 1;
	result = database_repair(database, three_edited,
	                         inlay_repair_version(INLAY_REPAIR_ACCEPT, 2));
	database_expect_result(database, result, INLAY_PENDING);
	assert_int_equal(database->error.pending_count, 2);
	assert_string_equal(database->error.message,
	                    "2 rows would be repaired; nothing was changed: this is a dry run "
	                    "(dry_run is on: option)");
	assert_string_equal(database->events, "pending 2_u 0/0\npending 3_v 0/0\n");
	assert_ptr_equal(strstr(database->shown, "BEGIN\n"), database->shown);
	assert_non_null(strstr(database->shown, "SET filename = $1, checksum = $2,"));
	assert_non_null(strstr(database->shown, "'repaired'"));
	assert_non_null(strstr(database->shown, "COMMIT\n"));
	database->options.dry_run = 0;
	database_expect_ok(database, three, 0);
}

/* The second of two that want the same finds it done. */
static void another_repair_in_between_is_noticed(void **state)
{
	struct database *database = *state;
	struct inlay_repair_scope scope = repair_statement(INLAY_REPAIR_DONE, 2);

	interrupt(database);
	put_in_doubt(database);
	expect_repaired(database, alone, scope,
	                "2 statement 2 is taken as done: the next call goes on behind it\n");
	database_expect_result(database, database_repair(database, alone, scope),
	                       INLAY_INTERRUPTED);
	database_expect(database, row_two, "failed|2|up");
}

static void changes_nothing_when_it_fails(void **state)
{
	struct database *database = *state;

	interrupt(database);
	put_in_doubt(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		database_run(database, "CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log "
		                       "BEGIN SELECT RAISE(ABORT, 'the log is full'); END");
	else
		database_run(database, "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
		                       " $$ BEGIN RAISE 'the log is full'; END $$;"
		                       " CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log"
		                       " FOR EACH ROW EXECUTE FUNCTION no()");
	expect_refused(database, alone, inlay_repair_version(INLAY_REPAIR_DONE, 2), INLAY_FAILED,
	               database_either(database,
	                               "the history can not be repaired: the log is full (SQLite "
	                               "1811); nothing was changed",
	                               "the history can not be repaired: the log is full (SQLSTATE "
	                               "P0001); nothing was changed"));
	database_expect(database, row_two, "alone|1|up");
}

static void says_that_it_may_not_write(void **state)
{
	struct database *database = *state;
	enum inlay_result result;

	interrupt(database);
	database_run(database,
	             database_either(database, "PRAGMA query_only = 1",
	                             "CREATE ROLE looker;"
	                             " GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker;"
	                             " SET ROLE looker"));
	result = database_repair(database, alone, inlay_repair_version(INLAY_REPAIR_FORGET, 2));
	database_expect_result(database, result,
	                       database->dialect == INLAY_DIALECT_SQLITE ? INLAY_UNREACHABLE
	                                                                 : INLAY_FAILED);
	assert_ptr_equal(
	        strstr(database->error.message,
	               database_either(
	                       database,
	                       "the history can not be repaired: attempt to write a readonly",
	                       "the history can not be repaired: permission denied for table ")),
	        database->error.message);
	database_run(database,
	             database_either(database, "PRAGMA query_only = 0",
	                             "RESET ROLE; DROP OWNED BY looker; DROP ROLE looker"));
	database_expect(database, row_two, "failed|1|up");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(accepts_an_edit),
		DATABASE_TEST_BOTH(accepts_edits_one_by_one),
		DATABASE_TEST_BOTH(accepts_no_edit_below_later_migrations),
		DATABASE_TEST_BOTH(records_a_reformatting),
		DATABASE_TEST_BOTH(forgets_what_was_taken_out_of_the_set),
		DATABASE_TEST_BOTH(tells_of_a_late_one),
		DATABASE_TEST_BOTH(puts_places_right),
		DATABASE_TEST_FILE(puts_user_version_right),
		DATABASE_TEST_BOTH(shows_what_it_would_do),
		DATABASE_TEST_BOTH(another_repair_in_between_is_noticed),
		DATABASE_TEST_BOTH(changes_nothing_when_it_fails),
		DATABASE_TEST_BOTH(says_that_it_may_not_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
