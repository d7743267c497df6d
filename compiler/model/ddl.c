/* ddl.c - statements to ddl. */
#include "ddl.h"

struct ddl ddl_read(struct arena *arena, const struct statement *statement, enum dialect dialect)
{
	(void)arena;
	return (struct ddl){ .dialect = dialect, .statement = statement };
}
