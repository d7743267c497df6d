/* rules_sqlite.c - SQLite: what it says nothing about, or too late. */
#include "mentions.h"
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

static bool is_on(const char *value)
{
	return value != NULL &&
	       (strcmp(value, "on") == 0 || strcmp(value, "1") == 0 || strcmp(value, "yes") == 0 ||
	        strcmp(value, "true") == 0 || strcmp(value, "reset") == 0);
}

static bool is_pragma(const struct lint *lint, const struct ddl *ddl, const char *name)
{
	return ddl->kind == DDL_PRAGMA && ddl->name.name != NULL &&
	       name_same(ddl->name.name, name, lint->dialect);
}

/* ---- create-table-as ------------------------------------------------------------------------- */

/* The table of SELECT * FROM table, and nothing more. */
static const struct schema_table *copied_table(struct lint *lint)
{
	struct mentions mentions = mentions_read(lint, lint->ddl->as_query);
	struct lexer lexer;
	size_t count = 0;

	lexer_init_slice(&lexer, lint->dialect, lint->ddl->as_query, true);
	while (lexer_next_significant(&lexer).kind != TOKEN_END)
		count++;
	if (count != 4 || mentions.count != 1 ||
	    memchr(lint->ddl->as_query.start, '*', lint->ddl->as_query.size) == NULL)
		return NULL;
	return schema_table(lint->schema, mentions.tables[0]);
}

static const char *declared(struct lint *lint)
{
	const struct schema_table *from = copied_table(lint);
	const char *table = lint_sql(lint, lint->ddl->name);

	if (from != NULL)
		return rebuild_copy_sql(lint, from, lint->ddl->name);
	return lint_format(lint, "CREATE TABLE %s (...);\nINSERT INTO %s (...)\n%s;", table, table,
	                   arena_copy(lint->arena, text_trim(lint->ddl->as_query)));
}

/* The script drops it again: it only holds rows for a while. */
static bool is_scratch(const struct lint *lint)
{
	size_t i, j;

	for (i = lint->index + 1; i < lint->script->count; i++) {
		const struct ddl *later = &lint->script_ddl[i];

		if (later->kind != DDL_DROP || later->object != OBJECT_TABLE)
			continue;
		for (j = 0; j < later->name_count; j++)
			if (name_equals(later->names[j], lint->ddl->name, lint->dialect))
				return true;
	}
	return false;
}

static void create_table_as(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;

	if (ddl->as_query.start == NULL || ddl->temporary || is_scratch(lint))
		return;
	lint_report(
	        lint, RULE_CREATE_TABLE_AS,
	        (struct lint_advice){ .at = ddl->name.at,
	                              .help = "declare its columns, then copy",
	                              .rewrite = declared(lint) },
	        "%s gets no primary key, no NOT NULL, no default and no constraint from a query",
	        lint_sql(lint, ddl->name));
}

/* ---- conflict-rollback ----------------------------------------------------------------------- */

static void report_rollback(struct lint *lint, const struct token *token)
{
	lint_report(lint, RULE_CONFLICT_ROLLBACK,
	            (struct lint_advice){ .at = token->text,
	                                  .help = "write ABORT: the statement fails all the same, "
	                                          "and the transaction is the caller's",
	                                  .fix = { token->text, "ABORT" } },
	            "ROLLBACK ends the whole transaction, the migration's or whosever it is");
}

/* OR ROLLBACK, ON CONFLICT ROLLBACK, RAISE(ROLLBACK. */
static void conflict_rollback(struct lint *lint)
{
	struct token before[2] = { { .kind = TOKEN_END }, { .kind = TOKEN_END } };
	struct token token;
	struct lexer lexer;

	lexer_init_slice(&lexer, lint->dialect, lint->ddl->statement->text, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		bool is_rollback =
		        token.kind == TOKEN_WORD && text_equals_folded(token.text, "rollback");

		if (is_rollback &&
		    (text_equals_folded(before[1].text, "or") ||
		     text_equals_folded(before[1].text, "conflict") ||
		     (before[1].kind == TOKEN_OPEN && text_equals_folded(before[0].text, "raise"))))
			report_rollback(lint, &token);
		before[0] = before[1];
		before[1] = token;
	}
}

