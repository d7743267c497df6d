#!/bin/sh
# run.sh - another migration tool, from its registry.
#
#   run.sh version TOOL        which version it is
#   run.sh install TOOL        puts it into $TOOLS, unless it is there
#   run.sh migrate TOOL DIR    lets it apply the migrations of DIR
#
# The database is SQLite's file $SQLITE or, without that, PostgreSQL's at $PGHOST (an address),
# $PGPORT, $PGDATABASE, for $PGUSER, who needs no password.  Each TOOL/tool.sh defines `version`,
# install() and migrate(), and gets what is below.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tool=$2

needs() { # Usage: needs COMMAND...
	for command; do
		command -v "$command" >/dev/null 2>&1 && continue
		echo "run.sh: $tool needs $command, which is not installed" >&2
		exit 1
	done
}

debian() { # Usage: debian PACKAGE...  Debian's own, where they are missing.
	for package; do
		dpkg -s "$package" >/dev/null 2>&1 || apt-get install -q -y "$@" >&2 || exit 1
	done
}

python() { # Usage: python PACKAGE...
	needs python3
	python3 -m venv "$home"
	"$home/bin/pip" install -q "$@"
}

rust() { # Usage: rust CRATE FEATURES.  $RUST_PROFILE is dev or release.
	needs cargo
	CARGO_TARGET_DIR="$TOOLS/cargo" cargo install -q --locked --root "$home" \
		--profile "${RUST_PROFILE:-dev}" \
		--version "$version" --no-default-features --features "$2" "$1"
}

golang() { # Usage: golang [FLAG...] PACKAGE
	needs go
	GOBIN="$home/bin" CGO_ENABLED=0 go install "$@"
}

. "$here/$tool/tool.sh"
if [ "$1" = version ]; then
	echo "$version"
	exit
fi
home=$TOOLS/$tool-$version
case $1 in
install)
	if [ -e "$home/installed" ]; then exit; fi
	rm -rf "$home"
	mkdir -p "$home"
	install >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
	: >"$home/installed"
	;;
migrate)
	unset DATABASE_URL
	directory=$3
	if [ -n "${SQLITE:-}" ]; then
		dialect=sqlite
	else
		dialect=postgres
		export PGSSLMODE=disable
		server=$PGUSER@$PGHOST:$PGPORT/$PGDATABASE
	fi
	migrate
	;;
esac
