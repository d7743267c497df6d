/*
 * scratch_postgres.c - a template database for a set, and databases made after it.
 *
 * A template is made under a name of its own, like a scratch database, and renamed when it is
 * complete: what has a template's name is one, whoever dies on the way.  The advisory lock spares
 * those who start together the same work; nothing else hangs on it.
 */
#include "clock.h"
#include "connection_postgres.h"
#include "ensure.h"
#include "image.h"
#include "inlay_scratch.h"
#include "scratch.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_SIZE       64 /* Of databases, as long as PostgreSQL lets them be. */
#define SQL_SIZE        1024
#define PREFIX          "inlay_scratch_"
#define TEMPLATE_PREFIX "inlay_template_"
#define LEFTOVERS_MAX   16 /* Dropped by one call. */
#define ATTEMPT_COUNT   20 /* To copy a template that somebody is using. */
#define ROUND_COUNT     5  /* To find one that nobody drops. */

/* One call, over a connection to the database that the server was named with. */
struct maker {
	struct session session;
	struct inlay_options options;
	const struct inlay_set *set;
	struct inlay_error *error;
	char template[NAME_SIZE];
	char name[NAME_SIZE];  /* Of the database that is being made. */
	char start[NAME_SIZE]; /* Of the one that the connection is to. */
};

/* --- Which database a scratch database was made from --- */

struct origin {
	struct origin *next;
	char name[NAME_SIZE];
	char start[NAME_SIZE];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct origin *origins;
static uint32_t name_count;

/* Without memory it is not remembered; then there are others to start from. */
static void remember_origin(const struct maker *maker)
{
	struct origin *origin = malloc(sizeof(*origin));

	if (origin == NULL)
		return;
	memcpy(origin->name, maker->name, NAME_SIZE);
	memcpy(origin->start, maker->start, NAME_SIZE);
	(void)pthread_mutex_lock(&lock);
	origin->next = origins;
	origins = origin;
	(void)pthread_mutex_unlock(&lock);
}

/* Fills in `start`, and forgets; "" when nothing is remembered. */
static void take_origin(const char *name, char start[NAME_SIZE])
{
	struct origin **place = &origins;
	struct origin *origin;

	start[0] = '\0';
	(void)pthread_mutex_lock(&lock);
	while (*place != NULL && strcmp((*place)->name, name) != 0)
		place = &(*place)->next;
	origin = *place;
	if (origin != NULL) {
		*place = origin->next;
		memcpy(start, origin->start, NAME_SIZE);
	}
	(void)pthread_mutex_unlock(&lock);
	free(origin);
}

/* --- Commands --- */

static struct session session_of(void *connection)
{
	struct session session = { .driver = &driver_postgres, .connection = connection };

	session.failure.character = -1;
	return session;
}

static bool run(struct session *session, const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	return session->driver->execute(session, &command) == OUTCOME_DONE;
}

static void take_text(void *context, const char *const *columns, uint32_t column_count)
{
	if (column_count > 0 && columns[0] != NULL)
		format_into(context, NAME_SIZE, "%s", columns[0]);
}

/* The first column of the last row; "" when there is none. */
static bool ask(struct session *session, const char *sql, char answer[NAME_SIZE])
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	answer[0] = '\0';
	command.row = take_text;
	command.context = answer;
	return session->driver->execute(session, &command) == OUTCOME_DONE;
}

static bool failed_with(const struct session *session, const char *sqlstate)
{
	return strcmp(session->failure.sqlstate, sqlstate) == 0;
}

static bool is_in_use(const struct session *session)
{
	return failed_with(session, "55006"); /* object_in_use */
}

/* False, for the sake of the caller. */
static bool fail(struct maker *maker, const char *what)
{
	const struct failure *failure = &maker->session.failure;
	enum inlay_result result = INLAY_FAILED;

	if (failure->outcome == OUTCOME_LOST)
		result = INLAY_UNREACHABLE;
	else if (failure->outcome == OUTCOME_NO_MEMORY)
		result = INLAY_NO_MEMORY;
	if (maker->error->result == INLAY_OK)
		format_into(maker->error->sqlstate, sizeof(maker->error->sqlstate), "%s",
		            failure->sqlstate);
	if (failed_with(&maker->session, "42501"))
		(void)error_set(
		        maker->error, result,
		        "%s: %s: scratch databases need a role that may create databases "
		        "(ALTER ROLE ... CREATEDB), or another one in the connection string",
		        what, failure->message);
	else
		(void)error_set(maker->error, result, "%s: %s", what, failure->message);
	return false;
}

