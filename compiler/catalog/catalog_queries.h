/* catalog_queries.h - what PostgreSQL is asked for its schema: one query a kind of object.
 *
 * Every query runs with an empty search_path, so that all names come with their schema, and answers
 *
 *     0 noun ("": the kind's)    1 name    2 lines, chr(1) between them    3 sql
 *     4 late ("": none)    5 depth    6 which kind it is made with ("": its own)
 *     7, of indexes and sequences alone: the table ("": none)
 *
 * $1 is the tracking table's name. */
#ifndef INLAY_CATALOG_QUERIES_H
#define INLAY_CATALOG_QUERIES_H

#include "catalog.h"

struct catalog_query {
	enum catalog_kind kind;
	const char *sql;
};

extern const struct catalog_query catalog_queries[];
extern const size_t catalog_query_count;

#endif
