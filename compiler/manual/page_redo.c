/* page_redo.c - what the manual says of `inlay redo`. */
#include "pages.h"

const struct manual_page page_redo = {
	.command = "redo",
	.description =
	        "Rolls the last migration back, or the last N, and applies the same ones "
	        "again: for somebody who is writing a migration and wants to see both "
	        "scripts run. Of what was edited since, `--use-stored` runs the down script "
	        "that belongs to what was applied.\n"
	        "\n"
	        "It asks as `down` does. What could not be applied again is not rolled "
	        "back: one that the set does not have, one that calls a function of the "
	        "application. When applying fails, the migrations stay rolled back, and "
	        "`inlay up` applies them once that is mended.",
	.examples = {
		{ "inlay redo", "The last one down and up." },
		{ "inlay redo --use-stored --yes", "After editing its file." },
	},
	.exit_status = "0  down and up again\n"
	        "2  not so, or the answer was no\n"
	        "64  the command line is wrong, or there is no terminal to ask on and no "
	        "--yes\n"
	        "65  the migrations are wrong\n"
	        "66  there are no migrations to read\n"
	        "130  stopped by Ctrl-C",
	.see_also = "down up new",
};
