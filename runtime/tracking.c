/* tracking.c - finds and reads the tracking tables; tables.c makes them, record.c writes rows. */
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
	/* Schema, columns of table $1, something where tables $2 and $3 are there, and what kind of
	 * database it is: SQLite's number of tables, what PostgreSQL calls itself. */
	const char *find;
	const char *same_schema; /* Is table t the current schema's own?  $1 is its quoted name. */
	const char *is_alive;    /* Is the process of row t, which is not finished, still at it? */
	const char *utc;         /* A time as text, around a column's name. */
	const char *utc_end;
};

/* Where the table is named with its schema there is nothing to ask. */
static const char known_schema[] = "CASE WHEN CAST($1 AS TEXT) IS NOT NULL THEN 't' END";

static const struct words sqlite_words = {
	.find = "SELECT 'main', (SELECT group_concat(name, ',') FROM "
	        "pragma_table_info($1, "
	        "'main')),"
	        " (SELECT group_concat(name, ',') FROM pragma_table_info($2, 'main')),"
	        " (SELECT group_concat(name, ',') FROM pragma_table_info($3, 'main')),"
	        " (SELECT COUNT(*) FROM main.sqlite_master), 't', NULL",
	.same_schema = known_schema,
	/* Whoever sees the row has the write lock: its process is between two statements, or gone.
	 * Taking over from one that is not is no harm, it will notice. */
	.is_alive = "strftime('%s', 'now') - strftime('%s', applied_at) BETWEEN 0 AND 1",
	.utc = "",
	.utc_end = " || '+00'",
};

static const struct words postgres_words = {
	/* The table of that name in the current schema, and not one that search_path finds further
	 * down; $4 is the schema that was the current one when this call began. */
	.find = "WITH s AS (SELECT COALESCE(CAST($4 AS TEXT), pg_catalog.current_schema()) AS name)"
	        " SELECT s.name, (SELECT pg_catalog.string_agg(a.attname, ',' ORDER BY a.attnum)"
	        " FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped"
	        " AND a.attrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(s.name) || '.'"
	        " || pg_catalog.quote_ident($1))),"
	        " pg_catalog.to_regclass(pg_catalog.quote_ident(s.name) || '.'"
	        " || pg_catalog.quote_ident($2)),"
	        " pg_catalog.to_regclass(pg_catalog.quote_ident(s.name) || '.'"
	        " || pg_catalog.quote_ident($3)), pg_catalog.version(),"
	        " pg_catalog.to_regnamespace(pg_catalog.quote_ident(s.name)) IS NOT NULL,"
	        " (SELECT pg_catalog.quote_ident(n.nspname) || '.' ||"
	        " pg_catalog.quote_ident(c.relname) FROM pg_catalog.pg_class c"
	        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'chain'"
	        " WHERE $4 IS NULL AND pg_catalog.has_table_privilege(c.oid, 'SELECT')"
	        " AND c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident($1))) FROM s",
	.same_schema = "t.tableoid = pg_catalog.to_regclass(pg_catalog.quote_ident("
	               "pg_catalog.current_schema()) || '.' || CAST($1 AS TEXT))",
	/* Its server process is there, and is not ours.  (Who may not see when it began knows its
	 * number only.)  A pooler's outlives its clients: that one must not have been idle since,
	 * nor serve somebody else. */
	.is_alive =
	        "EXISTS (SELECT 1 FROM pg_catalog.pg_stat_get_activity("
	        "CAST(pg_catalog.substring(t.backend, '^[0-9]{1,9}') AS INTEGER)) a"
	        " WHERE t.backend IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()"
	        " AND COALESCE(CAST(EXTRACT(EPOCH FROM a.backend_start) AS TEXT)"
	        " = NULLIF(pg_catalog.split_part(t.backend, ' ', 2), ''), true)"
	        " AND NOT (pg_catalog.split_part(t.backend, ' ', 3) = 'pooled' AND COALESCE("
	        "a.query_start > t.applied_at + INTERVAL '5 s' OR (a.state = 'idle'"
	        " AND a.state_change < pg_catalog.clock_timestamp() - INTERVAL '5 s'), false)))",
	.utc = "pg_catalog.to_char(",
	.utc_end = " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'",
};

/* A table of ours has all of these; another tool's has not. */
static const char *const own_columns[] = {
	"version",  "filename", "applied_at", "checksum",      "source_checksum", "chain",
	"previous", "floor",    "status",     "progress",      "attempt",         "duration_ms",
	"actor",    "up",       "down",       "inlay_version", "backend",         "direction",
};

