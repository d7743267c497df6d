/* page_check.c - what the manual says of `inlay check`. */
#include "pages.h"

const struct manual_page page_check = {
	.command = "check",
	.description =
	        "Looks for everything that is wrong with a directory of migrations, and "
	        "writes nothing: names, tokens and directives; PostgreSQL's own "
	        "grammar; rules about statements that lock, lose or break something; a "
	        "rehearsal on a scratch database; the lock file.\n"
	        "\n"
	        "Errors are what certainly fails; warnings are dangers that somebody "
	        "has to have thought about, and has said so in a comment: `-- "
	        "inlay:ignore RULE -- reason`.",
	.examples = {
		{ "inlay check migrations",
		  "Everything, with SQLite in memory as the scratch database." },
		{ "inlay check migrations --rehearse auto",
		  "The rehearsal on a PostgreSQL server, too, that is started for it." },
		{ "inlay check migrations --format sarif > inlay.sarif",
		  "For a code scanner." },
	},
	.exit_status = "0  nothing wrong\n"
	        "1  warnings\n"
	        "65  errors\n"
	        "66  there is no such directory",
	.see_also = "compile sum verify directives",
};
