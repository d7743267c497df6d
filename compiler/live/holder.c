/* holder.c - asks PostgreSQL for locks and sessions; knows which lock the gate is (runtime/gate.c).
 */
#include "holder.h"

#include "table.h"

#include <string.h>

#define IDLE_MS 1000 /* Who is at work is idle between two commands, too. */

/* $1 is the table as it is named, $2 the schema or NULL.  The gate is an advisory lock whose key is
 * made of both, or the row of the state's table; whoever has locked the table itself is in the way,
 * too. */
#define TABLES_SQL                                                                                 \
	"WITH s AS (SELECT COALESCE(CAST($2 AS TEXT), pg_catalog.current_schema()) AS name),"      \
	" n AS (SELECT '\"' || pg_catalog.replace(s.name, '\"', '\"\"') || '\".\"' AS start,"      \
	" pg_catalog.replace(CAST($1 AS TEXT), '\"', '\"\"') AS name FROM s),"                     \
	" t AS (SELECT pg_catalog.hashtextextended(start || name || '\"', 0) AS key,"              \
	" CAST(pg_catalog.to_regclass(start || name || '\"') AS OID) AS own,"                      \
	" CAST(pg_catalog.to_regclass(start || name || '_state\"') AS OID) AS state FROM n)"

#define HOLDER_COLUMNS                                                                             \
	"SELECT DISTINCT CAST(a.pid AS TEXT), pg_catalog.concat_ws(', ', 'backend ' || a.pid,"     \
	" 'role ' || a.usename, 'application ' || NULLIF(a.application_name, ''),"                 \
	" 'address ' || pg_catalog.host(a.client_addr)),"                                          \
	" a.state, CAST(CAST(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - a.state_change) * " \
	"1000"                                                                                     \
	" AS BIGINT) AS TEXT),"                                                                    \
	" pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00',"  \
	" pg_catalog.regexp_replace(pg_catalog.left(a.query, 200), '\\s+', ' ', 'g')"

static const char locks_sql[] = TABLES_SQL HOLDER_COLUMNS
        " FROM t, pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
        " WHERE l.granted AND a.pid <> pg_catalog.pg_backend_pid()"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
        "pg_catalog.current_database())"
        " AND ((l.locktype = 'advisory' AND l.objsubid = 1"
        " AND (CAST(l.classid AS BIGINT) << 32 | CAST(l.objid AS BIGINT)) = t.key)"
        " OR (l.locktype = 'relation' AND l.relation = t.state AND l.mode = 'RowShareLock')"
        " OR (l.locktype = 'relation' AND l.relation IN (t.own, t.state) AND l.mode IN"
        " ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')))"
        " ORDER BY 1";

/* The process that a row names, which is %s. */
static const char owners_sql[] =
        HOLDER_COLUMNS " FROM %s t JOIN pg_catalog.pg_stat_activity a"
                       " ON a.pid = CAST(pg_catalog.substring(t.backend, '^[0-9]{1,9}') AS INTEGER)"
                       " AND COALESCE(CAST(EXTRACT(EPOCH FROM a.backend_start) AS TEXT)"
                       " = NULLIF(pg_catalog.split_part(t.backend, ' ', 2), ''), true)"
                       " WHERE t.progress IS NOT NULL AND t.status <> 'failed'"
                       " AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY 1";

static const char *describe(struct arena *arena, const char *state, const char *since_ms,
                            const char *begun)
{
	int64_t since = 0;

	if (state == NULL)
		return "this role is not told what it does";
	if (since_ms == NULL || !options_number(since_ms, 0, &since))
		since = 0;
	return arena_format(arena, "%s for %s%s%s", state, table_duration(arena, since),
	                    begun != NULL ? ", in a transaction since " : "",
	                    begun != NULL ? begun : "");
}

static void take(void *context, const char *const *columns, int column_count)
{
	struct holders *holders = context;
	struct arena *arena = holders->live->arena;
	struct holder *holder;
	int64_t since_ms;
	size_t i;

	(void)column_count;
	for (i = 0; i < holders->count; i++)
		if (strcmp(holders->items[i].pid, columns[0]) == 0)
			return;
	holders->items = arena_grow(arena, holders->items, holders->count, &holders->capacity,
	                            sizeof(*holders->items));
	holder = &holders->items[holders->count++];
	holder->pid = arena_string(arena, columns[0]);
	holder->words = arena_string(arena, columns[1]);
	holder->doing = describe(arena, columns[2], columns[3], columns[4]);
	holder->command = arena_string(arena, columns[2] != NULL ? columns[5] : "");
	holder->is_idle = columns[2] != NULL && strncmp(columns[2], "idle", 4) == 0 &&
	                  columns[3] != NULL && options_number(columns[3], IDLE_MS, &since_ms);
}

static void take_name(void *context, const char *const *columns, int column_count)
{
	struct holders *holders = context;

	(void)column_count;
	if (columns[0] != NULL)
		holders->live->words = arena_string(holders->live->arena, columns[0]);
}

bool holder_find(struct holders *holders, struct live *live)
{
	const char *parameters[] = { live->settings.table, live->settings.schema };
	struct live_query query = { locks_sql, parameters, 2, take, holders };

	*holders = (struct holders){ .live = live };
	if (live->postgres == NULL)
		return true;
	if (!live_query(live, &query))
		return false;
	live->words = "";
	query.sql = TABLES_SQL " SELECT CAST(CAST(t.own AS REGCLASS) AS TEXT) FROM t";
	query.row = take_name;
	if (!live_query(live, &query))
		return false;
	if (live->words[0] == '\0')
		return true;
	query = (struct live_query){ arena_format(live->arena, owners_sql, live->words), NULL, 0,
		                     take, holders };
	return live_query(live, &query);
}

static void take_yes(void *context, const char *const *columns, int column_count)
{
	bool *is_ended = context;

	(void)column_count;
	*is_ended = columns[0] != NULL && columns[0][0] == 't';
}

bool holder_end(struct live *live, const struct holder *holder)
{
	bool is_ended = false;
	struct live_query query = {
		"SELECT pg_catalog.pg_terminate_backend(CAST($1 AS INTEGER))",
		&holder->pid,
		1,
		take_yes,
		&is_ended,
	};

	if (!live_query(live, &query))
		return false;
	live->words = "it is gone already";
	return is_ended;
}
