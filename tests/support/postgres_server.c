/*
 * postgres_server.c - initdb, start, stop and remove, without ever leaving anything behind.
 *
 * A keeper process stands between the test program and the server.  It waits for the end of a
 * pipe that only the test program holds open: however that ends, the keeper then stops the server
 * and removes its directory.
 */
#include "postgres_server.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

int setgroups(size_t count, const gid_t *groups); /* Linux and the BSDs; not in POSIX. */

#define PATH_SIZE     512
#define VERSIONS_PATH "/usr/lib/postgresql"

static struct {
	bool tried;
	bool running;
	char binaries[PATH_SIZE];  /* Where initdb and postgres are. */
	char directory[PATH_SIZE]; /* Data, socket and log. */
	int pipe;                  /* Open as long as the server shall run. */
} server;

static void format(char *buffer, const char *first, const char *second, const char *third)
{
	int size = snprintf(buffer, PATH_SIZE, "%s%s%s", first, second, third);

	if (size < 0 || size >= PATH_SIZE)
		abort();
}

static bool has_initdb(const char *directory)
{
	char path[PATH_SIZE];

	format(path, directory, "/", "initdb");
	return access(path, X_OK) == 0;
}

/* Debian keeps each version's programs in a directory of its own: the highest one. */
static bool find_in_versions(char *found)
{
	long highest = -1;
	struct dirent *entry;
	DIR *directory = opendir(VERSIONS_PATH);

	if (directory == NULL)
		return false;
	while ((entry = readdir(directory)) != NULL) {
		char candidate[PATH_SIZE];
		long version = strtol(entry->d_name, NULL, 10);

		if (version <= highest || strlen(entry->d_name) > 20)
			continue;
		format(candidate, VERSIONS_PATH "/", entry->d_name, "/bin");
		if (has_initdb(candidate)) {
			highest = version;
			memcpy(found, candidate, PATH_SIZE);
		}
	}
	(void)closedir(directory);
	return highest >= 0;
}

static bool find_in_path(char *found)
{
	const char *start = getenv("PATH");

	while (start != NULL && *start != '\0') {
		size_t size = strcspn(start, ":");

		if (size > 0 && size < PATH_SIZE - 20) {
			memcpy(found, start, size);
			found[size] = '\0';
			if (has_initdb(found))
				return true;
		}
		start += size + (start[size] == ':');
	}
	return false;
}

static bool find_by_pg_config(char *found)
{
	FILE *output = popen("pg_config --bindir 2>/dev/null", "r");
	bool read = output != NULL && fgets(found, PATH_SIZE, output) != NULL;

	if (output != NULL)
		(void)pclose(output);
	if (read)
		found[strcspn(found, "\n")] = '\0';
	return read && has_initdb(found);
}

/* The server refuses to run as root. */
static void leave_root(const struct passwd *user)
{
	if (user == NULL)
		return;
	if (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
		_exit(126);
}

static const struct passwd *find_user(void)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return NULL;
	user = getpwnam("postgres");
	return user != NULL ? user : getpwnam("nobody");
}

/* In a child: becomes one of the server's programs, silent but for the log. */
static void become(const char *program, char *const *arguments)
{
	char path[PATH_SIZE];
	char log[PATH_SIZE];
	int file;

	format(path, server.binaries, "/", program);
	format(log, server.directory, "/", "log");
	leave_root(find_user());
	file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0 ||
	    chdir("/") != 0)
		_exit(126);
	(void)execv(path, arguments);
	_exit(127);
}

static bool init_data(void)
{
	char data[PATH_SIZE];
	char *arguments[] = { (char[]){ "initdb" },
		              (char[]){ "--no-sync" },
		              (char[]){ "--auth=trust" },
		              (char[]){ "--username=postgres" },
		              (char[]){ "--no-locale" },
		              (char[]){ "--encoding=UTF8" },
		              data,
		              NULL };
	int status = -1;
	pid_t pid;

	format(data, server.directory, "/", "data");
	pid = fork();
	if (pid == 0)
		become("initdb", arguments);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static pid_t start_server(void)
{
	char data[PATH_SIZE];
	char sockets[PATH_SIZE];
	char *arguments[] = { (char[]){ "postgres" },
		              (char[]){ "-D" },
		              data,
		              (char[]){ "-k" },
		              sockets,
		              (char[]){ "-h" },
		              (char[]){ "" },
		              (char[]){ "-F" }, /* No fsync: the data do not outlive the test. */
		              (char[]){ "-N" },
		              (char[]){ "100" },
		              (char[]){ "-c" },
		              (char[]){ "shared_buffers=16MB" },
		              (char[]){ "-c" },
		              (char[]){ "autovacuum=off" },
		              NULL };
	pid_t pid;

	format(data, server.directory, "/", "data");
	format(sockets, server.directory, "", "");
	pid = fork();
	if (pid == 0)
		become("postgres", arguments);
	return pid;
}

static void remove_directory(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", server.directory, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
}

/* The keeper: runs the server until the pipe's other end is closed. */
static void keep(int end)
{
	char byte;
	pid_t pid;
	int null = open("/dev/null", O_RDWR);

	(void)setsid(); /* What stops the test's process group must not stop the clean-up. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
	}
	pid = start_server();
	while (read(end, &byte, 1) > 0)
		;
	if (pid > 0) {
		(void)kill(pid, SIGQUIT);
		(void)waitpid(pid, NULL, 0);
	}
	remove_directory();
	_exit(0);
}

static bool make_directory(void)
{
	const struct passwd *user = find_user();

	format(server.directory, "/tmp/inlay-postgres-XXXXXX", "", "");
	if (mkdtemp(server.directory) == NULL)
		return false;
	return user == NULL || chown(server.directory, user->pw_uid, user->pw_gid) == 0;
}

static bool wait_until_ready(void)
{
	const struct timespec pause = { 0, 20000000 };
	char options[PATH_SIZE + 80];

	(void)snprintf(options, sizeof(options), "host=%s user=postgres dbname=postgres",
	               server.directory);
	for (int i = 0; i < 3000; i++) {
		if (PQping(options) == PQPING_OK)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

static bool start(void)
{
	int ends[2];
	pid_t keeper;

	if (!find_in_path(server.binaries) && !find_by_pg_config(server.binaries) &&
	    !find_in_versions(server.binaries))
		return false;
	if (!make_directory() || pipe(ends) != 0)
		abort();
	if (!init_data()) {
		(void)fprintf(stderr, "initdb failed: see %s/log\n", server.directory);
		abort();
	}
	keeper = fork();
	if (keeper == 0) {
		(void)close(ends[1]);
		keep(ends[0]);
	}
	(void)close(ends[0]);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	server.pipe = ends[1];
	return wait_until_ready();
}

const char *postgres_server_options(const char *name, const char *role)
{
	static char options[PATH_SIZE + 200];

	if (!server.tried)
		server.running = start();
	server.tried = true;
	if (!server.running)
		return NULL;
	(void)snprintf(options, sizeof(options), "host=%s user=%s dbname=%s", server.directory,
	               role, name);
	return options;
}

PGconn *postgres_server_connect_as(const char *name, const char *role)
{
	const char *options = postgres_server_options(name, role);
	PGconn *connection = options != NULL ? PQconnectdb(options) : NULL;

	if (connection != NULL && PQstatus(connection) != CONNECTION_OK) {
		print_error("%s", PQerrorMessage(connection));
		PQfinish(connection);
		return NULL;
	}
	return connection;
}
