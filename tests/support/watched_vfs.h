/* watched_vfs.h - SQLite's file system, counted, and deadly at the Nth write if wanted. */
#ifndef INLAY_TESTS_WATCHED_VFS_H
#define INLAY_TESTS_WATCHED_VFS_H

#include <stdint.h>

/* What SQLite has asked of files since watched_vfs_start(). */
struct watched_counts {
	uint32_t open_count;
	uint32_t read_count;
	uint64_t read_size; /* Bytes. */
	uint32_t write_count;
	uint32_t truncate_count;
	uint32_t sync_count;
	uint32_t delete_count;
	uint32_t lock_count; /* Each change upwards, of files and of shared memory. */
	uint32_t unlock_count;
	uint32_t reserved_count; /* Does somebody else hold a lock for writing? */
	uint32_t size_count;     /* How large is the file? */
	uint32_t access_count;   /* Is there such a file? */
};

/*
 * Makes it the default one of this process, in front of the one that was, and counts anew.  Before
 * the `kill_at`th change of a file (write, truncate, sync, delete) the process is killed; 0: never.
 * Syncs are counted and not done: what a process wrote survives it.
 */
void watched_vfs_start(uint32_t kill_at);

struct watched_counts watched_vfs_counts(void);

#endif
