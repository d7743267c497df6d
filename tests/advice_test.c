/*
 * advice_test.c - what the rules advise on PostgreSQL can be done there, and writes no table anew:
 * every bad block of the rules' pages that is answered with a rewrite is tried on a server.  (A
 * table without rows is written anew like one with rows.)
 *
 * Advice with something to be filled in (<...>) is left out, and so is that about tables and
 * columns which no migration of the block makes.
 */
#include "check.h"
#include "database.h"
#include "files.h"
#include "split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const enum rule rules[] = {
	RULE_INDEX_NOT_CONCURRENT,  RULE_DROP_INDEX_NOT_CONCURRENT,
	RULE_PARTITIONED_INDEX,     RULE_CONCURRENT_ON_PARTITIONED,
	RULE_FOREIGN_KEY_NOT_VALID, RULE_CHECK_NOT_VALID,
	RULE_UNIQUE_CONSTRAINT,     RULE_PRIMARY_KEY_CONSTRAINT,
	RULE_PRIMARY_KEY_NULLABLE,  RULE_DOMAIN_CONSTRAINT,
	RULE_SET_NOT_NULL,          RULE_ADD_COLUMN_REWRITE,
	RULE_ADD_COLUMN_GENERATED,  RULE_ADD_COLUMN_SERIAL,
	RULE_ADD_COLUMN_DOMAIN,     RULE_CHANGE_COLUMN_TYPE,
	RULE_TIMESTAMP_TIME_ZONE,
};

#define FILES                                                                                      \
	"SELECT coalesce(string_agg(oid::regclass || ' ' || relfilenode, ' ' ORDER BY oid), '')"   \
	" FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

static char home[4096];

/* An undefined table, column or schema: of what was there before the first migration. */
static bool is_unknown_here(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state != NULL && (strcmp(state, "42P01") == 0 || strcmp(state, "42703") == 0 ||
	                         strcmp(state, "3F000") == 0);
}

/* Runs each statement by itself; false when it speaks of what is not there. */
static bool run_all(PGconn *connection, const char *sql)
{
	struct splitter splitter;
	struct split_item item;

	split_init(&splitter, DIALECT_POSTGRES, text_of(sql), NULL);
	for (item = split_next(&splitter); item.kind != SPLIT_END; item = split_next(&splitter)) {
		char *statement;
		PGresult *result;
		bool unknown, done;

		if (item.kind != SPLIT_STATEMENT)
			continue;
		statement = format("%.*s", (int)item.text.size, (const char *)item.text.start);
		if (strncmp(statement, "SET LOCAL", 9) == 0)
			memcpy(statement + 4, "     ", 5);
		result = PQexec(connection, statement);
		done = PQresultStatus(result) == PGRES_COMMAND_OK;
		unknown = is_unknown_here(result);
		if (!done && !unknown)
			print_error("%s\n%s", statement, PQerrorMessage(connection));
		PQclear(result);
		free(statement);
		if (unknown)
			return false;
		assert_true(done);
	}
	return true;
}

/* Is something left to be filled in: "<its value>"? */
static bool has_blank(const char *sql)
{
	for (; *sql != '\0'; sql++)
		if (sql[0] == '<' && sql[1] >= 'a' && sql[1] <= 'z')
			return true;
	return false;
}

/* Returns whether it could be tried. */
static bool try_advice(struct database *database, const char *before, const char *rewrite)
{
	char *files;
	bool tried;

	database_run(database, "SET client_min_messages = error; SET timezone = 'Europe/Berlin';"
	                       "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
	                       "CREATE EXTENSION IF NOT EXISTS citext;"
	                       "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"");
	database_run(database, before);
	files = format("%s", database_ask(database, FILES));
	tried = run_all(database->postgres, rewrite);
	if (tried && strcmp(files, database_ask(database, FILES)) != 0) {
		print_error("this writes a table anew:\n%s\n", rewrite);
		fail();
	}
	free(files);
	return tried;
}

/* What the rule advises of the block; returns how much of it was tried. */
static size_t try_block(struct database *database, enum rule rule, const char *before,
                        const char *block)
{
	struct options options = {
		.operand = "migrations", .since = "1", .no_syntax = true, .no_rehearsal = true
	};
	bool dialects[DIALECT_COUNT] = { [DIALECT_POSTGRES] = true };
	char *directory = directory_make();
	struct workspace workspace;
	size_t tried = 0;

	assert_int_equal(chdir(directory), 0);
	file_write("migrations/001_before.sql", before, strlen(before));
	file_write("migrations/002_change.sql", block, strlen(block));
	check_set(&workspace, &options, dialects);
	assert_int_equal(chdir(home), 0);
	for (size_t i = 0; i < workspace.problems.count; i++) {
		const struct problem *problem = &workspace.problems.items[i].problem;

		if (problem->rule == rule && problem->rewrite != NULL &&
		    !has_blank(problem->rewrite))
			tried += try_advice(database, before, problem->rewrite);
	}
	set_clear(&workspace);
	directory_remove(directory);
	free(directory);
	return tried;
}

static size_t try_page(struct database *database, enum rule rule, const char *path)
{
	static const char fence[] = "\n```sql postgres ";
	struct bytes page = file_read(path);
	char *before = format("%s", "");
	const char *at = page.start;
	size_t tried = 0;

	assert_non_null(page.start);
	while ((at = strstr(at, fence)) != NULL) {
		const char *kind = at + strlen(fence), *start = strchr(kind, '\n') + 1;
		const char *end = strstr(start, "\n```");
		char *block = format("%.*s\n", (int)(end - start), start);

		if (strncmp(kind, "before", 6) == 0) {
			free(before);
			before = format("%s", block);
		} else if (strncmp(kind, "bad", 3) == 0 && strstr(block, "-- next file") == NULL) {
			tried += try_block(database, rule, before, block);
		}
		free(block);
		at = end;
	}
	free(before);
	free(page.start);
	return tried;
}

static void advice_can_be_followed(void **state)
{
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char *page = format("docs/rules/%s.md", rule_name(rules[i]));
		char *more = format("tests/rules/%s.md", rule_name(rules[i]));

		if (try_page(database, rules[i], page) + try_page(database, rules[i], more) == 0)
			fail_msg("no advice of %s was tried", rule_name(rules[i]));
		free(page);
		free(more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(advice_can_be_followed),
	};

	if (getcwd(home, sizeof(home)) == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
