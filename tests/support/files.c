/* files.c - reading, writing and removing, without a thought for errors. */
#define _XOPEN_SOURCE 700

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static _Noreturn void die(const char *what, const char *path)
{
	fprintf(stderr, "%s: %s: %s\n", what, path, strerror(errno));
	abort();
}

static void *grow(void *memory, size_t size)
{
	void *result = realloc(memory, size);

	if (result == NULL)
		die("memory", "realloc");
	return result;
}

struct bytes file_read(const char *path)
{
	struct bytes bytes = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	size_t capacity = 0;

	if (file == NULL)
		return bytes;
	do {
		capacity = capacity * 2 + 4096;
		bytes.start = grow(bytes.start, capacity + 1);
		bytes.size += fread(bytes.start + bytes.size, 1, capacity - bytes.size, file);
	} while (bytes.size == capacity);
	bytes.start[bytes.size] = '\0';
	fclose(file);
	return bytes;
}

static void make_parents(const char *path)
{
	char *copy = format("%s", path);
	char *slash = copy;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			die("mkdir", copy);
		*slash = '/';
	}
	free(copy);
}

void file_write(const char *path, const void *start, size_t size)
{
	FILE *file;

	make_parents(path);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(start, 1, size, file) != size || fclose(file) != 0)
		die("write", path);
}

void file_write_string(const char *path, const char *string)
{
	file_write(path, string, strlen(string));
}

bool file_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

char *directory_make(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = format("%s/inlay-test.XXXXXX", parent != NULL ? parent : "/tmp");

	if (mkdtemp(path) == NULL)
		die("mkdtemp", path);
	return path;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void directory_remove(const char *path)
{
	if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		die("remove", path);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

char **directory_names(const char *path)
{
	DIR *directory = opendir(path);
	char **names = grow(NULL, sizeof(*names));
	struct dirent *entry;
	size_t count = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		names = grow(names, (count + 2) * sizeof(*names));
		names[count++] = format("%s", entry->d_name);
	}
	if (directory != NULL)
		closedir(directory);
	qsort(names, count, sizeof(*names), compare_names);
	names[count] = NULL;
	return names;
}

void names_free(char **names)
{
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

char *format(const char *text, ...)
{
	va_list arguments;
	char *result;
	int size;

	va_start(arguments, text);
	size = vsnprintf(NULL, 0, text, arguments);
	va_end(arguments);
	result = grow(NULL, (size_t)size + 1);
	va_start(arguments, text);
	vsnprintf(result, (size_t)size + 1, text, arguments);
	va_end(arguments);
	return result;
}
