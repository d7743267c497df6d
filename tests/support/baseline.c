/* baseline.c - inlay_baseline() on a test's database. */
#include "baseline.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

void baseline_make_by_hand(struct database *database, const char *tables)
{
	char sql[80];

	for (const char *table = tables; *table != '\0'; table++) {
		(void)snprintf(sql, sizeof(sql), "CREATE TABLE %c (id INTEGER)", *table);
		database_run(database, sql);
	}
}

void baseline_expect(struct database *database, const struct set_file *files,
                     struct inlay_baseline_scope scope, uint32_t count)
{
	database_expect_result(database, database_baseline(database, files, scope), INLAY_OK);
	assert_int_equal(database->error.recorded_count, count);
	assert_int_equal(database->error.applied_count, 0);
}

void baseline_expect_refused(struct database *database, const struct set_file *files,
                             struct inlay_baseline_scope scope, enum inlay_result result,
                             const char *message)
{
	database_expect_result(database, database_baseline(database, files, scope), result);
	assert_string_equal(database->error.message, message);
	assert_int_equal(database->error.recorded_count, 0);
	assert_string_equal(database->events, "");
}

static void note_check(void *context, const struct inlay_event *event)
{
	enum inlay_result *result = context;

	if (event->kind == INLAY_EVENT_CHECKED)
		*result = event->result;
}

void baseline_expect_at_head(struct database *database, const struct set_file *files)
{
	struct compiled_set set = set_compile(files, database->dialect);
	enum inlay_result checked = INLAY_FAILED;
	enum inlay_result result;

	database->options.on_event = note_check;
	database->options.context = &checked;
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_check(database->sqlite, &set.set, &database->options,
		                     &database->error);
	else
		result = inlay_check(database->postgres, &set.set, &database->options,
		                     &database->error);
	set_destroy(&set);
	database_expect_result(database, result, INLAY_OK);
	assert_int_equal(checked, INLAY_OK);
}
