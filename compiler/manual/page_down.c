/* page_down.c - what the manual says of `inlay down`. */
#include "pages.h"

const struct manual_page page_down = {
	.command = "down",
	.description =
	        "Undoes the last migration by its down script, or the last N, or all that "
	        "are later than `--to VERSION` (0: all); the last one first, each with its "
	        "row in one transaction. What a down script drops is gone with its data: a "
	        "new migration that mends what is wrong is often the better way.\n"
	        "\n"
	        "Everything that can be known is looked at before: a migration without a "
	        "down script, or one that the set has not or has otherwise, stops it all. "
	        "`--use-stored` then takes the down script that the database keeps since "
	        "the migration was applied. Repeatable migrations stay as they are.\n"
	        "\n"
	        "On a terminal it lists what goes, with the statements that drop or delete "
	        "something, and asks. Elsewhere it wants `--yes`. `--dry-run` prints the "
	        "SQL that would be sent, and asks nothing.\n"
	        "\n"
	        "An application that may migrate applies again what was rolled back, as "
	        "soon as it looks: stop that first. Ctrl-C is as for `up`.",
	.examples = {
		{ "inlay down", "The last one, after a question." },
		{ "inlay down 2 --dry-run", "What undoing the last two would send." },
		{ "inlay down --to 20 --yes", "All that is later than version 20." },
	},
	.exit_status = "0  everything asked for is rolled back, or there was nothing\n"
	        "2  it is not, or the answer was no\n"
	        "64  the command line is wrong, the version is not applied, or there is "
	        "no terminal to ask on and no --yes\n"
	        "65  the migrations are wrong\n"
	        "66  there are no migrations to read\n"
	        "130  stopped by Ctrl-C",
	.see_also = "status up redo",
};
