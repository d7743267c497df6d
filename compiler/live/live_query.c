/* live_query.c - a query of a command's own, of either kind of database. */
#include "live.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

static const char *one_line(struct arena *arena, const char *message)
{
	char *words = arena_copy(arena, text_trim(text_of(message)));

	for (char *c = words; *c != '\0'; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return words;
}

static bool ask_sqlite(struct live *live, const struct live_query *query)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(live->sqlite, query->sql, -1, &statement, NULL);
	int count = sqlite3_column_count(statement);
	const char **columns = arena_array(live->arena, const char *, (size_t)count + 1);

	for (int i = 0; code == SQLITE_OK && i < query->parameter_count; i++)
		code = sqlite3_bind_text(statement, i + 1, query->parameters[i], -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
			for (int i = 0; i < count; i++)
				columns[i] = (const char *)sqlite3_column_text(statement, i);
			if (query->row != NULL)
				query->row(query->context, columns, count);
		}
	if (code != SQLITE_DONE)
		live->words = one_line(live->arena, sqlite3_errmsg(live->sqlite));
	(void)sqlite3_finalize(statement);
	return code == SQLITE_DONE;
}

static bool ask_postgres(struct live *live, const struct live_query *query)
{
	PGresult *result = PQexecParams(live->postgres, query->sql, query->parameter_count, NULL,
	                                query->parameters, NULL, NULL, 0);
	int count = PQnfields(result);
	const char **columns = arena_array(live->arena, const char *, (size_t)count + 1);
	bool is_done = PQresultStatus(result) == PGRES_TUPLES_OK ||
	               PQresultStatus(result) == PGRES_COMMAND_OK;

	if (!is_done)
		live->words = one_line(live->arena, PQerrorMessage(live->postgres));
	for (int row = 0; is_done && query->row != NULL && row < PQntuples(result); row++) {
		for (int i = 0; i < count; i++)
			columns[i] =
			        PQgetisnull(result, row, i) ? NULL : PQgetvalue(result, row, i);
		query->row(query->context, columns, count);
	}
	PQclear(result);
	return is_done;
}

bool live_query(struct live *live, const struct live_query *query)
{
	return live->sqlite != NULL ? ask_sqlite(live, query) : ask_postgres(live, query);
}
