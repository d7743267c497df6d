/* page_inspect.c - what the manual says of `inlay inspect`. */
#include "pages.h"

const struct manual_page page_inspect = {
	.command = "inspect",
	.description =
	        "Tells which migrations are in a program, a shared library, an object file or an "
	        "archive, stripped or not, for whatever machine it was built; nothing of it is "
	        "run. For each set: what it is called, which databases it is for, its last "
	        "migration, which `inlay` compiled it, and each migration with what is special "
	        "about it and the beginning of its checksum. A directory of migrations is shown "
	        "as it would be compiled.\n"
	        "\n"
	        "A set is shown only when it is whole: its digest is looked at, and then every "
	        "position, count and order in it. What is damaged or cut short, or has a format "
	        "of another release, is said and not followed.\n"
	        "\n"
	        "With `--sql` it prints the scripts of one set for one database, and with `--down` "
	        "those that undo them, the last one first.\n"
	        "\n"
	        "With two operands it compares two releases, either of which can be a directory. "
	        "Each migration that differs has a line:\n"
	        "\n"
	        "  +  only the second one has it\n"
	        "  -  only the first one has it\n"
	        "  ~  edited, renamed, or with another down script\n"
	        "  =  only the layout of the file differs\n"
	        "\n"
	        "Below them stands whether the second release can take over the databases of the "
	        "first one, and if not, why.",
	.examples = {
		{ "inlay inspect ./app", "What is in this program?" },
		{ "inlay inspect ./app --sql --dialect postgres",
		  "What it would send to PostgreSQL." },
		{ "inlay inspect releases/41/app releases/42/app",
		  "What 42 changes, and whether it can follow 41." },
		{ "inlay inspect ./app migrations",
		  "Was it built from what is checked out here?" },
		{ "inlay inspect --json ./app | jq '.sets[].head'",
		  "The version of the last migration." },
	},
	.exit_status = "0  as asked; two releases have the same migrations\n"
	               "1  two releases differ\n"
	               "64  the command line is wrong, or does not say which of several sets\n"
	               "65  a set is damaged, or lacks that database; a directory's migrations are "
	               "wrong\n"
	               "66  there is no set in it, or no such file",
	.see_also = "compile status verify exit-status",
};
