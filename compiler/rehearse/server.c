/* server.c - starts PostgreSQL in a temporary directory; and sees to it that nothing is left
 * behind, by a child process that outlives this one. */
#define _DEFAULT_SOURCE  /* For setgroups(). */
#define _XOPEN_SOURCE    700
#define _DARWIN_C_SOURCE /* For setgroups() and mkdtemp() on macOS. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE   300
#define START_TRIES 600 /* Of 50 ms. */
#define REMEDY      "install PostgreSQL's server, or name one: --rehearse=postgres://..."

/* --- Programs --- */

static bool is_program(char path[PATH_SIZE], const char *directory, const char *name)
{
	return snprintf(path, PATH_SIZE, "%s/%s", directory, name) < PATH_SIZE &&
	       access(path, X_OK) == 0;
}

/* Both programs, where the distributions put them, the highest version first; then in PATH. */
static bool find_directory(char directory[PATH_SIZE])
{
	static const char *const patterns[] = { "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		                                "/opt/homebrew/opt/postgresql*/bin",
		                                "/usr/local/opt/postgresql*/bin",
		                                "/usr/local/pgsql/bin" };
	const char *path = getenv("PATH");
	char program[PATH_SIZE];
	size_t i, j;

	for (; path != NULL && *path != '\0'; path += strspn(path, ":")) {
		size_t size = strcspn(path, ":");

		snprintf(directory, PATH_SIZE, "%.*s", (int)size, path);
		if (is_program(program, directory, "initdb") &&
		    is_program(program, directory, "postgres"))
			return true;
		path += size;
	}
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		glob_t found;
		bool is_found = false;

		if (glob(patterns[i], 0, NULL, &found) != 0)
			continue;
		for (j = found.gl_pathc; j > 0 && !is_found; j--) {
			snprintf(directory, PATH_SIZE, "%s", found.gl_pathv[j - 1]);
			is_found = is_program(program, directory, "initdb") &&
			           is_program(program, directory, "postgres");
		}
		globfree(&found);
		if (is_found)
			return true;
	}
	return false;
}

/* PostgreSQL does not run as root: as its own user then. */
static bool leave_root(const char *directory)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return true;
	user = getpwnam("postgres");
	return user != NULL && chown(directory, user->pw_uid, user->pw_gid) == 0 &&
	       setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
}

/* Runs a program whose output nobody reads; its process, or -1. */
static pid_t spawn(char *const arguments[])
{
	pid_t child = fork();
	int nowhere;

	if (child != 0)
		return child;
	nowhere = open("/dev/null", O_RDWR);
	if (nowhere >= 0) {
		dup2(nowhere, 0);
		dup2(nowhere, 1);
		dup2(nowhere, 2);
	}
	execv(arguments[0], arguments);
	_exit(127);
}

static bool run(char *const arguments[])
{
	pid_t child = spawn(arguments);
	int status = 1;

	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && status == 0;
}

/* --- The child --- */

/* Waits until the other end of the lifeline is closed. */
static void wait_for_end(int lifeline)
{
	char byte;
	ssize_t size;

	do
		size = read(lifeline, &byte, 1);
	while (size > 0 || (size < 0 && errno == EINTR));
}

