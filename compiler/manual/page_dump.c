/* page_dump.c - what the manual says of `inlay dump`. */
#include "pages.h"

const struct manual_page page_dump = {
	.command = "dump",
	.description =
	        "Writes the schema of a live database as SQL: the same bytes for the same schema, "
	        "in whatever order it came about, so that a file of it can be kept in git and a "
	        "review sees what a migration does. No data, and no tracking tables. It reads "
	        "only, and the schema is that of one moment.\n"
	        "\n"
	        "SQLite's is what the database stores, sorted by kind and name.\n"
	        "\n"
	        "PostgreSQL's is written by its own `pg_dump`, where there is one in `PATH`, or "
	        "named by `PG_DUMP`, of the server's major version or a newer one. What changes "
	        "from version to version is taken out, and so are owners, privileges, tablespaces "
	        "and subscriptions. The connection and its password are handed over in the "
	        "environment. Without such a one, or where `PG_DUMP` is empty, `inlay` writes it "
	        "by itself, in other words; the first line says whose it is. Who shares the file "
	        "should use the same one.\n"
	        "\n"
	        "With `--schema` it is that schema alone.",
	.examples = {
		{ "inlay dump", "Prints the schema." },
		{ "inlay dump -o schema.sql", "Writes it, unless the file is the same." },
		{ "inlay up && inlay dump -o schema.sql --check",
		  "In CI: is the committed one what the migrations make?" },
		{ "PG_DUMP=/usr/lib/postgresql/16/bin/pg_dump inlay dump",
		  "By the program of that version." },
	},
	.exit_status = "0  written, or the same as the file\n"
	               "1  `--check`: the file is not the schema of the database\n"
	               "2  the database can not be reached or read; `pg_dump` can not do it\n"
	               "64  the command line is wrong\n"
	               "73  the file can not be written",
	.see_also = "verify check database environment",
};
