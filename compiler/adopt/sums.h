/*
 * sums.h - the checksums that other tools keep of their files, computed again: each tool's
 * `compare` (tool.h).
 *
 * A file that went through Git may have other line ends than it had where it was applied.  The
 * tools whose checksum would see that are asked for the file as it is, with LF and with CRLF: any
 * of the three is the same file.  `*ours` is always of the file as it is.
 *
 * bun, dbmate, diesel, Django, goose, golang-migrate, Rails and tern keep none, and yoyo only one
 * of the migration's name.
 */
#ifndef INLAY_ADOPT_SUMS_H
#define INLAY_ADOPT_SUMS_H

#include "tool.h"

/* Base64 of SHA-256 over names and bytes of all files up to this one, without the "h1:" of
 * atlas.sum: behind the first file that is not the same none is.  Of a file with `-- atlas:sum
 * ignore` nothing can be said. */
enum adopt_sum sums_atlas(const struct adopt_files *files, size_t index,
                          const struct adopt_row *row, const char **ours);

/* CRC-32 over the lines without their ends and without a byte-order mark, as a signed number.  Of a
 * repeatable migration with placeholders only what says "same" is said, as their values are in it;
 * and nothing of a file that is not UTF-8, which Flyway decodes first. */
enum adopt_sum sums_flyway(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours);

/*
 * "9:" and MD5, since Liquibase 4.22, of what a changeset's changes are, white space left out.
 * Usable for
 *
 *   - a changeset in formatted SQL, where the file is the changelog: row->key is its id, and
 *     row->detail its author.  Not with --ignoreLines or ${parameters};
 *   - a file that is a changeset's whole SQL (`sqlFile`, or one changeset copied from a changelog):
 *     then only what says "same" is said.
 *
 * Older checksums ("8:"), and those of changesets in XML, YAML and JSON, say nothing of a file. */
enum adopt_sum sums_liquibase(const struct adopt_files *files, size_t index,
                              const struct adopt_row *row, const char **ours);

/* SHA-256 of the bytes, in hex; old releases left out the first digit of a byte where it is 0.
 * Nothing can be said of a file that is not UTF-8. */
enum adopt_sum sums_prisma(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours);

/* SipHash-1-3 of name, version and SQL as Rust hashes them, as a decimal number.  The version has
 * four bytes, or eight where refinery was built so (or is older than 0.3): either will do. */
enum adopt_sum sums_refinery(const struct adopt_files *files, size_t index,
                             const struct adopt_row *row, const char **ours);

/* SHA-1 of the deploy script's bytes, in hex. */
enum adopt_sum sums_sqitch(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours);

/* SHA-384 of the bytes, in hex.  sqlx.toml can have characters left out of it (`ignored-chars`):
 * so can we CR, and the white space that its documentation lists. */
enum adopt_sum sums_sqlx(const struct adopt_files *files, size_t index, const struct adopt_row *row,
                         const char **ours);

#endif
