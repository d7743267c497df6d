/* fresh.h - the files that a new migration begins with, in each tool's layout. */
#ifndef INLAY_FRESH_H
#define INLAY_FRESH_H

#include "format.h"

/* What is asked for. */
struct fresh {
	const char *version;  /* "004", "20261121093000": as it is to be written. */
	const char *name;     /* "add_invoices" */
	enum dialect dialect; /* Of this one alone; DIALECT_COUNT: the file serves all. */
	bool down;            /* With a place for what undoes it. */
	bool pair;            /* Up and down in a file each, where the layout has both ways. */
};

struct fresh_file {
	const char *path; /* Below the directory. */
	const char *text;
};

#define FRESH_FILES_MAX 2

/* Fills in the files; how many they are. */
size_t fresh_files(struct arena *arena, const struct format *format, const struct fresh *fresh,
                   struct fresh_file files[FRESH_FILES_MAX]);

/* How the tool's own versions are written where a directory does not show it. */
enum fresh_habit {
	HABIT_NUMBER,    /* 004 */
	HABIT_TIMESTAMP, /* 20261121093000 */
	HABIT_SECONDS,   /* 1795253400, since 1970 */
	HABIT_DASHED     /* 2026-11-21-093000 */
};
enum fresh_habit fresh_habit(const struct format *format);

/* How many digits its first number has: 001. */
int fresh_width(const struct format *format);

#endif
