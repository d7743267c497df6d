/* layout_test.c - what a migration's file name says, in every spelling. */
#include "layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SHAPE "the file name does not fit VERSION_name.sql"
#define BYTES "the file name may have letters, digits, '_', '-' and '.' only"
#define INFIX "the file name has an infix that is none of .sqlite .postgres .up .down"
#define RANGE "the version does not fit into 63 bits"

/* `meaning` is "version title name[ dialect][ up|down]", or why the name does not fit. */
static const struct {
	const char *file;
	const char *meaning;
} rows[] = {
	{ "001_create_accounts.sql", "1 001_create_accounts create_accounts" },
	{ "1_a.sql", "1 1_a a" },
	{ "0_zero.sql", "0 0_zero zero" },
	{ "20261120093000_x.sql", "20261120093000 20261120093000_x x" },
	{ "9223372036854775807_max.sql", "9223372036854775807 9223372036854775807_max max" },
	{ "00000000000000000000000000000007_a.sql", "7 00000000000000000000000000000007_a a" },
	{ "1__.sql", "1 1__ _" },
	{ "1_2_3.sql", "1 1_2_3 2_3" },
	{ "1_up.sql", "1 1_up up" },
	{ "1_a-b.sql", "1 1_a-b a-b" },
	{ "1_a.up.sql", "1 1_a a up" },
	{ "1_a.down.sql", "1 1_a a down" },
	{ "1_a.sqlite.sql", "1 1_a a sqlite" },
	{ "1_a.postgres.sql", "1 1_a a postgres" },
	{ "1_a.up.sqlite.sql", "1 1_a a sqlite up" },
	{ "1_a.sqlite.up.sql", "1 1_a a sqlite up" },
	{ "1_a.down.postgres.sql", "1 1_a a postgres down" },
	{ "1_caf\xc3\xa9.sql", "1 1_caf\xc3\xa9 caf\xc3\xa9" },
	{ "R__a.sql", "R 0 R__a R__a" },
	{ "R__a.sqlite.sql", "R 0 R__a R__a sqlite" },
	{ "R__a.down.postgres.sql", "R 0 R__a R__a postgres down" },
	{ "R__1_a.sql", "R 0 R__1_a R__1_a" },
	{ "R___.sql", "R 0 R___ R___" },
	{ "R__.sql", SHAPE },
	{ "R__.sqlite.sql", SHAPE },
	{ "R_a.sql", SHAPE },
	{ "R.sql", SHAPE },
	{ "r__a.sql", SHAPE },
	{ "1_R__a.sql", "1 1_R__a R__a" },
	{ "R__a.b.sql", INFIX },
	{ "R__a b.sql", BYTES },
	{ "", SHAPE },
	{ ".sql", SHAPE },
	{ "sql", SHAPE },
	{ "1.sql", SHAPE },
	{ "1_.sql", SHAPE },
	{ "_a.sql", SHAPE },
	{ "a_1.sql", SHAPE },
	{ "1-a.sql", SHAPE },
	{ "1_a", SHAPE },
	{ "1_a.SQL", SHAPE },
	{ "1_a.sql.bak", SHAPE },
	{ "1_a.txt", SHAPE },
	{ "-1_a.sql", SHAPE },
	{ "+1_a.sql", BYTES },
	{ " 1_a.sql", BYTES },
	{ "1_a b.sql", BYTES },
	{ "1_a;b.sql", BYTES },
	{ "1_a\"b.sql", BYTES },
	{ "1_a\n.sql", BYTES },
	{ "1_a*.sql", BYTES },
	{ "1_a\\.sql", BYTES },
	{ "1_\xff.sql", "the file name is not UTF-8" },
	{ "1_a.mysql.sql", INFIX },
	{ "1_a..sql", INFIX },
	{ "1_a.Up.sql", INFIX },
	{ "1_a.up.up.sql", INFIX },
	{ "1_a.up.down.sql", INFIX },
	{ "1_a.sqlite.postgres.sql", INFIX },
	{ "1_.up.sql", SHAPE },
	{ "9223372036854775808_a.sql", RANGE },
	{ "18446744073709551617_a.sql", RANGE },
};

