/* inspect_test.c - sets are found wherever they lie, and nothing damaged is taken for one. */
#include "inspect/inspect.h"

#include "checksum.h"
#include "files.h"
#include "image.h"
#include "set.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECE_SIZE ((size_t)1 << 20) /* Of a file, that the search looks at at once. */

/* A set with everything that an image can have, in both byte orders. */
struct fixture {
	struct workspace workspace;
	char *directory;
	char *migrations; /* The workspace points to it. */
	struct text native;
	struct text foreign;
	struct arena arena;
	size_t find_count; /* An arena is cheap to use and dear to clear. */
	struct inspect_images images;
};

static const char *const files[][2] = {
	{ "1_a.sql",
	  "-- migrate:up\nCREATE TABLE a (b INTEGER);\n-- migrate:down\nDROP TABLE a;\n" },
	{ "2_b.sqlite.sql", "-- migrate:breaking\n-- migrate:call fill\nSELECT 1;\n" },
	{ "2_b.postgres.sql", "-- migrate:up transaction:false\n"
	                      "CREATE INDEX CONCURRENTLY c ON a (b);\n-- migrate:call fill\n"
	                      "-- migrate:call more\n" },
	{ "30_c.sql", "SELECT 30;\n" },
	{ "R__v.sql", "SELECT 'v';\n" },
	{ "R__w.sql", "SELECT 'w';\n" },
};

static bool is_big_endian(void)
{
	const uint16_t probe = 1;

	return *(const unsigned char *)&probe == 0;
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct workspace *workspace = &fixture->workspace;
	struct image image;
	char *path;
	size_t i;

	fixture->directory = directory_make();
	path = format("%s/m", fixture->directory);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *name = format("%s/%s", path, files[i][0]);

		file_write_string(name, files[i][1]);
		free(name);
	}
	set_read(workspace, &(struct options){ .operand = path }, (bool[]){ true, true });
	assert_int_equal(workspace->problems.error_count, 0);
	assert_true(image_build(&workspace->arena, &workspace->set, "app_migrations", &image,
	                        &workspace->problems));
	fixture->native = image_bytes(&workspace->arena, &image);
	fixture->foreign = image_bytes_in_order(&workspace->arena, &image, !is_big_endian());
	fixture->migrations = path;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_clear(&fixture->arena);
	set_clear(&fixture->workspace);
	directory_remove(fixture->directory);
	free(fixture->directory);
	free(fixture->migrations);
	free(fixture);
	return 0;
}

/* What is found in the bytes; of exactly their size, so that a step beyond them is noticed. */
static struct inspect_images *find(struct fixture *fixture, const void *bytes, size_t size)
{
	unsigned char *copy = malloc(size > 0 ? size : 1);

	memcpy(copy, bytes, size);
	if (fixture->find_count++ % 200 == 0)
		arena_clear(&fixture->arena);
	assert_null(inspect_bytes(&fixture->arena, (struct text){ copy, size }, &fixture->images));
	free(copy);
	return &fixture->images;
}

static unsigned char *copy_of(struct text bytes)
{
	unsigned char *copy = malloc(bytes.size);

	memcpy(copy, bytes.start, bytes.size);
	return copy;
}

static void expect_image(const struct fixture *fixture, size_t index, uint64_t offset)
{
	const struct inspect_image *found = &fixture->images.items[index];

	assert_true(index < fixture->images.count);
	assert_int_equal(found->offset, offset);
	assert_int_equal(found->image->size, fixture->native.size);
	assert_memory_equal(found->image, fixture->native.start, fixture->native.size);
	assert_int_equal(found->function_count, 2);
	assert_string_equal(found->functions[0], "fill");
	assert_string_equal(found->functions[1], "more");
}

static char *write_at(const struct fixture *fixture, uint64_t offset, struct text bytes)
{
	char *path = format("%s/file", fixture->directory);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(file >= 0);
	assert_int_equal(pwrite(file, bytes.start, bytes.size, (off_t)offset), bytes.size);
	close(file);
	return path;
}