static const struct words *words_of(const struct tracking *tracking)
{
	return tracking_is_postgres(tracking) ? &postgres_words : &sqlite_words;
}

void tracking_add_parameter(struct command *command, const char *text)
{
	command->parameters[command->parameter_count++] = text;
}

/* Hands `command`, with the SQL that `format` makes, to one of the driver's two ways. */
static enum outcome hand_over(struct tracking *tracking, struct command *command,
                              enum outcome (*way)(struct session *, const struct command *),
                              const char *format, va_list arguments)
{
	char sql[SQL_SIZE_MAX];

	format_arguments(sql, sizeof(sql), format, arguments);
	command->sql = sql;
	command->sql_size = (uint32_t)strlen(sql);
	return way(tracking->session, command);
}

enum outcome tracking_send(struct tracking *tracking, struct command *command, const char *format,
                           ...)
{
	enum outcome outcome;
	va_list arguments;

	va_start(arguments, format);
	outcome = hand_over(tracking, command, tracking->session->driver->send, format, arguments);
	va_end(arguments);
	return outcome;
}

enum outcome tracking_execute(struct tracking *tracking, struct command *command,
                              const char *format, ...)
{
	enum outcome outcome;
	va_list arguments;

	va_start(arguments, format);
	outcome =
	        hand_over(tracking, command, tracking->session->driver->execute, format, arguments);
	va_end(arguments);
	return outcome;
}

bool tracking_is_postgres(const struct tracking *tracking)
{
	return tracking->session->driver->dialect == INLAY_DIALECT_POSTGRES;
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

/* `table` with `suffix`, quoted, behind `schema` when there is one. */
static void set_name(char name[TRACKING_NAME_SIZE_MAX], const char *schema, const char *table,
                     const char *suffix)
{
	char quoted[TRACKING_NAME_SIZE_MAX / 2];
	char whole[TRACKING_NAME_SIZE_MAX / 2];

	name[0] = '\0';
	if (schema != NULL) {
		format_identifier(name, TRACKING_NAME_SIZE_MAX / 2 - 1, schema);
		format_append(name, TRACKING_NAME_SIZE_MAX, ".");
	}
	format_into(whole, sizeof(whole), "%s%s", table, suffix);
	format_identifier(quoted, sizeof(quoted), whole);
	format_append(name, TRACKING_NAME_SIZE_MAX, "%s", quoted);
}

static void set_names(struct tracking *tracking, const char *schema)
{
	set_name(tracking->name, schema, tracking->table, "");
	set_name(tracking->log_name, schema, tracking->table, "_log");
	set_name(tracking->state_name, schema, tracking->table, "_state");
	tracking->is_qualified = schema != NULL;
}

void tracking_init(struct tracking *tracking, struct session *session, const char *table,
                   const char *schema)
{
	*tracking = (struct tracking){ .session = session, .table = table };
	if (schema != NULL)
		format_into(tracking->schema, sizeof(tracking->schema), "%s", schema);
	/* SQLite looks into temp first: only main is the caller's database. */
	set_names(tracking, tracking_is_postgres(tracking) ? schema : "main");
	tracking->is_qualified = schema != NULL;
}

/* --- The check --- */

static void take_number(void *context, const char *const *columns, uint32_t column_count)
{
	int64_t *number = context;

	if (column_count > 0)
		*number = tracking_number(columns[0], INT64_MIN);
}

int64_t tracking_user_version(struct tracking *tracking)
{
	static const char sql[] = "PRAGMA main.user_version";
	int64_t user_version = INT64_MIN;
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };

	command.row = take_number;
	command.context = &user_version;
	if (tracking->session->driver->execute(tracking->session, &command) != OUTCOME_DONE)
		return INT64_MIN;
	return user_version;
}

/* The first 32 bits of a digest in hex; 0 for anything else. */
static uint32_t first_bits(const char *digest)
{
	char digits[9];
	char *end;
	unsigned long bits;

	format_into(digits, sizeof(digits), "%s", digest);
	bits = strtoul(digits, &end, 16);
	return end == digits + sizeof(digits) - 1 ? (uint32_t)bits : 0;
}

/* 31 bits of both.  The top bit is set, which tells it from the counters that applications keep
 * there, so as SQLite sees it the number is negative. */
int64_t tracking_mark_of(const char *chain, const char *fingerprint)
{
	uint32_t bits = first_bits(chain) ^ first_bits(fingerprint);

	return (int64_t)(bits >> 1) - ((int64_t)1 << 31);
}

