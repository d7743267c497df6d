/* ddl.h - what one statement does, as far as the model and the rules need it: a shallow syntax tree
 * of both dialects.  What it does not know it passes over; it never fails. */
#ifndef INLAY_DDL_H
#define INLAY_DDL_H

#include "migration.h"
#include "name.h"

/* The name, or table, or names that stand here first are there; where a statement has none it is
 * DDL_OTHER.  So it is with actions. */
enum ddl_kind {
	DDL_OTHER,            /* Also what is not complete. */
	DDL_CREATE_TABLE,     /* name; columns, constraints; as_query, other (PARTITION OF) */
	DDL_ALTER_TABLE,      /* name; actions */
	DDL_CREATE_INDEX,     /* name (may be NULL), table; index_columns, method, where, unique */
	DDL_ALTER_INDEX,      /* name; actions: RENAME, ATTACH_PARTITION (other), OTHER */
	DDL_CREATE_VIEW,      /* name; materialized, as_query */
	DDL_ALTER_VIEW,       /* name; materialized; actions: RENAME, OTHER */
	DDL_CREATE_TRIGGER,   /* name, table; body */
	DDL_CREATE_FUNCTION,  /* name; body; procedures too (object) */
	DDL_CREATE_TYPE,      /* name; enum_values for an enum */
	DDL_CREATE_DOMAIN,    /* name; columns[0] has its type, default and checks; constraints */
	DDL_ALTER_TYPE,       /* name; actions: ADD_VALUE, RENAME_VALUE, RENAME, OTHER */
	DDL_ALTER_DOMAIN,     /* name; actions: ADD_CONSTRAINT, DROP_CONSTRAINT, SET_NOT_NULL ... */
	DDL_CREATE_SCHEMA,    /* name */
	DDL_ALTER_SCHEMA,     /* name; actions: RENAME, OTHER */
	DDL_CREATE_SEQUENCE,  /* name */
	DDL_CREATE_POLICY,    /* name, table; ALTER POLICY too */
	DDL_CREATE_RULE,      /* name, table */
	DDL_DROP,             /* object, names, cascade, table (DROP TRIGGER x ON table) */
	DDL_REINDEX,          /* object, name */
	DDL_TRUNCATE,         /* names, cascade */
	DDL_INSERT,           /* table; index_columns = its columns, as_query; has_where */
	DDL_UPDATE,           /* table; assigned; where */
	DDL_DELETE,           /* table; where */
	DDL_MERGE,            /* table */
	DDL_COPY,             /* table */
	DDL_SELECT,           /* SELECT, WITH ... SELECT, VALUES, TABLE */
	DDL_PRAGMA,           /* name; value */
	DDL_SET,              /* SET and RESET: name ("lock_timeout"), value, local */
	DDL_DO,               /* body */
	DDL_CALL,             /* name */
	DDL_REFRESH,          /* name of the materialized view; concurrently */
	DDL_VACUUM,           /* names; full */
	DDL_CLUSTER,          /* name, if any */
	DDL_LOCK,             /* names; value: "access exclusive" */
	DDL_CREATE_EXTENSION, /* name */
	DDL_GRANT,            /* GRANT and REVOKE */
	DDL_COMMENT,
	DDL_ALTER_OBJECT /* object: sequence, function, trigger, policy, rule ...; name, table;
	                  * actions: RENAME, SET_SCHEMA, OTHER */
};

/* What DROP, REINDEX and CREATE FUNCTION are about. */
enum ddl_object {
	OBJECT_OTHER,
	OBJECT_TABLE,
	OBJECT_INDEX,
	OBJECT_VIEW,
	OBJECT_MATERIALIZED_VIEW,
	OBJECT_TRIGGER,
	OBJECT_FUNCTION,
	OBJECT_PROCEDURE,
	OBJECT_TYPE,
	OBJECT_DOMAIN,
	OBJECT_SEQUENCE,
	OBJECT_SCHEMA,
	OBJECT_DATABASE,
	OBJECT_SYSTEM,
	OBJECT_EXTENSION,
	OBJECT_POLICY,
	OBJECT_RULE,
	OBJECT_AGGREGATE
};

