/* page_manual.c - what the manual says of `inlay manual`. */
#include "pages.h"

const struct manual_page page_manual = {
	.command = "manual",
	.description =
	        "Prints a manual page in the format of man(7). Packages install them; "
	        "without one, `man -l -` reads it.",
	.examples = {
		{ "inlay manual up | man -l -",
		  "The page of `up`." },
		{ "inlay manual > inlay.1",
		  "The page of the whole program." },
	},
	.exit_status = "0  printed\n"
	        "64  there is no such page",
	.see_also = "help",
};
