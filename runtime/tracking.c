/* tracking.c - the tracking tables' shape and how they are read; record.c writes their rows. */
#include "tracking.h"

#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SQL_SIZE_MAX    4096
#define NUMBER_SIZE_MAX 24

/* Where the two dialects part. */
struct words {
	const char *find;        /* Schema, columns of table $1, columns of table $2. */
	const char *same_schema; /* Is table t the current schema's own?  $1 is its quoted name. */
	const char *utc;         /* A time as text, around a column's name. */
	const char *utc_end;
	const char *now;
	const char *version_type;
	const char *time_type;
	const char *sequence_type;
};

static const struct words sqlite_words = {
	.find = "SELECT 'main', (SELECT group_concat(name, ',') FROM pragma_table_info($1, "
	        "'main')),"
	        " (SELECT group_concat(name, ',') FROM pragma_table_info($2, 'main'))",
	.same_schema = "CASE WHEN $1 IS NOT NULL THEN 't' END",
	.utc = "",
	.utc_end = " || '+00'",
	.now = "CURRENT_TIMESTAMP",
	.version_type = "INTEGER",
	.time_type = "TEXT",
	.sequence_type = "INTEGER PRIMARY KEY",
};

#define COLUMNS_OF(parameter)                                                                      \
	" (SELECT pg_catalog.string_agg(a.attname, ',' ORDER BY a.attnum)"                         \
	" FROM pg_catalog.pg_attribute a"                                                          \
	" JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"                                        \
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"                                \
	" WHERE n.nspname = pg_catalog.current_schema() AND c.relname = " parameter                \
	" AND a.attnum > 0 AND NOT a.attisdropped)"

static const struct words postgres_words = {
	.find = "SELECT pg_catalog.current_schema()," COLUMNS_OF("$1") "," COLUMNS_OF("$2"),
	.same_schema = "t.tableoid = pg_catalog.to_regclass(pg_catalog.quote_ident("
	               "pg_catalog.current_schema()) || '.' || CAST($1 AS TEXT))",
	.utc = "pg_catalog.to_char(",
	.utc_end = " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'",
	.now = "pg_catalog.clock_timestamp()",
	.version_type = "BIGINT",
	.time_type = "TIMESTAMPTZ",
	.sequence_type = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
};

/* A table of ours has all of these; another tool's has not. */
static const char *const own_columns[] = {
	"version",  "filename", "applied_at", "checksum",      "source_checksum", "chain",
	"previous", "floor",    "status",     "progress",      "attempt",         "duration_ms",
	"actor",    "up",       "down",       "inlay_version",
};

static const struct words *words_of(const struct tracking *tracking)
{
	bool is_sqlite = tracking->session->driver->dialect == INLAY_DIALECT_SQLITE;

	return is_sqlite ? &sqlite_words : &postgres_words;
}

void tracking_add_parameter(struct command *command, const char *text)
{
	command->parameters[command->parameter_count++] = text;
}

enum outcome tracking_run(struct tracking *tracking, struct command *command, const char *format,
                          ...)
{
	char sql[SQL_SIZE_MAX];
	va_list arguments;

	va_start(arguments, format);
	format_arguments(sql, sizeof(sql), format, arguments);
	va_end(arguments);
	command->sql = sql;
	command->sql_size = (uint32_t)strlen(sql);
	return tracking->session->driver->execute(tracking->session, command);
}

int64_t tracking_number(const char *text, int64_t otherwise)
{
	char *end;
	long long number;

	if (text == NULL || text[0] == '\0')
		return otherwise;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? (int64_t)number : otherwise;
}

/* Quotes `table` and its log's name, behind `schema` when there is one. */
static void set_names(struct tracking *tracking, const char *schema)
{
	char prefix[TRACKING_NAME_SIZE_MAX / 2] = "";
	char quoted[TRACKING_NAME_SIZE_MAX / 2];
	char log_table[TRACKING_NAME_SIZE_MAX / 2];

	if (schema != NULL) {
		format_identifier(prefix, sizeof(prefix) - 1, schema);
		format_append(prefix, sizeof(prefix), ".");
	}
	format_identifier(quoted, sizeof(quoted), tracking->table);
	format_into(tracking->name, sizeof(tracking->name), "%s%s", prefix, quoted);
	format_into(log_table, sizeof(log_table), "%s_log", tracking->table);
	format_identifier(quoted, sizeof(quoted), log_table);
	format_into(tracking->log_name, sizeof(tracking->log_name), "%s%s", prefix, quoted);
}

void tracking_init(struct tracking *tracking, struct session *session, const char *table)
{
	tracking->session = session;
	tracking->table = table;
	tracking->exists = false;
	tracking->log_exists = false;
	/* SQLite looks into temp first: only main is the caller's database. */
	set_names(tracking, session->driver->dialect == INLAY_DIALECT_SQLITE ? "main" : NULL);
}

