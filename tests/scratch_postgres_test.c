/* scratch_postgres_test.c - inlay_scratch_postgres(): one template, whoever needs it first, and
 * nothing left behind. */
#define _XOPEN_SOURCE 700

#include "../runtime/inlay_scratch.h"
#include "support/database.h"
#include "support/files.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define PROCESS_COUNT 20

static const struct set_file files[] = {
	{ "1_notes.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);" },
	{ "2_seed.sql", "INSERT INTO notes VALUES (1, 'first');" },
	SET_END,
};

static const char template_count_sql[] =
        "SELECT count(*) FROM pg_database WHERE datname LIKE 'inlay\\_template\\_%'";
static const char scratch_count_sql[] =
        "SELECT count(*) FROM pg_database WHERE datname LIKE 'inlay\\_scratch\\_%'";

struct fixture {
	struct database *database;
	struct compiled_set set;
	char *server;
	struct inlay_options options;
	struct inlay_error error;
	int applied_count;
};

static void on_event(void *context, const struct inlay_event *event)
{
	struct fixture *fixture = context;

	fixture->applied_count += event->kind == INLAY_EVENT_APPLIED;
}

static void drop_all(struct database *database)
{
	char *rest = NULL;
	char *names = strdup(database_ask(database, "SELECT datname FROM pg_database"
	                                            " WHERE datname LIKE 'inlay\\_scratch\\_%'"
	                                            " OR datname LIKE 'inlay\\_template\\_%'"));

	for (char *name = strtok_r(names, "\n", &rest); name != NULL;
	     name = strtok_r(NULL, "\n", &rest)) {
		char *sql = format("DROP DATABASE \"%s\" WITH (FORCE)", name);

		database_run(database, sql);
		free(sql);
	}
	free(names);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	void *database;

	assert_non_null(fixture);
	if (database_setup_postgres(&database) != 0)
		return 1;
	fixture->database = database;
	fixture->server = format("%s", database_place(database));
	fixture->set = set_compile(files, INLAY_DIALECT_POSTGRES);
	fixture->options = inlay_options_init();
	fixture->options.on_event = on_event;
	fixture->options.context = fixture;
	fixture->error = inlay_error_init();
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	void *database = fixture->database;

	drop_all(fixture->database);
	set_destroy(&fixture->set);
	free(fixture->server);
	free(fixture);
	return database_teardown(&database);
}

static PGconn *make(struct fixture *fixture)
{
	PGconn *connection = NULL;

	if (inlay_scratch_postgres(fixture->server, &fixture->set.set, &fixture->options,
	                           &connection, &fixture->error) != INLAY_OK)
		fail_msg("%s", fixture->error.message);
	assert_non_null(connection);
	return connection;
}

/* The same in a child, which must not fail a test of its parent's. */
static PGconn *make_or_exit(struct fixture *fixture)
{
	PGconn *connection = NULL;

	if (inlay_scratch_postgres(fixture->server, &fixture->set.set, &fixture->options,
	                           &connection, &fixture->error) != INLAY_OK) {
		(void)fprintf(stderr, "%s\n", fixture->error.message);
		_exit(3);
	}
	return connection;
}

static void run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(connection));
	PQclear(result);
}

static void expect(PGconn *connection, const char *sql, const char *expected)
{
	PGresult *result = PQexec(connection, sql);

	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(result, 0, 0), expected);
	PQclear(result);
}

static void each_is_its_own(void **state)
{
	struct fixture *fixture = *state;
	PGconn *one = make(fixture);
	PGconn *two;

	run(one, "INSERT INTO notes VALUES (2, 'second')");
	two = make(fixture);
	assert_int_equal(fixture->applied_count, 2);
	expect(one, "SELECT count(*) FROM notes", "2");
	expect(two, "SELECT count(*) FROM notes", "1");
	expect(two, "SELECT count(*) FROM schema_migrations", "2");
	database_expect(fixture->database, template_count_sql, "1");
	database_expect(fixture->database, scratch_count_sql, "2");
	assert_true(inlay_scratch_drop_postgres(one));
	assert_true(inlay_scratch_drop_postgres(two));
	database_expect(fixture->database, scratch_count_sql, "0");
	/* The next process finds the template, and people find out whose it is. */
	database_expect(fixture->database, template_count_sql, "1");
	database_expect(fixture->database,
	                "SELECT count(*) FROM pg_shdescription s JOIN pg_database d ON d.oid ="
	                " s.objoid WHERE s.description ~ '^inlay: .* made 20.* by process [0-9]+'"
	                " AND datname LIKE 'inlay%'",
	                "1");
}

