"""readme_table.py MATRIX - rows of docs/decisions/why-inlay.md in fewer words, for the README."""

import pathlib
import sys

COLUMNS = {
    "inlay": "inlay",
    "by hand": "by hand",
    "golang-migrate": "golang-migrate",
    "goose": "goose",
    "sqlx-cli": "sqlx",
    "refinery_cli": "refinery",
    "Flyway": "Flyway",
    "Atlas": "Atlas",
}
ROWS = {
    "Of a migration that fails nothing is left, and the next run goes on (PostgreSQL)":
        "a migration that fails leaves nothing, and the next run goes on",
    "10 start at once: all end well, each migration is applied once (PostgreSQL)":
        "10 start at once on PostgreSQL: all end well, each migration once",
    "10 start at once: all end well, each migration is applied once (SQLite)":
        "10 start at once on SQLite",
    "100 start at once: the same (PostgreSQL)": "100 start at once on PostgreSQL",
    "An applied file that is edited is refused": "an applied file that is edited is refused",
    "Another comment or line end is no edit": "another comment is no edit",
    "A file that comes behind an applied one is refused":
        "a file that comes behind an applied one is refused",
    "An index whose concurrent build failed is built again":
        "an index whose concurrent build failed is built again",
    "An unclosed quote is found before anything is applied":
        "an unclosed quote is found before anything is applied",
    "What is deployed needs no files": "what is deployed needs no files",
    "Nothing to do, 200 migrations applied (round trips)":
        "nothing to do, 200 migrations: round trips",
}
WORDS = {
    "at run time": "start",
    "by its validate command": "`validate`",
    "by the build": "build",
    "it can not run one": "-",
    "not measured": "?",
}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def main():
    lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| | by hand |"))
    names = cells(lines[start])[-len(COLUMNS):]
    rows = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        label, *values = cells(line)
        rows[label] = dict(zip(names, values))
    print("| | " + " | ".join(COLUMNS.values()) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for label, short in ROWS.items():
        values = [rows[label][name] for name in COLUMNS]
        print("| " + " | ".join([short, *(WORDS.get(one, one) for one in values)]) + " |")


main()
