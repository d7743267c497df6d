/* oracle.h - the databases' own answers to "where does a statement end?", for the tests to compare
 * with. */
#ifndef INLAY_TESTS_ORACLE_H
#define INLAY_TESTS_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes with a NUL after them. */
struct oracle_text {
	char *start;
	size_t size;
};

/* What an oracle says of one script.  Freed by oracle_free(). */
struct oracle_answer {
	struct oracle_text
	    *texts; /* As the oracle has them: with comments, white space and semicolons. */
	size_t count;
	size_t capacity;
	bool judged; /* False when the oracle can not tell; then the texts mean nothing. */
};

/* Where tokens begin and end. */
enum { ORACLE_TOKEN_MAX = 20000 };
struct oracle_tokens {
	size_t starts[ORACLE_TOKEN_MAX];
	size_t ends[ORACLE_TOKEN_MAX];
	size_t count;
	bool judged;
	bool complete; /* No quote or comment lacks its end. */
};

void oracle_add(struct oracle_answer *answer, const char *start, size_t size);
void oracle_free(struct oracle_answer *answer);

/*
 * psql: what it sends for each of the scripts, read as files by one psql from a server that only
 * records. COPY's data is a text of its own, after "data:".  The result is NULL, or why there are
 * no answers; `missing` is whether that is because there is no psql.
 */
const char *psql_oracle(const struct oracle_text *scripts, size_t count,
                        struct oracle_answer *answers, bool *missing);

/*
 * SQLite: where sqlite3_prepare_v2() says the rest begins.  An error that stops the parser inside a
 * statement makes the rest meaningless, so a script is judged only when every rest follows a
 * semicolon: scripts must be valid SQL over the tables t(a, b, c) and u(a, b, c), or fail at a
 * semicolon.
 */
void sqlite_oracle(struct oracle_text script, struct oracle_answer *answer);

/* libpg_query, the server's own parser; false when it can not be loaded. */
bool pgquery_oracle_load(void);

/* The statements by the server's grammar.  Not judged when that finds an error. */
void pgquery_oracle_split(struct oracle_text script, struct oracle_answer *answer);

/* The tokens by the server's scanner, none when an end is missing.  Any other error: not judged. */
void pgquery_oracle_scan(struct oracle_text script, struct oracle_tokens *tokens);

#endif
