/* older_header_test.c - programs that were compiled with an older inlay.h have smaller structs. */
#include "support/database.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

/* inlay.h as it was first. */
struct first_options {
	size_t size;
	const char *table;
	uint32_t lock_timeout_ms;
	uint32_t refuse_ahead;
	void (*on_event)(void *context, const struct inlay_event *event);
	void *context;
};

/* ... and before there were policies. */
struct second_options {
	struct first_options first;
	uint32_t statement_lock_timeout_ms;
	uint32_t statement_timeout_ms;
	uint32_t transaction_timeout_ms;
	uint32_t retry_count;
	uint32_t separate_commits;
	enum inlay_gate gate;
	enum inlay_user_version user_version;
};

struct first_error {
	size_t size;
	enum inlay_result result;
	uint32_t applied_count;
	int64_t version;
	uint32_t line;
	uint32_t column;
	uint32_t statement;
	int32_t code;
	char sqlstate[8];
	char migration[INLAY_MIGRATION_SIZE_MAX];
	char file[INLAY_FILE_SIZE_MAX];
	char message[INLAY_MESSAGE_SIZE_MAX];
};

/* What the older program has behind its error is its own. */
struct older_program {
	struct first_error error;
	unsigned char behind[64];
};

static enum inlay_result ensure_older(struct database *database, const struct set_file *files,
                                      void *options, struct older_program *program)
{
	struct compiled_set set = set_compile_unchecked(files, database->dialect);
	struct inlay_error *error = (struct inlay_error *)(void *)&program->error;
	enum inlay_result result;

	memset(program, 0xEE, sizeof(*program));
	program->error.size = sizeof(program->error);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = ensure_migrated(database->sqlite, &set.set, options, error);
	else
		result = ensure_migrated(database->postgres, &set.set, options, error);
	set_destroy(&set);
	assert_int_equal(program->error.size, sizeof(program->error));
	assert_int_equal(program->error.result, result);
	for (size_t i = 0; i < sizeof(program->behind); i++)
		assert_int_equal(program->behind[i], 0xEE);
	return result;
}

static void programs_of_older_headers_run(void **state)
{
	static const struct set_file failing[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
		{ "2_u.sql", "\nCREATE TABLE t (id INTEGER PRIMARY KEY);" },
		SET_END,
	};
	struct second_options second = {
		.first = { .size = sizeof(second),
		           .table = "second_migrations",
		           .lock_timeout_ms = INLAY_FROM_ENVIRONMENT },
		.retry_count = 1,
	};
	struct first_options first = { .size = sizeof(first),
		                       .table = "older_migrations",
		                       .lock_timeout_ms = 1000 };
	struct database *database = *state;
	struct older_program program;

	assert_int_equal(ensure_older(database, simple, &first, &program), INLAY_OK);
	assert_int_equal(program.error.applied_count, 1);
	assert_int_equal(program.error.version, -1);
	assert_string_equal(program.error.message, "");
	assert_string_equal(program.error.migration, "");
	database_expect(database, "SELECT version, status FROM older_migrations", "1|applied");
	database_run(database, "DROP TABLE t");

	assert_int_equal(ensure_older(database, failing, &second, &program), INLAY_FAILED);
	assert_int_equal(program.error.applied_count, 1);
	assert_int_equal(program.error.version, 2);
	assert_int_equal(program.error.line, 2);
	assert_int_equal(program.error.statement, 1);
	assert_string_equal(program.error.migration, "2_u");
	assert_string_equal(program.error.file, "migrations/2_u.sql");
	assert_non_null(strstr(program.error.message, "already exists"));
	database_expect(database, "SELECT version, status FROM second_migrations", "1|applied");

	/* An error from before the database was asked. */
	first.table = "";
	assert_int_equal(ensure_older(database, simple, &first, &program), INLAY_MISUSE);
	assert_string_equal(program.error.message, "options->table must have 1 to 48 bytes");
}

static void an_error_without_a_size_is_left_alone(void **state)
{
	struct compiled_set set = set_compile(simple, INLAY_DIALECT_SQLITE);
	struct database *database = *state;
	struct older_program program;

	memset(&program, 0xEE, sizeof(program));
	program.error.size = sizeof(program.error) - 1;
	assert_int_equal(ensure_migrated(database->sqlite, &set.set, NULL,
	                                 (struct inlay_error *)(void *)&program.error),
	                 INLAY_MISUSE);
	for (size_t i = sizeof(program.error.size); i < sizeof(program); i++)
		assert_int_equal(((unsigned char *)&program)[i], 0xEE);
	assert_int_equal(ensure_migrated(database->sqlite, &set.set, NULL, NULL), INLAY_MISUSE);
	set_destroy(&set);
}

/* All that 0.1.0 had.  What is behind it is not ours to read. */
static void takes_the_options_of_an_older_header(void **state)
{
	size_t size = offsetof(struct inlay_options, statement_lock_timeout_ms);
	struct database *database = *state;
	struct inlay_options *options = &database->options;

	memset((unsigned char *)options + size, 0xFF, sizeof(*options) - size);
	options->size = size;
	options->table = "older_migrations";
	options->lock_timeout_ms = 1000;
	database_expect_ok(database, simple, 1);
	assert_string_equal(database->events, "applying 1_t 1/1\napplied 1_t 1/1\n");
	database_expect(database, "SELECT version, status FROM older_migrations", "1|applied");
	database_expect_ok(database, simple, 0);
	options->size = size - 1;
	database_expect_error(database, simple, INLAY_MISUSE,
	                      "options->size is not set: begin with inlay_options_init()");
	options->size = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(programs_of_older_headers_run),
		DATABASE_TEST_FILE(an_error_without_a_size_is_left_alone),
		DATABASE_TEST_FILE(takes_the_options_of_an_older_header),
		DATABASE_TEST_POSTGRES(takes_the_options_of_an_older_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
