/* verifying.h - inlay verify in tests: a database that one set has made, held against another. */
#ifndef TEST_VERIFYING_H
#define TEST_VERIFYING_H

#include "console.h"

#define ALL         "; looked at: history, leftovers, schema, up and down scripts\n"
#define NOT_SCHEMA  "; looked at: history, leftovers; not looked at: schema, up and down scripts\n"
#define WRONG(what) "<database>: " what ALL
#define FINE(count) "<database>: nothing wrong with " count ALL
#define TWO         FINE("2 migrations")
#define UNSEEN(why) "<database>: note: the schema was not compared: " why " [live-unseen]\n"
#define DRIFT_HELP                                                                                 \
	"     = help: + is only in the database, - is missing there, ~ is otherwise: undo it "     \
	"there, or write it as a migration; --except NAME leaves out what is not the "             \
	"application's\n"

/* Two migrations with their down scripts, and the first of them. */
extern const struct set_file verifying_plain[];
extern const struct set_file verifying_first[];

/* Applies `count` migrations of the one, and writes the other into the console's directory. */
struct console verifying_begin(struct database *database, const struct set_file *applied,
                               uint32_t count, const struct set_file *set);

void verifying_write(const struct console *console, const struct set_file *files);

/* inlay verify ARGUMENTS, with a scratch database on the test's server. */
void verifying_expect(const struct console *console, const char *arguments, int status,
                      const char *out, const char *err);

/* Does to a database that the two have made what nobody should, and expects that said. */
void verifying_expect_after(struct database *database, const char *sql, const char *err);

#endif
