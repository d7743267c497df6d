/*
 * locks_test.c - what locks.c says of a statement is what a server does: for every form of
 * locks_forms.h the statement runs on tables with rows, and the locks it holds, whether a table got
 * another file, and whether its rows were read are held against locks_of()'s answer on the model
 * of the same SQL.
 *
 * A statement runs in a transaction that is rolled back; its locks are pg_locks'.  One that refuses
 * that is watched from a second session, which holds a lock and sees what the statement waits for.
 * Of several locks on one table the strongest counts.  What only reads (ACCESS SHARE, ROW SHARE)
 * is left out: it stops nobody but who wants ACCESS EXCLUSIVE or EXCLUSIVE.
 *
 * docs/locks.md has the same answers for people; INLAY_GOLDEN=rewrite writes it.
 */
#include "buffer.h"
#include "database.h"
#include "files.h"
#include "lint/locks.h"
#include "locks_forms.h"
#include "postgres_server.h"
#include "split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_COUNT_MAX 32

/* What one table goes through. */
struct fact {
	const char *table;
	enum lock_mode mode;
	bool rewrites;
	bool scans;
};

struct facts {
	struct fact items[TABLE_COUNT_MAX];
	size_t count;
};

/* The bench on which one form after the other is laid. */
struct bench {
	struct arena arena;
	struct database *database;
	PGconn *holder;  /* Holds a lock against the statement. */
	bool is_as_made; /* The tables are as form_schema makes them. */
	int version;     /* The server's; from 15 on it tells what a transaction read. */
	struct buffer page;
	size_t failed;
};

static const char *const mode_names[] = {
	[LOCK_NONE] = "",
	[LOCK_ACCESS_SHARE] = "AccessShareLock",
	[LOCK_ROW_SHARE] = "RowShareLock",
	[LOCK_ROW_EXCLUSIVE] = "RowExclusiveLock",
	[LOCK_SHARE_UPDATE_EXCLUSIVE] = "ShareUpdateExclusiveLock",
	[LOCK_SHARE] = "ShareLock",
	[LOCK_SHARE_ROW_EXCLUSIVE] = "ShareRowExclusiveLock",
	[LOCK_EXCLUSIVE] = "ExclusiveLock",
	[LOCK_ACCESS_EXCLUSIVE] = "AccessExclusiveLock",
};

static enum lock_mode mode_from(const char *name)
{
	for (size_t i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]); i++)
		if (strcmp(mode_names[i], name) == 0)
			return (enum lock_mode)i;
	fail_msg("what mode is %s?", name);
	return LOCK_NONE;
}

/* --- Facts --- */

static struct fact *fact_of(struct facts *facts, const char *table)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].table, table) == 0)
			return &facts->items[i];
	assert_true(facts->count < TABLE_COUNT_MAX);
	facts->items[facts->count] = (struct fact){ .table = table };
	return &facts->items[facts->count++];
}

static int compare_facts(const void *a, const void *b)
{
	const struct fact *left = a, *right = b;

	if (left->mode != right->mode)
		return left->mode > right->mode ? -1 : 1;
	return strcmp(left->table, right->table);
}

/* "ACCESS EXCLUSIVE on orders, rewritten, read; ...", strongest first. */
static const char *describe(struct arena *arena, struct facts *facts)
{
	const char *text = "";

	qsort(facts->items, facts->count, sizeof(facts->items[0]), compare_facts);
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact->mode < LOCK_ROW_EXCLUSIVE)
			continue;
		text = arena_format(arena, "%s%s%s on %s%s%s", text, text[0] == '\0' ? "" : "; ",
		                    lock_mode_name(fact->mode), fact->table,
		                    fact->rewrites ? ", rewritten" : "",
		                    fact->scans ? ", read" : "");
	}
	return text[0] == '\0' ? "nothing" : text;
}

/* --- What locks.c says --- */

/* Reads SQL as the compiler does; returns the last statement, all before it applied. */
static struct ddl read_sql(struct bench *bench, struct schema *schema, const char *sql)
{
	struct splitter splitter;
	struct split_item item;
	struct ddl ddl = { .kind = DDL_OTHER };
	bool is_first = true;