/* --- Where they are found --- */

static void sets_are_found_at_any_place(void **state)
{
	static const size_t offsets[] = {
		0,
		1,
		7,
		8,
		4095,
		PIECE_SIZE - 17,
		PIECE_SIZE - 16,
		PIECE_SIZE - 15,
		PIECE_SIZE - 1,
		PIECE_SIZE,
		2 * PIECE_SIZE - 31,
		2 * PIECE_SIZE - 30,
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		char *path = write_at(fixture, offsets[i], fixture->native);

		arena_clear(&fixture->arena);
		assert_null(inspect_read(&fixture->arena, path, &fixture->images));
		assert_int_equal(fixture->images.count, 1);
		expect_image(fixture, 0, offsets[i]);
		free(path);
	}
}

/* A sparse one, so that it takes no room. */
static void files_may_be_larger_than_two_gigabytes(void **state)
{
	struct fixture *fixture = *state;
	uint64_t offset = ((uint64_t)1 << 31) + 12345;
	char *path = write_at(fixture, offset, fixture->native);

	assert_null(inspect_read(&fixture->arena, path, &fixture->images));
	assert_int_equal(fixture->images.count, 1);
	expect_image(fixture, 0, offset);
	unlink(path);
	free(path);
}

static void the_other_byte_order_is_read(void **state)
{
	struct fixture *fixture = *state;

	assert_memory_not_equal(fixture->native.start, fixture->foreign.start,
	                        fixture->native.size);
	find(fixture, fixture->foreign.start, fixture->foreign.size);
	assert_int_equal(fixture->images.count, 1);
	assert_true(fixture->images.items[0].is_swapped);
	/* But for its digest field, which is converted as well. */
	expect_image(fixture, 0, 0);
	find(fixture, fixture->native.start, fixture->native.size);
	assert_false(fixture->images.items[0].is_swapped);
}

/* The other one has another name, and so another digest. */
static void several_sets_are_several_and_copies_are_one(void **state)
{
	struct fixture *fixture = *state;
	size_t size = fixture->native.size;
	unsigned char *bytes = malloc(4 * size + 3);
	struct image image;
	struct text other;

	assert_true(image_build(&fixture->workspace.arena, &fixture->workspace.set,
	                        "lib_migrations", &image, &fixture->workspace.problems));
	other = image_bytes(&fixture->workspace.arena, &image);
	assert_int_equal(other.size, size);
	memcpy(bytes, fixture->native.start, size);
	memcpy(bytes + size, "\211in", 3);
	memcpy(bytes + size + 3, other.start, size);
	memcpy(bytes + 2 * size + 3, fixture->foreign.start, size);
	memcpy(bytes + 3 * size + 3, fixture->native.start, size);
	find(fixture, bytes, 4 * size + 3);
	assert_int_equal(fixture->images.count, 2);
	expect_image(fixture, 0, 0);
	assert_int_equal(fixture->images.items[0].copies, 3);
	assert_int_equal(fixture->images.items[1].copies, 1);
	assert_int_equal(fixture->images.items[1].offset, size + 3);
	assert_string_equal(
	        inspect_text(fixture->images.items[1].image, fixture->images.items[1].image->name),
	        "lib_migrations");
	assert_int_equal(fixture->images.damage_count, 0);
	free(bytes);
}

/* Tools that look for sets have the magic, too. */
static void the_magic_alone_is_no_set(void **state)
{
	struct fixture *fixture = *state;
	unsigned char bytes[100 * 16];

	for (size_t i = 0; i < 100; i++)
		memcpy(bytes + 16 * i, INLAY_IMAGE_MAGIC, 16);
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		find(fixture, bytes, size);
		assert_int_equal(fixture->images.count + fixture->images.damage_count, 0);
	}
}

