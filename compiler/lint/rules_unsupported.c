/* rules_unsupported.c - SQLite: the ALTER TABLE that it does not have. */
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

struct missing {
	const char *what;
	const char *help;
	bool is_rebuilt; /* A rebuild of the table does it. */
};

static struct missing missing_constraint(const struct ddl_constraint *constraint)
{
	switch (constraint->kind) {
	case CONSTRAINT_CHECK:
	case CONSTRAINT_NOT_NULL:
		return (struct missing){ "can not add a CHECK before 3.53", "rebuild the table",
			                 true };
	case CONSTRAINT_UNIQUE:
		return (struct missing){ "can not add a UNIQUE constraint",
			                 "create a unique index: it does the same", false };
	case CONSTRAINT_FOREIGN_KEY:
		return (struct missing){ "can not add a foreign key", "rebuild the table", true };
	case CONSTRAINT_PRIMARY_KEY:
		return (struct missing){ "can not add a primary key", "rebuild the table", true };
	case CONSTRAINT_EXCLUDE: break;
	}
	return (struct missing){ "has no EXCLUDE constraints", "write a trigger", false };
}

static struct missing missing_of(const struct ddl_action *action)
{
	switch (action->kind) {
	case ACTION_ADD_COLUMN:
	case ACTION_DROP_COLUMN:
	case ACTION_RENAME_COLUMN:
	case ACTION_RENAME: return (struct missing){ NULL, NULL, false };
	case ACTION_SET_TYPE:
		return (struct missing){ "can not change a column's type", "rebuild the table",
			                 true };
	case ACTION_SET_DEFAULT:
	case ACTION_DROP_DEFAULT:
		return (struct missing){ "can not change a column's default", "rebuild the table",
			                 true };
	case ACTION_SET_NOT_NULL:
		return (struct missing){ "can not SET NOT NULL before 3.53", "rebuild the table",
			                 true };
	case ACTION_DROP_NOT_NULL:
		return (struct missing){ "can not DROP NOT NULL before 3.53", "rebuild the table",
			                 true };
	case ACTION_ADD_CONSTRAINT: return missing_constraint(&action->constraint);
	case ACTION_DROP_CONSTRAINT:
		return (struct missing){ "can not drop a constraint (before 3.53; since then a "
			                 "CHECK only)",
			                 "rebuild the table", true };
	default: break;
	}
	return (struct missing){ "has no such ALTER TABLE",
		                 "it has RENAME TO, RENAME COLUMN, ADD COLUMN and DROP COLUMN; "
		                 "anything else takes a rebuild of the table",
		                 false };
}

static const char *unique_index(struct lint *lint, const struct ddl_constraint *constraint)
{
	const char *columns = "";
	const char *name = lint->ddl->name.name;
	size_t i;

	for (i = 0; i < constraint->column_count; i++) {
		columns = lint_format(lint, "%s%s%s", columns, i == 0 ? "" : ", ",
		                      lint_quote(lint, constraint->columns[i]));
		name = lint_format(lint, "%s_%s", name, constraint->columns[i]);
	}
	return lint_format(lint, "CREATE UNIQUE INDEX %s ON %s (%s);",
	                   lint_quote(lint, constraint->name != NULL ? constraint->name : name),
	                   lint_sql(lint, lint->ddl->name), columns);
}

static const char *rewrite_of(struct lint *lint, const struct ddl_action *action,
                              const struct missing *missing)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);

	if (action->kind == ACTION_ADD_CONSTRAINT && action->constraint.kind == CONSTRAINT_UNIQUE &&
	    action->constraint.column_count > 0)
		return unique_index(lint, &action->constraint);
	if (!missing->is_rebuilt || table == NULL)
		return NULL;
	return rebuild_sql(lint, table, (struct rebuild_change){ .action = action });
}

/* ---- several actions ------------------------------------------------------------------------- */

