/* image_test.c - reading images, whole and damaged; scripts and texts made of them. */
#include "../runtime/format.h"
#include "../runtime/image.h"
#include "../runtime/script.h"
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file files[] = {
	{ "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\n"
	               "-- migrate:down\nDROP TABLE a;\n" },
	{ "002_b.sql", "-- migrate:up transaction:false\nCREATE TABLE b (id INTEGER);\n"
	               "INSERT INTO b VALUES ('caf\xC3\xA9');\n" },
	{ "003_c.sql", "-- Nothing.\n" },
	SET_END,
};

/* A copy in a block of exactly its size, so that the sanitizer sees a byte too far. */
static struct inlay_image *copy_of(const struct inlay_image *image, size_t size)
{
	struct inlay_image *copy = malloc(size > 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, image, size);
	return copy;
}

/* Reads everything there is to read, as the runtime would. */
static void read_all(const struct image_view *view)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < view->statement_count; i++)
		if (view->statements[i].probe != 0)
			sum += strlen(image_text(view, view->statements[i].probe));
	for (uint32_t i = 0; i < view->migration_count; i++) {
		const struct inlay_image_migration *migration = &view->migrations[i];
		char label[INLAY_MIGRATION_SIZE_MAX];
		char *up = script_create(view, migration, SCRIPT_UP);
		char *down = script_create(view, migration, SCRIPT_DOWN);

		image_migration_label(view, migration, label, sizeof(label));
		sum += strlen(label) + strlen(image_file_name(view, migration));
		assert_non_null(up);
		assert_non_null(down);
		(void)script_begins_with(up, view, migration, migration->up_count);
		free(up);
		free(down);
	}
	assert_true(sum < 1000000);
}

/* Does nothing but look; a crash or the sanitizer fails the test. */
static void look_at(const struct inlay_image *image, size_t size)
{
	for (int dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		struct image_view view;

		if (image_check_header(image, size, (enum inlay_dialect)dialect, &view) == NULL &&
		    image_check(&view, 0) == NULL)
			read_all(&view);
	}
}

static void reads_a_whole_image(void **state)
{
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	const struct inlay_image *image = compiled.set.image;
	struct image_view view;
	char label[INLAY_MIGRATION_SIZE_MAX];

	(void)state;
	assert_null(image_check_header(image, image->size, INLAY_DIALECT_SQLITE, &view));
	assert_null(image_check(&view, 0));
	assert_int_equal(view.migration_count, 3);
	assert_int_equal(view.migrations[1].version, 2);
	assert_string_equal(image_text(&view, view.migrations[1].name), "b");
	assert_string_equal(image_text(&view, view.migrations[1].file), "migrations/002_b.sql");
	assert_string_equal(image_file_name(&view, &view.migrations[1]), "002_b.sql");
	image_migration_label(&view, &view.migrations[1], label, sizeof(label));
	assert_string_equal(label, "002_b");
	assert_non_null(
	        strstr(image_check_header(image, image->size, INLAY_DIALECT_POSTGRES, &view),
	               "--dialect postgres"));
	set_destroy(&compiled);
}

/* Every byte, as every other value that differs in one bit, and as 0 and 255. */
static void survives_every_flipped_byte(void **state)
{
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	size_t size = compiled.set.image->size;
	struct inlay_image *copy = copy_of(compiled.set.image, size);
	unsigned char *bytes = (unsigned char *)copy;

	(void)state;
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = bytes[i];

		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] = (unsigned char)(byte ^ (1u << bit));
			look_at(copy, size);
		}
		bytes[i] = 0;
		look_at(copy, size);
		bytes[i] = 0xff;
		look_at(copy, size);
		bytes[i] = byte;
	}
	free(copy);
	set_destroy(&compiled);
}

static void survives_every_truncation(void **state)
{
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	size_t size = compiled.set.image->size;
	struct image_view view;

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		struct inlay_image *copy = copy_of(compiled.set.image, cut);

		assert_non_null(image_check_header(copy, cut, INLAY_DIALECT_SQLITE, &view));
		if (cut >= sizeof(*copy)) {
			/* And one that says itself that it ends here. */
			copy->size = (uint32_t)cut;
			look_at(copy, cut);
		}
		free(copy);
	}
	set_destroy(&compiled);
}

