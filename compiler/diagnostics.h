/* diagnostics.h - what is wrong with the input: collected with its place, rendered once, at the
 * end. */
#ifndef INLAY_DIAGNOSTICS_H
#define INLAY_DIAGNOSTICS_H

#include "arena.h"
#include "buffer.h"
#include "lexer.h"

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR
};

/* Every rule: its constant, the stable name that stands in brackets behind a diagnostic, its
 * severity, and what it is about.  docs/diagnostics.md has a section for each (a test
 * compares). */
#define RULES(X)                                                                                   \
	X(DIRECTORY, "directory", ERROR, "the migrations directory can not be read, or is empty")  \
	X(UNREADABLE, "unreadable", ERROR, "a file can not be read")                               \
	X(FILE_SIZE, "file-size", ERROR, "a file or the whole set is over the limit")              \
	X(FILE_NAME, "file-name", ERROR,                                                           \
	  "an entry of the directory does not fit VERSION_name.sql")                               \
	X(DUPLICATE_VERSION, "duplicate-version", ERROR, "two migrations claim one version")       \
	X(DOWN_WITHOUT_UP, "down-without-up", ERROR, "a down script has no up script")             \
	X(MISSING_VARIANT, "missing-variant", ERROR,                                               \
	  "a migration has no script for a compiled dialect")                                      \
	X(ENCODING, "encoding", ERROR, "a NUL byte, or bytes that are not UTF-8")                  \
	X(UNTERMINATED, "unterminated", ERROR,                                                     \
	  "a quote, comment, parenthesis or body is never closed")                                 \
	X(PSQL_COMMAND, "psql-command", ERROR, "a psql meta-command, which is not SQL")            \
	X(COPY_DATA, "copy-data", ERROR, "COPY ... FROM STDIN, whose data is not SQL")             \
	X(DIRECTIVE, "directive", ERROR, "a directive is unknown, misplaced or malformed")         \
	X(REPEATABLE, "repeatable", ERROR,                                                         \
	  "a repeatable migration with what only one with a version can have")                     \
	X(CHECKSUM_MISMATCH, "checksum-mismatch", ERROR, "a header checksum is not the script's")  \
	X(TRANSACTION_CONTROL, "transaction-control", ERROR,                                       \
	  "BEGIN, COMMIT and the like in a script")                                                \
	X(REFUSES_TRANSACTION, "refuses-transaction", ERROR,                                       \
	  "a statement that can not run in a transaction")                                         \
	X(PARAMETER, "parameter", ERROR, "a parameter, for which nobody has a value")              \
	X(SESSION_STATE, "session-state", ERROR, "a statement that destroys the caller's session") \
	X(UNNAMED_INDEX, "unnamed-index", WARNING, "CREATE INDEX CONCURRENTLY without a name")     \
	X(LOCK_FILE, "lock-file", ERROR, "inlay.lock can not be understood")                       \
	X(LOCK_MISSING, "lock-missing", NOTE, "there is no inlay.lock yet")                        \
	X(LOCK_EDITED, "lock-edited", ERROR, "a locked migration's SQL has changed")               \
	X(LOCK_REMOVED, "lock-removed", ERROR, "a locked migration is gone")                       \
	X(LOCK_BACKDATED, "lock-backdated", ERROR, "a new migration is older than a locked one")   \
	X(LOCK_UNLISTED, "lock-unlisted", ERROR, "a new migration is not in inlay.lock")           \
	X(LOCK_REPEATABLE, "lock-repeatable", ERROR,                                               \
	  "a repeatable migration is not as inlay.lock has it")                                    \
	X(WRAPPER, "wrapper", NOTE, "BEGIN and COMMIT around a whole script are dropped")          \
	X(FOREIGN_KEYS, "foreign-keys", NOTE,                                                      \
	  "PRAGMA foreign_keys is lifted out of the transaction")                                  \
	X(EMPTY, "empty", NOTE, "a migration has no statement")

enum rule {
#define RULE_CONSTANT(constant, name, severity, summary) RULE_##constant,
	RULES(RULE_CONSTANT)
#undef RULE_CONSTANT
	RULE_COUNT
};

/* "duplicate-version" and the like. */
const char *rule_name(enum rule rule);
enum severity rule_severity(enum rule rule);

struct source;

/* Where a problem is and what helps; the rest of it is diagnostics_add()'s message. */
struct problem {
	enum rule rule;
	const struct source *source; /* The file, or NULL when the problem is with `path`. */
	struct text at; /* The part of source->text to underline; start NULL for the whole file. */
	unsigned dialects; /* Bits, 1u << enum dialect: as which dialect reads it; 0 for any. */
	const char *path;  /* A file or directory that was not read, or NULL. */
	const char *help;  /* The remedy, or NULL.  Must outlive the diagnostics. */
};

struct diagnostic {
	struct problem problem;
	const char *message;
	unsigned dialects; /* Bits: what two dialects say of one place is told once. */
	size_t order;      /* Of arrival, so that sorting is stable. */
};

/* Begin with { .arena = ... }. */
struct diagnostics {
	struct arena *arena;
	struct diagnostic *items;
	size_t count;
	size_t capacity;
	size_t error_count;
};

/* Adds one.  The message is one line: lower-case start, no full stop. */
void diagnostics_add(struct diagnostics *diagnostics, struct problem problem, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/* Writes all of them, by file and place, as text: "path:line:column: error: message [rule]",
 * the line, a caret, "help: ...".  After the hundredth error, or the third note of a rule, it
 * only counts.  `least` is the mildest severity shown. */
void diagnostics_render(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

#endif
