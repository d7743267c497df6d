/* advice.h - the parts of safe rewrites that several rules propose, in the user's identifiers
 * (PostgreSQL). */
#ifndef INLAY_ADVICE_H
#define INLAY_ADVICE_H

#include "lint.h"

/* A line between two migrations, and one before a migration that must run without a transaction. */
#define ADVICE_NEXT       "-- next migration\n"
#define ADVICE_NEXT_ALONE "-- next migration, transaction:false\n"
#define ADVICE_ALONE      "-- in a migration of its own, transaction:false\n"

/* Does this ALTER TABLE meet rows: its table is no foreign one, and may hold some? */
bool advice_alters_rows(const struct lint *lint);

/* Does the action add a column, and not merely ask for one that is there? */
bool advice_adds_column(const struct lint *lint, const struct ddl_action *action);

/* For each constraint of that kind that the ALTER TABLE adds, where it meets rows; `column` is the
 * new column that the constraint comes with, or NULL. */
typedef void advice_constraint_check(struct lint *lint, const struct ddl_constraint *constraint,
                                     const struct ddl_column *column);
void advice_each_constraint(struct lint *lint, enum ddl_constraint_kind kind,
                            advice_constraint_check *check);

/* A list of names. */
struct advice_names {
	const char *const *items;
	size_t count;
};

/* May what this names, a table or a materialized view, hold rows?  See lint_may_have_rows(); a
 * table that the script has emptied before holds none. */
bool advice_may_have_rows(const struct lint *lint, struct name table);

/* "table_column_key", as PostgreSQL makes up names, cut to fit and free in `table`. */
const char *advice_name(struct lint *lint, struct name table, struct advice_names columns,
                        const char *suffix);

/* "a, b", quoted. */
const char *advice_list(struct lint *lint, struct advice_names columns);

/* The constraint's name as written, or the one that PostgreSQL gives it. */
const char *advice_constraint_name(struct lint *lint, struct name table,
                                   const struct ddl_constraint *constraint);

/* "DROP CONSTRAINT a, DROP CONSTRAINT b, ": what the statement drops before it adds. */
const char *advice_drops(struct lint *lint);

/* "CONSTRAINT name FOREIGN KEY (a) REFERENCES b ...": as a table's constraint, whatever it was. */
const char *advice_constraint(struct lint *lint, struct name table,
                              const struct ddl_constraint *constraint);

/* Parts of a column's definition. */
enum advice_part {
	ADVICE_DEFAULT = 1,
	ADVICE_NOT_NULL = 2,
	ADVICE_GENERATED = 4, /* GENERATED ... AS. */
	ADVICE_CONSTRAINTS = 8,
	ADVICE_CHECKS = 16
};

/* The definition as written, without some parts of it; `but`, when not NULL, is one constraint that
 * is left out too.  The type is replaced by `type` when it is not NULL. */
struct advice_cut {
	unsigned parts; /* Bits, enum advice_part. */
	const struct ddl_constraint *but;
	const char *type;
};
const char *advice_column(struct lint *lint, const struct ddl_column *column,
                          struct advice_cut cut);

/* The lines that make a column NOT NULL without a long lock, in three migrations. */
const char *advice_not_null(struct lint *lint, struct name table, const char *column);

/* The lines that fill a column of old rows, to be run in batches.  `source`: what the expression is
 * null without; such rows would be found again and again.  NULL: it is never null. */
const char *advice_fill(struct lint *lint, struct name table, const char *column,
                        const char *expression, const char *source);

/* Does a valid CHECK of the table say that the column is not null, so that SET NOT NULL need not
 * read the rows?  One that `ddl` drops does not count: PostgreSQL drops first. */
bool advice_is_proven(struct lint *lint, const struct schema_table *table, const char *column);

/* The partitions that the model knows of a table; returns how many of `partitions` it filled. */
#define ADVICE_PARTITION_MAX 20
size_t advice_partitions(const struct lint *lint, struct name table,
                         const struct schema_table *partitions[ADVICE_PARTITION_MAX]);

/* The first words of the statement, up to and with `word`, for underlining. */
struct text advice_head(struct lint *lint, const char *word);

/* A change of the file that puts `added` behind the statement's first `word`, when the statement
 * can then run without a transaction where it stands; else none. */
struct fix advice_fix_behind(struct lint *lint, const char *word, const char *added);

#endif
