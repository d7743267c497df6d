/*
 * ledger.h - a file that remembers which databases are done, for runs that are interrupted.
 *
 * Text: a first line that says what it is, then a line a database, which ends in a mark, so that
 * one that was cut off by a crash is not taken for another, shorter one.  Such lines, and any other
 * that are not understood, count for nothing.  Lines are only appended, each by one write(), so
 * that several processes may use one file.  A line that is lost costs one check.
 */
#ifndef INLAY_LEDGER_H
#define INLAY_LEDGER_H

#include "names.h"
#include "image.h"

#include <stdbool.h>

#define LEDGER_PROBLEM_SIZE_MAX 512

struct ledger;

/* Opens or makes the file, and reads what it says of `view` and tracking table `table`.  NULL when
 * that fails; then `problem` says why. */
struct ledger *ledger_open(const char *path, const struct image_view *view, const char *table,
                           char problem[LEDGER_PROBLEM_SIZE_MAX]);

/* Was it done when the ledger was opened?  `database` is any text that stands for it. */
bool ledger_has(const struct ledger *ledger, const char *schema, const char *database);

/* Writes that it is done, and lets the operating system have it.  False when that fails.  One
 * thread at a time. */
bool ledger_add(struct ledger *ledger, const char *schema, const char *database);

/* NULL is a harmless no-op. */
void ledger_close(struct ledger *ledger);

#endif
