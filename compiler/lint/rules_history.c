/* rules_history.c - what is made twice: columns, objects, indexes, tables that were dropped. */
#include "history.h"

#include <stddef.h>
#include <string.h>

/* ---- duplicate-column ------------------------------------------------------------------------ */

static void report_column(struct lint *lint, struct name table, const struct ddl_column *column,
                          const char *since)
{
	lint_report(lint, RULE_DUPLICATE_COLUMN,
	            (struct lint_advice){ .at = column->name_at,
	                                  .help = "give it another name, or leave it out" },
	            "%s has a column %s already%s", lint_sql(lint, table),
	            lint_quote(lint, column->name), since);
}

/* More columns than the databases allow are not compared with one another. */
#define COLUMN_COUNT_MAX 2000

static void duplicate_column_in_table(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i, j;

	for (i = 1; i < ddl->column_count && i < COLUMN_COUNT_MAX; i++)
		for (j = 0; j < i; j++)
			if (name_same(ddl->columns[i].name, ddl->columns[j].name, lint->dialect)) {
				report_column(lint, ddl->name, &ddl->columns[i], "");
				break;
			}
}

static bool is_added_before(const struct lint *lint, size_t action)
{
	const struct ddl_action *actions = lint->ddl->actions;
	size_t i;

	for (i = 0; i < action && action < COLUMN_COUNT_MAX; i++)
		if (actions[i].kind == ACTION_ADD_COLUMN &&
		    name_same(actions[i].name, actions[action].name, lint->dialect))
			return true;
	return false;
}

static bool is_dropped_before(const struct lint *lint, size_t action)
{
	const struct ddl_action *actions = lint->ddl->actions;
	size_t i;

	for (i = 0; i < lint->ddl->action_count && i < COLUMN_COUNT_MAX; i++)
		if (actions[i].kind == ACTION_DROP_COLUMN &&
		    name_same(actions[i].name, actions[action].name, lint->dialect))
			return true;
	return false;
}

static void duplicate_column_in_alter(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct schema_column *there = NULL;

		if (action->kind != ACTION_ADD_COLUMN || action->if_not_exists)
			continue;
		if (table != NULL && !lint->schema->is_uncertain)
			there = schema_column(lint->schema, table, action->name);
		if (there != NULL && !is_dropped_before(lint, i))
			report_column(lint, ddl->name, &action->column,
			              history_origin(lint, there->origin));
		else if (is_added_before(lint, i))
			report_column(lint, ddl->name, &action->column, "");
	}
}

/* ---- duplicate-object ------------------------------------------------------------------------ */

/* What is there under a name. */
struct there {
	const char *what; /* "table", NULL: nothing. */
	struct origin origin;
};

/* Tables, views, indexes and sequences have one name space between them. */
static struct there find_relation(const struct lint *lint, struct name name)
{
	static const struct {
		enum ddl_object kind;
		const char *what;
	} kinds[] = { { OBJECT_VIEW, "view" },
		      { OBJECT_MATERIALIZED_VIEW, "materialized view" },
		      { OBJECT_SEQUENCE, "sequence" } };
	const struct schema_table *table = schema_table(lint->schema, name);
	const struct schema_index *index = schema_index(lint->schema, name, NULL);
	size_t i;

	if (table != NULL && !table->temporary)
		return (struct there){ "table", table->origin };
	if (index != NULL)
		return (struct there){ "index", index->origin };
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct schema_object *object =
		        schema_object(lint->schema, kinds[i].kind, name);

		if (object != NULL)
			return (struct there){ kinds[i].what, object->origin };
	}
	return (struct there){ NULL, { 0 } };
}

static struct there find_object(const struct lint *lint, enum ddl_object kind, const char *what,
                                struct name name)
{
	const struct schema_object *object = schema_object(lint->schema, kind, name);

	if (object == NULL)
		return (struct there){ NULL, { 0 } };
	return (struct there){ what, object->origin };
}

static struct there find_trigger(const struct lint *lint)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->table);
	size_t i;

	for (i = 0; table != NULL && i < table->trigger_count; i++)
		if (name_same(table->triggers[i].name, lint->ddl->name.name, lint->dialect))
			return (struct there){ "trigger", table->triggers[i].origin };
	return (struct there){ NULL, { 0 } };
}

