/* rules_affinity.c - SQLite: declared types and keys. */
#include "lint.h"

#include <stddef.h>
#include <string.h>

/* ---- what is common -------------------------------------------------------------------------- */

static bool contains(const char *text, const char *part)
{
	return text != NULL && strstr(text, part) != NULL;
}

static bool is_primary_key(const struct lint *lint, const struct ddl_column *column)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (column->primary_key)
		return true;
	for (i = 0; i < ddl->constraint_count; i++)
		if (ddl->constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		    ddl->constraints[i].column_count == 1 &&
		    name_same(ddl->constraints[i].columns[0], column->name, lint->dialect))
			return true;
	return false;
}

static bool is_in_primary_key(const struct lint *lint, const struct ddl_column *column)
{
	const struct ddl *ddl = lint->ddl;
	size_t i, j;

	for (i = 0; i < ddl->constraint_count; i++)
		for (j = 0; ddl->constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		            j < ddl->constraints[i].column_count;
		     j++)
			if (name_same(ddl->constraints[i].columns[j], column->name, lint->dialect))
				return true;
	return column->primary_key;
}

static bool is_integer(const struct ddl_column *column)
{
	return column->type.name != NULL && strcmp(column->type.name, "integer") == 0 &&
	       column->type.arguments == NULL;
}

/* "integer", as it was written: the reader may take another word for the same. */
static bool is_written_integer(const struct ddl_column *column)
{
	return text_equals_folded(text_trim(column->type.at), "integer") ||
	       text_equals_folded(text_trim(column->type.at), "\"integer\"");
}

static struct text type_or_name(const struct ddl_column *column)
{
	return column->type.at.size > 0 ? column->type.at : column->name_at;
}

/* ---- int-primary-key, nullable-primary-key --------------------------------------------------- */

static void int_primary_key(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; !ddl->without_rowid && !ddl->strict && i < ddl->column_count; i++) {
		const struct ddl_column *column = &ddl->columns[i];

		if (!is_primary_key(lint, column) || column->not_null || column->autoincrement ||
		    is_written_integer(column) ||
		    (!contains(column->type.name, "int") && !contains(column->type.name, "serial")))
			continue;
		lint_report(lint, RULE_INT_PRIMARY_KEY,
		            (struct lint_advice){ .at = column->type.at,
		                                  .help = "write INTEGER, no more and no less",
		                                  .fix = { column->type.at, "INTEGER" } },
		            "only INTEGER PRIMARY KEY numbers its rows: here an INSERT without %s "
		            "leaves NULL in it, in any number of rows",
		            lint_quote(lint, column->name));
	}
}

static void nullable_primary_key(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; !ddl->without_rowid && !ddl->strict && i < ddl->column_count; i++) {
		const struct ddl_column *column = &ddl->columns[i];

		if (!is_in_primary_key(lint, column) || column->not_null ||
		    (is_primary_key(lint, column) &&
		     (contains(column->type.name, "int") || contains(column->type.name, "serial"))))
			continue;
		lint_report(
		        lint, RULE_NULLABLE_PRIMARY_KEY,
		        (struct lint_advice){ .at = column->name_at,
		                              .help = "add NOT NULL, or make the table STRICT or "
		                                      "WITHOUT ROWID" },
		        "%s is a part of the primary key and may be NULL all the same",
		        lint_quote(lint, column->name));
	}
}

/* ---- strict-type ----------------------------------------------------------------------------- */

static bool is_strict_type(const struct ddl_type *type)
{
	static const char *const types[] = { "int", "integer", "real", "text", "blob", "any" };
	struct text written = text_trim(type->at);
	size_t i;

	if (type->name == NULL || type->arguments != NULL)
		return false;
	if (written.size > 2 && written.start[0] == '"')
		written = (struct text){ written.start + 1, written.size - 2 };
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_equals_folded(written, types[i]))
			return true;
	return false;
}