static void what_is_no_file_is_not_read(void **state)
{
	struct fixture *fixture = *state;
	char *path = format("%s/pipe", fixture->directory);
	struct inspect_images *images = &fixture->images;

	assert_int_equal(mkfifo(path, 0666), 0);
	assert_string_equal(inspect_read(&fixture->arena, path, images), "it is no regular file");
	assert_string_equal(inspect_read(&fixture->arena, fixture->directory, images),
	                    "Is a directory");
	assert_string_equal(inspect_read(&fixture->arena, "/nowhere", images),
	                    "No such file or directory");
	assert_string_equal(inspect_read(&fixture->arena, "/dev/null", images),
	                    "it is no regular file");
	free(path);
}

/* --- What is refused --- */

static void every_damaged_byte_is_noticed(void **state)
{
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	struct fixture *fixture = *state;
	const struct text *orders[] = { &fixture->native, &fixture->foreign };

	for (size_t order = 0; order < 2; order++) {
		unsigned char *bytes = copy_of(*orders[order]);
		size_t size = orders[order]->size;

		for (size_t i = 0; i < 3 * size; i++) {
			bytes[i / 3] ^= flips[i % 3];
			find(fixture, bytes, size);
			if (fixture->images.count != 0)
				fail_msg("byte %zu with %02x is not noticed", i / 3, flips[i % 3]);
			/* Without the magic, or a byte order, it is no image at all. */
			assert_int_equal(fixture->images.damage_count, i / 3 < 20 ? 0 : 1);
			bytes[i / 3] ^= flips[i % 3];
		}
		find(fixture, bytes, size);
		assert_int_equal(fixture->images.count, 1);
		free(bytes);
	}
}

static void what_is_cut_short_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct inspect_images *images = &fixture->images;

	for (size_t size = 0; size < fixture->native.size; size++) {
		find(fixture, fixture->native.start, size);
		assert_int_equal(images->count, 0);
		assert_int_equal(images->damage_count, size < 20 ? 0 : 1);
		if (size < 20)
			continue;
		assert_int_equal(images->damages[0].offset, 0);
		assert_non_null(strstr(images->damages[0].words, "it is cut short"));
	}
	assert_true(strncmp(images->damages[0].words, "it is cut short: ", 17) == 0);
}

static void make_digest(unsigned char *bytes, size_t size)
{
	size_t at = offsetof(struct inlay_image, digest);
	struct inlay_digest digest;

	memset(bytes + at, 0, sizeof(digest));
	digest = checksum_bytes(bytes, size);
	memcpy(bytes + at, &digest, sizeof(digest));
}

/* Follows everything; what leads out of the image is noticed by the sanitizers. */
static size_t walk(const struct inlay_image *image)
{
	size_t sum = strlen(inspect_text(image, image->name));

	for (int dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		const struct inlay_image_dialect *tables = &image->dialects[dialect];
		const struct inlay_image_migration *entries =
		        inspect_migrations(image, (enum inlay_dialect)dialect);
		const struct inlay_image_statement *statements =
		        inspect_statements(image, (enum inlay_dialect)dialect);

		for (uint32_t i = 0; i < tables->migration_count; i++)
			sum += strlen(inspect_text(image, entries[i].name)) +
			       strlen(inspect_text(image, entries[i].file)) +
			       statements[entries[i].up + entries[i].up_count - 1].size;
		for (uint32_t i = 0; i < tables->statement_count; i++)
			sum += strlen(inspect_text(image, statements[i].text));
	}
	return sum;
}

/* A digest keeps out accidents, not malice: with a right one, all the rest must still hold. */
static void damage_under_a_right_digest_is_not_followed(void **state)
{
	struct fixture *fixture = *state;
	unsigned char *bytes = copy_of(fixture->native);
	size_t size = fixture->native.size;
	size_t accepted = 0;

	if (is_big_endian())
		skip();
	for (size_t i = 20; i < size; i++)
		for (unsigned flip = 1; flip < 256; flip *= 2) {
			bytes[i] ^= (unsigned char)flip;
			make_digest(bytes, size);
			find(fixture, bytes, size);
			if (fixture->images.count > 0)
				assert_true(walk(fixture->images.items[0].image) > 0);
			accepted += fixture->images.count;
			bytes[i] ^= (unsigned char)flip;
		}
	assert_true(accepted > 0 && accepted < 8 * size); /* Letters of the SQL; offsets. */
	free(bytes);
}

