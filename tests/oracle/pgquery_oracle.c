/*
 * pgquery_oracle.c - asks libpg_query, which is PostgreSQL's scanner and grammar as a library.  It
 * is loaded at run time, so that the tests build and run, with a skip, where there is none.  Of
 * version 15 as Debian has it: numbers like 1_000 and 0x1f, and the vertical tab as white space,
 * came with 16.
 */
#include "oracle.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<pg_query.h>)
#define HAVE_PG_QUERY 1
#endif
#endif

#ifdef HAVE_PG_QUERY

#include <dlfcn.h>
#include <pg_query.h>

static PgQuerySplitResult (*split_with_parser)(const char *input);
static void (*free_split_result)(PgQuerySplitResult result);
static PgQueryScanResult (*scan)(const char *input);
static void (*free_scan_result)(PgQueryScanResult result);

/* ISO C has no cast from dlsym()'s pointer to a function's; POSIX promises that the bytes are the
 * same. */
static bool load(void *library, const char *name, void *function, size_t size)
{
	void *symbol = dlsym(library, name);

	memcpy(function, &symbol, size);
	return symbol != NULL;
}

bool pgquery_oracle_load(void)
{
	void *library = dlopen("libpg_query.so", RTLD_NOW);

	return library != NULL &&
	       load(library, "pg_query_split_with_parser", &split_with_parser,
	            sizeof(split_with_parser)) &&
	       load(library, "pg_query_free_split_result", &free_split_result,
	            sizeof(free_split_result)) &&
	       load(library, "pg_query_scan", &scan, sizeof(scan)) &&
	       load(library, "pg_query_free_scan_result", &free_scan_result,
	            sizeof(free_scan_result));
}

void pgquery_oracle_split(struct oracle_text script, struct oracle_answer *answer)
{
	PgQuerySplitResult result = split_with_parser(script.start);
	int i;

	answer->judged = result.error == NULL;
	for (i = 0; answer->judged && i < result.n_stmts; i++)
		oracle_add(answer, script.start + result.stmts[i]->stmt_location,
		           (size_t)result.stmts[i]->stmt_len);
	free_split_result(result);
}

/* The scanner's answer is a protobuf message: repeated tokens, each with a start (1) and an end
 * (2). */
static uint64_t read_varint(const unsigned char **at)
{
	uint64_t value = 0;
	int shift = 0;

	do {
		value |= (uint64_t)(**at & 0x7f) << shift;
		shift += 7;
	} while (*(*at)++ & 0x80);
	return value;
}

static void add_token(const unsigned char *at, size_t size, struct oracle_tokens *tokens)
{
	const unsigned char *end = at + size;
	uint64_t places[3] = { 0, 0, 0 };

	while (at < end) {
		uint64_t field = read_varint(&at) >> 3;
		uint64_t value = read_varint(&at);

		if (field < 3)
			places[field] = value;
	}
	if (tokens->count == ORACLE_TOKEN_MAX)
		abort();
	tokens->starts[tokens->count] = (size_t)places[1];
	tokens->ends[tokens->count] = (size_t)places[2];
	tokens->count++;
}

void pgquery_oracle_scan(struct oracle_text script, struct oracle_tokens *tokens)
{
	PgQueryScanResult result = scan(script.start);
	const unsigned char *at = (const unsigned char *)result.pbuf.data;
	const unsigned char *end = at + result.pbuf.len;

	tokens->count = 0;
	tokens->complete = result.error == NULL;
	tokens->judged =
	    tokens->complete || strncmp(result.error->message, "unterminated", 12) == 0;
	while (tokens->complete && at < end) {
		uint64_t key = read_varint(&at);
		uint64_t value = read_varint(&at);

		if ((key & 7) == 2) {
			if (key >> 3 == 2)
				add_token(at, (size_t)value, tokens);
			at += value;
		}
	}
	free_scan_result(result);
}

#else

bool pgquery_oracle_load(void)
{
	return false;
}

void pgquery_oracle_split(struct oracle_text script, struct oracle_answer *answer)
{
	(void)script;
	answer->judged = false;
}

void pgquery_oracle_scan(struct oracle_text script, struct oracle_tokens *tokens)
{
	(void)script;
	tokens->judged = false;
}

#endif