struct ddl_type {
	const char *name;      /* Lower-case words; PostgreSQL's aliases resolved: "integer",
	                        * "character varying", "timestamp without time zone" (timestamp),
	                        * "timestamp with time zone"; "serial", "bigserial" stay.
	                        * A user's type: schema and name, as name_to_sql().  NULL: none. */
	const char *arguments; /* "100", "10,2"; or NULL. */
	bool is_array;
	struct text at;
};

struct ddl_reference {
	struct name table;
	const char *const *columns;
	size_t column_count;   /* 0: the table's primary key. */
	const char *on_delete; /* "cascade", "set null" ...; NULL: not written. */
};

enum ddl_constraint_kind {
	CONSTRAINT_PRIMARY_KEY,
	CONSTRAINT_UNIQUE,
	CONSTRAINT_CHECK,
	CONSTRAINT_FOREIGN_KEY,
	CONSTRAINT_EXCLUDE,
	CONSTRAINT_NOT_NULL
};

/* Of a table, and also each one that a column carries. */
struct ddl_constraint {
	enum ddl_constraint_kind kind;
	const char *name; /* Or NULL. */
	const char *const *columns;
	size_t column_count;
	struct ddl_reference reference; /* FOREIGN_KEY. */
	struct text expression;         /* CHECK: what is in its parentheses. */
	const char *using_index;        /* PRIMARY_KEY, UNIQUE: USING INDEX name. */
	bool not_valid;
	bool of_column; /* It stands at a column. */
	struct text at;
};

struct ddl_column {
	const char *name;
	struct ddl_type type;
	bool not_null; /* Written so; a primary key is not "written". */
	bool primary_key;
	bool unique;
	bool autoincrement;     /* SQLite. */
	bool identity;          /* GENERATED ... AS IDENTITY. */
	bool generated;         /* GENERATED ALWAYS AS (...), AS (...) in SQLite. */
	bool stored;            /* The same, STORED. */
	struct text default_at; /* The expression behind DEFAULT; start NULL: none. */
	const char *collation;
	const struct ddl_constraint *constraints; /* Those that it carries, NOT NULL left out. */
	size_t constraint_count;
	struct text name_at;
	struct text at; /* All of the definition. */
};

enum ddl_action_kind {
	ACTION_OTHER,
	ACTION_ADD_COLUMN,          /* column; if_not_exists */
	ACTION_DROP_COLUMN,         /* name; if_exists, cascade */
	ACTION_RENAME_COLUMN,       /* name, new_name */
	ACTION_RENAME,              /* new_name: of the table, index, type ... itself */
	ACTION_RENAME_CONSTRAINT,   /* name, new_name */
	ACTION_SET_SCHEMA,          /* new_name */
	ACTION_SET_TYPE,            /* name; type, using */
	ACTION_SET_DEFAULT,         /* name; expression */
	ACTION_DROP_DEFAULT,        /* name */
	ACTION_SET_NOT_NULL,        /* name */
	ACTION_DROP_NOT_NULL,       /* name */
	ACTION_DROP_EXPRESSION,     /* name */
	ACTION_ADD_IDENTITY,        /* name */
	ACTION_DROP_IDENTITY,       /* name */
	ACTION_ADD_CONSTRAINT,      /* constraint */
	ACTION_DROP_CONSTRAINT,     /* name; if_exists, cascade */
	ACTION_VALIDATE_CONSTRAINT, /* name */
	ACTION_ALTER_CONSTRAINT,    /* name */
	ACTION_ATTACH_PARTITION,    /* other; expression: FOR VALUES ... */
	ACTION_DETACH_PARTITION,    /* other; concurrently */
	ACTION_ENABLE_TRIGGER,      /* name, or "all", "user" */
	ACTION_DISABLE_TRIGGER,     /* name, or "all", "user" */
	ACTION_ROW_SECURITY,        /* ENABLE, DISABLE, FORCE ROW LEVEL SECURITY */
	ACTION_SET_LOGGED,
	ACTION_SET_UNLOGGED,
	ACTION_SET_TABLESPACE,    /* new_name */
	ACTION_SET_ACCESS_METHOD, /* new_name */
	ACTION_CLUSTER_ON,        /* name */
	ACTION_SET_STORAGE,       /* SET STATISTICS, STORAGE, (parameters), REPLICA IDENTITY ... */
	ACTION_ADD_VALUE,         /* name: the enum's new value; placed, if_not_exists */
	ACTION_RENAME_VALUE       /* name, new_name */
};

