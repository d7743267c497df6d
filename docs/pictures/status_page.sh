#!/bin/sh
# status_page.sh - makes status-page.png: the page of the admin endpoints while somebody migrates, as
# Chromium shows it.
#
#   ./zigw build install --prefix /tmp/inlay
#   INLAY_PREFIX=/tmp/inlay DATABASE_URL='host=... dbname=...' sh docs/pictures/status_page.sh
#
# The database is an empty one of PostgreSQL.  The times in it are those of the run.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
ROOT=$(dirname -- "$(dirname -- "$here")")
export ROOT PATH="$INLAY_PREFIX/bin:$PATH" PKG_CONFIG_PATH="$INLAY_PREFIX/lib/pkgconfig"
export LD_LIBRARY_PATH="$INLAY_PREFIX/lib" PYTHONDONTWRITEBYTECODE=1

work=$(mktemp -d)
cp -R "$ROOT/examples/http-admin/." "$work"
cd "$work"
. "$ROOT/tests/programs/serve_admin.sh"
. "$ROOT/tests/programs/admin_states.sh"
at_work
serve
await is_migrating
PYTHONPATH=$ROOT/tests/programs /usr/bin/python3 - "$url" "$here/status-page.png" <<'END'
import sys

from chromium import Chromium
from PIL import Image

url, path = sys.argv[1:]
with Chromium() as browser:
    browser.open(url.replace("http://", "http://anybody:may-read@"), width=1280, height=965)
    browser.shoot(path, whole=False)
Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
END
cd "$ROOT"
rm -rf "$work"
