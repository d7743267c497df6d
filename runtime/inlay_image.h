/*
 * inlay_image.h - the image: the bytes in which a program carries its migrations.
 *
 * The compiler writes these structs as C (or, for its own command line, in memory) and the runtime
 * reads them.  An image is one object without pointers: every position is a 32-bit offset from its
 * first byte, or an index.  So it needs no relocation, lies in read-only memory, is shared between
 * processes and can be found in any binary by its magic.  Nothing here is for applications: they
 * name the set and pass it on.
 *
 *     struct inlay_image                header, at offset 0
 *     struct inlay_image_migration[]    two tables a dialect: the migrations in version order, and
 *                                       the repeatable ones in name order
 *     struct inlay_image_statement[]    one table a dialect, up and down scripts alternating
 *     char[]                            texts, each with its NUL; the image's last byte is a NUL
 *
 * Numbers are in the byte order of the machine the image was compiled for.  All structs are
 * multiples of eight bytes, so no compiler pads them; tables begin at multiples of eight.
 */
#ifndef INLAY_IMAGE_H
#define INLAY_IMAGE_H

#include <stdint.h>

/* 15 bytes and the NUL; damaged by transfers as text, on purpose. */
#define INLAY_IMAGE_MAGIC      "\211inlay image\r\n\032"
#define INLAY_IMAGE_FORMAT     4u
#define INLAY_IMAGE_BYTE_ORDER 0x01020304u

/* A SHA-256.  words[0] holds its first eight bytes, the first of them as the most significant, so
 * that the words printed in order as 16 hex digits each are the usual 64.  (Four numbers cost a C
 * compiler an eighth of what 32 bytes do.) */
struct inlay_digest {
	uint64_t words[4]; /* Most significant first. */
};

/* Index into inlay_image.dialects. */
enum inlay_dialect {
	INLAY_DIALECT_SQLITE = 0,  /* SQLite 3. */
	INLAY_DIALECT_POSTGRES = 1 /* PostgreSQL. */
};
#define INLAY_DIALECT_COUNT 2

/* What one dialect of the set has.  A set that does not carry the dialect has migrations == 0. */
struct inlay_image_dialect {
	uint32_t migrations;       /* Offset of its struct inlay_image_migration[]. */
	uint32_t migration_count;  /* Of these. */
	uint32_t statements;       /* Offset of its struct inlay_image_statement[]. */
	uint32_t statement_count;  /* Of these. */
	uint32_t repeatables;      /* Offset of another struct inlay_image_migration[]. */
	uint32_t repeatable_count; /* Of these. */
};

/* The header.  Offsets count bytes from its beginning. */
struct inlay_image {
	char magic[16];      /* INLAY_IMAGE_MAGIC with its NUL. */
	uint32_t byte_order; /* INLAY_IMAGE_BYTE_ORDER. */
	uint32_t format;     /* INLAY_IMAGE_FORMAT; another one is refused. */
	uint32_t size;       /* Bytes of the whole image, this header included. */
	uint32_t name;       /* Offset: the set's name, a C identifier. */
	/* Of the image in little-endian form, this field zero.  Tells an image in a file from the
	 * magic in a tool; the runtime does not compute it. */
	struct inlay_digest digest;
	struct inlay_image_dialect dialects[INLAY_DIALECT_COUNT]; /* By enum inlay_dialect. */
	uint32_t compiler; /* Offset: the version of the `inlay` that compiled it, "0.1.0". */
	uint32_t reserved; /* 0. */
};

/*
 * What the runtime has to know about a script.  Most flags exist twice, for up and for down.
 *
 * SESSION: the script may leave something in the session behind its transaction (settings, a role,
 * temporary tables, prepared statements), which is to be put back before the next script runs.  The
 * compiler says so of every script with a statement that it does not know to be harmless; without
 * the flag there is nothing to look for, and nothing to send.
 *
 * FRESH: the first statement must be the first command of a session ("-- migrate:session fresh"),
 * so the script gets a connection of its own.  PostgreSQL only; never without NO_TRANSACTION.
 *
 * BREAKING: programs that do not have this migration must not run once it is applied
 * ("-- migrate:breaking").
 */
