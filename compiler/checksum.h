/* checksum.h - SHA-256 over tokens, sources and the chain.  Used at build time only: the
 * runtime compares. */
#ifndef INLAY_CHECKSUM_H
#define INLAY_CHECKSUM_H

#include "migration.h"

#define DIGEST_HEX_SIZE 65 /* 64 digits and the NUL. */

/* Of what the script means: its tokens and directives; not of its layout, comments or line ends. */
struct inlay_digest checksum_script(const struct script *script, enum dialect dialect);

/* Of the file's text with LF line ends and without byte-order mark. */
struct inlay_digest checksum_source(struct text text);

/* Of the whole ordered set up to and with a migration: previous is all zero before the first. */
struct inlay_digest checksum_chain(const struct inlay_digest *previous, int64_t version,
                                   const struct inlay_digest *checksum);

/* The same of the repeatable ones, in the order of their names. */
struct inlay_digest checksum_chain_repeatable(const struct inlay_digest *previous, int64_t revision,
                                              const char *name,
                                              const struct inlay_digest *checksum);

/* Of bytes as they are. */
struct inlay_digest checksum_bytes(const void *bytes, size_t size);

/* Of pieces[0], of pieces[0] and pieces[1], and so on: results[0], results[1] ... */
void checksum_prefixes(const struct text *pieces, size_t count, struct inlay_digest *results);

/* 64 lower-case hex digits. */
void digest_to_hex(const struct inlay_digest *digest, char hex[DIGEST_HEX_SIZE]);

/* false when `hex` is not 64 hex digits. */
bool digest_from_hex(struct text hex, struct inlay_digest *digest);

bool digest_equals(const struct inlay_digest *a, const struct inlay_digest *b);

/* Is `word` (any case) one of SQLite's keywords?  The list is part of checksum format 1: never
 * change it. */
bool sqlite_keyword(struct text word);

#endif
