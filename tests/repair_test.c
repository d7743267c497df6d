/* repair_test.c - inlay_examine() and inlay_repair() of what is interrupted: what is found, what is
 * believed, and what a database that was repaired goes on with. */
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

/* --- A sound history --- */

static void finds_nothing_in_a_sound_history(void **state)
{
	struct database *database = *state;

	assert_string_equal(database_examine(database, alone), "");
	expect_repaired(database, alone, inlay_repair_records(), "");
	expect_refused(database, alone, inlay_repair_version(INLAY_REPAIR_DONE, 2), INLAY_MISUSE,
	               "version 2 can not be repaired: the database does not have it; nothing was "
	               "changed");
	database_expect_ok(database, (const struct set_file[]){ TABLE_T, SET_END }, 1);
	assert_string_equal(database_examine(database, alone), "");
	expect_repaired(database, alone, inlay_repair_records(), "");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "1");
	expect_refused(
	        database, alone, inlay_repair_version(INLAY_REPAIR_AGAIN, 1), INLAY_MISUSE,
	        "1_t.sql can not be repaired so: it is not interrupted; nothing was changed");
	expect_refused(database, alone, inlay_repair_version(INLAY_REPAIR_FORGET, 1), INLAY_MISUSE,
	               "1_t.sql can not be repaired so: it is applied, and the set has it: roll it "
	               "back; nothing was changed");
	expect_repaired(database, alone, inlay_repair_version(INLAY_REPAIR_ACCEPT, 1), "");
}

static void refuses_a_scope_that_is_none(void **state)
{
	static const struct {
		enum inlay_repair what;
		int64_t version;
		size_t size;
	} rows[] = {
		{ INLAY_REPAIR_RECORDS, 2, sizeof(struct inlay_repair_scope) },
		{ INLAY_REPAIR_DONE, -1, sizeof(struct inlay_repair_scope) },
		{ (enum inlay_repair)3, 2, sizeof(struct inlay_repair_scope) },
		{ INLAY_REPAIR_DONE, 2, 8 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inlay_repair_scope scope =
		        inlay_repair_version(rows[i].what, rows[i].version);

		scope.size = rows[i].size;
		expect_refused(*state, alone, scope, INLAY_MISUSE,
		               "the scope is not set: begin with inlay_repair_records() or "
		               "inlay_repair_version()");
	}
}

/* --- An interrupted migration --- */

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

static void tells_what_an_interrupted_migration_is_at(void **state)
{
	struct database *database = *state;

	interrupt(database);
	assert_string_equal(database_examine(database, alone),
	                    "2 2_alone.sql: it stopped, and the next call goes on with statement 2 "
	                    "(26)\n"
	                    "  migrations/2_alone.sql:3:1 INSERT INTO nowhere VALUES (2)\n");
	put_in_doubt(database);
	assert_string_equal(database_examine(database, alone),
	                    "2 2_alone.sql: it stopped in statement 2, its process is gone, and "
	                    "nobody can know whether that statement took effect (30)\n"
	                    "  migrations/2_alone.sql:3:1 INSERT INTO nowhere VALUES (2)\n");
	database_expect(database, row_two, "alone|1|up");
}

static void goes_on_behind_a_statement_that_took_effect(void **state)
{
	struct database *database = *state;

	interrupt(database);
	put_in_doubt(database);
	expect_repaired(database, alone, inlay_repair_version(INLAY_REPAIR_DONE, 2),
	                "2 statement 2 is taken as done: the next call goes on behind it\n");
	database_expect(database, row_two, "failed|2|up");
	database_expect(
	        database, last_note,
	        "repaired|up|statement 2 is taken as done: the next call goes on behind it");
	database_expect_ok(database, alone, 1);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
	database_expect_ok(database, alone, 0);
}

static void runs_a_statement_again_that_took_no_effect(void **state)
{
	struct database *database = *state;

	interrupt(database);
	put_in_doubt(database);
	expect_repaired(database, alone, repair_statement(INLAY_REPAIR_AGAIN, 2),
	                "2 statement 2 is taken as not done: the next call runs it\n");
	/* So it stays. */
	expect_repaired(database, alone, repair_statement(INLAY_REPAIR_AGAIN, 2), "");
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_ok(database, alone, 1);
	database_expect(database, "SELECT id FROM nowhere", "2");
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
}

/* Who asks twice, or about what somebody else has repaired, skips nothing. */
static void skips_no_statement_that_was_not_meant(void **state)
{
	struct database *database = *state;

	interrupt(database);
	expect_refused(database, alone, inlay_repair_version(INLAY_REPAIR_DONE, 2), INLAY_MISUSE,
	               "2_alone.sql can not be repaired so: no statement of it is in doubt: say in "
	               "scope->statement which one is meant; nothing was changed");
	expect_repaired(database, alone, repair_statement(INLAY_REPAIR_DONE, 2),
	                "2 statement 2 is taken as done: the next call goes on behind it\n");
	expect_refused(database, alone, repair_statement(INLAY_REPAIR_DONE, 2), INLAY_INTERRUPTED,
	               "2_alone.sql can not be repaired so: its next statement is 3 by now, and 2 "
	               "was meant; nothing was changed");
	database_expect(database, row_two, "failed|2|up");
}

static void is_applied_when_the_last_statement_took_effect(void **state)
{
	struct database *database = *state;

	interrupt(database);
	expect_repaired(database, alone, repair_statement(INLAY_REPAIR_DONE, 2),
	                "2 statement 2 is taken as done: the next call goes on behind it\n");
	expect_repaired(database, alone, repair_statement(INLAY_REPAIR_DONE, 3),
	                "2 statement 3 is taken as done: it is applied\n");
	database_expect(database, row_two, "applied|NULL|up");
	database_expect_result(database, database_check(database, alone), INLAY_OK);
	database_expect_ok(database, alone, 0);
	assert_string_equal(database_examine(database, alone), "");
}

static void is_pending_again_when_it_was_undone(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "DELETE FROM t");
	expect_repaired(database, alone, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 it is taken as undone, and is pending again; it had stopped after its "
	                "statement 1\n");
	assert_string_equal(database_status(database, alone),
	                    "1 1_t.sql applied\n2 2_alone.sql pending -\n");
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_ok(database, alone, 1);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
}

