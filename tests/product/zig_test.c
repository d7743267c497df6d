/*
 * zig_test.c - examples/zig-build and zig, each in a clean directory with the package that
 * `./zigw build dist` makes, by path and as a tarball: they run, nothing is built again without
 * need, and a new, changed, removed or wrong .sql file is noticed.
 *
 * INLAY_PACKAGES is where the tarball is, INLAY_PREFIX where the product is installed.
 */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* What Zig itself compiles once for a machine stays where it keeps that; the rest is ours. */
#define HEAD                                                                                       \
	"set -eu; unset APP_ENV AUTO_MIGRATE; "                                                    \
	"zig=${INLAY_ZIG:-$(ls \"$ROOT\"/.tools/zig-*/zig | head -n 1)}; "                         \
	"export ZIG_LOCAL_CACHE_DIR=\"$PWD/cache\" ZIG_BUILD_ERROR_STYLE=minimal; "

/* The command that is installed does it, so that it is not compiled once more. */
#define INSTALLED                                                                                  \
	"sed -i \"s|^\\( *\\).databases = .*|&\\n\\1.command = .{ .cwd_relative = "                \
	"\\\"$INLAY_PREFIX/bin/inlay\\\" },|\" build.zig; grep -q cwd_relative build.zig; "

static char *directory;

static int set_up(void **state)
{
	(void)state;
	assert_true(product_find("INLAY_PACKAGES") && product_find("INLAY_PREFIX"));
	directory = directory_make();
	command_expect(
	        directory,
	        "set -eu; tar xzf \"$INLAY_PACKAGES\"/inlay-*-zig.tar.gz; mv inlay-*-zig inlay; "
	        "for example in zig-build zig; do mkdir $example; cd \"$ROOT/examples/$example\"; "
	        "tar c build.zig* migrations $(ls -d app.c src 2>/dev/null) | "
	        "tar x -C \"$OLDPWD/$example\"; cd \"$OLDPWD\"; "
	        "sed -i 's|\"../..\"|\"../inlay\"|' $example/build.zig.zon; done",
	        0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	product_remove(directory);
	return 0;
}

static void expect(const char *script)
{
	char *all = format(HEAD "%s", script);

	command_expect(directory, all, 0);
	free(all);
}

static void an_application_in_c(void **state)
{
	(void)state;
	expect("cd zig-build; app=zig-out/bin/app; $zig build; [ \"$($app)\" = '1 applied' ]; "
	       "if readelf -d $app | grep -E 'NEEDED.*lib(pq|crypto)'; then exit 1; fi; "
	       "cp -p $app first; $zig build; [ ! $app -nt first ]; "
	       "touch migrations/*; $zig build; [ ! $app -nt first ]");
}

/* What the application before left is built on. */
static void files_come_change_and_go(void **state)
{
	(void)state;
	expect("cd zig-build; app=zig-out/bin/app; "
	       "echo 'CREATE INDEX note_text ON note (text);' >migrations/002_index.sql; "
	       "inlay sum --quiet migrations; $zig build; [ \"$($app)\" = '1 applied' ]; "
	       "[ \"$($app)\" = '0 applied' ]; "
	       "echo 'CREATE INDEX other ON note (text);' >migrations/002_index.sql; "
	       "rm migrations/inlay.lock; inlay sum --quiet --dialect sqlite migrations; "
	       "$zig build; if $app 2>said; then exit 1; fi; grep -q '002_index.* edited' said; "
	       "rm app.db migrations/002_index.sql migrations/inlay.lock; "
	       "inlay sum --quiet --dialect sqlite migrations; $zig build; "
	       "[ \"$($app)\" = '1 applied' ]");
}

static void what_is_wrong_with_migrations_is_shown(void **state)
{
	(void)state;
	expect("cd zig-build; echo 'CREATE TABL x;' >migrations/002_x.sql; "
	       "if $zig build 2>said; then exit 1; fi; rm migrations/002_x.sql; "
	       "grep -F 'migrations/002_x.sql:1:8: error: near \"TABL\": syntax error' said; "
	       "$zig build");
}

static void an_application_in_zig(void **state)
{
	(void)state;
	expect("cd zig; " INSTALLED "$zig build; [ \"$(zig-out/bin/notes)\" = '1 applied' ]; "
	       "[ \"$(zig-out/bin/notes)\" = '0 applied' ]; "
	       "rm notes.db; sqlite3 notes.db 'CREATE TABLE note (id)'; "
	       "if zig-out/bin/notes 2>said; then exit 1; fi; cat said; "
	       "grep -q '^error: migrations/001_create_notes.sql:2:14: ' said; "
	       "grep -q '^error: Failed$' said");
}

static void a_tarball(void **state)
{
	(void)state;
	expect("cp -R zig-build tarball; cd tarball; rm -rf app.db zig-out; "
	       "sed -i '/inlay = /d' build.zig.zon; " INSTALLED
	       "$zig fetch --save=inlay \"file://$(ls \"$INLAY_PACKAGES\"/inlay-*-zig.tar.gz)\"; "
	       "grep -q 'hash = \"inlay-' build.zig.zon; $zig build; "
	       "[ \"$(zig-out/bin/app)\" = '1 applied' ]");
}

/* What the application before left is built on. */
static void two_sets_and_both_databases(void **state)
{
	(void)state;
	expect("cd tarball; sed -i 's/{[.]sqlite}/{ .sqlite, .postgres }/' build.zig; "
	       "sed -n '/_ = @import/,/^    });/p' build.zig >call; "
	       "sed -i -e 's/{ [.]sqlite.*},/{},/' -e 's/[.]module/.name = \"other\", &/' call; "
	       "sed -i '/installArtifact/r call' build.zig; $zig build; "
	       "[ \"$(zig-out/bin/app)\" = '0 applied' ]; nm zig-out/bin/app >names; "
	       "grep -w ensure_migrated_postgres names; grep -w other names; "
	       "readelf -d zig-out/bin/app | grep -E 'NEEDED.*libpq'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_application_in_c),
		cmocka_unit_test(files_come_change_and_go),
		cmocka_unit_test(what_is_wrong_with_migrations_is_shown),
		cmocka_unit_test(an_application_in_zig),
		cmocka_unit_test(a_tarball),
		cmocka_unit_test(two_sets_and_both_databases),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
