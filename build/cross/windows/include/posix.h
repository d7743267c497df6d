/*
 * posix.h - what the sources use of POSIX and mingw does not have, or has otherwise.
 *
 * The build for Windows includes it before everything else; the other headers here only name it.
 * Paths are UTF-8 (inlay.manifest), files are binary.
 */
#ifndef INLAY_WINDOWS_POSIX_H
#define INLAY_WINDOWS_POSIX_H

#define __USE_MINGW_ACCESS 1 /* Or access() refuses X_OK. */

#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* --- Files --- */

#define O_CLOEXEC  _O_NOINHERIT
#define O_NONBLOCK 0 /* No file here waits for a writer. */

/* "/dev/null" is NUL; a directory fails with EISDIR. */
int windows_open(const char *path, int flags, ...);

/* st_dev and st_ino together tell one file from another. */
int windows_stat(const char *path, struct stat *status);

/* Takes the place of a file that is there. */
int windows_rename(const char *from, const char *to);

/* With forward slashes. */
char *windows_realpath(const char *path, char *resolved);

ssize_t windows_pread(int file, void *bytes, size_t size, off_t at);
int windows_isatty(int file);
int windows_gethostname(char *name, size_t size);

#define open               windows_open
#define stat(path, status) windows_stat(path, status)
#define rename             windows_rename
#define realpath           windows_realpath
#define pread              windows_pread
#define isatty             windows_isatty
#define gethostname        windows_gethostname
#define tell               windows_tell /* Two files have one of their own. */
#define fsync              _commit
#define mkdir(path, mode)  _mkdir(path)
#define fchmod(file, mode) 0 /* There is only "read-only", which a new file is not. */
#define pipe(ends)         _pipe(ends, 1 << 16, _O_BINARY | _O_NOINHERIT)

#define F_SETFD                        2
#define FD_CLOEXEC                     1
#define fcntl(file, command, argument) 0 /* What is asked for is so from the beginning. */

int windows_fnmatch(const char *pattern, const char *text, int flags);
#define fnmatch windows_fnmatch

/* --- Strings and the environment --- */

char *windows_strndup(const char *text, size_t size);
int windows_setenv(const char *name, const char *value, int overwrite);
#define strndup windows_strndup
#define setenv  windows_setenv

/* --- Terminals --- */

struct winsize {
	unsigned short ws_row, ws_col;
};

#define TIOCGWINSZ 0x5413
int windows_ioctl(int file, unsigned long request, struct winsize *size);
#define ioctl windows_ioctl

/* --- SQLite --- */

/* Tells errors as errno does, not as GetLastError(). */
#define sqlite3_system_errno windows_sqlite_errno

/* --- Sockets --- */

#define POLLIN  0x0300
#define POLLOUT 0x0010
#define POLLERR 0x0001
#define POLLHUP 0x0002

struct windows_poll {
	int fd; /* A socket. */
	short events, revents;
};
int windows_poll(struct windows_poll *sockets, unsigned count, int milliseconds);
#define pollfd windows_poll
#define poll   windows_poll

/* --- Processes --- */

#define ACTION_COUNT_MAX 8

typedef struct {
	size_t count;
	struct windows_action {
		const char *path; /* Opened; or NULL, and `from` is duplicated. */
		int flags, from, to;
	} items[ACTION_COUNT_MAX];
} posix_spawn_file_actions_t;

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int to, const char *path,
                                     int flags, mode_t mode);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int file);
int windows_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                   char *const *arguments, char *const *environment);
#define posix_spawnp(child, file, actions, attributes, arguments, environment)                     \
	windows_spawnp(child, file, actions, arguments, environment)

int waitpid(pid_t child, int *status, int flags);
#define WIFEXITED(status)   1
#define WEXITSTATUS(status) (status)
#define WTERMSIG(status)    0

/* --- Threads --- */

typedef unsigned long long windows_sigset; /* Signals go to no thread here. */
#define sigset_t        windows_sigset
#define sigfillset(set) (*(set) = ~0ULL, 0)

#endif
