/*
 * catalog.h - the schema of a database as the database itself tells it: objects by kind and name,
 * each with the lines that say what it is, and the SQL that makes it again.
 *
 * A handle goes in, a catalog comes out; nothing of a migration set is known here.  What the
 * application did not make is left out: extensions' members, the databases' own objects, and the
 * tracking tables.  Two catalogs are the same when catalog_diff() has nothing to say.
 */
#ifndef INLAY_CATALOG_H
#define INLAY_CATALOG_H

#include "arena.h"
#include "buffer.h"
#include "lexer.h"

struct sqlite3;
struct pg_conn;

/* In the order in which a script has to make them. */
enum catalog_kind {
	CATALOG_SCHEMA,
	CATALOG_EXTENSION,
	CATALOG_TYPE,
	CATALOG_SEQUENCE,
	CATALOG_FUNCTION,
	CATALOG_TABLE,
	CATALOG_INDEX,
	CATALOG_VIEW,
	CATALOG_TRIGGER,
	CATALOG_POLICY,
	CATALOG_KIND_COUNT
};

struct catalog_object {
	enum catalog_kind kind;
	const char *noun; /* "materialized view": what it is called; else the kind's name. */
	const char *name; /* "orders", "app.orders", "total(integer)". */
	const char *on; /* The table of an index, or of the column that owns a sequence; or NULL. */
	const char *const *lines; /* "column note text not null"; their order does not count. */
	size_t line_count;
	const char *sql;             /* Statements, each with its semicolon and line end. */
	const char *late;            /* Further ones, for when all objects are there; or NULL. */
	enum catalog_kind made_with; /* In a script: mostly its own kind. */
	uint32_t depth;              /* Of its kind, those with smaller numbers are made first. */
	const char *stored;          /* SQLite: its text in sqlite_schema. */
	bool is_virtual;             /* SQLite: a virtual table. */
};

struct catalog {
	const struct catalog_object **items; /* By kind, then by name as strcmp() has it. */
	size_t count;
};

/* The schema of the main database.  `previous`, or NULL, is a catalog read from the same connection
 * before: what has not changed since is taken from it, so that reading costs what has changed.
 * `tracking` is the tracking table's name, "schema_migrations".  NULL when the database does not
 * answer; sqlite3_errmsg() says why. */
struct catalog *catalog_sqlite(struct arena *arena, struct sqlite3 *database,
                               const struct catalog *previous, const char *tracking);

/* All schemas but the server's own, named as they are with `public` in search_path.  `previous` as
 * above: while no type changes, an object that is told the same is the same in both.  The
 * connection is idle or in a transaction, and is as it was afterwards.  NULL when the server does
 * not answer; then *trouble is why, in one line. */
struct catalog *catalog_postgres(struct arena *arena, struct pg_conn *connection,
                                 const struct catalog *previous, const char *tracking,
                                 const char **trouble);

/* What changes from `before` to `after`, a line each:
 *
 *     - index orders_customer                               gone
 *     + view recent                                         new
 *     ~ table orders: column note TEXT added                otherwise
 */
struct catalog_diff {
	const char **lines;
	size_t count;
};
struct catalog_diff catalog_diff(struct arena *arena, const struct catalog *before,
                                 const struct catalog *after);

/* The same in other words than " gone", " added" and ", and was". */
struct catalog_words {
	const char *gone;  /* Behind a line that only `before` has. */
	const char *added; /* Behind one that only `after` has. */
	const char *was;   /* Between what is in `after` and what is in `before`. */
};
struct catalog_diff catalog_diff_in(struct arena *arena, const struct catalog *before,
                                    const struct catalog *after, const struct catalog_words *words);

/* The schema as SQL that makes it in an empty database: the same bytes for the same schema.  An
 * empty line comes first. */
void catalog_write_sql(const struct catalog *catalog, enum dialect dialect, struct buffer *out);

/* --- For those who read one --- */

/* "table", "index" ... */
const char *catalog_noun(const struct catalog_object *object);

/* Begin with { .arena = ... }. */
struct catalog_builder {
	struct arena *arena;
	const struct catalog_object **items;
	size_t count;
	size_t capacity;
};

void catalog_add(struct catalog_builder *builder, const struct catalog_object *object);

/* Sorts them. */
struct catalog *catalog_finish(struct catalog_builder *builder);

/* The object of that kind and name, or NULL. */
const struct catalog_object *catalog_find(const struct catalog *catalog, enum catalog_kind kind,
                                          const char *name);

/* Lines that grow.  Begin with { .arena = ... }. */
struct catalog_lines {
	struct arena *arena;
	const char **items;
	size_t count;
	size_t capacity;
};
void catalog_line(struct catalog_lines *lines, const char *line);

/* Two lines of PostgreSQL's: do they say the same, but in the words of different versions?
 * x AT TIME ZONE 'utc' is timezone('utc', x), and a view of one table may have its columns
 * qualified or not. */
bool catalog_says_same(struct arena *arena, enum catalog_kind kind, const char *a, const char *b);

/* SQL without what the database does not look at: one space between tokens, no comments, words and
 * plain quoted names in lower case. */
const char *catalog_normalize(struct arena *arena, enum dialect dialect, struct text sql);

/* `table`, `table`_log or `table`_state? */
bool catalog_is_tracking(const char *name, const char *table);

/* The name of the table that it belongs to, or its own, which begins with the
 * schema unless that is public. */
const char *catalog_place(const struct catalog_object *object);

#endif
