/* page_split.c - what the manual says of `inlay split`. */
#include "pages.h"

const struct manual_page page_split = {
	.command = "split",
	.description =
	        "Prints each statement of a file as a JSON object in a line: its text, "
	        "its place, and what kind it is. For tools that need to know where SQL "
	        "statements end, as the database itself has it.",
	.examples = {
		{ "inlay split --dialect postgres migrations/001_create_accounts.sql",
		  "One line a statement." },
		{ "inlay split --dialect sqlite - < dump.sql",
		  "From standard input." },
	},
	.exit_status = "0  all statements printed\n"
	        "65  the file can not be split\n"
	        "66  there is no such file",
	.see_also = "check",
};
