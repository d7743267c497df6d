/* arena.c - one list of blocks, filled front to back. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)1 << 20)
#define ALIGNMENT  sizeof(max_align_t)

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

static void out_of_memory(void)
{
	fputs("inlay: out of memory\n", stderr);
	exit(2);
}

void *memory_resize(void *memory, size_t size)
{
	void *result = realloc(memory, size);

	if (result == NULL && size > 0)
		out_of_memory();
	return result;
}

static void *arena_add_block(struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = calloc(1, sizeof(*block) + size);
	if (block == NULL)
		out_of_memory();
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

void *arena_allocate(struct arena *arena, size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *result;

	if (rounded < size)
		out_of_memory();
	if (rounded > BLOCK_SIZE / 4)
		return arena_add_block(arena, rounded);
	if (rounded > arena->free_size) {
		arena->free = arena_add_block(arena, BLOCK_SIZE);
		arena->free_size = BLOCK_SIZE;
	}
	result = arena->free;
	arena->free += rounded;
	arena->free_size -= rounded;
	return result;
}

void *arena_allocate_array(struct arena *arena, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory();
	return arena_allocate(arena, count * size);
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
	void *larger;

	if (count < *capacity)
		return items;
	*capacity = *capacity == 0 ? 8 : *capacity * 2;
	larger = arena_allocate_array(arena, *capacity, item_size);
	if (count > 0)
		memcpy(larger, items, count * item_size);
	return larger;
}

char *arena_copy(struct arena *arena, struct text text)
{
	char *copy = arena_allocate(arena, text.size + 1);

	if (text.size > 0)
		memcpy(copy, text.start, text.size);
	return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
	return arena_copy(arena, text_of(string != NULL ? string : ""));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	char small[256];
	va_list arguments;
	char *result;
	int size;

	va_start(arguments, format);
	size = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (size < 0)
		out_of_memory();
	result = arena_allocate(arena, (size_t)size + 1);
	va_start(arguments, format);
	vsnprintf(result, (size_t)size + 1, format, arguments);
	va_end(arguments);
	return result;
}

void arena_clear(struct arena *arena)
{
	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}
