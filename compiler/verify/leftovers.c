/* leftovers.c - what is there and does not work: asked, kept, told. */
#include "parts.h"

#include <fnmatch.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* --- What comes of them --- */

struct finding {
	struct pass *pass;
	enum rule rule;
};

static bool is_excepted(const char *patterns, const char *name, struct arena *arena)
{
	while (patterns != NULL && *patterns != '\0') {
		size_t size = strcspn(patterns, ",");

		if (fnmatch(arena_format(arena, "%.*s", (int)size, patterns), name, 0) == 0)
			return true;
		patterns += size + (patterns[size] == ',');
	}
	return false;
}

/* Do the migrations leave it so? */
static bool is_meant(const struct pass *pass, enum rule rule, const char *name, const char *line)
{
	enum catalog_kind kind = rule == RULE_LIVE_DISABLED ? CATALOG_TRIGGER : CATALOG_TABLE;
	const struct catalog_object *object;
	size_t i;

	if (name == NULL || pass->made == NULL)
		return false;
	object = catalog_find(pass->made, kind, name);
	for (i = 0; object != NULL && i < object->line_count; i++)
		if (strcmp(object->lines[i], line) == 0)
			return true;
	return false;
}

static void take(void *context, const char *const *columns, int count)
{
	const struct finding *finding = context;
	struct pass *pass = finding->pass;
	struct leftover_row *row;
	int i;

	if (is_excepted(pass->verification->options->except, columns[0], pass->arena))
		return;
	pass->leftovers = arena_grow(pass->arena, pass->leftovers, pass->leftover_count,
	                             &pass->leftover_capacity, sizeof(*pass->leftovers));
	row = &pass->leftovers[pass->leftover_count++];
	row->rule = finding->rule;
	for (i = 0; i < count && i < LEFTOVER_COLUMNS; i++)
		row->columns[i] =
		        columns[i] != NULL ? arena_copy(pass->arena, text_of(columns[i])) : NULL;
}

/* A file may be so damaged that quick_check does not come to its end. */
static bool is_damage(struct pass *pass, enum rule rule)
{
	struct live *live = pass->live;
	const char *columns[LEFTOVER_COLUMNS] = { "", NULL, LEFTOVER_DAMAGE };
	struct finding finding = { pass, rule };

	if (rule != RULE_LIVE_DAMAGED || live->sqlite == NULL ||
	    (sqlite3_extended_errcode(live->sqlite) & 0xff) != SQLITE_CORRUPT)
		return false;
	columns[1] = arena_format(pass->arena, "the database is damaged: %s", live->words);
	if (pass->leftover_count == 0)
		take(&finding, columns, LEFTOVER_COLUMNS);
	return true;
}

static bool run(struct live *live, const char *sql)
{
	struct live_query query = { .sql = sql };

	return live->postgres == NULL || live_query(live, &query);
}

/* On PostgreSQL names come with their schemas, as in catalogs, and a query that fails does not end
 * the transaction. */
static bool ask(struct pass *pass, const struct leftover *leftover)
{
	struct finding finding = { pass, leftover->rule };
	struct live *live = pass->live;
	struct live_query query = {
		.sql = leftover->sql,
		.parameters = &live->settings.schema,
		.parameter_count = live->postgres != NULL ? 1 : 0,
		.row = take,
		.context = &finding,
	};
	const char *words;
	bool is_answered = run(live, "SAVEPOINT inlay_leftovers") &&
	                   run(live, "SET LOCAL search_path = ''") && live_query(live, &query);

	words = live->words;
	(void)run(live, "ROLLBACK TO inlay_leftovers");
	(void)run(live, "RELEASE inlay_leftovers");
	if (is_answered || is_damage(pass, leftover->rule))
		return true;
	diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_UNSEEN, NULL),
	                "[%s] was not looked for: %s", rule_name(leftover->rule), words);
	return false;
}

void leftovers_read(struct pass *pass)
{
	bool is_postgres = pass->live->postgres != NULL;
	const struct leftover *items = is_postgres ? leftovers_postgres : leftovers_sqlite;
	size_t count = is_postgres ? leftovers_postgres_count : leftovers_sqlite_count;
	bool saw_all = true;
	size_t i;

	for (i = 0; i < count; i++)
		saw_all = ask(pass, &items[i]) && saw_all;
	pass->verification->saw_leftovers = saw_all;
}

void leftovers_tell(struct pass *pass)
{
	size_t i;

	for (i = 0; i < pass->leftover_count; i++) {
		const struct leftover_row *row = &pass->leftovers[i];

		if (is_meant(pass, row->rule, row->columns[4], row->columns[5]))
			continue;
		diagnostics_add(pass->problems, pass_problem(pass, row->rule, row->columns[2]),
		                "%s", row->columns[1]);
		if (row->columns[3] != NULL)
			catalog_line(&pass->told, row->columns[3]);
	}
}
