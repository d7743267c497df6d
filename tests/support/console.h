/* console.h - the command against a live database, as a person sees it; what changes from run to
 * run is masked. */
#ifndef TEST_CONSOLE_H
#define TEST_CONSOLE_H

#include "command.h"
#include "database.h"

/* A directory to work in, and the database that DATABASE_URL names there. */
struct console {
	struct database *database;
	char *directory;
};

/* Begins one for a test's database, whose own connection is closed: database_reconnect() opens it
 * again.  console_close() at the end. */
struct console console_open(struct database *database);
void console_close(struct console *console);

/* Writes a file of that directory, and the directories on the way to it. */
void console_write(const struct console *console, const char *path, const char *text);

/* Runs `script` by sh (see command_run()) and fails the test unless it ends in `status` and says
 * just that, after masking. */
void console_expect(const struct console *console, const char *script, int status, const char *out,
                    const char *err);

/* `script` with the environment of the console in front of it; the caller frees it. */
char *console_script(const struct console *console, const char *script);

/* Runs it, however it ends.  outcome_free(). */
struct outcome console_run(const struct console *console, const char *script);

/*
 * `text` with everything masked that nobody can foresee; the caller frees it:
 *
 *     <database>   the database's URL without its password
 *     <path>       the path of SQLite's file, <name> the name of PostgreSQL's database
 *     <dir>        the console's directory
 *     <time>       2026-11-21 19:00:28+00, with or without a zone, T or fractions
 *     <ms>         the number of "12 ms", "1.5 s", "1 min 3 s" with its unit; of a JSON member
 *                  whose name ends in _ms
 *     <pid>        the number behind "backend ", "process ", "pid "
 *     <host>       this machine's name
 *
 * and two spaces for more than two in a line, as widths change with what is masked.
 */
char *console_mask(const struct console *console, const char *text);

#endif
