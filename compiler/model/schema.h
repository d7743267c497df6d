/* schema.h - the history as a model: the objects there are after the statements so far. */
#ifndef INLAY_SCHEMA_H
#define INLAY_SCHEMA_H

#include "ddl.h"

/* Which statement did something. */
struct origin {
	const struct migration *migration; /* NULL: nobody knows, it was there before the first. */
	const struct script *script;
	const struct statement *statement;
	bool released; /* That migration is in production already. */
};

struct schema_column {
	const char *name;
	struct ddl_type type;
	bool not_null;    /* Also as a part of the primary key. */
	bool has_default; /* Other than NULL; a serial column, too. */
	bool identity;
	bool generated;
	bool autoincrement;
	struct text default_at; /* The expression, where one was written. */
	const char *collation;  /* Or NULL. */
	struct text definition; /* All of it, as SQLite would show it; start NULL: unseen. */
	struct origin origin;
};

struct schema_constraint {
	enum ddl_constraint_kind kind;
	const char *name; /* As PostgreSQL would name it where none is written; "" in SQLite. */
	const char *const *columns;
	size_t column_count;
	struct ddl_reference reference;
	struct text expression;
	struct text definition; /* All of it, as SQLite would show it. */
	bool of_column;         /* It stands at a column. */
	bool valid;
	struct origin origin;
};

struct schema_index {
	struct name name;
	bool unique;
	bool concurrently;
	const char *method; /* "gin"; NULL: not written. */
	struct ddl_index_column *columns;
	size_t column_count;
	struct text where;
	struct text include;
	struct origin origin;
};

struct schema_trigger {
	const char *name;
	struct text body;
	const char *event;
	struct origin origin;
};

struct schema_table {
	struct name name;
	struct schema_column *columns;
	size_t column_count, column_capacity;
	struct schema_constraint *constraints;
	size_t constraint_count, constraint_capacity;
	struct schema_index *indexes;
	size_t index_count, index_capacity;
	struct schema_trigger *triggers;
	size_t trigger_count, trigger_capacity;
	struct name partition_of; /* name NULL: it is none.  Indexes that the server makes for a
	                           * partition because its parent has them are not here. */
	bool partitioned;
	bool temporary;
	bool strict;
	bool without_rowid;
	bool foreign_table;
	bool is_opaque; /* Made by AS, LIKE, INHERITS, virtual: its columns are not all known. */
	struct origin origin;
};

/* Views, materialized views, functions, types, domains, sequences, schemas, extensions; triggers
 * of views. */
struct schema_object {
	enum ddl_object kind;
	struct name name;
	struct text definition;    /* A view's query, a function's body. */
	const char *const *values; /* An enum's. */
	size_t value_count;
	struct name table; /* The view that a trigger is on. */
	bool has_check;    /* A domain with a CHECK or NOT NULL. */
	struct origin origin;
};

struct schema {
	struct arena *arena;
	enum dialect dialect;
	struct schema_table *tables; /* In no particular order. */
	size_t table_count, table_capacity;
	struct schema_object *objects;
	size_t object_count, object_capacity;
	bool is_opaque; /* DO, EXECUTE, calls, extensions: there may be objects that nobody sees. */
	bool is_uncertain; /* The same, and what is in the model may be gone or otherwise by now. */
	bool is_partial;   /* The first statements, or ones in production, are about tables that
	                    * nobody made: the beginning of the history is not here. */
	struct schema_lookup *lookup; /* Private: schema_lookup.h */
};

/* Empty. */
void schema_create(struct schema *schema, struct arena *arena, enum dialect dialect);

/* Does what the statement does.  What does not fit is passed over. */
void schema_apply(struct schema *schema, const struct ddl *ddl, struct origin origin);

/* NULL when there is none.  A temporary table hides the one of its name.  Pointers are valid until
 * the next schema_apply(). */
struct schema_table *schema_table(const struct schema *schema, struct name name);
struct schema_object *schema_object(const struct schema *schema, enum ddl_object kind,
                                    struct name name);

/* Does the history say that there is no table, view or the like of that name?  False where it does
 * not tell: is_opaque, is_partial, a schema that no migration makes, the server's own tables. */
bool schema_is_missing(const struct schema *schema, struct name name);

/* The index of that name and, in `*table`, its table. */
struct schema_index *schema_index(const struct schema *schema, struct name name,
                                  struct schema_table **table);
struct schema_column *schema_column(const struct schema *schema, const struct schema_table *table,
                                    const char *name);
struct schema_constraint *schema_constraint(const struct schema *schema,
                                            const struct schema_table *table, const char *name);

/* Do these columns, in any order, lead an index without a condition, a UNIQUE or the PRIMARY
 * KEY? */
bool schema_has_index(const struct schema *schema, const struct schema_table *table,
                      const char *const *columns, size_t count);

/* Are these columns, in any order, those of a unique index without a condition, of a UNIQUE or of
 * the PRIMARY KEY? */
bool schema_is_unique(const struct schema *schema, const struct schema_table *table,
                      const char *const *columns, size_t count);

/* The PRIMARY KEY, or NULL. */
struct schema_constraint *schema_primary_key(const struct schema_table *table);

/* Is `name` one of the words and names of `text`, a piece of SQL? */
bool schema_mentions(const struct schema *schema, struct text text, const char *name);

#endif