	split_init(&splitter, DIALECT_POSTGRES, text_of(sql), NULL);
	for (item = split_next(&splitter); item.kind != SPLIT_END; item = split_next(&splitter)) {
		struct statement *statement = arena_array(&bench->arena, struct statement, 1);

		assert_int_equal(item.kind, SPLIT_STATEMENT);
		if (!is_first)
			schema_apply(schema, &ddl, (struct origin){ .statement = ddl.statement });
		is_first = false;
		statement->text = item.text;
		statement->standard_conforming_strings = true;
		ddl = ddl_read(&bench->arena, statement, DIALECT_POSTGRES);
	}
	return ddl;
}

static void ask_compiler(struct bench *bench, const struct form *form, struct facts *facts)
{
	const char *sql = arena_format(&bench->arena, "%s%s;%s", form_schema,
	                               form->setup != NULL ? form->setup : "", form->sql);
	struct lock locks[LOCK_COUNT_MAX];
	struct schema schema;
	struct ddl ddl;
	size_t count;

	schema_create(&schema, &bench->arena, DIALECT_POSTGRES);
	ddl = read_sql(bench, &schema, sql);
	count = locks_of(&schema, &ddl, locks);
	for (size_t i = 0; i < count; i++) {
		struct fact *fact = fact_of(facts, locks[i].table.name);

		assert_int_equal(fact->mode, LOCK_NONE); /* Each table is told of once. */
		fact->mode = locks[i].mode;
		fact->rewrites = locks[i].rewrites;
		fact->scans = locks[i].scans;
	}
}

/* --- What the server does --- */

/* What a session read is told after a while, or when it is asked to. */
static void flush_scans(struct bench *bench)
{
	if (bench->version >= 15)
		database_run(bench->database, "SELECT pg_stat_force_next_flush()");
}

/* The tables as a form finds them, and what they are before it. */
static void prepare(struct bench *bench, const struct form *form)
{
	struct database *database = bench->database;

	if (!bench->is_as_made || form->setup != NULL) {
		database_run(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
		                       "DROP SCHEMA IF EXISTS shop CASCADE;"
		                       "DROP ACCESS METHOD IF EXISTS heap2");
		database_run(database, form_schema);
	}
	bench->is_as_made = form->setup == NULL;
	if (form->setup != NULL)
		database_run(database, form->setup);
	flush_scans(bench);
	database_run(database, "DROP TABLE IF EXISTS earlier;"
	                       "CREATE TEMPORARY TABLE earlier AS"
	                       " SELECT oid, relname, relkind, pg_relation_filenode(oid) AS file,"
	                       " pg_stat_get_numscans(oid) AS scans, 0 AS pending"
	                       " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
	                       " AND relkind IN ('r', 'p', 'm', 'v')");
}

/* A table that is empty has another file after TRUNCATE, but nothing was written. */
static void take_files_and_scans(struct bench *bench, struct facts *facts, const char *scans)
{
	char *sql = format("SELECT relname,"
	                   " pg_relation_filenode(oid) <> file AND pg_relation_size(oid) > 0,"
	                   " %s AND pg_relation_size(oid) > 0"
	                   " FROM earlier WHERE relkind <> 'v'",
	                   scans);
	PGresult *rows = PQexec(bench->database->postgres, sql);

	free(sql);
	assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
	for (int row = 0; row < PQntuples(rows); row++) {
		struct fact *fact = fact_of(
		        facts, arena_copy(&bench->arena, text_of(PQgetvalue(rows, row, 0))));

		fact->rewrites = PQgetvalue(rows, row, 1)[0] == 't';
		fact->scans = PQgetvalue(rows, row, 2)[0] == 't';
	}
	PQclear(rows);
}

