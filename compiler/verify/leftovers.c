/* leftovers.c - what is there and does not work: by the databases' own catalogs. */
#include "parts.h"

#include <fnmatch.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* One kind of leftover.  The query answers
 *
 *     0 the object's name, for --except    1 the message    2 the remedy
 *     3 how drift would tell of it, or NULL    4 kind and name of its object in a catalog, 5 and
 *     the line there that says the same: then the set means it so
 *
 * and its $1 is the schema that --schema names, or NULL. */
struct leftover {
	enum rule rule;
	const char *sql;
};

/* clang-format off */

#define OURS(class, oid)                                                                           \
	" n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname = "              \
	"COALESCE($1::text, n.nspname) AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" \
	class "'::regclass AND e.objid = " oid " AND e.deptype = 'e') "
#define SHOWN(name) " CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || " name " "

static const struct leftover postgres[] = {
	/* One that is being built just now is none. */
	{ RULE_LIVE_INVALID_INDEX,
	  "SELECT " SHOWN("c.relname") ", format('index %s on %s is invalid: no query uses it%s', "
	  SHOWN("c.relname") ", t.relname, CASE WHEN i.indisready THEN ', and every write pays for "
	  "it' ELSE '' END), CASE WHEN c.relkind = 'I' THEN 'give every partition of ' || t.relname "
	  "|| ' such an index, and attach it: ALTER INDEX ' || c.oid::regclass || ' ATTACH PARTITION "
	  "...;' WHEN c.relname ~ '_cc(new|old)[0-9]*$' THEN format('DROP INDEX CONCURRENTLY %s; "
	  "(a REINDEX has left it)', c.oid::regclass) ELSE format('REINDEX INDEX CONCURRENTLY %1$s; "
	  "or DROP INDEX CONCURRENTLY %1$s;', c.oid::regclass) END, 'index ' || " SHOWN("c.relname")
	  ", NULL, NULL FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON "
	  "t.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT (i.indisvalid "
	  "AND i.indisready) AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE "
	  "p.index_relid = c.oid) AND" OURS("pg_class", "t.oid") "ORDER BY 1" },
	{ RULE_LIVE_NOT_VALID,
	  "SELECT " SHOWN("c.relname") ", format('constraint %s of %s is not validated: older rows "
	  "may break it', k.conname, " SHOWN("c.relname") "), format('ALTER TABLE %s VALIDATE "
	  "CONSTRAINT %I;', c.oid::regclass, k.conname), format('table %s: constraint %s ', "
	  SHOWN("c.relname") ", k.conname), " SHOWN("c.relname") ", format('constraint %s %s', "
	  "k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN pg_class c ON c.oid = "
	  "k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT k.convalidated AND "
	  "k.conparentid = 0 AND COALESCE(to_jsonb(k) ->> 'conenforced', 'true') = 'true' AND"
	  OURS("pg_class", "c.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_NOT_VALID,
	  "SELECT " SHOWN("t.typname") ", format('constraint %s of domain %s is not validated: older "
	  "values may break it', k.conname, " SHOWN("t.typname") "), format('ALTER DOMAIN %s "
	  "VALIDATE CONSTRAINT %I;', t.oid::regtype, k.conname), format('domain %s: constraint %s ', "
	  SHOWN("t.typname") ", k.conname), NULL, NULL FROM pg_constraint k JOIN pg_type t ON t.oid = "
	  "k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE NOT k.convalidated AND"
	  OURS("pg_type", "t.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('trigger %s on %s is disabled', g.tgname, "
	  SHOWN("c.relname") "), format('ALTER TABLE %s ENABLE TRIGGER %I;', c.oid::regclass, "
	  "g.tgname), format('trigger %s on %s', g.tgname, " SHOWN("c.relname") "), "
	  "format('%s on %s', g.tgname, " SHOWN("c.relname") "), 'enabled D' FROM pg_trigger g JOIN "
	  "pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
	  "NOT g.tgisinternal AND g.tgenabled = 'D' AND" OURS("pg_class", "c.oid") "ORDER BY 1, 2" },
	/* DISABLE TRIGGER ALL, or the triggers of one constraint. */
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('foreign key %s is not checked when %s changes: its "
	  "triggers are disabled', k.conname, " SHOWN("c.relname") "), format('ALTER TABLE %s ENABLE "
	  "TRIGGER ALL; and look for rows that came in meanwhile', c.oid::regclass), NULL, NULL, NULL "
	  "FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint JOIN pg_class c ON c.oid "
	  "= g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE g.tgisinternal AND "
	  "g.tgenabled = 'D' AND" OURS("pg_class", "c.oid") "GROUP BY c.oid, c.relname, n.nspname, "
	  "k.conname ORDER BY 1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('rule %s on %s is disabled', r.rulename, "
	  SHOWN("c.relname") "), format('ALTER TABLE %s ENABLE RULE %I;', c.oid::regclass, "
	  "r.rulename), NULL, NULL, NULL FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN "
	  "pg_namespace n ON n.oid = c.relnamespace WHERE r.ev_enabled = 'D' AND"
	  OURS("pg_class", "c.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT evtname, format('event trigger %s is disabled', evtname), format('ALTER EVENT "
	  "TRIGGER %I ENABLE;', evtname), NULL, NULL, NULL FROM pg_event_trigger v WHERE evtenabled = "
	  "'D' AND $1::text IS NULL AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = "
	  "'pg_event_trigger'::regclass AND e.objid = v.oid AND e.deptype = 'e') ORDER BY 1" },
};

#define DAMAGE "restore it from a backup, or save what can be read: sqlite3 FILE .recover"

static const struct leftover sqlite[] = {
	{ RULE_LIVE_DAMAGED,
	  "SELECT '', 'the database is damaged: ' || replace(quick_check, char(10), "
	  "' '), '" DAMAGE "', NULL, NULL, NULL FROM "
	  "pragma_quick_check(10, 'main') WHERE quick_check <> 'ok'" },
	{ RULE_LIVE_ORPHANS,
	  "SELECT \"table\", count(*) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END || ' of ' "
	  "|| \"table\" || ' refer' || CASE count(*) WHEN 1 THEN 's' ELSE '' END || ' to no row of ' "
	  "|| parent, 'PRAGMA foreign_key_check(' || \"table\" || '); lists them; programs that "
	  "write need PRAGMA foreign_keys = on', NULL, NULL, NULL FROM pragma_foreign_key_check GROUP "
	  "BY \"table\", parent, fkid ORDER BY 1, 2" },
};

/* clang-format on */

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
	for (i = 0; i < count && i < 6; i++)
		row->columns[i] =
		        columns[i] != NULL ? arena_copy(pass->arena, text_of(columns[i])) : NULL;
}

/* A file may be so damaged that quick_check does not come to its end. */
static bool is_damage(struct pass *pass, enum rule rule)
{
	struct live *live = pass->live;
	const char *columns[6] = { "", NULL, DAMAGE };
	struct finding finding = { pass, rule };

	if (rule != RULE_LIVE_DAMAGED || live->sqlite == NULL ||
	    (sqlite3_extended_errcode(live->sqlite) & 0xff) != SQLITE_CORRUPT)
		return false;
	columns[1] = arena_format(pass->arena, "the database is damaged: %s", live->words);
	if (pass->leftover_count == 0)
		take(&finding, columns, 6);
	return true;
}

/* A query of PostgreSQL's that fails would end the transaction. */
static bool ask(struct pass *pass, const struct leftover *leftover)
{
	struct finding finding = { pass, leftover->rule };
	struct live *live = pass->live;
	bool is_postgres = live->postgres != NULL;
	struct live_query save = { .sql = "SAVEPOINT inlay_leftovers" };
	struct live_query back = { .sql = "ROLLBACK TO inlay_leftovers" };
	struct live_query query = {
		.sql = leftover->sql,
		.parameters = &live->settings.schema,
		.parameter_count = is_postgres ? 1 : 0,
		.row = take,
		.context = &finding,
	};
	const char *words;
	bool is_answered = (!is_postgres || live_query(live, &save)) && live_query(live, &query);

	if (is_answered || is_damage(pass, leftover->rule))
		return true;
	words = live->words;
	if (is_postgres)
		(void)live_query(live, &back);
	diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_UNSEEN, NULL),
	                "[%s] was not looked for: %s", rule_name(leftover->rule), words);
	return false;
}

void leftovers_read(struct pass *pass)
{
	bool is_postgres = pass->live->postgres != NULL;
	const struct leftover *items = is_postgres ? postgres : sqlite;
	size_t count = is_postgres ? sizeof(postgres) / sizeof(postgres[0])
	                           : sizeof(sqlite) / sizeof(sqlite[0]);
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