/* ---- reserved-name --------------------------------------------------------------------------- */

static bool is_reserved(const char *name)
{
	struct text text = text_of(name != NULL ? name : "");

	text.size = text.size < strlen("sqlite_") ? text.size : strlen("sqlite_");
	return text_equals_folded(text, "sqlite_");
}

static void report_reserved(struct lint *lint, const char *name, struct text at)
{
	if (is_reserved(name))
		lint_report(lint, RULE_RESERVED_NAME,
		            (struct lint_advice){ .at = at, .help = "choose another name" },
		            "SQLite keeps names that begin with sqlite_ for itself");
}

static void reserved_name(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->kind != DDL_ALTER_TABLE) {
		report_reserved(lint, ddl->name.name, ddl->name.at);
		return;
	}
	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_RENAME)
			report_reserved(lint, ddl->actions[i].new_name, ddl->actions[i].at);
}

/* ---- writable-schema ------------------------------------------------------------------------- */

static bool is_schema_table(const struct lint *lint, struct name table)
{
	static const char *const names[] = { "sqlite_master", "sqlite_schema" };
	size_t i;

	for (i = 0; table.name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (name_same(table.name, names[i], lint->dialect))
			return true;
	return false;
}

static bool was_made_writable(const struct lint *lint)
{
	size_t i;

	for (i = 0; i < lint->index; i++)
		if (is_pragma(lint, &lint->script_ddl[i], "writable_schema"))
			return true;
	return false;
}

static void writable_schema(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	bool is_switch = is_pragma(lint, ddl, "writable_schema") && is_on(ddl->value) &&
	                 strcmp(ddl->value, "reset") != 0;
	bool is_write = ddl->kind != DDL_PRAGMA && is_schema_table(lint, ddl->table) &&
	                !was_made_writable(lint);

	if (is_switch || is_write)
		lint_report(
		        lint, RULE_WRITABLE_SCHEMA,
		        (struct lint_advice){ .at = is_switch ? ddl->name.at : ddl->table.at,
		                              .help = "rebuild the table instead" },
		        "one wrong byte in the schema table and the database can not be opened");
}

/* ---- pragma-without-effect ------------------------------------------------------------------- */

enum pragma_kind {
	PRAGMA_OF_FILE,     /* Of a file without tables only; inlay's own are there. */
	PRAGMA_WITH_VACUUM, /* The same, or with VACUUM behind it. */
	PRAGMA_RESTORED     /* The connection's, and put back after the migration. */
};

static const struct known_pragma {
	const char *name;
	enum pragma_kind kind;
} known_pragmas[] = {
	{ "encoding", PRAGMA_OF_FILE },
	{ "page_size", PRAGMA_WITH_VACUUM },
	{ "auto_vacuum", PRAGMA_WITH_VACUUM },
	{ "busy_timeout", PRAGMA_RESTORED },
	{ "wal_autocheckpoint", PRAGMA_RESTORED },
	{ "journal_size_limit", PRAGMA_RESTORED },
	{ "mmap_size", PRAGMA_RESTORED },
	{ "trusted_schema", PRAGMA_RESTORED },
	{ "recursive_triggers", PRAGMA_RESTORED },
	{ "fullfsync", PRAGMA_RESTORED },
	{ "checkpoint_fullfsync", PRAGMA_RESTORED },
	{ "locking_mode", PRAGMA_RESTORED },
};

/* Those that people misspell.  One that SQLite does not know it passes over in silence. */
static const char *const spellings[] = {
	"foreign_keys",    "foreign_key_check", "foreign_key_list",    "journal_mode",
	"synchronous",     "user_version",      "application_id",      "auto_vacuum",
	"busy_timeout",    "cache_size",        "legacy_alter_table",  "defer_foreign_keys",
	"writable_schema", "integrity_check",   "quick_check",         "recursive_triggers",
	"page_size",       "encoding",          "locking_mode",        "temp_store",
	"table_info",      "index_list",        "wal_autocheckpoint",  "wal_checkpoint",
	"mmap_size",       "secure_delete",     "case_sensitive_like", "optimize",
};

/* Names that differ by a letter, but are both there. */
static const char *const others[] = { "table_xinfo", "table_list", "index_info", "index_xinfo" };

/* Does one letter more, less or other, or two that change places, make `b` of `a`? */
static bool is_near(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a == '\0' || *b == '\0')
		return strlen(a) + strlen(b) == 1;
	return strcmp(a + 1, b) == 0 || strcmp(a, b + 1) == 0 || strcmp(a + 1, b + 1) == 0 ||
	       (a[0] == b[1] && a[1] == b[0] && strcmp(a + 2, b + 2) == 0);
}

