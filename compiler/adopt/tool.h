/*
 * tool.h - what adopt has to know of another tool: how its table looks, which query tells what it
 * holds, which migration of ours a row is, and what checksum it would store for a file.
 *
 * A tool's words end in its query: each answers with the same columns (struct adopt_row), so
 * nothing behind it knows of tools.
 */
#ifndef INLAY_ADOPT_TOOL_H
#define INLAY_ADOPT_TOOL_H

#include "formats/format.h"
#include "migration.h"

#define ADOPT_SHAPES_MAX 3

/* How a table is recognised: names alone say nothing, three tools have a schema_migrations. */
struct adopt_shape {
	const char *schema; /* "sqitch"; NULL: the one that search_path or --schema finds. */
	const char *table;  /* In small letters; NULL ends the shapes. */
	/* "version:bigint|uint64 dirty:bool": between spaces the columns that it has, each with the
	 * beginnings of what its type may be called; without a colon it may be of any type. */
	const char *columns;
	bool is_exact;      /* It has no other columns. */
	const char *beside; /* A table that must be in the same schema, or NULL; with a '!' in
	                     * front, one that must not. */
};

/* What their table says of one migration. */
enum adopt_row_state {
	ADOPT_APPLIED,    /* "applied" */
	ADOPT_THROUGH,    /* "through": this one, and all before it. */
	ADOPT_BASELINE,   /* "baseline": all up to it; it need not be one of ours. */
	ADOPT_REPEATABLE, /* "repeatable": it has no version. */
	ADOPT_FAILED,     /* "failed": it began and did not end well. */
	ADOPT_STATE_COUNT
};

struct adopt_row {
	const char *key;        /* By what they know it: "20240131120000", "1.2", "0001_initial". */
	const char *scope;      /* Django's app, Liquibase's file; or "". */
	const char *applied_at; /* "2026-11-20 09:30:00+00", in UTC; "" when nobody knows. */
	enum adopt_row_state state;
	const char *checksum; /* As text; NULL: none. */
	const char *detail;   /* FAILED: what happened; otherwise what people call it; or "". */
};

/* One of our files, as the tool would see it. */
struct adopt_file {
	int64_t version;
	const char *path; /* Below the directory: "V1__create_accounts.sql", "20240131_a/up.sql". */
	const char *title; /* "V1__create_accounts": its migration, as people call it. */
	struct text text;  /* As it is on disk, byte-order mark and all. */
};

/* All of them that have an up script, by name as strcmp() has it. */
struct adopt_files {
	struct arena *arena;
	const struct adopt_file *items;
	size_t count;
	/* What sums_atlas() has summed up, so that it does so once; begins as NULLs. */
	struct adopt_prefixes *prefixes;
};

/* By how line ends are read (sums_parts.h). */
struct adopt_prefixes {
	const struct inlay_digest *digests[3];
};

/* What a stored checksum says of a file. */
enum adopt_sum {
	ADOPT_SUM_UNUSABLE, /* Nothing: the tool's rule is not one that can be followed here. */
	ADOPT_SUM_SAME,
	ADOPT_SUM_DIFFERS
};

/* How a key says which migration of ours it is. */
enum adopt_keys {
	ADOPT_KEYS_NUMBERS, /* It is the version. */
	ADOPT_KEYS_FILES,   /* It is in the name of a file, which the tool's format reads. */
	ADOPT_KEYS_NAMES    /* Ours is called so. */
};

struct adopt_tool {
	const char *name;  /* "golang-migrate": for --from. */
	const char *title; /* "golang-migrate": for people. */
	/* Its directories; NULL: they are not read. */
	const struct format *format;
	/* Its files are read the same in our own layout, which they may look like. */
	bool is_native;
	enum adopt_keys keys;
	const char *file_name; /* KEYS_FILES: what stands before and behind: "V@__x.sql". */
	bool is_one_row;       /* It stands for all before. */
	/* Several rows of one scope may be one migration of ours. */
	bool has_parts;
	/* Rows of other applications stand in the same table: those of a scope of which no
	 * migration is ours are none of our business. */
	bool is_shared;
	struct adopt_shape shapes[ADOPT_SHAPES_MAX];

	/* The rows, in the order in which they were applied, as columns key, scope, applied_at,
	 * state, checksum, detail; "@" is the table, and "@name" another one of its schema.  NULL:
	 * the tool does not know this database. */
	const char *rows[DIALECT_COUNT];

	/* Who is at work with that tool right now, one text a row, out of `busy_table` if there is
	 * one; NULL: no table tells. */
	const char *busy[DIALECT_COUNT];
	const char *busy_table;
	const char *others;   /* Its other tables, between spaces; or NULL. */
	const char *release;  /* How a lock goes that somebody dead has left in there. */
	int64_t advisory_key; /* PostgreSQL: the lock it holds while it works; 0: none we know. */

	/* Holds what is stored against files->items[index]; `*ours` becomes what would be stored
	 * for it.  NULL: the tool stores none. */
	enum adopt_sum (*compare)(const struct adopt_files *files, size_t index,
	                          const struct adopt_row *row, const char **ours);
	/* It is one of all files up to that one: behind one that differs, or that was not there,
	 * those of the others say nothing. */
	bool is_cumulative;
};

/* All of them, each in a file tools_*.c; NULL ends them. */
extern const struct adopt_tool adopt_atlas, adopt_bun, adopt_dbmate, adopt_diesel, adopt_django,
        adopt_flyway, adopt_golang_migrate, adopt_goose, adopt_liquibase, adopt_prisma, adopt_rails,
        adopt_refinery, adopt_sqitch, adopt_sqlx, adopt_tern, adopt_yoyo;
const struct adopt_tool *const *adopt_tools(void);

/* The one of that name, or NULL. */
const struct adopt_tool *adopt_tool_find(const char *name);

/* A time as adopt_row has it, of an expression with or without a time zone. */
#define ADOPT_TIME_POSTGRES(time)                                                                  \
	"to_char((" time ")::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'"
#define ADOPT_TIME_SQLITE(time) "strftime('%Y-%m-%d %H:%M:%S', " time ") || '+00'"

#endif
