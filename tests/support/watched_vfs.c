/* watched_vfs.c - a file of ours holds the real one behind it; every method counts and asks it. */
#include "watched_vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct watched_file {
	sqlite3_file base;
	sqlite3_file *real; /* In the same allocation, behind this. */
};

static struct watched_counts counts;
static uint32_t deadly;
static uint32_t change_count;
static sqlite3_vfs *original;
static sqlite3_vfs watched;

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct watched_file *)file)->real;
}

/* A file is about to be changed. */
static void change(uint32_t *count)
{
	++*count;
	if (++change_count == deadly)
		(void)kill(getpid(), SIGKILL);
}

static int watched_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int watched_read(sqlite3_file *file, void *buffer, int size, sqlite3_int64 offset)
{
	counts.read_count++;
	counts.read_size += (uint64_t)size;
	return real_of(file)->pMethods->xRead(real_of(file), buffer, size, offset);
}

static int watched_write(sqlite3_file *file, const void *buffer, int size, sqlite3_int64 offset)
{
	change(&counts.write_count);
	return real_of(file)->pMethods->xWrite(real_of(file), buffer, size, offset);
}

static int watched_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	change(&counts.truncate_count);
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

/* What a process wrote survives the process: only the machine's end would tell the difference. */
static int watched_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	change(&counts.sync_count);
	return SQLITE_OK;
}

static int watched_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	counts.size_count++;
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int watched_lock(sqlite3_file *file, int level)
{
	counts.lock_count++;
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int watched_unlock(sqlite3_file *file, int level)
{
	counts.unlock_count++;
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int watched_check_reserved(sqlite3_file *file, int *reserved)
{
	counts.reserved_count++;
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
}

static int watched_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int watched_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int watched_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int watched_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, map);
}

static int watched_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	if ((flags & SQLITE_SHM_LOCK) != 0)
		counts.lock_count++;
	else
		counts.unlock_count++;
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void watched_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int watched_shm_unmap(sqlite3_file *file, int delete_it)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete_it);
}

/* Version 2: without xFetch(), so that no read goes by uncounted. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = watched_close,
	.xRead = watched_read,
	.xWrite = watched_write,
	.xTruncate = watched_truncate,
	.xSync = watched_sync,
	.xFileSize = watched_file_size,
	.xLock = watched_lock,
	.xUnlock = watched_unlock,
	.xCheckReservedLock = watched_check_reserved,
	.xFileControl = watched_control,
	.xSectorSize = watched_sector_size,
	.xDeviceCharacteristics = watched_characteristics,
	.xShmMap = watched_shm_map,
	.xShmLock = watched_shm_lock,
	.xShmBarrier = watched_shm_barrier,
	.xShmUnmap = watched_shm_unmap,
};

static int watched_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                        int *flags_out)
{
	struct watched_file *opened = (struct watched_file *)file;
	int code;

	(void)vfs;
	counts.open_count++;
	opened->real = (sqlite3_file *)(opened + 1);
	memset(opened->real, 0, (size_t)original->szOsFile);
	code = original->xOpen(original, name, opened->real, flags, flags_out);
	opened->base.pMethods = opened->real->pMethods != NULL ? &methods : NULL;
	return code;
}

static int watched_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	change(&counts.delete_count);
	return original->xDelete(original, name, sync);
}

static int watched_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	(void)vfs;
	counts.access_count++;
	return original->xAccess(original, name, flags, result);
}

void watched_vfs_start(uint32_t kill_at)
{
	if (original == NULL) {
		original = sqlite3_vfs_find(NULL);
		watched = *original;
		watched.pNext = NULL;
		watched.zName = "watched";
		watched.szOsFile = original->szOsFile + (int)sizeof(struct watched_file);
		watched.xOpen = watched_open;
		watched.xDelete = watched_delete;
		watched.xAccess = watched_access;
		if (sqlite3_vfs_register(&watched, 1) != SQLITE_OK)
			abort();
	}
	memset(&counts, 0, sizeof(counts));
	change_count = 0;
	deadly = kill_at;
}

struct watched_counts watched_vfs_counts(void)
{
	return counts;
}
