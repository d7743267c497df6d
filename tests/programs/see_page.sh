#!/bin/sh
# see_page.sh KIND - brings a database into that state (admin_states.sh), and holds the page that
# shows it against what see_page.py expects.  In the directory where the example is built, with
# DATABASE_URL; the pictures stay there.
set -eu
. "$ROOT/tests/programs/serve_admin.sh"
. "$ROOT/tests/programs/admin_states.sh"

# Debian's modules are Debian's Python's.
python=python3
"$python" -c 'import PIL' 2>/dev/null || python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1

see() {
	serve
	if [ "$1" = at_work ]; then await is_migrating; fi
	"$python" "$ROOT/tests/programs/see_page.py" "$url" "$1" .
	kill "$server"
	wait "$server" || true
	server=''
}

for kind; do
	"$kind"
	see "$kind"
done
