/* mentions.c - which tables and columns a piece of SQL speaks of. */
#include "mentions.h"

#include <string.h>

#define DEPTH_MAX 64

/* Where a scan of the tokens is. */
struct scan {
	struct lint *lint;
	struct lexer lexer;
	struct token before; /* The one before `token`. */
	struct token token;
	size_t depth;
	bool in_from[DEPTH_MAX]; /* A comma on that level parts tables. */
};

static struct scan scan_of(struct lint *lint, struct text sql)
{
	struct scan scan = { .lint = lint };

	if (sql.start == NULL)
		sql = text_of("");
	lexer_init_slice(&scan.lexer, lint->dialect, sql, true);
	scan.token = lexer_next_significant(&scan.lexer);
	return scan;
}

static void advance(struct scan *scan)
{
	scan->before = scan->token;
	scan->token = lexer_next_significant(&scan->lexer);
}

static bool is_one_of(const struct token *token, const char *const *words)
{
	for (; token->kind == TOKEN_WORD && *words != NULL; words++)
		if (text_equals_folded(token->text, *words))
			return true;
	return false;
}

static bool is_word(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && text_equals_folded(token->text, word);
}

static bool is_sign(const struct token *token, char sign)
{
	return token->text.size == 1 && token->text.start[0] == sign;
}

static const char *name_at(const struct scan *scan)
{
	return name_from_token(scan->lint->arena, &scan->token, scan->lint->dialect);
}

static bool is_name(const struct scan *scan, const char *name)
{
	const char *here;

	if (scan->token.kind != TOKEN_WORD && scan->token.kind != TOKEN_NAME)
		return false;
	here = name_at(scan);
	return here != NULL && name_same(here, name, scan->lint->dialect);
}

static const char *const follows_table[] = {
	"on",     "using",   "join",      "left",   "right",   "full",        "inner",
	"outer",  "cross",   "natural",   "where",  "group",   "order",       "limit",
	"having", "window",  "union",     "except", "set",     "offset",      "values",
	"select", "default", "returning", "with",   "indexed", "not",         "intersect",
	"for",    "do",      "end",       "when",   "fetch",   "tablesample", NULL,
};

static const char *const ends_from[] = {
	"where", "group",  "order",  "limit",     "having",    "union",  "except",
	"set",   "values", "select", "returning", "intersect", "window", NULL,
};

/* Goes past schema.name and an alias. */
static void take_table(struct scan *scan, struct mentions *mentions)
{
	struct name name = { .name = name_at(scan), .at = scan->token.text };
	const char *alias = NULL;

	advance(scan);
	if (is_sign(&scan->token, '.')) {
		advance(scan);
		name.schema = name.name;
		name.name = name_at(scan);
		advance(scan);
	}
	if (scan->token.kind == TOKEN_OPEN && scan->in_from[scan->depth]) {
		mentions->has_others = true; /* A function. */
		return;
	}
	if (is_word(&scan->token, "as"))
		advance(scan);
	if (!is_one_of(&scan->token, follows_table) &&
	    (scan->token.kind == TOKEN_WORD || scan->token.kind == TOKEN_NAME)) {
		alias = name_at(scan);
		advance(scan);
	}
	if (name.name == NULL || mentions->count == MENTIONS_MAX) {
		mentions->has_others = true;
		return;
	}
	mentions->aliases[mentions->count] = alias;
	mentions->tables[mentions->count++] = name;
}

/* Behind FROM and the like: a table, or a group. */
static void take_source(struct scan *scan, struct mentions *mentions)
{
	static const char *const passed[] = { "or",   "abort", "rollback", "replace", "ignore",
		                              "fail", "only",  "lateral",  "table",   NULL };
	static const char *const queries[] = { "select", "values", "with", NULL };

	while (is_one_of(&scan->token, passed))
		advance(scan);
	while (scan->token.kind == TOKEN_OPEN && scan->depth + 1 < DEPTH_MAX) {
		mentions->has_others = true;
		advance(scan);
		scan->in_from[++scan->depth] = !is_one_of(&scan->token, queries);
	}
	if (!is_one_of(&scan->token, queries) &&
	    (scan->token.kind == TOKEN_WORD || scan->token.kind == TOKEN_NAME))
		take_table(scan, mentions);
}

static void take_token(struct scan *scan, struct mentions *mentions)
{
	static const char *const sources[] = { "from", "join", "into", NULL };
	bool is_update = is_word(&scan->token, "update") && !is_word(&scan->before, "do") &&
	                 !is_word(&scan->before, "for") && !is_word(&scan->before, "on") &&
	                 !is_word(&scan->before, "after") && !is_word(&scan->before, "before") &&
	                 !is_word(&scan->before, "or") && !is_word(&scan->before, "of");
	bool is_from = is_word(&scan->token, "from");

	if (scan->token.kind == TOKEN_OPEN && scan->depth + 1 < DEPTH_MAX)
		scan->in_from[++scan->depth] = false;
	else if (scan->token.kind == TOKEN_CLOSE && scan->depth > 0)
		scan->depth--;
	else if (scan->token.kind == TOKEN_SEMICOLON || is_one_of(&scan->token, ends_from))
		scan->in_from[scan->depth] = false;
	if (is_from && is_word(&scan->before, "distinct")) {
		advance(scan); /* IS DISTINCT FROM */
		return;
	}
	if (is_update || is_one_of(&scan->token, sources) ||
	    (is_sign(&scan->token, ',') && scan->in_from[scan->depth])) {
		scan->in_from[scan->depth] |= is_from;
		advance(scan);
		take_source(scan, mentions);
		return;
	}
	advance(scan);
}