/* Keeps out of the way of Ctrl-C, which ends the process that it waits for. */
static void detach(void)
{
	setsid();
	/* A shell's `&` has it ignored; so would postgres until it is ready, and not stop. */
	signal(SIGQUIT, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

static pid_t start_postgres(const char *programs, const char *directory)
{
	char initdb[PATH_SIZE];
	char postgres[PATH_SIZE];
	char data[PATH_SIZE + sizeof("/data")];
	char *const make[] = { initdb,  "-D", data,   "-U",        "postgres", "-A",
		               "trust", "-E", "UTF8", "--no-sync", NULL };
	char *const serve[] = { postgres,
		                "-D",
		                data,
		                "-k",
		                (char *)(uintptr_t)directory,
		                "-c",
		                "listen_addresses=",
		                "-c",
		                "fsync=off",
		                "-c",
		                "full_page_writes=off",
		                "-c",
		                "max_connections=20",
		                NULL };

	snprintf(data, sizeof(data), "%s/data", directory);
	if (!is_program(initdb, programs, "initdb") ||
	    !is_program(postgres, programs, "postgres") || !leave_root(directory) || !run(make))
		return -1;
	return spawn(serve);
}

/* The child's life: a server, as long as its parent lives.  Says "y" or "n" when it has begun. */
static void keep_server(const char *programs, const char *directory, int lifeline, int answer)
{
	char *const remove[] = { "/bin/rm", "-rf", "--", (char *)(uintptr_t)directory, NULL };
	pid_t server;

	detach();
	server = start_postgres(programs, directory);
	if (write(answer, server > 0 ? "y" : "n", 1) == 1 && server > 0)
		wait_for_end(lifeline);
	if (server > 0) {
		kill(server, SIGQUIT);
		while (waitpid(server, NULL, 0) < 0 && errno == EINTR)
			;
	}
	(void)run(remove);
}

static PGconn *connect_quietly(const char *url)
{
	const char *const keywords[] = { "dbname", "fallback_application_name", NULL };
	const char *const values[] = { url, "inlay", NULL };

	return PQconnectdbParams(keywords, values, 1);
}

/* The child's life: drops what its parent has left. */
static void drop_databases(const char *url, int owner, int lifeline)
{
	char query[200];
	PGconn *connection;
	PGresult *names;
	int row;

	detach();
	wait_for_end(lifeline);
	connection = connect_quietly(url);
	snprintf(query, sizeof(query),
	         "SELECT format('DROP DATABASE IF EXISTS %%I WITH (FORCE)', datname) FROM "
	         "pg_database WHERE datname LIKE 'inlay\\_rehearsal\\_%d\\_%%'",
	         owner);
	names = PQexec(connection, query);
	for (row = 0; row < PQntuples(names); row++)
		PQclear(PQexec(connection, PQgetvalue(names, row, 0)));
	PQclear(names);
	PQfinish(connection);
}

/* --- The parent --- */

/* A child that has one end of a lifeline; true in the child. */
static bool bear(struct server *server, int *lifeline)
{
	int ends[2];

	server->lifeline = -1;
	server->child = -1;
	if (pipe(ends) != 0)
		return false;
	fflush(NULL);
	server->child = (int)fork();
	if (server->child == 0) {
		close(ends[1]);
		*lifeline = ends[0];
		return true;
	}
	close(ends[0]);
	server->lifeline = ends[1];
	fcntl(server->lifeline, F_SETFD, FD_CLOEXEC);
	return false;
}

void server_stop(struct server *server)
{
	if (server->lifeline >= 0)
		close(server->lifeline);
	if (server->child > 0)
		while (waitpid(server->child, NULL, 0) < 0 && errno == EINTR)
			;
	server->lifeline = -1;
	server->child = -1;
}

const char *server_use(struct arena *arena, struct server *server, const char *url)
{
	int owner = (int)getpid();
	int lifeline = -1;

	server->url = arena_copy(arena, text_of(url));
	if (bear(server, &lifeline)) {
		drop_databases(url, owner, lifeline);
		_exit(0);
	}
	return server->child > 0 ? NULL : "no process can be started";
}

/* Until it takes connections. */
static bool wait_for_server(const char *url)
{
	struct timespec pause = { .tv_nsec = 50000000 };
	int i;

	for (i = 0; i < START_TRIES; i++) {
		PGconn *connection = connect_quietly(url);
		bool is_open = PQstatus(connection) == CONNECTION_OK;

		PQfinish(connection);
		if (is_open)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

const char *server_start(struct arena *arena, struct server *server)
{
	const char *parent = getenv("TMPDIR");
	char programs[PATH_SIZE];
	char directory[PATH_SIZE];
	char answer = 'n';
	int answers[2];
	int lifeline = -1;

	server->lifeline = -1;
	server->child = -1;
	if (!find_directory(programs))
		return "this machine has no initdb and postgres: " REMEDY;
	/* A socket's path is short. */
	snprintf(directory, sizeof(directory), "%s/inlay-XXXXXX",
	         parent != NULL && strlen(parent) < 60 ? parent : "/tmp");
	if (mkdtemp(directory) == NULL || pipe(answers) != 0)
		return "no temporary directory can be made: set TMPDIR to a place that can be "
		       "written";
	if (bear(server, &lifeline)) {
		close(answers[0]);
		keep_server(programs, directory, lifeline, answers[1]);
		_exit(0);
	}
	close(answers[1]);
	while (read(answers[0], &answer, 1) < 0 && errno == EINTR)
		;
	close(answers[0]);
	server->url = arena_format(arena, "host=%s user=postgres dbname=postgres", directory);
	if (answer == 'y' && wait_for_server(server->url))
		return NULL;
	server_stop(server);
	return arena_format(arena, "%s does not start a server%s", programs,
	                    geteuid() == 0 ? ", as root it needs a user \"postgres\": " REMEDY
	                                   : ": " REMEDY);
}