struct ddl_action {
	enum ddl_action_kind kind;
	const char *name;
	const char *new_name;
	struct ddl_column column;
	struct ddl_constraint constraint;
	struct ddl_type type;
	struct text using_at; /* SET_TYPE: the expression behind USING. */
	struct text expression;
	struct name other;
	bool if_exists;
	bool if_not_exists;
	bool cascade;
	bool concurrently;
	bool placed;    /* ADD_VALUE ... BEFORE, AFTER. */
	struct text at; /* All of the action. */
};

struct ddl_index_column {
	const char *name;       /* NULL: an expression. */
	struct text expression; /* As written, without ASC, opclass and so on. */
	const char *collation;
	bool descending;
	struct text at; /* All of it. */
};

/* One statement.  All that it points to is the arena's, or the source's. */
struct ddl {
	enum ddl_kind kind;
	enum ddl_object object;
	enum dialect dialect;
	const struct statement *statement;
	struct name name;
	struct name table;        /* The one an index, trigger, policy, INSERT ... is on. */
	struct name other;        /* PARTITION OF; of INHERITS and LIKE see has_more_columns. */
	const struct name *names; /* DROP, TRUNCATE, VACUUM, LOCK. */
	size_t name_count;

	const struct ddl_column *columns;
	size_t column_count;
	const struct ddl_constraint *constraints; /* Of the table; columns carry their own. */
	size_t constraint_count;
	const struct ddl_action *actions;
	size_t action_count;
	const struct ddl_index_column *index_columns;
	size_t index_column_count;
	const char *const *values; /* An enum's; UPDATE: the columns assigned. */
	size_t value_count;

	struct text as_query; /* What follows AS, or INSERT's SELECT. */
	struct text where;    /* Behind WHERE, of an index, UPDATE, DELETE. */
	struct text body;     /* A trigger's BEGIN ... END, a function's or DO's text, unquoted
	                            * where it is in dollars. */
	const char *value;    /* PRAGMA, SET, LOCK: what is written, lower-case; NULL: nothing. */
	const char *language; /* Of a function or DO, lower-case; NULL: not written. */
	const char *event;    /* Of a trigger: "before insert or update of a", lower-case. */
	const char *method;   /* CREATE INDEX ... USING, lower-case; NULL: not written. */
	struct text include;  /* CREATE INDEX ... INCLUDE (...); start NULL: none. */

	bool if_exists;
	bool if_not_exists;
	bool or_replace;
	bool unique;
	bool concurrently;
	bool temporary;
	bool materialized;
	bool cascade;
	bool only;             /* ... ON ONLY table, ALTER TABLE ONLY. */
	bool full;             /* VACUUM FULL. */
	bool local;            /* SET LOCAL. */
	bool partitioned;      /* PARTITION BY. */
	bool strict;           /* SQLite. */
	bool without_rowid;    /* SQLite. */
	bool security_definer; /* A function's. */
	bool sets_search_path; /* A function with SET search_path. */
	bool select_star;      /* INSERT ... SELECT *. */
	bool virtual_table;    /* SQLite. */
	bool has_more_columns; /* CREATE TABLE with LIKE, INHERITS, OF: further ones are there. */
	bool foreign_table;    /* CREATE, ALTER FOREIGN TABLE. */
	bool has_elements;     /* CREATE SCHEMA with what is to be made in it. */
	bool is_opaque;        /* EXECUTE, ATTACH, IMPORT FOREIGN SCHEMA: makes what
	                        * nobody sees. */
	bool calls_functions;  /* SELECT: it calls what may be no function of the server's own. */
};

/* Reads one statement.  Linear in its size; never reports anything. */
struct ddl ddl_read(struct arena *arena, const struct statement *statement, enum dialect dialect);

/* "integer" of a serial, "bigint" of a bigserial, "smallint" of a smallserial; NULL of others. */
const char *ddl_serial_type(const struct ddl_type *type);

#endif
