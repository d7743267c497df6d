/* connection_postgres.c - opens connections by libpq, and looks at what it knows of one. */
#include "connection_postgres.h"

#include "format.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_VERSION_MIN 110000 /* hashtextextended(); what YugabyteDB 2 says it is. */
#define REPORTS_PATH_SINCE 180000 /* From this version on the server tells of its search_path. */
#define OPTION_COUNT_MAX   64

/* --- Identity --- */

uint32_t connection_identify_postgres(void *connection,
                                      const char *parts[DRIVER_IDENTITY_COUNT_MAX])
{
	const char *database = PQdb(connection);
	const char *search_path = NULL;
	uint32_t count = 0;

	if (database == NULL || database[0] == '\0')
		return 0;
	if (PQserverVersion(connection) >= REPORTS_PATH_SINCE)
		search_path = PQparameterStatus(connection, "search_path");
	parts[count++] = database;
	parts[count++] = PQhost(connection);
	parts[count++] = PQhostaddr(connection);
	parts[count++] = PQport(connection);
	parts[count++] = PQuser(connection);
	parts[count++] = PQoptions(connection);
	parts[count++] = search_path;
	for (uint32_t i = 0; i < count; i++)
		if (parts[i] == NULL)
			parts[i] = "";
	return count;
}

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val != NULL ? options->val : "";
	return "";
}

/* "keyword='value'", with the quotes where they are needed; at most 2 * strlen(value) + 32. */
static char *put_option(char *at, const char *keyword, const char *value)
{
	bool quoted = value[strcspn(value, " '\\")] != '\0';

	memcpy(at, keyword, strlen(keyword));
	at += strlen(keyword);
	*at++ = '=';
	if (quoted)
		*at++ = '\'';
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			*at++ = '\\';
		*at++ = *value;
	}
	if (quoted)
		*at++ = '\'';
	*at++ = ' ';
	return at;
}

static char *name_options(const PQconninfoOption *given, const PQconninfoOption *defaults)
{
	static const char *const keywords[] = {
		"service", "host", "hostaddr", "port", "dbname", "user", "options", NULL,
	};
	const char *values[sizeof(keywords) / sizeof(keywords[0])] = { NULL };
	size_t size = 1;
	char *name, *at;

	for (size_t i = 0; keywords[i] != NULL; i++) {
		values[i] = option_of(given, keywords[i]);
		if (values[i][0] == '\0')
			values[i] = option_of(defaults, keywords[i]);
		size += 2 * strlen(values[i]) + 32;
	}
	name = malloc(size);
	at = name;
	for (size_t i = 0; name != NULL && keywords[i] != NULL; i++)
		if (values[i][0] != '\0')
			at = put_option(at, keywords[i], values[i]);
	if (at > name)
		at[-1] = '\0';
	return name;
}

char *connection_name_postgres(const char *database)
{
	PQconninfoOption *given = PQconninfoParse(database, NULL);
	PQconninfoOption *defaults = PQconndefaults();
	char *name = NULL;

	if (given != NULL && defaults != NULL)
		name = name_options(given, defaults);
	PQconninfoFree(given);
	PQconninfoFree(defaults);
	return name;
}

void connection_describe_postgres(const char *database, char *buffer, size_t size)
{
	PQconninfoOption *given = PQconninfoParse(database, NULL);
	const char *name = given != NULL ? option_of(given, "dbname") : "";
	const char *host = given != NULL ? option_of(given, "host") : "";

	format_into(buffer, size, "%s", name[0] != '\0' ? name : "the default database");
	if (given == NULL)
		format_into(buffer, size, "a connection string that can not be understood");
	if (host[0] != '\0' && strchr(host, '@') == NULL)
		format_append(buffer, size, " at %s", host);
	PQconninfoFree(given);
}

/* --- Opening and closing --- */

static void ignore_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

/* Takes over `connection`, which may be NULL; returns it when it is open. */
static PGconn *keep_if_open(PGconn *connection, char problem[DRIVER_PROBLEM_SIZE_MAX])
{
	if (connection == NULL) {
		format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "memory is out");
		return NULL;
	}
	(void)PQsetNoticeReceiver(connection, ignore_notice, NULL);
	if (PQstatus(connection) == CONNECTION_OK)
		return connection;
	format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "%s", PQerrorMessage(connection));
	format_one_line(problem);
	PQfinish(connection);
	return NULL;
}

/* What is wrong with the string itself; NULL when nothing is.  libpq would quote the place where it
 * no longer understood, and that may be in the middle of a password: one with an '@' or a '/' in it
 * ends there, and the rest becomes part of the host or the port.  ("@name" is a socket.) */