static void is_applied_when_it_was_finished_by_hand(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "INSERT INTO t VALUES (3)");
	expect_repaired(database, alone, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2),
	                "2 it is taken as applied, as the set has it; it had stopped after its "
	                "statement 1\n");
	database_expect_ok(database, alone, 0);
	database_expect(database,
	                "SELECT status, up, backend FROM schema_migrations WHERE version = 2",
	                "applied|NULL|NULL");
	assert_string_equal(database_examine(database, alone), "");
}

/* What ran of the file was edited: no call goes on with it, and none does after a repair. */
static void decides_what_can_not_be_gone_on_with(void **state)
{
	static const struct set_file edited[] = {
		TABLE_T,
		{ "2_alone.sql",
		  "-- migrate:up transaction:false\nINSERT INTO t VALUES (7);\nSELECT 1;\n" },
		SET_END,
	};
	struct database *database = *state;

	interrupt(database);
	assert_string_equal(database_examine(database, edited),
	                    "2 2_alone.sql: it stopped, and can not be gone on with: the part of "
	                    "the file that ran was edited, or later migrations are there (24)\n"
	                    "  migrations/2_alone.sql:3:1 INSERT INTO nowhere VALUES (2)\n");
	expect_refused(database, edited, repair_statement(INLAY_REPAIR_DONE, 2), INLAY_INTERRUPTED,
	               "2_alone.sql can not be repaired so: it could not be gone on with behind "
	               "that statement either, because that part of the file was edited, later "
	               "migrations are there, or there is no such statement; nothing was changed");
	expect_refused(
	        database, edited, repair_statement(INLAY_REPAIR_AGAIN, 2), INLAY_INTERRUPTED,
	        "2_alone.sql can not be repaired so: it could not be gone on with, because "
	        "what ran of the file was edited, later migrations are there, or a statement "
	        "ended its transaction; nothing was changed");
	expect_repaired(database, edited, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2),
	                "2 it is taken as applied, as the set has it; it had stopped after its "
	                "statement 1\n");
	database_expect_ok(database, edited, 0);
	assert_string_equal(database_examine(database, edited), "");
}

