/* layout.h - file names to migrations: versions, names, up and down, dialect variants.  Opens
 * nothing. */
#ifndef INLAY_LAYOUT_H
#define INLAY_LAYOUT_H

#include "migration.h"

/* What a file name says: VERSION_name[.sqlite|.postgres][.up|.down].sql, the infixes in either
 * order; of a repeatable migration R__name, or anything, in the place of VERSION_name. */
struct layout_name {
	bool repeatable; /* R__name: version and name say nothing. */
	int64_t version;
	struct text name;
	struct text title;    /* VERSION_name as written. */
	enum dialect dialect; /* DIALECT_COUNT: the file serves every dialect. */
	bool up;              /* ".up": the file is an up script. */
	bool down;     /* ".down": the file is a down script.  Neither: it may have sections. */
	bool any_name; /* Only its version says to which migration it belongs. */
};

/* false when the name does not fit; then `*why` says what is wrong with it.  The infixes are known
 * in any case. */
bool layout_parse_name(const char *name, struct layout_name *result, const char **why);

/* The same for a file that says itself that it is repeatable: it needs no version and no R__. */
bool layout_parse_repeatable(const char *name, struct layout_name *result, const char **why);

/* "sqlite", "postgres". */
const char *dialect_name(enum dialect dialect);

/* "SQLite", "PostgreSQL": as people call it. */
const char *dialect_title(enum dialect dialect);

/* "SQLite and PostgreSQL", or the one, or "". */
const char *dialect_titles(const bool dialects[DIALECT_COUNT]);

/* What is wrong with the length or the encoding of a file name, or NULL. */
const char *layout_check_text(const char *name);

/* The dialect of that name, or DIALECT_COUNT. */
enum dialect dialect_from(struct text name);

/* Groups files into migrations, by ascending version, and repeatable ones, by ascending title, and
 * sets each one's `files` for the compiled dialects.  Whatever does not fit is reported and left
 * out. */
void layout_read(struct arena *arena, const struct source_list *sources, struct migration_set *set,
                 struct diagnostics *problems);

#endif
