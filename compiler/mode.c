/* mode.c - one table of statements that refuse a transaction. */
#include "mode.h"

#include "mode_split.h"
#include "words.h"

static const char *const split_help = "make migrations of its parts, in this order; one that has "
                                      "only such statements runs without "
                                      "a transaction by itself";
static const char *const together_help =
        "write `-- migrate:up transaction:false` (or migrate:down) above the script, as its "
        "statements need each other and not a transaction";
static const char *const leave_help =
        "leave it out and say so where the application opens its connection: it is the "
        "connection's, and not kept in the database";
static const char *const repeatable_help =
        "put it into a migration with a version: a repeatable one runs in a transaction";
static const char *const wrapper_help =
        "leave BEGIN and COMMIT out: a script of only such statements runs without a transaction";

/* Measured on PostgreSQL 15 (tests/mode_test.c asks the server) and SQLite 3.40.  Of REINDEX and
 * CLUSTER of a partitioned table the text does not tell. */
static const struct refusal {
	unsigned dialects;
	bool certain; /* Else it depends on what nobody sees here: no reason for an error. */
	const char *pattern;
	const char *message;
	const char *const *help;
} refusals[] = {
#define REFUSES(dialects, pattern, message)                                                        \
	{                                                                                          \
		dialects, true, pattern, message, &split_help                                      \
	}
#define MAY_REFUSE(dialects, pattern, message)                                                     \
	{                                                                                          \
		dialects, false, pattern, message, &split_help                                     \
	}
	REFUSES(ON_POSTGRES, "create ?unique index concurrently",
	        "CREATE INDEX CONCURRENTLY can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "drop index concurrently",
	        "DROP INDEX CONCURRENTLY can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "reindex * concurrently",
	        "REINDEX CONCURRENTLY can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "reindex (concurrently",
	        "REINDEX CONCURRENTLY can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "reindex schema|database|system",
	        "REINDEX of a schema or database can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "create|drop database|tablespace",
	        "databases and tablespaces can not be created or dropped inside a transaction"),
	REFUSES(ON_POSTGRES, "alter system", "ALTER SYSTEM can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "alter database @ set tablespace",
	        "ALTER DATABASE ... SET TABLESPACE can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "alter table ?if ?exists ?only @ detach partition @ concurrently",
	        "DETACH PARTITION CONCURRENTLY can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "cluster ?verbose $",
	        "CLUSTER of all tables can not run inside a transaction"),
	REFUSES(ON_POSTGRES, "alter subscription @ refresh",
	        "ALTER SUBSCRIPTION ... REFRESH PUBLICATION can not run inside a transaction"),
	MAY_REFUSE(ON_POSTGRES, "alter subscription @ set|add|drop publication",
	           "ALTER SUBSCRIPTION ... PUBLICATION can not run inside a transaction while it "
	           "refreshes"),
	MAY_REFUSE(ON_POSTGRES, "create subscription",
	           "CREATE SUBSCRIPTION can not run inside a transaction while it makes a slot"),
	MAY_REFUSE(ON_POSTGRES, "drop subscription",
	           "DROP SUBSCRIPTION can not run inside a transaction while it has a slot"),
	REFUSES(ON_BOTH, "vacuum", "VACUUM can not run inside a transaction"),
	{ ON_SQLITE, true, "attach|detach",
	  "an attached database can not be used and detached inside a transaction",
	  &together_help },
	REFUSES(ON_SQLITE, "pragma ?main ?. journal_mode",
	        "the journal mode can not be changed inside a transaction"),
	{ ON_SQLITE, true, "pragma ?main ?. synchronous",
	  "PRAGMA synchronous can not be changed inside a transaction", &leave_help },
	REFUSES(ON_SQLITE, "pragma ?main ?. wal_checkpoint",
	        "a checkpoint can not run inside a transaction"),
#undef REFUSES
#undef MAY_REFUSE
};

/* What says nothing about a transaction.  The first row that fits decides. */
static const struct neutral {
	unsigned dialects;
	enum need need;
	const char *pattern;
} neutrals[] = {
	{ ON_POSTGRES, NEED_TRANSACTION, "set local|constraints|transaction" },
	{ ON_POSTGRES, NEED_ANY, "set|reset" },
	{ ON_SQLITE, NEED_ANY, "pragma" },
	{ ON_BOTH, NEED_WRAPPER, "begin|commit|end" },
	{ ON_POSTGRES, NEED_WRAPPER, "start transaction" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* NULL: it refuses nothing. */
static const struct refusal *find_refusal(const struct words *words, enum dialect dialect)
{
	size_t i;

	for (i = 0; i < COUNT(refusals); i++)
		if ((refusals[i].dialects & 1u << dialect) != 0 &&
		    words_match(words, refusals[i].pattern))
			return &refusals[i];
	return NULL;
}

static enum need need_of(const struct words *words, enum dialect dialect)
{
	size_t i;

	for (i = 0; i < COUNT(neutrals); i++)
		if ((neutrals[i].dialects & 1u << dialect) != 0 &&
		    words_match(words, neutrals[i].pattern))
			return neutrals[i].need;
	return NEED_TRANSACTION;
}

/* What the statements of a script ask for, taken together. */
struct mode {
	enum need *needs;
	size_t counts[NEED_NONE + 1];
	const struct refusal *refusal; /* The first one, a certain one before others. */
	const struct statement *at;
};

static void add_statement(struct mode *mode, const struct script *script, size_t index,
                          enum dialect dialect)
{
	const struct statement *statement = &script->statements[index];
	struct words words = { 0 };
	const struct refusal *refusal = NULL;

	mode->needs[index] = NEED_TRANSACTION;
	if (statement->call == 0) {
		words = words_read(statement, dialect);
		refusal = find_refusal(&words, dialect);
		mode->needs[index] = refusal != NULL ? NEED_NONE : need_of(&words, dialect);
	}
	mode->counts[mode->needs[index]]++;
	if (refusal == NULL ||
	    (mode->refusal != NULL && (mode->refusal->certain || !refusal->certain)))
		return;
	mode->refusal = refusal;
	mode->at = statement;
}

static void report_mix(struct arena *arena, const struct script *script, struct mode_input input,
                       const struct mode *mode, struct diagnostics *problems)
{
	const char *help = *mode->refusal->help;
	const char *rewrite = NULL;

	if (input.repeatable)
		help = repeatable_help;
	else if (mode->counts[NEED_TRANSACTION] == 0)
		help = wrapper_help;
	else if (help == split_help)
		rewrite = mode_split(arena, script, mode->needs, input);
	diagnostics_add(problems,
	                (struct problem){ .rule = RULE_REFUSES_TRANSACTION,
	                                  .source = script->source,
	                                  .at = mode->at->text,
	                                  .dialects = 1u << input.dialect,
	                                  .help = help,
	                                  .rewrite = rewrite },
	                "%s", mode->refusal->message);
}

void mode_settle(struct arena *arena, struct script *script, struct mode_input input,
                 struct diagnostics *problems)
{
	struct mode mode = { 0 };
	size_t i;

	if (script->source == NULL || script->no_transaction)
		return;
	mode.needs = arena_array(arena, enum need, script->count + 1);
	for (i = 0; i < script->count; i++)
		add_statement(&mode, script, i, input.dialect);
	if (mode.refusal == NULL)
		return;
	if (input.repeatable || mode.counts[NEED_TRANSACTION] + mode.counts[NEED_WRAPPER] > 0) {
		if (mode.refusal->certain)
			report_mix(arena, script, input, &mode, problems);
		return;
	}
	script->no_transaction = true;
	diagnostics_add(problems,
	                (struct problem){ .rule = RULE_TRANSACTION_MODE,
	                                  .source = script->source,
	                                  .at = mode.at->text,
	                                  .dialects = 1u << input.dialect,
	                                  .help = input.down
	                                                  ? "write `-- migrate:down "
	                                                    "transaction:false` above the script "
	                                                    "to say so yourself"
	                                                  : "write `-- migrate:up "
	                                                    "transaction:false` above the script "
	                                                    "to say so yourself" },
	                "%s, so this script has none", mode.refusal->message);
}
