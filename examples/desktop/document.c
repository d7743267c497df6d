/* document.c - what may be done with a file is found out first; then it is done, or explained. */
#define _POSIX_C_SOURCE 200809L

#include "document.h"

#include "app_migrations.h"
#include "backup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM         "Notes"
#define APPLICATION_ID  1313821765 /* As in migrations/001_create_notes.sql. */
#define PATH_SIZE       4096
#define BACKUP_COUNT    3
#define LOCK_TIMEOUT_MS 1000

/* Says it, and returns 0: it can not be done. */
static int refuse(struct message *message, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static int refuse(struct message *message, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message->text, sizeof(message->text), format, arguments);
	va_end(arguments);
	return 0;
}

/* --- Looking --- */

static int take_number(void *number, int count, char **values, char **names)
{
	(void)count;
	(void)names;
	*(long long *)number = values[0] != NULL ? strtoll(values[0], NULL, 10) : 0;
	return 0;
}

static int ask_number(sqlite3 *database, const char *sql, long long *number)
{
	*number = 0;
	return sqlite3_exec(database, sql, take_number, number, NULL);
}

/* What SQLite says when it can not, in a user's words. */
static int refuse_code(struct message *message, const char *path, int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY: return refuse(message, "%s is open in another program.", path);
	case SQLITE_NOTADB: return refuse(message, "%s is no " PROGRAM " file.", path);
	case SQLITE_CORRUPT:
		return refuse(message,
		              "%s is damaged. Move it away, then put a copy back by --restore.",
		              path);
	case SQLITE_CANTOPEN:
		return refuse(message,
		              "%s can not be opened or made: does its folder exist, and "
		              "may you write there?",
		              path);
	default: return refuse(message, "%s can not be read: %s.", path, sqlite3_errstr(code));
	}
}

/* Ours alone, as long as it is open, so that nobody writes between backup and upgrade, and nobody
 * restores a backup over it.  A file that may not be written is only read. */
static int take(sqlite3 *database)
{
	int code;

	sqlite3_busy_timeout(database, LOCK_TIMEOUT_MS);
	/* In WAL mode the -shm file is used, and removed in the end, only if this comes first. */
	code = sqlite3_exec(database, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);
	if (code != SQLITE_OK || sqlite3_db_readonly(database, "main") == 1)
		return code;
	return sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT",
	                    NULL, NULL, NULL);
}

/* Is it empty, or a file of this program's? */
static int look(sqlite3 *database, const char *path, struct message *message)
{
	long long table_count, id;
	int code = ask_number(database, "SELECT count(*) FROM sqlite_schema", &table_count);

	if (code == SQLITE_OK)
		code = ask_number(database, "PRAGMA application_id", &id);
	if (code != SQLITE_OK)
		return refuse_code(message, path, code);
	if (table_count > 0 && id != APPLICATION_ID)
		return refuse(message, "%s is no " PROGRAM " file.", path);
	return 1;
}

static sqlite3 *open_ours(const char *path, struct message *message)
{
	sqlite3 *database;
	int code = sqlite3_open(path, &database);

	if (code == SQLITE_OK)
		code = take(database);
	if (code == SQLITE_OK && look(database, path, message))
		return database;
	if (code != SQLITE_OK)
		refuse_code(message, path, code);
	sqlite3_close(database);
	return NULL;
}

/* The whole policy is the program's: no variable of the user's environment changes it. */
static struct inlay_options policy(void)
{
	struct inlay_options options = inlay_options_init();

	options.auto_migrate = 1;
	options.dry_run = 0;
	options.rollout_percent = 100;
	options.cache_ttl_ms = 0;
	options.lock_timeout_ms = LOCK_TIMEOUT_MS;
	options.refuse_ahead = 1; /* A newer program's file has what this one would lose. */
	return options;
}

static void take_version(void *context, const struct inlay_migration_status *row)
{
	int64_t *version = context;

	if (row->state != INLAY_STATE_PENDING && row->version > *version)
		*version = row->version;
}

/* The last version that is applied; 0 of a new file; -1, with `message`, when nobody can tell. */
static int64_t version_of(sqlite3 *database, const char *path, struct message *message)
{
	struct inlay_error error = inlay_error_init();
	int64_t version = 0;

	if (inlay_status(database, &app_migrations, NULL, take_version, &version, &error) ==
	    INLAY_OK)
		return version;
	refuse(message, "%s can not be opened. (%s)", path, error.message);
	return -1;
}

/* --- Upgrading --- */

/* The first ones of several migrations stay when a later one fails: then the file is put back, or
 * the release that it came from could not read it any more. */
static int give_up(sqlite3 *database, const char *path, const char *backup,
                   const struct inlay_error *error, struct message *message)
{
	const char *state = "It is as it was";

	if ((error->applied_count > 0 || error->result == INLAY_INTERRUPTED) &&
	    (backup[0] == '\0' || backup_restore(backup, database) != SQLITE_OK))
		state = "It is upgraded in part";
	if ((error->code & 0xff) == SQLITE_FULL)
		return refuse(message, "There is no room on the disk to upgrade %s. %s.", path,
		              state);
	/* The cause.  What follows it tells of the migrations: no matter of the user's. */
	return refuse(message, "%s could not be upgraded. %s%s%s. (%.*s)", path, state,
	              backup[0] != '\0' ? ", and there is a copy in " : "", backup,
	              (int)strcspn(error->message, ";"), error->message);
}

