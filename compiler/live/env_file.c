/* env_file.c - line by line, as dotenv files are written. */
#define _DEFAULT_SOURCE

#include "env_file.h"

#include "source.h"

#include <stdlib.h>
#include <string.h>

static bool is_name(const char *name)
{
	size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
	                           "0123456789");

	return size > 0 && name[size] == '\0' && (*name < '0' || *name > '9');
}

/* The end of a quoted value, its escapes undone in place; NULL when it is never closed. */
static char *unquote(char *value)
{
	char quote = *value;
	char *to = value;
	char *from = value + 1;

	for (; *from != quote; from++) {
		if (*from == '\0')
			return NULL;
		if (quote == '"' && *from == '\\' && from[1] != '\0' &&
		    strchr("n\"\\", from[1]) != NULL) {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return from + 1;
}

/* NULL, or what is wrong with the line, which is changed. */
static const char *take_line(char *line)
{
	char *equals;
	char *value;

	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return NULL;
	if (strncmp(line, "export ", 7) == 0)
		line += 7 + strspn(line + 7, " \t");
	equals = strchr(line, '=');
	if (equals == NULL)
		return "this is no NAME=VALUE";
	*equals = '\0';
	line[strcspn(line, " \t")] = '\0';
	value = equals + 1 + strspn(equals + 1, " \t");
	if (!is_name(line))
		return "a name is letters, digits and _";
	if (*value == '"' || *value == '\'') {
		char *rest = unquote(value);

		if (rest == NULL)
			return "this quote is never closed";
		rest += strspn(rest, " \t");
		if (*rest != '\0' && *rest != '#')
			return "something stands behind the closing quote";
	} else {
		char *comment = strstr(value, " #");

		if (comment != NULL)
			*comment = '\0';
		for (size_t size = strlen(value); size > 0 && strchr(" \t", value[size - 1]);)
			value[--size] = '\0';
	}
	return setenv(line, value, 0) == 0 ? NULL : "it can not be set";
}

const char *env_file_read(struct arena *arena, const char *path)
{
	struct diagnostics problems = { .arena = arena };
	const char *problem = NULL;
	struct source source;
	char *line;
	size_t number = 1;

	if (!source_read_file(arena, path, &source, &problems))
		return arena_format(arena, "%s: %s", path, problems.items[0].message);
	if (memchr(source.text.start, '\0', source.text.size) != NULL)
		return arena_format(arena, "%s: it has NUL bytes; save it as UTF-8", path);
	line = arena_copy(arena, source.text);
	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (; *line != '\0'; number++) {
		char *end = line + strcspn(line, "\r\n");
		char *next = end + strspn(end, "\r");

		next += *next == '\n';
		*end = '\0';
		problem = take_line(line);
		if (problem != NULL)
			return arena_format(arena, "%s:%zu: %s", path, number, problem);
		line = next;
	}
	return NULL;
}