static const char *problem_of(const char *database)
{
	PQconninfoOption *options = PQconninfoParse(database, NULL);
	const char *problem = NULL;
	const char *host, *port;

	if (options == NULL)
		return "the connection string can not be understood (it is not shown here, as it "
		       "may hold a password); in a URI special characters are written %XX, "
		       "elsewhere values with spaces stand in '...'";
	host = option_of(options, "host");
	port = option_of(options, "port");
	if ((strchr(host, '@') != NULL && host[0] != '@') ||
	    port[strspn(port, "0123456789, ")] != '\0')
		problem = "the connection string has an @ in its host, or a port that is no "
		          "number: in the user and password of a URI, @ is written %40, : %3A "
		          "and / %2F";
	PQconninfoFree(options);
	return problem;
}

void *connection_open_postgres(const char *database, char problem[DRIVER_PROBLEM_SIZE_MAX])
{
	const char *const names[] = { "dbname", "fallback_application_name", NULL };
	const char *const values[] = { database, "inlay", NULL };
	const char *words = problem_of(database);

	if (words != NULL) {
		format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "%s", words);
		return NULL;
	}
	return keep_if_open(PQconnectdbParams(names, values, 1), problem);
}

/* For a list of hosts, the one host it is connected to. */
void *connection_open_again(const struct session *session, const char *database,
                            char problem[DRIVER_PROBLEM_SIZE_MAX])
{
	const char *names[OPTION_COUNT_MAX + 1] = { NULL };
	const char *values[OPTION_COUNT_MAX + 1] = { NULL };
	PGconn *connection = session->connection;
	PQconninfoOption *options = PQconninfo(connection);
	PGconn *again = NULL;
	size_t count = 0;

	for (const PQconninfoOption *next = options;
	     next != NULL && next->keyword != NULL && count < OPTION_COUNT_MAX; next++) {
		const char *value = next->val;

		if (strcmp(next->keyword, "host") == 0)
			value = PQhost(connection);
		else if (strcmp(next->keyword, "hostaddr") == 0)
			value = value != NULL ? PQhostaddr(connection) : NULL;
		else if (strcmp(next->keyword, "port") == 0)
			value = PQport(connection);
		else if (strcmp(next->keyword, "password") == 0)
			value = PQpass(connection);
		else if (database != NULL && strcmp(next->keyword, "dbname") == 0)
			value = database;
		if (value == NULL || value[0] == '\0')
			continue;
		names[count] = next->keyword;
		values[count++] = value;
	}
	if (options != NULL)
		again = PQconnectdbParams(names, values, 0);
	PQconninfoFree(options);
	problem[0] = '\0';
	return again != NULL ? keep_if_open(again, problem) : NULL;
}

void connection_close_postgres(void *connection)
{
	PQfinish(connection);
}

/* --- What is known --- */

/* A connection that was never made says why. */
static const char *describe_closed(struct session *session)
{
	struct failure *failure = &session->failure;

	failure->outcome = OUTCOME_LOST;
	format_into(failure->message, sizeof(failure->message), "the connection is not open: %s",
	            PQerrorMessage(session->connection));
	format_one_line(failure->message);
	return failure->message;
}

const char *connection_problem(struct session *session)
{
	PGconn *connection = session->connection;

	if (PQstatus(connection) != CONNECTION_OK)
		return describe_closed(session);
	if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF)
		return "the connection is in pipeline mode: leave it first";
	if (PQtransactionStatus(connection) == PQTRANS_ACTIVE)
		return "the connection has a command under way: read its results first";
	if (PQtransactionStatus(connection) != PQTRANS_IDLE)
		return "the connection has a transaction open: commit or roll it back first";
	if (PQserverVersion(connection) < SERVER_VERSION_MIN)
		return "the server is older than PostgreSQL 11";
	return NULL;
}

void connection_cancel(void *connection)
{
	PGcancel *cancel = PQgetCancel(connection);
	char problem[256];

	if (cancel != NULL)
		(void)PQcancel(cancel, problem, sizeof(problem));
	PQfreeCancel(cancel);
}

bool connection_is_in_transaction(const struct session *session)
{
	return PQtransactionStatus(session->connection) == PQTRANS_INTRANS;
}

bool connection_is_idle(const struct session *session)
{
	PGTransactionStatusType status = PQtransactionStatus(session->connection);

	return status != PQTRANS_INTRANS && status != PQTRANS_INERROR;
}

bool connection_is_local(const struct session *session)
{
	const char *host = PQhost(session->connection);

	return host == NULL || host[0] == '/' || host[0] == '@' || host[0] == '\0';
}

int connection_server_version(const struct session *session)
{
	return PQserverVersion(session->connection);
}

int connection_backend(const struct session *session)
{
	return PQbackendPID(session->connection);
}

const char *connection_parameter(const struct session *session, const char *name)
{
	const char *value = PQparameterStatus(session->connection, name);

	return value != NULL ? value : "";
}
