/* page_new.c - what the manual says of `inlay new`. */
#include "pages.h"

const struct manual_page page_new = {
	.command = "new",
	.description =
	        "Begins a migration: writes an empty file with the next version, and "
	        "prints its path. Versions go on as the directory's do: with the next "
	        "number, as wide as the last one, or with the time (UTC) where the last "
	        "one has a timestamp. The directory is made when there is none.\n"
	        "\n"
	        "In another tool's directory the file is named and begun as that tool "
	        "has it. What `inlay.lock` lists counts, too: a version is never given "
	        "out twice.",
	.examples = {
		{ "inlay new add_invoices",
		  "The next migration of `migrations/`." },
		{ "inlay new add_invoices --down",
		  "With a section for what undoes it." },
		{ "inlay new active_index --dialect postgres",
		  "A file for PostgreSQL alone." },
	},
	.exit_status = "0  written\n"
	        "64  no file can be called so\n"
	        "65  whose directory it is can not be told\n"
	        "73  the file can not be written",
	.see_also = "check layouts directives",
};