static void leaves_it_to_a_release_that_has_it(void **state)
{
	static const struct set_file behind[] = { TABLE_T, SET_END };
	struct database *database = *state;

	interrupt(database);
	assert_string_equal(database_examine(database, behind),
	                    "2 2_alone.sql: it stopped, and the set does not have it: a release "
	                    "that does goes on with it (8)\n"
	                    "  migrations/2_alone.sql:3:1 INSERT INTO nowhere VALUES (2)\n");
	expect_refused(
	        database, behind, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2), INLAY_AHEAD,
	        "2_alone.sql can not be repaired so: the set does not have it: use a release "
	        "that does; nothing was changed");
	expect_repaired(database, behind, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 it is taken as undone, and is pending again; it had stopped after its "
	                "statement 1\n");
	database_expect_ok(database, behind, 0);
}

/* Makes the interrupted row that of a process which is at work: on PostgreSQL that of `other`. */
static void pretend_at_work(struct database *database, PGconn *other)
{
	char sql[500];

	(void)snprintf(sql, sizeof(sql),
	               "UPDATE schema_migrations SET status = 'running', backend = (SELECT pid || "
	               "' ' || EXTRACT(EPOCH FROM backend_start) FROM pg_stat_activity WHERE "
	               "pid = %d) WHERE version = 2",
	               other != NULL ? PQbackendPID(other) : 0);
	database_run(database, other == NULL ? "UPDATE schema_migrations SET status = 'running',"
	                                       " applied_at = datetime('now')"
	                                       " WHERE version = 2"
	                                     : sql);
}

static void takes_nothing_from_who_is_at_work(void **state)
{
	struct database *database = *state;
	PGconn *other = database->dialect == INLAY_DIALECT_POSTGRES
	                        ? postgres_server_connect_as(database->name, "postgres")
	                        : NULL;

	interrupt(database);
	pretend_at_work(database, other);
	if (other != NULL) {
		database->options.lock_timeout_ms = 100;
		assert_string_equal(
		        database_examine(database, alone),
		        "2 2_alone.sql: somebody is at work on it (0)\n"
		        "  migrations/2_alone.sql:3:1 INSERT INTO nowhere VALUES (2)\n");
		database_expect_result(
		        database,
		        database_repair(database, alone,
		                        inlay_repair_version(INLAY_REPAIR_FORGET, 2)),
		        INLAY_LOCKED);
		database->options.dry_run = 1;
		expect_refused(database, alone, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
		               INLAY_LOCKED,
		               "somebody is at work on it; nothing was changed: call again");
		database->options.dry_run = 0;
		/* Nor does what others' rows need. */
		database_run(database,
		             "UPDATE schema_migrations SET chain = 'x' WHERE version = 1");
		expect_repaired(database, alone, inlay_repair_records(),
		                "1 its place in the history is the set's again\n");
		database_expect(database,
		                "SELECT status, attempt FROM schema_migrations WHERE version = 2",
		                "running|1");
		PQfinish(other);
		database->options.lock_timeout_ms = 30000;
	}
	/* It waits until that one is gone. */
	database_expect_result(
	        database,
	        database_repair(database, alone, inlay_repair_version(INLAY_REPAIR_FORGET, 2)),
	        INLAY_OK);
	assert_non_null(strstr(database->events, "2 it is taken as undone, and is pending again"));
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "1");
}