static void take_locks(struct bench *bench, struct facts *facts)
{
	PGresult *rows = PQexec(bench->database->postgres,
	                        "SELECT relname, mode FROM pg_locks JOIN earlier ON relation = oid"
	                        " WHERE pid = pg_backend_pid() AND granted");

	assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
	for (int row = 0; row < PQntuples(rows); row++) {
		enum lock_mode mode = mode_from(PQgetvalue(rows, row, 1));
		struct fact *fact = fact_of(
		        facts, arena_copy(&bench->arena, text_of(PQgetvalue(rows, row, 0))));

		if (fact->mode < mode)
			fact->mode = mode;
	}
	PQclear(rows);
}

/* Runs the statement in a transaction.  false: it refuses that. */
static bool run_inside(struct bench *bench, const struct form *form, struct facts *facts)
{
	PGconn *connection = bench->database->postgres;
	PGresult *result;
	const char *state;
	bool refuses;

	database_run(bench->database,
	             "BEGIN;"
	             "UPDATE earlier SET pending = pg_stat_get_xact_numscans(oid)");
	result = PQexecParams(connection, form->sql, 0, NULL, NULL, NULL, NULL, 0);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	refuses = state != NULL && strcmp(state, "25001") == 0;
	if (state != NULL && !refuses)
		fail_msg("%s: %s", form->sql, PQerrorMessage(connection));
	PQclear(result);
	if (!refuses) {
		take_locks(bench, facts);
		take_files_and_scans(bench, facts, "pg_stat_get_xact_numscans(oid) > pending");
	}
	database_run(bench->database, "ROLLBACK");
	return !refuses;
}

/* --- Watching from a second session --- */

static void hold(struct bench *bench, const char *sql)
{
	PGresult *result = PQexec(bench->holder, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(bench->holder));
	PQclear(result);
}

/* Waits until the statement is through, or waits for a lock; returns that one's mode when it is
 * the table's. */
static enum lock_mode wait_and_see(struct bench *bench, const char *table)
{
	PGconn *connection = bench->database->postgres;
	char *sql = format("SELECT CASE WHEN relation = 'public.%s'::regclass THEN mode ELSE '' END"
	                   " FROM pg_locks WHERE pid = %d AND NOT granted",
	                   table, PQbackendPID(connection));
	enum lock_mode mode = LOCK_NONE;
	bool is_waiting = false;

	while (!is_waiting) {
		PGresult *rows;

		assert_int_equal(PQconsumeInput(connection), 1);
		if (!PQisBusy(connection))
			break;
		rows = PQexec(bench->holder, sql);
		assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
		is_waiting = PQntuples(rows) > 0;
		if (is_waiting)
			mode = mode_from(PQgetvalue(rows, 0, 0));
		PQclear(rows);
		(void)poll(NULL, 0, 2);
	}
	free(sql);
	return mode;
}

static void finish(struct bench *bench, const struct form *form)
{
	PGresult *result;

	while ((result = PQgetResult(bench->database->postgres)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			fail_msg("%s: %s", form->sql, PQresultErrorMessage(result));
		PQclear(result);
	}
}

/* The first lock on `table` that the statement can not have while somebody has `held`. */
static enum lock_mode watch_table(struct bench *bench, const struct form *form, const char *table,
                                  const char *held)
{
	char *sql = format("BEGIN; LOCK TABLE public.%s IN %s MODE", table, held);
	enum lock_mode mode;

	bench->is_as_made = false;
	prepare(bench, form);
	bench->is_as_made = false;
	hold(bench, sql);
	assert_int_equal(PQsendQueryParams(bench->database->postgres, form->sql, 0, NULL, NULL,
	                                   NULL, NULL, 0),
	                 1);
	mode = wait_and_see(bench, table);
	hold(bench, "ROLLBACK");
	finish(bench, form);
	free(sql);
	return mode;
}

/* For a statement that refuses a transaction: what has to wait for a weaker lock is stronger, so
 * the weakest that stops it tells the strongest that it takes, though that may come last.  Only
 * the tables that it names are watched. */
static void run_watched(struct bench *bench, const struct form *form, struct facts *facts)
{
	static const char *const held[] = { "ACCESS SHARE", "SHARE UPDATE EXCLUSIVE",
		                            "ACCESS EXCLUSIVE" };
	static const char *const tables[] = { "orders", "accounts",    "items",
		                              "events", "events_2025", "events_2026" };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		enum lock_mode mode = LOCK_NONE;

		if (strstr(form->sql, tables[i]) == NULL)
			continue;
		for (size_t j = 0; mode == LOCK_NONE && j < sizeof(held) / sizeof(held[0]); j++)
			mode = watch_table(bench, form, tables[i], held[j]);
		fact_of(facts, tables[i])->mode = mode;
	}
	flush_scans(bench);
	take_files_and_scans(bench, facts, "pg_stat_get_numscans(oid) > scans");
}

