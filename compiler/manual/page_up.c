/* page_up.c - what the manual says of `inlay up`. */
#include "pages.h"

const struct manual_page page_up = {
	.command = "up",
	.description =
	        "Applies what is pending, in version order, and then the repeatable "
	        "migrations whose text has changed. It does what the application would do "
	        "at its start: the same lock, transactions and checks, so both may run at "
	        "once. `AUTO_MIGRATE`, `APP_ENV` and the roll-out are not asked: who types "
	        "`inlay up` means it. `MIGRATION_DRY_RUN` is asked, and it says so.\n"
	        "\n"
	        "`--to` ends with that version, `--steps` with the N-th one that is "
	        "pending; repeatable migrations are left out unless that is the last of "
	        "the pending ones (`--to` always leaves them out). `--dry-run` prints the "
	        "SQL that would be sent, with the values in it and the rows of inlay's own "
	        "tables, as a script; the exit status is 0.\n"
	        "\n"
	        "A migration that is *late*, pending although later ones are applied, is "
	        "refused: somewhere else they ran in the other order. `--allow-late` "
	        "applies it all the same, where all that is applied is the set's, and the "
	        "history becomes as if it had been in time.\n"
	        "\n"
	        "A migration that calls a function of the application "
	        "(`-- migrate:call`) can only be applied by the application. That is said "
	        "before anything is changed.\n"
	        "\n"
	        "On a terminal a line shows what is at work, for how long, and whom it "
	        "waits for. Ctrl-C (and SIGTERM) stops: the migration at work is rolled "
	        "back, earlier ones stay, the lock is let go; the program then ends by that "
	        "signal, which a shell calls 130 (143). Ctrl-C once more ends it at once.",
	.examples = {
		{ "inlay up", "Everything that is pending." },
		{ "inlay up --dry-run > plan.sql", "What that would send." },
		{ "inlay up --to 20", "As far as version 20." },
		{ "inlay up --steps 1", "The next one." },
		{ "inlay up --allow-late --dry-run", "What that is for a late migration." },
		{ "inlay up --from ./app --lock-timeout 10min --json",
		  "A deploy step with the release's own migrations, for a program to read." },
	},
	.exit_status = "0  everything asked for is applied\n"
	        "2  it is not: the message says where, and what is there now\n"
	        "64  the command line is wrong, or names a version that the set lacks\n"
	        "65  the migrations are wrong\n"
	        "66  there are no migrations to read\n"
	        "130  stopped by Ctrl-C",
	.see_also = "status down repair",
};
