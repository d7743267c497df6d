/* backup.c - SQLite's backup API, and names in a directory. */
#define _POSIX_C_SOURCE 200809L

#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096,
	VERSION_COUNT_MAX = 256
};

/* In one step, so that nobody can write in between. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");

	if (backup == NULL)
		return sqlite3_errcode(to);
	sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

/* A WAL database's copy is one, too: as a file that is to be kept and copied, it had better not. */
static int copy_to_file(sqlite3 *from, const char *path)
{
	sqlite3 *to;
	int code = sqlite3_open(path, &to);

	if (code == SQLITE_OK)
		code = copy_pages(from, to);
	if (code == SQLITE_OK)
		code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	if (sqlite3_close(to) != SQLITE_OK && code == SQLITE_OK)
		code = SQLITE_IOERR;
	return code;
}

/* A file, or a directory: there, what was renamed in it. */
static int flush(const char *path)
{
	int descriptor = open(path, O_RDONLY);
	int code = SQLITE_OK;

	if (descriptor < 0 || fsync(descriptor) != 0)
		code = errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
	if (descriptor >= 0)
		close(descriptor);
	return code;
}

/* The directory's name goes to `directory`; returns the name in it. */
static const char *split(const char *path, char directory[PATH_SIZE])
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(directory, PATH_SIZE, ".");
	else
		snprintf(directory, PATH_SIZE, "%.*s", (int)(slash - path) + 1, path);
	return slash != NULL ? slash + 1 : path;
}

int backup_write(sqlite3 *from, const char *path)
{
	char part[PATH_SIZE];
	char directory[PATH_SIZE];
	int code;

	if (snprintf(part, sizeof(part), "%s.part", path) >= PATH_SIZE)
		return SQLITE_CANTOPEN;
	split(path, directory);
	unlink(part); /* Of a run that was killed: SQLite would take it for a database. */
	code = copy_to_file(from, part);
	if (code == SQLITE_OK)
		code = flush(part);
	if (code == SQLITE_OK && rename(part, path) != 0)
		code = SQLITE_IOERR;
	if (code == SQLITE_OK)
		code = flush(directory);
	if (code != SQLITE_OK)
		unlink(part);
	return code;
}

int backup_restore(const char *path, sqlite3 *to)
{
	sqlite3 *from;
	int code = sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL);

	if (code == SQLITE_OK)
		code = copy_pages(from, to);
	sqlite3_close(from);
	return code;
}

int backup_name(char *path, size_t size, const char *name, int64_t version)
{
	return snprintf(path, size, "%s.v%" PRId64 ".bak", name, version) < (int)size;
}

/* The version in "NAME.v12.bak"; -1 when it is no such name. */
static int64_t version_of(const char *entry, const char *name)
{
	size_t size = strlen(name);
	int64_t version;
	int end = 0;

	if (strncmp(entry, name, size) != 0 ||
	    sscanf(entry + size, ".v%" SCNd64 ".bak%n", &version, &end) != 1 || end == 0 ||
	    entry[size + (size_t)end] != '\0')
		return -1;
	return version;
}

static int compare_versions(const void *first, const void *second)
{
	int64_t a = *(const int64_t *)first, b = *(const int64_t *)second;

	return (a < b) - (a > b); /* The latest one first. */
}

void backup_keep_last(const char *name, size_t count)
{
	int64_t versions[VERSION_COUNT_MAX];
	char directory[PATH_SIZE], path[PATH_SIZE];
	const char *base = split(name, directory);
	const struct dirent *entry;
	size_t found = 0;
	DIR *open = opendir(directory);

	while (open != NULL && found < VERSION_COUNT_MAX && (entry = readdir(open)) != NULL) {
		versions[found] = version_of(entry->d_name, base);
		found += versions[found] >= 0;
	}
	if (open != NULL)
		closedir(open);
	qsort(versions, found, sizeof(*versions), compare_versions);
	for (size_t i = count; i < found; i++)
		if (backup_name(path, sizeof(path), name, versions[i]))
			unlink(path);
}
