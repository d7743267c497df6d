#!/bin/sh
# Usage: fetch.sh DIRECTORY
#
# Puts the sources of SQLite, libpq and jansson there, from crates.io and Debian, as the user has
# configured cargo and apt.  Versions and hashes are fixed, here and in Cargo.lock.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
kept=$here/../../.tools/sources
into=$1
archive=jansson_2.14.orig.tar.gz
archive_hash=c739578bf6b764aa0752db9a2fdadcfe921c78f1228c7ec0bb47fa804c55d17b

fail() {
	printf 'fetch.sh: the sources for other systems: %s\n' "$1" >&2
	shift
	for line; do printf '    %s\n' "$line" >&2; done
	exit 1
}

# The user's package lists with deb-src for deb, read into a place of their own: nothing is
# installed, and no right is needed.
fetch_from_debian() {
	mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ -f "$list" ] || continue
		case $list in
		*.list) sed -n 's/^deb[[:space:]]/deb-src /p' "$list" >"$work/parts/${list##*/}" ;;
		*.sources) sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/${list##*/}" ;;
		esac
	done
	# A list of somebody else may have no sources: all that counts is that the file comes.
	for command in update "source --download-only jansson"; do
		# Split on purpose: it is two words and more.
		# shellcheck disable=SC2086
		(cd "$work" && apt-get -q -o Dir::Etc::SourceList=/dev/null \
			-o Dir::Etc::SourceParts="$work/parts" -o Dir::State::Lists="$work/lists" \
			-o Dir::Cache="$work/cache" $command) >>"$work/log" 2>&1 || true
	done
	cp "$work/$archive" "$kept/$archive.$$" 2>>"$work/log" && mv "$kept/$archive.$$" "$kept/$archive"
}

command -v cargo >/dev/null 2>&1 || fail "there is no cargo" \
	"SQLite and libpq come from crates.io: install cargo 1.78 or later (Debian 12: cargo-web)."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir -p "$kept" "$into"

if [ ! -e "$kept/$archive" ] && ! fetch_from_debian; then
	tail -n 5 "$work/log" >&2
	fail "apt could not fetch jansson" \
		"Check the network and apt's lists, then run this again; or put Debian's $archive" \
		"into $(CDPATH='' cd -- "$kept" && pwd)/."
fi
if ! echo "$archive_hash  $kept/$archive" | sha256sum -c - >/dev/null 2>&1; then
	fail "$(CDPATH='' cd -- "$kept" && pwd)/$archive is not what was expected" \
		"Its SHA-256 should be $archive_hash." \
		"Remove it, and run this again."
fi

if ! cargo vendor --quiet --locked --manifest-path "$here/Cargo.toml" "$work/crates" \
	>"$work/log" 2>&1; then
	tail -n 5 "$work/log" >&2
	fail "cargo could not fetch SQLite and libpq from crates.io" \
		"Check the network and cargo's configuration (~/.cargo/config.toml), then run this again."
fi

cp -R "$work/crates/libsqlite3-sys/sqlite3" "$into/sqlite"
cp -R "$work/crates/pq-src" "$into/libpq"
mkdir "$into/jansson"
tar -xzf "$kept/$archive" -C "$into/jansson" --strip-components=1