/* "DROP DATABASE ...", with the sessions in it where that is known.  Names are ours: none has a
 * quote in it. */
static bool drop(struct session *session, const char *name)
{
	bool can_force = connection_server_version(session) >= 130000;
	char sql[SQL_SIZE];

	if (!can_force) {
		format_into(sql, sizeof(sql),
		            "SELECT pg_catalog.pg_terminate_backend(pid)"
		            " FROM pg_catalog.pg_stat_activity WHERE datname = '%s'",
		            name);
		(void)run(session, sql);
	}
	format_into(sql, sizeof(sql), "DROP DATABASE IF EXISTS \"%s\"%s", name,
	            can_force ? " WITH (FORCE)" : "");
	return run(session, sql);
}

/* --- Names --- */

static uint64_t hash(uint64_t seed, const char *text)
{
	for (; *text != '\0'; text++)
		seed = (seed ^ (unsigned char)*text) * 0x100000001b3u; /* FNV-1a */
	return (seed ^ 0xff) * 0x100000001b3u; /* No byte of UTF-8: where the text ends. */
}

/* Everything that could make another database of the same set. */
static bool name_template(struct maker *maker)
{
	const struct inlay_options *options = &maker->options;
	const struct inlay_digest *digest = &maker->set->image->digest;
	uint64_t number = 0xcbf29ce484222325u;
	char role[NAME_SIZE];

	if (!ask(&maker->session, "SELECT CURRENT_USER", role))
		return fail(maker, "the role can not be asked for");
	number = hash(number, INLAY_VERSION);
	number = hash(number, options->table);
	number = hash(number, options->schema != NULL ? options->schema : "");
	number = hash(number, role);
	format_into(maker->template, NAME_SIZE,
	            TEMPLATE_PREFIX "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, digest->words[0],
	            digest->words[1], number);
	return true;
}

/* The server's time is in the name, so that it has one from the first moment on.  Processes of
 * several machines may have the same number. */
static bool name_scratch(struct maker *maker)
{
	char start[NAME_SIZE];
	uint32_t number;

	if (!ask(&maker->session,
	         "SELECT pg_catalog.lpad(pg_catalog.to_hex(EXTRACT(epoch FROM"
	         " pg_catalog.clock_timestamp())::bigint), 8, '0') || '_' ||"
	         " pg_catalog.pg_backend_pid()",
	         start))
		return fail(maker, "the server's time can not be asked for");
	(void)pthread_mutex_lock(&lock);
	number = ++name_count;
	(void)pthread_mutex_unlock(&lock);
	format_into(maker->name, NAME_SIZE, PREFIX "%s_%ld_%" PRIu32, start, (long)getpid(),
	            number);
	return true;
}

/* For people, and only that: a database without it is as good. */
static void comment(struct maker *maker, const char *what)
{
	char now[NAME_SIZE];
	char host[NAME_SIZE] = "";
	char sql[SQL_SIZE];

	(void)ask(&maker->session, "SELECT pg_catalog.date_trunc('second', pg_catalog.now())", now);
	(void)gethostname(host, sizeof(host) - 1);
	for (char *at = host; *at != '\0'; at++)
		if (*at == '\'' || *at == '\\')
			*at = '_';
	format_into(sql, sizeof(sql),
	            "COMMENT ON DATABASE \"%s\" IS 'inlay: %s; made %s by process %ld of %s'",
	            maker->name, what, now, (long)getpid(), host);
	(void)run(&maker->session, sql);
}

/* --- Leftovers --- */

struct leftovers {
	char names[LEFTOVERS_MAX][NAME_SIZE];
	uint32_t count;
};

static void take_leftover(void *context, const char *const *columns, uint32_t column_count)
{
	struct leftovers *leftovers = context;

	if (column_count > 0 && columns[0] != NULL && leftovers->count < LEFTOVERS_MAX)
		format_into(leftovers->names[leftovers->count++], NAME_SIZE, "%s", columns[0]);
}

/* What tests left behind that died, and nobody looks at.  Whatever fails: others drop it, too. */
static void drop_leftovers(struct session *session)
{
	static const char sql[] =
	        "SELECT d.datname FROM pg_catalog.pg_database d"
	        " WHERE d.datname ~ '^" PREFIX "[0-9a-f]{8}_[0-9_]+$'"
	        " AND pg_catalog.pg_has_role(d.datdba, 'USAGE')"
	        " AND ('x' || pg_catalog.substr(d.datname, 15, 8))::bit(32)::bigint"
	        " < EXTRACT(epoch FROM pg_catalog.now()) - 3600"
	        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a"
	        " WHERE a.datid = d.oid)";
	struct leftovers leftovers = { .count = 0 };
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };
	char drop_sql[SQL_SIZE];

	command.row = take_leftover;
	command.context = &leftovers;
	(void)session->driver->execute(session, &command);
	for (uint32_t i = 0; i < leftovers.count; i++) {
		format_into(drop_sql, sizeof(drop_sql), "DROP DATABASE IF EXISTS \"%s\"",
		            leftovers.names[i]);
		(void)run(session, drop_sql);
	}
}

