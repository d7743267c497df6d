/* inspect.c - the search: a piece of the file at a time, for the magic; then what it stands for. */
#include "inspect.h"

#include "checksum.h"
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_SIZE ((size_t)1 << 20)
#define MAGIC_SIZE ((size_t)16)

/* Where the bytes are. */
struct place {
	int descriptor;    /* -1: they are in memory. */
	struct text bytes; /* In memory: all of them. */
	uint64_t size;
};

/* The search. */
struct search {
	struct arena *arena;
	struct place place;
	struct inspect_images *images;
	size_t capacity;
	size_t damage_capacity;
	size_t skip[256]; /* How far the magic moves on when that byte stands at its end. */
	const char *problem;
};

/* --- The file --- */

static bool read_at(struct place *place, uint64_t offset, void *to, size_t size)
{
	unsigned char *next = to;

	if (place->descriptor < 0) {
		memcpy(to, place->bytes.start + offset, size);
		return true;
	}
	while (size > 0) {
		ssize_t got = pread(place->descriptor, next, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got == 0 ? EIO : errno; /* It became shorter meanwhile. */
			return false;
		}
		next += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return true;
}

/* --- One image --- */

static void add_damage(struct search *search, uint64_t offset, const char *words)
{
	struct inspect_images *images = search->images;

	if (images->damage_count == INSPECT_DAMAGE_MAX) {
		search->problem = "too much in it looks like a set, and is none";
		return;
	}
	images->damages = arena_grow(search->arena, images->damages, images->damage_count,
	                             &search->damage_capacity, sizeof(*images->damages));
	images->damages[images->damage_count++] = (struct inspect_damage){ offset, words };
}

/* Archives and universal binaries may have the same set more than once. */
static void add_image(struct search *search, const struct inspect_image *found)
{
	struct inspect_images *images = search->images;
	size_t i;

	for (i = 0; i < images->count; i++)
		if (digest_equals(&images->items[i].image->digest, &found->image->digest)) {
			images->items[i].copies++;
			return;
		}
	images->items = arena_grow(search->arena, images->items, images->count, &search->capacity,
	                           sizeof(*images->items));
	images->items[images->count++] = *found;
}

/* Reads the image of that size, and judges it. */
static const char *read_image(struct search *search, struct inspect_image *found,
                              const struct inlay_image *header)
{
	uint32_t size = header->size;
	struct inlay_image *image = memory_resize(NULL, size);
	struct inlay_image *copy;
	const char *damage;

	if (!read_at(&search->place, found->offset, image, size)) {
		search->problem = strerror(errno);
		free(image);
		return NULL;
	}
	if (found->is_swapped)
		whole_swap(image, header);
	found->image = image;
	damage = whole_check(search->arena, image, found);
	if (damage == NULL) {
		copy = arena_allocate(search->arena, size);
		memcpy(copy, image, size);
		found->image = copy;
		add_image(search, found);
	}
	free(image);
	return damage;
}

/* The magic is at `offset`.  Returns where to go on. */
static uint64_t look_at(struct search *search, uint64_t offset)
{
	_Alignas(8) unsigned char bytes[sizeof(struct inlay_image)] = { 0 };
	uint64_t available = search->place.size - offset;
	struct inspect_image found = { .offset = offset, .copies = 1 };
	struct inlay_image header;
	const char *damage;

	if (!read_at(&search->place, offset, bytes,
	             available < sizeof(bytes) ? (size_t)available : sizeof(bytes))) {
		search->problem = strerror(errno);
		return offset;
	}
	if (!whole_is_image(bytes))
		return offset + MAGIC_SIZE;
	damage = whole_check_header(search->arena, bytes, available, &header);
	if (damage == NULL) {
		uint32_t order;

		memcpy(&order, bytes + offsetof(struct inlay_image, byte_order), sizeof(order));
		found.is_swapped = order != INLAY_IMAGE_BYTE_ORDER;
		damage = read_image(search, &found, &header);
	}
	if (damage == NULL)
		return offset + header.size;
	add_damage(search, offset, damage);
	return offset + MAGIC_SIZE;
}

/* --- The search --- */

/* Where the magic first is in `bytes`, or `size`: by Horspool's way, from its end backwards. */
static size_t find_magic(const struct search *search, const unsigned char *bytes, size_t size)
{
	size_t at = 0;

	while (at + MAGIC_SIZE <= size) {
		if (memcmp(bytes + at, INLAY_IMAGE_MAGIC, MAGIC_SIZE) == 0)
			return at;
		at += search->skip[bytes[at + MAGIC_SIZE - 1]];
	}
	return size;
}

static const char *search_all(struct search *search)
{
	size_t piece_size =
	        search->place.size < PIECE_SIZE ? (size_t)search->place.size : PIECE_SIZE;
	unsigned char *piece = memory_resize(NULL, piece_size + 1);
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < 256; i++)
		search->skip[i] = MAGIC_SIZE;
	for (i = 0; i + 1 < MAGIC_SIZE; i++)
		search->skip[(unsigned char)INLAY_IMAGE_MAGIC[i]] = MAGIC_SIZE - 1 - i;
	while (search->problem == NULL && search->place.size - at >= MAGIC_SIZE) {
		uint64_t rest = search->place.size - at;
		size_t size = rest < piece_size ? (size_t)rest : piece_size;
		size_t found;

		if (!read_at(&search->place, at, piece, size)) {
			search->problem = strerror(errno);
			break;
		}
		found = find_magic(search, piece, size);
		/* One may begin at the end of this piece. */
		at = found < size ? look_at(search, at + found) : at + size - (MAGIC_SIZE - 1);
	}
	free(piece);
	return search->problem;
}

const char *inspect_bytes(struct arena *arena, struct text bytes, struct inspect_images *images)
{
	struct search search = {
		.arena = arena,
		.place = { .descriptor = -1, .bytes = bytes, .size = bytes.size },
		.images = images,
	};

	*images = (struct inspect_images){ .count = 0 };
	return search_all(&search);
}

const char *inspect_read(struct arena *arena, const char *path, struct inspect_images *images)
{
	struct search search = { .arena = arena, .images = images };
	struct stat status;

	*images = (struct inspect_images){ .count = 0 };
	/* Whoever opens a pipe waits for a writer. */
	search.place.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (search.place.descriptor < 0)
		return strerror(errno);
	if (fstat(search.place.descriptor, &status) != 0)
		search.problem = strerror(errno);
	else if (S_ISDIR(status.st_mode))
		search.problem = strerror(EISDIR);
	else if (!S_ISREG(status.st_mode))
		search.problem = "it is no regular file";
	else
		search.place.size = (uint64_t)status.st_size;
	if (search.problem == NULL)
		(void)search_all(&search);
	close(search.place.descriptor);
	return search.problem;
}