static const char *lower_of(struct lint *lint, const char *name)
{
	char *lower = arena_copy(lint->arena, text_of(name));
	char *at;

	for (at = lower; *at != '\0'; at++)
		*at = (char)text_fold((unsigned char)*at);
	return lower;
}

static void report_spelling(struct lint *lint, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (strcmp(name, spellings[i]) == 0)
			return;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return;
	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (is_near(name, spellings[i])) {
			struct text at = lint->ddl->name.at;

			lint_report(lint, RULE_PRAGMA_WITHOUT_EFFECT,
			            (struct lint_advice){
			                    .at = at,
			                    .help = lint_format(lint, "write %s", spellings[i]),
			                    .fix = { at, spellings[i] } },
			            "SQLite has no PRAGMA %s, and says nothing", name);
			return;
		}
}

static bool is_vacuumed(const struct lint *lint)
{
	size_t i;

	for (i = lint->index + 1; i < lint->script->count; i++)
		if (lint->script_ddl[i].kind == DDL_VACUUM)
			return true;
	return false;
}

static void report_pragma(struct lint *lint, const struct known_pragma *pragma)
{
	static const struct {
		const char *message;
		const char *help;
	} says[] = {
		[PRAGMA_OF_FILE] = { "does nothing once the database has a table, and inlay's own "
		                     "is there before the first migration",
		                     "let the application say it when it creates the file" },
		[PRAGMA_WITH_VACUUM] = { "does nothing to a database that has tables, but by a "
		                         "VACUUM behind it",
		                         "follow it by VACUUM, in a migration of these two with "
		                         "transaction:false; or let the application say it when it "
		                         "creates the file" },
		[PRAGMA_RESTORED] = { "is a setting of the connection: it is put back when the "
		                      "migration is through",
		                      "let the application say it when it opens the database" },
	};

	lint_report(
	        lint, RULE_PRAGMA_WITHOUT_EFFECT,
	        (struct lint_advice){ .at = lint->ddl->name.at, .help = says[pragma->kind].help },
	        "PRAGMA %s %s", pragma->name, says[pragma->kind].message);
}

static void pragma_without_effect(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->name.name == NULL)
		return;
	report_spelling(lint, lower_of(lint, ddl->name.name));
	for (i = 0; ddl->value != NULL && i < sizeof(known_pragmas) / sizeof(known_pragmas[0]);
	     i++) {
		const struct known_pragma *pragma = &known_pragmas[i];

		if (!is_pragma(lint, ddl, pragma->name) ||
		    (pragma->kind == PRAGMA_WITH_VACUUM && is_vacuumed(lint)))
			continue;
		report_pragma(lint, pragma);
		return;
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, create_table_as },
	{ ON_SQLITE,
	  LINT_ON(DDL_INSERT) | LINT_ON(DDL_UPDATE) | LINT_ON(DDL_CREATE_TABLE) |
	          LINT_ON(DDL_CREATE_TRIGGER),
	  LINT_AT_STATEMENT, conflict_rollback },
	{ ON_SQLITE,
	  LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_CREATE_INDEX) | LINT_ON(DDL_CREATE_VIEW) |
	          LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_ALTER_TABLE),
	  LINT_AT_STATEMENT, reserved_name },
	{ ON_SQLITE,
	  LINT_ON(DDL_PRAGMA) | LINT_ON(DDL_INSERT) | LINT_ON(DDL_UPDATE) | LINT_ON(DDL_DELETE),
	  LINT_AT_STATEMENT, writable_schema },
	{ ON_SQLITE, LINT_ON(DDL_PRAGMA), LINT_AT_STATEMENT, pragma_without_effect },
};

const struct lint_table lint_sqlite = { rules, sizeof(rules) / sizeof(rules[0]) };