static void is_up_to_date(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection = make(fixture);

	assert_int_equal(ensure_migrated(connection, &fixture->set.set, NULL, &fixture->error),
	                 INLAY_OK);
	assert_int_equal(fixture->error.applied_count, 0);
	assert_true(inlay_scratch_drop_postgres(connection));
}

static void drops_whoever_is_connected(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection = make(fixture);
	char *place = format("%s dbname=%s", fixture->server, PQdb(connection));
	PGconn *other = PQconnectdb(place);

	assert_int_equal(PQstatus(other), CONNECTION_OK);
	run(connection, "BEGIN; LOCK TABLE notes");
	assert_true(inlay_scratch_drop_postgres(connection));
	database_expect(fixture->database, scratch_count_sql, "0");
	PQfinish(other);
	free(place);
	assert_true(inlay_scratch_drop_postgres(NULL));
}

/* Not what was not made here. */
static void drops_nothing_else(void **state)
{
	struct fixture *fixture = *state;

	assert_false(inlay_scratch_drop_postgres(PQconnectdb(fixture->server)));
	database_expect(fixture->database,
	                "SELECT count(*) FROM pg_database"
	                " WHERE datname = current_database()",
	                "1");
	assert_false(inlay_scratch_drop_postgres(PQconnectdb("host=/nowhere dbname=x")));
}

static void a_dead_connection_is_dropped_too(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection = make(fixture);
	char *sql = format("SELECT pg_terminate_backend(%d)", PQbackendPID(connection));

	database_run(fixture->database, sql);
	PQclear(PQexec(connection, "SELECT 1"));
	assert_int_equal(PQstatus(connection), CONNECTION_BAD);
	assert_true(inlay_scratch_drop_postgres(connection));
	database_expect(fixture->database, scratch_count_sql, "0");
	free(sql);
}

static void forgets(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection = make(fixture);

	for (int i = 0; i < 2; i++) {
		assert_int_equal(inlay_scratch_forget_postgres(fixture->server, &fixture->set.set,
		                                               &fixture->options, &fixture->error),
		                 INLAY_OK);
		database_expect(fixture->database, template_count_sql, "0");
	}
	expect(connection, "SELECT count(*) FROM notes", "1");
	assert_true(inlay_scratch_drop_postgres(connection));
	assert_true(inlay_scratch_drop_postgres(make(fixture)));
	assert_int_equal(fixture->applied_count, 4);
}

static void a_template_for_each_table(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection;

	assert_true(inlay_scratch_drop_postgres(make(fixture)));
	fixture->options.table = "own";
	connection = make(fixture);
	expect(connection, "SELECT count(*) FROM own", "2");
	assert_true(inlay_scratch_drop_postgres(connection));
	database_expect(fixture->database, template_count_sql, "2");
}

static void a_template_for_each_schema(void **state)
{
	struct fixture *fixture = *state;
	PGconn *connection;

	fixture->options.schema = "tenant";
	connection = make(fixture);
	expect(connection, "SELECT count(*) FROM tenant.notes", "1");
	assert_true(inlay_scratch_drop_postgres(connection));
	fixture->options.schema = NULL;
	connection = make(fixture);
	expect(connection, "SELECT count(*) FROM public.notes", "1");
	assert_true(inlay_scratch_drop_postgres(connection));
	database_expect(fixture->database, template_count_sql, "2");
}

/* A test suite runs anywhere.  In a process of its own, and before all others, as the environment
 * is read once. */
static void the_environment_does_not_matter(void **state)
{
	struct fixture *fixture = *state;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setenv("AUTO_MIGRATE", "off", 1);
		(void)setenv("APP_ENV", "production", 1);
		(void)setenv("MIGRATION_DRY_RUN", "on", 1);
		(void)setenv("MIGRATION_ROLLOUT", "0", 1);
		(void)inlay_scratch_drop_postgres(make_or_exit(fixture));
		_exit(fixture->applied_count);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
}

/* --- Processes that start together, and such that die --- */

