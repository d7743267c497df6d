/* rows.h - a few rows in every table of a scratch database, made up from the schema, and whether
 * they are still there.  Best effort: a table that takes none of them stays empty. */
#ifndef INLAY_ROWS_H
#define INLAY_ROWS_H

#include "stage.h"

#define ROWS_EACH 3 /* Rows of a table. */

/* What kind of value a column takes. */
enum rows_class {
	ROWS_TEXT,
	ROWS_INTEGER,
	ROWS_REAL,
	ROWS_BOOLEAN,
	ROWS_BLOB,
	ROWS_DATE,
	ROWS_TIME,
	ROWS_TIMESTAMP,
	ROWS_UUID,
	ROWS_JSON,
	ROWS_ARRAY,
	ROWS_RANGE,
	ROWS_NETWORK,
	ROWS_INTERVAL,
	ROWS_OTHER /* NULL, where that is allowed. */
};

struct rows_column {
	const char *name; /* Quoted. */
	enum rows_class class;
	bool is_nullable;
	bool is_left_out;           /* Generated, or better left to its default. */
	uint32_t size_max;          /* Characters; 0 for any number. */
	const char *const *choices; /* Literals, one of which fits: of an enum, a CHECK. */
	size_t choice_count;
	const char *parent; /* A query without its end for a column that references another. */
	const char *parent_name;
};

/* One table.  The driver's describe() fills in the second part. */
struct rows_table {
	const struct catalog_object *object;
	int64_t count;    /* Rows when last looked at. */
	int64_t before;   /* And before that, where it was there. */
	uint32_t round;   /* When it was last there. */
	bool is_dirty;    /* Something may have happened to its rows. */
	bool is_hopeless; /* It takes no row of ours, as it is. */
	bool is_at_work;  /* Being filled: its foreign keys lead in a circle. */
	bool is_meant;    /* The script says itself that rows of it go. */
	uint32_t lost_at; /* The statement that deletes rows of it without saying so, or 0. */

	const char *name; /* Quoted. */
	struct rows_column *columns;
	size_t column_count;
};

/* Which values are tried first: what fails with one sort of them may be about the values. */
enum rows_sort {
	ROWS_PLAIN,    /* Three different ones of the column's type. */
	ROWS_NULLS,    /* NULL wherever it is allowed, and numbers for texts. */
	ROWS_LITERALS, /* The same, and the migration's own literals for texts. */
	ROWS_SORT_COUNT
};

struct rows {
	struct stage *stage;
	struct arena *arena;
	enum rows_sort sort;
	struct catalog_lines literals; /* For ROWS_LITERALS. */
	const struct catalog *catalog; /* When last looked at. */
	uint32_t round;
	bool met_circle;           /* Since a table at the top: of foreign keys. */
	struct rows_table **slots; /* By name. */
	size_t slot_count;
	size_t used;
};

/* Begins anew, for an opened stage. */
struct rows *rows_create(struct stage *stage, enum rows_sort sort);

/* Puts rows into the tables that have none. */
void rows_fill(struct rows *rows);

/* Counts the rows of tables that something may have happened to.  With `each`, calls it for those
 * that are still there and have fewer, `before` rows at first. */
void rows_settle(struct rows *rows,
                 void (*each)(struct stage *stage, struct rows_table *table, int64_t before,
                              void *context),
                 void *context);

/* The table of that name, or NULL. */
struct rows_table *rows_find(const struct rows *rows, const char *name);

/* All tables are dirty. */
void rows_touch_all(struct rows *rows);

/* Collects the literals of a script for ROWS_LITERALS. */
void rows_take_literals(struct rows *rows, const struct script *script);

/* Literals of a CHECK and their neighbours, for a column whose normalized name stands in it. */
void rows_choices_of(struct arena *arena, const struct catalog_object *object, const char *name,
                     struct rows_column *column);

/* --- What the drivers' describe() are (rows_sqlite.c, rows_postgres.c) --- */

bool rows_describe_sqlite(struct stage *stage, struct arena *arena, struct rows_table *table);
bool rows_describe_postgres(struct stage *stage, struct arena *arena, struct rows_table *table);

/* --- values.c --- */

/* A literal for the row (from 1) of a column, at one of several attempts. */
const char *value_make(const struct rows *rows, const struct rows_column *column, uint32_t row,
                       uint32_t attempt);

/* 'text', quoted for SQL. */
const char *value_quote(struct arena *arena, const char *text, char quote);

#endif
