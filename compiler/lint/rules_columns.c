/* rules_columns.c - PostgreSQL: ADD COLUMN on a table that holds rows.  Types that change are in
 * rules_types.c. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"
#include "values.h"

#include <stddef.h>
#include <string.h>

/* Each of them looks at one column that is added. */
typedef void column_check(struct lint *lint, const struct ddl_column *column);

static void each_column(struct lint *lint, column_check *check)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++)
		if (advice_adds_column(lint, &ddl->actions[i]))
			check(lint, &ddl->actions[i].column);
}

static struct lint_advice advice_on_rewrite(struct lint *lint, struct text at)
{
	struct name table = lint->ddl->name;

	return (struct lint_advice){
		.at = at, .lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table)
	};
}

/* A domain of the history that this is a column of. */
static const struct schema_object *domain_of(struct lint *lint, const struct ddl_type *type)
{
	struct cursor cursor;

	if (type->at.start == NULL || type->is_array)
		return NULL;
	cursor = cursor_of_text(lint->arena, type->at, lint->dialect);
	return schema_object(lint->schema, OBJECT_DOMAIN, cursor_take_name(&cursor));
}

static bool has_constraint(const struct ddl_column *column, enum ddl_constraint_kind kind)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		if (column->constraints[i].kind == kind)
			return true;
	return false;
}

/* What a column is to be when its rows are filled: NOT NULL, a key; or "". */
static const char *finish(struct lint *lint, const struct ddl_column *column)
{
	struct name table = lint->ddl->name;
	struct advice_names names = { &column->name, 1 };
	bool is_key = has_constraint(column, CONSTRAINT_PRIMARY_KEY);
	bool is_unique = is_key || has_constraint(column, CONSTRAINT_UNIQUE);
	const char *sql = lint_sql(lint, table), *index, *steps = "";

	if (column->not_null || is_key || column->identity ||
	    ddl_serial_type(&column->type) != NULL)
		steps = lint_format(lint, "\n" ADVICE_NEXT "%s",
		                    advice_not_null(lint, table, column->name));
	if (!is_unique)
		return steps;
	index = lint_quote(lint, advice_name(lint, table, names, "key"));
	return lint_format(lint,
	                   "%s\n" ADVICE_NEXT_ALONE
	                   "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s);\n" ADVICE_NEXT
	                   "ALTER TABLE %s ADD %s USING INDEX %s;",
	                   steps, index, sql, lint_quote(lint, column->name), sql,
	                   is_key ? "PRIMARY KEY" : "UNIQUE", index);
}

/* ---- volatile defaults ----------------------------------------------------------------------- */

static void check_rewrite(struct lint *lint, const struct ddl_column *column)
{
	struct text call = values_volatile_call(lint, column->default_at);
	struct advice_cut cut = { .parts = ADVICE_DEFAULT | ADVICE_NOT_NULL };
	struct lint_advice advice = advice_on_rewrite(lint, call);
	const char *sql = lint_sql(lint, lint->ddl->name), *expression;

	if (call.start == NULL)
		return;
	if (has_constraint(column, CONSTRAINT_PRIMARY_KEY) ||
	    has_constraint(column, CONSTRAINT_UNIQUE))
		cut.parts |= ADVICE_CONSTRAINTS;
	expression = lint_format(lint, "%.*s", (int)column->default_at.size,
	                         (const char *)column->default_at.start);
	advice.help = "add the column without a default, set the default for new rows, and fill "
	              "the old ones in batches";
	advice.rewrite = lint_format(
	        lint,
	        "ALTER TABLE %s ADD COLUMN %s;\n"
	        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n%s%s",
	        sql, advice_column(lint, column, cut), sql, lint_quote(lint, column->name),
	        expression, advice_fill(lint, lint->ddl->name, column->name, expression, NULL),
	        finish(lint, column));
	lint_report(lint, RULE_ADD_COLUMN_REWRITE, advice,
	            "%.*s() gives each row a value of its own: %s and its indexes are written anew "
	            "while reads and writes wait",
	            (int)call.size, (const char *)call.start, sql);
}

static void add_column_rewrite(struct lint *lint)
{
	each_column(lint, check_rewrite);
}

/* ---- GENERATED, serial, IDENTITY ------------------------------------------------------------- */

/* What is in GENERATED ALWAYS AS (...). */
static struct text generation_of(struct lint *lint, const struct ddl_column *column)
{
	struct cursor cursor = cursor_of_text(lint->arena, column->at, lint->dialect);

	while (!cursor_at_end(&cursor)) {
		if (cursor_take(&cursor, "as") && cursor.token.kind == TOKEN_OPEN)
			return cursor_take_group(&cursor);
		cursor_skip(&cursor);
	}
	return (struct text){ 0 };
}