/* A statement of it committed: the row says how far it came. */
static void forgets_what_ended_its_own_transaction(void **state)
{
	static const struct set_file files[] = {
		TABLE_T,
		{ "2_u.sql", "CREATE TABLE u (id INTEGER);\nCREATE TABLE v (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_run(database, "UPDATE schema_migrations SET status = 'failed', progress = 1"
	                       " WHERE version = 2");
	if (database->dialect == INLAY_DIALECT_SQLITE)
		database_run(database, "PRAGMA user_version = 0");
	assert_string_equal(
	        database_examine(database, files),
	        "2 2_u.sql: it stopped, as a statement of it ended its transaction: what "
	        "ran up to it may be there (24)\n"
	        "  migrations/2_u.sql:2:1 CREATE TABLE v (id INTEGER)\n");
	database_run(database, "DROP TABLE u");
	database_run(database, "DROP TABLE v");
	expect_repaired(database, files, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 it is taken as undone, and is pending again; it had stopped after its "
	                "statement 1\n");
	database_run(database, "SELECT 1");
	database_expect_ok(database, files, 1);
}

static const struct set_file half_built[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1), (1);\n" },
	{ "2_index.sql", "-- migrate:up transaction:false\n"
	                 "CREATE UNIQUE INDEX CONCURRENTLY b ON t (id);\n" },
	SET_END,
};

static void drops_what_is_half_built(void **state)
{
	struct database *database = *state;

	static const char indexes[] = "SELECT COUNT(*) FROM pg_class WHERE relname = 'b'";
	enum inlay_result result;

	database_expect_result(database, database_ensure(database, half_built), INLAY_INTERRUPTED);
	database_expect(database, indexes, "1");
	database->options.dry_run = 1;
	result =
	        database_repair(database, half_built, inlay_repair_version(INLAY_REPAIR_FORGET, 2));
	database_expect_result(database, result, INLAY_PENDING);
	assert_non_null(strstr(database->shown, "COMMIT\nDROP INDEX CONCURRENTLY "));
	database->options.dry_run = 0;
	database_expect(database, indexes, "1");
	expect_repaired(database, half_built, inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 it is taken as undone, and is pending again; it had stopped after its "
	                "statement 0\n");
	database_expect(database, indexes, "0");
	database_run(database, "DELETE FROM t WHERE ctid = '(0,1)'");
	database_expect_ok(database, half_built, 1);
}

/* What it needs to drop it fails: it says so, and what there is stays as it was. */
static void says_what_can_not_be_cleared_away(void **state)
{
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, half_built), INLAY_INTERRUPTED);
	database_run(database, "CREATE ROLE looker; GRANT ALL ON ALL TABLES IN SCHEMA public TO"
	                       " looker; SET ROLE looker");
	database_expect_result(
	        database,
	        database_repair(database, half_built, inlay_repair_version(INLAY_REPAIR_FORGET, 2)),
	        INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "the history can not be repaired: must be owner of index b (SQLSTATE "
	                    "42501); it stays interrupted, as it was");
	database_run(database, "RESET ROLE; DROP OWNED BY looker; DROP ROLE looker");
	database_run(database, "DELETE FROM t WHERE ctid = '(0,1)'");
	database_expect_ok(database, half_built, 1);
}

/* --- An interrupted rollback --- */

static const struct set_file undoable[] = {
	TABLE_T,
	{ "2_alone.sql", "-- migrate:up\nINSERT INTO t VALUES (2);\n"
	                 "-- migrate:down transaction:false\n"
	                 "INSERT INTO t VALUES (-1);\n"
	                 "INSERT INTO nowhere VALUES (-2);\n" },
	SET_END,
};

