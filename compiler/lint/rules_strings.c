/* rules_strings.c - SQLite: strings in double quotes, which are names. */
#include "mentions.h"

#include <stddef.h>
#include <string.h>

static bool is_quoted(const struct token *token)
{
	return token->kind == TOKEN_NAME && token->text.start[0] == '"';
}

/* Those of one statement: told once. */
#define STRINGS_MAX 64
struct strings {
	struct token tokens[STRINGS_MAX];
	size_t count;
};

/* Kept in the order of the text. */
static void add_string(struct strings *strings, const struct token *token)
{
	size_t i;

	if (strings->count == STRINGS_MAX)
		return;
	for (i = strings->count; i > 0; i--) {
		if (strings->tokens[i - 1].text.start == token->text.start)
			return;
		if (strings->tokens[i - 1].text.start < token->text.start)
			break;
	}
	memmove(&strings->tokens[i + 1], &strings->tokens[i],
	        (strings->count - i) * sizeof(*strings->tokens));
	strings->tokens[i] = *token;
	strings->count++;
}

/* From the first to the last of them, with single quotes. */
static struct fix fix_of(struct lint *lint, const struct strings *strings)
{
	const struct text first = strings->tokens[0].text;
	const struct text last = strings->tokens[strings->count - 1].text;
	const unsigned char *kept = first.start;
	const char *text = "";
	size_t i;

	for (i = 0; i < strings->count; i++) {
		const struct token *token = &strings->tokens[i];

		text = lint_format(lint, "%s%.*s%s", text, (int)(token->text.start - kept),
		                   (const char *)kept,
		                   string_to_sql(lint->arena, name_from_token(lint->arena, token,
		                                                              lint->dialect)));
		kept = token->text.start + token->text.size;
	}
	return (struct fix){
		{ first.start, (size_t)(last.start + last.size - first.start) },
		text,
	};
}

static void report(struct lint *lint, const struct strings *strings)
{
	const struct token *first = &strings->tokens[0];

	if (strings->count > 0)
		lint_report(lint, RULE_DOUBLE_QUOTED_STRING,
		            (struct lint_advice){
		                    .at = first->text,
		                    .help = lint_format(
		                            lint, "write %s%s",
		                            string_to_sql(lint->arena,
		                                          name_from_token(lint->arena, first,
		                                                          lint->dialect)),
		                            strings->count > 1 ? ", and so on" : ""),
		                    .fix = fix_of(lint, strings) },
		            "double quotes are for names: a SQLite that is built to insist on it "
		            "(DQS=0) refuses this");
}

/* DEFAULT "x". */
static void find_defaults(struct lint *lint, const struct ddl_column *columns, size_t count,
                          struct strings *strings)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct lexer lexer;
		struct token token;

		if (columns[i].default_at.start == NULL)
			continue;
		lexer_init_slice(&lexer, lint->dialect, columns[i].default_at, true);
		token = lexer_next_significant(&lexer);
		if (is_quoted(&token))
			add_string(strings, &token);
	}
}

/* ---- names that are no columns --------------------------------------------------------------- */

#define SCOPE_MAX 24

/* The tables of a statement, all of whose columns are known. */
struct scope {
	const struct schema_table *tables[SCOPE_MAX];
	size_t count;
	const struct ddl *create; /* CREATE TABLE: the one that is being made. */
};

static bool add_table(const struct lint *lint, struct scope *scope, struct name name)
{
	const struct schema_table *table = schema_table(lint->schema, name);

	if (table == NULL || table->is_opaque || scope->count == SCOPE_MAX)
		return false;
	scope->tables[scope->count++] = table;
	return true;
}

/* false: there are sources whose columns nobody knows. */
static bool find_scope(struct lint *lint, struct scope *scope)
{
	const struct ddl *ddl = lint->ddl;
	struct mentions mentions;
	size_t i;

	*scope = (struct scope){ .create = NULL };
	if (ddl->kind == DDL_CREATE_TABLE) {
		scope->create = ddl;
		return ddl->as_query.start == NULL && !ddl->virtual_table;
	}
	mentions = mentions_read(lint, ddl->statement->text);
	if (mentions.has_others || mentions.count == MENTIONS_MAX)
		return false;
	for (i = 0; i < mentions.count; i++)
		if (!add_table(lint, scope, mentions.tables[i]))
			return false;
	if (ddl->kind == DDL_CREATE_INDEX || ddl->kind == DDL_CREATE_TRIGGER ||
	    ddl->kind == DDL_ALTER_TABLE)
		return add_table(lint, scope,
		                 ddl->kind == DDL_ALTER_TABLE ? ddl->name : ddl->table);
	return true;
}