static struct there find_same(const struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;

	switch (ddl->kind) {
	case DDL_CREATE_TABLE:
	case DDL_CREATE_VIEW:
	case DDL_CREATE_INDEX:
	case DDL_CREATE_SEQUENCE: return find_relation(lint, ddl->name);
	case DDL_CREATE_TYPE:
	case DDL_CREATE_DOMAIN: {
		struct there domain = find_object(lint, OBJECT_DOMAIN, "domain", ddl->name);

		return domain.what != NULL ? domain
		                           : find_object(lint, OBJECT_TYPE, "type", ddl->name);
	}
	case DDL_CREATE_SCHEMA: return find_object(lint, OBJECT_SCHEMA, "schema", ddl->name);
	case DDL_CREATE_TRIGGER: return find_trigger(lint);
	default: return (struct there){ NULL, { 0 } };
	}
}

static void report_object(struct lint *lint, struct there there, struct name name)
{
	lint_report(lint, RULE_DUPLICATE_OBJECT,
	            (struct lint_advice){ .at = name.at,
	                                  .help = lint_format(lint,
	                                                      "give it another name, or alter or "
	                                                      "drop the %s that is there",
	                                                      there.what) },
	            "there is a %s %s already%s", there.what, lint_sql(lint, name),
	            history_origin(lint, there.origin));
}

static void duplicate_object(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct there there;

	if (ddl->name.name == NULL || ddl->temporary || ddl->if_not_exists || ddl->or_replace ||
	    lint->schema->is_uncertain)
		return;
	there = find_same(lint);
	if (there.what != NULL)
		report_object(lint, there, ddl->name);
}

static void report_constraint(struct lint *lint, const struct schema_table *table,
                              const struct ddl_constraint *constraint)
{
	const struct schema_constraint *there =
	        schema_constraint(lint->schema, table, constraint->name);

	if (constraint->name == NULL || there == NULL)
		return;
	lint_report(lint, RULE_DUPLICATE_OBJECT,
	            (struct lint_advice){ .at = constraint->at,
	                                  .help = "give it another name, or drop the constraint "
	                                          "that is there" },
	            "%s has a constraint %s already%s", lint_sql(lint, lint->ddl->name),
	            lint_quote(lint, constraint->name), history_origin(lint, there->origin));
}

/* RENAME TO a name that is taken, ADD CONSTRAINT with one that is. */
static void duplicate_in_alter(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (table == NULL || lint->schema->is_uncertain)
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		struct name name = { .schema = table->name.schema,
			             .name = action->new_name,
			             .at = action->at };
		struct there there = { NULL, { 0 } };

		if (action->kind == ACTION_ADD_CONSTRAINT && ddl->action_count == 1)
			report_constraint(lint, table, &action->constraint);
		if (action->kind == ACTION_RENAME && action->new_name != NULL &&
		    !name_same(action->new_name, table->name.name, lint->dialect))
			there = find_relation(lint, name);
		if (there.what != NULL)
			report_object(lint, there, name);
	}
}

/* ---- duplicate-index ------------------------------------------------------------------------- */

static bool is_plain_method(const char *method)
{
	return method == NULL || strcmp(method, "btree") == 0;
}

/* Without ASC, which says nothing. */
static struct text without_asc(struct text text)
{
	if (text.size > 4 &&
	    text_equals_folded((struct text){ text.start + text.size - 4, 4 }, " asc"))
		text.size -= 4;
	return text;
}

static bool same_columns(struct lint *lint, const struct ddl *ddl, const struct schema_index *index)
{
	size_t i;

	if (ddl->index_column_count != index->column_count || index->column_count == 0)
		return false;
	for (i = 0; i < index->column_count; i++)
		if (!history_same(lint, without_asc(ddl->index_columns[i].at),
		                  without_asc(index->columns[i].at)))
			return false;
	return true;
}

static bool same_method(const char *a, const char *b)
{
	if (is_plain_method(a) || is_plain_method(b))
		return is_plain_method(a) == is_plain_method(b);
	return strcmp(a, b) == 0;
}

static bool same_definition(struct lint *lint, const struct ddl *ddl,
                            const struct schema_index *index)
{
	return same_columns(lint, ddl, index) && same_method(ddl->method, index->method) &&
	       history_same(lint, ddl->where, index->where) &&
	       history_same(lint, ddl->include, index->include);
}

/* Is it only there to take the other one's place: is that dropped behind it? */
static bool drops(const struct lint *lint, const struct ddl *ddl, struct name index)
{
	size_t i;

	if (ddl->kind == DDL_DROP && ddl->object == OBJECT_INDEX)
		for (i = 0; i < ddl->name_count; i++)
			if (name_equals(ddl->names[i], index, lint->dialect))
				return true;
	return false;
}

