/* backup.h - copies of SQLite files, taken and put back while nothing else may touch them. */
#ifndef BACKUP_H
#define BACKUP_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Writes what `from` holds to a file of its own, without -wal or -journal beside it, and flushes it
 * to the disk.  The file has that name only once it is whole: one of that name is replaced, and
 * when the program dies before, there is nothing but "PATH.part".
 *
 * Returns SQLITE_OK, or SQLite's result code; SQLITE_FULL when the disk is.
 */
int backup_write(sqlite3 *from, const char *path);

/* Puts the backup's content into the file that `to` is open on, as one transaction: all of it, or
 * nothing.  SQLITE_BUSY when another program has that open. */
int backup_restore(const char *path, sqlite3 *to);

/* Writes "NAME.v12.bak" into `path`.  0 when that is too long. */
int backup_name(char *path, size_t size, const char *name, int64_t version);

/* Removes all backups of that file but those of the last `count` versions. */
void backup_keep_last(const char *name, size_t count);

#endif
