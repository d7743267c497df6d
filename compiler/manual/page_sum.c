/* page_sum.c - what the manual says of `inlay sum`. */
#include "pages.h"

const struct manual_page page_sum = {
	.command = "sum",
	.description =
	        "Writes `inlay.lock` into the directory: one line a migration, with its "
	        "checksum. From then on an edited, removed, renumbered or back-dated "
	        "migration fails the build. Commit it with the migrations: two branches "
	        "that both add one collide there, on purpose.\n"
	        "\n"
	        "What it is about to lock is checked first, as `inlay check` does.",
	.examples = {
		{ "inlay sum migrations",
		  "After a migration was written, before it is committed." },
		{ "inlay sum migrations --check",
		  "In CI: exits 1 when the lock file is not up to date." },
		{ "inlay sum migrations --relock",
		  "A locked migration was edited, and no database has seen it." },
	},
	.exit_status = "0  written, or up to date\n"
	        "1  --check: it would differ\n"
	        "65  the migrations are wrong\n"
	        "66  there is no such directory\n"
	        "73  the lock file can not be written",
	.see_also = "check compile",
};