/* A probe is 0, or begins inside the image; flags that nobody knows are refused. */
static void checks_flags_and_probes(void **state)
{
	static const struct set_file index[] = {
		{ "001_a.sql", "-- migrate:up transaction:false\nDROP INDEX CONCURRENTLY i;\n" },
		SET_END,
	};
	struct compiled_set compiled = set_compile(index, INLAY_DIALECT_POSTGRES);
	const struct inlay_image *image = compiled.set.image;
	struct inlay_image_statement *statement;
	struct image_view view;
	uint32_t probe;

	(void)state;
	assert_null(image_check_header(image, image->size, INLAY_DIALECT_POSTGRES, &view));
	assert_null(image_check(&view, 0));
	statement = (void *)((char *)compiled.image + image->dialects[1].statements);
	probe = statement->probe;
	assert_true(probe > sizeof(*image));
	for (uint32_t offset = 1; offset < sizeof(*image); offset++) {
		statement->probe = offset;
		assert_non_null(image_check(&view, 0));
	}
	statement->probe = image->size - 1;
	assert_null(image_check(&view, 0));
	statement->probe = image->size;
	assert_non_null(strstr(image_check(&view, 0), "a statement leads out of it"));
	statement->probe = UINT32_MAX;
	assert_non_null(image_check(&view, 0));
	statement->probe = 0;
	assert_null(image_check(&view, 0));
	statement->probe = probe;
	statement->flags = INLAY_STATEMENT_WAIT | INLAY_STATEMENT_SETUP;
	assert_null(image_check(&view, 0));
	statement->flags = INLAY_STATEMENT_WAIT | INLAY_STATEMENT_CALL;
	assert_non_null(strstr(image_check(&view, 0), "a call leads out of the set"));
	statement->probe = 0;
	assert_null(image_check(&view, 1));
	statement->flags = INLAY_STATEMENT_CALL;
	assert_non_null(strstr(image_check(&view, 1), "a call leads out of the set"));
	statement->probe = probe;
	statement->flags = INLAY_STATEMENT_CALL << 1;
	assert_non_null(strstr(image_check(&view, 0), "does not know"));
	set_destroy(&compiled);
}

/* What ensure_migrated() says of a damaged image: always misuse, and nothing is sent. */
static void refuses_damaged_images(void **state)
{
	static const struct {
		size_t offset;
		unsigned char value;
		const char *words;
	} damages[] = {
		{ 0, 'x', "it has no header" },
		{ offsetof(struct inlay_image, byte_order), 9, "another byte order" },
		{ offsetof(struct inlay_image, format), 9, "does not know" },
		{ offsetof(struct inlay_image, size), 3, "damaged" },
		{ offsetof(struct inlay_image, dialects[0].migrations), 1, "leads out of it" },
		{ offsetof(struct inlay_image, dialects[0].migration_count) + 2, 9,
		  "leads out of it" },
		{ offsetof(struct inlay_image, dialects[0].statement_count) + 2, 9,
		  "leads out of it" },
		{ sizeof(struct inlay_image) + 168 + 0, 1, "its versions do not ascend" },
		{ sizeof(struct inlay_image) + 8 + 2, 9, "a migration leads out of it" },
		{ sizeof(struct inlay_image) + 20 + 1, 9, "does not know" },
		{ sizeof(struct inlay_image) + 28 + 1, 9, "a migration leads out of it" },
	};
	struct database *database = *state;
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	unsigned char *bytes = compiled.image;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		unsigned char byte = bytes[damages[i].offset];

		bytes[damages[i].offset] = damages[i].value;
		database_expect_result(database, database_ensure_set(database, &compiled.set),
		                       INLAY_MISUSE);
		if (strstr(database->error.message, damages[i].words) == NULL)
			fail_msg("damage %zu: expected \"%s\", received \"%s\"", i,
			         damages[i].words, database->error.message);
		bytes[damages[i].offset] = byte;
	}
	database_expect(database, "SELECT COUNT(*) FROM sqlite_master", "0");
	database_expect_result(database, database_ensure_set(database, &compiled.set), INLAY_OK);
	set_destroy(&compiled);
}

/* --- Labels --- */