struct mentions mentions_read(struct lint *lint, struct text sql)
{
	struct mentions mentions = { .count = 0 };
	struct scan scan = scan_of(lint, sql);

	while (scan.token.kind != TOKEN_END)
		take_token(&scan, &mentions);
	return mentions;
}

/* Are these letters in it at all?  Most texts have not got them, and need not be read. */
static bool may_contain(struct text sql, const char *name)
{
	/* With such a byte it may be written otherwise. */
	return strpbrk(name, "\"`]") != NULL || text_contains_caseless(sql, text_of(name));
}

bool mentions_table(struct lint *lint, struct text sql, struct name table)
{
	struct mentions mentions;
	size_t i;

	if (!may_contain(sql, table.name))
		return false;
	mentions = mentions_read(lint, sql);
	for (i = 0; i < mentions.count; i++)
		if (name_equals(mentions.tables[i], table, lint->dialect))
			return true;
	return false;
}

/* Does the name stand behind words that begin an expression or an operator, and so is none that is
 * being given? */
static bool is_operand_behind(const struct token *before)
{
	static const char *const words[] = {
		"select", "distinct", "all",  "where",     "and",    "or",   "not",     "by",
		"on",     "having",   "case", "when",      "then",   "else", "between", "in",
		"is",     "like",     "glob", "match",     "regexp", "set",  "limit",   "offset",
		"escape", "values",   "from", "returning", NULL,
	};

	if (before->kind == TOKEN_WORD)
		return is_one_of(before, words);
	return before->kind == TOKEN_OPEN || before->kind == TOKEN_OPERATOR || is_sign(before, ',');
}

/* What a bare name can only be a column of: `table` is read or written, and no other has it. */
static bool is_only_source(struct lint *lint, const struct mentions *mentions,
                           const struct schema_table *table, const char *column)
{
	bool found = false;
	size_t i;

	for (i = 0; i < mentions->count; i++) {
		const struct schema_table *other = schema_table(lint->schema, mentions->tables[i]);

		if (other == table)
			found = true;
		else if (other == NULL || other->is_opaque ||
		         schema_column(lint->schema, other, column) != NULL)
			return false;
	}
	return found && !mentions->has_others;
}

static bool is_qualifier(struct lint *lint, const struct mentions *mentions,
                         const struct schema_table *table, const struct token *token)
{
	const char *name = name_from_token(lint->arena, token, lint->dialect);
	size_t i;

	if (name == NULL)
		return false;
	for (i = 0; i < mentions->count; i++)
		if (name_equals(mentions->tables[i], table->name, lint->dialect) &&
		    name_same(mentions->aliases[i] != NULL ? mentions->aliases[i]
		                                           : mentions->tables[i].name,
		              name, lint->dialect))
			return true;
	return false;
}

static bool is_trigger_on(const struct lint *lint, struct text sql,
                          const struct schema_table *table)
{
	size_t i;

	for (i = 0; i < table->trigger_count; i++)
		if (table->triggers[i].origin.statement != NULL &&
		    table->triggers[i].origin.statement->text.start == sql.start)
			return true;
	(void)lint;
	return false;
}

/* Is the column there as table.column, alias.column, NEW.column? */
static bool is_there_qualified(struct lint *lint, struct text sql, const struct mentions *mentions,
                               const struct schema_table *table, const char *column)
{
	static const char *const rows[] = { "new", "old", NULL };
	bool is_trigger = is_trigger_on(lint, sql, table);
	struct scan scan = scan_of(lint, sql);
	struct token qualifier = { .kind = TOKEN_END };

	for (; scan.token.kind != TOKEN_END; advance(&scan)) {
		if (is_sign(&scan.token, '.')) {
			qualifier = scan.before;
			continue;
		}
		if (is_sign(&scan.before, '.') && is_name(&scan, column) &&
		    ((is_trigger && is_one_of(&qualifier, rows)) ||
		     is_qualifier(lint, mentions, table, &qualifier)))
			return true;
	}
	return false;
}

static bool is_there_bare(struct lint *lint, struct text sql, const char *column)
{
	struct scan scan = scan_of(lint, sql);
	bool found = false;

	while (scan.token.kind != TOKEN_END) {
		bool here = is_name(&scan, column);
		bool is_operand = is_operand_behind(&scan.before);

		if (here && is_word(&scan.before, "as"))
			return false; /* Something else goes by that name. */
		if (is_word(&scan.token, "update") && !here) {
			advance(&scan);
			if (is_word(&scan.token, "of")) /* UPDATE OF a, b ON t */
				while (scan.token.kind != TOKEN_END && !is_word(&scan.token, "on"))
					advance(&scan);
			continue;
		}
		advance(&scan);
		found |= here && is_operand && scan.token.kind != TOKEN_OPEN &&
		         !is_sign(&scan.token, '.');
	}
	return found;
}

bool mentions_column(struct lint *lint, struct text sql, const struct schema_table *table,
                     const char *column)
{
	struct mentions mentions;

	if (!may_contain(sql, table->name.name) || !may_contain(sql, column))
		return false;
	mentions = mentions_read(lint, sql);
	if (is_there_qualified(lint, sql, &mentions, table, column))
		return true;
	return is_only_source(lint, &mentions, table, column) && is_there_bare(lint, sql, column);
}
