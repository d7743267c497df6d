/* page_status.c - what the manual says of `inlay status`. */
#include "pages.h"

const struct manual_page page_status = {
	.command = "status",
	.description =
	        "Tells where each migration stands, of those that the set has and of those that "
	        "the database has, with when it was applied, how long that took and by whom. "
	        "Below stands what is not as it should be, with what to do about it, and a sum.\n"
	        "\n"
	        "  applied      as the set has it\n"
	        "  pending      not applied yet\n"
	        "  edited       applied, but with other SQL\n"
	        "  missing      applied; the set lacks it, and has later ones\n"
	        "  late         pending, and later ones are applied\n"
	        "  ahead        from a later release than this set\n"
	        "  at work      somebody is at it now\n"
	        "  interrupted  begun without a transaction, and not finished\n"
	        "\n"
	        "It ends in 0 exactly when a program with this set may run: what is ahead is no "
	        "harm, unless it says `-- migrate:breaking`. So with `--quiet` it is a readiness "
	        "probe, and with `--wait 60s` a step of a deployment that starts together with its "
	        "server.\n"
	        "\n"
	        "It reads and never writes or locks; a role that may read the three tracking "
	        "tables is enough, a hot standby or a read-only file will do. Of a SQLite database "
	        "in WAL mode it makes the two files beside it, as every reader does; where it can "
	        "not, it reads the file alone if the log is empty. A SQLite file that is not there "
	        "counts as empty, and is not made.",
	.examples = {
		{ "inlay status", "The database that `DATABASE_URL` names, and `migrations/`." },
		{ "inlay status --quiet --from ./app",
		  "A readiness probe: may this program run on that database?" },
		{ "inlay status --wait 60s --database postgres://ada@db/app",
		  "Waits up to a minute for a server that is still starting." },
		{ "inlay status --json | jq -r '.migrations[] | select(.state == \"pending\") | "
		  ".filename'",
		  "The files that are pending." },
	},
	.exit_status = "0  up to date\n"
	               "1  something is pending, unfinished or not as the set has it\n"
	               "2  the database can not be reached or read\n"
	               "64  the command line is wrong\n"
	               "65  the migrations are wrong\n"
	               "66  there are no migrations to read",
	.see_also = "up verify history repair database",
};
