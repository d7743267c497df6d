/* git.c - spawn, read, wait. */
#include "git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define FIRST_SIZE ((size_t)1 << 16)

/* The child's standard output is the pipe; it reads nothing. */
static bool spawn(char *const *argv, const int ends[2], bool complaints, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	bool spawned;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	spawned = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
	                                           0) == 0 &&
	          posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
	          (complaints ? posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
	                      : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
	                                                         "/dev/null", O_WRONLY, 0)) == 0 &&
	          posix_spawn_file_actions_addclose(&actions, ends[0]) == 0 &&
	          posix_spawn_file_actions_addclose(&actions, ends[1]) == 0 &&
	          posix_spawnp(child, argv[0], &actions, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	return spawned;
}

static struct text read_all(struct arena *arena, int descriptor)
{
	size_t capacity = FIRST_SIZE, size = 0;
	unsigned char *bytes = arena_allocate(arena, capacity + 1);

	for (;;) {
		ssize_t got = read(descriptor, bytes + size, capacity - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		size += (size_t)got;
		if (size == capacity) {
			unsigned char *larger = arena_allocate(arena, 2 * capacity + 1);

			memcpy(larger, bytes, size);
			bytes = larger;
			capacity *= 2;
		}
	}
	bytes[size] = '\0';
	return (struct text){ bytes, size };
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct git_answer git_ask(struct arena *arena, const char *directory, bool complaints,
                          const char *const arguments[GIT_ARGUMENTS_MAX])
{
	char *argv[GIT_ARGUMENTS_MAX + 3];
	struct git_answer answer = { 0 };
	size_t count = 0;
	pid_t child;
	int ends[2];

	argv[count++] = arena_format(arena, "git");
	argv[count++] = arena_format(arena, "-C");
	argv[count++] = arena_format(arena, "%s", directory);
	for (; *arguments != NULL; arguments++)
		argv[count++] = arena_format(arena, "%s", *arguments);
	argv[count] = NULL;
	if (pipe(ends) != 0)
		return answer;
	answer.ran = spawn(argv, ends, complaints, &child);
	close(ends[1]);
	if (answer.ran) {
		answer.text = read_all(arena, ends[0]);
		answer.status = wait_for(child);
		answer.ran = answer.status != 127; /* How some systems tell that it is not there. */
	}
	close(ends[0]);
	return answer;
}
