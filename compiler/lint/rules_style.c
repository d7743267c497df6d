/* rules_style.c - matters of taste: types, keys, names. */
#include "lint.h"

#include <string.h>

/* ---- columns --------------------------------------------------------------------------------- */

/* A column that gets a type. */
struct typed {
	const char *column;
	const struct ddl_type *type;
	const struct ddl_column *definition; /* NULL: ALTER COLUMN ... TYPE. */
};

typedef void check_typed(struct lint *lint, const struct typed *typed);

/* "note of orders" */
static const char *label(struct lint *lint, const struct typed *typed)
{
	return lint_format(lint, "%s of %s", lint_quote(lint, typed->column),
	                   lint_sql(lint, lint->ddl->name));
}

static bool is_type(const struct typed *typed, const char *name)
{
	return typed->type->name != NULL && strcmp(typed->type->name, name) == 0;
}

static void check_column(struct lint *lint, check_typed *check, const char *column,
                         const struct ddl_type *type, const struct ddl_column *definition)
{
	struct typed typed = { .column = column, .type = type, .definition = definition };

	if (column == NULL || type->name == NULL)
		return;
	check(lint, &typed);
}

static void each_column(struct lint *lint, check_typed *check)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->column_count; i++)
		check_column(lint, check, ddl->columns[i].name, &ddl->columns[i].type,
		             &ddl->columns[i]);
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];

		if (action->kind == ACTION_ADD_COLUMN)
			check_column(lint, check, action->column.name, &action->column.type,
			             &action->column);
		if (action->kind == ACTION_SET_TYPE)
			check_column(lint, check, action->name, &action->type, NULL);
	}
}

/* Another type in the place of this one; only where the column is new, as an existing one has
 * values to convert. */
static struct fix instead(struct lint *lint, const struct typed *typed, const char *type)
{
	if (typed->definition == NULL)
		return (struct fix){ 0 };
	return (struct fix){ .at = typed->type->at,
		             .text = lint_format(lint, "%s%s", type,
		                                 typed->type->is_array ? "[]" : "") };
}

static void check_json(struct lint *lint, const struct typed *typed)
{
	if (is_type(typed, "json"))
		lint_report(
		        lint, RULE_JSON_COLUMN,
		        (struct lint_advice){
		                .at = typed->type->at,
		                .help = "use jsonb, unless the text has to stay as it came, byte "
		                        "for byte",
		                .fix = instead(lint, typed, "jsonb") },
		        "%s is json, which can not be compared: DISTINCT, UNION and GROUP BY fail",
		        label(lint, typed));
}

static void json_column(struct lint *lint)
{
	each_column(lint, check_json);
}

static void check_money(struct lint *lint, const struct typed *typed)
{
	if (is_type(typed, "money"))
		lint_report(lint, RULE_MONEY_COLUMN,
		            (struct lint_advice){ .at = typed->type->at,
		                                  .help = "use numeric with as many digits as the "
		                                          "currency has, and a column for the "
		                                          "currency if there are several",
		                                  .fix = instead(lint, typed, "numeric(12, 2)") },
		            "%s is money: what it reads and writes depends on lc_monetary",
		            label(lint, typed));
}

static void money_column(struct lint *lint)
{
	each_column(lint, check_money);
}

static void check_timestamp(struct lint *lint, const struct typed *typed)
{
	const char *arguments = typed->type->arguments;

	if (is_type(typed, "timestamp without time zone"))
		lint_report(
		        lint, RULE_PREFER_TIMESTAMPTZ,
		        (struct lint_advice){
		                .at = typed->type->at,
		                .help = "use timestamptz, which is as large and means one moment, "
		                        "unless it is a clock on a wall",
		                .fix = instead(
		                        lint, typed,
		                        arguments != NULL
		                                ? lint_format(lint, "timestamptz(%s)", arguments)
		                                : "timestamptz") },
		        "%s has no time zone: which moment it means depends on who reads it",
		        label(lint, typed));
}

