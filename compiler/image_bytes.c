/* image_bytes.c - writes the image as runtime/inlay_image.h describes it. */
#include "image.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct inlay_image) == 120, "the header has no padding");
static_assert(sizeof(struct inlay_image_migration) == 168, "an entry has no padding");
static_assert(sizeof(struct inlay_image_statement) == 24, "an entry has no padding");

/* Where the next number goes, and in which byte order. */
struct writer {
	unsigned char *at;
	bool big_endian;
};

static void put(struct writer *writer, uint64_t number, int size)
{
	int i;

	for (i = 0; i < size; i++) {
		int shift = writer->big_endian ? 8 * (size - 1 - i) : 8 * i;

		*writer->at++ = (unsigned char)(number >> shift);
	}
}

static void put_digest(struct writer *writer, const struct inlay_digest *digest)
{
	int i;

	for (i = 0; i < 4; i++)
		put(writer, digest->words[i], 8);
}

static void put_header(struct writer *writer, const struct image *image)
{
	int dialect;

	memcpy(writer->at, INLAY_IMAGE_MAGIC, 16);
	writer->at += 16;
	put(writer, INLAY_IMAGE_BYTE_ORDER, 4);
	put(writer, INLAY_IMAGE_FORMAT, 4);
	put(writer, image->size, 4);
	put(writer, image->texts[0].offset, 4);
	put_digest(writer, &image->digest);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		put(writer, image->tables[dialect].migrations_offset, 4);
		put(writer, image->tables[dialect].migration_count, 4);
		put(writer, image->tables[dialect].statements_offset, 4);
		put(writer, image->tables[dialect].statement_count, 4);
		put(writer, image->tables[dialect].repeatables_offset, 4);
		put(writer, image->tables[dialect].repeatable_count, 4);
	}
	put(writer, image->texts[1].offset, 4);
	put(writer, 0, 4);
}

static void put_migration(struct writer *writer, const struct image *image,
                          const struct inlay_image_migration *entry)
{
	put(writer, (uint64_t)entry->version, 8);
	put(writer, image->texts[entry->name].offset, 4);
	put(writer, image->texts[entry->file].offset, 4);
	put(writer, image->texts[entry->down_file].offset, 4);
	put(writer, entry->flags, 4);
	put(writer, entry->up, 4);
	put(writer, entry->up_count, 4);
	put(writer, entry->down, 4);
	put(writer, entry->down_count, 4);
	put_digest(writer, &entry->checksum);
	put_digest(writer, &entry->source_checksum);
	put_digest(writer, &entry->chain);
	put_digest(writer, &entry->down_checksum);
}

static void put_statement(struct writer *writer, const struct image *image,
                          const struct inlay_image_statement *entry)
{
	put(writer, image->texts[entry->text].offset, 4);
	put(writer, entry->size, 4);
	put(writer, entry->line, 4);
	put(writer, entry->column, 4);
	put(writer, entry->flags, 4);
	if (entry->probe > 0 && (entry->flags & INLAY_STATEMENT_CALL) == 0)
		put(writer, image->texts[entry->probe].offset, 4);
	else
		put(writer, entry->probe, 4);
}

struct text image_bytes_in_order(struct arena *arena, const struct image *image, bool big_endian)
{
	unsigned char *bytes = arena_allocate(arena, image->size);
	struct writer writer = { bytes, big_endian };
	uint32_t i;
	int dialect;

	put_header(&writer, image);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct image_dialect *tables = &image->tables[dialect];

		for (i = 0; i < tables->migration_count; i++)
			put_migration(&writer, image, &tables->migrations[i]);
		for (i = 0; i < tables->repeatable_count; i++)
			put_migration(&writer, image, &tables->repeatables[i]);
		for (i = 0; i < tables->statement_count; i++)
			put_statement(&writer, image, &tables->statements[i]);
	}
	for (i = 0; i < image->text_count; i++) {
		struct text text = image->texts[i].text;

		assert((size_t)(writer.at - bytes) == image->texts[i].offset);
		if (text.size > 0)
			memcpy(writer.at, text.start, text.size);
		writer.at += text.size + 1;
	}
	return (struct text){ bytes, image->size };
}

struct text image_bytes(struct arena *arena, const struct image *image)
{
	const uint16_t probe = 1;

	return image_bytes_in_order(arena, image, *(const unsigned char *)&probe == 0);
}
