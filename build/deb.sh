# deb.sh TREE OUTPUT - Debian packages of what `./zigw build install --prefix TREE` has put there,
# by Debian's own tools (debhelper, dpkg-dev).  The same bytes for the same tree.
set -eu
umask 022
debian=$(dirname "$0")/debian
version=$(sed -n 's/^Version: //p' "$1/lib/pkgconfig/inlay.pc")
listed=$(sed -n '1s/.*(\(.*\)-.*/\1/p' "$debian/changelog")
if [ "$version" != "$listed" ]; then
	echo "deb.sh: build/debian/changelog has no entry for $version: it begins with $listed" >&2
	exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/inlay"
cp -R "$debian" "$work/inlay/debian"
cp -a "$1" "$work/inlay/tree"
if ! (cd "$work/inlay" && dpkg-buildpackage -b -us -uc) >"$work/log" 2>&1; then
	cat "$work/log" >&2
	exit 1
fi
mkdir -p "$2"
mv "$work"/*.deb "$2"
