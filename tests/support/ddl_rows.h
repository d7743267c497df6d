/* ddl_rows.h - statements of every kind and form, and what is read from them (describe.h). */
#ifndef INLAY_TESTS_DDL_ROWS_H
#define INLAY_TESTS_DDL_ROWS_H

#include "../../compiler/lexer.h"

struct ddl_row {
	const char *sql;
	const char *expected;
};

/* Also some that neither database would take. */
const struct ddl_row *ddl_rows(enum dialect dialect, size_t *count);

#endif
