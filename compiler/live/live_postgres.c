/* live_postgres.c - connects, and when that fails says what is to be done about it. */
#define _DEFAULT_SOURCE

#include "live_parts.h"

#include "buffer.h"
#include "safe.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS        200  /* Between two attempts. */
#define CONNECT_TIMEOUT "10" /* In seconds, of one attempt, unless connect_timeout says other. */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What libpq is asked with.  Behind dbname, which is a whole connection string, it is overruled by
 * nothing; in front of it by what the string says. */
struct parameters {
	const char *keywords[5];
	const char *values[5];
	int count;
};

static void add(struct parameters *parameters, const char *keyword, const char *value)
{
	parameters->keywords[parameters->count] = keyword;
	parameters->values[parameters->count++] = value;
}

static struct parameters parameters_for(const struct live *live)
{
	struct parameters parameters = { .count = 0 };

	if (getenv("PGCONNECT_TIMEOUT") == NULL)
		add(&parameters, "connect_timeout", CONNECT_TIMEOUT);
	add(&parameters, "dbname", live->address.place);
	add(&parameters, "fallback_application_name", "inlay");
	add(&parameters, "client_encoding", "UTF8");
	return parameters;
}

/* --- What helps --- */

static bool is_plain(const char *word)
{
	return *word != '\0' &&
	       word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                         "0123456789_./:-")] == '\0';
}

/* As a shell takes it. */
static const char *quote(struct arena *arena, const char *word)
{
	struct buffer quoted = { 0 };
	const char *text;

	if (is_plain(word))
		return word;
	buffer_byte(&quoted, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buffer_string(&quoted, "'\\''");
		else
			buffer_byte(&quoted, (unsigned char)*word);
	buffer_byte(&quoted, '\'');
	text = arena_copy(arena, buffer_contents(&quoted));
	buffer_clear(&quoted);
	return text;
}

static const char *how_to_create(const struct live *live)
{
	const PGconn *connection = live->postgres;
	struct arena *arena = live->arena;

	return arena_format(arena, "createdb -h %s -p %s -U %s %s makes it",
	                    quote(arena, PQhost(connection)), quote(arena, PQport(connection)),
	                    quote(arena, PQuser(connection)), quote(arena, PQdb(connection)));
}

/* The server tells an SQLSTATE with these words, and libpq keeps it to itself.  Where it speaks
 * another language nothing is said beside its own words. */
static const struct {
	const char *words;
	const char *help;
} remedies[] = {
	{ "password authentication failed",
	  "the password in DATABASE_URL, PGPASSWORD or ~/.pgpass is not this role's; in a URL its "
	  "@ : / % are written %40 %3A %2F %25" },
	{ "too many connections", "it may pass; pg_stat_activity shows who holds them" },
	{ "too many clients", "it may pass; pg_stat_activity shows who holds them" },
	{ "connection slots are reserved", "it may pass; pg_stat_activity shows who holds them" },
	{ "no pg_hba.conf entry", "the server's pg_hba.conf does not let this role in from here" },
	{ "permission denied for database", "GRANT CONNECT ON DATABASE ... TO the role" },
	{ "is not permitted to log in", "ALTER ROLE ... LOGIN, or another role in the URL" },
	{ "could not translate host name",
	  "is the name right?  --wait 60s waits for one that is not known yet" },
	{ "server does not support SSL",
	  "sslmode=prefer, or none, connects without; is it the right server?" },
	{ "server is not in hot standby mode", "target_session_attrs asks for a standby" },
	{ "session is not read-only", "target_session_attrs asks for a session that only reads" },
	{ "session is read-only", "target_session_attrs asks for a server that can be written to" },
	{ "server is in hot standby mode", "target_session_attrs asks for the primary" },
	{ "no PostgreSQL user name", "name a role in the URL: postgres://ROLE@HOST/NAME" },
};

/* May it answer later?  PQping() takes a bad parameter for silence, now and then. */
static bool may_come(const struct live *live, PGPing ping)
{
	return (ping == PQPING_REJECT || ping == PQPING_NO_RESPONSE) &&
	       strncmp(PQerrorMessage(live->postgres), "invalid ", 8) != 0;
}

static const char *help_for(const struct live *live, PGPing ping)
{
	const char *words = PQerrorMessage(live->postgres);

	if (PQconnectionNeedsPassword(live->postgres))
		return "put the password into DATABASE_URL, PGPASSWORD or ~/.pgpass";
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(words, remedies[i].words) != NULL)
			return remedies[i].help;
	if (strstr(words, "database \"") != NULL && strstr(words, "\" does not exist") != NULL)
		return how_to_create(live);
	if (strstr(words, "role \"") != NULL && strstr(words, "\" does not exist") != NULL)
		return "name another role in the URL, or make it: CREATE ROLE ... LOGIN";
	if (!may_come(live, ping))
		return NULL;
	if (ping == PQPING_REJECT)
		return "--wait 60s waits for a server that is starting";
	return "is the server running there?  --wait 60s waits for one that is starting";
}

/* --- Connecting --- */

static void say_waiting(const struct live *live, uint32_t wait_ms)
{
	if (!live->is_quiet)
		fprintf(stderr, "inlay %s: waiting for %s, %u s at most\n", live->command,
		        live->address.shown, (unsigned)((wait_ms + 999) / 1000));
}

/* libpq would print it as it is; the server's words may be a table's. */
static void tell_notice(void *context, const char *message)
{
	const struct live *live = context;
	struct buffer out = { 0 };

	if (live->is_quiet)
		return;
	safe_string(&out, live_line(live->arena, message));
	fprintf(stderr, "inlay %s: %.*s\n", live->command, (int)out.size,
	        out.size > 0 ? (const char *)out.start : "");
	buffer_clear(&out);
}

static enum exit_code refuse(struct live *live, PGPing ping)
{
	return live_fail(live, help_for(live, ping), "%s: %s", live->address.shown,
	                 live_line(live->arena, PQerrorMessage(live->postgres)));
}

enum exit_code live_open_postgres(struct live *live, uint32_t wait_ms)
{
	const struct parameters parameters = parameters_for(live);
	const char *const *keywords = parameters.keywords;
	const char *const *values = parameters.values;
	int64_t deadline_ms = -1; /* Counts from the first answer on. */
	/* What failed before PQping() found it there was perhaps too early: once more. */
	bool is_there = wait_ms == 0;

	for (;;) {
		PGPing ping;

		PQfinish(live->postgres);
		live->postgres = PQconnectdbParams(keywords, values, 1);
		if (PQstatus(live->postgres) == CONNECTION_OK) {
			(void)PQsetNoticeProcessor(live->postgres, tell_notice, live);
			return EXIT_DONE;
		}
		ping = PQpingParams(keywords, values, 1);
		if (ping == PQPING_OK && !is_there) {
			is_there = true;
			continue;
		}
		if (!may_come(live, ping) || wait_ms == 0 ||
		    (deadline_ms >= 0 && now_ms() >= deadline_ms))
			return refuse(live, ping);
		if (deadline_ms < 0) {
			deadline_ms = now_ms() + wait_ms;
			say_waiting(live, wait_ms);
		}
		(void)usleep(PAUSE_MS * 1000);
	}
}
