/* database.c - opens, asks and throws away databases; the scenarios know nothing of clients. */
#include "database.h"

#include "postgres_server.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ANSWER_SIZE 65536

static char answer[ANSWER_SIZE];

/* Adds to a text of `capacity` bytes; what does not fit is the test's fault. */
static void append(char *text, size_t capacity, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t capacity, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text + used, capacity - used, format, arguments);
	va_end(arguments);
	assert_true(size >= 0 && (size_t)size < capacity - used);
}

/* --- Opening and closing --- */

static struct database *create(enum inlay_dialect dialect)
{
	struct database *database = calloc(1, sizeof(*database));

	assert_non_null(database);
	database->dialect = dialect;
	database->options = inlay_options_init();
	database->error = inlay_error_init();
	return database;
}

static void open_sqlite(struct database *database)
{
	const char *path = database->path[0] != '\0' ? database->path : ":memory:";

	assert_int_equal(sqlite3_open(path, &database->sqlite), SQLITE_OK);
	assert_int_equal(
	        sqlite3_exec(database->sqlite, "PRAGMA foreign_keys = ON", NULL, NULL, NULL),
	        SQLITE_OK);
}

/* Notices are for the test to look at, not for the terminal. */
static void take_notice(void *context, const char *message)
{
	struct database *database = context;

	(void)snprintf(database->notice, sizeof(database->notice), "%s", message);
}

static void open_postgres(struct database *database)
{
	database->postgres = postgres_server_connect_as(database->name, "postgres");
	assert_non_null(database->postgres);
	(void)PQsetNoticeProcessor(database->postgres, take_notice, database);
}

int database_setup_memory(void **state)
{
	struct database *database = create(INLAY_DIALECT_SQLITE);

	open_sqlite(database);
	*state = database;
	return 0;
}

int database_setup_file(void **state)
{
	struct database *database = create(INLAY_DIALECT_SQLITE);
	const char *parent = getenv("TMPDIR");

	(void)snprintf(database->directory, sizeof(database->directory), "%.500s/inlay-db-XXXXXX",
	               parent != NULL ? parent : "/tmp");
	assert_non_null(mkdtemp(database->directory));
	(void)snprintf(database->path, sizeof(database->path), "%.580s/app.db",
	               database->directory);
	open_sqlite(database);
	*state = database;
	return 0;
}

/* Runs one command on the server's own database, outside any test's. */
static bool administer(const char *format, const char *name)
{
	PGconn *connection = postgres_server_connect_as("postgres", "postgres");
	char sql[200];
	PGresult *result;
	bool good;

	(void)snprintf(sql, sizeof(sql), format, name);
	result = PQexec(connection, sql);
	good = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	PQfinish(connection);
	return good;
}

static void without_server(void **state)
{
	(void)state;
	if (getenv("CI") != NULL)
		fail_msg("there is no PostgreSQL server to start");
	print_message("there is no PostgreSQL server to start\n");
	skip();
}

void (*database_unless_missing(void (*test)(void **state)))(void **state)
{
	return postgres_server_options("postgres", "postgres") != NULL ? test : without_server;
}

int database_setup_postgres(void **state)
{
	static unsigned number;
	struct database *database;

	*state = NULL;
	if (postgres_server_options("postgres", "postgres") == NULL)
		return 0;
	database = create(INLAY_DIALECT_POSTGRES);
	(void)snprintf(database->name, sizeof(database->name), "test_%u", ++number);
	assert_true(administer("CREATE DATABASE %s", database->name));
	open_postgres(database);
	*state = database;
	return 0;
}

int database_setup_postgres_row(void **state)
{
	int status = database_setup_postgres(state);
	struct database *database = *state;

	if (database != NULL)
		database->options.gate = INLAY_GATE_ROW;
	return status;
}

void database_disconnect(struct database *database)
{
	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	PQfinish(database->postgres);
	database->sqlite = NULL;
	database->postgres = NULL;
}

static void remove_files(const struct database *database)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char path[700];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", database->path, suffixes[i]);
		(void)unlink(path);
	}
}