static void prefer_timestamptz(struct lint *lint)
{
	each_column(lint, check_timestamp);
}

/* ADD COLUMN with a CHECK would read all rows under its lock. */
static const char *add_checked(struct lint *lint, const struct typed *typed, const char *size)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	const char *name = lint_quote(
	        lint, lint_format(lint, "%s_%s_check", lint->ddl->name.name, typed->column));
	struct text all = typed->definition->at, type = typed->type->at;
	const unsigned char *behind = type.start + type.size;

	return lint_format(lint,
	                   "ALTER TABLE %s ADD COLUMN %.*stext%.*s;\n"
	                   "ALTER TABLE %s ADD CONSTRAINT %s CHECK (length(%s) <= %s) NOT VALID;\n"
	                   "-- next migration\n"
	                   "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
	                   table, (int)(type.start - all.start), (const char *)all.start,
	                   (int)(all.start + all.size - behind), (const char *)behind, table, name,
	                   lint_quote(lint, typed->column), size, table, name);
}

static void check_text(struct lint *lint, const struct typed *typed)
{
	bool pads = is_type(typed, "character");
	const char *size = typed->type->arguments;
	struct lint_advice advice = {
		.at = typed->type->at,
		.help = "use text with a CHECK, which can be dropped and added NOT VALID while the "
		        "table is in use",
	};

	if (!pads && (!is_type(typed, "character varying") || size == NULL))
		return;
	size = size != NULL ? size : "1";
	if (typed->definition != NULL && !typed->type->is_array &&
	    lint->ddl->kind == DDL_CREATE_TABLE)
		advice.fix = instead(lint, typed,
		                     lint_format(lint, "text CHECK (length(%s) <= %s)",
		                                 lint_quote(lint, typed->column), size));
	else if (typed->definition != NULL && !typed->type->is_array)
		advice.rewrite = add_checked(lint, typed, size);
	lint_report(lint, RULE_PREFER_TEXT, advice,
	            pads ? "%s is char(n): it is filled up with blanks, and is no faster than text"
	                 : "%s is varchar(n): a smaller n later rewrites the table",
	            label(lint, typed));
}

static void prefer_text(struct lint *lint)
{
	each_column(lint, check_text);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static const struct serial {
	const char *type;
	const char *larger; /* The one of 64 bits, where it is not that. */
	const char *plain;
} serials[] = {
	{ "smallserial", "bigserial", "smallint" },
	{ "serial", "bigserial", "integer" },
	{ "bigserial", NULL, "bigint" },
	{ "smallint", "bigint", NULL },
	{ "integer", "bigint", NULL },
};

static const struct serial *find_serial(const struct typed *typed)
{
	size_t i;

	for (i = 0; i < sizeof(serials) / sizeof(serials[0]); i++)
		if (is_type(typed, serials[i].type))
			return &serials[i];
	return NULL;
}

static bool is_column(const struct lint *lint, const struct ddl_constraint *constraint,
                      const char *name)
{
	return constraint->column_count == 1 &&
	       name_same(constraint->columns[0], name, lint->dialect);
}

/* A key that takes its values from another table has that one's type. */
static bool refers(const struct lint *lint, const struct ddl_column *column)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		if (column->constraints[i].kind == CONSTRAINT_FOREIGN_KEY)
			return true;
	for (i = 0; i < lint->ddl->constraint_count; i++)
		if (lint->ddl->constraints[i].kind == CONSTRAINT_FOREIGN_KEY &&
		    is_column(lint, &lint->ddl->constraints[i], column->name))
			return true;
	return false;
}

static bool is_key(const struct lint *lint, const struct ddl_column *column)
{
	size_t i;

	if (column->primary_key || column->identity)
		return true;
	for (i = 0; i < lint->ddl->constraint_count; i++)
		if (lint->ddl->constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		    is_column(lint, &lint->ddl->constraints[i], column->name))
			return true;
	return false;
}

