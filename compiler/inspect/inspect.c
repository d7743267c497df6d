/* inspect.c - the search. */
#include "inspect.h"

const char *inspect_read(struct arena *arena, const char *path, struct inspect_images *images)
{
	(void)arena;
	(void)path;
	*images = (struct inspect_images){ .count = 0 };
	return NULL;
}
