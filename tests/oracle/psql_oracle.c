/*
 * psql_oracle.c - a server that only records, and one psql that reads all scripts and sends it what
 * it takes for statements.  It speaks as much of the protocol (version 3) as psql needs: start-up,
 * simple queries, COPY from the client, and the parameter that changes how psql reads strings.
 */
#define _GNU_SOURCE /* strcasestr() */
#include "oracle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS    60000
#define MARKER        "SELECT 'script "
#define MESSAGE_MAX   ((size_t)1 << 20)
#define PROTOCOL_SSL  80877103u
#define PROTOCOL_GSS  80877104u

struct server {
	int socket;
	char directory[64];
	unsigned char *message; /* The last message's body, with a NUL after it. */
	size_t message_size;
	bool conforming;
	struct oracle_answer *answer; /* Of the script being read, or NULL. */
};

static bool wait_for(int file)
{
	struct pollfd wanted = { .fd = file, .events = POLLIN };

	return poll(&wanted, 1, TIMEOUT_MS) == 1;
}

static bool read_exactly(struct server *server, void *buffer, size_t size)
{
	char *at = buffer;

	while (size > 0) {
		ssize_t count = wait_for(server->socket) ? read(server->socket, at, size) : 0;

		if (count <= 0)
			return false;
		at += count;
		size -= (size_t)count;
	}
	return true;
}

/* Reads the size and the body of a message; its type, if it has one, is read already. */
static bool read_body(struct server *server)
{
	unsigned char size[4];

	if (!read_exactly(server, size, sizeof(size)))
		return false;
	server->message_size =
	    ((size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3]) - 4;
	if (server->message_size > MESSAGE_MAX)
		return false;
	server->message[server->message_size] = 0;
	return read_exactly(server, server->message, server->message_size);
}

static bool write_message(struct server *server, char type, const void *body, size_t size)
{
	unsigned char message[256] = { (unsigned char)type, 0, 0, (unsigned char)((size + 4) >> 8),
		                       (unsigned char)(size + 4) };

	if (size > sizeof(message) - 5)
		return false;
	if (size > 0)
		memcpy(message + 5, body, size);
	return send(server->socket, message, size + 5, MSG_NOSIGNAL) == (ssize_t)(size + 5);
}

static bool write_parameter(struct server *server, const char *name, const char *value)
{
	char body[128];
	size_t name_size = strlen(name) + 1;
	size_t value_size = strlen(value) + 1;

	memcpy(body, name, name_size);
	memcpy(body + name_size, value, value_size);
	return write_message(server, 'S', body, name_size + value_size);
}

static bool write_conforming(struct server *server, bool conforming)
{
	server->conforming = conforming;
	return write_parameter(server, "standard_conforming_strings", conforming ? "on" : "off");
}

static bool write_ready(struct server *server)
{
	return write_message(server, 'Z', "I", 1);
}

static bool greet(struct server *server)
{
	uint32_t code;

	do {
		if (!read_body(server) || server->message_size < 4)
			return false;
		code = (uint32_t)server->message[0] << 24 | (uint32_t)server->message[1] << 16 |
		       (uint32_t)server->message[2] << 8 | server->message[3];
		if ((code == PROTOCOL_SSL || code == PROTOCOL_GSS) &&
		    write(server->socket, "N", 1) != 1)
			return false;
	} while (code == PROTOCOL_SSL || code == PROTOCOL_GSS);
	return write_message(server, 'R', "\0\0\0", 4) &&
	       write_parameter(server, "server_version", "15.0") &&
	       write_parameter(server, "client_encoding", "UTF8") &&
	       write_conforming(server, true) && write_ready(server);
}

/* psql sends the line that ends the data as well. */
static size_t without_last_line(const char *data, size_t size)
{
	size_t end = size;

	while (end > 0 && (data[end - 1] == '\n' || data[end - 1] == '\r'))
		end--;
	return end >= 2 && memcmp(data + end - 2, "\\.", 2) == 0 ? end - 2 : size;
}

/* The data of a COPY, recorded as one text. */
static bool read_copy(struct server *server)
{
	char *data = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&data, &size);
	char type;
	bool read = true;

	if (stream == NULL)
		return false;
	fputs("data:", stream);
	while ((read = read_exactly(server, &type, 1) && read_body(server)) && type == 'd')
		fwrite(server->message, 1, server->message_size, stream);
	fclose(stream);
	oracle_add(server->answer, data, without_last_line(data, size));
	free(data);
	return read;
}

static bool begins_with(const char *text, const char *word)
{
	return strncasecmp(text, word, strlen(word)) == 0;
}

/* psql sends the comments before a statement as well. */
static const char *skip_comments(const char *query)
{
	const char *end;

	for (;;) {
		query += strspn(query, " \t\r\n\f;");
		if (begins_with(query, "--"))
			end = strpbrk(query, "\r\n");
		else if (begins_with(query, "/*"))
			end = strstr(query + 2, "*/");
		else
			return query;
		if (end == NULL)
			return "";
		query = end + (*end == '*' ? 2 : 1);
	}
}

/* What a real server would make of these few statements, as simply as can be: the scripts are ours.
 */
static bool reads_copy(const char *query)
{
	return begins_with(query, "copy") &&
	       (strcasestr(query, "from stdin") != NULL ||
	        strcasestr(query, "from stdout") != NULL || strcasestr(query, "\nstdin") != NULL);
}

