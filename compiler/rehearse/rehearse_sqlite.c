/* rehearse_sqlite.c - SQLite as a stage: in memory, without a way to any file. */
#include "play.h"
#include "rows.h"

#include <sqlite3.h>
#include <string.h>

struct place {
	sqlite3 *database;
	/* The catalog that was read last, and PRAGMA schema_version then; -1: read it again. */
	const struct catalog *catalog;
	int64_t version;
};

sqlite3 *stage_sqlite(const struct stage *stage)
{
	const struct place *place = stage->place;

	return place->database;
}

/* --- What a script must not do here, and what it does to tables --- */

/* Only what has no file may be attached.  (VACUUM INTO is an ATTACH, too.) */
static int judge_attach(struct stage *stage, const char *file)
{
	if (file != NULL && (file[0] == '\0' || strcmp(file, ":memory:") == 0))
		return SQLITE_OK;
	stage->refused = "open files, as ATTACH and VACUUM INTO do";
	return SQLITE_DENY;
}

/* Those of the process and of its files stay as they are. */
static int judge_pragma(struct stage *stage, const char *name, const char *value)
{
	struct place *place = stage->place;

	static const char *const others[] = { "hard_heap_limit", "soft_heap_limit",
		                              "temp_store_directory", "data_store_directory" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (sqlite3_stricmp(name, others[i]) == 0)
			return SQLITE_IGNORE;
	if (value != NULL && sqlite3_stricmp(name, "schema_version") == 0)
		place->version = -1;
	return SQLITE_OK;
}

/* Is the statement at hand a DROP or an ALTER, which says nothing of other tables' rows? */
static bool is_definition(const struct stage *stage)
{
	struct text word = { NULL, 0 };

	if (stage->scene != NULL)
		word = scene_statement(stage->scene, stage->statement + 1);
	return text_equals_folded(word, "drop") || text_equals_folded(word, "alter");
}

static void notice(struct stage *stage, int action, const char *name)
{
	struct rows_table *table =
	        stage->rows != NULL && name != NULL ? rows_find(stage->rows, name) : NULL;

	if (table == NULL)
		return;
	table->is_dirty = true;
	if (action == SQLITE_DROP_TABLE)
		table->is_meant = true;
	if (action == SQLITE_DELETE && is_definition(stage)) {
		if (table->lost_at == 0)
			table->lost_at = stage->statement + 1;
	} else if (action == SQLITE_DELETE) {
		table->is_meant = true;
	}
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
	struct stage *stage = context;

	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_ATTACH: return judge_attach(stage, first);
	case SQLITE_PRAGMA: return judge_pragma(stage, first, second);
	case SQLITE_ALTER_TABLE: notice(stage, action, second); break;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_DROP_TABLE: notice(stage, action, first); break;
	default: break;
	}
	return SQLITE_OK;
}

/* --- Stand-ins for what the application brings --- */

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

static void add_stand_ins(struct stage *stage, sqlite3 *database)
{
	const struct requirements *requirements = &stage->requirements;
	size_t i;

	for (i = 0; i < requirements->count; i++) {
		const char *name = arena_copy(stage->rehearsal->arena, requirements->names[i]);

		sqlite3_create_function_v2(database, name, -1, SQLITE_UTF8, NULL, answer_null, NULL,
		                           NULL, NULL);
		sqlite3_create_collation_v2(database, name, SQLITE_UTF8, NULL, compare_bytes, NULL);
	}
}

/* --- The stage --- */

static void close_database(struct stage *stage)
{
	struct place *place = stage->place;

	sqlite3_close_v2(place->database);
	place->database = NULL;
}

static bool open_database(struct stage *stage)
{
	struct place *place = stage->place;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;

	close_database(stage);
	*place = (struct place){ .version = -1 };
	if (sqlite3_open_v2(":memory:", &place->database, flags, NULL) != SQLITE_OK)
		return false;
	add_stand_ins(stage, place->database);
	sqlite3_exec(place->database, "PRAGMA foreign_keys = on; PRAGMA temp_store = memory", NULL,
	             NULL, NULL);
	sqlite3_set_authorizer(place->database, authorize, stage);
	return true;
}

static void count_statements(void *context, const struct inlay_event *event)
{
	struct stage *stage = context;

	if (event->kind == INLAY_EVENT_APPLYING || event->kind == INLAY_EVENT_ROLLING_BACK)
		stage->statement = 0;
	else if (event->kind == INLAY_EVENT_STATEMENT)
		stage->statement = event->statement;
}

static enum inlay_result up(struct stage *stage, const struct inlay_set *set,
                            const struct inlay_options *options, struct inlay_error *error)
{
	struct inlay_options listening = *options;

	listening.on_event = count_statements;
	listening.context = stage;
	return ensure_migrated_sqlite(stage_sqlite(stage), set, &listening, error);
}

static enum inlay_result down(struct stage *stage, const struct inlay_set *set,
                              const struct inlay_options *options, struct inlay_error *error)
{
	struct inlay_options listening = *options;
	struct inlay_rollback_scope last = inlay_rollback_last(1);

	listening.on_event = count_statements;
	listening.context = stage;
	return inlay_rollback_sqlite(stage_sqlite(stage), set, &last, &listening, error);
}

static bool run(struct stage *stage, const char *sql)
{
	return sqlite3_exec(stage_sqlite(stage), sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void count(struct stage *stage, const char *query, int64_t *numbers, size_t size)
{
	sqlite3_stmt *row = NULL;
	bool is_good =
	        sqlite3_prepare_v2(stage_sqlite(stage), query, -1, &row, NULL) == SQLITE_OK &&
	        sqlite3_step(row) == SQLITE_ROW;
	size_t i;

	for (i = 0; i < size; i++)
		numbers[i] = is_good ? sqlite3_column_int64(row, (int)i) : -1;
	sqlite3_finalize(row);
}

static const struct catalog *look(struct stage *stage)
{
	struct place *place = stage->place;
	int64_t version;

	count(stage, "PRAGMA schema_version", &version, 1);
	if (version < 0 || version != place->version || place->catalog == NULL)
		place->catalog = catalog_sqlite(stage->rehearsal->arena, place->database,
		                                place->catalog, STAGE_TABLE);
	place->version = version;
	return place->catalog;
}

static const char *words(struct stage *stage)
{
	return arena_copy(stage->rehearsal->arena, text_of(sqlite3_errmsg(stage_sqlite(stage))));
}

static const struct stage_driver driver = {
	.dialect = DIALECT_SQLITE,
	.open = open_database,
	.close = close_database,
	.up = up,
	.down = down,
	.look = look,
	.run = run,
	.count = count,
	.words = words,
	.describe = rows_describe_sqlite,
};

void rehearse_sqlite(struct rehearsal *rehearsal)
{
	struct place place = { .database = NULL };

	play_rehearse(rehearsal, &driver, &place);
}
