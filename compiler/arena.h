/* arena.h - the compiler's memory: taken piece by piece, given back all at once. */
#ifndef INLAY_ARENA_H
#define INLAY_ARENA_H

#include "text.h"

/* Caller's memory; begin with { 0 }.  Out of memory ends the program with a message: a compiler
 * that lives for milliseconds has nothing better to do, and it has written nothing yet. */
struct arena {
	struct arena_block *blocks;
	unsigned char *free;
	size_t free_size;
};

/* `size` zeroed bytes, aligned for any type. */
void *arena_allocate(struct arena *arena, size_t size);

/* `count` zeroed things. */
#define arena_array(arena, type, count)                                                            \
	((type *)arena_allocate_array((arena), (count), sizeof(type)))
void *arena_allocate_array(struct arena *arena, size_t count, size_t size);

/* Makes room for one more item at the end of a growing array: returns `items`, or a copy twice
 * as large. `count` items are in use; `*capacity` is kept by this function and begins at 0. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
                 size_t item_size);

/* A NUL-terminated copy; the second one of a string, NULL being an empty one. */
char *arena_copy(struct arena *arena, struct text text);
char *arena_string(struct arena *arena, const char *string);

/* printf into fresh memory. */
char *arena_format(struct arena *arena, const char *format, ...)
        __attribute__((format(printf, 2, 3), nonnull(2)));

/* Gives everything back; the arena can be used again. */
void arena_clear(struct arena *arena);

/* malloc and realloc for buffers that move: never NULL, out of memory ends the program. */
void *memory_resize(void *memory, size_t size);

#endif
