/* diagnostics.h - what is wrong with the input: collected with its place; render/ shows it,
 * once, at the end. */
#ifndef INLAY_DIAGNOSTICS_H
#define INLAY_DIAGNOSTICS_H

#include "arena.h"
#include "buffer.h"
#include "rules.h"

struct source;

/* A change of the file that solves the problem as it stands: `at` becomes `text`. */
struct fix {
	struct text at; /* A part of source->text, or start NULL: there is none. */
	const char *text;
};

/* Where a problem is and what helps; the rest of it is diagnostics_add()'s message.  All texts must
 * outlive the diagnostics. */
struct problem {
	enum rule rule;
	const struct source *source; /* The file, or NULL when the problem is with `path`. */
	struct text at; /* The part of source->text to underline; start NULL for the whole file. */
	unsigned dialects;   /* Bits, 1u << enum dialect: as which dialect reads it; 0 for any. */
	const char *path;    /* A file or directory that was not read, or NULL. */
	const char *lock;    /* "SHARE on orders: writes wait", or NULL. */
	const char *help;    /* The remedy, or NULL. */
	const char *rewrite; /* SQL that does the same safely, in lines, or NULL. */
	struct fix fix;
};

struct diagnostic {
	struct problem problem;
	const char *message;
	unsigned dialects; /* Bits: what two dialects say of one place is told once. */
	unsigned readers;  /* Bits: which ones read the file; 0: as its source says. */
	size_t order;      /* Of arrival, so that sorting is stable. */
};

/* Begin with { .arena = ... }. */
struct diagnostics {
	struct arena *arena;
	bool style;  /* Rules of taste are wanted; else diagnostics_add() drops them. */
	bool strict; /* Warnings count as errors. */
	struct diagnostic *items;
	size_t count;
	size_t capacity;
	size_t error_count;
	size_t file_count; /* How many files were read: for the summary. */
};

/* Adds one.  The message is one line: lower-case start, no full stop. */
void diagnostics_add(struct diagnostics *diagnostics, struct problem problem, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/* What a rule's diagnostics are here: its severity, or an error where warnings count as such. */
enum severity diagnostics_severity(const struct diagnostics *diagnostics, enum rule rule);

/* Takes out what `keep` does not want. */
void diagnostics_filter(struct diagnostics *diagnostics,
                        bool (*keep)(const struct diagnostic *diagnostic, void *context),
                        void *context);

/* Gives what was found in the text that another tool's file became its place in the file as it is,
 * for people and other programs.  Nothing of ours compares places after that. */
void diagnostics_as_written(struct diagnostics *diagnostics);

#endif
