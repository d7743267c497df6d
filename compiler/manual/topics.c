/* topics.c - what is about more than one command. */
#include "manual.h"

#include "safe.h"

#include <stdio.h>
#include <string.h>

static const struct manual_topic topics[] = {
	{ "database", "which database a command means",
	  "`--database URL`, else the variable `DATABASE_URL`, else libpq's own "
	  "variables (`PGHOST`, `PGDATABASE`, `PGSERVICE` and so on) say which "
	  "database is meant. `--env-file FILE` reads variables from a file of "
	  "`NAME=VALUE` lines first; what is set already stays as it is.\n"
	  "\n"
	  "  postgres://ada:secret@db.example:5432/app?sslmode=require\n"
	  "  host=db.example user=ada dbname=app          as libpq has it\n"
	  "  sqlite:app.db                                a path, from here\n"
	  "  sqlite:///var/lib/app/app.db                 a path, from the root\n"
	  "  sqlite::memory:                              an empty database, for "
	  "this command alone\n"
	  "\n"
	  "A password is better kept in `DATABASE_URL`, in `PGPASSWORD` or in "
	  "`~/.pgpass` than in an argument. Wherever it stands, it is never "
	  "shown: not in messages, not in reports, and an argument's is wiped "
	  "from the list of processes.\n"
	  "\n"
	  "`--wait 60s` waits for a PostgreSQL server that is still starting. "
	  "`--table` and `--schema` say where the tracking tables are, when the "
	  "program that uses the database has them elsewhere (`options.table`, "
	  "`options.schema`)." },
	{ "environment", "variables that the command reads",
	  "  DATABASE_URL           the database, see `inlay help database`\n"
	  "  PGHOST, PGUSER ...     PostgreSQL's own, as every program that uses "
	  "libpq reads them\n"
	  "  MIGRATION_LOCK_TIMEOUT how long to wait while others migrate: 30s; "
	  "--lock-timeout wins\n"
	  "  PG_DUMP                the pg_dump that `inlay dump` runs; empty: "
	  "none\n"
	  "  NO_COLOR               no colour, whatever is in it\n"
	  "  CLICOLOR_FORCE         colour also where nobody seems to look\n"
	  "  TERM                   dumb: no colour, and no line that is "
	  "rewritten\n"
	  "  TMPDIR                 where a server for a rehearsal has its files\n"
	  "\n"
	  "`AUTO_MIGRATE`, `MIGRATION_CACHE_TTL` and `MIGRATION_ROLLOUT` are for "
	  "programs that migrate by themselves: who types a command means it." },
	{ "exit-status", "what a command ends in",
	  "  0   as asked; of status and verify: nothing to do, nothing found\n"
	  "  1   findings: warnings of check, a difference of --check, pending "
	  "migrations of status,\n"
	  "      whatever verify has found\n"
	  "  2   it failed: the message says what, and in which state the "
	  "database is\n"
	  "  64  the command line is wrong\n"
	  "  65  the migrations are wrong\n"
	  "  66  there is nothing to read\n"
	  "  73  the output can not be written\n"
	  "\n"
	  "From 64 on these are the numbers of sysexits.h." },
	{ "directives", "the comments in migrations that mean something",
	  "  -- migrate:up                        what follows is applied\n"
	  "  -- migrate:down                      what follows undoes it\n"
	  "  -- migrate:up transaction:false      statement by statement, in no "
	  "transaction\n"
	  "  -- migrate:session fresh             on a connection of its own "
	  "(PostgreSQL)\n"
	  "  -- migrate:repeatable                again whenever the file changes\n"
	  "  -- migrate:breaking                  programs without it must not "
	  "run any more\n"
	  "  -- migrate:call NAME [version:N]     a function of the application "
	  "is a step\n"
	  "  -- checksum: sha256:HEX              what `inlay sum --write` "
	  "stamps, and every build checks\n"
	  "  -- inlay:ignore RULE -- reason       the finding below is known\n"
	  "  -- inlay:ignore-file RULE -- reason  the same for the file\n"
	  "  -- inlay:requires NAME               the application brings it; a "
	  "rehearsal need not\n"
	  "\n"
	  "A file without any is applied as it stands, and can not be undone." },
	{ "layouts", "the directories that are understood",
	  "A directory of `VERSION_name.sql` files is inlay's own: the version is "
	  "the leading digits, a number (`001`) or a timestamp "
	  "(`20261121093000`). `VERSION_name.up.sql` and `VERSION_name.down.sql` "
	  "are a pair; `.sqlite` or `.postgres` before the end makes a file one "
	  "database's own.\n"
	  "\n"
	  "Those of goose, golang-migrate, dbmate, sqlx, refinery, Flyway, "
	  "diesel, Prisma, tern and Atlas are read as they are, recognised by "
	  "their looks, or named by `--layout`. `inlay import` rewrites one as "
	  "inlay's own; `inlay adopt` takes over the database that such a tool "
	  "has migrated." },
};
#define TOPIC_COUNT (sizeof(topics) / sizeof(topics[0]))

const struct manual_topic *manual_topics(size_t *count)
{
	*count = TOPIC_COUNT;
	return topics;
}

const struct manual_topic *manual_find_topic(const char *name)
{
	size_t i;

	for (i = 0; i < TOPIC_COUNT; i++)
		if (strcmp(topics[i].name, name) == 0)
			return &topics[i];
	return NULL;
}

enum exit_code manual_complain(const char *command, const char *name)
{
	struct buffer out = { 0 };

	buffer_format(&out, "inlay %s: there is no command or topic ", command);
	safe_string(&out, name);
	buffer_string(&out, "\n    help: inlay help lists them\n");
	buffer_print(&out, stderr);
	return EXIT_USAGE;
}
