/*
 * keeper.c - a process between the test program and each server.
 *
 * It obeys single bytes from a socket pair of which only the test program (and what it forks) holds
 * the other end.  At the end of that it stops the server and removes its directory.
 */
#include "keeper.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int setgroups(size_t count, const gid_t *groups); /* Linux and the BSDs; not in POSIX. */

#define BYTE_HALT   'h'
#define BYTE_RESUME 'r'

struct keeper {
	pid_t pid;
	int line;
};

/* --- Users and directories --- */

/* Neither PostgreSQL nor pgbouncer runs as root. */
static const struct passwd *find_user(void)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return NULL;
	user = getpwnam("postgres");
	return user != NULL ? user : getpwnam("nobody");
}

static void leave_root(const struct passwd *user)
{
	if (user == NULL)
		return;
	if (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
		_exit(126);
}

bool keeper_make_directory(char path[KEEPER_PATH_SIZE], const char *name)
{
	const struct passwd *user = find_user();
	int size = snprintf(path, KEEPER_PATH_SIZE, "/tmp/inlay-%s-XXXXXX", name);

	if (size < 0 || size >= KEEPER_PATH_SIZE || mkdtemp(path) == NULL)
		return false;
	return user == NULL || chown(path, user->pw_uid, user->pw_gid) == 0;
}

static void remove_directory(const char *path)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
}

/* --- Programs --- */

static bool is_program(char path[KEEPER_PATH_SIZE], const char *directory, size_t size,
                       const char *program)
{
	int written = snprintf(path, KEEPER_PATH_SIZE, "%.*s/%s", (int)size, directory, program);

	return size > 0 && written > 0 && written < KEEPER_PATH_SIZE && access(path, X_OK) == 0;
}

bool keeper_find(char path[KEEPER_PATH_SIZE], const char *program, const char *const *elsewhere)
{
	const char *start = getenv("PATH");

	while (start != NULL && *start != '\0') {
		size_t size = strcspn(start, ":");

		if (is_program(path, start, size, program))
			return true;
		start += size + (start[size] == ':');
	}
	for (; *elsewhere != NULL; elsewhere++)
		if (is_program(path, *elsewhere, strlen(*elsewhere), program))
			return true;
	return false;
}

/* In a child: becomes the program, silent but for the log. */
static void become(char *const *arguments, const char *directory)
{
	char log[KEEPER_PATH_SIZE + 8];
	int file;

	(void)snprintf(log, sizeof(log), "%s/log", directory);
	leave_root(find_user());
	file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0 ||
	    chdir("/") != 0)
		_exit(126);
	(void)execv(arguments[0], arguments);
	_exit(127);
}

static pid_t spawn(char *const *arguments, const char *directory)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		become(arguments, directory);
	return pid;
}

bool keeper_run(char *const *arguments, const char *directory)
{
	int status = -1;
	pid_t pid = spawn(arguments, directory);

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* --- The keeper's own process --- */

static void be_silent(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
}

static void end_server(const struct keeper_task *task, pid_t *pid)
{
	if (*pid <= 0)
		return;
	(void)kill(*pid, task->end_signal);
	(void)waitpid(*pid, NULL, 0);
	*pid = 0;
}

static _Noreturn void keep(const struct keeper_task *task, int line)
{
	pid_t pid;
	char byte;

	(void)setsid(); /* What stops the test's process group must not stop the clean-up. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)fcntl(line, F_SETFD, FD_CLOEXEC);
	be_silent();
	pid = spawn(task->arguments, task->directory);
	while (read(line, &byte, 1) > 0) {
		if (byte == BYTE_HALT)
			end_server(task, &pid);
		else
			pid = spawn(task->arguments, task->directory);
		if (write(line, &byte, 1) != 1)
			break;
	}
	end_server(task, &pid);
	remove_directory(task->directory);
	_exit(0);
}

/* --- The test program --- */

struct keeper *keeper_start(const struct keeper_task *task)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));
	int ends[2];

	if (keeper == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		abort();
	(void)fflush(NULL);
	keeper->pid = fork();
	if (keeper->pid == 0) {
		(void)close(ends[1]);
		keep(task, ends[0]);
	}
	(void)close(ends[0]);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	keeper->line = ends[1];
	return keeper;
}

static void order(struct keeper *keeper, char byte)
{
	if (write(keeper->line, &byte, 1) != 1 || read(keeper->line, &byte, 1) != 1)
		abort();
}

void keeper_halt(struct keeper *keeper)
{
	order(keeper, BYTE_HALT);
}

void keeper_resume(struct keeper *keeper)
{
	order(keeper, BYTE_RESUME);
}

void keeper_end(struct keeper *keeper)
{
	(void)close(keeper->line);
	(void)waitpid(keeper->pid, NULL, 0);
	free(keeper);
}
