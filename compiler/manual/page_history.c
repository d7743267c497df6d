/* page_history.c - what the manual says of `inlay history`. */
#include "pages.h"

const struct manual_page page_history = {
	.command = "history",
	.description =
	        "Prints the log, in which inlay writes down everything that it does to a "
	        "database's migrations: what was applied, rolled back or failed, and whatever "
	        "else was recorded, when (UTC), how long it took, by whom, and the checksum of the "
	        "SQL (its beginning; `--verbose` all of it). Below a failure stands its message. "
	        "Nothing is ever taken out of the log, so what was rolled back or mended is "
	        "still told. The oldest comes first. Where the very first migration fails there "
	        "are no tables yet to write it into.\n"
	        "\n"
	        "It needs no migrations directory and writes nothing; a role that may read the "
	        "tracking table and its log is enough, and a standby will do.",
	.examples = {
		{ "inlay history", "All of it." },
		{ "inlay history --limit 5", "The last five, the last one at the end." },
		{ "inlay history --json | jq -r '.entries[] | select(.action == \"failed\") | "
		  ".message'",
		  "Why migrations failed." },
	},
	.exit_status = "0  told\n"
	               "2  the database can not be reached or read\n"
	               "64  the command line is wrong",
	.see_also = "status repair database",
};