static void interrupt_rollback(struct database *database)
{
	database_expect_ok(database, undoable, 2);
	database_expect_result(database,
	                       database_rollback(database, undoable, inlay_rollback_last(1)),
	                       INLAY_INTERRUPTED);
	database_expect(database, row_two, "failed|1|down");
	assert_string_equal(
	        database_examine(database, undoable),
	        "2 2_alone.sql: its rollback stopped, and the next call goes on with statement 2 "
	        "(26)\n  migrations/2_alone.sql:5:1 INSERT INTO nowhere VALUES (-2)\n");
}

static void goes_on_with_a_rollback(void **state)
{
	struct database *database = *state;

	interrupt_rollback(database);
	put_in_doubt(database);
	assert_string_equal(database_examine(database, undoable),
	                    "2 2_alone.sql: its rollback stopped in statement 2, its process is "
	                    "gone, and nobody can know whether that statement took effect (30)\n"
	                    "  migrations/2_alone.sql:5:1 INSERT INTO nowhere VALUES (-2)\n");
	expect_repaired(database, undoable, inlay_repair_version(INLAY_REPAIR_AGAIN, 2),
	                "2 statement 2 is taken as not done: the next call runs it\n");
	database_expect(database, row_two, "failed|1|down");
	expect_repaired(database, undoable, repair_statement(INLAY_REPAIR_DONE, 2),
	                "2 statement 2 is taken as done: it is rolled back\n");
	database_expect(database, last_note,
	                "repaired|down|statement 2 is taken as done: it is rolled back");
	assert_string_equal(database_status(database, undoable),
	                    "1 1_t.sql applied\n2 2_alone.sql pending -\n");
	database_expect_ok(database, undoable, 1);
}

static void believes_that_a_rollback_is_over(void **state)
{
	struct database *database = *state;

	interrupt_rollback(database);
	expect_repaired(database, (const struct set_file[]){ TABLE_T, SET_END },
	                inlay_repair_version(INLAY_REPAIR_FORGET, 2),
	                "2 its rollback is taken as over: nothing of it is there\n");
	database_expect_ok(database, undoable, 1);
}

static void believes_that_a_rollback_never_was(void **state)
{
	struct database *database = *state;

	interrupt_rollback(database);
	expect_repaired(database, undoable, inlay_repair_version(INLAY_REPAIR_ACCEPT, 2),
	                "2 its rollback is taken as not begun: all of it is there\n");
	database_expect(database, row_two, "applied|NULL|up");
	database_expect_ok(database, undoable, 0);
	assert_string_equal(database_examine(database, undoable), "");
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_result(
	        database, database_rollback(database, undoable, inlay_rollback_last(1)), INLAY_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(finds_nothing_in_a_sound_history),
		DATABASE_TEST_SQLITE(refuses_a_scope_that_is_none),
		DATABASE_TEST_BOTH(tells_what_an_interrupted_migration_is_at),
		DATABASE_TEST_BOTH(goes_on_behind_a_statement_that_took_effect),
		DATABASE_TEST_BOTH(runs_a_statement_again_that_took_no_effect),
		DATABASE_TEST_BOTH(skips_no_statement_that_was_not_meant),
		DATABASE_TEST_BOTH(is_applied_when_the_last_statement_took_effect),
		DATABASE_TEST_BOTH(is_pending_again_when_it_was_undone),
		DATABASE_TEST_BOTH(is_applied_when_it_was_finished_by_hand),
		DATABASE_TEST_BOTH(decides_what_can_not_be_gone_on_with),
		DATABASE_TEST_BOTH(leaves_it_to_a_release_that_has_it),
		DATABASE_TEST_BOTH(takes_nothing_from_who_is_at_work),
		DATABASE_TEST_BOTH(forgets_what_ended_its_own_transaction),
		DATABASE_TEST_GATES(drops_what_is_half_built),
		DATABASE_TEST_GATES(says_what_can_not_be_cleared_away),
		DATABASE_TEST_BOTH(goes_on_with_a_rollback),
		DATABASE_TEST_BOTH(believes_that_a_rollback_is_over),
		DATABASE_TEST_BOTH(believes_that_a_rollback_never_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