static void check_bigint(struct lint *lint, const struct typed *typed)
{
	const struct serial *serial = find_serial(typed);
	bool small;

	if (serial == NULL || serial->larger == NULL || typed->definition == NULL ||
	    (serial->plain == NULL && !is_key(lint, typed->definition)) ||
	    refers(lint, typed->definition))
		return;
	small = strncmp(serial->type, "small", 5) == 0;
	lint_report(
	        lint, RULE_PREFER_BIGINT,
	        (struct lint_advice){ .at = typed->type->at,
	                              .help = "use 64 bits from the start: a few more bytes a row",
	                              .fix = instead(lint, typed, serial->larger) },
	        "%s ends at %s, and a larger type later rewrites the table", label(lint, typed),
	        small ? "32767" : "2147483647");
}

static void prefer_bigint(struct lint *lint)
{
	each_column(lint, check_bigint);
}

static void check_identity(struct lint *lint, const struct typed *typed)
{
	const struct serial *serial = find_serial(typed);

	if (serial == NULL || serial->plain == NULL)
		return;
	lint_report(
	        lint, RULE_PREFER_IDENTITY,
	        (struct lint_advice){
	                .at = typed->type->at,
	                .help = "use an identity column: it is the standard's, needs no grant on "
	                        "a sequence, and can refuse values that come from elsewhere",
	                .fix = instead(lint, typed,
	                               lint_format(lint, "%s GENERATED BY DEFAULT AS IDENTITY",
	                                           serial->plain)) },
	        "%s is %s: a sequence with a default and privileges of its own", label(lint, typed),
	        serial->type);
}

static void prefer_identity(struct lint *lint)
{
	each_column(lint, check_identity);
}

static void no_primary_key(struct lint *lint)
{
	size_t i;

	for (i = 0; i < lint->schema->table_count; i++) {
		const struct schema_table *table = &lint->schema->tables[i];

		if (table->origin.script == NULL || table->origin.released || table->temporary ||
		    table->is_opaque || table->foreign_table || table->partition_of.name != NULL ||
		    schema_primary_key(table) != NULL)
			continue;
		lint_blame(lint, table->origin);
		lint_report(
		        lint, RULE_NO_PRIMARY_KEY,
		        (struct lint_advice){
		                .at = ddl_read(lint->arena, table->origin.statement, lint->dialect)
		                              .name.at,
		                .help = lint->dialect == DIALECT_SQLITE
		                                ? "give it one, so that a row can be named for "
		                                  "good: a rowid may change with VACUUM"
		                                : "give it one: a row can be named by it, and "
		                                  "logical replication of UPDATE and DELETE "
		                                  "needs it" },
		        "%s has no primary key", lint_sql(lint, table->name));
	}
}

/* ---- indexes --------------------------------------------------------------------------------- */

#define INDEX_COLUMNS_MAX 3

static void index_many_columns(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;

	if (ddl->unique || ddl->index_column_count <= INDEX_COLUMNS_MAX)
		return;
	lint_report(lint, RULE_INDEX_MANY_COLUMNS,
	            (struct lint_advice){
	                    .at = ddl->index_columns[INDEX_COLUMNS_MAX].expression,
	                    .help = "keep those that narrow a search down; each further one makes "
	                            "the index larger and every write slower" },
	            "an index on %zu columns of %s", ddl->index_column_count,
	            lint_sql(lint, ddl->table));
}

/* An index of the rows that have a reference at all is enough. */
static bool has_partial_index(const struct lint *lint, const struct schema_table *table,
                              const struct schema_constraint *key)
{
	size_t i;

	for (i = 0; i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];

		if (key->column_count == 1 && index->where.start != NULL &&
		    index->column_count > 0 && index->columns[0].name != NULL &&
		    name_same(index->columns[0].name, key->columns[0], lint->dialect) &&
		    schema_mentions(lint->schema, index->where, key->columns[0]) &&
		    schema_mentions(lint->schema, index->where, "not"))
			return true;
	}
	return false;
}