#define HEADER(member)   offsetof(struct inlay_image, member)
#define ENTRY(member)    sizeof(struct inlay_image) + offsetof(struct inlay_image_migration, member)
#define REPEATED(member) ENTRY(member) + 3 * sizeof(struct inlay_image_migration)
#define STATEMENT(member)                                                                          \
	sizeof(struct inlay_image) + 5 * sizeof(struct inlay_image_migration) +                    \
	        offsetof(struct inlay_image_statement, member)
#define CALL(member) STATEMENT(member) + 2 * sizeof(struct inlay_image_statement)
static const struct damage {
	size_t at;
	uint32_t value;
	const char *words;
} damages[] = {
	{ HEADER(format), 3, "its format is 3, and this `inlay` reads format 4 only" },
	{ HEADER(format), 5, "its format is 5, and this `inlay` reads format 4 only" },
	{ HEADER(size), 8, "it is damaged: its size" },
	{ HEADER(size), 0xfffffff8, "it is damaged: its size" },
	{ HEADER(size), 0x7ffffff8, "it is cut short: " },
	{ HEADER(name), 0x7fffffff, "it is damaged: its name" },
	{ HEADER(name), 8, "it is damaged: its name" },
	{ HEADER(compiler), 0, "it is damaged: its name" },
	{ HEADER(reserved), 1, "it is damaged: its header" },
	{ HEADER(dialects[0].migrations), 4, "it is damaged: a table leads out of it" },
	{ HEADER(dialects[0].migrations), 0, "it is damaged: a table leads out of it" },
	{ HEADER(dialects[0].migration_count), 0x7fffffff,
	  "it is damaged: a table leads out of it" },
	{ HEADER(dialects[0].migration_count), 2, "it is damaged: a repeatable" },
	{ HEADER(dialects[1].statements), 120, "it is damaged: a table leads out of it" },
	{ HEADER(dialects[0].statement_count), 3, "it is damaged: a migration" },
	{ HEADER(dialects[0].repeatable_count), 1, "it is damaged: a statement of no" },
	{ ENTRY(version), 2, "it is damaged: its chain of checksums" },
	{ ENTRY(version) + 168, 1, "it is damaged: its versions do not ascend" },
	{ ENTRY(version) + 4, 0x80000000, "it is damaged: a migration" },
	{ ENTRY(name), 16, "it is damaged: a migration" },
	{ ENTRY(file), 0xffffffff, "it is damaged: a migration" },
	{ ENTRY(down_file), 0, "it is damaged: a migration" },
	{ ENTRY(flags), 0x80000000, "it asks for something that this `inlay` does not" },
	{ ENTRY(flags), 0, "it is damaged: a migration" },
	{ ENTRY(up), 1, "it is damaged: a migration" },
	{ ENTRY(up_count), 0xffffffff, "it is damaged: a migration" },
	{ ENTRY(down_count), 0, "it is damaged: a migration" },
	{ ENTRY(checksum), 0, "it is damaged: its chain of checksums" },
	{ REPEATED(flags), INLAY_MIGRATION_HAS_DOWN, "it asks for something" },
	{ REPEATED(version), 7, "it is damaged: its chain of checksums" },
	{ REPEATED(up), 0, "it is damaged: a repeatable migration" },
	{ STATEMENT(text), 0, "it is damaged: a statement" },
	{ STATEMENT(size), 1, "it is damaged: a statement" },
	{ STATEMENT(line), 0, "it is damaged: a statement" },
	{ STATEMENT(column), 0, "it is damaged: a statement" },
	{ STATEMENT(flags), 0x20, "it asks for something that this `inlay` does not" },
	{ STATEMENT(flags), INLAY_STATEMENT_CALL | INLAY_STATEMENT_WAIT,
	  "it is damaged: the call of a function" },
	{ STATEMENT(probe), 8, "it is damaged: a statement" },
	{ CALL(flags), INLAY_STATEMENT_CALL, "it is damaged: the call of a function" },
	{ CALL(probe), 1, "it is damaged: the call of a function" },
	{ CALL(probe), 0xffffffff, "it is damaged: the call of a function" },
};

