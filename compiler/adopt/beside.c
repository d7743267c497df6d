/* beside.c - sqitch.db, sqitch.sqlite ... */
#define _DEFAULT_SOURCE

#include "beside.h"

#include <string.h>
#include <unistd.h>

bool beside_attach(struct live *live)
{
	const char *place = live->address.place;
	const char *name, *suffix;
	const char *path;

	if (live->address.dialect != DIALECT_SQLITE || live->is_absent ||
	    strcmp(place, ":memory:") == 0)
		return false;
	name = strrchr(place, '/') != NULL ? strrchr(place, '/') + 1 : place;
	suffix = strchr(name, '.');
	path = arena_format(live->arena, "%.*ssqitch%s", (int)(name - place), place,
	                    suffix != NULL ? suffix : "");
	if (strcmp(path, place) == 0)
		return false;
	/* ATTACH would make it. */
	return access(path, R_OK) == 0 &&
	       live_query(live, &(struct live_query){ .sql = "ATTACH DATABASE $1 AS sqitch",
	                                              .parameters = &path,
	                                              .parameter_count = 1 });
}

void beside_detach(struct live *live)
{
	(void)live_query(live, &(struct live_query){ .sql = "DETACH DATABASE sqitch" });
}
