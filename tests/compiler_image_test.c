/* compiler_image_test.c - the image in memory is what runtime/inlay_image.h says, byte by byte. */
#include "checksum.h"
#include "command.h"
#include "files.h"
#include "image.h"
#include "set.h"
#include "support/set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* A set in a directory of its own, and its image. */
struct fixture {
	char *directory;
	struct workspace workspace;
	struct image image;
	struct text bytes;
};

static void add_file(const struct fixture *fixture, const char *name, const char *text)
{
	char *path = format("%s/m/%s", fixture->directory, name);

	file_write_string(path, text);
	free(path);
}

static void build(struct fixture *fixture, const bool *dialects)
{
	char *path = format("%s/m", fixture->directory);

	set_read(&fixture->workspace, &(struct options){ .operand = path }, dialects);
	assert_int_equal(fixture->workspace.problems.error_count, 0);
	assert_true(image_build(&fixture->workspace.arena, &fixture->workspace.set, "the_set",
	                        &fixture->image, &fixture->workspace.problems));
	fixture->bytes = image_bytes(&fixture->workspace.arena, &fixture->image);
	assert_int_equal(fixture->bytes.size, fixture->image.size);
	free(path);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (fixture == NULL)
		return 1;
	fixture->directory = directory_make();
	add_file(fixture, "1_a.sql",
	         "\xef\xbb\xbf-- migrate:up\r\nSELECT 'a\r\nb';\r\n  SELECT 2;\r\n"
	         "-- migrate:down transaction:false\r\nSELECT 3;\r\n");
	add_file(fixture, "20_b.sqlite.sql", "PRAGMA foreign_keys = off; SELECT 4");
	add_file(fixture, "20_b.postgres.sql", "SELECT 5");
	add_file(fixture, "20_b.down.sql", "SELECT 6");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	set_clear(&fixture->workspace);
	directory_remove(fixture->directory);
	free(fixture->directory);
	free(fixture);
	return 0;
}

static const struct inlay_image *header_of(const struct fixture *fixture)
{
	return (const void *)fixture->bytes.start;
}

static const char *text_at(const struct fixture *fixture, uint32_t offset)
{
	assert_true(offset >= sizeof(struct inlay_image) && offset < fixture->bytes.size);
	return (const char *)fixture->bytes.start + offset;
}

static const struct inlay_image_migration *migration(const struct fixture *fixture,
                                                     enum inlay_dialect dialect, uint32_t index)
{
	const struct inlay_image_dialect *tables = &header_of(fixture)->dialects[dialect];

	assert_true(index < tables->migration_count);
	return (const struct inlay_image_migration *)(const void *)(fixture->bytes.start +
	                                                            tables->migrations) +
	       index;
}

static const struct inlay_image_statement *statement(const struct fixture *fixture,
                                                     enum inlay_dialect dialect, uint32_t index)
{
	const struct inlay_image_dialect *tables = &header_of(fixture)->dialects[dialect];

	assert_true(index < tables->statement_count);
	return (const struct inlay_image_statement *)(const void *)(fixture->bytes.start +
	                                                            tables->statements) +
	       index;
}

