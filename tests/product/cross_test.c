/*
 * cross_test.c - the command as it is built for other systems: what each file is, and, where this
 * machine can run it (the Linux ones; aarch64 under qemu), that it says and writes what the
 * command of this system does.
 *
 * INLAY_CROSS is the directory that has TARGET/bin/inlay: see build/cross.zig.
 */
#include "postgres_server.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Debian's cross packages have the glibc of the other machine. */
#define AARCH64 "qemu-aarch64-static -L /usr/aarch64-linux-gnu "

/* `there` is the command of the other system, $TARGET. */
#define HEAD                                                                                       \
	"set -eu; unset APP_ENV AUTO_MIGRATE DATABASE_URL; "                                       \
	"there() { $RUNNER \"$INLAY_CROSS/$TARGET/bin/inlay\" \"$@\"; }; "

static const struct target {
	const char *name;
	const char *runner;
	const char *machine; /* As readelf has it. */
	bool is_static;
} targets[] = {
	{ "x86_64-linux-gnu", "", "X86-64", false },
	{ "aarch64-linux-gnu", AARCH64, "AArch64", false },
	{ "x86_64-linux-musl", "", "X86-64", true },
	{ "aarch64-linux-musl", AARCH64, "AArch64", true },
};

#define TARGET_COUNT (sizeof(targets) / sizeof(targets[0]))

static int set_up(void **state)
{
	(void)state;
	assert_true(product_find("INLAY_CROSS"));
	setenv("SERVER", postgres_server_options("postgres", "postgres"), 1);
	return 0;
}

/* In a directory of its own, for each of them. */
static void expect(const char *script)
{
	char *all = format(HEAD "%s", script);
	size_t i;

	for (i = 0; i < TARGET_COUNT; i++) {
		char *directory = directory_make();

		setenv("TARGET", targets[i].name, 1);
		setenv("RUNNER", targets[i].runner, 1);
		command_expect(directory, all, 0);
		product_remove(directory);
	}
	free(all);
}

static void each_is_for_its_system(void **state)
{
	char *directory = directory_make();
	size_t i;

	(void)state;
	for (i = 0; i < TARGET_COUNT; i++) {
		/* glibc's newest symbol that is asked for is of 2.28, or older. */
		char *script = format(
		        "set -eu; file=$INLAY_CROSS/%s/bin/inlay; "
		        "readelf -h \"$file\" | grep 'Machine:.*%s'; "
		        "readelf -l \"$file\" >parts; %s grep INTERP parts; "
		        "readelf -V \"$file\" | grep -o 'GLIBC_2[.0-9]*' >used || true; "
		        "{ cat used; echo GLIBC_2.28; } | sort -V | tail -n 1 | grep -x GLIBC_2.28",
		        targets[i].name, targets[i].machine, targets[i].is_static ? "!" : "");

		command_expect(directory, script, 0);
		free(script);
	}
	product_remove(directory);
}

static void the_generated_files_have_the_same_bytes(void **state)
{
	(void)state;
	expect("cp -R \"$ROOT/migrations\" .; mkdir here there; "
	       "inlay compile --quiet migrations -o here/app_migrations.c --depfile here/d; "
	       "there compile --quiet migrations -o there/app_migrations.c --depfile there/d; "
	       "sed 's|^there/|here/|' there/d >d; mv d there/d; diff -r here there; "
	       "rm migrations/inlay.lock; there sum --quiet migrations; "
	       "cmp migrations/inlay.lock \"$ROOT/migrations/inlay.lock\"");
}

static void a_mistake_is_told_in_the_same_words(void **state)
{
	(void)state;
	expect("mkdir migrations; echo \"SELECT 'x;\" >migrations/001_a.sql; "
	       "echo 'DROP TABLE account;' >migrations/002_b.sql; "
	       "for format in text json sarif; do "
	       "if inlay check --dialect sqlite --format $format migrations >here 2>&1; then exit "
	       "9; fi; "
	       "if there check --dialect sqlite --format $format migrations >there 2>&1; then exit "
	       "9; fi; "
	       "cmp here there; done");
}