static bool is_dropped_later(const struct lint *lint, struct name index)
{
	const struct migration *migration;
	size_t i;

	for (i = lint->index + 1; i < lint->script->count; i++)
		if (drops(lint, &lint->script_ddl[i], index))
			return true;
	for (migration = lint->migration + 1;
	     !lint->migration->repeatable && migration < lint->set->items + lint->set->count;
	     migration++) {
		const struct script *script = &migration->variants[lint->dialect].up;

		for (i = 0; i < script->count; i++) {
			struct ddl ddl;

			if (script->statements[i].call > 0)
				continue;
			ddl = ddl_read(lint->arena, &script->statements[i], lint->dialect);
			if (drops(lint, &ddl, index))
				return true;
		}
	}
	return false;
}

static void report_index(struct lint *lint, const char *what, const char *name,
                         struct origin origin)
{
	lint_report(lint, RULE_DUPLICATE_INDEX,
	            (struct lint_advice){ .at = lint->ddl->name.at.start != NULL
	                                                ? lint->ddl->name.at
	                                                : lint->ddl->table.at,
	                                  .help = "leave it out: each index costs time with every "
	                                          "write, and a second one answers nothing new" },
	            "the %s %s%s has the same columns", what, name, history_origin(lint, origin));
}

/* A key's index, which PostgreSQL and SQLite make by themselves. */
static bool duplicates_key(struct lint *lint, const struct schema_table *table)
{
	const struct ddl *ddl = lint->ddl;
	size_t i, j;

	if (ddl->where.start != NULL || ddl->include.start != NULL || !is_plain_method(ddl->method))
		return false;
	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *key = &table->constraints[i];

		if ((key->kind != CONSTRAINT_PRIMARY_KEY && key->kind != CONSTRAINT_UNIQUE) ||
		    key->column_count != ddl->index_column_count || key->column_count == 0)
			continue;
		for (j = 0; j < key->column_count; j++)
			if (ddl->index_columns[j].name == NULL ||
			    ddl->index_columns[j].at.size !=
			            ddl->index_columns[j].expression.size ||
			    !name_same(ddl->index_columns[j].name, key->columns[j], lint->dialect))
				break;
		if (j < key->column_count)
			continue;
		report_index(lint,
		             key->kind == CONSTRAINT_UNIQUE ? "constraint UNIQUE" : "PRIMARY KEY",
		             *key->name != '\0'
		                     ? lint_quote(lint, key->name)
		                     : lint_format(lint, "of %s", lint_sql(lint, table->name)),
		             key->origin);
		return true;
	}
	return false;
}

static void duplicate_index(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->table);
	size_t i;

	if (table == NULL || lint->schema->is_uncertain || duplicates_key(lint, table))
		return;
	for (i = 0; i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];

		if ((ddl->unique && !index->unique) ||
		    name_equals(ddl->name, index->name, lint->dialect) ||
		    !same_definition(lint, ddl, index) || is_dropped_later(lint, index->name))
			continue;
		report_index(lint, "index", lint_sql(lint, index->name), index->origin);
		return;
	}
}

/* ---- if-not-exists-differs ------------------------------------------------------------------- */

static const char *plain_type(const struct ddl_type *type)
{
	const char *integer = ddl_serial_type(type);

	if (integer != NULL)
		return integer;
	return type->name != NULL ? type->name : "";
}

static bool same_type(const struct ddl_type *a, const struct ddl_type *b)
{
	return strcmp(plain_type(a), plain_type(b)) == 0 && a->is_array == b->is_array &&
	       strcmp(a->arguments != NULL ? a->arguments : "",
	              b->arguments != NULL ? b->arguments : "") == 0;
}

static const char *written_type(struct lint *lint, const struct ddl_type *type)
{
	if (type->name == NULL)
		return "no type";
	return lint_format(lint, "%s%s%s%s%s", type->name, type->arguments != NULL ? "(" : "",
	                   type->arguments != NULL ? type->arguments : "",
	                   type->arguments != NULL ? ")" : "", type->is_array ? "[]" : "");
}

#define DIFFERS_HELP                                                                               \
	"leave IF NOT EXISTS out, so that a difference is an error, and alter what is there"

