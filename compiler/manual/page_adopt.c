/* page_adopt.c - what the manual says of `inlay adopt`. */
#include "pages.h"

const struct manual_page page_adopt = {
	.command = "adopt",
	.description =
	        "Goes on with a database that another tool has migrated: finds that "
	        "tool's table, shows what it says of each migration of the directory, "
	        "and records what is applied there as inlay would have, at the times "
	        "that the table has, in one transaction. No migration runs, and the "
	        "other tool's table stays as it is.\n"
	        "\n"
	        "Atlas, bun, dbmate, diesel, Django, Flyway, golang-migrate, goose, "
	        "Liquibase, Prisma, Rails, refinery, Sqitch, sqlx, tern and yoyo are "
	        "told by the columns of their tables, since three of them have one "
	        "that is called `schema_migrations`. The directory is that tool's, as "
	        "it is, or inlay's with the same versions or names, such as `inlay "
	        "import` writes.\n"
	        "\n"
	        "Where the tool stores checksums, those of its own files are verified. "
	        "Nothing is recorded when one is another, when a migration failed "
	        "there or the tool is at work, when its table has what the directory "
	        "has not, or when something is missing between applied migrations. "
	        "`--force` passes over edited files and gaps.\n"
	        "\n"
	        "Repeatable migrations are not recorded: the next `inlay up` runs them. "
	        "Afterwards only one of the two may migrate.",
	.examples = {
		{ "inlay adopt --dry-run", "Only shows whose table it is, and the plan." },
		{ "inlay adopt --yes", "Records it without a question." },
		{ "inlay adopt --from dbmate --table inlay_migrations",
		  "Where the other tool's table is called `schema_migrations`: inlay's "
		  "needs another name, in the program, too (`options.table`)." },
	},
	.exit_status = "0  recorded, or recorded before; with --dry-run: it could be\n"
	               "2  refused; nothing was written\n"
	               "64  the command line is wrong, or there is no terminal to ask on and no "
	               "--yes\n"
	               "65  the migrations are wrong\n"
	               "66  there are no migrations to read\n"
	               "130  stopped by Ctrl-C",
	.see_also = "baseline import verify layouts",
};
