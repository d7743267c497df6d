/*
 * record_row.h - what the ways of recording a migration share; record.h is what others see.
 */
#ifndef INLAY_RECORD_ROW_H
#define INLAY_RECORD_ROW_H

#include "record.h"

#define RECORD_NUMBER_SIZE      24
#define RECORD_ACTOR_SIZE       160
#define RECORD_ASSIGNMENTS_SIZE 500
#define RECORD_BACKEND_SIZE     240

/* Where the two dialects part. */
struct record_words {
	const char *now;
	const char *actor; /* Around the parameter that names our process. */
	const char *actor_end;
	const char *duration; /* Around the parameter; NULL is since the transaction began. */
	const char *duration_end;
	const char *update; /* Around an UPDATE that fails unless it changes one row. */
	const char *update_end;
	const char *time; /* Around a text of UTC that becomes a time. */
	const char *time_end;
};

const struct record_words *record_words_of(const struct tracking *tracking);

/* Which server process writes, in SQL; of one that a pooler may give to somebody else, that too. */
const char *record_backend_of(const struct tracking *tracking, char sql[RECORD_BACKEND_SIZE]);

/* `outcome` of a command that must have changed one row: on SQLite looks whether it has. */
enum outcome record_one_row(struct tracking *tracking, enum outcome outcome);

/* Who we are, as far as the operating system knows. */
void record_describe_process(char *buffer, size_t size);

const char *record_number(char buffer[RECORD_NUMBER_SIZE], int64_t number);

/* How long the migration took; NULL where the server knows better. */
const char *record_duration(char buffer[RECORD_NUMBER_SIZE], const struct tracking *tracking,
                            const struct record_entry *entry);

/* As it was read, to the statement: its owner may have been slow and not gone.  The four
 * parameters are record_add_as_read()'s. */
#define RECORD_WHERE_AS_READ(version, attempt, progress, status)                                   \
	" WHERE version = CAST($" version " AS BIGINT) AND attempt = CAST($" attempt               \
	" AS INTEGER)"                                                                             \
	" AND progress = CAST($" progress " AS INTEGER) AND status = CAST($" status " AS TEXT)"

/* What a take-over sets. */
#define RECORD_TAKEN_OVER                                                                          \
	"attempt = attempt + 1, status = CASE status WHEN 'alone' THEN 'alone' ELSE 'running' END"

/* The numbers of a row, as texts. */
struct record_numbers {
	char version[RECORD_NUMBER_SIZE];
	char attempt[RECORD_NUMBER_SIZE];
	char progress[RECORD_NUMBER_SIZE];
};

void record_add_as_read(struct record_numbers *numbers, const struct record_entry *entry,
                        struct command *command);

/* What goes before a claim is part of it, but only the claim itself says that it is made. */
void record_prepare_claim(struct tracking *tracking, bool is_prepared);

/* Nobody inserts a row, or means to, until the transaction is over. */
enum outcome record_lock_table(struct tracking *tracking);

/* Where SQLite's user_version says that the history is what it is now, it says nothing until
 * record_mark(). */
enum outcome record_blank_mark(struct tracking *tracking, const struct record_entry *entry);

/* Sets columns of the row that is ours; `value` is what $1 stands for in `assignments`. */
enum outcome record_update_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *assignments, const char *value);

/* The row that is ours goes, where it says `condition`. */
enum outcome record_delete_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *condition);

/* One line of the log. */
struct record_line {
	int64_t version;
	const char *action;
	const char *direction;
	const char *message; /* Or NULL. */
	bool is_timed;       /* Something ran, and took its time. */
};

enum outcome record_add_line(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_line *line);

#endif
