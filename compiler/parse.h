/* parse.h - sources to scripts: sections, directives, statements.  The only caller of the
 * splitter. */
#ifndef INLAY_PARSE_H
#define INLAY_PARSE_H

#include "migration.h"

/* Everything a file says in one dialect. */
struct parsed_file {
	struct script up;
	struct script down;
	struct header_checksum *checksums; /* "-- checksum: ..." lines of the header. */
	size_t checksum_count;
};

/* Which scripts a file may hold, by its name. */
enum file_role {
	FILE_BOTH, /* No infix: all of it is up, or it has sections. */
	FILE_UP,   /* .up.sql */
	FILE_DOWN  /* .down.sql */
};

/* What to parse, and as what. */
struct parse_input {
	const struct source *source;
	enum dialect dialect;
	enum file_role role;
	bool repeatable; /* Of a repeatable migration, which can not have everything. */
};

/* Parses one file.  All problems are added; what could be read is returned anyway, so that
 * later phases can find more. */
void parse_file(struct arena *arena, const struct parse_input *input, struct parsed_file *result,
                struct diagnostics *problems);

/* Splits a file into statements as it stands: no sections, no normalization.  For `inlay split`. */
void parse_statements(struct arena *arena, const struct source *source, enum dialect dialect,
                      struct script *script, struct diagnostics *problems);

#endif