static bool answer_setting(struct server *server, const char *query)
{
	static const char name[] = "standard_conforming_strings";
	const char *value = strcasestr(query, name);

	if (begins_with(query, "reset all") || begins_with(query, "discard all"))
		return write_conforming(server, true);
	if (value == NULL || !(begins_with(query, "set") || begins_with(query, "select") ||
	                       begins_with(query, "reset")))
		return true;
	value += strlen(name);
	value += strspn(value, " '\",=");
	if (begins_with(value, "to "))
		value += strspn(value + 3, " '") + 3;
	return write_conforming(server, begins_with(value, "on") || begins_with(query, "reset"));
}

static bool answer_query(struct server *server, struct oracle_answer *answers)
{
	const char *query = (const char *)server->message;
	const char *statement = skip_comments(query);

	if (begins_with(query, MARKER)) {
		server->answer = &answers[strtoul(query + strlen(MARKER), NULL, 10)];
		server->answer->judged = true;
		if (!write_conforming(server, true))
			return false;
	} else {
		oracle_add(server->answer, query, strlen(query));
		if (reads_copy(statement) &&
		    !(write_message(server, 'G', "\0\0\0", 3) && read_copy(server)))
			return false;
		if (!answer_setting(server, statement))
			return false;
	}
	return write_message(server, 'C', "SELECT 0", 9) && write_ready(server);
}

static bool serve(struct server *server, struct oracle_answer *answers)
{
	char type;

	if (!greet(server))
		return false;
	while (read_exactly(server, &type, 1) && read_body(server)) {
		if (type == 'X')
			return true;
		if (type != 'Q' || !answer_query(server, answers))
			return false;
	}
	return false;
}

static void path_of(const struct server *server, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", server->directory, name);
}

static bool write_file(const struct server *server, const char *name, const char *start,
                       size_t size)
{
	char path[128];
	FILE *file;
	bool written;

	path_of(server, name, path, sizeof(path));
	file = fopen(path, "wb");
	if (file == NULL)
		return false;
	written = fwrite(start, 1, size, file) == size;
	return fclose(file) == 0 && written;
}

/* A file for each script, and one that includes them all, each after a query that tells which it
 * is. */
static bool write_scripts(const struct server *server, const struct oracle_text *scripts,
                          size_t count)
{
	char *all = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&all, &size);
	bool written = stream != NULL;
	size_t i;

	for (i = 0; written && i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%zu.sql", i);
		fprintf(stream, MARKER "%zu';\n\\i %s/%s\n", i, server->directory, name);
		written = write_file(server, name, scripts[i].start, scripts[i].size);
	}
	if (stream != NULL)
		fclose(stream);
	written = written && write_file(server, "all.sql", all, size);
	free(all);
	return written;
}

static void remove_files(const struct server *server, size_t count)
{
	static const char *const names[] = { "all.sql", ".s.PGSQL.5432" };
	char path[128];
	size_t i;

	for (i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%zu.sql", i);
		path_of(server, name, path, sizeof(path));
		unlink(path);
	}
	for (i = 0; i < 2; i++) {
		path_of(server, names[i], path, sizeof(path));
		unlink(path);
	}
	rmdir(server->directory);
}

static int listen_in(const struct server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	path_of(server, ".s.PGSQL.5432", address.sun_path, sizeof(address.sun_path));
	if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(listener, 1) == 0)
		return listener;
	if (listener >= 0)
		close(listener);
	return -1;
}

/* In the child: only errors are let out, and not psql's messages about the scripts. */
static void run_psql(const struct server *server)
{
	char path[128];
	int nowhere = open("/dev/null", O_RDWR);

	path_of(server, "all.sql", path, sizeof(path));
	if (nowhere >= 0) {
		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
	}
	unsetenv("PGOPTIONS");
	unsetenv("PGSERVICE");
	setenv("PGCLIENTENCODING", "UTF8", 1);
	execlp("psql", "psql", "-X", "-q", "-w", "-h", server->directory, "-p", "5432", "-U",
	       "test", "-d", "test", "-f", path, (char *)NULL);
	_exit(127);
}

static const char *converse(struct server *server, int listener, struct oracle_answer *answers,
                            bool *missing)
{
	pid_t child = fork();
	int status = 0;
	bool served = false;

	if (child < 0)
		return "cannot start a process";
	if (child == 0)
		run_psql(server);
	/* A psql that can not be run never comes; one that ends is noticed by its closed socket. */
	for (;;) {
		struct pollfd wanted = { .fd = listener, .events = POLLIN };

		if (poll(&wanted, 1, 100) == 1)
			break;
		if (waitpid(child, &status, WNOHANG) == child) {
			*missing = WIFEXITED(status) && WEXITSTATUS(status) == 127;
			return *missing ? "psql is not here to compare with"
			                : "psql did not connect";
		}
	}
	server->socket = accept(listener, NULL, NULL);
	if (server->socket >= 0) {
		served = serve(server, answers);
		close(server->socket);
	}
	waitpid(child, &status, 0);
	return served ? NULL : "psql and the recording server did not understand each other";
}

const char *psql_oracle(const struct oracle_text *scripts, size_t count,
                        struct oracle_answer *answers, bool *missing)
{
	struct server server = { .socket = -1, .directory = "/tmp/inlay-psql-XXXXXX" };
	const char *reason = "no room for temporary files";
	int listener = -1;

	*missing = false;
	server.message = malloc(MESSAGE_MAX + 1);
	if (server.message == NULL || mkdtemp(server.directory) == NULL) {
		free(server.message);
		return reason;
	}
	if (write_scripts(&server, scripts, count) && (listener = listen_in(&server)) >= 0)
		reason = converse(&server, listener, answers, missing);
	if (listener >= 0)
		close(listener);
	remove_files(&server, count);
	free(server.message);
	return reason;
}
