/* image.h - the set as an image: what emit_source.c writes as C, and the command itself uses in
 * memory. */
#ifndef INLAY_COMPILER_IMAGE_H
#define INLAY_COMPILER_IMAGE_H

#include "buffer.h"
#include "migration.h"

#define IMAGE_MEMBERS_MAX 1000 /* Of one C struct; C99 promises 1,023. */

/* One text of the image: a NUL-terminated string at some offset, a struct member in C. */
struct image_text {
	struct text text;   /* LF line ends; without the NUL. */
	const char *member; /* "up_1" */
	uint32_t block;     /* Index into blocks. */
	uint32_t offset;    /* From the image's first byte. */
};

/* Texts that lie together: those of one migration, or of a part of one that has very many. */
struct image_block {
	const char *name; /* "m001_create_accounts" */
	const char
	        *heading; /* "migrations/001_create_accounts.sql", for the reader of the C file. */
	uint32_t first;   /* Index of its first text. */
	uint32_t count;
};

/* One dialect's tables.  Where the format has the offset of a text, these hold the text's index; a
 * probe is never the first text, so 0 is none in both.  (A call's is the function's index.)  The
 * repeatable migrations follow the others: a set of them alone has its empty table there. */
struct image_dialect {
	struct inlay_image_migration *migrations;
	uint32_t migration_count;
	struct inlay_image_migration *repeatables;
	uint32_t repeatable_count;
	struct inlay_image_statement *statements;
	uint32_t statement_count;
	uint32_t migrations_offset;
	uint32_t repeatables_offset;
	uint32_t statements_offset;
};

/* A function of the application, in the place of the table that a call's `probe` means. */
struct image_function {
	struct text name;
	struct text *files; /* That call it, in order, each once: "migrations/002_hash.sql". */
	size_t file_count;
	size_t file_capacity;
};

struct image {
	const char *name;  /* The set's C symbol. */
	const char *label; /* "migrations/": the directory's name, or "". */
	struct image_dialect
	        tables[DIALECT_COUNT]; /* migrations NULL: the dialect is not carried. */
	bool carried[DIALECT_COUNT];
	struct image_block *blocks;
	uint32_t block_count;
	struct image_text *texts; /* [0] is the set's name, [1] the compiler's version. */
	uint32_t text_count;
	struct image_function *functions; /* No part of the bytes; in order of appearance. */
	size_t function_count;
	uint32_t size; /* Bytes of the whole image. */
	struct inlay_digest digest;
};

/* "12 migrations and 2 repeatable ones" */
void image_write_counts(struct buffer *out, size_t migration_count, size_t repeatable_count);

/* Lays out the set.  false after a diagnostic: it is too large for 32-bit offsets, or a function
 * has a name that the generated C needs. */
bool image_build(struct arena *arena, const struct migration_set *set, const char *name,
                 struct image *image, struct diagnostics *problems);

/* The image in one byte order or the other. */
struct text image_bytes_in_order(struct arena *arena, const struct image *image, bool big_endian);

/* The image in this machine's byte order, as the runtime reads it; 8-byte aligned, owned by the
 * arena. */
struct text image_bytes(struct arena *arena, const struct image *image);

#endif