static void make_and_drop(struct fixture *fixture, int start)
{
	PGconn *connection;
	char byte;

	if (read(start, &byte, 1) != 0) /* The parent closes the other end. */
		_exit(2);
	connection = make_or_exit(fixture);
	run(connection, "INSERT INTO notes VALUES (2, 'mine')");
	if (!inlay_scratch_drop_postgres(connection))
		_exit(4);
	_exit(10 + fixture->applied_count);
}

static void many_processes_make_one_template(void **state)
{
	struct fixture *fixture = *state;
	int applied_count = 0;
	int gate[2];
	int status;

	database_disconnect(fixture->database);
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < PROCESS_COUNT; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid != 0)
			continue;
		(void)close(gate[1]);
		make_and_drop(fixture, gate[0]);
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < PROCESS_COUNT; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		assert_in_range(WEXITSTATUS(status), 10, 12);
		applied_count += WEXITSTATUS(status) - 10;
	}
	assert_int_equal(applied_count, 2);
	database_reconnect(fixture->database);
	database_expect(fixture->database, template_count_sql, "1");
	database_expect(fixture->database, scratch_count_sql, "0");
}

/* Reads one byte, which tells that the first migration is applied, and kills who wrote it. */
static int told;

static void tell_applied(void *context, const struct inlay_event *event)
{
	(void)context;
	if (event->kind != INLAY_EVENT_APPLIED)
		return;
	(void)write(told, "x", 1);
	(void)pause();
}

/* The set is half applied when its process dies: nobody takes that for a template, and nobody has
 * to wait. */
static void a_killed_maker_leaves_no_template(void **state)
{
	struct fixture *fixture = *state;
	struct database *database = fixture->database;
	PGconn *connection;
	int gate[2];
	pid_t pid;
	char byte;

	database_disconnect(database);
	assert_int_equal(pipe(gate), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		told = gate[1];
		fixture->options.on_event = tell_applied;
		(void)make_or_exit(fixture);
		_exit(0);
	}
	(void)close(gate[1]);
	assert_int_equal(read(gate[0], &byte, 1), 1);
	database_reconnect(database);
	database_expect(database, scratch_count_sql, "1");
	database_expect(database, template_count_sql, "0");
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)close(gate[0]);

	connection = make(fixture);
	assert_int_equal(fixture->applied_count, 2);
	expect(connection, "SELECT count(*) FROM schema_migrations", "2");
	assert_true(inlay_scratch_drop_postgres(connection));
	database_expect(database, template_count_sql, "1");
	/* What it left is there for an hour. */
	database_expect(database, scratch_count_sql, "1");
}

/* --- What tests left behind --- */

static void drops_old_leftovers(void **state)
{
	struct fixture *fixture = *state;
	struct database *database = fixture->database;
	char *place = format("%s dbname=inlay_scratch_5f000001_7_7_7", fixture->server);
	PGconn *looking;

	database_run(database, "CREATE DATABASE inlay_scratch_5f000000_7_7_7");
	database_run(database, "CREATE DATABASE inlay_scratch_5f000001_7_7_7");
	database_run(database, "CREATE DATABASE inlay_scratch_fe000000_7_7_7");
	database_run(database, "CREATE DATABASE inlay_scratch_notes");
	looking = PQconnectdb(place);
	assert_int_equal(PQstatus(looking), CONNECTION_OK);
	assert_true(inlay_scratch_drop_postgres(make(fixture)));
	/* Neither the later one, nor where somebody is, nor what only begins like one. */
	database_expect(database,
	                "SELECT datname FROM pg_database WHERE datname LIKE"
	                " 'inlay\\_scratch\\_%' ORDER BY 1",
	                "inlay_scratch_5f000001_7_7_7\ninlay_scratch_fe000000_7_7_7\n"
	                "inlay_scratch_notes");
	PQfinish(looking);
	free(place);
}

/* --- What can go wrong --- */

static void expect_failure(struct fixture *fixture, enum inlay_result result, const char *words)
{
	PGconn *connection = (PGconn *)fixture; /* Anything. */

	assert_int_equal(inlay_scratch_postgres(fixture->server, &fixture->set.set,
	                                        &fixture->options, &connection, &fixture->error),
	                 result);
	assert_null(connection);
	if (strstr(fixture->error.message, words) == NULL)
		fail_msg("%s", fixture->error.message);
	database_expect(fixture->database, template_count_sql, "0");
	database_expect(fixture->database, scratch_count_sql, "0");
}

