/* sqlite_oracle.c - asks sqlite3_prepare_v2() where the rest begins, again and again. */
#include "oracle.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* One database serves all scripts: nothing is ever run in it. */
static sqlite3 *open_database(void)
{
	static sqlite3 *database;

	if (database == NULL) {
		if (sqlite3_open(":memory:", &database) != SQLITE_OK)
			abort();
		if (sqlite3_exec(database, "CREATE TABLE t(a, b, c); CREATE TABLE u(a, b, c);",
		                 NULL, NULL, NULL) != SQLITE_OK)
			abort();
	}
	return database;
}

void sqlite_oracle(struct oracle_text script, struct oracle_answer *answer)
{
	sqlite3 *database = open_database();
	const char *at = script.start;
	const char *end = script.start + script.size;

	answer->judged = true;
	while (at < end) {
		sqlite3_stmt *statement = NULL;
		const char *rest = NULL;
		int result = sqlite3_prepare_v2(database, at, -1, &statement, &rest);

		sqlite3_finalize(statement);
		if (rest == NULL || rest <= at ||
		    (result != SQLITE_OK && rest[-1] != ';' && rest != end)) {
			answer->judged = false;
			return;
		}
		oracle_add(answer, at, (size_t)(rest - at));
		at = rest;
	}
}