void tracking_fingerprint_of(const struct image_view *view, char fingerprint[FORMAT_DIGEST_SIZE])
{
	fingerprint[0] = '\0';
	if (view->repeatable_count > 0)
		format_digest(fingerprint, &view->repeatables[view->repeatable_count - 1].chain);
}

/* The row of the set's last migration, and the last row, which may be the same. */
struct head {
	int64_t version; /* -1 when the set has none. */
	char chain[FORMAT_DIGEST_SIZE];
	char fingerprint[FORMAT_DIGEST_SIZE];
	bool is_applied;
	bool is_ahead;
	bool is_repeated; /* So are the repeatable ones. */
	bool is_barred;   /* A later one does not let programs run that lack it. */
};

static void take_head(void *context, const char *const *columns, uint32_t column_count)
{
	struct head *head = context;
	bool same_schema = column_count == 6 && columns[3] != NULL && columns[3][0] == 't';

	if (!same_schema)
		return;
	if (tracking_number(columns[0], -1) == head->version)
		head->is_applied = columns[1] != NULL && strcmp(columns[1], head->chain) == 0 &&
		                   columns[2] == NULL;
	else
		head->is_ahead = true;
	head->is_barred = head->is_barred || tracking_number(columns[4], 0) > head->version;
	head->is_repeated = columns[5] != NULL && strcmp(columns[5], head->fingerprint) == 0;
}

static enum outcome ask_head(struct tracking *tracking, struct head *head)
{
	struct command command = { .row = take_head, .context = head };
	bool has_repeatables = head->fingerprint[0] != '\0';
	char version[NUMBER_SIZE_MAX];

	format_into(version, sizeof(version), "%" PRId64, head->version);
	tracking_add_parameter(&command, tracking->name);
	tracking_add_parameter(&command, version);
	return tracking_execute(
	        tracking, &command,
	        "SELECT t.version, t.chain, t.progress, %s, t.floor, %s%s%s FROM %s AS t"
	        " WHERE t.version = CAST($2 AS BIGINT)"
	        " OR t.version = (SELECT MAX(version) FROM %s)",
	        tracking->is_qualified ? known_schema : words_of(tracking)->same_schema,
	        has_repeatables ? "(SELECT MAX(fingerprint) FROM " : "''",
	        has_repeatables ? tracking->state_name : "", has_repeatables ? ")" : "",
	        tracking->name, tracking->name);
}

bool tracking_at_head(struct tracking *tracking, const struct image_view *view, bool *is_ahead)
{
	struct head head = { .version = -1 };

	*is_ahead = false;
	if (view->migration_count == 0)
		return false;
	head.version = view->migrations[view->migration_count - 1].version;
	format_digest(head.chain, &view->migrations[view->migration_count - 1].chain);
	tracking_fingerprint_of(view, head.fingerprint);
	if (!tracking_is_postgres(tracking) && tracking->user_version != INLAY_USER_VERSION_NEVER &&
	    tracking_user_version(tracking) == tracking_mark_of(head.chain, head.fingerprint))
		return true;
	if (ask_head(tracking, &head) != OUTCOME_DONE)
		return false;
	*is_ahead = head.is_ahead;
	/* Who is behind leaves the repeatable ones to those who are not. */
	return head.is_applied && !head.is_barred && (head.is_repeated || head.is_ahead);
}

/* --- Looking --- */

/* What the find query says; the texts are cut, which no table of ours needs. */
struct found {
	char schema[TRACKING_NAME_SIZE_MAX / 2];
	char columns[1024];
	bool exists;
	bool log_exists;
	bool state_exists;
	bool schema_exists;
	bool is_empty;       /* SQLite's: there is no table at all. */
	bool lacks_advisory; /* It speaks PostgreSQL's protocol, and is something else. */
	char outer_name[TRACKING_NAME_SIZE_MAX];
};

static void take_found(void *context, const char *const *columns, uint32_t column_count)
{
	struct found *found = context;

	(void)column_count;
	format_into(found->schema, sizeof(found->schema), "%s", columns[0] ? columns[0] : "");
	format_into(found->columns, sizeof(found->columns), "%s", columns[1] ? columns[1] : "");
	found->exists = columns[1] != NULL;
	found->log_exists = columns[2] != NULL;
	found->state_exists = columns[3] != NULL;
	found->is_empty = strcmp(columns[4], "0") == 0;
	found->lacks_advisory =
	        strstr(columns[4], "CockroachDB") != NULL || strstr(columns[4], "-YB-") != NULL;
	found->schema_exists = columns[5] != NULL && columns[5][0] == 't';
	format_into(found->outer_name, sizeof(found->outer_name), "%s",
	            columns[6] != NULL ? columns[6] : "");
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
	if (has_column(columns, "inlay_version"))
		return "another inlay's";
	return "another tool's";
}