/* The rows from the set's last version on, at most two. */
struct head {
	int64_t version;
	char chain[FORMAT_DIGEST_SIZE];
	bool applied;
	bool ahead;
};

static void take_head(void *context, const char *const *columns, uint32_t column_count)
{
	struct head *head = context;
	bool same_schema = column_count == 4 && columns[3] != NULL && columns[3][0] == 't';
	bool is_head = same_schema && tracking_number(columns[0], -1) == head->version;

	if (is_head)
		head->applied = columns[1] != NULL && strcmp(columns[1], head->chain) == 0 &&
		                columns[2] == NULL;
	else if (same_schema)
		head->ahead = true;
}

bool tracking_at_head(struct tracking *tracking, const struct image_view *view, bool *ahead)
{
	struct head head = { .version = -1 };
	struct command command = { .row = take_head, .context = &head };
	char version[NUMBER_SIZE_MAX];
	enum outcome outcome;

	if (view->migration_count == 0)
		return false;
	head.version = view->migrations[view->migration_count - 1].version;
	format_digest(head.chain, &view->migrations[view->migration_count - 1].chain);
	format_into(version, sizeof(version), "%" PRId64, head.version);
	tracking_add_parameter(&command, tracking->name);
	tracking_add_parameter(&command, version);
	outcome = tracking_run(tracking, &command,
	                       "SELECT version, chain, progress, %s FROM %s AS t"
	                       " WHERE version >= CAST($2 AS BIGINT) ORDER BY version LIMIT 2",
	                       words_of(tracking)->same_schema, tracking->name);
	*ahead = head.ahead;
	return outcome == OUTCOME_DONE && head.applied;
}

/* What the find query says; the texts are cut, which no table of ours needs. */
struct found {
	char schema[TRACKING_NAME_SIZE_MAX / 2];
	char columns[1024];
	bool exists;
	bool log_exists;
};

static void take_found(void *context, const char *const *columns, uint32_t column_count)
{
	struct found *found = context;

	(void)column_count;
	format_into(found->schema, sizeof(found->schema), "%s", columns[0] ? columns[0] : "");
	format_into(found->columns, sizeof(found->columns), "%s", columns[1] ? columns[1] : "");
	found->exists = columns[1] != NULL;
	found->log_exists = columns[2] != NULL;
}

/* Is `name` one of the comma-separated `columns`? */
static bool has_column(const char *columns, const char *name)
{
	size_t size = strlen(name);

	for (const char *next = columns; next != NULL; next = strchr(next, ',')) {
		next += *next == ',';
		if (strncmp(next, name, size) == 0 && (next[size] == ',' || next[size] == '\0'))
			return true;
	}
	return false;
}

static bool is_own(const char *columns)
{
	for (size_t i = 0; i < sizeof(own_columns) / sizeof(own_columns[0]); i++)
		if (!has_column(columns, own_columns[i]))
			return false;
	return true;
}

static const char *tool_of(const char *columns)
{
	if (strcmp(columns, "version") == 0)
		return "dbmate's or Rails'";
	if (strcmp(columns, "version,dirty") == 0)
		return "golang-migrate's";
	return "another tool's";
}

enum tracking_found tracking_find(struct tracking *tracking, char *words, size_t words_size)
{
	struct found found = { .exists = false };
	struct command command = { .row = take_found, .context = &found };
	char log_table[TRACKING_NAME_SIZE_MAX / 2];

	format_into(log_table, sizeof(log_table), "%s_log", tracking->table);
	tracking_add_parameter(&command, tracking->table);
	tracking_add_parameter(&command, log_table);
	if (tracking_run(tracking, &command, "%s", words_of(tracking)->find) != OUTCOME_DONE)
		return TRACKING_UNKNOWN;
	if (found.schema[0] == '\0')
		return TRACKING_NO_SCHEMA;
	set_names(tracking, found.schema);
	tracking->exists = found.exists;
	tracking->log_exists = found.log_exists;
	if (!found.exists || is_own(found.columns))
		return TRACKING_READY;
	format_into(words, words_size, "%s is %s table (columns: %s)", tracking->name,
	            tool_of(found.columns), found.columns);
	return TRACKING_FOREIGN;
}

/* Copies `text` to *cursor and moves that on. */
static const char *keep(char **cursor, const char *text)
{
	char *copy = *cursor;
	size_t size = text != NULL ? strlen(text) : 0;

	if (size > 0)
		memcpy(copy, text, size);
	copy[size] = '\0';
	*cursor += size + 1;
	return copy;
}

#define ROW_COLUMN_COUNT 11

