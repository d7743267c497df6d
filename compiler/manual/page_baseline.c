/* page_baseline.c - what the manual says of `inlay baseline`. */
#include "pages.h"

const struct manual_page page_baseline = {
	.command = "baseline",
	.description =
	        "Records migrations as applied and runs none of them: for a database "
	        "whose schema was there before its migrations were, or came out of a "
	        "copy without its history. `--at` names the last migration that the "
	        "database has already; it and all before it are recorded, in one "
	        "transaction. What is recorded already stays as it is.\n"
	        "\n"
	        "First the schema is compared with the one that those migrations make in "
	        "an empty database: SQLite's in memory; PostgreSQL's on a server that is "
	        "started for it, or that `--rehearse` names. Where they differ the "
	        "differences are printed (`-` is not in the database, `+` only there, "
	        "`~` is otherwise) and nothing is recorded. `--except` leaves out what is "
	        "not the migrations' to make. With `--force` the differences are printed, "
	        "too, and do not matter; nor does it matter where nothing could be "
	        "compared.\n"
	        "\n"
	        "What a schema does not show is not compared: rows that a migration has "
	        "filled in, and rights.\n"
	        "\n"
	        "With the set's last version the repeatable migrations are recorded, too; "
	        "where what they make is not there as they make it they stay pending, and "
	        "`inlay up` runs them.",
	.examples = {
		{ "inlay baseline",
		  "Says which versions there are." },
		{ "inlay baseline --at 12 --dry-run",
		  "Compares, and lists what would be recorded." },
		{ "inlay baseline --at 12",
		  "Compares, asks, and records." },
		{ "inlay baseline --at 12 --yes --except 'audit_*,legacy'",
		  "In a script, for a database that has other tables, too." },
		{ "inlay baseline --at 12 --rehearse postgres://localhost/postgres",
		  "Compares by means of a scratch database on that server." },
	},
	.exit_status = "0  recorded, or there was nothing to record\n"
	        "1  the schema differs\n"
	        "2  it can not be compared or recorded, or the answer was no\n"
	        "64  the command line is wrong: no such version, or no terminal to ask on and no "
	        "--yes\n"
	        "65  the migrations are wrong\n"
	        "66  there are no migrations to read\n"
	        "130  stopped by Ctrl-C",
	.see_also = "adopt status verify up",
};
