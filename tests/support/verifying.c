/* verifying.c - sets, the command, what it says. */
#include "verifying.h"

#include <stdlib.h>

const struct set_file verifying_plain[] = {
	{ "001_t.sql", "-- migrate:up\n"
	               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
	               "-- migrate:down\nDROP TABLE t;\n" },
	{ "002_u.sql", "-- migrate:up\n"
	               "CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id));\n"
	               "-- migrate:down\nDROP TABLE u;\n" },
	SET_END,
};

const struct set_file verifying_first[] = {
	{ "001_t.sql", "-- migrate:up\n"
	               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
	               "-- migrate:down\nDROP TABLE t;\n" },
	SET_END,
};

void verifying_write(const struct console *console, const struct set_file *files)
{
	console_write(console, "migrations/.keep", "");
	for (; files->name != NULL; files++) {
		char *path = format("migrations/%s", files->name);

		console_write(console, path, files->content);
		free(path);
	}
}

void verifying_expect(const struct console *console, const char *arguments, int status,
                      const char *out, const char *err)
{
	char *script = format("inlay verify %s %s", arguments,
	                      console->database->dialect == INLAY_DIALECT_POSTGRES
	                              ? "--rehearse \"$DATABASE_URL\""
	                              : "");

	console_expect(console, script, status, out, err);
	free(script);
}

struct console verifying_begin(struct database *database, const struct set_file *applied,
                               uint32_t count, const struct set_file *set)
{
	struct console console;

	database_expect_ok(database, applied, count);
	console = console_open(database);
	verifying_write(&console, set);
	return console;
}

void verifying_expect_after(struct database *database, const char *sql, const char *err)
{
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	database_run(database, sql);
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	verifying_expect(&console, "", 1, "", err);
	console_close(&console);
}