static void take_row(void *context, const char *const *columns, uint32_t column_count)
{
	struct tracking_rows *rows = context;
	size_t size = sizeof(struct tracking_row);
	struct tracking_row *row;
	char *cursor;

	for (uint32_t i = 0; i < column_count; i++)
		size += columns[i] != NULL ? strlen(columns[i]) + 1 : 1;
	row = column_count == ROW_COLUMN_COUNT ? malloc(size) : NULL;
	if (row == NULL) {
		rows->no_memory = true;
		return;
	}
	cursor = (char *)(row + 1);
	row->next = NULL;
	row->version = tracking_number(columns[0], -1);
	row->filename = keep(&cursor, columns[1]);
	row->checksum = keep(&cursor, columns[2]);
	row->chain = keep(&cursor, columns[3]);
	row->status = keep(&cursor, columns[4]);
	row->progress = columns[5] != NULL ? tracking_number(columns[5], 0) : -1;
	row->attempt = tracking_number(columns[6], 0);
	row->up = keep(&cursor, columns[7]);
	row->duration_ms = tracking_number(columns[8], -1);
	row->applied_at = keep(&cursor, columns[9]);
	row->actor = keep(&cursor, columns[10]);
	if (rows->last != NULL)
		rows->last->next = row;
	else
		rows->first = row;
	rows->last = row;
}

enum outcome tracking_read(struct tracking *tracking, struct tracking_rows *rows)
{
	struct command command = { .row = take_row, .context = rows };
	const struct words *words = words_of(tracking);
	enum outcome outcome;

	outcome = tracking_run(
	        tracking, &command,
	        "SELECT version, filename, checksum, chain, status, progress, attempt, up,"
	        " duration_ms, %sapplied_at%s, actor FROM %s ORDER BY version",
	        words->utc, words->utc_end, tracking->name);
	return outcome == OUTCOME_DONE && rows->no_memory ? OUTCOME_NO_MEMORY : outcome;
}

void tracking_rows_destroy(struct tracking_rows *rows)
{
	struct tracking_row *next;

	for (struct tracking_row *row = rows->first; row != NULL; row = next) {
		next = row->next;
		free(row);
	}
	*rows = (struct tracking_rows){ .first = NULL };
}

static enum outcome create_table(struct tracking *tracking)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	return tracking_run(tracking, &command,
	                    "CREATE TABLE IF NOT EXISTS %s (\n"
	                    " version %s NOT NULL PRIMARY KEY,\n"
	                    " filename TEXT NOT NULL,\n"
	                    " applied_at %s NOT NULL DEFAULT %s,\n"
	                    " checksum TEXT NOT NULL,\n"
	                    " source_checksum TEXT NOT NULL,\n"
	                    " chain TEXT NOT NULL,\n"
	                    " previous TEXT NOT NULL UNIQUE,\n"
	                    " floor BIGINT NOT NULL DEFAULT 0,\n"
	                    " status TEXT NOT NULL DEFAULT 'applied',\n"
	                    " progress INTEGER,\n"
	                    " attempt INTEGER NOT NULL DEFAULT 1,\n"
	                    " duration_ms BIGINT,\n"
	                    " inlay_version TEXT,\n"
	                    " actor TEXT,\n"
	                    " up TEXT,\n"
	                    " down TEXT)",
	                    tracking->name, words->version_type, words->time_type, words->now);
}

static enum outcome create_log(struct tracking *tracking)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	return tracking_run(tracking, &command,
	                    "CREATE TABLE IF NOT EXISTS %s (\n"
	                    " sequence %s,\n"
	                    " version BIGINT NOT NULL,\n"
	                    " filename TEXT NOT NULL,\n"
	                    " action TEXT NOT NULL,\n"
	                    " happened_at %s NOT NULL DEFAULT %s,\n"
	                    " duration_ms BIGINT,\n"
	                    " checksum TEXT,\n"
	                    " actor TEXT,\n"
	                    " message TEXT)",
	                    tracking->log_name, words->sequence_type, words->time_type, words->now);
}

enum outcome tracking_create(struct tracking *tracking)
{
	enum outcome outcome = OUTCOME_DONE;

	if (!tracking->exists)
		outcome = create_table(tracking);
	if (outcome == OUTCOME_DONE && !tracking->log_exists)
		outcome = create_log(tracking);
	return outcome;
}

enum outcome tracking_history(struct tracking *tracking,
                              void (*row)(void *context, const char *const *columns,
                                          uint32_t column_count),
                              void *context)
{
	struct command command = { .row = row, .context = context };
	const struct words *words = words_of(tracking);

	return tracking_run(
	        tracking, &command,
	        "SELECT sequence, version, filename, action, %shappened_at%s, duration_ms,"
	        " actor, message FROM %s ORDER BY sequence",
	        words->utc, words->utc_end, tracking->log_name);
}
