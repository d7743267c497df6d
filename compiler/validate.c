/* validate.c - one table of statements that a script may not have, and why. */
#include "validate.h"

#include "layout.h"
#include "words.h"

static const char *const control_help = "leave it out: every migration runs in its own transaction "
                                        "(or, with transaction:false, in none)";
static const char *const copy_help = "migrations have no output; export rows with another tool";
static const char *const session_help = "discard what this migration made by its name";
static const char *const unnamed_help = "give it a name; otherwise an interrupted build can not be "
                                        "found and cleaned up";

static const struct statement_rule {
	unsigned dialects;
	enum rule rule;
	const char *pattern;
	const char *message;
	const char *const *help;
} statement_rules[] = {
#define CONTROL(dialects, pattern)                                                                 \
	{                                                                                          \
		dialects, RULE_TRANSACTION_CONTROL, pattern, "transaction control in a migration", \
		        &control_help                                                              \
	}
	CONTROL(ON_BOTH, "begin"),
	CONTROL(ON_BOTH, "commit|end|rollback|savepoint|release"),
	CONTROL(ON_POSTGRES, "start transaction"),
	CONTROL(ON_POSTGRES, "abort"),
	CONTROL(ON_POSTGRES, "prepare transaction"),
	{ ON_POSTGRES, RULE_UNNAMED_INDEX, "create ?unique index concurrently on",
	  "this index has no name", &unnamed_help },
	{ ON_POSTGRES, RULE_COPY_DATA, "copy @ to stdout|stdin", "nobody would receive these rows",
	  &copy_help },
	{ ON_POSTGRES, RULE_COPY_DATA, "copy to stdout|stdin", "nobody would receive these rows",
	  &copy_help },
	{ ON_POSTGRES, RULE_SESSION_STATE, "discard|deallocate|close all",
	  "this destroys state of the application's connection", &session_help },
	{ ON_POSTGRES, RULE_SESSION_STATE, "unlisten",
	  "this destroys state of the application's connection", &session_help },
#undef CONTROL
};

static void validate_statement(const struct script *script, enum dialect dialect,
                               const struct statement *statement, struct diagnostics *problems)
{
	struct words words = words_read(statement, dialect);
	size_t i;

	for (i = 0; i < sizeof(statement_rules) / sizeof(statement_rules[0]); i++) {
		const struct statement_rule *rule = &statement_rules[i];

		if ((rule->dialects & 1u << dialect) == 0 || !words_match(&words, rule->pattern))
			continue;
		diagnostics_add(problems,
		                (struct problem){ .rule = rule->rule,
		                                  .source = script->source,
		                                  .at = statement->text,
		                                  .dialects = 1u << dialect,
		                                  .help = *rule->help },
		                "%s", rule->message);
		return;
	}
}

/* SQLite takes a parameter nobody binds for NULL and says nothing.  (PostgreSQL refuses it, but for
 * those of a function's body.) */
static void validate_parameters(const struct script *script, const struct statement *statement,
                                struct diagnostics *problems)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_SQLITE, statement->text,
	                 statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		if (token.kind == TOKEN_PARAMETER)
			diagnostics_add(problems,
			                (struct problem){ .rule = RULE_PARAMETER,
			                                  .source = script->source,
			                                  .at = token.text,
			                                  .dialects = ON_SQLITE,
			                                  .help = "write the value itself" },
			                "nobody gives this parameter a value: it would be NULL");
}

static void validate_script(const struct script *script, enum dialect dialect,
                            struct diagnostics *problems)
{
	size_t i;

	for (i = 0; i < script->count; i++) {
		if (script->statements[i].call > 0)
			continue;
		validate_statement(script, dialect, &script->statements[i], problems);
		if (dialect == DIALECT_SQLITE)
			validate_parameters(script, &script->statements[i], problems);
	}
}

static void note_empty(const struct migration *migration, enum dialect dialect,
                       struct diagnostics *problems)
{
	const struct script *up = &migration->variants[dialect].up;

	if (up->source != NULL && up->count == 0)
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_EMPTY,
		                                  .source = up->source,
		                                  .dialects = 1u << dialect },
		                "%s has no statement; it will be recorded and nothing sent",
		                migration->title);
}

static size_t validate_migration(const struct migration *migration, enum dialect dialect,
                                 struct diagnostics *problems)
{
	const struct variant *variant = &migration->variants[dialect];

	validate_script(&variant->up, dialect, problems);
	validate_script(&variant->down, dialect, problems);
	return variant->up.count + variant->down.count;
}

static void note_all_empty(const struct migration_set *set, struct diagnostics *problems)
{
	int dialect;
	size_t i;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		if (!set->dialects[dialect])
			continue;
		for (i = 0; i < set->count; i++)
			note_empty(&set->items[i], (enum dialect)dialect, problems);
		for (i = 0; i < set->repeatable_count; i++)
			note_empty(&set->repeatables[i], (enum dialect)dialect, problems);
	}
}

static void validate_dialect(const struct migration_set *set, enum dialect dialect,
                             struct diagnostics *problems)
{
	size_t statements = 0;
	size_t i;

	for (i = 0; i < set->count; i++)
		statements += validate_migration(&set->items[i], dialect, problems);
	for (i = 0; i < set->repeatable_count; i++)
		statements += validate_migration(&set->repeatables[i], dialect, problems);
	if (statements > STATEMENT_COUNT_MAX)
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_FILE_SIZE, .path = set->directory },
		                "the set has more than %zu statements", STATEMENT_COUNT_MAX);
}

void validate_set(const struct migration_set *set, struct diagnostics *problems)
{
	int dialect;

	if (problems->error_count == 0) /* Else a script may be empty for want of its text. */
		note_all_empty(set, problems);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (set->dialects[dialect])
			validate_dialect(set, (enum dialect)dialect, problems);
}
