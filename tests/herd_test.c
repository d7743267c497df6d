/* herd_test.c - 200 processes start at once: nobody fails, every effect happens exactly once. */
#include "support/database.h"
#include "support/herd.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define MIGRATION_COUNT 50
#define PROCESS_COUNT   200
#define INDEX_VERSION_A 20 /* These run without a transaction. */
#define INDEX_VERSION_B 40

/* --- The set --- */

/* Files on the heap of one test. */
struct files {
	struct set_file files[MIGRATION_COUNT + 1];
	char names[MIGRATION_COUNT][40];
	char contents[MIGRATION_COUNT][200];
};

/* Every fifth one adds to the counter: running twice would show.  `name` starts all names. */
static void write_content(char content[200], int version, const char *name, bool concurrently)
{
	const char *how = concurrently ? " CONCURRENTLY" : "";

	if (version == 1)
		(void)snprintf(content, 200,
		               "CREATE TABLE %s_counter (number INTEGER);\n"
		               "INSERT INTO %s_counter VALUES (0);\n",
		               name, name);
	else if (version == INDEX_VERSION_A || version == INDEX_VERSION_B)
		(void)snprintf(content, 200,
		               "-- migrate:up transaction:false\n"
		               "CREATE INDEX%s %s_%d_id ON %s_%d (id);\n",
		               how, name, version, name, version - 1);
	else if (version % 5 == 2)
		(void)snprintf(content, 200, "UPDATE %s_counter SET number = number + 1;\n", name);
	else
		(void)snprintf(content, 200,
		               "CREATE TABLE %s_%d (id INTEGER);\n"
		               "INSERT INTO %s_%d VALUES (%d);\n",
		               name, version, name, version, version);
}

static struct compiled_set compile(enum inlay_dialect dialect, const char *name, int count)
{
	struct files *files = calloc(1, sizeof(*files));
	struct compiled_set compiled;

	assert_non_null(files);
	for (int i = 0; i < count; i++) {
		(void)snprintf(files->names[i], sizeof(files->names[i]), "%03d_%s.sql", i + 1,
		               name);
		write_content(files->contents[i], i + 1, name, dialect == INLAY_DIALECT_POSTGRES);
		files->files[i] = (struct set_file){ files->names[i], files->contents[i] };
	}
	compiled = set_compile(files->files, dialect);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	free(files);
	return compiled;
}

/* --- What must be there --- */

static void expect_number(struct database *database, const char *format, const char *name,
                          int expected)
{
	char sql[400];
	char text[20];

	(void)snprintf(sql, sizeof(sql), format, name, name);
	(void)snprintf(text, sizeof(text), "%d", expected);
	database_expect(database, sql, text);
}