/* --- Both --- */

/* What is only read counts for nothing, and on an older server nobody knows what was read by a
 * transaction that is over. */
static void level(struct facts *facts, const struct facts *other, bool knows_scans)
{
	for (size_t i = 0; i < facts->count; i++) {
		struct fact *fact = &facts->items[i];

		if (fact->mode < LOCK_ROW_EXCLUSIVE)
			*fact = (struct fact){ .table = fact->table };
		if (!knows_scans)
			fact->scans = fact_of((struct facts *)other, fact->table)->scans;
	}
}

static void check_form(struct bench *bench, const struct form *form, struct facts *seen)
{
	struct facts *told = arena_array(&bench->arena, struct facts, 1);
	bool knows_scans = true;
	const char *said, *done;

	if (bench->version < form->since) {
		print_message("PostgreSQL %d does not have: %s\n", bench->version, form->sql);
		return;
	}
	prepare(bench, form);
	ask_compiler(bench, form, told);
	if (!run_inside(bench, form, seen)) {
		run_watched(bench, form, seen);
		knows_scans = bench->version >= 15;
	}
	level(seen, told, knows_scans);
	said = describe(&bench->arena, told);
	done = describe(&bench->arena, seen);
	if (strcmp(said, done) != 0) {
		print_error("%s\n  (%s)\n  locks.c: %s\n  server:  %s\n", form->sql,
		            form->setup != NULL ? form->setup : "", said, done);
		bench->failed++;
	}
}

/* --- The page --- */

static const char introduction[] =
        "# Locks\n"
        "\n"
        "Which tables a statement of PostgreSQL locks, how, and who waits for it. The compiler\n"
        "knows this table (`compiler/lint/locks.c`), and `tests/locks_test.c` holds it against a\n"
        "server: each statement runs on tables with rows, and `pg_locks`, the tables' files and\n"
        "what was read of them are looked at. This page is written by that test, with PostgreSQL\n"
        "%d.\n"
        "\n"
        "A lock is held to the end of the transaction. A statement that waits for a lock makes\n"
        "everybody wait who comes after it and wants one that conflicts with it: a brief ACCESS\n"
        "EXCLUSIVE is brief only once it has it.\n"
        "\n"
        "*Written anew*: all rows are copied to another file, with all indexes. *Read*: all rows\n"
        "are read while the lock is held. Locks of who only reads are left out: ACCESS SHARE and\n"
        "ROW SHARE make nobody wait but schema changes. So is what triggers and the actions of\n"
        "foreign keys change in turn.\n";

/* A row's cell: something for each table, one below the other. */
static void write_cell(struct bench *bench, const struct facts *facts,
                       const char *(*part)(struct arena *arena, const struct fact *fact))
{
	bool is_first = true;

	buffer_string(&bench->page, " ");
	for (size_t i = 0; i < facts->count; i++) {
		if (facts->items[i].mode < LOCK_ROW_EXCLUSIVE)
			continue;
		buffer_string(&bench->page, is_first ? "" : "<br>");
		buffer_string(&bench->page, part(&bench->arena, &facts->items[i]));
		is_first = false;
	}
	buffer_string(&bench->page, is_first ? "– |" : " |");
}

static const char *part_lock(struct arena *arena, const struct fact *fact)
{
	return arena_format(arena, "%s on `%s`", lock_mode_name(fact->mode), fact->table);
}

static const char *part_waits(struct arena *arena, const struct fact *fact)
{
	(void)arena;
	return lock_mode_blocks(fact->mode);
}

