/* inspect.h - finds the set inside any file that carries one: a program, a library, an object file,
 * an archive; and refuses what is damaged. */
#ifndef INLAY_INSPECT_H
#define INLAY_INSPECT_H

#include "arena.h"
#include "inlay_image.h"

/* One whole image in a file.  All of it was looked at: no offset leads out of it, every text ends,
 * and its digest is right. */
struct inspect_image {
	const struct inlay_image *image; /* In this machine's byte order; owned by the arena. */
	uint64_t offset;                 /* Where in the file. */
	bool is_swapped;                 /* It is of a machine of the other byte order. */
};

struct inspect_images {
	struct inspect_image *items;
	size_t count;
	/* What looks like one and is none: NULL, or what is wrong with the first of them. */
	const char *damage;
};

/* All of them, in order.  NULL, or why the file can not be read.  None found is no problem here. */
const char *inspect_read(struct arena *arena, const char *path, struct inspect_images *images);

#endif