static void a_role_that_may_not(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->database, "CREATE ROLE scratch_nobody LOGIN");
	free(fixture->server);
	fixture->server = format("%s", postgres_server_options("postgres", "scratch_nobody"));
	expect_failure(fixture, INLAY_FAILED, "ALTER ROLE ... CREATEDB");
	assert_string_equal(fixture->error.sqlstate, "42501");
	database_run(fixture->database, "DROP ROLE scratch_nobody");
}

/* Not a superuser, but one who may create databases. */
static void a_role_that_may(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->database, "CREATE ROLE scratch_maker LOGIN CREATEDB");
	free(fixture->server);
	fixture->server = format("%s", postgres_server_options("postgres", "scratch_maker"));
	assert_true(inlay_scratch_drop_postgres(make(fixture)));
	assert_true(inlay_scratch_drop_postgres(make(fixture)));
	assert_int_equal(fixture->applied_count, 2);
	drop_all(fixture->database);
	database_run(fixture->database, "DROP ROLE scratch_maker");
}

static void a_set_that_fails_says_why(void **state)
{
	static const struct set_file broken[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "INSERT INTO nowhere VALUES (1);" },
		SET_END,
	};
	struct fixture *fixture = *state;

	set_destroy(&fixture->set);
	fixture->set = set_compile(broken, INLAY_DIALECT_POSTGRES);
	expect_failure(fixture, INLAY_FAILED, "migrations/2_b.sql:1:13");
	assert_string_equal(fixture->error.migration, "2_b");
	assert_string_equal(fixture->error.sqlstate, "42P01");
}

static void no_server(void **state)
{
	struct fixture *fixture = *state;

	free(fixture->server);
	fixture->server = format("host=/nowhere password=hunter2");
	expect_failure(fixture, INLAY_UNREACHABLE, "the server can not be connected to: ");
	assert_null(strstr(fixture->error.message, "hunter2"));
	assert_int_equal(inlay_scratch_forget_postgres(fixture->server, &fixture->set.set, NULL,
	                                               &fixture->error),
	                 INLAY_UNREACHABLE);
}

static void rules(void **state)
{
	struct fixture *fixture = *state;
	const struct inlay_set *set = &fixture->set.set;
	struct inlay_error *error = &fixture->error;
	PGconn *connection;

	assert_int_equal(inlay_scratch_postgres(NULL, set, NULL, &connection, error), INLAY_MISUSE);
	assert_null(connection);
	assert_int_equal(inlay_scratch_postgres(fixture->server, NULL, NULL, &connection, error),
	                 INLAY_MISUSE);
	assert_int_equal(inlay_scratch_postgres(fixture->server, set, NULL, NULL, error),
	                 INLAY_MISUSE);
	assert_int_equal(inlay_scratch_postgres(fixture->server, set, NULL, &connection, NULL),
	                 INLAY_MISUSE);
	assert_int_equal(inlay_scratch_forget_postgres(NULL, set, NULL, error), INLAY_MISUSE);
	assert_int_equal(inlay_scratch_forget_postgres(fixture->server, set, NULL, NULL),
	                 INLAY_MISUSE);
	fixture->options.size = 1;
	expect_failure(fixture, INLAY_MISUSE, "options->size");
}

#define TEST(test)                                                                                 \
	{                                                                                          \
		.name = #test, .test_func = database_unless_missing(test), .setup_func = setup,    \
		.teardown_func = teardown,                                                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_environment_does_not_matter), /* First. */
		TEST(each_is_its_own),
		TEST(is_up_to_date),
		TEST(drops_whoever_is_connected),
		TEST(drops_nothing_else),
		TEST(a_dead_connection_is_dropped_too),
		TEST(forgets),
		TEST(a_template_for_each_table),
		TEST(a_template_for_each_schema),
		TEST(many_processes_make_one_template),
		TEST(a_killed_maker_leaves_no_template),
		TEST(drops_old_leftovers),
		TEST(a_role_that_may_not),
		TEST(a_role_that_may),
		TEST(a_set_that_fails_says_why),
		TEST(no_server),
		TEST(rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