/* What is meant by it; NULL: nobody knows. */
static const char *strict_type_for(const char *name)
{
	static const struct {
		const char *part;
		const char *type;
	} types[] = {
		{ "point", "REAL" },   { "int", "INTEGER" }, { "serial", "INTEGER" },
		{ "bool", "INTEGER" }, { "char", "TEXT" },   { "clob", "TEXT" },
		{ "text", "TEXT" },    { "string", "TEXT" }, { "uuid", "TEXT" },
		{ "json", "TEXT" },    { "date", "TEXT" },   { "time", "TEXT" },
		{ "blob", "BLOB" },    { "binary", "BLOB" }, { "real", "REAL" },
		{ "floa", "REAL" },    { "doub", "REAL" },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (contains(name, types[i].part))
			return types[i].type;
	return NULL;
}

static void report_strict(struct lint *lint, struct name table, const struct ddl_column *column)
{
	const char *instead = strict_type_for(column->type.name);
	struct lint_advice advice = {
		.at = type_or_name(column),
		.help = instead != NULL ? lint_format(lint, "write %s", instead)
		                        : "write INT, INTEGER, REAL, TEXT, BLOB or ANY",
	};

	if (is_strict_type(&column->type))
		return;
	if (column->type.name == NULL) {
		lint_report(lint, RULE_STRICT_TYPE, advice, "%s is STRICT, so %s must have a type",
		            lint_sql(lint, table), lint_quote(lint, column->name));
		return;
	}
	if (instead != NULL)
		advice.fix = (struct fix){ column->type.at, instead };
	lint_report(lint, RULE_STRICT_TYPE, advice, "%s is STRICT and has no type %.*s",
	            lint_sql(lint, table), (int)column->type.at.size,
	            (const char *)column->type.at.start);
}

static void strict_type(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table;
	size_t i;

	if (ddl->kind == DDL_CREATE_TABLE) {
		for (i = 0; ddl->strict && i < ddl->column_count; i++)
			report_strict(lint, ddl->name, &ddl->columns[i]);
		return;
	}
	table = schema_table(lint->schema, ddl->name);
	for (i = 0; table != NULL && table->strict && i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_ADD_COLUMN)
			report_strict(lint, ddl->name, &ddl->actions[i].column);
}

/* ---- misleading-type, type-affinity ---------------------------------------------------------- */

/* Types that are stored as something that nobody would guess. */
static const char *surprise_of(const char *name)
{
	if (name == NULL)
		return NULL;
	if (strcmp(name, "floating point") == 0 || strcmp(name, "point") == 0 ||
	    strcmp(name, "interval") == 0)
		return "an integer: it is the INT in it that counts, and 1.0 is stored as 1";
	if (contains(name, "string") && !contains(name, "char") && !contains(name, "text"))
		return "a number where it looks like one: '007' is stored as 7";
	return NULL;
}

static void report_misleading(struct lint *lint, const struct ddl_column *column)
{
	const char *surprise = surprise_of(column->type.name);
	const char *instead = contains(column->type.name, "floating") ? "REAL" : "TEXT";

	if (surprise != NULL)
		lint_report(lint, RULE_MISLEADING_TYPE,
		            (struct lint_advice){ .at = column->type.at,
		                                  .help = lint_format(lint, "write %s", instead),
		                                  .fix = { column->type.at, instead } },
		            "to SQLite %.*s is %s", (int)column->type.at.size,
		            (const char *)column->type.at.start, surprise);
}

static void misleading_type(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; !ddl->strict && i < ddl->column_count; i++)
		report_misleading(lint, &ddl->columns[i]);
	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_ADD_COLUMN)
			report_misleading(lint, &ddl->actions[i].column);
}

/* Once for a table, at its first column that takes what its type does not say. */
static void type_affinity(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; !ddl->strict && !ddl->virtual_table && i < ddl->column_count; i++) {
		const struct ddl_column *column = &ddl->columns[i];

		if (column->type.name == NULL || contains(column->type.name, "blob") ||
		    (is_integer(column) && is_primary_key(lint, column)))
			continue;
		lint_report(lint, RULE_TYPE_AFFINITY,
		            (struct lint_advice){ .at = column->type.at,
		                                  .help = "make the table STRICT (SQLite 3.37 and "
		                                          "later), or add a CHECK with typeof()" },
		            "SQLite does not enforce %.*s: %s of %s takes a value of any type",
		            (int)column->type.at.size, (const char *)column->type.at.start,
		            lint_quote(lint, column->name), lint_sql(lint, ddl->name));
		return;
	}
}

/* ---- autoincrement --------------------------------------------------------------------------- */

static bool is_written_descending(const struct lint *lint, const struct ddl_column *column)
{
	struct lexer lexer;
	struct token token;
	bool is_desc = false;

	lexer_init_slice(&lexer, lint->dialect, column->at, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		is_desc |= token.kind == TOKEN_WORD && text_equals_folded(token.text, "desc");
	return is_desc;
}

static const char *refusal_of(const struct lint *lint, const struct ddl_column *column)
{
	if (lint->ddl->without_rowid)
		return "a table WITHOUT ROWID can not have AUTOINCREMENT";
	if (!is_primary_key(lint, column))
		return "AUTOINCREMENT stands behind PRIMARY KEY only";
	if (!is_written_integer(column) || is_written_descending(lint, column))
		return "AUTOINCREMENT is for INTEGER PRIMARY KEY only, written so";
	return NULL;
}

static void report_autoincrement(struct lint *lint, const struct ddl_column *column,
                                 const char *refusal)
{
	struct lint_advice advice = {
		.at = column->at,
		.help = "leave AUTOINCREMENT out: INTEGER PRIMARY KEY numbers its rows without it",
	};

	if (!lint->ddl->without_rowid && is_primary_key(lint, column) &&
	    !is_written_integer(column) && column->type.at.size > 0) {
		advice.help = "write INTEGER";
		advice.fix = (struct fix){ column->type.at, "INTEGER" };
	}
	lint_report(lint, RULE_AUTOINCREMENT, advice, "%s", refusal);
}

static void autoincrement(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->column_count; i++) {
		const struct ddl_column *column = &ddl->columns[i];
		const char *refusal = column->autoincrement ? refusal_of(lint, column) : NULL;

		if (refusal != NULL)
			report_autoincrement(lint, column, refusal);
	}
}

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, int_primary_key },
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, nullable_primary_key },
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT,
	  strict_type },
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT,
	  misleading_type },
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, type_affinity },
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, autoincrement },
};

const struct lint_table lint_affinity = { rules, sizeof(rules) / sizeof(rules[0]) };
