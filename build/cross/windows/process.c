/* process.c - posix_spawnp() and waitpid(), as far as git and pg_dump need them. */
#include "posix.h"

#include <errno.h>
#include <process.h>
#include <stdbool.h>
#include <stdint.h>

#define STREAM_COUNT 3

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	actions->count = 0;
	return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
	actions->count = 0;
	return 0;
}

static int add(posix_spawn_file_actions_t *actions, struct windows_action action)
{
	if (actions->count == ACTION_COUNT_MAX || action.to >= STREAM_COUNT)
		return ENOMEM;
	actions->items[actions->count++] = action;
	return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int to, const char *path,
                                     int flags, mode_t mode)
{
	(void)mode;
	return add(actions, (struct windows_action){ path, flags, -1, to });
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
	return add(actions, (struct windows_action){ NULL, 0, from, to });
}

/* pipe()'s ends are not inherited. */
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int file)
{
	(void)actions;
	(void)file;
	return 0;
}

/* --- The command line --- */

/* As the C runtime of the other program takes it apart: in quotes, where a backslash counts only
 * before a quote. */
static char *quote(const char *argument)
{
	char *quoted = malloc(2 * strlen(argument) + 3);
	char *at = quoted;
	size_t backslashes = 0;

	if (quoted == NULL)
		return NULL;
	*at++ = '"';
	for (; *argument != '\0'; argument++) {
		if (*argument == '"')
			for (backslashes++; backslashes > 0; backslashes--)
				*at++ = '\\';
		backslashes = *argument == '\\' ? backslashes + 1 : 0;
		*at++ = *argument;
	}
	for (; backslashes > 0; backslashes--)
		*at++ = '\\';
	*at++ = '"';
	*at = '\0';
	return quoted;
}

static void free_all(char **words)
{
	for (char **word = words; word != NULL && *word != NULL; word++)
		free(*word);
	free(words);
}

static char **quote_all(char *const *arguments)
{
	size_t count = 0;
	char **quoted;

	while (arguments[count] != NULL)
		count++;
	quoted = calloc(count + 1, sizeof(*quoted));
	for (size_t i = 0; quoted != NULL && i < count; i++) {
		quoted[i] = quote(arguments[i]);
		if (quoted[i] == NULL) {
			free_all(quoted);
			return NULL;
		}
	}
	return quoted;
}

/* --- The streams --- */

static bool apply(const struct windows_action *action)
{
	int file = action->path != NULL ? windows_open(action->path, action->flags | O_CLOEXEC)
	                                : action->from;
	bool applied = file >= 0 && _dup2(file, action->to) == 0;

	if (action->path != NULL && file >= 0)
		(void)_close(file);
	return applied;
}

int windows_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                   char *const *arguments, char *const *environment)
{
	char **quoted = quote_all(arguments);
	int saved[STREAM_COUNT];
	bool applied = quoted != NULL;
	intptr_t process = -1;
	int error;

	(void)fflush(NULL);
	/* A child inherits our streams, so that they are its own for a moment. */
	for (int i = 0; i < STREAM_COUNT; i++)
		saved[i] = _dup(i);
	for (size_t i = 0; i < actions->count; i++)
		applied = applied && apply(&actions->items[i]);
	if (applied)
		process = _spawnvpe(_P_NOWAIT, file, (const char *const *)quoted,
		                    (const char *const *)environment);
	error = errno;
	for (int i = 0; i < STREAM_COUNT; i++)
		if (saved[i] >= 0) {
			(void)_dup2(saved[i], i);
			(void)_close(saved[i]);
		}
	free_all(quoted);
	*child = (pid_t)process;
	return process >= 0 ? 0 : error;
}

int waitpid(pid_t child, int *status, int flags)
{
	(void)flags;
	return _cwait(status, (intptr_t)child, 0) >= 0 ? 1 : -1;
}