/* All effects once, a row and a line in the log for each, nobody's lock. */
static void expect_all(struct database *database, const char *name, const char *table)
{
	expect_number(database, "SELECT number FROM %s_counter", name, 10);
	expect_number(database, "SELECT count(*) FROM %s WHERE progress IS NULL", table,
	              MIGRATION_COUNT);
	expect_number(database, "SELECT count(*) FROM %s", table, MIGRATION_COUNT);
	expect_number(database, "SELECT count(DISTINCT version) FROM %s_log", table,
	              MIGRATION_COUNT);
	expect_number(database, "SELECT count(*) FROM %s_log WHERE action = 'applied'", table,
	              MIGRATION_COUNT);
	for (int version = 3; version <= MIGRATION_COUNT; version++) {
		char sql[100];

		if (version % 5 == 2 || version == INDEX_VERSION_A || version == INDEX_VERSION_B)
			continue;
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s_%d", name, version);
		database_expect(database, sql, "1");
	}
	if (database->dialect == INLAY_DIALECT_SQLITE) {
		expect_number(database,
		              "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN"
		              " ('%s_20_id', '%s_40_id')",
		              name, 2);
		return;
	}
	expect_number(database,
	              "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
	              " WHERE i.indisvalid AND c.relname IN ('%s_20_id', '%s_40_id')",
	              name, 2);
	database_expect(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
}

/* --- Herds of one kind --- */

/* A way to a database, and how to behave there. */
struct way {
	const char *name;
	const char *place; /* NULL: the database's own. */
	struct inlay_options options;
};

/* On a machine with other work, 200 processes with sanitizers can take longer than the 30 s that
 * one waits by default; how long they take is printed, and nobody's failure. */
static struct way way_of(const char *name)
{
	struct way way = { name, NULL, inlay_options_init() };

	way.options.lock_timeout_ms = 120000;
	return way;
}

static struct herd_outcome run_herd(struct database *database, const struct way *way,
                                    const struct compiled_set *set, int count)
{
	char place[700];
	struct herd_member member = { database->dialect, place, &set->set, &way->options };
	struct herd_outcome outcome;

	(void)snprintf(place, sizeof(place), "%s",
	               way->place != NULL ? way->place : database_place(database));
	database_disconnect(database);
	outcome = herd_run_alike(&member, count);
	database_reconnect(database);
	return outcome;
}

/* One starter, then 200 in an empty database, then 200 who find nothing to do. */
static void start_many(struct database *database, const struct way *way, const char *prepare)
{
	struct compiled_set set = compile(database->dialect, "a", MIGRATION_COUNT);
	struct herd_outcome single;
	struct herd_outcome many;
	struct herd_outcome idle;

	database_run(database, prepare);
	single = run_herd(database, way, &set, 1);
	assert_int_equal(single.applied_count, MIGRATION_COUNT);
	expect_all(database, "a", "schema_migrations");

	database_clear(database);
	database_run(database, prepare);
	many = run_herd(database, way, &set, PROCESS_COUNT);
	assert_int_equal(many.applied_count, MIGRATION_COUNT);
	expect_all(database, "a", "schema_migrations");

	idle = run_herd(database, way, &set, PROCESS_COUNT);
	assert_int_equal(idle.applied_count, 0);
	expect_all(database, "a", "schema_migrations");
	print_message("%-24s 1 process %.3f s, %d processes %.3f s, nothing pending %.3f s\n",
	              way->name, single.seconds, PROCESS_COUNT, many.seconds, idle.seconds);
	set_destroy(&set);
}

static void postgres_directly(void **state)
{
	struct way way = way_of("PostgreSQL");

	start_many(*state, &way, "SELECT 1");
}

static void postgres_through_a_pooler(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	struct way way = way_of("PostgreSQL, pgbouncer");
	char place[700];

	(void)snprintf(place, sizeof(place), "%s",
	               pooler_options(pooler, database->name, "postgres"));
	way.place = place;
	start_many(database, &way, "SELECT 1");
	pooler_stop(pooler);
}

/* Nine of ten are refused at first (53300), and come again. */
static void postgres_with_few_connections(void **state)
{
	struct database *database = *state;
	struct way way = way_of("PostgreSQL, 20 slots");
	char place[700];

	database_run(database, "CREATE ROLE few LOGIN CONNECTION LIMIT 20");
	(void)snprintf(place, sizeof(place), "%s", postgres_server_options(database->name, "few"));
	way.place = place;
	start_many(database, &way, "GRANT ALL ON SCHEMA public TO few");
	database_run(database, "DROP OWNED BY few; DROP ROLE few");
}

static void postgres_by_a_row(void **state)
{
	struct way way = way_of("PostgreSQL, row gate");

	way.options.gate = INLAY_GATE_ROW;
	start_many(*state, &way, "SELECT 1");
}

static void sqlite_with_a_journal(void **state)
{
	struct way way = way_of("SQLite, journal");

	start_many(*state, &way, "PRAGMA journal_mode = DELETE");
}

static void sqlite_with_a_wal(void **state)
{
	struct way way = way_of("SQLite, WAL");

	start_many(*state, &way, "PRAGMA journal_mode = WAL");
}

/* --- Herds of two kinds --- */

#define OLD_COUNT 30 /* Migrations that the old program knows. */

/* `count` of the first and then of the second, all waiting at the same gate. */
static struct herd_outcome run_two(struct database *database, const struct herd_member *first,
                                   const struct herd_member *second, int count)
{
	struct herd_outcome outcome;
	struct herd herd;

	database_disconnect(database);
	herd_init(&herd);
	herd_add(&herd, first, count);
	herd_add(&herd, second, count);
	outcome = herd_run(&herd);
	database_reconnect(database);
	assert_int_equal(outcome.failed_count, 0);
	return outcome;
}

static void old_and_new_together(void **state)
{
	struct database *database = *state;
	struct compiled_set old_set = compile(database->dialect, "a", OLD_COUNT);
	struct compiled_set new_set = compile(database->dialect, "a", MIGRATION_COUNT);
	char place[700];
	struct herd_member old = { database->dialect, place, &old_set.set, NULL };
	struct herd_member new = { database->dialect, place, &new_set.set, NULL };

	(void)snprintf(place, sizeof(place), "%s", database_place(database));
	for (int order = 0; order < 2; order++) {
		struct herd_outcome outcome =
		        run_two(database, order == 0 ? &old : &new, order == 0 ? &new : &old, 20);

		assert_int_equal(outcome.applied_count, MIGRATION_COUNT);
		expect_all(database, "a", "schema_migrations");
		database_clear(database);
	}
	/* The old one was there before, then the new one comes, then both: a rolling deploy. */
	assert_int_equal(run_two(database, &old, &old, 20).applied_count, OLD_COUNT);
	assert_int_equal(run_two(database, &new, &old, 20).applied_count,
	                 MIGRATION_COUNT - OLD_COUNT);
	assert_int_equal(run_two(database, &old, &new, 20).applied_count, 0);
	expect_all(database, "a", "schema_migrations");
	set_destroy(&old_set);
	set_destroy(&new_set);
}

/* Two programs that share a database and no table. */
static void two_tables_in_one_database(void **state)
{
	struct database *database = *state;
	struct compiled_set sets[2] = { compile(database->dialect, "a", MIGRATION_COUNT),
		                        compile(database->dialect, "b", MIGRATION_COUNT) };
	struct inlay_options options[2] = { inlay_options_init(), inlay_options_init() };
	char place[700];
	struct herd_member one = { database->dialect, place, &sets[0].set, &options[0] };
	struct herd_member two = { database->dialect, place, &sets[1].set, &options[1] };

	options[0].table = "one_migrations";
	options[1].table = "two_migrations";
	(void)snprintf(place, sizeof(place), "%s", database_place(database));
	assert_int_equal(run_two(database, &one, &two, 30).applied_count, 2 * MIGRATION_COUNT);
	expect_all(database, "a", "one_migrations");
	expect_all(database, "b", "two_migrations");
	for (int i = 0; i < 2; i++)
		set_destroy(&sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(postgres_directly),
		DATABASE_TEST_POSTGRES(postgres_with_few_connections),
		POOLER_TEST(postgres_through_a_pooler),
		DATABASE_TEST_POSTGRES(postgres_by_a_row),
		DATABASE_TEST_FILE(sqlite_with_a_journal),
		DATABASE_TEST_FILE(sqlite_with_a_wal),
		DATABASE_TEST_BOTH(old_and_new_together),
		DATABASE_TEST_BOTH(two_tables_in_one_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
