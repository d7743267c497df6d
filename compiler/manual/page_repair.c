/* page_repair.c - what the manual says of `inlay repair`. */
#include "pages.h"

const struct manual_page page_repair = {
	.command = "repair",
	.description =
	        "Tells everything that is wrong with what a database remembers of its "
	        "migrations, or not finished, with the statements and the command lines that "
	        "help; then asks whether to do what needs no decision: to go on with an "
	        "interrupted migration that can be gone on with, to record the text of "
	        "reformatted ones, to put rows right that were changed by hand. `--yes` does "
	        "so without asking.\n"
	        "\n"
	        "What only a person can know is told with a VERSION and one choice. Of an "
	        "interrupted migration, or rollback, `--done` says that its next statement took "
	        "effect (or was done by hand) and `--again` that it did not, `--accept` that all "
	        "of the migration is there, `--forget` that nothing of it is there any more. Of "
	        "a migration that was edited, `--accept` says that the database has what the "
	        "file says now. Of one that the set lacks, `--forget` says that it was taken "
	        "out on purpose.\n"
	        "\n"
	        "No statement of a migration runs because of a choice: it is believed, in one "
	        "transaction behind the lock, and the history has a line `repaired`.\n"
	        "\n"
	        "`--terminate` ends a session of PostgreSQL that holds the lock and does "
	        "nothing with it, after showing whose it is; with `--force` also one that is at "
	        "work.",
	.examples = {
		{ "inlay repair", "What is wrong, and what helps." },
		{ "inlay repair --yes", "Whatever needs no decision, without asking." },
		{ "inlay repair 12 --done",
		  "The statement in doubt of version 12 took effect: go on behind it." },
		{ "inlay repair 12 --accept --dry-run",
		  "What would be written if the edited file were what the database has." },
		{ "inlay repair --terminate", "End the session that holds the lock." },
	},
	.exit_status = "0  nothing is wrong, or it is repaired\n"
	        "1  something is left that takes a decision, or was not agreed to\n"
	        "2  failed\n"
	        "64  the command line is wrong, or there is no terminal to ask on and no --yes\n"
	        "65  the migrations are wrong\n"
	        "66  there are no migrations to read\n"
	        "130  stopped by Ctrl-C",
	.see_also = "status history up down verify",
};
