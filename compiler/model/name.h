/* name.h - names of database objects, as the database would store them. */
#ifndef INLAY_NAME_H
#define INLAY_NAME_H

#include "arena.h"
#include "lexer.h"

#define POSTGRES_NAME_SIZE_MAX 63 /* Bytes: the server cuts what is longer. */

/* schema.name, unquoted and folded: PostgreSQL stores unquoted names in lower case, SQLite keeps
 * them and compares them without case.  PostgreSQL's are cut as the server does. */
struct name {
	const char *schema; /* Or NULL: not written. */
	const char *name;   /* NULL: there is no name at all. */
	struct text at;     /* All of it, as written. */
};

/* The same object?  A schema that is not written is the default one: "public", "main". */
bool name_equals(struct name a, struct name b, enum dialect dialect);

/* "public", "main": what is meant when no schema is written. */
const char *name_default_schema(enum dialect dialect);

/* The same part of a name (a column's, say)? */
bool name_same(const char *a, const char *b, enum dialect dialect);

/* Is the part one of these? */
bool name_is_among(const char *name, const char *const *names, size_t count, enum dialect dialect);

/* What the token stores: unquoted, folded, cut; NULL when it is no name.  SQLite takes a string
 * for a name. */
const char *name_from_token(struct arena *arena, const struct token *token, enum dialect dialect);

/* The same, before it is cut. */
const char *name_from_token_whole(struct arena *arena, const struct token *token,
                                  enum dialect dialect);

/* Of U&"..." UESCAPE 'x'. */
const char *name_from_unicode(struct arena *arena, const struct token *token, char escape);

/* What a string of SQL says: without its quotes, doubled quotes and backslashes undone as its kind
 * has it; NULL when the token is none. */
const char *string_from_token(struct arena *arena, const struct token *token);

/* The other way: a string of SQL that says `text`, in both dialects as long as PostgreSQL's
 * standard_conforming_strings is on.  Owned by the arena. */
const char *string_to_sql(struct arena *arena, const char *text);

/* As SQL: quoted where it has to be, with its schema where it has one.  Owned by the arena. */
const char *name_quote(struct arena *arena, const char *part, enum dialect dialect);
const char *name_to_sql(struct arena *arena, struct name name, enum dialect dialect);

#endif