static bool is_column(const struct lint *lint, const struct scope *scope, const char *name)
{
	static const char *const always[] = { "rowid", "oid", "_rowid_" };
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (name_same(name, always[i], lint->dialect))
			return true;
	for (i = 0; scope->create != NULL && i < scope->create->column_count; i++)
		if (name_same(scope->create->columns[i].name, name, lint->dialect))
			return true;
	for (i = 0; i < scope->count; i++)
		if (schema_column(lint->schema, scope->tables[i], name) != NULL)
			return true;
	for (i = 0; lint->ddl->kind == DDL_ALTER_TABLE && i < lint->ddl->action_count; i++)
		if (lint->ddl->actions[i].kind == ACTION_ADD_COLUMN &&
		    name_same(lint->ddl->actions[i].column.name, name, lint->dialect))
			return true;
	return false;
}

/* Behind these nothing but a value can stand; elsewhere it may be a name that is being given. */
static bool is_value_place(const struct token *before)
{
	static const char *const words[] = { "like", "glob", "then", "else", "between" };
	static const char *const signs[] = { "=", "==", "<>", "!=", "<", ">", "<=", ">=", "||" };
	size_t i;

	for (i = 0; before->kind == TOKEN_WORD && i < sizeof(words) / sizeof(words[0]); i++)
		if (text_equals_folded(before->text, words[i]))
			return true;
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (text_equals_folded(before->text, signs[i]))
			return true;
	return false;
}

/* The level of parentheses of a list of values: VALUES ("x", ...), IN ("x", ...). */
struct value_list {
	size_t depth;
	size_t inside; /* 0: in none. */
};

static bool follow_list(struct value_list *list, const struct token *before,
                        const struct token *token)
{
	bool is_start = token->kind == TOKEN_OPEN && before->kind == TOKEN_WORD &&
	                (text_equals_folded(before->text, "values") ||
	                 text_equals_folded(before->text, "in"));

	if (token->kind == TOKEN_OPEN)
		list->depth++;
	if (is_start)
		list->inside = list->depth;
	if (token->kind == TOKEN_CLOSE && list->depth > 0) {
		if (list->inside == list->depth)
			list->inside = 0;
		list->depth--;
	}
	return list->inside > 0 && list->inside == list->depth;
}

static bool is_sign(const struct token *token, const char *sign)
{
	return token->kind != TOKEN_WORD && text_equals_folded(token->text, sign);
}

static void find_values(struct lint *lint, struct strings *strings)
{
	struct token before = { .kind = TOKEN_END }, token, after;
	struct value_list list = { 0, 0 };
	struct scope scope;
	struct lexer lexer;

	if (!find_scope(lint, &scope))
		return;
	lexer_init_slice(&lexer, lint->dialect, lint->ddl->statement->text, true);
	token = lexer_next_significant(&lexer);
	for (; token.kind != TOKEN_END; before = token, token = after) {
		bool in_list = follow_list(&list, &before, &token);

		after = lexer_next_significant(&lexer);
		if (is_quoted(&token) &&
		    (is_value_place(&before) ||
		     (in_list && (before.kind == TOKEN_OPEN || is_sign(&before, ",")))) &&
		    after.kind != TOKEN_OPEN && !is_sign(&after, ".") &&
		    !is_column(lint, &scope, name_from_token(lint->arena, &token, lint->dialect)))
			add_string(strings, &token);
	}
}

static void double_quoted_string(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct strings strings;

	if (memchr(ddl->statement->text.start, '"', ddl->statement->text.size) == NULL)
		return;
	strings.count = 0;
	find_defaults(lint, ddl->columns, ddl->column_count, &strings);
	if (ddl->action_count > 0)
		find_defaults(lint, &ddl->actions[0].column, 1, &strings);
	find_values(lint, &strings);
	report(lint, &strings);
}

static const struct lint_rule rules[] = {
	{ ON_SQLITE,
	  LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE) | LINT_ON(DDL_CREATE_INDEX) |
	          LINT_ON(DDL_CREATE_VIEW) | LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_INSERT) |
	          LINT_ON(DDL_UPDATE) | LINT_ON(DDL_DELETE) | LINT_ON(DDL_SELECT),
	  LINT_AT_STATEMENT, double_quoted_string },
};

const struct lint_table lint_strings = { rules, sizeof(rules) / sizeof(rules[0]) };
