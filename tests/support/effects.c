/* effects.c - the two sets, and the arithmetic of what may be there. */
#include "effects.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ALONE "-- migrate:up transaction:false\n"

static const struct set_file transactional[] = {
	{ "1_a.sql", "INSERT INTO effect VALUES (10);\nCREATE TABLE t1 (id INTEGER);\n" },
	{ "2_b.sql", "CREATE TABLE t2 (id INTEGER);\nINSERT INTO effect VALUES (20);\n"
	             "INSERT INTO effect VALUES (21);\n" },
	{ "3_c.sql", "INSERT INTO effect VALUES (30);\nALTER TABLE t2 ADD COLUMN v INTEGER;\n" },
	{ "4_d.sql", "CREATE INDEX t1_id ON t1 (id);\nINSERT INTO effect VALUES (40);\n" },
	{ "5_e.sql", "DROP TABLE t2;\nINSERT INTO effect VALUES (50);\n" },
	{ "6_f.sql", "INSERT INTO effect VALUES (60);\nINSERT INTO effect VALUES (61);\n" },
	SET_END,
};
#define TRANSACTIONAL_ALL "10\n20\n21\n30\n40\n50\n60\n61"

#define MIXED(index)                                                                               \
	{                                                                                          \
		{ "1_t.sql", "CREATE TABLE t (id INTEGER, v INTEGER);\n"                           \
			     "INSERT INTO t VALUES (1, 2);\nINSERT INTO effect VALUES (10);\n" },  \
		        { "2_alone.sql", ALONE "INSERT INTO effect VALUES (20);\n"                 \
			                       "INSERT INTO effect VALUES (21);\n"                 \
			                       "INSERT INTO effect VALUES (22);\n" },              \
		        { "3_b.sql", "INSERT INTO effect VALUES (30);\n" },                        \
		        { "4_index.sql", ALONE index " one ON t (id);\n" },                        \
		        { "5_c.sql", "INSERT INTO effect VALUES (50);\n" },                        \
		        { "6_two.sql",                                                             \
			  ALONE index " two_a ON t (v);\n" index " two_b ON t (id, v);\n" },       \
		        { "7_d.sql", "INSERT INTO effect VALUES (70);\n" }, SET_END,               \
	}
#define MIXED_ALL "10\n20\n21\n22\n30\n50\n70"

static const struct set_file mixed_sqlite[] = MIXED("CREATE INDEX");
static const struct set_file mixed_postgres[] = MIXED("CREATE INDEX CONCURRENTLY");

struct compiled_set effects_compile(enum effects_kind kind, enum inlay_dialect dialect)
{
	const struct set_file *files = transactional;
	struct compiled_set compiled;

	if (kind == EFFECTS_MIXED)
		files = dialect == INLAY_DIALECT_SQLITE ? mixed_sqlite : mixed_postgres;
	compiled = set_compile(files, dialect);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	return compiled;
}

void effects_prepare(struct database *database)
{
	database_clear(database);
	database_run(database, "CREATE TABLE effect (number INTEGER)");
}

static int ask_number(struct database *database, const char *format, int number)
{
	char sql[500];

	(void)snprintf(sql, sizeof(sql), format, number, number);
	return (int)strtol(database_ask(database, sql), NULL, 10);
}

static bool is_tracked(struct database *database)
{
	const char *sql = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'";

	if (database->dialect == INLAY_DIALECT_POSTGRES)
		sql = "SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'";
	return strcmp(database_ask(database, sql), "1") == 0;
}

static int count_applied(struct database *database)
{
	int count;

	if (!is_tracked(database))
		return 0;
	count = ask_number(database,
	                   "SELECT count(*) FROM schema_migrations WHERE progress IS NULL", 0);
	if (ask_number(database,
	               "SELECT COALESCE(max(version), 0) FROM schema_migrations"
	               " WHERE progress IS NULL",
	               0) != count)
		fail_msg("%s", database_ask(database, "SELECT version, status, progress"
		                                      " FROM schema_migrations ORDER BY version"));
	return count;
}

static const char *all_effects(enum effects_kind kind)
{
	return kind == EFFECTS_MIXED ? MIXED_ALL : TRANSACTIONAL_ALL;
}

/* Those of the first `count` migrations, as database_ask() gives them.  Static. */
static const char *effects_of(enum effects_kind kind, int count)
{
	static char text[200];
	const char *next = all_effects(kind);

	text[0] = '\0';
	while (*next != '\0') {
		size_t used = strlen(text);
		int size = (int)strcspn(next, "\n");

		if (strtol(next, NULL, 10) / 10 <= count)
			(void)snprintf(text + used, sizeof(text) - used, "%s%.*s",
			               used > 0 ? "\n" : "", size, next);
		next += size + (next[size] == '\n');
	}
	return text;
}

static bool is_alone(enum effects_kind kind, int version)
{
	return kind == EFFECTS_MIXED && version == 2;
}

int effects_expect_prefix(struct database *database, enum effects_kind kind)
{
	int count = count_applied(database);
	char sql[200];

	(void)snprintf(sql, sizeof(sql), "SELECT number FROM effect WHERE number < %d ORDER BY 1",
	               (count + 1) * 10);
	database_expect(database, sql, effects_of(kind, count));
	(void)snprintf(sql, sizeof(sql), "SELECT number FROM effect WHERE number >= %d",
	               (count + (is_alone(kind, count + 1) ? 2 : 1)) * 10);
	database_expect(database, sql, "");
	database_expect(database, "SELECT number FROM effect GROUP BY number HAVING count(*) > 1",
	                "");
	return count;
}

void effects_expect_completion(struct database *database, enum effects_kind kind,
                               const struct inlay_set *set)
{
	database_expect_result(database, database_ensure_set(database, set), INLAY_OK);
	database_expect(database, "SELECT number FROM effect ORDER BY 1", all_effects(kind));
	assert_int_equal(count_applied(database), kind == EFFECTS_MIXED ? 7 : 6);
	if (kind == EFFECTS_MIXED && database->dialect == INLAY_DIALECT_POSTGRES)
		database_expect(database,
		                "SELECT c.relname, i.indisvalid FROM pg_index i"
		                " JOIN pg_class c ON c.oid = i.indexrelid"
		                " WHERE i.indrelid = 't'::regclass ORDER BY 1",
		                "one|t\ntwo_a|t\ntwo_b|t");
	else if (kind == EFFECTS_MIXED)
		database_expect(database, "SELECT name FROM pragma_index_list('t') ORDER BY 1",
		                "one\ntwo_a\ntwo_b");
	database_expect_result(database, database_ensure_set(database, set), INLAY_OK);
	assert_int_equal(database->error.applied_count, 0);
}

void effects_wait_for_orphans(struct database *database)
{
	const struct timespec pause = { 0, 1000000 };

	for (int i = 0; i < 20000; i++) {
		if (strcmp(database_ask(database, "SELECT count(*) FROM pg_stat_activity"
		                                  " WHERE datname = current_database()"
		                                  " AND pid <> pg_backend_pid()"),
		           "0") == 0)
			return;
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("a connection does not end");
}