#define INLAY_MIGRATION_NO_TRANSACTION        0x001u /* The up script runs outside a transaction. */
#define INLAY_MIGRATION_FOREIGN_KEYS_OFF      0x002u /* SQLite: up runs with foreign_keys off. */
#define INLAY_MIGRATION_HAS_DOWN              0x004u /* There is a down; it may be empty. */
#define INLAY_MIGRATION_DOWN_NO_TRANSACTION   0x008u /* The same two for the down script. */
#define INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF 0x010u
#define INLAY_MIGRATION_SESSION               0x020u /* Up may change the session, see above. */
#define INLAY_MIGRATION_FRESH                 0x040u /* Up needs a fresh session, see above. */
#define INLAY_MIGRATION_DOWN_SESSION          0x080u /* The same two for the down script. */
#define INLAY_MIGRATION_DOWN_FRESH            0x100u
#define INLAY_MIGRATION_BREAKING              0x200u

/*
 * A repeatable migration has the same entry, and no down.  Its name is what stands for it in the
 * database; names are strictly ascending by strcmp().  Its `version` is the revision that
 * inlay.lock counts for it, 0 without that file: of two programs with other texts the higher one
 * wins.  Its `chain` is over the chain before || revision (8 bytes, big-endian) || name with its
 * NUL || checksum; so the last one's stands for them all.
 */
struct inlay_image_migration {
	int64_t version;              /* 0 .. INT64_MAX; strictly ascending in the table. */
	uint32_t name;                /* Offset: "create_accounts". */
	uint32_t file;                /* Offset: "migrations/001_create_accounts.sql". */
	uint32_t down_file;           /* Offset: of the down script; the same for a section. */
	uint32_t flags;               /* INLAY_MIGRATION_... */
	uint32_t up;                  /* Index of the first up statement. */
	uint32_t up_count;            /* Of these. */
	uint32_t down;                /* Index of the first down statement. */
	uint32_t down_count;          /* Of these. */
	struct inlay_digest checksum; /* Of the up script's tokens. */
	struct inlay_digest source_checksum; /* Of the up file's text: LF, no byte-order mark. */
	struct inlay_digest chain;           /* Of chain before || version (8 bytes big-endian)
	                                      * || checksum. */
	struct inlay_digest down_checksum;   /* Of the down script's tokens; zero without one. */
};

/*
 * What the runtime has to know about a statement.  It has no lexer: the compiler decides all of
 * this (compiler/classify.c), from the statement's tokens alone and in doubt for caution, as it
 * knows neither the database nor what a function does.
 *
 * ALONE: it refuses to run inside a transaction block, or may end one (CALL, DO).  In a script
 * without a transaction nothing may be put around it, neither BEGIN nor other statements of the
 * same message; what the runtime has to write down about it goes into transactions before and
 * after.  In one with a transaction only the latter kind is left, as the compiler refuses the rest
 * where it knows it: then nothing tells but the state of the transaction behind it.
 *
 * SETUP: it changes nothing but the session (SET, PRAGMA, ATTACH).  Such a statement is gone with
 * the session: when a script without a transaction is gone on with, those before that point run
 * again.
 *
 * REPEATABLE: run a second time it does no harm (VACUUM, ... IF NOT EXISTS).  When the connection
 * broke and nobody knows whether it took effect, it may simply run again.
 *
 * WAIT: nothing may be sent behind it before its answer is there.  COPY would take the next message
 * for its data; transaction control decides what the next statement runs in.
 *
 * CALL: it is no SQL.  Its text is the name of a function of the application ("-- migrate:call
 * name"), which struct inlay_set has at index `probe`.  Never without WAIT.
 */
#define INLAY_STATEMENT_ALONE      0x1u
#define INLAY_STATEMENT_SETUP      0x2u
#define INLAY_STATEMENT_REPEATABLE 0x4u
#define INLAY_STATEMENT_WAIT       0x8u
#define INLAY_STATEMENT_CALL       0x10u

/*
 * The probe is the other answer to "did it take effect?", for what can be neither rolled back nor
 * repeated: a query (PostgreSQL: of CREATE and DROP INDEX CONCURRENTLY) that tells whether the
 * statement's effect is there, under any search_path in which the names of the statement itself
 * would be found.  It answers
 *
 *     no row               nothing of it is there: the statement may run
 *     ('t', NULL or SQL)   it is complete: the statement is through
 *     ('f', SQL)           it is half done: the SQL, one command that runs alone, clears it away,
 *                          and then the statement may run
 *
 * and never more than one row.
 */
struct inlay_image_statement {
	uint32_t text;   /* Offset of the statement, NUL-terminated. */
	uint32_t size;   /* Bytes, without the NUL. */
	uint32_t line;   /* 1-based line of its first byte in the file. */
	uint32_t column; /* 1-based column there, in code points. */
	uint32_t flags;  /* INLAY_STATEMENT_... */
	uint32_t probe;  /* Offset of the probe, NUL-terminated; 0 for none.  Of a CALL: index. */
};

#endif