static void check_generated(struct lint *lint, const struct ddl_column *column)
{
	struct text expression = generation_of(lint, column);
	struct advice_cut cut = { .parts = ADVICE_GENERATED | ADVICE_NOT_NULL };
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table), *quoted = lint_quote(lint, column->name);
	const char *function, *text;
	struct lint_advice advice;

	if (!column->generated || !column->stored)
		return;
	advice = advice_on_rewrite(lint, column->at);
	text = lint_format(lint, "%.*s", (int)expression.size, (const char *)expression.start);
	function = lint_quote(
	        lint, advice_name(lint, table, (struct advice_names){ &column->name, 1 }, "fill"));
	advice.help = "add a plain column that a trigger keeps, and fill the old rows in batches; "
	              "or use an expression in a view, or VIRTUAL (PostgreSQL 18)";
	advice.rewrite = lint_format(
	        lint,
	        "ALTER TABLE %s ADD COLUMN %s;\n"
	        "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$\n"
	        "BEGIN\n"
	        "  NEW.%s := (SELECT %s FROM (SELECT NEW.*) AS new_row);\n"
	        "  RETURN NEW;\n"
	        "END $$;\n"
	        "CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s\n"
	        "  FOR EACH ROW EXECUTE FUNCTION %s();\n%s%s",
	        sql, advice_column(lint, column, cut), function, quoted, text, function, sql,
	        function,
	        advice_fill(lint, table, column->name, text, lint_format(lint, "(%s)", text)),
	        finish(lint, column));
	lint_report(
	        lint, RULE_ADD_COLUMN_GENERATED, advice,
	        "the stored column %s is computed for every row: %s and its indexes are written "
	        "anew while reads and writes wait",
	        quoted, sql);
}

static void add_column_generated(struct lint *lint)
{
	each_column(lint, check_generated);
}

static void check_serial(struct lint *lint, const struct ddl_column *column)
{
	struct advice_cut cut = { .parts = ADVICE_GENERATED | ADVICE_NOT_NULL | ADVICE_CONSTRAINTS,
		                  .type = ddl_serial_type(&column->type) };
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table), *quoted = lint_quote(lint, column->name);
	const char *sequence, *next;
	struct lint_advice advice;

	if (!column->identity && ddl_serial_type(&column->type) == NULL)
		return;
	advice = advice_on_rewrite(lint, column->identity ? column->at : column->type.at);
	sequence = lint_sql(
	        lint, (struct name){ .schema = table.schema,
	                             .name = advice_name(lint, table,
	                                                 (struct advice_names){ &column->name, 1 },
	                                                 "seq") });
	next = lint_format(lint, "nextval(%s)", string_to_sql(lint->arena, sequence));
	advice.help = "add a plain column, let a sequence number new rows, and number the old ones "
	              "in batches";
	advice.rewrite = lint_format(
	        lint,
	        "ALTER TABLE %s ADD COLUMN %s;\n"
	        "CREATE SEQUENCE %s OWNED BY %s.%s;\n"
	        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n%s%s",
	        sql, advice_column(lint, column, cut), sequence, sql, quoted, sql, quoted, next,
	        advice_fill(lint, table, column->name, next, NULL), finish(lint, column));
	lint_report(lint, RULE_ADD_COLUMN_SERIAL, advice,
	            "%s numbers every row: %s and its indexes are written anew while reads and "
	            "writes wait",
	            column->identity ? "IDENTITY" : column->type.name, sql);
}

static void add_column_serial(struct lint *lint)
{
	each_column(lint, check_serial);
}

/* ---- domains --------------------------------------------------------------------------------- */

/* The domain's CHECK with the column for VALUE. */
static const char *check_of_column(struct lint *lint, struct text check, const char *column)
{
	struct cursor cursor = cursor_of_text(lint->arena, check, lint->dialect);
	const unsigned char *from = check.start;
	const char *result = "";

	while (!cursor_at_end(&cursor)) {
		struct text token = cursor.token.text;

		if (cursor_is(&cursor, "value")) {
			result = lint_format(lint, "%s%.*s%s", result, (int)(token.start - from),
			                     (const char *)from, column);
			from = token.start + token.size;
		}
		cursor_advance(&cursor);
	}
	return lint_format(lint, "%s%.*s", result, (int)(check.start + check.size - from),
	                   (const char *)from);
}