static void assert_statement(const struct fixture *fixture, enum inlay_dialect dialect,
                             uint32_t index, const char *text, struct position position)
{
	const struct inlay_image_statement *entry = statement(fixture, dialect, index);

	assert_string_equal(text_at(fixture, entry->text), text);
	assert_int_equal(entry->size, strlen(text));
	assert_int_equal(entry->line, position.line);
	assert_int_equal(entry->column, position.column);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void the_header_says_what_it_is(void **state)
{
	struct fixture *fixture = *state;
	const struct inlay_image *header;

	build(fixture, NULL);
	header = header_of(fixture);
	assert_memory_equal(header->magic, INLAY_IMAGE_MAGIC, 16);
	assert_int_equal(header->byte_order, INLAY_IMAGE_BYTE_ORDER);
	assert_int_equal(header->format, INLAY_IMAGE_FORMAT);
	assert_int_equal(header->size, fixture->bytes.size);
	assert_int_equal(header->size % 8, 0);
	assert_string_equal(text_at(fixture, header->name), "the_set");
	assert_string_equal(text_at(fixture, header->compiler), INLAY_VERSION);
	assert_int_equal(header->reserved, 0);
	assert_int_equal(header->dialects[INLAY_DIALECT_SQLITE].migration_count, 2);
	assert_int_equal(header->dialects[INLAY_DIALECT_SQLITE].statement_count, 5);
	assert_int_equal(header->dialects[INLAY_DIALECT_POSTGRES].migration_count, 2);
	assert_int_equal(header->dialects[INLAY_DIALECT_POSTGRES].statement_count, 5);
}

/* On a machine with the highest byte first the digest is of other bytes than these. */
static void the_digest_is_of_the_image_without_it(void **state)
{
	struct fixture *fixture = *state;
	struct inlay_digest digest;
	unsigned char *copy;
	const uint16_t probe = 1;

	if (*(const unsigned char *)&probe == 0)
		skip();
	build(fixture, NULL);
	copy = malloc(fixture->bytes.size);
	assert_non_null(copy);
	memcpy(copy, fixture->bytes.start, fixture->bytes.size);
	memset(copy + offsetof(struct inlay_image, digest), 0, sizeof(digest));
	digest = checksum_bytes(copy, fixture->bytes.size);
	free(copy);
	assert_true(digest_equals(&digest, &header_of(fixture)->digest));
}

static void statements_keep_their_places(void **state)
{
	struct fixture *fixture = *state;

	build(fixture, NULL);
	assert_statement(fixture, INLAY_DIALECT_SQLITE, 0, "SELECT 'a\nb'",
	                 (struct position){ 2, 1 });
	assert_statement(fixture, INLAY_DIALECT_SQLITE, 1, "SELECT 2", (struct position){ 4, 3 });
	assert_statement(fixture, INLAY_DIALECT_SQLITE, 2, "SELECT 3", (struct position){ 6, 1 });
	assert_statement(fixture, INLAY_DIALECT_SQLITE, 3, "SELECT 4", (struct position){ 1, 28 });
	assert_statement(fixture, INLAY_DIALECT_SQLITE, 4, "SELECT 6", (struct position){ 1, 1 });
	assert_statement(fixture, INLAY_DIALECT_POSTGRES, 3, "SELECT 5", (struct position){ 1, 1 });
}

static void what_both_dialects_read_is_there_once(void **state)
{
	struct fixture *fixture = *state;
	uint32_t i;

	build(fixture, NULL);
	for (i = 0; i < 5; i++) {
		uint32_t sqlite = statement(fixture, INLAY_DIALECT_SQLITE, i)->text;
		uint32_t postgres = statement(fixture, INLAY_DIALECT_POSTGRES, i)->text;

		assert_int_equal(sqlite == postgres, i != 3);
	}
	assert_int_equal(migration(fixture, INLAY_DIALECT_SQLITE, 0)->file,
	                 migration(fixture, INLAY_DIALECT_POSTGRES, 0)->file);
}

static void migrations_have_names_files_and_flags(void **state)
{
	struct fixture *fixture = *state;
	const struct inlay_image_migration *first, *second, *other;

	build(fixture, NULL);
	first = migration(fixture, INLAY_DIALECT_SQLITE, 0);
	second = migration(fixture, INLAY_DIALECT_SQLITE, 1);
	other = migration(fixture, INLAY_DIALECT_POSTGRES, 1);
	assert_int_equal(first->version, 1);
	assert_string_equal(text_at(fixture, first->name), "a");
	assert_string_equal(text_at(fixture, first->file), "m/1_a.sql");
	assert_int_equal(first->down_file, first->file);
	assert_int_equal(first->flags,
	                 INLAY_MIGRATION_HAS_DOWN | INLAY_MIGRATION_DOWN_NO_TRANSACTION);
	assert_int_equal(first->up_count, 2);
	assert_int_equal(first->down, 2);
	assert_int_equal(first->down_count, 1);
	assert_int_equal(second->version, 20);
	assert_string_equal(text_at(fixture, second->file), "m/20_b.sqlite.sql");
	assert_string_equal(text_at(fixture, second->down_file), "m/20_b.down.sql");
	assert_int_equal(second->flags,
	                 INLAY_MIGRATION_HAS_DOWN | INLAY_MIGRATION_FOREIGN_KEYS_OFF);
	assert_string_equal(text_at(fixture, other->file), "m/20_b.postgres.sql");
	assert_int_equal(other->flags, INLAY_MIGRATION_HAS_DOWN | INLAY_MIGRATION_SESSION |
	                                       INLAY_MIGRATION_DOWN_SESSION);
	other = migration(fixture, INLAY_DIALECT_POSTGRES, 0);
	assert_int_equal(other->flags,
	                 INLAY_MIGRATION_HAS_DOWN | INLAY_MIGRATION_DOWN_NO_TRANSACTION |
	                         INLAY_MIGRATION_SESSION | INLAY_MIGRATION_DOWN_SESSION);
}

/* What classify.c has found comes into the tables; a probe is a text like any other. */
static void statements_have_flags_and_probes(void **state)
{
	struct fixture *fixture = *state;
	const struct inlay_image_migration *entry;
	const struct inlay_image_statement *first;

	add_file(fixture, "30_c.sql",
	         "-- migrate:up transaction:false\nVACUUM;\n"
	         "DROP INDEX CONCURRENTLY \"a\r\nb\";\n"
	         "-- migrate:down\n-- migrate:session fresh\nCREATE TABLE c (id INTEGER);\n");
	build(fixture, NULL);
	entry = migration(fixture, INLAY_DIALECT_POSTGRES, 2);
	assert_int_equal(entry->flags, INLAY_MIGRATION_NO_TRANSACTION | INLAY_MIGRATION_HAS_DOWN |
	                                       INLAY_MIGRATION_DOWN_NO_TRANSACTION |
	                                       INLAY_MIGRATION_DOWN_FRESH);
	first = statement(fixture, INLAY_DIALECT_POSTGRES, entry->up);
	assert_int_equal(first[0].flags, INLAY_STATEMENT_ALONE | INLAY_STATEMENT_REPEATABLE);
	assert_int_equal(first[0].probe, 0);
	assert_int_equal(first[1].flags, INLAY_STATEMENT_ALONE);
	assert_string_equal(text_at(fixture, first[1].text), "DROP INDEX CONCURRENTLY \"a\nb\"");
	assert_string_equal(text_at(fixture, first[1].probe),
	                    "SELECT 't', NULL WHERE pg_catalog.to_regclass('\"a\nb\"') IS NULL");
	assert_int_equal(first[2].flags, INLAY_STATEMENT_ALONE);

	entry = migration(fixture, INLAY_DIALECT_SQLITE, 2);
	assert_int_equal(entry->flags, INLAY_MIGRATION_NO_TRANSACTION | INLAY_MIGRATION_HAS_DOWN);
	first = statement(fixture, INLAY_DIALECT_SQLITE, entry->up);
	assert_int_equal(first[0].flags, INLAY_STATEMENT_ALONE | INLAY_STATEMENT_REPEATABLE);
	assert_int_equal(first[1].flags, 0);
	assert_int_equal(first[1].probe, 0);
	assert_int_equal(first[2].flags, 0);
}

static const struct inlay_image_migration *repeatable(const struct fixture *fixture,
                                                      enum inlay_dialect dialect, uint32_t index)
{
	const struct inlay_image_dialect *tables = &header_of(fixture)->dialects[dialect];

	assert_true(index < tables->repeatable_count);
	return (const struct inlay_image_migration *)(const void *)(fixture->bytes.start +
	                                                            tables->repeatables) +
	       index;
}

/* By strcmp() of their names, with a chain of their own, and what both dialects read once. */
static void repeatable_migrations_have_a_table(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[] = { "5_z", "R__A", "R__a", "R__a-", "R__a_" };
	int dialect;

	add_file(fixture, "R__a_.sql", "SELECT 1");
	add_file(fixture, "R__a.sqlite.sql", "SELECT 2; SELECT 3");
	add_file(fixture, "R__a.postgres.sql", "SELECT 4");
	add_file(fixture, "R__A.sql", "SELECT 5");
	add_file(fixture, "R__a-.sql", "SELECT 6");
	add_file(fixture, "5_z.sql", "-- migrate:repeatable\nSELECT 7");
	build(fixture, NULL);
	for (dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		const struct inlay_image_dialect *tables = &header_of(fixture)->dialects[dialect];
		struct inlay_digest chain = { { 0 } };
		uint32_t i;

		assert_int_equal(tables->migration_count, 2);
		assert_int_equal(tables->repeatable_count, 5);
		assert_int_equal(tables->repeatables % 8, 0);
		for (i = 0; i < 5; i++) {
			const struct inlay_image_migration *entry =
			        repeatable(fixture, (enum inlay_dialect)dialect, i);

			assert_string_equal(text_at(fixture, entry->name), names[i]);
			assert_int_equal(entry->version, 0);
			assert_int_equal(entry->down_count, 0);
			assert_int_equal(entry->down_file, entry->file);
			assert_int_equal(entry->flags & ~(uint32_t)INLAY_MIGRATION_SESSION, 0);
			chain = checksum_chain_repeatable(&chain, 0, names[i], &entry->checksum);
			assert_true(digest_equals(&chain, &entry->chain));
		}
	}
	assert_string_equal(text_at(fixture, repeatable(fixture, INLAY_DIALECT_SQLITE, 2)->file),
	                    "m/R__a.sqlite.sql");
	assert_int_equal(repeatable(fixture, INLAY_DIALECT_SQLITE, 2)->up_count, 2);
	assert_int_equal(repeatable(fixture, INLAY_DIALECT_POSTGRES, 4)->file,
	                 repeatable(fixture, INLAY_DIALECT_SQLITE, 4)->file);
	assert_statement(fixture, INLAY_DIALECT_POSTGRES,
	                 repeatable(fixture, INLAY_DIALECT_POSTGRES, 4)->up, "SELECT 1",
	                 (struct position){ 1, 1 });
	assert_int_equal(statement(fixture, INLAY_DIALECT_POSTGRES,
	                           repeatable(fixture, INLAY_DIALECT_POSTGRES, 4)->up)
	                         ->text,
	                 statement(fixture, INLAY_DIALECT_SQLITE,
	                           repeatable(fixture, INLAY_DIALECT_SQLITE, 4)->up)
	                         ->text);
}

/* A table without entries has a place all the same: 0 would say that there is no such dialect. */
static void a_set_of_repeatable_ones_carries_its_dialects(void **state)
{
	static const bool postgres[DIALECT_COUNT] = { false, true };
	struct fixture *fixture = *state;
	const struct inlay_image_dialect *tables;

	command_expect(fixture->directory, "rm m/*", 0);
	add_file(fixture, "R__a.sql", "SELECT 1");
	build(fixture, postgres);
	tables = &header_of(fixture)->dialects[INLAY_DIALECT_POSTGRES];
	assert_int_equal(tables->migration_count, 0);
	assert_int_equal(tables->migrations, sizeof(struct inlay_image));
	assert_int_equal(tables->repeatables, sizeof(struct inlay_image));
	assert_int_equal(tables->repeatable_count, 1);
	assert_int_equal(header_of(fixture)->dialects[INLAY_DIALECT_SQLITE].migrations, 0);
	assert_int_equal(header_of(fixture)->dialects[INLAY_DIALECT_SQLITE].repeatables, 0);
}

static void assert_call(const struct fixture *fixture, uint32_t index, const char *name,
                        uint32_t function)
{
	const struct inlay_image_statement *entry = statement(fixture, INLAY_DIALECT_SQLITE, index);

	assert_string_equal(text_at(fixture, entry->text), name);
	assert_int_equal(entry->size, strlen(name));
	assert_int_equal(entry->flags, INLAY_STATEMENT_CALL | INLAY_STATEMENT_WAIT);
	assert_int_equal(entry->probe, function);
	assert_memory_equal(fixture->image.functions[function].name.start, name, strlen(name));
}

/* Each name once, as the files first call it: by version, then by name; SQLite's first. */
static void calls_have_the_indices_of_their_functions(void **state)
{
	struct fixture *fixture = *state;
	const struct image_function *first;

	add_file(fixture, "0_a.sql", "-- migrate:call b\n  -- migrate:call a version:3\n");
	add_file(fixture, "19_b.sqlite.sql", "-- migrate:call a\n");
	add_file(fixture, "19_b.postgres.sql", "-- migrate:call d\n");
	add_file(fixture, "R__c.sql", "-- migrate:call c\n-- migrate:call d\n-- migrate:call b\n");
	build(fixture, NULL);
	assert_int_equal(fixture->image.function_count, 4);
	assert_call(fixture, 0, "b", 0);
	assert_call(fixture, 1, "a", 1);
	assert_int_equal(statement(fixture, INLAY_DIALECT_SQLITE, 1)->line, 2);
	assert_int_equal(statement(fixture, INLAY_DIALECT_SQLITE, 1)->column, 19);
	assert_call(fixture, 5, "a", 1);
	assert_call(fixture, 8, "c", 3);
	assert_call(fixture, 9, "d", 2);
	assert_call(fixture, 10, "b", 0);
	assert_int_equal(migration(fixture, INLAY_DIALECT_SQLITE, 0)->flags,
	                 INLAY_MIGRATION_SESSION);
	first = &fixture->image.functions[0];
	assert_int_equal(first->file_count, 2);
	assert_string_equal((const char *)first->files[0].start, "m/0_a.sql");
	assert_string_equal((const char *)first->files[1].start, "m/R__c.sql");
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* For a machine that has the highest byte first the same numbers stand at the same places. */
static void the_other_byte_order_says_the_same(void **state)
{
	struct fixture *fixture = *state;
	const struct inlay_image_dialect *tables;
	struct text bytes;
	size_t place = offsetof(struct inlay_image, dialects);
	uint32_t i;

	add_file(fixture, "30_c.sql",
	         "-- migrate:call a\nSELECT 1;\n-- migrate:call b\n-- migrate:call a\n");
	add_file(fixture, "R__d.sql", "-- migrate:call b\n");
	build(fixture, NULL);
	bytes = image_bytes_in_order(&fixture->workspace.arena, &fixture->image, true);
	assert_int_equal(bytes.size, fixture->bytes.size);
	tables = &header_of(fixture)->dialects[INLAY_DIALECT_SQLITE];
	assert_int_equal(big_endian(bytes.start + place), tables->migrations);
	assert_int_equal(big_endian(bytes.start + place + 16), tables->repeatables);
	assert_int_equal(big_endian(bytes.start + place + 20), 1);
	assert_int_equal(big_endian(bytes.start + tables->repeatables + 8),
	                 repeatable(fixture, INLAY_DIALECT_SQLITE, 0)->name);
	for (i = 0; i < tables->statement_count; i++) {
		const struct inlay_image_statement *entry =
		        statement(fixture, INLAY_DIALECT_SQLITE, i);
		const unsigned char *other = bytes.start + tables->statements + i * sizeof(*entry);

		assert_int_equal(big_endian(other), entry->text);
		assert_int_equal(big_endian(other + 16), entry->flags);
		assert_int_equal(big_endian(other + 20), entry->probe);
	}
}

static int first_function(struct inlay_call *call)
{
	call->context = call;
	return 1;
}

static int second_function(struct inlay_call *call)
{
	call->context = NULL;
	return 2;
}

/* What tests/support/set.h promises to the runtime's tests. */
static void sets_of_tests_name_their_functions(void **state)
{
	static inlay_function *const functions[] = { second_function, first_function };
	static const struct set_file files[] = {
		{ "1_a.sql", "-- migrate:call second\nSELECT 1;\n-- migrate:call first\n" },
		{ "R__b.sql", "-- migrate:call second\n" },
		SET_END
	};
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_POSTGRES);
	struct inlay_call call = { .size = sizeof(call) };

	(void)state;
	assert_string_equal(compiled.problems, "");
	assert_int_equal(compiled.set.function_count, 2);
	assert_null(compiled.set.functions);
	assert_string_equal(compiled.function_names[0], "second");
	assert_string_equal(compiled.function_names[1], "first");
	assert_null(compiled.function_names[2]);
	compiled.set.functions = functions;
	assert_int_equal(compiled.set.functions[0](&call), 2);
	assert_int_equal(compiled.set.functions[1](&call), 1);
	set_destroy(&compiled);
}

static void breaking_is_a_flag(void **state)
{
	struct fixture *fixture = *state;

	add_file(fixture, "0_a.sql", "-- migrate:breaking\nCREATE TABLE a (b INTEGER);\n");
	build(fixture, NULL);
	assert_int_equal(migration(fixture, INLAY_DIALECT_SQLITE, 0)->flags,
	                 INLAY_MIGRATION_BREAKING);
	assert_int_equal(migration(fixture, INLAY_DIALECT_POSTGRES, 0)->flags,
	                 INLAY_MIGRATION_BREAKING);
}

static void chains_lead_from_one_to_the_next(void **state)
{
	struct fixture *fixture = *state;
	int dialect;

	build(fixture, NULL);
	for (dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		struct inlay_digest chain = { { 0 } };
		uint32_t i;

		for (i = 0; i < 2; i++) {
			const struct inlay_image_migration *entry =
			        migration(fixture, (enum inlay_dialect)dialect, i);

			chain = checksum_chain(&chain, entry->version, &entry->checksum);
			assert_true(digest_equals(&chain, &entry->chain));
		}
	}
}

static void a_dialect_not_compiled_is_not_there(void **state)
{
	static const bool postgres[DIALECT_COUNT] = { false, true };
	struct fixture *fixture = *state;
	const struct inlay_image *header;

	build(fixture, postgres);
	header = header_of(fixture);
	assert_int_equal(header->dialects[INLAY_DIALECT_SQLITE].migrations, 0);
	assert_int_equal(header->dialects[INLAY_DIALECT_SQLITE].migration_count, 0);
	assert_int_equal(header->dialects[INLAY_DIALECT_SQLITE].statements, 0);
	assert_int_equal(header->dialects[INLAY_DIALECT_POSTGRES].migrations, sizeof(*header));
	assert_int_equal(header->dialects[INLAY_DIALECT_POSTGRES].migration_count, 2);
}

/* A comment changes the file's own checksum and nothing else but positions. */
static void comments_change_the_source_checksum_alone(void **state)
{
	struct fixture *fixture = *state;
	struct inlay_image_migration before;
	const struct inlay_image_migration *after;

	build(fixture, NULL);
	before = *migration(fixture, INLAY_DIALECT_POSTGRES, 1);
	set_clear(&fixture->workspace);
	add_file(fixture, "20_b.postgres.sql", "SELECT /* five */ 5");
	build(fixture, NULL);
	after = migration(fixture, INLAY_DIALECT_POSTGRES, 1);
	assert_false(digest_equals(&before.source_checksum, &after->source_checksum));
	assert_true(digest_equals(&before.checksum, &after->checksum));
	assert_true(digest_equals(&before.chain, &after->chain));
	assert_true(digest_equals(&before.down_checksum, &after->down_checksum));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_header_says_what_it_is),
		TEST(the_digest_is_of_the_image_without_it),
		TEST(statements_keep_their_places),
		TEST(what_both_dialects_read_is_there_once),
		TEST(migrations_have_names_files_and_flags),
		TEST(statements_have_flags_and_probes),
		TEST(repeatable_migrations_have_a_table),
		TEST(a_set_of_repeatable_ones_carries_its_dialects),
		TEST(calls_have_the_indices_of_their_functions),
		TEST(the_other_byte_order_says_the_same),
		cmocka_unit_test(sets_of_tests_name_their_functions),
		TEST(breaking_is_a_flag),
		TEST(chains_lead_from_one_to_the_next),
		TEST(a_dialect_not_compiled_is_not_there),
		TEST(comments_change_the_source_checksum_alone),
	};

	return cmocka_run_group_tests_name("compiler image", tests, NULL, NULL);
}
