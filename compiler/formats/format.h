/* format.h - what inlay has to know of another tool to read its migrations as they are.
 *
 * A format reads names into migrations, and rewrites a file's text: the tool's own words become
 * ours, the rest stays byte for byte (rewrite.h).  So nothing behind it knows of other tools:
 * parse.c sees native text, diagnostics are told at their place in the file as it is, and `inlay
 * import` writes down what was read. */
#ifndef INLAY_FORMAT_H
#define INLAY_FORMAT_H

#include "layout.h"

/* What a directory says about a tool. */
enum evidence {
	EVIDENCE_NONE,
	EVIDENCE_SHARED, /* It looks like this tool's, or another's. */
	EVIDENCE_SURE
};

/* What an entry is to the tool. */
enum entry_kind {
	ENTRY_UNFIT,     /* Nothing the tool would read, nor something we know beside it. */
	ENTRY_MIGRATION, /* A script. */
	ENTRY_SETTING,   /* It is read, and says something about scripts. */
	ENTRY_BESIDE     /* It belongs there, and says nothing: README.md, a directory. */
};

/* One entry of the directory. */
struct entry {
	struct source *source;
	enum entry_kind kind;
	struct layout_name says; /* Of a migration. */
	const char *why;  /* What is wrong with it; NULL: nothing, or that it does not fit. */
	const char *help; /* What to do about that, or NULL. */
};

/* A directory on its way to a set. */
struct reading {
	struct arena *arena;
	struct diagnostics *problems;
	const char *directory;
	const struct format *format;
	struct entry *entries; /* By name. */
	size_t count;
	const char *const *placeholders; /* Each NAME=VALUE. */
	size_t placeholder_count;
	const bool *dialects; /* Which were asked for; NULL: nobody said. */
	enum dialect dialect; /* What the directory itself says; DIALECT_COUNT: nothing. */
	bool dialect_known;   /* Somebody said, or inlay.lock does. */
};

/* A file that is rewritten: see rewrite.h. */
struct rewrite;

struct format {
	const char *name;  /* "golang-migrate": for --layout. */
	const char *title; /* "golang-migrate": for people. */
	const char *shape; /* "00001_create_accounts.sql": what a file is called. */

	/* NULL: only by --layout.  Files may be read on the way. */
	enum evidence (*recognise)(const struct reading *reading);

	/* Sets entry->kind, and what belongs to it. */
	void (*name_entry)(struct reading *reading, struct entry *entry);

	/* Looks at all entries at once, settings read; or NULL. */
	void (*settle)(struct reading *reading);

	/* Writes the native text; NULL: it is native already. */
	void (*translate)(struct rewrite *rewrite);

	/* In which order does the tool apply them?  NULL: by number, as we do.  Otherwise as with
	 * strcmp(). */
	int (*compare)(const struct entry *a, const struct entry *b);

	/* What else helps against a placeholder without a value, behind a comma; "": nothing; NULL:
	 * it has none. */
	const char *placeholders;
	bool native_words; /* Its directives are ours. */

	/* Where it is at home, for when files do not tell: see location_decide(). */
	const char *const *build_files; /* "pom.xml"; NULL ends them. */
	const char *usual_path;         /* "/db/migration" */
};

/* Settles whose directory this is, by `layout` or, NULL, by its looks; says so in a note; reads and
 * rewrites what it has.  `reading` has arena, problems, directory, placeholders, dialects and
 * dialect_known, and gets the rest.  What comes back are the scripts; what else was read is added
 * to `beside`.  Nothing, after errors, where that can not be settled. */
struct source_list format_read(struct reading *reading, const char *layout,
                               struct source_list *beside);

/* Is it a directory of ours? */
bool format_is_native(const struct format *format);

/* The formats; NULL ends them. */
extern const struct format format_native, format_goose, format_golang_migrate, format_dbmate,
        format_sqlx, format_refinery, format_flyway, format_diesel, format_prisma, format_tern,
        format_atlas;

/* ---- names.c: what several of them need of a name -------------------------------------------- */

/* Does `name` end in `end`? */
bool name_ends_with(const char *name, const char *end);

/* Takes `end` off the stem of a name; false when it does not end so. */
bool name_take_end(struct text *stem, const char *end);

/* README.md, LICENSE, *.md and the like: at home in any directory. */
bool name_is_document(const char *name);

/* `text` as a migration's name or title: what is no letter, digit, '_' or '-' becomes '_'.
 * `entry` gets an error when it is empty or too long. */
struct text name_clean(struct arena *arena, struct text text, struct entry *entry);

/* The same, but dots stay: a title is as people know it.  Not for a repeatable migration, of which
 * the title is the name. */
struct text name_title(struct arena *arena, struct text text, struct entry *entry);

/* The digits in front, as a number.  How many they are; 0 when there are none; entry->why is set
 * when they do not fit into 63 bits. */
size_t name_version(struct text text, int64_t *version, struct entry *entry);

/* DIGITS_name, of which `stem` consists, into entry->says; false when it is not one. */
bool name_versioned(struct reading *reading, struct entry *entry, struct text stem);

/* No byte of a path may need quoting in C comments, C strings, make or a shell, or not be UTF-8. */
const char *name_path_problem(const char *name);

/* Reports an entry: of `rule`, at the part `at` of its text (start NULL: the whole file). */
void entry_refuse(struct reading *reading, const struct entry *entry, struct text at,
                  const char *message, const char *help);

/* The entry of that name, or NULL. */
const struct entry *entry_find(const struct reading *reading, const char *name);

/* What is read of an entry, or an empty text after a diagnostic. */
struct text entry_text(const struct reading *reading, const struct entry *entry);

/* The next line of `*rest`, without its end; start NULL at the end. */
struct text line_next(struct text *rest);

/* Has one of the first `count` scripts a line comment that says something that begins so? */
bool reading_has_line(const struct reading *reading, const char *start, size_t count);

/* Has a script that line as its very first? */
bool reading_begins(const struct reading *reading, const char *line);

/* Does an entry's text have that word?  What can not be read has none. */
bool reading_contains(const struct reading *reading, const struct entry *entry, const char *word);

/* ---- location.c ------------------------------------------------------------------------------ */

/* Which of `among` (NULL ends them) the directory belongs to, by the nearest build file in it or
 * above, up to the repository's root, else by its path; NULL where neither tells. */
const struct format *location_decide(const struct reading *reading,
                                     const struct format *const *among);

/* ---- settings.c: KEY = VALUE files (TOML's simplest, Java's properties) ---------------------- */

struct setting {
	struct text key;
	struct text value; /* Without its quotes. */
	struct text line;
};

/* The next setting of `*rest`; comments and empty lines are passed over.  key.start NULL: the end;
 * key.size 0: `line` is none. */
struct setting setting_next(struct text *rest);

#endif
