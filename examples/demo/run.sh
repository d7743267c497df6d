#!/bin/sh
# run.sh - the main job, from end to end: migrations in, one C file out, linked, run, released again.
#
# Called by `zigw build demo` with INLAY (the command), CC, INLAY_INCLUDE and INLAY_LIBRARY set.
set -eu

# Here migrations are applied, wherever this runs.
unset APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN MIGRATION_ROLLOUT

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/inlay-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT

bold=''
plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi

say() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# $1: the directory with the generated C; $2: the program.
build() {
	# shellcheck disable=SC2086  # CC may be "zig cc"
	$CC -std=c11 -O2 -I "$INLAY_INCLUDE" -I "$1" "$here/app.c" "$1/app_migrations.c" \
		"$INLAY_LIBRARY" -lsqlite3 -s -o "$2"
}

say "1. The build compiles $(find "$root/migrations" -name '*.sql' | wc -l | tr -d ' ') .sql files into one C file."
mkdir "$work/one"
(cd "$root" && "$INLAY" compile --quiet migrations -o "$work/one/app_migrations.c")
sed -n '/CREATE VIEW overdue_invoice/,/^		}/p' "$work/one/app_migrations.c" | sed '$d' | sed 's/^		/    /'

say "2. The application links it. Release 1, first start, on an empty database:"
build "$work/one" "$work/invoices-1"
mkdir "$work/deployed"
cd "$work/deployed"
../invoices-1 invoices.db

say "3. The second start finds nothing to do. (No lock, no DDL, no file but the database.)"
../invoices-1 invoices.db

say "4. Eight starts at once on a fresh database: each migration is applied by exactly one of them."
for i in 1 2 3 4 5 6 7 8; do
	../invoices-1 crowd.db >"$work/crowd.$i" &
done
wait
cat "$work"/crowd.* | awk '
	/applied in/ { sum += $1; busy++ }
	/nothing to do/ { idle++ }
	END {
		printf "    %d applied in all, by %d; %d found nothing to do\n", sum, busy, idle
		exit sum != 12 || busy + idle != 8
	}'

say "5. Release 2 adds one migration, 013_add_invoice_notes.sql:"
cp -R "$root/migrations" "$work/migrations"
cp "$here/release-2/013_add_invoice_notes.sql" "$work/migrations/"
(cd "$work" && "$INLAY" sum --quiet migrations)
mkdir "$work/two"
(cd "$work" && "$INLAY" compile --quiet migrations -o two/app_migrations.c)
build "$work/two" "$work/invoices-2"
../invoices-2 invoices.db

say "6. It is taken back: its down script runs, and release 1 goes on as before."
../invoices-2 invoices.db undo
../invoices-1 invoices.db

say "7. Someone edits a released migration. The build says no:"
sed 's/ON DELETE CASCADE/ON DELETE SET NULL/' "$root/migrations/002_create_customers.sql" \
	>"$work/migrations/002_create_customers.sql"
if (cd "$work" && "$INLAY" compile --quiet migrations -o two/app_migrations.c) 2>"$work/refused"; then
	echo "the edit went unnoticed" >&2
	exit 1
fi
sed 's/^/    /' "$work/refused"

say "8. What the database remembers:"
if command -v sqlite3 >/dev/null; then
	echo "    ..."
	sqlite3 invoices.db "SELECT printf('    %-12s %-26s %s...  %s', action, filename, substr(checksum, 1, 12), happened_at)
		FROM schema_migrations_log WHERE version > 11 ORDER BY sequence"
fi
printf '\n%d bytes of program, SQLite apart, carry all of it.\n' "$(wc -c <"$work/invoices-2")"
