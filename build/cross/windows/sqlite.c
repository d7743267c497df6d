/* sqlite.c - the cause of an error of SQLite, which is one of Windows', as errno has it. */
#include "posix.h"

#undef sqlite3_system_errno

#include <errno.h>
#include <sqlite3.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

int windows_sqlite_errno(struct sqlite3 *database);

int windows_sqlite_errno(struct sqlite3 *database)
{
	switch (sqlite3_system_errno(database)) {
	case ERROR_SUCCESS: return 0;
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND: return ENOENT;
	case ERROR_ACCESS_DENIED:
	case ERROR_SHARING_VIOLATION: return EACCES;
	case ERROR_DISK_FULL: return ENOSPC;
	default: return EIO;
	}
}
