/*
 * deb_test.c - the Debian packages that build/deb.sh makes of an installed product: what they have
 * and need, and that dpkg installs them, examples are built with them, and nothing stays when they
 * are purged.  That is done as root below an overlay of this machine's file system, in a mount
 * namespace of its own: the machine stays as it is.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs inside.sh in the overlay, which sees only what the machine has and /test. */
#define OVERLAY                                                                                    \
	"set -eu; mkdir -p overlay; cat >outside.sh <<'END'\n"                                     \
	"mount -t tmpfs tmpfs overlay\n"                                                           \
	"mkdir overlay/upper overlay/work overlay/root\n"                                          \
	"mount -t overlay overlay overlay/root "                                                   \
	"-o lowerdir=/,upperdir=overlay/upper,workdir=overlay/work\n"                              \
	"mount --rbind /dev overlay/root/dev\n"                                                    \
	"mkdir overlay/root/test\n"                                                                \
	"cp -R debs make cmake inside.sh overlay/root/test\n"                                      \
	"exec chroot overlay/root sh -euc 'cd /test; . ./inside.sh'\n"                             \
	"END\n"                                                                                    \
	"env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "                \
	"unshare --mount sh -eu outside.sh"

static char *directory;

static int set_up(void **state)
{
	product_set_up(state);
	directory = directory_make();
	product_expect(directory, "sh \"$ROOT/build/deb.sh\" \"$INLAY_PREFIX\" debs; "
	                          "cp -R \"$ROOT/examples/make\" \"$ROOT/examples/cmake\" .");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	product_remove(directory);
	return 0;
}

static void they_say_what_they_need(void **state)
{
	(void)state;
	product_expect(directory,
	               "field() { dpkg-deb --field debs/$1_*.deb $2; }; "
	               "field inlay Depends | grep -E 'libc6.*libpq5.*libsqlite3-0'; "
	               "field libinlay0.1 Depends | grep -E 'libpq5.*libsqlite3-0'; "
	               "version=$(field inlay Version); "
	               "[ \"$version\" = \"$(pkg-config --modversion "
	               "\"$INLAY_PREFIX/lib/pkgconfig/inlay.pc\")-1\" ]; "
	               "field libinlay-dev Depends | grep -F \"libinlay0.1 (= $version)\"; "
	               "field libinlay-dev Multi-Arch | grep -qx same; "
	               "for deb in debs/*.deb; do dpkg-deb --contents $deb >contents; "
	               "dpkg-deb --info $deb >info; grep -q ' md5sums' info; "
	               "grep -q '/copyright$' contents; grep -q '/changelog.Debian.gz$' contents; "
	               "awk '$2 != \"root/root\"' contents | grep . && exit 1; done; true");
}

static void the_same_tree_is_the_same_packages(void **state)
{
	(void)state;
	product_expect(directory,
	               "cp -R \"$INLAY_PREFIX\" copy; find copy -exec touch -h {} +; umask 077; "
	               "TZ=Asia/Tokyo sh \"$ROOT/build/deb.sh\" copy again; rm -r copy; "
	               "for deb in debs/*.deb; do cmp $deb again/${deb##*/}; done");
}

static void a_version_without_an_entry_is_refused(void **state)
{
	(void)state;
	product_expect(directory, "mkdir -p tree/lib/pkgconfig; "
	                          "echo 'Version: 9.9.9' >tree/lib/pkgconfig/inlay.pc; "
	                          "if sh \"$ROOT/build/deb.sh\" tree none 2>said; then exit 1; fi; "
	                          "grep 'changelog has no entry for 9.9.9' said; [ ! -e none ]");
}

static void installed_used_and_purged(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can install packages, and mount what hides it\n");
		skip();
	}
	product_expect(
	        directory,
	        "cat >inside.sh <<'END'\n"
	        "list() { find /usr /etc /opt -xdev ! -name ld.so.cache | sort; }\n"
	        "list >before\n"
	        "dpkg --install debs/*.deb\n"
	        "dpkg --audit | grep . && exit 1\n"
	        "dpkg --verify inlay libinlay0.1 libinlay-dev\n"
	        "[ \"$(command -v inlay)\" = /usr/bin/inlay ]\n"
	        "[ -s /usr/share/man/man1/inlay-compile.1.gz ]\n"
	        "cd make; make; [ \"$(./app)\" = '1 applied' ]; readelf -d app >needed\n"
	        "grep -q 'NEEDED.*libinlay.so.0.1' needed\n"
	        "rm app.db; gcc -o app app.c app_migrations.c $(pkg-config --variable=archive "
	        "inlay) "
	        "$(pkg-config --libs sqlite3) -pthread\n"
	        "[ \"$(./app)\" = '1 applied' ]; cd ../cmake; cmake -B out .; cmake --build out\n"
	        "[ \"$(out/app)\" = '1 applied' ]; cd ..\n"
	        "dpkg --purge inlay libinlay-dev libinlay0.1\n"
	        "list >after; diff before after\n"
	        "[ \"$(dpkg-query --show 2>/dev/null '*inlay*' | wc -l)\" = 0 ]\n"
	        "END\n" OVERLAY "; [ ! -e /test/before ]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_say_what_they_need),
		cmocka_unit_test(the_same_tree_is_the_same_packages),
		cmocka_unit_test(a_version_without_an_entry_is_refused),
		cmocka_unit_test(installed_used_and_purged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
