/* scratch.c - scratch databases, and what is put into them so that a set runs. */
#include "scratch.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STAND_IN_MAX 200 /* Things that the application brings. */

/* --- SQLite --- */

static void answer_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static int compare_bytes(void *context, int a_size, const void *a, int b_size, const void *b)
{
	int order = memcmp(a, b, (size_t)(a_size < b_size ? a_size : b_size));

	(void)context;
	return order != 0 ? order : a_size - b_size;
}

/* No migration of a scratch database gets at a file. */
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
	(void)context;
	(void)second;
	(void)database;
	(void)trigger;
	if (action == SQLITE_ATTACH && first != NULL && first[0] != '\0' &&
	    strcmp(first, ":memory:") != 0)
		return SQLITE_DENY;
	return SQLITE_OK;
}

static const char *open_sqlite(struct scratch *scratch)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;

	if (sqlite3_open_v2(":memory:", &scratch->live.sqlite, flags, NULL) != SQLITE_OK)
		return "no database in memory can be opened";
	(void)sqlite3_set_authorizer(scratch->live.sqlite, authorize, NULL);
	return NULL;
}

/* --- PostgreSQL --- */

static void quiet(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static const char *in_one_line(struct arena *arena, const PGconn *connection)
{
	char *words = arena_copy(arena, text_trim(text_of(PQerrorMessage(connection))));
	char *at;

	for (at = words; (at = strpbrk(at, "\n\t")) != NULL;)
		*at = ' ';
	return words;
}

static PGconn *connect_to(const struct scratch *scratch, const char *name)
{
	const char *const keywords[] = { "dbname", "fallback_application_name", "client_encoding",
		                         name != NULL ? "dbname" : NULL, NULL };
	const char *const values[] = { scratch->server.url, "inlay", "UTF8", name, NULL };
	PGconn *connection = PQconnectdbParams(keywords, values, 1);

	PQsetNoticeProcessor(connection, quiet, NULL);
	return connection;
}

/* NULL, or what the server says. */
static const char *run(struct arena *arena, PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	return is_good ? NULL : in_one_line(arena, connection);
}

static const char *create_database(struct scratch *scratch)
{
	struct arena *arena = scratch->live.arena;
	PGconn *connection = connect_to(scratch, NULL);
	const char *trouble = NULL;
	const char *name;

	/* So named, server_stop() drops it. */
	name = arena_format(arena, "inlay_rehearsal_%d_verify", (int)getpid());
	if (PQstatus(connection) != CONNECTION_OK)
		trouble = "the server of --rehearse can not be reached";
	else
		trouble = run(arena, connection,
		              arena_format(arena, "CREATE DATABASE %s TEMPLATE template0", name));
	PQfinish(connection);
	if (trouble != NULL)
		return trouble;
	scratch->name = name;
	scratch->live.postgres = connect_to(scratch, name);
	return PQstatus(scratch->live.postgres) == CONNECTION_OK
	               ? NULL
	               : "the scratch database can not be reached";
}

struct search {
	struct arena *arena;
	const char *schema;
	const char *path;
};

static void take_search(void *context, const char *const *columns, int count)
{
	struct search *search = context;

	(void)count;
	if (columns[0] != NULL && strcmp(columns[0], "public") != 0)
		search->schema = arena_string(search->arena, columns[0]);
	search->path = arena_string(search->arena, columns[1]);
}

/* Where unqualified names go in the live database, they go here. */
static const char *set_search(struct scratch *scratch, struct live *model)
{
	struct search search = { .arena = model->arena };
	struct live_query ask = {
		.sql = "SELECT pg_catalog.current_schema(), "
		       "pg_catalog.current_setting('search_path')",
		.row = take_search,
		.context = &search,
	};
	struct live_query set = {
		.sql = "SELECT pg_catalog.set_config('search_path', $1, false)",
		.parameters = &search.path,
		.parameter_count = 1,
	};

	if (!live_query(model, &ask))
		return model->words;
	if (scratch->live.settings.schema == NULL)
		scratch->live.settings.schema = search.schema;
	return live_query(&scratch->live, &set) ? NULL : scratch->live.words;
}

static const char *open_postgres(struct scratch *scratch, struct live *model, const char *rehearse)
{
	struct arena *arena = model->arena;
	const char *trouble;

	scratch->is_ours = rehearse == NULL || strcmp(rehearse, "auto") == 0;
	trouble = scratch->is_ours ? server_start(arena, &scratch->server)
	                           : server_use(arena, &scratch->server, rehearse);
	if (trouble == NULL)
		trouble = create_database(scratch);
	return trouble != NULL ? trouble : set_search(scratch, model);
}

/* --- Both --- */

const char *scratch_open(struct scratch *scratch, struct live *model, const char *rehearse)
{
	struct inlay_options settings = inlay_options_init();

	settings.auto_migrate = 1;
	settings.dry_run = 0;
	settings.cache_ttl_ms = 0;
	settings.rollout_percent = 100;
	settings.lock_timeout_ms = 30000;
	settings.user_version = INLAY_USER_VERSION_NEVER;
	settings.table = model->settings.table;
	settings.schema = model->settings.schema;
	*scratch = (struct scratch){
		.live = { .arena = model->arena,
		          .command = model->command,
		          .address = { .dialect = model->address.dialect },
		          .access = LIVE_WRITE,
		          .settings = settings,
		          .words = "" },
		.server = { .lifeline = -1, .child = -1 },
	};
	if (model->address.dialect == DIALECT_SQLITE)
		return open_sqlite(scratch);
	return open_postgres(scratch, model, rehearse);
}

void scratch_close(struct scratch *scratch)
{
	live_close(&scratch->live);
	server_stop(&scratch->server);
}

/* What stands behind `lead` in the message, up to `end`. */
static const char *name_behind(struct arena *arena, const char *message, const char *lead,
                               const char *end)
{
	const char *found = strstr(message, lead);

	if (found == NULL)
		return NULL;
	found += strlen(lead);
	return arena_format(arena, "%.*s", (int)strcspn(found, end), found);
}

static bool stand_in_sqlite(struct scratch *scratch, const char *message)
{
	struct arena *arena = scratch->live.arena;
	const char *function = name_behind(arena, message, "no such function: ", " ");
	const char *collation = name_behind(arena, message, "no such collation sequence: ", " ");
	sqlite3 *database = scratch->live.sqlite;

	if (function != NULL)
		return sqlite3_create_function_v2(database, function, -1,
		                                  SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
		                                  answer_null, NULL, NULL, NULL) == SQLITE_OK;
	return collation != NULL &&
	       sqlite3_create_collation_v2(database, collation, SQLITE_UTF8, NULL, compare_bytes,
	                                   NULL) == SQLITE_OK;
}

static bool stand_in_role(struct scratch *scratch, const struct inlay_error *error)
{
	struct arena *arena = scratch->live.arena;
	const char *role = name_behind(arena, error->message, "role \"", "\"");
	char *quoted;
	const char *trouble;

	if (!scratch->is_ours || role == NULL || strcmp(error->sqlstate, "42704") != 0)
		return false;
	quoted = PQescapeIdentifier(scratch->live.postgres, role, strlen(role));
	trouble = run(arena, scratch->live.postgres,
	              arena_format(arena, "CREATE ROLE %s", quoted != NULL ? quoted : ""));
	PQfreemem(quoted);
	return trouble == NULL;
}

const char *scratch_migrate(struct scratch *scratch, const struct inlay_set *set,
                            int64_t to_version)
{
	struct inlay_error error = inlay_error_init();
	bool is_helped = true;
	int i;

	scratch->live.settings.to_version = to_version;
	for (i = 0; i < STAND_IN_MAX && is_helped; i++) {
		error = inlay_error_init();
		if (live_ensure(&scratch->live, set, &error) == INLAY_OK)
			return NULL;
		is_helped = scratch->live.sqlite != NULL ? stand_in_sqlite(scratch, error.message)
		                                         : stand_in_role(scratch, &error);
	}
	return arena_string(scratch->live.arena, error.message);
}

const struct catalog *scratch_look(struct live *live)
{
	const struct catalog *catalog;

	if (live->sqlite != NULL)
		catalog = catalog_sqlite(live->arena, live->sqlite, NULL, live->settings.table);
	else
		catalog = catalog_postgres(live->arena, live->postgres, NULL, live->settings.table,
		                           &live->words);
	if (catalog == NULL && live->sqlite != NULL)
		live->words = arena_string(live->arena, sqlite3_errmsg(live->sqlite));
	return catalog;
}
