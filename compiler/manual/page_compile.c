/* page_compile.c - what the manual says of `inlay compile`. */
#include "pages.h"

const struct manual_page page_compile = {
	.command = "compile",
	.description =
	        "Reads a directory of migrations, checks everything that can be known "
	        "before a database is there, and writes one C file with all of them, "
	        "and a header beside it. The program that links it and `libinlay.a` "
	        "brings its database up to date by `ensure_migrated()`, with no file to "
	        "read.\n"
	        "\n"
	        "Nothing is written where there is an error. The output is the same for "
	        "the same input, and is not touched when it would not change.",
	.examples = {
		{ "inlay compile migrations -o app_migrations.c",
		  "The C file, and `app_migrations.h`." },
		{ "inlay compile migrations -o app_migrations.c --depfile app_migrations.d",
		  "In a build that has to notice new files." },
		{ "inlay compile migrations -o app_migrations.c --check",
		  "In CI: exits 1 when the committed file is not what would be written." },
	},
	.exit_status = "0  written, or up to date\n"
	        "1  --check: it would differ\n"
	        "65  the migrations are wrong\n"
	        "66  there is no such directory\n"
	        "73  the output can not be written",
	.see_also = "check sum inspect",
};