/* Says it, and is true, when the column is not there as it is written here. */
static bool column_differs(struct lint *lint, const struct schema_table *table,
                           const struct ddl_column *column)
{
	const struct schema_column *there = schema_column(lint->schema, table, column->name);
	const struct lint_advice advice = { .at = column->name_at, .help = DIFFERS_HELP };

	if (there == NULL && table->is_opaque)
		return false;
	if (there == NULL)
		lint_report(lint, RULE_IF_NOT_EXISTS_DIFFERS, advice,
		            "IF NOT EXISTS passes over %s%s, which has no column %s",
		            lint_sql(lint, table->name), history_origin(lint, table->origin),
		            lint_quote(lint, column->name));
	else if (!same_type(&there->type, &column->type))
		lint_report(lint, RULE_IF_NOT_EXISTS_DIFFERS, advice,
		            "IF NOT EXISTS passes over the column %s%s, which is %s and not %s",
		            lint_quote(lint, column->name), history_origin(lint, there->origin),
		            written_type(lint, &there->type), written_type(lint, &column->type));
	else if (column->not_null && !there->not_null)
		lint_report(lint, RULE_IF_NOT_EXISTS_DIFFERS, advice,
		            "IF NOT EXISTS passes over the column %s%s, which may be null",
		            lint_quote(lint, column->name), history_origin(lint, there->origin));
	else
		return false;
	return true;
}

static void table_differs(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (!ddl->if_not_exists || table == NULL || ddl->temporary || table->temporary ||
	    lint->schema->is_uncertain)
		return;
	for (i = 0; i < ddl->column_count; i++)
		if (column_differs(lint, table, &ddl->columns[i]))
			return;
}

static void added_column_differs(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (table == NULL || lint->schema->is_uncertain)
		return;
	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_ADD_COLUMN && ddl->actions[i].if_not_exists &&
		    schema_column(lint->schema, table, ddl->actions[i].name) != NULL)
			column_differs(lint, table, &ddl->actions[i].column);
}

static void index_differs(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct schema_table *table = NULL;
	const struct schema_index *index = schema_index(lint->schema, ddl->name, &table);

	if (!ddl->if_not_exists || index == NULL || lint->schema->is_uncertain)
		return;
	if (schema_table(lint->schema, ddl->table) == table && ddl->unique == index->unique &&
	    same_definition(lint, ddl, index))
		return;
	lint_report(lint, RULE_IF_NOT_EXISTS_DIFFERS,
	            (struct lint_advice){ .at = ddl->name.at, .help = DIFFERS_HELP },
	            "IF NOT EXISTS passes over the index %s%s, which is defined otherwise",
	            lint_sql(lint, ddl->name), history_origin(lint, index->origin));
}

/* ---- drop-and-create ------------------------------------------------------------------------- */

/* Were its rows put somewhere, by CREATE TABLE AS or INSERT ... SELECT, before it is dropped? */
static bool is_copied_before(const struct lint *lint, struct name table)
{
	size_t i;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if ((ddl->kind == DDL_INSERT || ddl->kind == DDL_CREATE_TABLE) &&
		    schema_mentions(lint->schema, ddl->as_query, table.name))
			return true;
	}
	return false;
}

static bool is_made_again(const struct lint *lint, struct name table)
{
	size_t i;

	for (i = lint->index + 1; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_CREATE_TABLE && !ddl->temporary &&
		    name_equals(ddl->name, table, lint->dialect))
			return true;
	}
	return false;
}

static void drop_and_create(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->object != OBJECT_TABLE)
		return;
	for (i = 0; i < ddl->name_count; i++) {
		struct name table = ddl->names[i];

		if (lint_existing(lint, table) == NULL || !is_made_again(lint, table) ||
		    is_copied_before(lint, table))
			continue;
		lint_report(
		        lint, RULE_DROP_AND_CREATE,
		        (struct lint_advice){
		                .at = table.at,
		                .help = lint->dialect == DIALECT_SQLITE
		                                ? "use ALTER TABLE; or make a table of another "
		                                  "name, copy the rows, drop this one and rename"
		                                : "use ALTER TABLE, which keeps the rows" },
		        "%s is dropped and made anew: its rows are gone", lint_sql(lint, table));
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

#define OBJECTS                                                                                    \
	(LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_CREATE_VIEW) | LINT_ON(DDL_CREATE_INDEX) |        \
	 LINT_ON(DDL_CREATE_SEQUENCE) | LINT_ON(DDL_CREATE_TYPE) | LINT_ON(DDL_CREATE_DOMAIN) |    \
	 LINT_ON(DDL_CREATE_SCHEMA) | LINT_ON(DDL_CREATE_TRIGGER))

static const struct lint_rule rules[] = {
	{ ON_BOTH, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, duplicate_column_in_table },
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, duplicate_column_in_alter },
	{ ON_BOTH, OBJECTS, LINT_AT_STATEMENT, duplicate_object },
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, duplicate_in_alter },
	{ ON_BOTH, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, duplicate_index },
	{ ON_BOTH, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, table_differs },
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, added_column_differs },
	{ ON_BOTH, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, index_differs },
	{ ON_BOTH, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, drop_and_create },
};

const struct lint_table lint_history = { rules, sizeof(rules) / sizeof(rules[0]) };
