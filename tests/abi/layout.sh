#!/bin/sh
# layout.sh - where the members of the public structs are, as programs were compiled to believe.
#
#   sh tests/abi/layout.sh runtime >tests/abi/layout
#
# $1 has the headers.
set -eu
{
	for header in "$1"/inlay*.h; do
		printf '#include "%s"\n' "$(basename "$header")"
	done
} | clang -std=c11 -I"$1" -Xclang -fdump-record-layouts-complete -fsyntax-only -xc - |
	awk -F'|' '
		/\| (struct|union) / && $2 ~ /^ (struct|union) [a-z_]+$/ { name = $2; sub(/^ /, "", name) }
		name ~ /^(struct|union) inlay_/ && $2 ~ /^   [^ ]/ { lines = lines sprintf("%6d %s\n", $1, substr($2, 4)) }
		/sizeof=/ && name != "" {
			match($0, /sizeof=[0-9]+/)
			if (name ~ / inlay_/)
				printf "%s, %d bytes\n%s", name, substr($0, RSTART + 7, RLENGTH - 7), lines
			name = lines = ""
		}'
