/* page_help.c - what the manual says of `inlay help`. */
#include "pages.h"

const struct manual_page page_help = {
	.command = "help",
	.description =
	        "Without a topic it lists the commands. With the name of a command it "
	        "prints what `inlay COMMAND --help` does.",
	.examples = {
		{ "inlay help up",
		  "The options of `up`." },
		{ "inlay help database",
		  "How databases are named." },
	},
	.exit_status = "0  printed\n"
	        "64  there is no such topic",
	.see_also = "manual",
};
