#!/bin/sh
# ask_admin.sh - examples/http-admin as curl finds it: every answer that can be had, kept in answers/.
#
# In the directory where it is built, with DATABASE_URL of an empty database; on PostgreSQL also
# SERVER, another one of the same server.
set -eu
. "$ROOT/tests/programs/serve_admin.sh"

mkdir answers

# Usage: ask STATUS NAME PATH CURL'S OPTIONS...  The body goes to NAME.
ask() {
	expected=$1
	name=$2
	path=$3
	shift 3
	status=$(curl --silent --show-error --max-time 60 --output "answers/$name" \
		--write-out '%{http_code}' "$@" "$url$path")
	echo "$status $name"
	if [ "$status" != "$expected" ]; then
		echo "ask_admin.sh: $name is $status, and not $expected" >&2
		cat "answers/$name" >&2
		exit 1
	fi
}

serve
reader="Authorization: Bearer $ADMIN_READ_TOKEN"
changer="Authorization: Bearer $ADMIN_CHANGE_TOKEN"

ask 200 before.json /status -H "$reader"
ask 200 dry-run.json /run -H "$changer" -d '{"dry_run": true}'
ask 200 run.json /run -H "$changer" -X POST
ask 200 rollback.json /rollback -H "$changer" -d '{"count": 1}'
ask 200 status.json /status -H "$reader"
ask 200 history.json '/history?limit=3' -H "$reader"
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

hold_lock
ask 409 locked.json /run -H "$changer" -X POST
ask 200 held.json /status -H "$reader"
let_lock_go

take_database_away
ask 503 unreachable.json /status -H "$reader"
ask 503 unreachable.html '' -H "$reader"
ask 503 unreachable-run.json /run -H "$changer" -X POST