static void every_kind_of_damage_is_named(void **state)
{
	struct fixture *fixture = *state;
	size_t size = fixture->native.size;

	if (is_big_endian())
		skip();
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		unsigned char *bytes = copy_of(fixture->native);

		memcpy(bytes + damages[i].at, &damages[i].value, sizeof(damages[i].value));
		make_digest(bytes, size);
		find(fixture, bytes, size);
		if (fixture->images.damage_count != 1 ||
		    strncmp(fixture->images.damages[0].words, damages[i].words,
		            strlen(damages[i].words)) != 0)
			fail_msg("row %zu: expected \"%s\", received \"%s\"", i, damages[i].words,
			         fixture->images.damage_count > 0 ? fixture->images.damages[0].words
			                                          : "nothing");
		free(bytes);
	}
}

/* A last byte that is no NUL; and names of the other dialect that differ. */
static void texts_and_dialects_are_held_together(void **state)
{
	struct fixture *fixture = *state;
	size_t size = fixture->native.size;
	unsigned char *bytes = copy_of(fixture->native);
	const struct inlay_image *header = (const void *)fixture->native.start;
	uint32_t name;

	if (is_big_endian())
		skip();
	bytes[size - 1] = 'x';
	make_digest(bytes, size);
	assert_string_equal(find(fixture, bytes, size)->damages[0].words,
	                    "it is damaged: its last text does not end");
	bytes[size - 1] = '\0';
	name = header->compiler;
	memcpy(bytes + header->dialects[1].migrations +
	               offsetof(struct inlay_image_migration, name),
	       &name, sizeof(name));
	make_digest(bytes, size);
	assert_string_equal(find(fixture, bytes, size)->damages[0].words,
	                    "it is damaged: its dialects do not have the same migrations");
	free(bytes);
}

/* A damaged one hides no other; too many are the end of it. */
static void damage_does_not_hide_what_is_behind_it(void **state)
{
	struct fixture *fixture = *state;
	size_t size = fixture->native.size;
	size_t step = sizeof(struct inlay_image);
	unsigned char *bytes = calloc(1, 30 * step + size);
	struct text text = { bytes, 30 * step + size };

	for (size_t i = 10; i < 30; i++)
		memcpy(bytes + i * step, fixture->native.start, step);
	memcpy(bytes + 30 * step, fixture->native.start, size);
	find(fixture, bytes, text.size);
	assert_int_equal(fixture->images.damage_count, INSPECT_DAMAGE_MAX);
	assert_int_equal(fixture->images.damages[1].offset, 11 * step);
	assert_int_equal(fixture->images.count, 1);
	expect_image(fixture, 0, 30 * step);

	memcpy(bytes + 9 * step, fixture->native.start, step);
	assert_string_equal(inspect_bytes(&fixture->arena, text, &fixture->images),
	                    "too much in it looks like a set, and is none");
	free(bytes);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sets_are_found_at_any_place),
		TEST(files_may_be_larger_than_two_gigabytes),
		TEST(the_other_byte_order_is_read),
		TEST(several_sets_are_several_and_copies_are_one),
		TEST(the_magic_alone_is_no_set),
		TEST(what_is_no_file_is_not_read),
		TEST(every_damaged_byte_is_noticed),
		TEST(what_is_cut_short_is_refused),
		TEST(damage_under_a_right_digest_is_not_followed),
		TEST(every_kind_of_damage_is_named),
		TEST(texts_and_dialects_are_held_together),
		TEST(damage_does_not_hide_what_is_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
