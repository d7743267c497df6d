/* adopting.c - from another tool's table to the first migration of inlay's own. */
#include "adopting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka.h wants those first. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define OTHER_TABLE "--table inlay_migrations" /* Its own has the name of ours. */

static const struct adopting_tool tools[] = {
	{ .name = "atlas",
	  .next = "20240104120000_more.sql",
	  .checked = "20240102120000_create_notes.sql",
	  .options = "--layout atlas" }, /* Where there is no atlas.sum. */
	{ .name = "bun", .next = "20240104120000_more.sql" },
	{ .name = "dbmate",
	  .next = "20240104120000_more.sql",
	  .head = "-- migrate:up\n",
	  .options = OTHER_TABLE },
	{ .name = "diesel", .next = "2024-01-04-120000_more/up.sql" },
	{ .name = "django", .next = "0004_more.sql" },
	{ .name = "flyway",
	  .next = "V4__more.sql",
	  .checked = "V2__create_notes.sql",
	  .options = "--layout flyway" }, /* refinery's files are called so, too. */
	{ .name = "golang-migrate", .next = "000004_more.up.sql", .options = OTHER_TABLE },
	{ .name = "goose", .next = "00004_more.sql", .head = "-- +goose Up\n" },
	{ .name = "liquibase", .next = "0004_more.sql" },
	{ .name = "prisma",
	  .next = "20240104120000_more/migration.sql",
	  .checked = "20240102120000_create_notes/migration.sql" },
	{ .name = "rails", .next = "20240104120000_more.sql", .options = OTHER_TABLE },
	{ .name = "refinery",
	  .next = "V4__more.sql",
	  .checked = "V2__create_notes.sql",
	  .options = "--layout refinery" },
	{ .name = "sqitch", .next = "0004_more.sql" },
	{ .name = "sqlx",
	  .next = "20240104120000_more.sql",
	  .checked = "20240102120000_create_notes.up.sql" },
	{ .name = "tern", .next = "004_more.sql" },
	{ .name = "yoyo", .next = "0004_more.sql" },
};

const struct adopting_tool *adopting_find(const char *name)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(tools[i].name, name) == 0)
			return &tools[i];
	fail_msg("there is no tool %s", name);
	return NULL;
}

void adopting_expect(const struct console *console, int status, const char *script)
{
	struct outcome outcome = console_run(console, script);

	if (outcome.status != status)
		fail_msg("%s\nended in %d, not in %d:\n%s%s", script, outcome.status, status,
		         outcome.out.start, outcome.err.start);
	outcome_free(&outcome);
}

/* `inlay` with the set. */
static void inlay(const struct console *console, const struct adopting_tool *tool, int status,
                  const char *arguments)
{
	const char *options = tool->options != NULL ? tool->options : "";
	char *script = format("inlay %s --dir set %s", arguments, options);

	adopting_expect(console, status, script);
	free(script);
}

static bool has_ours(const struct adopting_tool *tool)
{
	char *path = format("tests/real_tools/%s/ours", tool->name);
	char **names = directory_names(path);
	bool has = names[0] != NULL;

	names_free(names);
	free(path);
	return has;
}

/* Into "set". */
static void copy_set(const struct console *console, const struct adopting_tool *tool)
{
	char *script = format("cp -r \"$ROOT/tests/real_tools/%s/%s\" set", tool->name,
	                      has_ours(tool) ? "ours" : "migrations");

	adopting_expect(console, 0, script);
	free(script);
	/* Which Prisma has one of, in any case. */
	if (strcmp(tool->name, "prisma") == 0)
		console_write(console, "set/migration_lock.toml",
		              console->database->dialect == INLAY_DIALECT_SQLITE
		                      ? "provider = \"sqlite\"\n"
		                      : "provider = \"postgresql\"\n");
}

/* A file that is not the one that was applied is told, and nothing is written. */
static void refuse_edited(const struct console *console, const struct adopting_tool *tool)
{
	char *script;

	if (tool->checked == NULL)
		return;
	script = format("cp -r set edited && echo '-- edited' >> 'edited/%s' &&"
	                "{ inlay adopt --dir edited --yes %s > out 2>&1; test $? = 2; } &&"
	                "grep -q 'was edited since' out",
	                tool->checked, tool->options != NULL ? tool->options : "");
	adopting_expect(console, 0, script);
	free(script);
}

/* The tool's tables are told, and are no drift.  Nor are they for `inlay baseline`. */
static void expect_no_drift(const struct console *console, const struct adopting_tool *tool)
{
	const char *options = tool->options != NULL ? tool->options : "";
	const char *url = console->database->dialect == INLAY_DIALECT_POSTGRES
	                          ? "--rehearse=\"$DATABASE_URL\""
	                          : "";
	char *script = format(
	        "{ inlay verify --dir set %s %s > out 2>&1; test $? -lt 2; } &&"
	        "! grep 'error\\|live-drift\\|the schema was not' out || { cat out; false; }",
	        options, url);

	adopting_expect(console, 0, script);
	free(script);
}

static void go_on(const struct console *console, const struct adopting_tool *tool)
{
	char *path = format("set/%s", tool->next);
	char *text =
	        format("%sCREATE TABLE more (id integer);\n", tool->head != NULL ? tool->head : "");

	console_write(console, path, text);
	inlay(console, tool, 1, "status");
	inlay(console, tool, 0, "up");
	inlay(console, tool, 0, "status");
	expect_no_drift(console, tool);
	free(text);
	free(path);
}

void adopting_goes_on(const struct console *console, const struct adopting_tool *tool)
{
	copy_set(console, tool);
	inlay(console, tool, 0, "adopt --dry-run");
	inlay(console, tool, 1, "status");
	refuse_edited(console, tool);
	inlay(console, tool, 0, "adopt --yes");
	inlay(console, tool, 0, "adopt"); /* Nothing is left to ask about. */
	inlay(console, tool, 0, "status");
	inlay(console, tool, 0, "up");
	go_on(console, tool);
}