/* Copies `text` to *cursor and moves that on. */
static const char *keep(char **cursor, const char *text)
{
	char *copy = *cursor;
	size_t size = text != NULL ? strlen(text) + 1 : 1;

	memcpy(copy, text != NULL ? text : "", size);
	*cursor += size;
	return copy;
}

#define ROW_COLUMN_COUNT 17

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
	row->script = keep(&cursor, columns[7]);
	row->duration_ms = tracking_number(columns[8], -1);
	row->applied_at = keep(&cursor, columns[9]);
	row->actor = keep(&cursor, columns[10]);
	row->is_alive = columns[11] != NULL && (columns[11][0] == 't' || columns[11][0] == '1');
	row->floor = tracking_number(columns[12], 0);
	row->is_down = columns[13] != NULL && strcmp(columns[13], "down") == 0;
	row->down = keep(&cursor, columns[14]);
	row->source_checksum = keep(&cursor, columns[15]);
	row->previous = keep(&cursor, columns[16]);
	*(rows->last != NULL ? &rows->last->next : &rows->first) = row;
	rows->last = row;
}

static enum outcome send_find(struct tracking *tracking, struct found *found)
{
	struct command command = { .row = take_found, .context = found };
	char log_table[TRACKING_NAME_SIZE_MAX / 2];
	char state_table[TRACKING_NAME_SIZE_MAX / 2];

	format_into(log_table, sizeof(log_table), "%s_log", tracking->table);
	format_into(state_table, sizeof(state_table), "%s_state", tracking->table);
	tracking_add_parameter(&command, tracking->table);
	tracking_add_parameter(&command, log_table);
	tracking_add_parameter(&command, state_table);
	if (tracking_is_postgres(tracking))
		tracking_add_parameter(&command, tracking->is_qualified ? tracking->schema : NULL);
	return tracking_send(tracking, &command, "%s", words_of(tracking)->find);
}

static void take_state(void *context, const char *const *columns, uint32_t column_count)
{
	struct tracking_rows *rows = context;

	(void)column_count;
	rows->format = tracking_number(columns[0], INT64_MIN);
	free(rows->repeatables);
	rows->repeatables = strdup(columns[1] != NULL ? columns[1] : "");
	rows->no_memory = rows->no_memory || rows->repeatables == NULL;
	format_into(rows->fingerprint, sizeof(rows->fingerprint), "%s",
	            columns[2] != NULL ? columns[2] : "");
}

/* The format first: a later one may have other columns, which is no reason to call it foreign. */
static enum outcome send_read(struct tracking *tracking, struct tracking_rows *rows)
{
	struct command command = { .row = take_state, .context = rows };
	const struct words *words = words_of(tracking);
	enum outcome outcome = OUTCOME_DONE;

	if (tracking->state_exists && tracking->reads_state)
		outcome = tracking_send(tracking, &command,
		                        "SELECT format, repeatables, fingerprint FROM %s"
		                        " WHERE id = 1",
		                        tracking->state_name);
	if (outcome != OUTCOME_DONE)
		return outcome;
	command = (struct command){ .row = take_row, .context = rows };
	return tracking_send(
	        tracking, &command,
	        "SELECT version, filename, checksum, chain, status, progress, attempt,"
	        " CASE WHEN progress IS NOT NULL THEN CASE direction WHEN 'down' THEN down ELSE up"
	        " END END, duration_ms, %sapplied_at%s, actor, CASE WHEN progress IS NOT NULL AND"
	        " status <> 'failed' THEN CAST(%s AS TEXT) END, floor, direction, %s, "
	        "source_checksum, %s"
	        " FROM %s AS t ORDER BY version",
	        words->utc, words->utc_end, words->is_alive, tracking->reads_down ? "down" : "NULL",
	        tracking->reads_all ? "previous" : "NULL", tracking->name);
}

