/* locks.c - lock facts. */
#include "locks.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- modes ----------------------------------------------------------------------------------- */

/* As the manual's table of conflicts has it, seen from an application: ROW EXCLUSIVE is its writes,
 * ACCESS SHARE its reads. */
static const struct {
	const char *name;
	const char *blocks;
} modes[] = {
	[LOCK_NONE] = { "no lock", "nobody waits" },
	[LOCK_ACCESS_SHARE] = { "ACCESS SHARE", "nobody waits but for schema changes" },
	[LOCK_ROW_SHARE] = { "ROW SHARE", "reads and writes go on" },
	[LOCK_ROW_EXCLUSIVE] = { "ROW EXCLUSIVE", "reads and writes go on" },
	[LOCK_SHARE_UPDATE_EXCLUSIVE] = { "SHARE UPDATE EXCLUSIVE",
	                                  "other schema changes wait, reads and writes go on" },
	[LOCK_SHARE] = { "SHARE", "writes wait, reads go on" },
	[LOCK_SHARE_ROW_EXCLUSIVE] = { "SHARE ROW EXCLUSIVE", "writes wait, reads go on" },
	[LOCK_EXCLUSIVE] = { "EXCLUSIVE", "writes wait, reads go on" },
	[LOCK_ACCESS_EXCLUSIVE] = { "ACCESS EXCLUSIVE", "reads and writes wait" },
};

const char *lock_mode_name(enum lock_mode mode)
{
	return modes[mode].name;
}

const char *lock_mode_blocks(enum lock_mode mode)
{
	return modes[mode].blocks;
}

const char *lock_describe(struct arena *arena, enum lock_mode mode, struct name table)
{
	static const char format[] = "%s on %s: %s";
	const char *name = name_to_sql(arena, table, DIALECT_POSTGRES);
	size_t size = sizeof(format) + strlen(modes[mode].name) + strlen(name) +
	              strlen(modes[mode].blocks);
	char *text = arena_allocate(arena, size);

	snprintf(text, size, format, modes[mode].name, name, modes[mode].blocks);
	return text;
}

/* ---- what a set locks ------------------------------------------------------------------------ */

struct lint_locks *lint_locks_create(struct arena *arena)
{
	(void)arena;
	return NULL;
}

void lint_locks_note(struct lint *lint)
{
	(void)lint;
}
