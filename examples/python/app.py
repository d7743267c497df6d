"""app.py - brings its database up to date, and, if that is SQLite's, writes a note with Python's
own sqlite3."""

import sqlite3
import sys
from pathlib import Path

import inlay

MIGRATIONS = inlay.load(Path(__file__).parent / "app_migrations.so")


def tell(event: inlay.Event) -> None:
    if event.kind == inlay.EventKind.APPLIED:
        print("applied", event.migration)


def main(database: str) -> int:
    is_postgres = database.startswith(("postgres://", "postgresql://")) or "=" in database
    opened = inlay.postgres(database) if is_postgres else inlay.sqlite(database)
    try:
        with opened as connection:
            report = connection.ensure(MIGRATIONS, on_event=tell)
    except inlay.InlayError as error:
        if error.line > 0:
            print(f"{error.result.name} at {error.file}:{error.line}", file=sys.stderr)
        print(error, file=sys.stderr)
        return 1
    print(report.applied_count, "applied")
    if not is_postgres:
        write(database)
    return 0


def write(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO note (text, written_on) VALUES ('hello', date())")
        print(*connection.execute("SELECT count(*) FROM note").fetchone(), "written")
    connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "app.db"))
