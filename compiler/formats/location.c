/* location.c - where a directory lies tells whose it is, when its files do not: the nearest build
 * file above it, then the path where a tool looks without being told. */
#define _XOPEN_SOURCE 700 /* For realpath(). */
#include "format.h"

#include <stdlib.h>
#include <string.h>

static bool has_build_file(const struct reading *reading, const char *directory,
                           const struct format *format)
{
	size_t i;

	for (i = 0; format->build_files != NULL && format->build_files[i] != NULL; i++)
		if (source_exists(arena_format(reading->arena, "%s/%s", directory,
		                               format->build_files[i])))
			return true;
	return false;
}

static bool has_usual_path(const char *directory, const struct format *format)
{
	return format->usual_path != NULL && name_ends_with(directory, format->usual_path);
}

/* The only one of them in that directory; `*met` tells whether there is any. */
static const struct format *only_one(const struct reading *reading, const char *directory,
                                     const struct format *const *among, bool *met)
{
	const struct format *one = NULL;

	for (*met = false; *among != NULL; among++) {
		if (!has_build_file(reading, directory, *among))
			continue;
		one = *met ? NULL : *among;
		*met = true;
	}
	return one;
}

const struct format *location_decide(const struct reading *reading,
                                     const struct format *const *among)
{
	char *path = realpath(reading->directory, NULL);
	const struct format *one = NULL;
	char *directory;
	char *slash;
	bool met = false;
	bool is_root = false;

	if (path == NULL)
		return NULL;
	directory = arena_copy(reading->arena, text_of(path));
	while (!met && !is_root && (slash = strrchr(directory, '/')) != NULL) {
		one = only_one(reading, directory, among, &met);
		/* What is above a repository says nothing of it. */
		is_root = source_exists(arena_format(reading->arena, "%s/.git", directory));
		*slash = '\0';
	}
	for (; one == NULL && *among != NULL; among++)
		if (has_usual_path(path, *among))
			one = *among;
	free(path);
	return one;
}