static bool same_columns(const struct lint *lint, const struct ddl_constraint *written,
                         const struct schema_constraint *key)
{
	size_t i;

	if (written->kind != CONSTRAINT_FOREIGN_KEY || written->column_count != key->column_count)
		return false;
	for (i = 0; i < key->column_count; i++)
		if (!name_same(written->columns[i], key->columns[i], lint->dialect))
			return false;
	return true;
}

/* Where the key is written. */
static struct text find_key(const struct lint *lint, const struct schema_constraint *key)
{
	struct ddl ddl = ddl_read(lint->arena, key->origin.statement, lint->dialect);
	size_t i, j;

	for (i = 0; i < ddl.constraint_count; i++)
		if (same_columns(lint, &ddl.constraints[i], key))
			return ddl.constraints[i].at;
	for (i = 0; i < ddl.column_count; i++)
		for (j = 0; j < ddl.columns[i].constraint_count; j++)
			if (same_columns(lint, &ddl.columns[i].constraints[j], key))
				return ddl.columns[i].constraints[j].at;
	for (i = 0; i < ddl.action_count; i++) {
		const struct ddl_column *column = &ddl.actions[i].column;

		if (same_columns(lint, &ddl.actions[i].constraint, key))
			return ddl.actions[i].constraint.at;
		for (j = 0; j < column->constraint_count; j++)
			if (same_columns(lint, &column->constraints[j], key))
				return column->constraints[j].at;
	}
	return ddl.statement->text;
}

static void report_key(struct lint *lint, const struct schema_table *table,
                       const struct schema_constraint *key)
{
	const char *columns = "", *words = "";
	const char *name;
	size_t i;

	for (i = 0; i < key->column_count; i++) {
		columns = lint_format(lint, "%s%s%s", columns, i > 0 ? ", " : "",
		                      lint_quote(lint, key->columns[i]));
		words = lint_format(lint, "%s_%s", words, key->columns[i]);
	}
	name = lint_quote(lint, lint_format(lint, "%s%s_idx", table->name.name, words));
	lint_blame(lint, key->origin);
	lint_report(lint, RULE_FOREIGN_KEY_INDEX,
	            (struct lint_advice){
	                    .at = find_key(lint, key),
	                    .help = "add an index on the referencing columns",
	                    .rewrite = lint_format(lint, "CREATE INDEX %s ON %s (%s);", name,
	                                           lint_sql(lint, table->name), columns) },
	            "no index on %s (%s): a DELETE or a change of key in %s reads all of it",
	            lint_sql(lint, table->name), columns, lint_sql(lint, key->reference.table));
}

static void foreign_key_index(struct lint *lint)
{
	size_t i, j;

	for (i = 0; i < lint->schema->table_count; i++) {
		const struct schema_table *table = &lint->schema->tables[i];

		for (j = 0; j < table->constraint_count; j++) {
			const struct schema_constraint *key = &table->constraints[j];

			if (key->kind == CONSTRAINT_FOREIGN_KEY && key->origin.script != NULL &&
			    !key->origin.released && table->partition_of.name == NULL &&
			    !schema_has_index(lint->schema, table, key->columns,
			                      key->column_count) &&
			    !has_partial_index(lint, table, key))
				report_key(lint, table, key);
		}
	}
}

/* ---- others ---------------------------------------------------------------------------------- */

static void drop_not_null(struct lint *lint)
{
	size_t i;

	if (!lint_may_have_rows(lint, lint->ddl->name))
		return;
	for (i = 0; i < lint->ddl->action_count; i++)
		if (lint->ddl->actions[i].kind == ACTION_DROP_NOT_NULL)
			lint_report(
			        lint, RULE_DROP_NOT_NULL,
			        (struct lint_advice){
			                .at = lint->ddl->actions[i].at,
			                .help = "let all programs that read it know what a null "
			                        "means first" },
			        "%s of %s may be null from now on",
			        lint_quote(lint, lint->ddl->actions[i].name),
			        lint_sql(lint, lint->ddl->name));
}