static void take_names(struct tracking *tracking, const struct found *found)
{
	format_into(tracking->schema, sizeof(tracking->schema), "%s", found->schema);
	set_names(tracking, found->schema);
	tracking->is_found = true;
	tracking->schema_exists = found->schema_exists;
	format_into(tracking->outer_name, sizeof(tracking->outer_name), "%s", found->outer_name);
	tracking->exists = found->exists;
	tracking->log_exists = found->log_exists;
	tracking->state_exists = found->state_exists;
	tracking->row_gate = tracking_is_postgres(tracking) &&
	                     (tracking->gate == INLAY_GATE_ROW ||
	                      (tracking->gate == INLAY_GATE_AUTO && found->lacks_advisory));
	tracking->session->manner.modest = tracking->session->manner.modest || tracking->row_gate;
	tracking->may_claim_user_version =
	        tracking->user_version == INLAY_USER_VERSION_CLAIM ||
	        (tracking->user_version == INLAY_USER_VERSION_AUTO && found->is_empty);
}

/* Sends both queries when the names are known, so that one round trip answers them; otherwise the
 * second when the first has told them. */
static enum outcome read_all(struct tracking *tracking, struct found *found,
                             struct tracking_rows *rows)
{
	bool at_once = tracking->is_found && tracking->exists;
	enum outcome outcome = send_find(tracking, found);

	if (outcome == OUTCOME_DONE && at_once)
		outcome = send_read(tracking, rows);
	outcome = driver_finish(tracking->session, outcome);
	if (outcome != OUTCOME_DONE || found->schema[0] == '\0')
		return outcome;
	take_names(tracking, found);
	if (at_once || !found->exists || !is_own(found->columns))
		return OUTCOME_DONE;
	return driver_finish(tracking->session, send_read(tracking, rows));
}

static enum tracking_found judge_found(const struct tracking *tracking, const struct found *found,
                                       int64_t format, char *words, size_t words_size)
{
	if (found->schema[0] == '\0')
		return TRACKING_NO_SCHEMA;
	if (found->exists && !is_own(found->columns)) {
		format_into(words, words_size, "%s is %s table (columns: %s)", tracking->name,
		            tool_of(found->columns), found->columns);
		return TRACKING_FOREIGN;
	}
	if (format > TRACKING_FORMAT) {
		format_into(words, words_size,
		            "%s is in format %lld, written by a later inlay; this one knows "
		            "format %d",
		            tracking->name, (long long)format, TRACKING_FORMAT);
		return TRACKING_NEWER;
	}
	return TRACKING_READY;
}

enum tracking_found tracking_look(struct tracking *tracking, struct tracking_rows *rows,
                                  char *words, size_t words_size)
{
	struct found found = { .exists = false };

	rows->format = 0;
	if (read_all(tracking, &found, rows) != OUTCOME_DONE)
		return TRACKING_UNKNOWN;
	if (rows->no_memory) {
		tracking->session->failure =
		        (struct failure){ .outcome = OUTCOME_NO_MEMORY, .character = -1 };
		return TRACKING_UNKNOWN;
	}
	/* Somebody died between making the state table and its row. */
	if (tracking->reads_state && rows->repeatables == NULL)
		tracking->state_exists = false;
	return judge_found(tracking, &found, rows->format, words, words_size);
}

/* The set's first chain is in every history of it. */
bool tracking_is_outside(struct tracking *tracking, const struct image_view *view)
{
	char chain[FORMAT_DIGEST_SIZE];
	int64_t count = 0;
	struct command command = { .row = take_number, .context = &count };

	if (tracking->exists || tracking->outer_name[0] == '\0' || view->migration_count == 0)
		return false;
	format_digest(chain, &view->migrations[0].chain);
	tracking_add_parameter(&command, chain);
	return tracking_execute(tracking, &command,
	                        "SELECT COUNT(*) FROM %s WHERE chain = CAST($1 AS TEXT)",
	                        tracking->outer_name) == OUTCOME_DONE &&
	       count > 0;
}

void tracking_rows_destroy(struct tracking_rows *rows)
{
	struct tracking_row *next;

	for (struct tracking_row *row = rows->first; row != NULL; row = next) {
		next = row->next;
		free(row);
	}
	free(rows->repeatables);
	*rows = (struct tracking_rows){ .first = NULL };
}

enum outcome tracking_history(struct tracking *tracking,
                              void (*row)(void *context, const char *const *columns,
                                          uint32_t column_count),
                              void *context)
{
	struct command command = { .row = row, .context = context };
	const struct words *words = words_of(tracking);

	return tracking_execute(
	        tracking, &command,
	        "SELECT sequence, version, filename, action, %shappened_at%s, duration_ms,"
	        " actor, message, direction, checksum FROM %s ORDER BY sequence",
	        words->utc, words->utc_end, tracking->log_name);
}