static void report_several(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const char *table = lint_sql(lint, ddl->name);
	const char *statements = "";
	size_t i;

	for (i = 0; i < ddl->action_count; i++)
		statements =
		        lint_format(lint, "%s%sALTER TABLE %s %s", statements, i == 0 ? "" : ";\n",
		                    table, arena_copy(lint->arena, text_trim(ddl->actions[i].at)));
	lint_report(lint, RULE_UNSUPPORTED_ALTER,
	            (struct lint_advice){ .at = ddl->actions[1].at,
	                                  .help = "write a statement for each",
	                                  .rewrite = lint_format(lint, "%s;", statements),
	                                  .fix = { ddl->statement->text, statements } },
	            "SQLite does one thing in one ALTER TABLE");
}

/* ---- words that are too many ----------------------------------------------------------------- */

/* "IF EXISTS", "IF NOT EXISTS", "ONLY", "CASCADE" in the statement, outside of a definition. */
static struct text find_words(const struct lint *lint, const char *first, const char *last)
{
	struct text found = { NULL, 0 };
	struct lexer lexer;
	struct token token;
	size_t depth = 0;

	lexer_init_slice(&lexer, lint->dialect, lint->ddl->statement->text, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		depth += token.kind == TOKEN_OPEN;
		depth -= token.kind == TOKEN_CLOSE && depth > 0;
		if (depth > 0 || token.kind != TOKEN_WORD)
			continue;
		if (found.start == NULL && text_equals_folded(token.text, first))
			found = token.text;
		if (found.start != NULL && text_equals_folded(token.text, last)) {
			found.size = (size_t)(token.text.start + token.text.size - found.start);
			return found;
		}
	}
	return (struct text){ NULL, 0 };
}

/* The words and the space behind them, or before them at the end. */
static struct text with_space(const struct lint *lint, struct text words)
{
	struct text all = lint->ddl->statement->text;
	const unsigned char *end = all.start + all.size;

	if (words.start + words.size == end)
		while (words.start > all.start && words.start[-1] == ' ') {
			words.start--;
			words.size++;
		}
	while (words.start + words.size < end && words.start[words.size] == ' ')
		words.size++;
	return words;
}

static void report_words(struct lint *lint, const char *first, const char *last)
{
	struct text words = find_words(lint, first, last);

	if (words.start == NULL)
		return;
	lint_report(lint, RULE_UNSUPPORTED_ALTER,
	            (struct lint_advice){ .at = words,
	                                  .help = "leave it out: a migration runs once",
	                                  .fix = { with_space(lint, words), "" } },
	            "SQLite has no %.*s in ALTER TABLE", (int)words.size,
	            (const char *)words.start);
}

static void report_flags(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	bool if_exists = ddl->if_exists, if_not_exists = ddl->if_not_exists;
	bool cascade = ddl->cascade;
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		if_exists |= ddl->actions[i].if_exists;
		if_not_exists |= ddl->actions[i].if_not_exists;
		cascade |= ddl->actions[i].cascade;
	}
	if (if_exists || if_not_exists)
		report_words(lint, "if", "exists");
	if (ddl->only)
		report_words(lint, "only", "only");
	if (cascade)
		report_words(lint, "cascade", "cascade");
}

static void unsupported_alter(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	report_flags(lint);
	if (ddl->action_count > 1)
		report_several(lint);
	for (i = 0; i < ddl->action_count; i++) {
		struct missing missing = missing_of(&ddl->actions[i]);

		if (missing.what != NULL)
			lint_report(
			        lint, RULE_UNSUPPORTED_ALTER,
			        (struct lint_advice){
			                .at = ddl->actions[i].at,
			                .help = missing.help,
			                .rewrite = rewrite_of(lint, &ddl->actions[i], &missing) },
			        "SQLite %s", missing.what);
	}
}

static void unsupported_object(struct lint *lint)
{
	bool is_view = lint->ddl->kind == DDL_ALTER_VIEW;

	lint_report(lint, RULE_UNSUPPORTED_ALTER,
	            (struct lint_advice){ .help = "drop it, and create it as it should be" },
	            "SQLite has no ALTER %s", is_view ? "VIEW" : "INDEX");
}

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, unsupported_alter },
	{ ON_SQLITE, LINT_ON(DDL_ALTER_INDEX) | LINT_ON(DDL_ALTER_VIEW), LINT_AT_STATEMENT,
	  unsupported_object },
};

const struct lint_table lint_unsupported = { rules, sizeof(rules) / sizeof(rules[0]) };
