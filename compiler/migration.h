/* migration.h - the model: what one statement, one script, one migration and one set is.  No
 * functions. */
#ifndef INLAY_MIGRATION_H
#define INLAY_MIGRATION_H

#include "../runtime/inlay_image.h"
#include "lexer.h"
#include "source.h"

#define STATEMENT_COUNT_MAX ((size_t)16 << 20) /* Of one set and dialect. */
#define NAME_SIZE_MAX       ((size_t)120)      /* Bytes of a migration's name, after its version. */

/* One SQL command. */
struct statement {
	struct text text; /* A slice of the source, without semicolon and surrounding space. */
	struct position position;         /* Of its first byte. */
	bool standard_conforming_strings; /* How its strings are lexed. */
	uint32_t call;     /* Not 0: it is no SQL but a function's name, called at this version. */
	uint32_t flags;    /* INLAY_STATEMENT_..., by classify.c. */
	struct text probe; /* SQL that looks for its effect; start NULL: none. */
};

/* One direction of one migration in one dialect. */
struct script {
	const struct source *source; /* NULL: there is no such script. */
	struct statement *statements;
	size_t count;
	bool no_transaction;   /* -- migrate:up transaction:false, or fresh. */
	bool fresh;            /* PostgreSQL: -- migrate:session fresh */
	bool foreign_keys_off; /* SQLite: PRAGMA foreign_keys = off was lifted out. */
	bool breaking;         /* -- migrate:breaking */
	bool session;          /* It may leave something in the session, by classify.c. */
	struct inlay_digest checksum;
};

/* A "-- checksum: ..." header as written; dialect is DIALECT_COUNT when it names none. */
struct header_checksum {
	struct text text;   /* The comment. */
	struct text digits; /* Its 64 hex digits. */
	enum dialect dialect;
};

/* What a migration is in one dialect. */
struct variant {
	struct script up;
	struct script down;
	struct inlay_digest source_checksum;
	struct inlay_digest chain;
};

struct migration {
	bool released;     /* In production already, by since.c: not judged again. */
	bool repeatable;   /* It has no place in the order, and no down scripts. */
	int64_t version;   /* Of a repeatable one: its revision by inlay.lock, or 0. */
	const char *name;  /* "create_accounts"; of a repeatable one its title. */
	const char *title; /* "001_create_accounts": as people call it, and as files begin. */
	const struct source *files[DIALECT_COUNT]
	                          [2]; /* Which file holds [dialect][0 up, 1 down]; may repeat. */
	struct variant variants[DIALECT_COUNT];
};

/* Everything that is compiled together. */
struct migration_set {
	const char *directory;   /* As given: "migrations". */
	struct migration *items; /* By ascending version. */
	size_t count;
	struct migration *repeatables; /* By ascending title, as strcmp() has it. */
	size_t repeatable_count;
	bool dialects[DIALECT_COUNT]; /* Which ones are compiled. */
};

#endif
