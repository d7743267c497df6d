/* rehearsal.h - what the rehearsals of `inlay check` say of files in a test. */
#ifndef INLAY_TESTS_REHEARSAL_H
#define INLAY_TESTS_REHEARSAL_H

#include "../../compiler/lexer.h"
#include "set.h"

/* How it is asked. */
struct rehearsal_options {
	enum dialect dialect;
	bool both;              /* Both dialects. */
	const char *postgres;   /* --rehearse */
	const char *since;      /* --since */
	const char *schema_out; /* A path, relative to where the migrations/ are. */
};

/* A line for each finding of the rehearsals, in the order of the files:
 *
 *     001_a.sql:3:26 [nn] rehearsal: no such column: nn
 *
 * with the underlined text in brackets.  "" when nothing is found.  `schema`, where not NULL,
 * becomes what was written to options->schema_out, or NULL.  Caller frees both. */
char *rehearse_files(const struct set_file *files, const struct rehearsal_options *options,
                     char **schema);

/* One rehearsal: files, and every line of what is said. */
struct rehearsal_example {
	const char *name;
	struct set_file files[6];
	const char *expected; /* NULL: whatever. */
	const char *help;     /* A part of the first finding's help, or NULL. */
};

/* Fails where something else is said. */
void rehearse_example(const struct rehearsal_example *example,
                      const struct rehearsal_options *options);

/* The help of the first finding of the last call, or "". */
const char *rehearse_help(void);

#endif
