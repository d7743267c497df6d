/* live.c - the connection of a command; nothing here knows a migration. */
#define _DEFAULT_SOURCE

#include "live.h"

#include "env_file.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS 200 /* Between two attempts to connect. */

/* --- Saying --- */

enum exit_code live_fail(const struct live *live, const char *help, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "inlay %s: ", live->command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	if (help != NULL)
		fprintf(stderr, "    help: %s\n", help);
	return EXIT_FAILED;
}

enum exit_code live_tell(const struct live *live, const struct inlay_error *error)
{
	if (error->result == INLAY_OK)
		return EXIT_DONE;
	(void)live_fail(live, NULL, "%s", error->message);
	return error->result == INLAY_PENDING ? EXIT_FINDINGS : EXIT_FAILED;
}

static enum exit_code say_usage(const struct live *live, const char *what, const char *argument)
{
	return options_complain(live->command, what, argument);
}

/* --- Settings --- */

static enum exit_code settle_gate(struct live *live, const char *name)
{
	static const char *const names[] = { "auto", "advisory", "row" };
	size_t i;

	for (i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			live->settings.gate = (enum inlay_gate)i;
			return EXIT_DONE;
		}
	if (name == NULL)
		return EXIT_DONE;
	return say_usage(live, "the gate is auto, advisory or row, not", name);
}

static enum exit_code settle(struct live *live, const struct options *options)
{
	live->settings = inlay_options_init();
	live->settings.auto_migrate = 1;
	live->settings.dry_run = options->dry_run ? 1 : 0;
	live->settings.cache_ttl_ms = 0;
	live->settings.rollout_percent = 100;
	if (options->table != NULL)
		live->settings.table = options->table;
	live->settings.schema = options->schema;
	if (options->lock_timeout != NULL &&
	    !options_duration(options->lock_timeout, &live->settings.lock_timeout_ms))
		return say_usage(live, "a time is a number with ms, s, min or h behind it, not",
		                 options->lock_timeout);
	return settle_gate(live, options->gate);
}

/* --- Opening --- */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum exit_code open_sqlite(struct live *live, enum live_access way)
{
	const char *place = live->address.place;
	bool is_memory = strcmp(place, ":memory:") == 0;
	bool exists = is_memory || way == LIVE_WRITE || access(place, F_OK) == 0;
	int flags = way == LIVE_WRITE || is_memory ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	                                           : SQLITE_OPEN_READONLY;

	live->is_absent = !exists && way == LIVE_LOOK;
	if (live->is_absent) {
		place = ":memory:";
		flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	}
	if (sqlite3_open_v2(place, &live->sqlite, flags, NULL) == SQLITE_OK) {
		(void)sqlite3_busy_timeout(live->sqlite, 5000);
		return EXIT_DONE;
	}
	return live_fail(live, exists ? NULL : "inlay up makes it", "%s: %s", live->address.shown,
	                 exists ? sqlite3_errmsg(live->sqlite) : "there is no such file");
}

/* In one line. */
static const char *words_of(struct live *live, const char *message)
{
	char *words = arena_copy(live->arena, text_trim(text_of(message)));

	for (char *c = words; *c != '\0'; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return words;
}

static const char *help_for(const PGconn *connection, bool is_there)
{
	if (!is_there)
		return "is the server running there?  --wait 60s waits for one that is starting";
	if (PQconnectionNeedsPassword(connection))
		return "put the password into DATABASE_URL, PGPASSWORD or ~/.pgpass";
	return NULL;
}

static enum exit_code open_postgres(struct live *live, uint32_t wait_ms)
{
	const char *const keywords[] = { "dbname", "fallback_application_name", "client_encoding",
		                         NULL };
	const char *const values[] = { live->address.place, "inlay", "UTF8", NULL };
	int64_t deadline_ms = now_ms() + wait_ms;

	for (;;) {
		PGPing ping;

		PQfinish(live->postgres);
		live->postgres = PQconnectdbParams(keywords, values, 1);
		if (PQstatus(live->postgres) == CONNECTION_OK)
			return EXIT_DONE;
		ping = PQpingParams(keywords, values, 1);
		if (ping == PQPING_OK || ping == PQPING_NO_ATTEMPT || now_ms() >= deadline_ms)
			return live_fail(live, help_for(live->postgres, ping == PQPING_OK),
			                 "%s: %s", live->address.shown,
			                 words_of(live, PQerrorMessage(live->postgres)));
		(void)usleep(PAUSE_MS * 1000);
	}
}

enum exit_code live_open(struct live *live, const char *command, const struct options *options,
                         enum live_access access, struct arena *arena)
{
	const char *problem;
	uint32_t wait_ms = 0;
	enum exit_code code;

	*live = (struct live){ .arena = arena, .command = command, .words = "" };
	code = settle(live, options);
	if (code != EXIT_DONE)
		return code;
	if (options->wait != NULL && !options_duration(options->wait, &wait_ms))
		return say_usage(live, "a time is a number with ms, s, min or h behind it, not",
		                 options->wait);
	problem = options->env_file != NULL ? env_file_read(arena, options->env_file) : NULL;
	if (problem != NULL) {
		(void)live_fail(live, NULL, "%s", problem);
		return EXIT_NO_INPUT;
	}
	problem = address_find(arena, options->database, &live->address);
	if (options->database != NULL) /* An argument of main(), which may be written to. */
		address_hide_password((char *)(uintptr_t)options->database);
	if (problem != NULL)
		return say_usage(live, problem, NULL);
	if (live->address.dialect == DIALECT_SQLITE)
		return open_sqlite(live, access);
	return open_postgres(live, wait_ms);
}

void live_close(struct live *live)
{
	(void)sqlite3_close(live->sqlite);
	PQfinish(live->postgres);
	live->sqlite = NULL;
	live->postgres = NULL;
}
