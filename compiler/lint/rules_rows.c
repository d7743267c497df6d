/* rules_rows.c - what is done to rows: all of them changed, copied by position, compared with
 * NULL. */
#include "mentions.h"

#include <stddef.h>
#include <string.h>

/* ---- without WHERE --------------------------------------------------------------------------- */

/* No condition, or one that is always true: true, 1, 1 = 1. */
static bool takes_all(const struct lint *lint, struct text where)
{
	struct token tokens[4];
	struct lexer lexer;
	size_t count = 0;

	if (where.start == NULL)
		return true;
	lexer_init_slice(&lexer, lint->dialect, where, true);
	while (count < 4 && (tokens[count] = lexer_next_significant(&lexer)).kind != TOKEN_END)
		count++;
	if (count == 1)
		return text_equals_folded(tokens[0].text, "true") ||
		       text_equals_folded(tokens[0].text, "1");
	return count == 3 && tokens[0].kind == TOKEN_NUMBER && tokens[2].kind == TOKEN_NUMBER &&
	       text_equals_folded(tokens[1].text, "=") &&
	       text_equals(tokens[0].text, tokens[2].text);
}

/* Its rows are replaced: the script fills it again, by values that are written there. */
static bool is_filled_again(const struct lint *lint)
{
	size_t i;

	for (i = lint->index + 1; i < lint->script->count; i++)
		if (lint->script_ddl[i].kind == DDL_INSERT &&
		    lint->script_ddl[i].as_query.start == NULL &&
		    name_equals(lint->script_ddl[i].table, lint->ddl->table, lint->dialect))
			return true;
	return false;
}

static bool is_internal(const struct lint *lint)
{
	const char *name = lint->ddl->table.name;

	return lint->dialect == DIALECT_SQLITE && name != NULL && strncmp(name, "sqlite_", 7) == 0;
}

static void delete_without_where(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;

	if (ddl->table.name == NULL || !takes_all(lint, ddl->where) ||
	    !lint_may_have_rows(lint, ddl->table) || is_internal(lint) || is_filled_again(lint))
		return;
	lint_report(lint, RULE_DELETE_WITHOUT_WHERE,
	            (struct lint_advice){ .at = ddl->table.at,
	                                  .help = "say which rows; or, if all of them are meant, "
	                                          "`-- inlay:ignore delete-without-where -- why`" },
	            "all rows of %s are deleted", lint_sql(lint, ddl->table));
}

/* The one column of the primary key, or NULL. */
static const char *key_of(const struct schema_table *table)
{
	size_t i;

	for (i = 0; table != NULL && i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		    table->constraints[i].column_count == 1)
			return table->constraints[i].columns[0];
	return NULL;
}

/* "UPDATE t AS o SET a = 1, b = 2", without its WHERE; size 0 when there is more to it. */
static struct text update_of(const struct lint *lint)
{
	struct text all = lint->ddl->statement->text, none = { NULL, 0 };
	const unsigned char *end = all.start + all.size;
	struct lexer lexer;
	struct token token;
	size_t depth = 0;

	lexer_init_slice(&lexer, lint->dialect, all, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		depth += token.kind == TOKEN_OPEN;
		depth -= token.kind == TOKEN_CLOSE && depth > 0;
		if (depth > 0 || token.kind != TOKEN_WORD)
			continue;
		if (text_equals_folded(token.text, "with") ||
		    text_equals_folded(token.text, "from") ||
		    text_equals_folded(token.text, "returning"))
			return none;
		if (text_equals_folded(token.text, "where"))
			end = token.text.start;
	}
	return text_trim((struct text){ all.start, (size_t)(end - all.start) });
}

/* One batch, to be repeated. */
static const char *batch_of(struct lint *lint)
{
	const char *key = key_of(lint_existing(lint, lint->ddl->table));
	struct text update = update_of(lint);

	if (key == NULL || update.size == 0)
		return NULL;
	key = lint_quote(lint, key);
	return lint_format(
	        lint,
	        "-- for one range of %s after the other, each in a transaction of its own\n"
	        "%s\nWHERE %s BETWEEN ... AND ...;",
	        key, arena_copy(lint->arena, update), key);
}

