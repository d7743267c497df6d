/* corpus.h - scripts made up from fragments, the same ones every time, for ours and theirs to be
 * compared. */
#ifndef INLAY_TESTS_CORPUS_H
#define INLAY_TESTS_CORPUS_H

#include "oracle.h"

#include <stdint.h>

enum { CORPUS_SCRIPT_SIZE_MAX = 16384 };

struct corpus_script {
	char bytes[CORPUS_SCRIPT_SIZE_MAX + 1];
	size_t size;
	bool psql_differs;    /* Something in it that psql is known to miscount. */
	bool grammar_differs; /* COPY's data, or strings that do not conform: a parser of SQL alone
	                         can not know. */
	uint64_t random;      /* Private: the generator's state; */
	bool in_routine;      /* and whether it is in CREATE FUNCTION or PROCEDURE. */
};

/* Several statements each, valid for the grammar of the dialect.  Equal seeds make equal scripts.
 */
void corpus_postgres(struct corpus_script *script, uint64_t seed);
void corpus_sqlite(struct corpus_script *script, uint64_t seed);

/* Tokens and pieces of tokens of PostgreSQL in any order. */
void corpus_postgres_soup(struct corpus_script *script, uint64_t seed);

#endif