/* --- The template --- */

static bool find_template(struct maker *maker, bool *found)
{
	char sql[SQL_SIZE];
	char answer[NAME_SIZE];

	format_into(sql, sizeof(sql), "SELECT 1 FROM pg_catalog.pg_database WHERE datname = '%s'",
	            maker->template);
	if (!ask(&maker->session, sql, answer))
		return fail(maker, "the server can not be asked for its databases");
	*found = answer[0] != '\0';
	return true;
}

/* A database is made after one that nobody is connected to: the one before us may still be on its
 * way out, and who makes one, too. */
static bool create_after(struct maker *maker, const char *template)
{
	char sql[SQL_SIZE];
	bool created;

	if (!name_scratch(maker))
		return false;
	format_into(sql, sizeof(sql), "CREATE DATABASE \"%s\"%s%s%s", maker->name,
	            template != NULL ? " TEMPLATE \"" : "", template != NULL ? template : "",
	            template != NULL ? "\"" : "");
	created = run(&maker->session, sql);
	for (int i = 0; i < ATTEMPT_COUNT && !created && is_in_use(&maker->session); i++) {
		clock_sleep_ms(20, 200);
		created = run(&maker->session, sql);
	}
	return created;
}

/* A connection to the database that was made; NULL when that fails. */
static void *connect(struct maker *maker)
{
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	void *connection = connection_open_again(&maker->session, maker->name, problem);

	if (connection == NULL && problem[0] == '\0')
		(void)error_set(maker->error, INLAY_NO_MEMORY, "memory is out");
	else if (connection == NULL)
		(void)error_set(maker->error, INLAY_UNREACHABLE,
		                "the scratch database can not be connected to: %s", problem);
	return connection;
}

static bool migrate(struct maker *maker)
{
	struct request request = { .driver = &driver_postgres, .set = maker->set };

	request.connection = connect(maker);
	if (request.connection == NULL)
		return false;
	request.options = &maker->options;
	request.error = maker->error;
	(void)ensure_run(&request);
	connection_close_postgres(request.connection);
	return maker->error->result == INLAY_OK;
}

/* From here on nobody can connect to it, so that it stays as it is and can be copied. */
static bool seal(struct maker *maker)
{
	char sql[SQL_SIZE];

	format_into(sql, sizeof(sql), "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false", maker->name);
	if (!run(&maker->session, sql))
		return fail(maker, "the template database can not be closed");
	comment(maker, "what scratch databases are copied from; may be dropped");
	format_into(sql, sizeof(sql), "ALTER DATABASE \"%s\" RENAME TO \"%s\"", maker->name,
	            maker->template);
	if (run(&maker->session, sql))
		return true;
	if (failed_with(&maker->session, "42P04")) { /* duplicate_database: somebody was faster. */
		(void)drop(&maker->session, maker->name);
		return true;
	}
	return fail(maker, "the template database can not be named");
}

static bool make_template(struct maker *maker)
{
	if (!create_after(maker, NULL))
		return fail(maker, "the template database can not be made");
	comment(maker, "a template that is being made");
	if (migrate(maker) && seal(maker))
		return true;
	(void)drop(&maker->session, maker->name);
	return false;
}

static bool make_template_alone(struct maker *maker)
{
	char sql[SQL_SIZE];
	bool found = false;
	bool good;

	format_into(sql, sizeof(sql),
	            "SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended('%s', 0))",
	            maker->template);
	if (!run(&maker->session, sql))
		return fail(maker, "the lock of those who make the template can not be had");
	good = find_template(maker, &found) && (found || make_template(maker));
	(void)run(&maker->session, "SELECT pg_catalog.pg_advisory_unlock_all()");
	return good;
}

/* --- A call --- */