/* After this, a name without a schema means what it was told to mean. */
static bool has_search_path(const struct lint *lint)
{
	size_t i;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_SET && ddl->name.name != NULL &&
		    strcmp(ddl->name.name, "search_path") == 0)
			return true;
	}
	return false;
}

static void require_name(struct lint *lint, struct name name)
{
	if (name.name == NULL || name.schema != NULL || name.at.start == NULL)
		return;
	lint_report(
	        lint, RULE_REQUIRE_SCHEMA,
	        (struct lint_advice){ .at = name.at,
	                              .help = "write the schema it is in, as in public.name, or "
	                                      "set search_path above" },
	        "which %s this is depends on search_path", lint_sql(lint, name));
}

/* Of what is dropped, that which is in a schema. */
static bool is_in_schema(enum ddl_object object)
{
	switch (object) {
	case OBJECT_TABLE:
	case OBJECT_INDEX:
	case OBJECT_VIEW:
	case OBJECT_MATERIALIZED_VIEW:
	case OBJECT_FUNCTION:
	case OBJECT_PROCEDURE:
	case OBJECT_TYPE:
	case OBJECT_DOMAIN:
	case OBJECT_SEQUENCE: return true;
	default: return false;
	}
}

static void require_schema(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->temporary || has_search_path(lint))
		return;
	switch (ddl->kind) {
	case DDL_CREATE_INDEX: /* The index is where its table is. */
	case DDL_CREATE_TRIGGER:
	case DDL_CREATE_POLICY:
	case DDL_CREATE_RULE: require_name(lint, ddl->table); break;
	case DDL_DROP:
		require_name(lint, ddl->table);
		for (i = 0; i < ddl->name_count && is_in_schema(ddl->object); i++)
			require_name(lint, ddl->names[i]);
		break;
	case DDL_TRUNCATE:
		for (i = 0; i < ddl->name_count; i++)
			require_name(lint, ddl->names[i]);
		break;
	default: require_name(lint, ddl->name);
	}
}

#define COLUMNS (LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE))
#define OBJECTS                                                                                    \
	(COLUMNS | LINT_ON(DDL_CREATE_INDEX) | LINT_ON(DDL_CREATE_TRIGGER) |                       \
	 LINT_ON(DDL_CREATE_POLICY) | LINT_ON(DDL_CREATE_RULE) | LINT_ON(DDL_DROP) |               \
	 LINT_ON(DDL_TRUNCATE) | LINT_ON(DDL_ALTER_INDEX) | LINT_ON(DDL_CREATE_VIEW) |             \
	 LINT_ON(DDL_ALTER_VIEW) | LINT_ON(DDL_CREATE_FUNCTION) | LINT_ON(DDL_CREATE_TYPE) |       \
	 LINT_ON(DDL_CREATE_DOMAIN) | LINT_ON(DDL_ALTER_TYPE) | LINT_ON(DDL_ALTER_DOMAIN) |        \
	 LINT_ON(DDL_CREATE_SEQUENCE))

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, json_column },
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, money_column },
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, prefer_timestamptz },
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, prefer_text },
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, prefer_bigint },
	{ ON_POSTGRES, COLUMNS, LINT_AT_STATEMENT, prefer_identity },
	{ ON_BOTH, 0, LINT_AT_SET_END, no_primary_key },
	{ ON_BOTH, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, index_many_columns },
	{ ON_BOTH, 0, LINT_AT_SET_END, foreign_key_index },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, drop_not_null },
	{ ON_POSTGRES, OBJECTS, LINT_AT_STATEMENT, require_schema },
};

const struct lint_table lint_style = { rules, sizeof(rules) / sizeof(rules[0]) };
