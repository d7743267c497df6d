/* lint.h - rules over statements and the history: what is dangerous, and the safe way. */
#ifndef INLAY_LINT_H
#define INLAY_LINT_H

#include "diagnostics.h"
#include "model/schema.h"

/* What a rule sees: one statement of an up script that is not released yet, before it is applied
 * to the model.  (Released migrations only make the model.) */
struct lint {
	struct arena *arena;
	struct diagnostics *problems;
	const struct migration_set *set;
	enum dialect dialect;
	const struct schema *schema; /* Before this statement. */
	const struct migration *migration;
	const struct script *script;
	const struct ddl *script_ddl; /* Of all of its statements, in order. */
	uint64_t script_kinds;        /* Bits, LINT_ON(kind): which kinds there are among them. */
	size_t index;                 /* Of this one. */
	const struct ddl *ddl;        /* &script_ddl[index] */
	struct locks_held *locks; /* What this and earlier pending scripts lock: locks_held.h. */
};

/* A rule's function: looks at one statement; or, at a script's end, at what has come of its
 * statements (ddl is NULL, index is the count, schema is after all of them); or, at the set's end,
 * at what has come of all (then it says whose script it blames, with lint_blame()). */
typedef void lint_check(struct lint *lint);

enum lint_when {
	LINT_AT_STATEMENT,
	LINT_AT_SCRIPT_END,
	LINT_AT_SET_END
};

struct lint_rule {
	unsigned dialects; /* Bits: ON_POSTGRES, ON_SQLITE, ON_BOTH. */
	uint64_t kinds;    /* Bits, LINT_ON(kind): which statements; 0: all. */
	enum lint_when when;
	lint_check *check;
};

#define LINT_ON(kind) ((uint64_t)1 << (kind))

/* Each lint/rules_*.c has one table; lint.c runs them all. */
struct lint_table {
	const struct lint_rule *rules;
	size_t count;
};
extern const struct lint_table lint_indexes;     /* rules_indexes.c (PostgreSQL) */
extern const struct lint_table lint_constraints; /* rules_constraints.c (PostgreSQL) */
extern const struct lint_table lint_keys;        /* rules_keys.c (PostgreSQL) */
extern const struct lint_table lint_columns;     /* rules_columns.c (PostgreSQL) */
extern const struct lint_table lint_types;       /* rules_types.c (PostgreSQL) */
extern const struct lint_table lint_locking;     /* rules_locking.c (PostgreSQL) */
extern const struct lint_table lint_maintenance; /* rules_maintenance.c (PostgreSQL) */
extern const struct lint_table lint_server;      /* rules_server.c (PostgreSQL's other objects) */
extern const struct lint_table lint_style;       /* rules_style.c */
extern const struct lint_table lint_loss;        /* rules_loss.c (both: renames, drops) */
extern const struct lint_table lint_rows;        /* rules_rows.c (both: what is done to rows) */
extern const struct lint_table lint_history;     /* rules_history.c (both: what the model knows) */
extern const struct lint_table lint_names;       /* rules_names.c (both: what names refer to) */
extern const struct lint_table lint_alter;       /* rules_alter.c (SQLite's ALTER TABLE) */
extern const struct lint_table lint_drop_column; /* rules_drop_column.c (SQLite's DROP COLUMN) */
extern const struct lint_table lint_unsupported; /* rules_unsupported.c (SQLite's ALTER TABLE) */
extern const struct lint_table lint_rebuild;     /* rules_rebuild.c (SQLite's table rebuilds) */
extern const struct lint_table lint_sqlite;      /* rules_sqlite.c (SQLite's other traps) */
extern const struct lint_table lint_affinity;    /* rules_affinity.c (SQLite's types and keys) */
extern const struct lint_table lint_strings;     /* rules_strings.c (SQLite: "strings") */

/* Adds a diagnostic of `rule` at `at` (a part of the statement; start NULL: its beginning). */
struct lint_advice {
	struct text at;
	const char *lock;
	const char *help;
	const char *rewrite;
	struct fix fix;
};
void lint_report(struct lint *lint, enum rule rule, struct lint_advice advice, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* What is reported next, was done there. */
void lint_blame(struct lint *lint, struct origin origin);

/* The table, when it may hold rows when this statement runs: it is in the model, and was not made
 * by a migration that is still pending.  NULL for a table that is new or temporary, and for one
 * that nobody created (schema_table() tells these apart). */
struct schema_table *lint_existing(const struct lint *lint, struct name table);

/* May `table` hold rows?  As lint_existing(), but true also for a table that no migration creates
 * (the set does not begin with an empty database). */
bool lint_may_have_rows(const struct lint *lint, struct name table);

/* Text for advice, in the arena; names as SQL. */
const char *lint_format(struct lint *lint, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
const char *lint_sql(struct lint *lint, struct name name);
const char *lint_quote(struct lint *lint, const char *part);

/* Runs every rule over the set, each dialect by itself. */
void lint_set(struct arena *arena, const struct migration_set *set, struct diagnostics *problems);

#endif
