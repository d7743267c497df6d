/* connection_sqlite.c - opens connections by sqlite3, and knows which file one is about. */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "connection_sqlite.h"

#include "format.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Is it a name of SQLite's memdb VFS?  "file:/name?vfs=memdb" is how one is opened; a path with
 * several parts is none, so that files need not be asked what they are, which takes a lock. */
static bool is_memory(sqlite3 *connection, const char *file)
{
	sqlite3_vfs *vfs = NULL;

	if (file[0] == '/' && strchr(file + 1, '/') != NULL) {
		const char *name = sqlite3_uri_parameter(file, "vfs");

		return name != NULL && strcmp(name, "memdb") == 0;
	}
	(void)sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
	return vfs == NULL || strcmp(vfs->zName, "memdb") == 0;
}

/* SQLite answers "" for what is temporary or in memory, but for that VFS. */
uint32_t connection_identify_sqlite(void *connection, const char *parts[DRIVER_IDENTITY_COUNT_MAX])
{
	const char *file = sqlite3_db_filename(connection, "main");

	if (file == NULL || file[0] == '\0' || is_memory(connection, file))
		return 0;
	parts[0] = file;
	return 1;
}

/* Does a URI say `mode=rwc`?  Without SQLITE_OPEN_CREATE it would not be allowed to. */
static bool asks_to_create(const char *database)
{
	const char *at = strncmp(database, "file:", 5) == 0 ? strchr(database, '?') : NULL;
	bool creates = false;

	while (at != NULL && at[0] != '\0' && at[0] != '#') {
		at++;
		if (strncmp(at, "mode=", 5) == 0)
			creates = strncmp(at, "mode=rwc", 8) == 0 &&
			          (at[8] == '\0' || at[8] == '&' || at[8] == '#');
		at += strcspn(at, "&#");
	}
	return creates;
}

void *connection_open_sqlite(const char *database, char problem[DRIVER_PROBLEM_SIZE_MAX])
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI;
	sqlite3 *connection = NULL;

	if (asks_to_create(database))
		flags |= SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(database, &connection, flags, NULL) == SQLITE_OK)
		return connection;
	if (connection == NULL)
		format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "memory is out");
	else if (sqlite3_system_errno(connection) == ENOENT)
		format_into(problem, DRIVER_PROBLEM_SIZE_MAX,
		            "there is no such file, and none is made unless a URI asks for it "
		            "(file:NAME?mode=rwc)");
	else
		format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "%s", sqlite3_errmsg(connection));
	format_one_line(problem);
	(void)sqlite3_close(connection);
	return NULL;
}

/* Also with statements of the application's still open: they go with the last of them. */
void connection_close_sqlite(void *connection)
{
	(void)sqlite3_close_v2(connection);
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The path of a file name or URI, on the heap; NULL when memory is out. */
static char *path_of(const char *database)
{
	const char *at = database;
	char *path = malloc(strlen(database) + 1);
	char *end = path;

	if (path == NULL || strncmp(database, "file:", 5) != 0)
		return path != NULL ? memcpy(path, database, strlen(database) + 1) : NULL;
	at += 5;
	if (strncmp(at, "//", 2) == 0)
		at += 2 + strcspn(at + 2, "/");
	for (; *at != '\0' && *at != '?' && *at != '#'; at++) {
		bool is_escaped = at[0] == '%' && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0;

		*end++ = is_escaped ? (char)(hex_value(at[1]) * 16 + hex_value(at[2])) : *at;
		at += is_escaped ? 2 : 0;
	}
	*end = '\0';
	return path;
}

char *connection_name_sqlite(const char *database)
{
	char *path = path_of(database);
	char *name = path != NULL ? realpath(path, NULL) : NULL;

	free(path);
	return name;
}

bool connection_is_threadsafe_sqlite(void)
{
	return sqlite3_threadsafe() != 0;
}

static int copy_pages(sqlite3 *connection, sqlite3 *master)
{
	sqlite3_backup *backup = sqlite3_backup_init(connection, "main", master, "main");

	if (backup == NULL)
		return sqlite3_errcode(connection);
	(void)sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

void *connection_copy_sqlite(void *master, char problem[DRIVER_PROBLEM_SIZE_MAX])
{
	sqlite3 *connection = connection_open_sqlite(":memory:", problem);
	int code;

	if (connection == NULL)
		return NULL;
	code = copy_pages(connection, master);
	if (code == SQLITE_OK)
		return connection;
	format_into(problem, DRIVER_PROBLEM_SIZE_MAX, "%s", sqlite3_errstr(code));
	(void)sqlite3_close(connection);
	return NULL;
}

void connection_finalize_sqlite(void *connection)
{
	sqlite3_stmt *statement;

	while (connection != NULL && (statement = sqlite3_next_stmt(connection, NULL)) != NULL)
		(void)sqlite3_finalize(statement);
}