/* What the domain asks of its values, if that is one thing; else NULL. */
static const char *condition_of(struct lint *lint, const struct ddl_column *domain,
                                const char *column)
{
	const char *condition = NULL;
	size_t i;

	if (domain->not_null)
		condition = lint_format(lint, "%s IS NOT NULL", column);
	for (i = 0; i < domain->constraint_count; i++) {
		if (domain->constraints[i].kind != CONSTRAINT_CHECK)
			continue;
		if (condition != NULL)
			return NULL;
		condition = check_of_column(lint, domain->constraints[i].expression, column);
	}
	return condition;
}

/* A column of the domain's own type, with its CHECK. */
static const char *without_domain(struct lint *lint, const struct ddl_column *column,
                                  const struct ddl *domain)
{
	const char *sql = lint_sql(lint, lint->ddl->name), *quoted = lint_quote(lint, column->name);
	const struct ddl_column *base = domain->column_count > 0 ? &domain->columns[0] : NULL;
	struct advice_cut cut = { 0 };
	const char *name, *condition;

	if (base == NULL || base->type.at.start == NULL)
		return NULL;
	condition = condition_of(lint, base, quoted);
	if (condition == NULL)
		return NULL;
	cut.type = lint_format(lint, "%.*s", (int)base->type.at.size,
	                       (const char *)base->type.at.start);
	name = lint_quote(lint, advice_name(lint, lint->ddl->name,
	                                    (struct advice_names){ &column->name, 1 }, "check"));
	return lint_format(lint,
	                   "ALTER TABLE %s ADD COLUMN %s;\n"
	                   "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID;\n" ADVICE_NEXT
	                   "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
	                   sql, advice_column(lint, column, cut), sql, name, condition, sql, name);
}

static void check_domain(struct lint *lint, const struct ddl_column *column)
{
	const struct schema_object *domain = domain_of(lint, &column->type);
	struct lint_advice advice;
	struct ddl definition;

	if (domain == NULL || !domain->has_check)
		return;
	advice = advice_on_rewrite(lint, column->type.at);
	advice.help = "add a column of the domain's own type, with a CHECK of its own";
	if (domain->origin.statement != NULL) {
		definition = ddl_read(lint->arena, domain->origin.statement, lint->dialect);
		advice.rewrite = without_domain(lint, column, &definition);
	}
	lint_report(
	        lint, RULE_ADD_COLUMN_DOMAIN, advice,
	        "the constraint of the domain %s makes PostgreSQL write %s and its indexes anew "
	        "while reads and writes wait",
	        lint_sql(lint, domain->name), lint_sql(lint, lint->ddl->name));
}

static void add_column_domain(struct lint *lint)
{
	each_column(lint, check_domain);
}

/* ---- NOT NULL without a value ---------------------------------------------------------------- */

static bool gets_a_value(struct lint *lint, const struct ddl_column *column)
{
	const struct schema_object *domain = domain_of(lint, &column->type);
	struct ddl definition;

	if (column->default_at.start != NULL || column->identity || column->generated ||
	    ddl_serial_type(&column->type) != NULL)
		return true;
	if (domain == NULL || domain->origin.statement == NULL)
		return false;
	definition = ddl_read(lint->arena, domain->origin.statement, lint->dialect);
	return definition.column_count > 0 && definition.columns[0].default_at.start != NULL;
}

static void check_required(struct lint *lint, const struct ddl_column *column)
{
	struct advice_cut cut = { .parts = ADVICE_NOT_NULL };
	bool is_key = has_constraint(column, CONSTRAINT_PRIMARY_KEY);
	const char *sql = lint_sql(lint, lint->ddl->name);
	struct lint_advice advice = { .at = column->at };

	if ((!column->not_null && !is_key) || gets_a_value(lint, column))
		return;
	if (is_key)
		cut.parts |= ADVICE_CONSTRAINTS;
	advice.help =
	        "give it a DEFAULT, which costs nothing if it is a constant or now(); or add it "
	        "without NOT NULL, and set that when the rows are filled";
	advice.rewrite = lint_format(
	        lint, "ALTER TABLE %s ADD COLUMN %s;\n%s%s", sql, advice_column(lint, column, cut),
	        advice_fill(lint, lint->ddl->name, column->name, "<its value>", NULL),
	        finish(lint, column));
	lint_report(
	        lint, RULE_ADD_REQUIRED_COLUMN, advice,
	        "%s has no value for the rows that %s has: this fails unless the table is empty",
	        lint_quote(lint, column->name), sql);
}

static void add_required_column(struct lint *lint)
{
	each_column(lint, check_required);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_rewrite },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_generated },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_serial },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_domain },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_required_column },
};

const struct lint_table lint_columns = { rules, sizeof(rules) / sizeof(rules[0]) };