int database_teardown(void **state)
{
	struct database *database = *state;

	if (database == NULL)
		return 0;
	database_disconnect(database);
	if (database->path[0] != '\0') {
		remove_files(database);
		(void)rmdir(database->directory);
	}
	/* FORCE is of PostgreSQL 13. */
	if (database->dialect == INLAY_DIALECT_POSTGRES)
		assert_true(administer("DROP DATABASE IF EXISTS %s WITH (FORCE)", database->name) ||
		            administer("DROP DATABASE IF EXISTS %s", database->name));
	free(database);
	return 0;
}

void database_reconnect(struct database *database)
{
	database_disconnect(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		open_sqlite(database);
	else
		open_postgres(database);
}

void database_clear(struct database *database)
{
	database_disconnect(database);
	if (database->path[0] != '\0')
		remove_files(database);
	database_reconnect(database);
	if (database->dialect == INLAY_DIALECT_POSTGRES)
		database_run(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

const char *database_place(const struct database *database)
{
	if (database->dialect == INLAY_DIALECT_SQLITE)
		return database->path;
	return postgres_server_options(database->name, "postgres");
}

/* --- Asking --- */

static int add_row(void *context, int count, char **values, char **names)
{
	(void)context;
	(void)names;
	if (answer[0] != '\0')
		append(answer, sizeof(answer), "\n");
	for (int i = 0; i < count; i++)
		append(answer, sizeof(answer), "%s%s", i > 0 ? "|" : "",
		       values[i] != NULL ? values[i] : "NULL");
	return 0;
}

static void ask_sqlite(struct database *database, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(database->sqlite, sql, add_row, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static void ask_postgres(struct database *database, const char *sql)
{
	PGresult *result;

	result = PQexec(database->postgres, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQresultErrorMessage(result));
	for (int row = 0; row < PQntuples(result); row++) {
		char *values[32];

		assert_true(PQnfields(result) <= 32);
		for (int i = 0; i < PQnfields(result); i++)
			values[i] = PQgetisnull(result, row, i) ? NULL : PQgetvalue(result, row, i);
		(void)add_row(NULL, PQnfields(result), values, NULL);
	}
	PQclear(result);
}

const char *database_ask(struct database *database, const char *sql)
{
	answer[0] = '\0';
	if (database->dialect == INLAY_DIALECT_SQLITE)
		ask_sqlite(database, sql);
	else
		ask_postgres(database, sql);
	return answer;
}

void database_run(struct database *database, const char *sql)
{
	(void)database_ask(database, sql);
}

void database_expect(struct database *database, const char *sql, const char *expected)
{
	const char *received = database_ask(database, sql);

	if (strcmp(received, expected) != 0)
		fail_msg("%s\nexpected: %s\nreceived: %s", sql, expected, received);
}

/* --- Migrating --- */

static void note_event(void *context, const struct inlay_event *event)
{
	static const char *const words[] = {
		[INLAY_EVENT_APPLIED] = "applied",
		[INLAY_EVENT_APPLYING] = "applying",
		[INLAY_EVENT_FAILED] = "failed",
		[INLAY_EVENT_WAITING] = "waiting",
		[INLAY_EVENT_RETRYING] = "retrying",
		[INLAY_EVENT_PENDING] = "pending",
		[INLAY_EVENT_DRIFT] = "drift",
		[INLAY_EVENT_ROLLING_BACK] = "rolling back",
		[INLAY_EVENT_ROLLED_BACK] = "rolled back",
		[INLAY_EVENT_UNCHECKED] = "unchecked",
		[INLAY_EVENT_BASELINED] = "baselined",
	};
	struct database *database = context;

	assert_int_equal(event->size, sizeof(*event));
	assert_true(event->duration_ms >= 0 && event->duration_ms < 600000);
	if (event->kind == INLAY_EVENT_WOULD_RUN)
		append(database->shown, sizeof(database->shown), "%s\n", event->sql);
	if (event->kind == INLAY_EVENT_REPAIRED)
		append(database->events, sizeof(database->events), "%" PRId64 " %s\n",
		       event->version, event->message);
	if (event->kind >= sizeof(words) / sizeof(words[0]) || words[event->kind] == NULL)
		return;
	append(database->events, sizeof(database->events), "%s %s %u/%u\n", words[event->kind],
	       event->migration, event->index, event->count);
}

static void expect_idle(struct database *database)
{
	if (database->dialect == INLAY_DIALECT_SQLITE)
		assert_int_equal(sqlite3_get_autocommit(database->sqlite), 1);
	else if (PQstatus(database->postgres) == CONNECTION_OK)
		assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
}

static enum inlay_result ensure(struct database *database, const struct inlay_set *set)
{
	if (database->dialect == INLAY_DIALECT_SQLITE)
		return ensure_migrated(database->sqlite, set, &database->options, &database->error);
	return ensure_migrated(database->postgres, set, &database->options, &database->error);
}

static void begin_call(struct database *database)
{
	database->events[0] = '\0';
	database->shown[0] = '\0';
	database->error = inlay_error_init();
	database->options.on_event = note_event;
	database->options.context = database;
}

static enum inlay_result end_call(struct database *database, enum inlay_result result)
{
	assert_int_equal(result, database->error.result);
	assert_true((result == INLAY_OK && database->error.unchecked == INLAY_OK) ==
	            (database->error.message[0] == '\0'));
	expect_idle(database);
	return result;
}

enum inlay_result database_ensure_set(struct database *database, const struct inlay_set *set)
{
	begin_call(database);
	return end_call(database, ensure(database, set));
}

enum inlay_result database_check(struct database *database, const struct set_file *files)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	begin_call(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_check(database->sqlite, &compiled.set, &database->options,
		                     &database->error);
	else
		result = inlay_check(database->postgres, &compiled.set, &database->options,
		                     &database->error);
	set_destroy(&compiled);
	return end_call(database, result);
}

enum inlay_result database_rollback_set(struct database *database, const struct inlay_set *set,
                                        struct inlay_rollback_scope scope)
{
	enum inlay_result result;

	begin_call(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_rollback(database->sqlite, set, &scope, &database->options,
		                        &database->error);
	else
		result = inlay_rollback(database->postgres, set, &scope, &database->options,
		                        &database->error);
	return end_call(database, result);
}

enum inlay_result database_rollback(struct database *database, const struct set_file *files,
                                    struct inlay_rollback_scope scope)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	result = database_rollback_set(database, &compiled.set, scope);
	set_destroy(&compiled);
	return result;
}

enum inlay_result database_baseline(struct database *database, const struct set_file *files,
                                    struct inlay_baseline_scope scope)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	begin_call(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_baseline(database->sqlite, &compiled.set, &scope, &database->options,
		                        &database->error);
	else
		result = inlay_baseline(database->postgres, &compiled.set, &scope,
		                        &database->options, &database->error);
	set_destroy(&compiled);
	return end_call(database, result);
}

enum inlay_result database_repair(struct database *database, const struct set_file *files,
                                  struct inlay_repair_scope scope)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	begin_call(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_repair(database->sqlite, &compiled.set, &scope, &database->options,
		                      &database->error);
	else
		result = inlay_repair(database->postgres, &compiled.set, &scope, &database->options,
		                      &database->error);
	set_destroy(&compiled);
	return end_call(database, result);
}

static enum inlay_result ensure_compiled(struct database *database, struct compiled_set compiled)
{
	enum inlay_result result;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	result = database_ensure_set(database, &compiled.set);
	set_destroy(&compiled);
	return result;
}

enum inlay_result database_ensure(struct database *database, const struct set_file *files)
{
	return ensure_compiled(database, set_compile(files, database->dialect));
}

enum inlay_result database_ensure_unchecked(struct database *database, const struct set_file *files)
{
	return ensure_compiled(database, set_compile_unchecked(files, database->dialect));
}

void database_expect_result(struct database *database, enum inlay_result received,
                            enum inlay_result expected)
{
	if (received != expected)
		fail_msg("expected %s, received %s: %s", inlay_result_name(expected),
		         inlay_result_name(received), database->error.message);
}

void database_expect_ok(struct database *database, const struct set_file *files, uint32_t count)
{
	database_expect_result(database, database_ensure(database, files), INLAY_OK);
	assert_int_equal(database->error.applied_count, count);
}

void database_expect_error(struct database *database, const struct set_file *files,
                           enum inlay_result result, const char *message)
{
	database_expect_result(database, database_ensure(database, files), result);
	assert_string_equal(database->error.message, message);
}

const char *database_either(const struct database *database, const char *sqlite,
                            const char *postgres)
{
	return database->dialect == INLAY_DIALECT_SQLITE ? sqlite : postgres;
}

bool database_has_row_gate(const struct database *database)
{
	return database->options.gate == INLAY_GATE_ROW;
}

const char *database_by_gate(const struct database *database, const char *advisory, const char *row)
{
	return database_has_row_gate(database) ? row : advisory;
}

/* --- Status and history --- */

static void add_status(void *context, const struct inlay_migration_status *row)
{
	(void)context;
	assert_int_equal(row->size, sizeof(*row));
	assert_int_equal(strlen(row->checksum), 64);
	assert_int_equal(strlen(row->source_checksum), 64);
	if (row->applied_at[0] != '\0')
		assert_int_equal(strlen(row->applied_at), strlen("2026-11-20 09:30:00+00"));
	append(answer, sizeof(answer), "%" PRId64 " %s %s%s\n", row->version, row->filename,
	       inlay_state_name(row->state), row->duration_ms >= 0 ? "" : " -");
}

const char *database_status(struct database *database, const struct set_file *files)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	answer[0] = '\0';
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_status(database->sqlite, &compiled.set, &database->options,
		                      add_status, NULL, &database->error);
	else
		result = inlay_status(database->postgres, &compiled.set, &database->options,
		                      add_status, NULL, &database->error);
	set_destroy(&compiled);
	database_expect_result(database, result, INLAY_OK);
	expect_idle(database);
	return answer;
}

static void add_finding(void *context, const struct inlay_finding *finding)
{
	(void)context;
	assert_int_equal(finding->size, sizeof(*finding));
	append(answer, sizeof(answer), "%" PRId64 " %s: %s (%u)\n", finding->version,
	       finding->filename, finding->message, finding->remedies);
	if (finding->through_count < finding->statement_count)
		append(answer, sizeof(answer), "  %s:%u:%u %s\n", finding->file,
		       finding->statements[finding->through_count].line,
		       finding->statements[finding->through_count].column,
		       finding->statements[finding->through_count].sql);
}

const char *database_examine(struct database *database, const struct set_file *files)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	enum inlay_result result;

	answer[0] = '\0';
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_examine(database->sqlite, &compiled.set, &database->options,
		                       add_finding, NULL, &database->error);
	else
		result = inlay_examine(database->postgres, &compiled.set, &database->options,
		                       add_finding, NULL, &database->error);
	set_destroy(&compiled);
	database_expect_result(database, result, INLAY_OK);
	expect_idle(database);
	return answer;
}

static void add_entry(void *context, const struct inlay_history_entry *entry)
{
	int64_t *last_sequence = context;

	assert_int_equal(entry->size, sizeof(*entry));
	assert_int_equal(strlen(entry->checksum), 64);
	assert_true(entry->sequence > *last_sequence);
	assert_non_null(strstr(entry->actor, "process "));
	assert_int_equal(strlen(entry->happened_at), strlen("2026-11-20 09:30:00+00"));
	*last_sequence = entry->sequence;
	append(answer, sizeof(answer), "%" PRId64 " %s %s %s\n", entry->version, entry->filename,
	       entry->action, entry->message);
}

const char *database_history(struct database *database)
{
	int64_t last_sequence = 0;
	enum inlay_result result;

	answer[0] = '\0';
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_history(database->sqlite, &database->options, add_entry,
		                       &last_sequence, &database->error);
	else
		result = inlay_history(database->postgres, &database->options, add_entry,
		                       &last_sequence, &database->error);
	database_expect_result(database, result, INLAY_OK);
	expect_idle(database);
	return answer;
}