static void update_without_where(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;

	if (ddl->table.name == NULL || !takes_all(lint, ddl->where) ||
	    !lint_may_have_rows(lint, ddl->table))
		return;
	lint_report(lint, RULE_UPDATE_WITHOUT_WHERE,
	            (struct lint_advice){
	                    .at = ddl->table.at,
	                    .lock = lint_format(lint,
	                                        "every row of %s until the commit: writes of these "
	                                        "rows wait",
	                                        lint_sql(lint, ddl->table)),
	                    .help = "change the rows in batches, each in a transaction of its own: "
	                            "by a function (`-- migrate:call`), or by a job",
	                    .rewrite = batch_of(lint) },
	            "all rows of %s are written anew in one transaction",
	            lint_sql(lint, ddl->table));
}

/* ---- copy-by-position ------------------------------------------------------------------------ */

/* The one table that is copied from, when it is as simple as that. */
static const struct schema_table *copied_from(struct lint *lint)
{
	struct mentions mentions = mentions_read(lint, lint->ddl->as_query);
	const struct schema_table *table;

	if (mentions.count != 1 || mentions.has_others)
		return NULL;
	table = schema_table(lint->schema, mentions.tables[0]);
	return table == NULL || table->is_opaque ? NULL : table;
}

/* The next column that INSERT fills or that * stands for. */
static const char *next_column(const struct schema_table *table, size_t *i)
{
	while (*i < table->column_count && table->columns[*i].generated)
		(*i)++;
	return *i < table->column_count ? table->columns[(*i)++].name : NULL;
}

static const char *next_target(const struct lint *lint, const struct schema_table *to, size_t *i)
{
	const struct ddl *ddl = lint->ddl;

	if (ddl->index_column_count > 0)
		return *i < ddl->index_column_count ? ddl->index_columns[(*i)++].name : NULL;
	return to == NULL || to->is_opaque ? NULL : next_column(to, i);
}

/* Its name where the two orders differ first; NULL: they do not, or nobody knows. */
static const char *first_difference(const struct lint *lint, const struct schema_table *from,
                                    const struct schema_table *to, const char **other)
{
	size_t i = 0, j = 0;

	for (;;) {
		const char *source = i < from->column_count ? from->columns[i++].name : NULL;
		const char *target = next_target(lint, to, &j);

		if (source == NULL || target == NULL)
			return NULL;
		*other = target;
		if (!name_same(source, target, lint->dialect))
			return source;
	}
}

/* INSERT INTO a (x, y) SELECT x, y FROM b, with the columns that both have. */
static const char *by_name(struct lint *lint, const struct schema_table *from,
                           const struct schema_table *to)
{
	const char *list = NULL;
	size_t i;

	for (i = 0; to != NULL && !to->is_opaque && i < to->column_count; i++) {
		const char *name = lint_quote(lint, to->columns[i].name);

		if (to->columns[i].generated ||
		    schema_column(lint->schema, from, to->columns[i].name) == NULL)
			continue;
		list = list == NULL ? name : lint_format(lint, "%s, %s", list, name);
	}
	if (list == NULL)
		return NULL;
	return lint_format(lint, "INSERT INTO %s (%s)\nSELECT %s FROM %s;",
	                   lint_sql(lint, lint->ddl->table), list, list,
	                   lint_sql(lint, from->name));
}

static void copy_by_position(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *to = schema_table(lint->schema, ddl->table);
	const struct schema_table *from;
	const char *source, *target = NULL;

	if (!ddl->select_star || ddl->as_query.start == NULL)
		return;
	from = copied_from(lint);
	if (from == NULL || (to == NULL && ddl->index_column_count == 0))
		return; /* Nobody knows either order: the rehearsal tells. */
	source = first_difference(lint, from, to, &target);
	if (source == NULL)
		return;
	lint_report(lint, RULE_COPY_BY_POSITION,
	            (struct lint_advice){ .at = ddl->as_query,
	                                  .help = "name the columns",
	                                  .rewrite = by_name(lint, from, to) },
	            "SELECT * goes by position: %s of %s ends up in %s of %s",
	            lint_quote(lint, source), lint_sql(lint, from->name), lint_quote(lint, target),
	            lint_sql(lint, ddl->table));
}