/* Its name goes to `backup`, "" when there is nothing to copy: the file is new. */
static int back_up(sqlite3 *database, const char *path, char backup[PATH_SIZE],
                   struct message *message)
{
	int64_t version = version_of(database, path, message);
	long long table_count = 0;
	int code = ask_number(database, "SELECT count(*) FROM sqlite_schema", &table_count);

	backup[0] = '\0';
	if (version < 0)
		return 0;
	if (code == SQLITE_OK && table_count == 0)
		return 1;
	if (!backup_name(backup, PATH_SIZE, path, version))
		return refuse(message, "%s has too long a name.", path);
	if (code == SQLITE_OK)
		code = backup_write(database, backup);
	if (code == SQLITE_FULL)
		return refuse(message,
		              "There is no room on the disk for a copy of %s, so it was not "
		              "upgraded. It is as it was.",
		              path);
	if (code != SQLITE_OK)
		return refuse(message,
		              "No copy of %s could be written to %s (%s), so it was not "
		              "upgraded. It is as it was.",
		              path, backup, sqlite3_errstr(code));
	return 1;
}

static int upgrade(sqlite3 *database, const char *path, struct message *message)
{
	struct inlay_options options = policy();
	struct inlay_error error = inlay_error_init();
	char backup[PATH_SIZE];

	if (sqlite3_db_readonly(database, "main") == 1)
		return refuse(message,
		              "%s is from an older " PROGRAM " and has to be upgraded, but it may "
		              "not be written. Make a copy of it, and open that.",
		              path);
	if (!back_up(database, path, backup, message))
		return 0;
	if (ensure_migrated(database, &app_migrations, &options, &error) != INLAY_OK)
		return give_up(database, path, backup, &error, message);
	if (backup[0] != '\0') {
		backup_keep_last(path, BACKUP_COUNT);
		snprintf(message->text, sizeof(message->text),
		         "%s was upgraded; what it was before is in %s.", path, backup);
	}
	return 1;
}

static int bring_up_to_date(sqlite3 *database, const char *path, struct message *message)
{
	struct inlay_options options = policy();
	struct inlay_error error = inlay_error_init();

	switch (inlay_check(database, &app_migrations, &options, &error)) {
	case INLAY_OK: return 1;
	case INLAY_PENDING:
	case INLAY_INTERRUPTED: return upgrade(database, path, message);
	case INLAY_AHEAD:
	case INLAY_MISSING:
		return refuse(message,
		              "%s was written by a newer version of " PROGRAM ". Install "
		              "that one to open it.",
		              path);
	default: return refuse(message, "%s can not be opened. (%s)", path, error.message);
	}
}

sqlite3 *document_open(const char *path, struct message *message)
{
	sqlite3 *database;

	message->text[0] = '\0';
	database = open_ours(path, message);
	if (database != NULL && bring_up_to_date(database, path, message))
		return database;
	sqlite3_close(database);
	return NULL;
}

/* --- Putting back --- */

/* A file that is whole, and this program's. */
static int check_backup(const char *path, struct message *message)
{
	sqlite3 *database;
	long long is_whole = 0;
	int64_t version;
	int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL);
	int ok = 0;

	if (code != SQLITE_OK)
		refuse_code(message, path, code);
	else if (look(database, path, message)) {
		ask_number(database,
		           "SELECT count(*) FROM pragma_integrity_check"
		           " WHERE integrity_check = 'ok'",
		           &is_whole);
		version = version_of(database, path, message);
		ok = version > 0 && is_whole == 1;
		if (is_whole != 1)
			refuse(message, "%s is damaged.", path);
		else if (version == 0)
			refuse(message, "%s is empty.", path);
	}
	sqlite3_close(database);
	return ok;
}

/* "NAME.before-restore-1.bak", or the first one that is not there: what is put back may be one. */
static int name_free(char path[PATH_SIZE], const char *name)
{
	for (int i = 1; i < 1000; i++) {
		if (snprintf(path, PATH_SIZE, "%s.before-restore-%d.bak", name, i) >= PATH_SIZE)
			return 0;
		if (access(path, F_OK) != 0)
			return 1;
	}
	return 0;
}

int document_restore(const char *path, const char *backup, struct message *message)
{
	char before[PATH_SIZE];
	sqlite3 *database;
	long long table_count;
	int code;

	message->text[0] = '\0';
	if (!check_backup(backup, message))
		return 0;
	database = open_ours(path, message);
	if (database == NULL)
		return 0;
	code = ask_number(database, "SELECT count(*) FROM sqlite_schema", &table_count);
	if (code == SQLITE_OK && table_count > 0)
		code = name_free(before, path) ? backup_write(database, before) : SQLITE_CANTOPEN;
	if (code == SQLITE_OK)
		code = backup_restore(backup, database);
	if (code != SQLITE_OK)
		refuse(message, "%s could not be put back (%s). %s is as it was.", backup,
		       sqlite3_errstr(code), path);
	sqlite3_close(database);
	return code == SQLITE_OK;
}
