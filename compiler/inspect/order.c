/* order.c - headers of what may be images, and images of machines of the other byte order. */
#include "whole.h"

#include "checksum.h"

#include <string.h>

#define IMAGE_SIZE_MAX ((uint32_t)1 << 31)

static uint32_t swapped(uint32_t number)
{
	return number >> 24 | (number >> 8 & 0xff00) | (number << 8 & 0xff0000) | number << 24;
}

static uint64_t swapped_long(uint64_t number)
{
	return (uint64_t)swapped((uint32_t)number) << 32 | swapped((uint32_t)(number >> 32));
}

static void swap_digest(struct inlay_digest *digest)
{
	size_t i;

	for (i = 0; i < 4; i++)
		digest->words[i] = swapped_long(digest->words[i]);
}

static void swap_header(struct inlay_image *image)
{
	int i;

	image->byte_order = swapped(image->byte_order);
	image->format = swapped(image->format);
	image->size = swapped(image->size);
	image->name = swapped(image->name);
	swap_digest(&image->digest);
	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		struct inlay_image_dialect *dialect = &image->dialects[i];

		dialect->migrations = swapped(dialect->migrations);
		dialect->migration_count = swapped(dialect->migration_count);
		dialect->statements = swapped(dialect->statements);
		dialect->statement_count = swapped(dialect->statement_count);
		dialect->repeatables = swapped(dialect->repeatables);
		dialect->repeatable_count = swapped(dialect->repeatable_count);
	}
	image->compiler = swapped(image->compiler);
	image->reserved = swapped(image->reserved);
}

static void swap_migrations(struct inlay_image *image, uint32_t offset, uint32_t count)
{
	struct inlay_image_migration *entry = (void *)((unsigned char *)image + offset);

	for (; count > 0; count--, entry++) {
		entry->version = (int64_t)swapped_long((uint64_t)entry->version);
		entry->name = swapped(entry->name);
		entry->file = swapped(entry->file);
		entry->down_file = swapped(entry->down_file);
		entry->flags = swapped(entry->flags);
		entry->up = swapped(entry->up);
		entry->up_count = swapped(entry->up_count);
		entry->down = swapped(entry->down);
		entry->down_count = swapped(entry->down_count);
		swap_digest(&entry->checksum);
		swap_digest(&entry->source_checksum);
		swap_digest(&entry->chain);
		swap_digest(&entry->down_checksum);
	}
}

static void swap_statements(struct inlay_image *image, uint32_t offset, uint32_t count)
{
	struct inlay_image_statement *entry = (void *)((unsigned char *)image + offset);

	for (; count > 0; count--, entry++) {
		entry->text = swapped(entry->text);
		entry->size = swapped(entry->size);
		entry->line = swapped(entry->line);
		entry->column = swapped(entry->column);
		entry->flags = swapped(entry->flags);
		entry->probe = swapped(entry->probe);
	}
}

static void swap_tables(struct inlay_image *image, const struct inlay_image *native)
{
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		const struct inlay_image_dialect *dialect = &native->dialects[i];

		swap_migrations(image, dialect->migrations, dialect->migration_count);
		swap_migrations(image, dialect->repeatables, dialect->repeatable_count);
		swap_statements(image, dialect->statements, dialect->statement_count);
	}
}

void whole_swap(struct inlay_image *image, const struct inlay_image *native)
{
	swap_header(image);
	swap_tables(image, native);
}

bool whole_digest_is_right(struct inlay_image *image)
{
	const uint16_t probe = 1;
	bool is_big = *(const unsigned char *)&probe == 0;
	struct inlay_image native = *image;
	struct inlay_digest digest;

	image->digest = (struct inlay_digest){ { 0 } };
	if (is_big)
		whole_swap(image, &native);
	digest = checksum_bytes(image, native.size);
	if (is_big)
		whole_swap(image, &native);
	image->digest = native.digest;
	return digest_equals(&digest, &native.digest);
}

/* --- The header --- */

bool whole_is_image(const unsigned char *bytes)
{
	uint32_t order;

	memcpy(&order, bytes + offsetof(struct inlay_image, byte_order), sizeof(order));
	return order == INLAY_IMAGE_BYTE_ORDER || order == swapped(INLAY_IMAGE_BYTE_ORDER);
}

/* One table behind the other. */
static bool holds_table(const struct inlay_image *image, uint64_t *end, uint32_t offset,
                        uint64_t table_size)
{
	if (table_size == 0)
		return offset == 0 || (offset % 8 == 0 && offset >= *end && offset < image->size);
	if (offset % 8 != 0 || offset < *end || offset + table_size > image->size)
		return false;
	*end = offset + table_size;
	return true;
}

static const char *check_tables(const struct inlay_image *image)
{
	uint64_t end = sizeof(*image);
	bool is_empty = true;
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		const struct inlay_image_dialect *dialect = &image->dialects[i];
		uint64_t entry_size = sizeof(struct inlay_image_migration);

		if (!holds_table(image, &end, dialect->migrations,
		                 dialect->migration_count * entry_size) ||
		    !holds_table(image, &end, dialect->repeatables,
		                 dialect->repeatable_count * entry_size) ||
		    !holds_table(image, &end, dialect->statements,
		                 dialect->statement_count * sizeof(struct inlay_image_statement)))
			return "it is damaged: a table leads out of it";
		is_empty =
		        is_empty && dialect->migration_count == 0 && dialect->repeatable_count == 0;
	}
	if (is_empty || image->reserved != 0)
		return "it is damaged: its header";
	return NULL;
}

const char *whole_check_header(struct arena *arena, const unsigned char *bytes, uint64_t available,
                               struct inlay_image *header)
{
	memcpy(header, bytes, sizeof(*header));
	if (header->byte_order != INLAY_IMAGE_BYTE_ORDER)
		swap_header(header);
	if (available < offsetof(struct inlay_image, dialects))
		return arena_format(arena, "it is cut short: %u bytes are there",
		                    (unsigned)available);
	if (header->format != INLAY_IMAGE_FORMAT)
		return arena_format(arena,
		                    "its format is %u, and this `inlay` reads format %u only",
		                    header->format, INLAY_IMAGE_FORMAT);
	if (header->size > IMAGE_SIZE_MAX || header->size % 8 != 0 ||
	    header->size <= sizeof(*header))
		return "it is damaged: its size";
	if (header->size > available)
		return arena_format(arena, "it is cut short: %u of its %u bytes are there",
		                    (unsigned)available, header->size);
	return check_tables(header);
}