static const char *part_work(struct arena *arena, const struct fact *fact)
{
	(void)arena;
	if (fact->rewrites)
		return "written anew";
	return fact->scans ? "read" : "–";
}

static void write_row(struct bench *bench, const struct form *form, const struct facts *facts)
{
	struct buffer *page = &bench->page;

	if (form->heading != NULL) {
		buffer_string(page, "\n## ");
		buffer_string(page, form->heading);
		buffer_string(page,
		              "\n\n| statement | lock | who waits | rows |\n|---|---|---|---|\n");
	}
	buffer_string(page, "| `");
	buffer_string(page, form->sql);
	buffer_string(page, "`");
	if (form->when != NULL) {
		buffer_string(page, "<br>");
		buffer_string(page, form->when);
	}
	buffer_string(page, " |");
	write_cell(bench, facts, part_lock);
	write_cell(bench, facts, part_waits);
	write_cell(bench, facts, part_work);
	buffer_string(page, "\n");
}

/* The page names the server it was written with; another one may have other forms. */
static void check_page(struct bench *bench)
{
	static const char path[] = "docs/locks.md";
	struct bytes page;
	char *named = format("PostgreSQL\n%d.\n", bench->version);

	if (getenv("INLAY_GOLDEN") != NULL)
		file_write(path, bench->page.start, bench->page.size);
	page = file_read(path);
	assert_non_null(page.start);
	if (strstr(page.start, named) == NULL)
		print_message("%s was written with another server than %d\n", path, bench->version);
	else if (page.size != bench->page.size ||
	         memcmp(page.start, bench->page.start, page.size) != 0)
		fail_msg("%s is not what the test says: INLAY_GOLDEN=rewrite", path);
	free(named);
	free(page.start);
}

/* --- The test --- */

static void locks_are_what_the_server_takes(void **state)
{
	static struct facts seen[sizeof(forms) / sizeof(forms[0])];
	const size_t count = sizeof(forms) / sizeof(forms[0]);
	struct database *database = *state;
	struct bench bench = { .database = database,
		               .version = PQserverVersion(database->postgres) / 10000 };

	bench.holder = postgres_server_connect_as(database->name, "postgres");
	assert_non_null(bench.holder);
	buffer_format(&bench.page, introduction, bench.version);
	if (bench.version >= 15) {
		database_run(database, "SET allow_in_place_tablespaces = on");
		database_run(database, "CREATE TABLESPACE elsewhere LOCATION ''");
	}
	database_run(database, "SET client_min_messages = error; SET timezone = 'Asia/Tokyo';"
	                       "SET enable_seqscan = off; SET jit = off");
	for (size_t i = 0; i < count; i++) /* The tables are made anew as seldom as can be. */
		if (forms[i].setup == NULL)
			check_form(&bench, &forms[i], &seen[i]);
	for (size_t i = 0; i < count; i++)
		if (forms[i].setup != NULL)
			check_form(&bench, &forms[i], &seen[i]);
	for (size_t i = 0; i < count; i++)
		write_row(&bench, &forms[i], &seen[i]);
	if (bench.failed > 0)
		fail_msg("%zu of %zu forms are other than locks.c says", bench.failed, count);
	check_page(&bench);
	PQfinish(bench.holder);
	buffer_clear(&bench.page);
	arena_clear(&bench.arena);
}

static void modes_have_names(void **state)
{
	struct arena arena = { 0 };
	struct name orders = { .schema = "shop", .name = "Orders" };

	(void)state;
	assert_string_equal(lock_mode_name(LOCK_SHARE_ROW_EXCLUSIVE), "SHARE ROW EXCLUSIVE");
	assert_string_equal(lock_mode_blocks(LOCK_ACCESS_EXCLUSIVE), "reads and writes wait");
	assert_string_equal(lock_describe(&arena, LOCK_SHARE, orders),
	                    "SHARE on shop.\"Orders\": writes wait, reads go on");
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_have_names),
		DATABASE_TEST_POSTGRES(locks_are_what_the_server_takes),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
