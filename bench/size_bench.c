/* size_bench.c - what the runtime takes in a program that uses SQLite only, built for size. */
#include "support/measure.h"

#include <stdlib.h>

/* INLAY_DIST is inlay.c; $1 a directory for what is made.  size's first column are the bytes that
 * are loaded and never written: code, constants, and what unwinding a stack needs. */
static const char script[] =
        "set -eu\n"
        "dist=$(realpath \"$INLAY_DIST\") runtime=$(realpath runtime)\n"
        "cd \"$1\"\n"
        "printf '#include \"inlay.h\"\\n%s\\n' >check.c "
        "'int main(void) { struct inlay_error error = inlay_error_init();"
        " return (int)CALL; }'\n"
        "measure() { # WHAT OBJECT\n"
        "	set -- \"$1\" $(size \"$2\" | awk 'NR == 2 { print $1 }') "
        "$(size -A \"$2\" | awk '$1 ~ /^[.]text/ { sum += $2 } END { print sum }')\n"
        "	awk -v what=\"$1\" -v all=\"$2\" -v code=\"$3\" 'BEGIN { printf \"  %-44s"
        "%7.1f KiB   code alone %6.1f KiB\\n\", what, all / 1024, code / 1024 }'\n"
        "}\n"
        "for compiler in gcc clang; do\n"
        "	command -v $compiler >/dev/null || continue\n"
        "	$compiler -std=c11 -Os -ffunction-sections -fdata-sections -DINLAY_OMIT_POSTGRES "
        "-c \"$dist\" -o inlay.o\n"
        "	measure \"$compiler -Os, all of it\" inlay.o\n"
        "	sed 's/CALL/ensure_migrated_sqlite(NULL, NULL, NULL, \\&error)/' check.c "
        ">ensure.c\n"
        "	sed 's/CALL/error.result/' check.c >nothing.c\n"
        "	for one in ensure nothing; do\n"
        "		$compiler -std=c11 -Os -ffunction-sections -fdata-sections -I\"$runtime\" "
        "-Wl,--gc-sections $one.c inlay.o -lsqlite3 -lpthread -o $one\n"
        "	done\n"
        "	measure \"$compiler -Os, a program that ensures\" ensure\n"
        "	measure \"$compiler -Os, a program without inlay\" nothing\n"
        "done\n"
        "gcc -std=c11 -Os -flto -fno-asynchronous-unwind-tables -ffunction-sections "
        "-fdata-sections -Wl,--gc-sections -DINLAY_OMIT_POSTGRES "
        "-I\"$runtime\" ensure.c \"$dist\" -lsqlite3 -lpthread -o ensure\n"
        "measure \"gcc -Os -flto without unwind tables, ensures\" ensure\n";

int main(void)
{
	char directory[200];
	char *const argv[] = { "sh", "-c", (char *)script, "sh", directory, NULL };
	struct child_cost cost;
	char log[300];

	if (getenv("INLAY_DIST") == NULL) {
		fputs("INLAY_DIST is not set: run `./zigw build bench`\n", stderr);
		return EXIT_FAILURE;
	}
	measure_directory(directory, sizeof(directory));
	snprintf(log, sizeof(log), "%s/log", directory);
	puts("the runtime without PostgreSQL, as one file:");
	fflush(stdout);
	cost = measure_run(argv, log);
	if (cost.status == 0) {
		FILE *file = fopen(log, "r");
		int c;

		while (file != NULL && (c = getc(file)) != EOF)
			putchar(c);
		if (file != NULL)
			fclose(file);
	}
	measure_remove(directory);
	return cost.status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
