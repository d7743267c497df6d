/* name.c - names. */
#include "name.h"

const char *name_quote(struct arena *arena, const char *part, enum dialect dialect)
{
	(void)arena, (void)dialect;
	return part;
}

const char *name_to_sql(struct arena *arena, struct name name, enum dialect dialect)
{
	return name_quote(arena, name.name, dialect);
}