static void names_migrations_as_their_files_do(void **state)
{
	static const struct {
		const char *file;
		const char *name;
		const char *label;
	} rows[] = {
		{ "migrations/003_add.sql", "add", "003_add" },
		{ "003_add.up.sql", "add", "003_add" },
		{ "m/003_add.postgres.sql", "add", "003_add" },
		{ "m/003_sql.sql", "sql", "003_sql" },
		{ "m/003_up.up.sql", "up", "003_up" },
		{ "m/003_s.sql", "s", "003_s" },
		{ "m/2020-01-02-030405_add/up.sql", "add", "2020-01-02-030405_add" },
		{ "m/other.sql", "add", "7_add" },
		{ "m/003.sql", "", "003" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct {
			struct inlay_image image;
			char texts[200];
		} made = { .texts = "" };
		struct inlay_image_migration migration = { .version = 7 };
		struct image_view view = { .image = &made.image };
		char label[INLAY_MIGRATION_SIZE_MAX];

		migration.file = (uint32_t)sizeof(made.image);
		migration.name = (uint32_t)sizeof(made.image) + 100;
		(void)snprintf(made.texts, 100, "%s", rows[i].file);
		(void)snprintf(made.texts + 100, 100, "%s", rows[i].name);
		image_migration_label(&view, &migration, label, sizeof(label));
		assert_string_equal(label, rows[i].label);
	}
}

/* --- Scripts --- */

static void compares_scripts(void **state)
{
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	struct image_view view;
	const struct inlay_image_migration *migration;
	char *script;
	size_t size;

	(void)state;
	assert_null(image_check_header(compiled.set.image, compiled.set.image->size,
	                               INLAY_DIALECT_SQLITE, &view));
	migration = &view.migrations[1];
	script = script_create(&view, migration, SCRIPT_UP);
	assert_non_null(script);
	assert_true(script_begins_with(script, &view, migration, 2));
	assert_false(script_begins_with(script, &view, migration, 3));
	assert_false(script_begins_with(script, &view, &view.migrations[0], 1));
	assert_true(script_begins_with(script, &view, &view.migrations[0], 0));
	assert_false(script_begins_with(NULL, &view, migration, 0));
	assert_false(script_begins_with("", &view, migration, 0));

	/* Cut anywhere, and with any byte changed, it is refused or the same; never read too far.
	 */
	size = strlen(script);
	for (size_t i = 0; i < size; i++) {
		char *cut = malloc(i + 1);

		assert_non_null(cut);
		memcpy(cut, script, i);
		cut[i] = '\0';
		assert_false(script_begins_with(cut, &view, migration, 2));
		free(cut);
		for (int byte = 1; byte < 256; byte += 7) {
			char original = script[i];

			script[i] = (char)byte;
			(void)script_begins_with(script, &view, migration, 2);
			script[i] = original;
		}
	}
	free(script);
	set_destroy(&compiled);
}

/* --- Texts --- */

static void cuts_at_a_characters_end(void **state)
{
	char buffer[8];

	(void)state;
	format_into(buffer, sizeof(buffer), "%s", "1234567");
	assert_string_equal(buffer, "1234567");
	format_into(buffer, sizeof(buffer), "%s", "12345\xC3\xA9");
	assert_string_equal(buffer, "12345\xC3\xA9");
	format_into(buffer, sizeof(buffer), "%s", "123456\xC3\xA9");
	assert_string_equal(buffer, "123456");
	format_into(buffer, sizeof(buffer), "%s", "12345\xE2\x82\xAC");
	assert_string_equal(buffer, "12345");
	format_into(buffer, sizeof(buffer), "%s", "1234\xF0\x9F\x98\x80");
	assert_string_equal(buffer, "1234");
	format_append(buffer, sizeof(buffer), "%s", "5\xF0\x9F\x98\x80");
	assert_string_equal(buffer, "12345");
}

static void makes_one_line(void **state)
{
	char text[] = "\n one\r\n\t two\x7f\x01three \n ";

	(void)state;
	format_one_line(text);
	assert_string_equal(text, "one two three");
}

static void finds_positions(void **state)
{
	static const struct {
		int64_t character;
		uint32_t line;
		uint32_t column;
	} rows[] = {
		{ -1, 5, 3 }, { 0, 5, 3 }, { 1, 5, 4 },  { 2, 5, 5 },
		{ 3, 6, 1 },  { 4, 6, 2 }, { 99, 6, 3 },
	};
	struct format_position start = { 5, 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct format_position found =
		        format_position(start, "a\xC3\xA9\nb\xF0\x9F\x98\x80", rows[i].character);

		assert_int_equal(found.line, rows[i].line);
		assert_int_equal(found.column, rows[i].column);
	}
}

static void names_results_and_states(void **state)
{
	(void)state;
	assert_string_equal(inlay_result_name(INLAY_OK), "INLAY_OK");
	assert_string_equal(inlay_result_name(INLAY_MISUSE), "INLAY_MISUSE");
	for (int i = 0; i <= INLAY_MISUSE; i++)
		assert_non_null(inlay_result_name((enum inlay_result)i));
	assert_string_equal(inlay_result_name((enum inlay_result)99), "INLAY_UNKNOWN");
	assert_string_equal(inlay_state_name(INLAY_STATE_APPLIED), "applied");
	assert_string_equal(inlay_state_name(INLAY_STATE_INTERRUPTED), "interrupted");
	assert_string_equal(inlay_state_name((enum inlay_state)0), "unknown");
	assert_string_equal(inlay_state_name((enum inlay_state)99), "unknown");
	assert_string_equal(inlay_version(), INLAY_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_image),
		cmocka_unit_test(survives_every_flipped_byte),
		cmocka_unit_test(survives_every_truncation),
		cmocka_unit_test(checks_flags_and_probes),
		DATABASE_TEST_SQLITE(refuses_damaged_images),
		cmocka_unit_test(names_migrations_as_their_files_do),
		cmocka_unit_test(compares_scripts),
		cmocka_unit_test(cuts_at_a_characters_end),
		cmocka_unit_test(makes_one_line),
		cmocka_unit_test(finds_positions),
		cmocka_unit_test(names_results_and_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
