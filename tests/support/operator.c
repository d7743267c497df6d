/* operator.c - knows the set EFFECTS_MIXED, as a person would. */
#include "operator.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* What one can see of migrations 2, 4 and 6, and how to make an index that is not valid go. */
static const struct look {
	const char *version;
	const char *sqlite;
	const char *postgres;
} looks[] = {
	{ "2", "SELECT count(*) FROM effect WHERE number / 10 = 2",
	  "SELECT count(*) FROM effect WHERE number / 10 = 2" },
	{ "4", "SELECT count(*) FROM sqlite_master WHERE name = 'one'",
	  "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = to_regclass('one')" },
	{ "6", "SELECT count(*) FROM sqlite_master WHERE name IN ('two_a', 'two_b')",
	  "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN"
	  " (to_regclass('two_a'), to_regclass('two_b'))" },
};

static void drop_invalid_indexes(struct database *database)
{
	char name[100];

	for (;;) {
		char sql[140];

		(void)snprintf(name, sizeof(name), "%s",
		               database_ask(database, "SELECT indexrelid::regclass FROM pg_index"
		                                      " WHERE NOT indisvalid LIMIT 1"));
		if (name[0] == '\0')
			return;
		(void)snprintf(sql, sizeof(sql), "DROP INDEX %s", name);
		database_run(database, sql);
	}
}

void operator_help(struct database *database)
{
	const char *exists = database_either(
	        database, "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'",
	        "SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'");

	if (strcmp(database_ask(database, exists), "1") != 0)
		return;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		char sql[300];
		char progress[20];

		(void)snprintf(progress, sizeof(progress), "%s",
		               database_ask(database, database_either(database, looks[i].sqlite,
		                                                      looks[i].postgres)));
		(void)snprintf(sql, sizeof(sql),
		               "UPDATE schema_migrations SET status = 'failed', progress = %s"
		               " WHERE version = %s AND status = 'running'",
		               progress, looks[i].version);
		database_run(database, sql);
	}
	if (database->dialect == INLAY_DIALECT_POSTGRES)
		drop_invalid_indexes(database);
}
