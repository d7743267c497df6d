/* history.c - the SQL of small migrations, and their files for the compiler. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>

#define NAME_SIZE 24

void history_statement(char sql[HISTORY_SQL_SIZE], int number, int index)
{
	static const char *const texts[HISTORY_STATEMENT_COUNT] = {
		"CREATE TABLE t%d (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
		"INSERT INTO t%d (id, name) VALUES (1, 'first')",
		"ALTER TABLE t%d ADD COLUMN note TEXT",
	};

	(void)snprintf(sql, HISTORY_SQL_SIZE, texts[index], number);
}

void history_script(char sql[HISTORY_SQL_SIZE], int number)
{
	size_t used = 0;

	for (int i = 0; i < HISTORY_STATEMENT_COUNT; i++) {
		char statement[HISTORY_SQL_SIZE];

		history_statement(statement, number, i);
		used += (size_t)snprintf(sql + used, HISTORY_SQL_SIZE - used, "%s;\n", statement);
	}
}

static struct compiled_set compile(const struct set_file *files, enum inlay_dialect dialect)
{
	struct compiled_set compiled = set_compile(files, dialect);

	if (compiled.set.image == NULL) {
		(void)fprintf(stderr, "%s", compiled.problems);
		exit(2);
	}
	return compiled;
}

static void *allocate(int count, size_t size)
{
	void *memory = calloc((size_t)count, size);

	if (memory == NULL)
		abort();
	return memory;
}

struct compiled_set history_compile(int count, enum inlay_dialect dialect)
{
	struct set_file *files = allocate(count + 1, sizeof(*files));
	char(*names)[NAME_SIZE] = allocate(count, NAME_SIZE);
	char(*scripts)[HISTORY_SQL_SIZE] = allocate(count, HISTORY_SQL_SIZE);
	struct compiled_set compiled;

	for (int i = 0; i < count; i++) {
		(void)snprintf(names[i], NAME_SIZE, "%05d_step.sql", i + 1);
		history_script(scripts[i], i + 1);
		files[i] = (struct set_file){ names[i], scripts[i] };
	}
	compiled = compile(files, dialect);
	free(files);
	free(names);
	free(scripts);
	return compiled;
}

struct compiled_set history_compile_alike(int count, enum inlay_dialect dialect, const char *first,
                                          const char *next)
{
	struct set_file *files = allocate(count + 1, sizeof(*files));
	char(*names)[NAME_SIZE] = allocate(count, NAME_SIZE);
	struct compiled_set compiled;

	for (int i = 0; i < count; i++) {
		(void)snprintf(names[i], NAME_SIZE, "%05d_step.sql", i + 1);
		files[i] = (struct set_file){ names[i], i == 0 ? first : next };
	}
	compiled = compile(files, dialect);
	free(files);
	free(names);
	return compiled;
}