static void describe(const char *file, char *buffer, size_t size)
{
	struct layout_name name;
	const char *why;

	if (!layout_parse_name(file, &name, &why)) {
		snprintf(buffer, size, "%s", why);
		return;
	}
	snprintf(buffer, size, "%s%lld %.*s %.*s%s%s%s%s", name.repeatable ? "R " : "",
	         (long long)name.version, (int)name.title.size, (const char *)name.title.start,
	         (int)name.name.size, (const char *)name.name.start,
	         name.dialect != DIALECT_COUNT ? " " : "",
	         name.dialect != DIALECT_COUNT ? dialect_name(name.dialect) : "",
	         name.up ? " up" : "", name.down ? " down" : "");
}

static void names_mean_what_they_say(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char received[512];

		describe(rows[i].file, received, sizeof(received));
		if (strcmp(received, rows[i].meaning) == 0)
			continue;
		print_error("%s\n  expected: %s\n  received: %s\n", rows[i].file, rows[i].meaning,
		            received);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* VERSION_nnn.sql with a name of that many bytes. */
static const char *name_of_size(char *buffer, size_t size)
{
	memcpy(buffer, "1_", 2);
	memset(buffer + 2, 'n', size);
	memcpy(buffer + 2 + size, ".sql", 5);
	return buffer;
}

static void limits_are_exact(void **state)
{
	char buffer[SOURCE_NAME_SIZE_MAX + 100];
	struct layout_name name;
	const char *why;

	(void)state;
	assert_true(layout_parse_name(name_of_size(buffer, NAME_SIZE_MAX), &name, &why));
	assert_int_equal(name.name.size, NAME_SIZE_MAX);
	assert_true(layout_parse_repeatable(name_of_size(buffer, NAME_SIZE_MAX - 2), &name, &why));
	assert_int_equal(name.name.size, NAME_SIZE_MAX);
	assert_false(layout_parse_repeatable(name_of_size(buffer, NAME_SIZE_MAX - 1), &name, &why));
	assert_string_equal(why, "the migration's name is longer than 120 bytes");
	assert_false(layout_parse_name(name_of_size(buffer, NAME_SIZE_MAX + 1), &name, &why));
	assert_string_equal(why, "the migration's name is longer than 120 bytes");
	assert_false(
	        layout_parse_name(name_of_size(buffer, SOURCE_NAME_SIZE_MAX - 6), &name, &why));
	assert_string_equal(why, "the migration's name is longer than 120 bytes");
	assert_false(
	        layout_parse_name(name_of_size(buffer, SOURCE_NAME_SIZE_MAX - 5), &name, &why));
	assert_string_equal(why, "the file name is longer than 200 bytes");
}

/* In a file that says that it is repeatable. */
static void repeatable_ones_may_have_any_name(void **state)
{
	static const struct {
		const char *file;
		const char *title; /* Or why it does not fit. */
	} names[] = {
		{ "active_users.sql", "active_users" },
		{ "001_create.postgres.sql", "001_create" },
		{ "9223372036854775808_a.sql", "9223372036854775808_a" },
		{ "R__a.up.sql", "R__a" },
		{ "-.sql", "-" },
		{ ".sql", SHAPE },
		{ "a.txt", SHAPE },
		{ "a.b.sql", INFIX },
		{ "a;.sql", BYTES },
	};
	char buffer[SOURCE_NAME_SIZE_MAX];
	struct layout_name name;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *received = buffer;

		if (layout_parse_repeatable(names[i].file, &name, &why)) {
			assert_true(name.repeatable);
			(void)snprintf(buffer, sizeof(buffer), "%.*s", (int)name.title.size,
			               (const char *)name.title.start);
		} else {
			received = why;
		}
		assert_string_equal(received, names[i].title);
	}
}

/* Whoever asks for the dialect alone need not know whether the rest fits. */
static void infixes_are_known_in_any_case(void **state)
{
	struct layout_name name;
	const char *why;

	(void)state;
	assert_false(layout_parse_name("active_users.down.sqlite.sql", &name, &why));
	assert_int_equal(name.dialect, DIALECT_SQLITE);
	assert_true(name.down);
}

static void dialects_have_names(void **state)
{
	(void)state;
	assert_int_equal(dialect_from(text_of("sqlite")), DIALECT_SQLITE);
	assert_int_equal(dialect_from(text_of("postgres")), DIALECT_POSTGRES);
	assert_int_equal(dialect_from(text_of("postgresql")), DIALECT_COUNT);
	assert_int_equal(dialect_from(text_of("")), DIALECT_COUNT);
	assert_int_equal(dialect_from(text_of("SQLite")), DIALECT_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_mean_what_they_say),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(repeatable_ones_may_have_any_name),
		cmocka_unit_test(infixes_are_known_in_any_case),
		cmocka_unit_test(dialects_have_names),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
