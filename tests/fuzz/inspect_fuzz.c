/* inspect_fuzz.c - any bytes as a file with sets in it: as they are, and behind a header that is
 * right as far as a machine can make it so, digest included.  What is accepted is followed. */
#include "../../compiler/checksum.h"
#include "../../compiler/inspect/inspect.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

static void check_text(const struct inlay_image *image, uint32_t offset)
{
	REQUIRE(offset >= sizeof(*image) && offset < image->size);
	REQUIRE(offset + strlen(inspect_text(image, offset)) < image->size);
}

static void check_entries(const struct inlay_image *image,
                          const struct inlay_image_migration *entries, uint32_t count,
                          uint32_t statement_count)
{
	for (; count > 0; count--, entries++) {
		check_text(image, entries->name);
		check_text(image, entries->file);
		check_text(image, entries->down_file);
		REQUIRE((uint64_t)entries->up + entries->up_count <= statement_count);
		REQUIRE((uint64_t)entries->down + entries->down_count <= statement_count);
	}
}

static void check_image(const struct inspect_image *found)
{
	const struct inlay_image *image = found->image;
	int i;

	check_text(image, image->name);
	check_text(image, image->compiler);
	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		enum inlay_dialect dialect = (enum inlay_dialect)i;
		const struct inlay_image_dialect *tables = &image->dialects[dialect];
		const struct inlay_image_statement *statement =
		        inspect_statements(image, dialect);
		uint32_t left;

		check_entries(image, inspect_migrations(image, dialect), tables->migration_count,
		              tables->statement_count);
		check_entries(image, inspect_repeatables(image, dialect), tables->repeatable_count,
		              tables->statement_count);
		for (left = tables->statement_count; left > 0; left--, statement++) {
			check_text(image, statement->text);
			if ((statement->flags & INLAY_STATEMENT_CALL) != 0)
				REQUIRE(statement->probe < found->function_count);
			else if (statement->probe != 0)
				check_text(image, statement->probe);
		}
	}
}

static void check_bytes(const unsigned char *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct inspect_images images;
	size_t i;

	if (inspect_bytes(&arena, (struct text){ bytes, size }, &images) == NULL)
		for (i = 0; i < images.count; i++)
			check_image(&images.items[i]);
	arena_clear(&arena);
}

/* On machines with the highest byte first the digest is of other bytes; there it is just wrong. */
static void make_header(unsigned char *bytes, size_t size)
{
	struct inlay_image header;

	memcpy(&header, bytes, sizeof(header));
	memcpy(header.magic, INLAY_IMAGE_MAGIC, sizeof(header.magic));
	header.byte_order = INLAY_IMAGE_BYTE_ORDER;
	header.format = INLAY_IMAGE_FORMAT;
	header.size = (uint32_t)size;
	header.reserved = 0;
	header.digest = (struct inlay_digest){ { 0 } };
	memcpy(bytes, &header, sizeof(header));
	header.digest = checksum_bytes(bytes, size);
	memcpy(bytes, &header, sizeof(header));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes;

	check_bytes(data, size);
	size -= size % 8;
	if (size <= sizeof(struct inlay_image))
		return 0;
	bytes = malloc(size);
	REQUIRE(bytes != NULL);
	memcpy(bytes, data, size);
	make_header(bytes, size);
	check_bytes(bytes, size);
	free(bytes);
	return 0;
}
