/* live_sqlite.c - opens a file, and finds out at once whether it is a database that can be read. */
#include "live_parts.h"

#include "buffer.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000

static enum exit_code refuse(const struct live *live, const char *help, const char *problem)
{
	return live_fail(live, help, "%s: %s", live->address.shown, problem);
}

static bool is_memory(const struct live *live)
{
	return strcmp(live->address.place, ":memory:") == 0;
}

/* What stands in the way before SQLite is asked, which has the same words for all of it. */
static enum exit_code look(struct live *live)
{
	const char *place = live->address.place;
	struct stat status;

	if (stat(place, &status) == 0) {
		if (S_ISDIR(status.st_mode))
			return refuse(live, "name the file in it", "it is a directory");
		if (access(place, R_OK) != 0)
			return refuse(live, "it is this user who has to be let in",
			              strerror(errno));
		return EXIT_DONE;
	}
	if (errno != ENOENT && errno != ENOTDIR)
		return refuse(live, NULL, strerror(errno));
	live->is_absent = true;
	if (live->access == LIVE_READ)
		return refuse(live, "inlay up makes it", "there is no such file");
	return EXIT_DONE;
}

/* Opens and reads the first page: a file that is no database is found out here.  One that somebody
 * has locked is one. */
static int try(struct live *live, const char *place, int flags)
{
	int code;

	(void)sqlite3_close(live->sqlite);
	code = sqlite3_open_v2(place, &live->sqlite, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(live->sqlite, "PRAGMA schema_version", NULL, NULL, NULL);
	(void)sqlite3_busy_timeout(live->sqlite, BUSY_TIMEOUT_MS);
	return code == SQLITE_BUSY ? SQLITE_OK : code;
}

/* "file:/var/app%20data.db?immutable=1" */
static const char *immutable(struct live *live)
{
	struct buffer uri = { 0 };
	const char *text;

	buffer_string(&uri, "file:");
	for (const char *c = live->address.place; *c != '\0'; c++)
		if (strchr("%?#", *c) != NULL)
			buffer_format(&uri, "%%%02X", (unsigned char)*c);
		else
			buffer_byte(&uri, (unsigned char)*c);
	buffer_string(&uri, "?immutable=1");
	text = arena_copy(live->arena, buffer_contents(&uri));
	buffer_clear(&uri);
	return text;
}

/* A database in WAL mode keeps a file for its readers beside it.  Where that can be neither found
 * nor made, the file alone is all of it, unless there is a log with something in it. */
static enum exit_code read_alone(struct live *live)
{
	const char *log = arena_format(live->arena, "%s-wal", live->address.place);
	struct stat status;
	int code;

	if (stat(log, &status) == 0 && status.st_size > 0)
		return refuse(live,
		              "run it as a user who may write to the directory, or close the "
		              "database there, which empties the log",
		              "it is in WAL mode, and what is in its log can not be read without "
		              "writing beside it");
	code = try(live, immutable(live), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	return code == SQLITE_OK ? EXIT_DONE : refuse(live, NULL, sqlite3_errmsg(live->sqlite));
}

/* SQLite tries to read what it may not make, and tells what came of that. */
static enum exit_code refuse_directory(const struct live *live)
{
	const char *place = live->address.place;
	const char *slash = strrchr(place, '/');
	const char *directory = slash == NULL ? "." : slash == place ? "/" : NULL;

	if (directory == NULL)
		directory = arena_copy(live->arena, (struct text){ (const unsigned char *)place,
		                                                   (size_t)(slash - place) });
	if (access(directory, F_OK) != 0)
		return refuse(live, "make the directory that it is to be in", strerror(errno));
	if (access(directory, W_OK | X_OK) != 0)
		return refuse(live, "it is this user who may not write to its directory",
		              strerror(errno));
	return refuse(live, NULL, strerror(ENOENT));
}

static enum exit_code judge(struct live *live, int code)
{
	int cause = live->sqlite != NULL ? sqlite3_system_errno(live->sqlite) : 0;

	switch (code & 0xff) {
	case SQLITE_OK: return EXIT_DONE;
	case SQLITE_NOTADB:
		return refuse(live, "is it the right file?  An encrypted one looks like that, too",
		              "it is no SQLite database");
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		if (live->access < LIVE_CHANGE && !live->is_absent)
			return read_alone(live);
		if (cause == ENOENT)
			return refuse_directory(live);
		return refuse(live, NULL,
		              cause != 0 ? strerror(cause) : sqlite3_errmsg(live->sqlite));
	default: return refuse(live, NULL, sqlite3_errmsg(live->sqlite));
	}
}

enum exit_code live_open_sqlite(struct live *live)
{
	const char *place = live->address.place;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	enum exit_code code;

	if (!is_memory(live) && look(live) != EXIT_DONE)
		return EXIT_FAILED;
	if (live->access != LIVE_WRITE) {
		if (live->is_absent)
			place = ":memory:";
		else if (!is_memory(live))
			flags = live->access == LIVE_CHANGE ? SQLITE_OPEN_READWRITE
			                                    : SQLITE_OPEN_READONLY;
	}
	code = judge(live, try(live, place, flags));
	live->is_absent = live->is_absent && live->access != LIVE_WRITE;
	return code;
}

enum exit_code live_make(struct live *live)
{
	if (live->sqlite == NULL || !live->is_absent)
		return EXIT_DONE;
	live->access = LIVE_WRITE;
	return live_open_sqlite(live);
}
