/* inspect.h - finds the set inside any file that carries one: a program, a library, an object file,
 * an archive; and refuses what is damaged. */
#ifndef INLAY_INSPECT_H
#define INLAY_INSPECT_H

#include "arena.h"
#include "inlay_image.h"

#define INSPECT_DAMAGE_MAX 20 /* In one file; with more it is not worth looking at. */

/* One whole image in a file.  All of it was looked at: no offset leads out of it, every text ends,
 * and its digest is right. */
struct inspect_image {
	const struct inlay_image *image; /* In this machine's byte order; owned by the arena. */
	uint64_t offset;                 /* Where in the file. */
	size_t copies;                   /* How often the file has it; offset is the first's. */
	bool is_swapped;                 /* It is of a machine of the other byte order. */
	const char *const *functions;    /* What its scripts call, by index. */
	size_t function_count;
};

/* What begins like an image, and is none that can be used. */
struct inspect_damage {
	uint64_t offset;
	const char *words; /* "it is cut short: 512 of its 14664 bytes are there" */
};

struct inspect_images {
	struct inspect_image *items; /* In the order of the file. */
	size_t count;
	struct inspect_damage *damages;
	size_t damage_count;
};

/* All of them, in any file of any size: what is not an image is not kept in memory.  NULL, or why
 * the file can not be read.  None found is no problem here. */
const char *inspect_read(struct arena *arena, const char *path, struct inspect_images *images);

/* The same of bytes in memory. */
const char *inspect_bytes(struct arena *arena, struct text bytes, struct inspect_images *images);

/* --- Reading an image that was found --- */

/* The tables of a dialect; those it does not carry have no entries. */
const struct inlay_image_migration *inspect_migrations(const struct inlay_image *image,
                                                       enum inlay_dialect dialect);
const struct inlay_image_migration *inspect_repeatables(const struct inlay_image *image,
                                                        enum inlay_dialect dialect);
const struct inlay_image_statement *inspect_statements(const struct inlay_image *image,
                                                       enum inlay_dialect dialect);
const char *inspect_text(const struct inlay_image *image, uint32_t offset);
bool inspect_carries(const struct inlay_image *image, enum inlay_dialect dialect);

#endif
