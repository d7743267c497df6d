/* page_import.c - what the manual says of `inlay import`. */
#include "pages.h"

const struct manual_page page_import = {
	.command = "import",
	.description =
	        "Reads a directory of another tool as that tool does, and writes its "
	        "migrations as inlay's own into another one: names, sections and "
	        "directives change, the SQL does not. The checksums of both are "
	        "compared before it is done.\n"
	        "\n"
	        "It is not needed: other tools' directories are read as they are. It is "
	        "for leaving a tool for good.",
	.examples = {
		{ "inlay import db/migrations -o migrations --dialect postgres",
		  "Whose directory it is shows by its looks." },
		{ "inlay import sql -o migrations --layout flyway --dialect postgres "
		  "--placeholder schema=app",
		  "With a value for a placeholder." },
	},
	.exit_status = "0  written\n"
	        "65  the migrations are wrong\n"
	        "66  there is no such directory\n"
	        "73  the output can not be written",
	.see_also = "adopt check layouts",
};
