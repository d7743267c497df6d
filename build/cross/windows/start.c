/* start.c - before compiler/main.c: binary streams, UTF-8 and colors on the console, and
 * backslashes in paths. */
#include "posix.h"

#include <stdbool.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

/* compiler/main.c's. */
int inlay_main(int argc, char **argv);

/* Wildcards are not for us to expand. */
int _dowildcard = 0;

/* What a terminal elsewhere understands, this one may. */
static bool understands_escapes(int file)
{
	HANDLE console = (HANDLE)_get_osfhandle(file);
	DWORD mode;

	return GetConsoleMode(console, &mode) &&
	       SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

/* The generated text is the same here as elsewhere.  A console's lines end in CR LF. */
static void open_streams(void)
{
	for (int i = 0; i < 3; i++)
		if (i > 0 || !windows_isatty(i))
			(void)_setmode(i, _O_BINARY);
	(void)_set_fmode(_O_BINARY);
	(void)SetConsoleOutputCP(CP_UTF8);
	if (understands_escapes(1) || understands_escapes(2))
		(void)windows_setenv("TERM", "xterm", 0);
}

static bool is_value_of(const char *option, char *const *argument)
{
	size_t size = strlen(option);

	return strcmp(argument[-1], option) == 0 ||
	       (strncmp(*argument, option, size) == 0 && (*argument)[size] == '=');
}

/* Not what may be a password, a pattern or a value: there a backslash is itself. */
static bool is_path(char *const *argument)
{
	static const char *const others[] = { "--except", "--placeholder", "--schema", "--table",
		                              "--name",   "--set",         "--since" };
	const char *value = *argument;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_value_of(others[i], argument))
			return false;
	if (value[0] == '-')
		value += strcspn(value, "=") + (strchr(value, '=') != NULL);
	return strstr(value, "://") == NULL && strchr(value, '=') == NULL;
}

static void use_slashes(char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '\\')
			*path = '/';
}

/* "C:\a\b" is "C:/a/b", as are "--dir=C:\a" and "sqlite:C:\a". */
static void use_slashes_everywhere(int argc, char **argv)
{
	const char *database = getenv("DATABASE_URL");
	char *copy;

	for (int i = 1; i < argc; i++)
		if (is_path(&argv[i]))
			use_slashes(argv[i]);
	if (database == NULL || strncmp(database, "sqlite:", 7) != 0)
		return;
	copy = windows_strndup(database, strlen(database));
	if (copy != NULL) {
		use_slashes(copy);
		(void)windows_setenv("DATABASE_URL", copy, 1);
	}
	free(copy);
}

int main(int argc, char **argv)
{
	open_streams();
	use_slashes_everywhere(argc, argv);
	return inlay_main(argc, argv);
}
