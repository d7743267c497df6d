#!/bin/sh
# run.sh - the admin endpoints over HTTP: built, started on a free port, asked with curl.
#
# Needs INLAY (the command), CC, INLAY_INCLUDE and INLAY_LIBRARY, as examples/demo/run.sh does, and
# libmicrohttpd.  With ANSWERS set, what curl got is kept in that directory.
set -eu

# Here nothing but the tokens decides.
unset APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN MIGRATION_ROLLOUT

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/inlay-http-admin.XXXXXX")
answers=${ANSWERS:-$work}
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

(cd "$root" && "$INLAY" compile --quiet migrations -o "$work/app_migrations.c")
# shellcheck disable=SC2086  # CC may be "zig cc"
$CC -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra -I "$INLAY_INCLUDE" -I "$work" \
	"$here/main.c" "$work/app_migrations.c" "$INLAY_LIBRARY" -lmicrohttpd -lsqlite3 -pthread \
	-o "$work/http-admin"

# Production would read them from where its secrets are.
ADMIN_READ_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
ADMIN_CHANGE_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export ADMIN_READ_TOKEN ADMIN_CHANGE_TOKEN

"$work/http-admin" "$work/invoices.db" 0 >"$work/url" &
server=$!
tries=0
until [ -s "$work/url" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || exit 1
	sleep 0.1
done
url=$(cat "$work/url")

# Usage: ask STATUS NAME PATH CURL'S OPTIONS...  The body goes to NAME.
ask() {
	expected=$1
	name=$2
	path=$3
	shift 3
	status=$(curl --silent --show-error --max-time 60 --output "$answers/$name" \
		--write-out '%{http_code}' "$@" "$url$path")
	echo "$status $name"
	if [ "$status" != "$expected" ]; then
		echo "run.sh: $name is $status, and not $expected" >&2
		cat "$answers/$name" >&2
		exit 1
	fi
}

reader="Authorization: Bearer $ADMIN_READ_TOKEN"
changer="Authorization: Bearer $ADMIN_CHANGE_TOKEN"

ask 200 before.json /status -H "$reader"
ask 200 dry-run.json /run -H "$changer" -d '{"dry_run": true}'
ask 200 run.json /run -H "$changer" -X POST
ask 200 rollback.json /rollback -H "$changer" -d '{"count": 1}'
ask 200 status.json /status -H "$reader"
ask 200 history.json '/history?limit=5' -H "$reader"
ask 200 metrics.txt /metrics -H "$reader"
ask 200 page.html '' --user "anybody:$ADMIN_READ_TOKEN"
ask 200 head.txt '' -H "$reader" --head

ask 400 wrong.json /rollback -H "$changer" -d '{"count": "all"}'
ask 409 nowhere.json /rollback -H "$changer" -d '{"to": 99}'
ask 401 stranger.json /status
ask 403 reader.json /run -H "$reader" -d '{}'
ask 404 missing.json /nothing -H "$reader"
ask 405 method.json /run -H "$changer"
ask 413 large.json /run -H "$changer" -d "$(printf '%02000d' 0)"

if command -v sqlite3 >/dev/null; then
	# Somebody else writes, until the pipe ends.
	mkfifo "$work/pipe"
	sqlite3 "$work/invoices.db" <"$work/pipe" >"$work/begun" &
	exec 3>"$work/pipe"
	echo "BEGIN IMMEDIATE; SELECT 'begun';" >&3
	until [ -s "$work/begun" ]; do sleep 0.1; done
	ask 409 locked.json /run -H "$changer" -X POST
	exec 3>&-
	wait $!
fi

# What is no database can not be asked.
rm "$work/invoices.db"
mkdir "$work/invoices.db"
ask 503 unreachable.json /status -H "$reader"

kill "$server"
wait "$server"
server=''
echo "all as it should be"
