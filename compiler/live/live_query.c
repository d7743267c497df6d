/* live_query.c - a query of a command's own, of either kind of database. */
#include "live_parts.h"

#include "buffer.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

/* Lines of libpq's that begin with a tab are hints for its own users. */
const char *live_line(struct arena *arena, const char *message)
{
	struct buffer line = { 0 };
	const char *text;

	for (; *message != '\0'; message += *message == '\n') {
		size_t size = strcspn(message, "\n");

		if (*message != '\t' && size > 0) {
			buffer_string(&line, line.size > 0 ? "; " : "");
			for (size_t i = 0; i < size; i++)
				if (message[i] != ' ' || message[i + 1] != ' ')
					buffer_byte(&line, (unsigned char)message[i]);
		}
		message += size;
	}
	text = arena_copy(arena, buffer_contents(&line));
	buffer_clear(&line);
	return text;
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
		live->words = live_line(live->arena, sqlite3_errmsg(live->sqlite));
	(void)sqlite3_finalize(statement);
	return code == SQLITE_DONE;
}

/* Sends it; false, with live->words, unless it was done. */
static bool execute(struct live *live, const struct live_query *query, PGresult **result)
{
	*result = PQexecParams(live->postgres, query->sql, query->parameter_count, NULL,
	                       query->parameters, NULL, NULL, 0);
	if (PQresultStatus(*result) == PGRES_TUPLES_OK ||
	    PQresultStatus(*result) == PGRES_COMMAND_OK)
		return true;
	live->words = live_line(live->arena, PQerrorMessage(live->postgres));
	return false;
}

static bool order(struct live *live, const char *sql)
{
	const struct live_query query = { .sql = sql };
	PGresult *result;
	bool is_done = execute(live, &query, &result);

	PQclear(result);
	return is_done;
}

/* A setting of the session would stay with a pooler's connection, for whoever has it next. */
static bool is_fenced(const struct live *live, const char *sql)
{
	return live->access < LIVE_CHANGE && PQtransactionStatus(live->postgres) == PQTRANS_IDLE &&
	       (strncmp(sql, "SELECT", 6) == 0 || strncmp(sql, "WITH", 4) == 0);
}

static bool execute_fenced(struct live *live, const struct live_query *query, PGresult **result)
{
	bool is_done;

	*result = NULL;
	if (!is_fenced(live, query->sql))
		return execute(live, query, result);
	if (!order(live, "BEGIN READ ONLY"))
		return false;
	is_done = execute(live, query, result);
	if (is_done)
		return order(live, "COMMIT");
	PQclear(PQexec(live->postgres, "ROLLBACK"));
	return false;
}

static bool ask_postgres(struct live *live, const struct live_query *query)
{
	PGresult *result;
	bool is_done = execute_fenced(live, query, &result);
	int count = PQnfields(result);
	const char **columns = arena_array(live->arena, const char *, (size_t)count + 1);

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
