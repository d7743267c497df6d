/* adopt_cases.h - databases that another tool has migrated: its tables as it makes them, its rows
 * as it writes them, and the directory that it would have read. */
#ifndef TEST_ADOPT_CASES_H
#define TEST_ADOPT_CASES_H

#include "database.h"

#define ADOPT_CASE_FILES_MAX 5

/*
 * What all of them say: migrations a and b, which make tables of that name, are applied, c is not.
 * Where a tool stores times these are 2026-11-20 09:30:00 and 09:31:00 UTC.
 */
struct adopt_case {
	const char *tool; /* As --from has it. */
	const char *table;
	/* Its tables and rows, for SQLite and PostgreSQL; NULL: it does not know that one. */
	const char *sql[2];
	struct set_file files[ADOPT_CASE_FILES_MAX];
	const char *layout;     /* Of the directory, where it does not look so; or NULL. */
	const char *plan;       /* What it shows behind "TABLE is a table of ", masked. */
	const char *table_name; /* Of ours, where theirs has the usual one; or NULL. */
	const char *versions;   /* Of ours, a line each, once all are applied. */
};

extern const struct adopt_case adopt_cases[];
extern const size_t adopt_case_count;

#endif
