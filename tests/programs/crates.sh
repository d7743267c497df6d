#!/bin/sh
# crates.sh - what a Cargo.lock names, as a directory that any cargo takes for crates.io.
#
#   sh tests/programs/crates.sh Cargo.lock DIRECTORY
#
# For a cargo older than 1.68, as Debian 12 has it: by itself it would fetch all of the index first.
set -eu
lock=$1
directory=$2

mkdir -p "$directory"
awk -F'"' '/^name = / { name = $2 } /^version = / { version = $2 }
	/^checksum = / { print name, version, $2 }' "$lock" |
	while read -r name version sum; do
		crate=$name-$version
		if [ -d "$directory/$crate" ]; then continue; fi
		# Whoever looks sees a whole crate or none; the first of two that fetch it wins.
		work=$(mktemp -d "$directory/.fetch.XXXXXX")
		curl --silent --show-error --fail --location --retry 3 --max-time 60 \
			--output "$work/crate" "https://static.crates.io/crates/$name/$crate.crate"
		echo "$sum  $work/crate" | sha256sum --check --quiet
		tar -xzf "$work/crate" -C "$work"
		printf '{"files":{},"package":"%s"}' "$sum" >"$work/$crate/.cargo-checksum.json"
		mv -T "$work/$crate" "$directory/$crate" || [ -d "$directory/$crate" ]
		rm -rf "$work"
	done
mkdir -p .cargo
printf '[source.crates-io]\nreplace-with = "fetched"\n[source.fetched]\ndirectory = "%s"\n' \
	"$directory" >.cargo/config.toml
