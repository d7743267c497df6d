/* address.h - which database: --database, DATABASE_URL or libpq's variables; shown without its
 * password. */
#ifndef INLAY_ADDRESS_H
#define INLAY_ADDRESS_H

#include "arena.h"
#include "lexer.h"

struct address {
	enum dialect dialect;
	const char *place; /* SQLite: the path, or ":memory:".  PostgreSQL: what libpq is given. */
	const char *shown; /* "sqlite:app.db", "postgres://ada@db:5432/app": for people. */
};

/* Reads "postgres://...", libpq's "host=... dbname=..." or "sqlite:PATH".  NULL, or what is wrong
 * with it, without any password in it. */
const char *address_parse(struct arena *arena, const char *text, struct address *address);

/* The database that `given` (may be NULL) or the environment names. */
const char *address_find(struct arena *arena, const char *given, struct address *address);

#endif
