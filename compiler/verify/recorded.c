/* recorded.c - where migrations stand, by the runtime, and rows, by queries: of one moment. */
#include "recorded.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 20

static int64_t number(const char *text, int64_t otherwise)
{
	return text != NULL && *text != '\0' ? (int64_t)strtoll(text, NULL, 10) : otherwise;
}

/* --- What the tables say --- */

struct names {
	struct recorded *recorded;
	const char *table; /* Quoted and qualified; NULL: there is none. */
	const char *state; /* NULL: there is none, or it may not be read. */
};

static void take_names(void *context, const char *const *columns, int count)
{
	struct names *names = context;

	(void)count;
	names->table = arena_string(names->recorded->arena, columns[0]);
	names->state = columns[1] != NULL ? arena_string(names->recorded->arena, columns[1]) : NULL;
}

static bool find_tables(struct live *live, struct names *names)
{
	static const char sqlite[] =
	        "SELECT 'main.\"' || replace(name, '\"', '\"\"') || '\"', (SELECT 'main.\"' || "
	        "replace(s.name, '\"', '\"\"') || '\"' FROM main.sqlite_master s WHERE s.type = "
	        "'table' AND lower(s.name) = lower($1 || '_state')) FROM main.sqlite_master "
	        "WHERE type = 'table' AND lower(name) = lower($1)";
	static const char postgres[] =
	        "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), (SELECT "
	        "pg_catalog.format('%I.%I', n.nspname, s.relname) FROM pg_catalog.pg_class s WHERE "
	        "s.relnamespace = n.oid AND s.relname = $1::text || '_state' AND "
	        "pg_catalog.has_table_privilege(s.oid, 'SELECT')) FROM pg_catalog.pg_class c JOIN "
	        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = $1::text "
	        "AND n.nspname = COALESCE($2::text, pg_catalog.current_schema())";
	const char *parameters[2] = { live->settings.table, live->settings.schema };
	struct live_query query = {
		.sql = live->sqlite != NULL ? sqlite : postgres,
		.parameters = parameters,
		.parameter_count = live->sqlite != NULL ? 1 : 2,
		.row = take_names,
		.context = names,
	};

	return live_query(live, &query);
}

static void take_row(void *context, const char *const *columns, int count)
{
	struct recorded *recorded = context;
	struct recorded_row *row;

	(void)count;
	recorded->rows = arena_grow(recorded->arena, recorded->rows, recorded->row_count,
	                            &recorded->row_capacity, sizeof(*recorded->rows));
	row = &recorded->rows[recorded->row_count++];
	row->version = number(columns[0], -1);
	row->filename = arena_string(recorded->arena, columns[1]);
	row->checksum = arena_string(recorded->arena, columns[2]);
	row->chain = arena_string(recorded->arena, columns[3]);
	row->previous = arena_string(recorded->arena, columns[4]);
}

static void take_table_state(void *context, const char *const *columns, int count)
{
	struct recorded *recorded = context;

	(void)count;
	recorded->format = number(columns[0], -1);
	recorded->fingerprint = arena_string(recorded->arena, columns[1]);
}

static bool read_tables(struct live *live, struct recorded *recorded)
{
	struct names names = { .recorded = recorded };
	struct live_query rows = { .row = take_row, .context = recorded };
	struct live_query state = { .row = take_table_state, .context = recorded };

	if (!find_tables(live, &names))
		return false;
	if (names.table == NULL)
		return true;
	rows.sql = arena_format(recorded->arena,
	                        "SELECT version, filename, checksum, chain, previous FROM %s "
	                        "ORDER BY version",
	                        names.table);
	if (!live_query(live, &rows))
		return false;
	if (names.state == NULL)
		return true;
	state.sql =
	        arena_format(recorded->arena, "SELECT format, fingerprint FROM %s", names.state);
	return live_query(live, &state);
}

/* --- Of one moment --- */

bool recorded_begin(struct live *live)
{
	struct live_query begin = {
		.sql = live->sqlite != NULL ? "BEGIN"
		                            : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	};

	return live_query(live, &begin);
}

void recorded_end(struct live *live)
{
	struct live_query end = { .sql = "ROLLBACK" };

	(void)live_query(live, &end);
}

static const struct recorded_row *find(const struct recorded *recorded, int64_t version)
{
	size_t i;

	for (i = 0; i < recorded->row_count; i++)
		if (recorded->rows[i].version == version)
			return &recorded->rows[i];
	return NULL;
}

/* Has nobody applied or undone anything between the two? */
static bool is_one_moment(const struct recorded *recorded, const struct standing *standing)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < standing->count; i++) {
		const struct inlay_migration_status *status = &standing->rows[i];
		const struct recorded_row *row;

		if (status->version < 0 || status->state == INLAY_STATE_PENDING ||
		    status->state == INLAY_STATE_LATE)
			continue;
		row = find(recorded, status->version);
		if (row == NULL || strcmp(row->checksum, status->checksum) != 0)
			return false;
		count++;
	}
	return count == recorded->row_count;
}

enum exit_code recorded_read(struct recorded *recorded, struct standing *standing,
                             struct live *live, const struct inlay_set *set)
{
	int i;

	for (i = 0; i < TRIES_MAX; i++) {
		/* The runtime wants an idle connection. */
		enum exit_code code = standing_read(standing, live, set);

		if (code != EXIT_DONE)
			return code;
		*recorded =
		        (struct recorded){ .arena = live->arena, .format = -1, .fingerprint = "" };
		if (!recorded_begin(live) || !read_tables(live, recorded)) {
			recorded_end(live);
			return live_fail(live, NULL, "%s: the tracking tables can not be read: %s",
			                 live->address.shown, live->words);
		}
		if (is_one_moment(recorded, standing))
			return EXIT_DONE;
		recorded_end(live);
	}
	return live_fail(live, "wait until they are through",
	                 "%s: others are migrating all the while", live->address.shown);
}