static bool start(struct maker *maker, const char *server)
{
	const char *parts[DRIVER_IDENTITY_COUNT_MAX];
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	void *connection = connection_open_postgres(server, problem);
	const char *words;

	maker->session = session_of(connection);
	if (connection == NULL) {
		(void)error_set(maker->error, INLAY_UNREACHABLE,
		                "the server can not be connected to: %s", problem);
		return false;
	}
	words = connection_problem(&maker->session);
	if (words != NULL) {
		(void)error_set(maker->error, INLAY_UNREACHABLE, "%s", words);
		return false;
	}
	if (connection_identify_postgres(connection, parts) > 0)
		format_into(maker->start, NAME_SIZE, "%s", parts[0]);
	/* Who waits for the lock waits for a whole set. */
	if (!run(&maker->session, "SELECT pg_catalog.set_config('statement_timeout', '0', false),"
	                          " pg_catalog.set_config('lock_timeout', '0', false),"
	                          " pg_catalog.set_config('client_min_messages', 'error', false)"))
		return fail(maker, "the connection can not be prepared");
	return name_template(maker);
}

/* A template may be dropped between two looks. */
static void *make_scratch(struct maker *maker)
{
	void *connection = NULL;
	bool created = false;

	for (int i = 0; i < ROUND_COUNT && !created; i++) {
		bool found;

		if (!find_template(maker, &found) || (!found && !make_template_alone(maker)))
			return NULL;
		created = create_after(maker, maker->template);
		if (!created &&
		    (maker->error->result != INLAY_OK || !failed_with(&maker->session, "3D000")))
			break;
	}
	if (!created) {
		(void)fail(maker, "the scratch database can not be made");
		return NULL;
	}
	comment(maker, "a scratch database, dropped by its test or an hour later");
	connection = connect(maker);
	if (connection != NULL)
		remember_origin(maker);
	else
		(void)drop(&maker->session, maker->name);
	return connection;
}

/* NULL, or what is wrong with the arguments. */
static const char *open_maker(struct maker *maker, const char *server,
                              const struct inlay_options *options)
{
	const char *problem =
	        scratch_take_options(&maker->options, options, INLAY_DIALECT_POSTGRES);

	if (problem == NULL)
		problem = scratch_check_set(maker->set, INLAY_DIALECT_POSTGRES);
	if (problem == NULL && server == NULL)
		problem = "there is no server";
	return problem;
}

enum inlay_result inlay_scratch_postgres(const char *server, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         struct pg_conn **connection, struct inlay_error *error)
{
	struct maker maker = { .set = set, .error = error };
	const char *problem;

	if (error == NULL || error->size < sizeof(*error))
		return INLAY_MISUSE;
	error_reset(error);
	if (connection == NULL)
		return error_set(error, INLAY_MISUSE, "there is no place for the connection");
	*connection = NULL;
	problem = open_maker(&maker, server, options);
	if (problem != NULL)
		return error_set(error, INLAY_MISUSE, "%s", problem);
	if (start(&maker, server)) {
		drop_leftovers(&maker.session);
		*connection = make_scratch(&maker);
	}
	connection_close_postgres(maker.session.connection);
	return error->result;
}

enum inlay_result inlay_scratch_forget_postgres(const char *server, const struct inlay_set *set,
                                                const struct inlay_options *options,
                                                struct inlay_error *error)
{
	struct maker maker = { .set = set, .error = error };
	const char *problem;

	if (error == NULL || error->size < sizeof(*error))
		return INLAY_MISUSE;
	error_reset(error);
	problem = open_maker(&maker, server, options);
	if (problem != NULL)
		return error_set(error, INLAY_MISUSE, "%s", problem);
	if (start(&maker, server) && !drop(&maker.session, maker.template))
		(void)fail(&maker, "the template database can not be dropped");
	connection_close_postgres(maker.session.connection);
	return error->result;
}

/* The database that it was made from, or else one that every server has. */
static void *connect_beside(const struct session *session, const char *name)
{
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	char origin[NAME_SIZE];
	void *beside = NULL;

	take_origin(name, origin);
	if (origin[0] != '\0')
		beside = connection_open_again(session, origin, problem);
	if (beside == NULL)
		beside = connection_open_again(session, "postgres", problem);
	return beside;
}

int inlay_scratch_drop_postgres(struct pg_conn *connection)
{
	const char *parts[DRIVER_IDENTITY_COUNT_MAX];
	struct session session = session_of(connection);
	struct session beside = session_of(NULL);
	char name[NAME_SIZE] = "";
	bool dropped = false;

	if (connection == NULL)
		return 1;
	if (connection_identify_postgres(connection, parts) > 0 &&
	    strncmp(parts[0], PREFIX, strlen(PREFIX)) == 0) {
		format_into(name, sizeof(name), "%s", parts[0]);
		beside.connection = connect_beside(&session, name);
	}
	connection_close_postgres(connection);
	if (beside.connection != NULL)
		dropped = drop(&beside, name);
	connection_close_postgres(beside.connection);
	return dropped;
}