/* ---- null-comparison ------------------------------------------------------------------------- */

#define DEPTH_MAX 64

/* Where a scan is: in `SET a = ..., b = ...` the first "=" of each item assigns. */
struct assignments {
	size_t depth;
	bool is_list[DEPTH_MAX];
	bool is_open[DEPTH_MAX]; /* The item's "=" is still to come. */
};

static void follow(struct assignments *here, const struct token *token)
{
	bool begins = token->kind == TOKEN_WORD && text_equals_folded(token->text, "set");
	bool ends = token->kind == TOKEN_SEMICOLON ||
	            (token->kind == TOKEN_WORD && (text_equals_folded(token->text, "where") ||
	                                           text_equals_folded(token->text, "returning")));

	if (token->kind == TOKEN_OPEN && here->depth + 1 < DEPTH_MAX) {
		here->depth++;
		ends = true;
	} else if (token->kind == TOKEN_CLOSE && here->depth > 0) {
		here->depth--;
	} else if (text_equals_folded(token->text, ",")) {
		here->is_open[here->depth] = here->is_list[here->depth];
	}
	if (begins || ends)
		here->is_list[here->depth] = here->is_open[here->depth] = begins;
}

static bool is_comparison(const struct token *token, bool *is_equal)
{
	bool equal = text_equals_folded(token->text, "=") || text_equals_folded(token->text, "==");

	*is_equal = equal;
	return equal || text_equals_folded(token->text, "<>") ||
	       text_equals_folded(token->text, "!=");
}

static void report_null(struct lint *lint, const struct token *sign, const struct token *null,
                        bool is_equal)
{
	struct text at = { sign->text.start,
		           (size_t)(null->text.start + null->text.size - sign->text.start) };
	const char *instead = is_equal ? "IS NULL" : "IS NOT NULL";

	lint_report(lint, RULE_NULL_COMPARISON,
	            (struct lint_advice){ .at = at,
	                                  .help = lint_format(lint, "write %s", instead),
	                                  .fix = { at, instead } },
	            "a comparison with NULL is never true");
}

static void null_comparison(struct lint *lint)
{
	struct assignments here = { .depth = 0 };
	struct token token, sign = { .kind = TOKEN_END };
	struct lexer lexer;
	bool is_equal = false, was_compared = false;

	lexer_init_slice(&lexer, lint->dialect, lint->ddl->statement->text,
	                 lint->ddl->statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (was_compared && token.kind == TOKEN_WORD &&
		    text_equals_folded(token.text, "null"))
			report_null(lint, &sign, &token, is_equal);
		follow(&here, &token);
		was_compared = is_comparison(&token, &is_equal);
		if (was_compared && is_equal && here.is_open[here.depth]) {
			here.is_open[here.depth] = false;
			was_compared = false;
		}
		sign = token;
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

/* What has conditions; a function's body is its language's. */
#define WITH_CONDITIONS                                                                            \
	(LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE) | LINT_ON(DDL_CREATE_INDEX) |        \
	 LINT_ON(DDL_CREATE_VIEW) | LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_CREATE_POLICY) |     \
	 LINT_ON(DDL_CREATE_RULE) | LINT_ON(DDL_CREATE_DOMAIN) | LINT_ON(DDL_ALTER_DOMAIN) |       \
	 LINT_ON(DDL_INSERT) | LINT_ON(DDL_UPDATE) | LINT_ON(DDL_DELETE) | LINT_ON(DDL_MERGE) |    \
	 LINT_ON(DDL_SELECT))

static const struct lint_rule rules[] = {
	{ ON_BOTH, LINT_ON(DDL_DELETE), LINT_AT_STATEMENT, delete_without_where },
	{ ON_POSTGRES, LINT_ON(DDL_UPDATE), LINT_AT_STATEMENT, update_without_where },
	{ ON_BOTH, LINT_ON(DDL_INSERT), LINT_AT_STATEMENT, copy_by_position },
	{ ON_BOTH, WITH_CONDITIONS, LINT_AT_STATEMENT, null_comparison },
};

const struct lint_table lint_rows = { rules, sizeof(rules) / sizeof(rules[0]) };
