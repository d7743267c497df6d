/* baseline.h - what tests of inlay_baseline() expect of it. */
#ifndef INLAY_TESTS_BASELINE_H
#define INLAY_TESTS_BASELINE_H

#include "database.h"

/* A struct set_file: "001_a.sql" makes table a, and its down script drops it. */
#define BASELINE_TABLE(version, name)                                                              \
	{                                                                                          \
		"00" version "_" name ".sql",                                                      \
		        "-- migrate:up\nCREATE TABLE " name " (id INTEGER);\n-- migrate:down\n"    \
		        "DROP TABLE " name ";\n"                                                   \
	}

/* Makes tables, each named by one letter. */
void baseline_make_by_hand(struct database *database, const char *tables);

/* It records `count` migrations, and applies none. */
void baseline_expect(struct database *database, const struct set_file *files,
                     struct inlay_baseline_scope scope, uint32_t count);

/* It is `result`, says `message`, and tells and does nothing. */
void baseline_expect_refused(struct database *database, const struct set_file *files,
                             struct inlay_baseline_scope scope, enum inlay_result result,
                             const char *message);

/* The database is at the set's head, for which the check's one query is enough. */
void baseline_expect_at_head(struct database *database, const struct set_file *files);

#endif