static void a_file_is_migrated(void **state)
{
	(void)state;
	expect("cp -R \"$ROOT/migrations\" .; export DATABASE_URL=sqlite:app.db; "
	       "there up >said; grep '12 migrations' said; there status; there verify >said; grep "
	       "'looked at: history, leftovers, ' said; "
	       "inlay verify; there status --json >there.json; inlay status --json >here.json; "
	       "cmp here.json there.json; there down --yes; "
	       "inlay status >said || [ $? = 1 ]; grep '1 pending' said");
}

static void checksums_of_another_tool_are_verified(void **state)
{
	(void)state;
	expect("cp -R \"$ROOT/tests/real_tools/sqlx/migrations\" .; export "
	       "DATABASE_URL=sqlite:app.db; "
	       "sqlite3 app.db <\"$ROOT/tests/adopt/sqlx.sqlite.sql\"; "
	       "there adopt --dry-run --dir migrations >there 2>&1; grep '3 checksums are "
	       "verified' there; "
	       "inlay adopt --dry-run --dir migrations >here 2>&1; cmp here there");
}

static void a_server_is_migrated(void **state)
{
	(void)state;
	expect("cp -R \"$ROOT/migrations\" .; "
	       "export DATABASE_URL=\"$SERVER\"; "
	       "there up >said; grep '12 migrations' said; there status; inlay verify; "
	       "there down --yes --to 0; there status || [ $? = 1 ]");
}

static void tls_is_refused_in_so_many_words(void **state)
{
	(void)state;
	expect("cp -R \"$ROOT/migrations\" .; "
	       "if there status --database \"$SERVER sslmode=require\" 2>said; then exit 9; fi; "
	       "grep 'sslmode value \"require\" invalid when SSL support is not compiled in' said");
}

/* Nothing is fetched here: the programs that would are not there, or fail. */
static void who_can_not_fetch_the_sources_is_told_why(void **state)
{
	char *directory = directory_make();

	(void)state;
	command_expect(directory,
	               "set -eu; mkdir build bin; cp -R \"$ROOT/build/cross\" build; "
	               "for tool in cat cp dirname mkdir mktemp mv rm sed sha256sum tail; do "
	               "ln -s \"$(command -v $tool)\" bin; done; kept=.tools/sources; "
	               "archive=$kept/jansson_2.14.orig.tar.gz; fails() { "
	               "if PATH=$PWD/bin /bin/sh build/cross/fetch.sh out 2>said; then exit 9; fi; "
	               "cat said; grep -F \"$1\" said; [ ! -e out/sqlite ]; }; "
	               "fails 'there is no cargo'; "
	               "printf '#!/bin/sh\necho no network >&2; exit 1\n' >bin/cargo; "
	               "chmod +x bin/cargo; cp bin/cargo bin/apt-get; "
	               "fails 'apt could not fetch jansson'; grep 'no network' said; "
	               "echo damaged >$archive; fails 'orig.tar.gz is not what was expected'; "
	               "cp \"$ROOT/$archive\" $kept; "
	               "fails 'cargo could not fetch SQLite and libpq from crates.io'; "
	               "grep 'no network' said",
	               0);
	product_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_for_its_system),
		cmocka_unit_test(the_generated_files_have_the_same_bytes),
		cmocka_unit_test(a_mistake_is_told_in_the_same_words),
		cmocka_unit_test(a_file_is_migrated),
		cmocka_unit_test(checksums_of_another_tool_are_verified),
		cmocka_unit_test(a_server_is_migrated),
		cmocka_unit_test(tls_is_refused_in_so_many_words),
		cmocka_unit_test(who_can_not_fetch_the_sources_is_told_why),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
