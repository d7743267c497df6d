#!/usr/bin/env python3
"""Runs the same scenarios with each migration tool, and prints what came of it as Markdown.

Usage: compare.py PREFIX [TOOL...]   with inlay installed below PREFIX.  The others are installed by
tests/real_tools/run.sh into $TOOLS, or .tools/compare.  Takes a quarter of an hour, and longer when
they have to be built first.  ONLY_ROW="edited" runs the scenarios with that in their titles.
"""

import datetime
import os
import re
import shutil
import sqlite3
import sys
import tempfile

import scenarios
from databases import Postgres, SqliteDatabase
from tools import HERE, all_of_them

BOTH = ("postgres", "sqlite")
ROWS = (
    ("A statement of a migration fails", scenarios.failing_statement, BOTH),
    ("`kill -9` in the middle of a migration", scenarios.killed, BOTH),
    ("10 start at once", scenarios.crowd(10), BOTH),
    ("100 start at once", scenarios.crowd(100), BOTH),
    ("An applied file is edited", scenarios.edited, BOTH[:1]),
    ("A comment and the line ends of an applied file are edited", scenarios.comment, BOTH[:1]),
    ("A file is added behind an applied one", scenarios.late, BOTH[:1]),
    ("Two files have one version", scenarios.same_version, BOTH[:1]),
    ("`CREATE INDEX CONCURRENTLY` fails, its cause is removed", scenarios.index_fails, BOTH[:1]),
    ("`CREATE INDEX CONCURRENTLY` is cut off", scenarios.index_killed, BOTH[:1]),
    ("A quote is not closed: noticed", scenarios.quote, BOTH[:1]),
    ("A file has no version in its name", scenarios.misnamed, BOTH[:1]),
    ("The files are not there at run time", scenarios.files_missing, BOTH[:1]),
    ("The command has", scenarios.verbs, BOTH[:1]),
)


# In the summary: what is asked of a row, and the answer that is a plain yes.
QUESTIONS = {
    ROWS[0][0]: ("Of a migration that fails nothing is left, and the next run goes on",
                 "nothing of it is left; the next run goes on"),
    ROWS[1][0]: ("So it is after `kill -9`", "the next run goes on"),
    ROWS[2][0]: ("10 start at once: all end well, each migration is applied once",
                 "10 of 10 end well; each migration once"),
    ROWS[3][0]: ("100 start at once: the same", "100 of 100 end well; each migration once"),
    ROWS[4][0]: ("An applied file that is edited is refused", None),
    ROWS[5][0]: ("Another comment or line end is no edit", "accepted"),
    ROWS[6][0]: ("A file that comes behind an applied one is refused", None),
    ROWS[7][0]: ("Two files of one version are refused", None),
    ROWS[8][0]: ("An index whose concurrent build failed is built again",
                 "the next run builds it, and goes on"),
    ROWS[9][0]: ("So it is when the build was cut off", "the next run builds it, and goes on"),
    ROWS[10][0]: ("An unclosed quote is found before anything is applied", "by the build"),
    ROWS[11][0]: ("A file without a version is refused", None),
    ROWS[12][0]: ("What is deployed needs no files", "works"),
}


def answer(text, yes):
    """A cell of the summary."""
    if text in ("not measured", "it can not run one"):
        return text
    if yes is None:  # Refused: where?
        return text.split(",")[0].split(";")[0][len("refused "):] \
            if text.startswith("refused") else "no"
    return "yes" if text == yes else "no"


class Matrix:
    def __init__(self, tools):
        self.tools, self.rows, self.said, self.costs = tools, [], [], {}

    def add(self, title, cells):
        self.rows.append((title, cells))

    def print(self, server):
        names = [tool.display for tool in self.tools]
        print(f"Measured on {datetime.date.today():%Y-%m-%d} with PostgreSQL {server},"
              f" SQLite {sqlite_version()}: "
              + ", ".join(f"{tool.display} {tool.version}" for tool in self.tools) + ".\n")
        self.print_summary(names)
        for title, cells in self.rows:
            print(f"### {title}\n")
            print("| | " + " | ".join(cells) + " |\n|---|" + "---|" * len(cells))
            for name, *row in zip(names, *cells.values()):
                print(f"| {name} | " + " | ".join(row) + " |")
            print()
        print("### What each said\n")
        for title, name, database, step, text in self.said:
            print(f"- {title}, {name}, {database}, {step}: `{text}`")


    def print_summary(self, names):
        print("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
        for title, cells in self.rows:
            question, yes = QUESTIONS.get(title, (title, ""))
            for database, column in cells.items():
                where = f" ({database})" if len(cells) > 1 else ""
                row = [answer(text, yes) for text in column] if title in QUESTIONS else column
                print(f"| {question}{where} | " + " | ".join(row) + " |")
        print()


def sqlite_version():
    return sqlite3.sqlite_version


def shorten(text, directory):
    text = text.replace(directory, "DIR").replace("`", "'")
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return text if len(text) < 240 else text[:237] + "..."


def run_case(scenario, tool, dialect, server, action):
    scratch = tempfile.mkdtemp(prefix="compare")
    try:
        database = server.fresh() if dialect == "postgres" else SqliteDatabase(scratch)
        return action(scenarios.Case(tool, database, scratch)), scratch
    finally:
        shutil.rmtree(scratch)


def run_row(matrix, row, server):
    title, scenario, dialects = row
    cells = {}
    for dialect in dialects:
        name = {"postgres": "PostgreSQL", "sqlite": "SQLite"}[dialect]
        cells[name] = []
        for tool in matrix.tools:
            size = 100 if title.startswith("100") else 10
            if "at once" in title and size not in tool.crowds:
                cells[name].append("not measured")
                continue
            print(f"{title}: {tool.display}, {name}", file=sys.stderr, flush=True)
            answer, scratch = run_case(scenario, tool, dialect, server, scenario)
            text, told = answer if isinstance(answer, tuple) else (answer, [])
            cells[name].append(text)
            for step, outcome in told:
                line = shorten(scenarios.told(outcome, scratch), scratch)
                matrix.said.append((title, tool.display, name, step, line))
    matrix.add(title, cells)


def megabytes(size):
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def run_costs(matrix, server):
    scratch = tempfile.mkdtemp(prefix="compare")
    cases, counts = [], []
    for tool in matrix.tools:
        print(f"costs: {tool.display}", file=sys.stderr, flush=True)
        cases.append(scenarios.Case(tool, server.fresh(), os.path.join(scratch, tool.name)))
        counts.append(scenarios.count_round_trips(cases[-1]))
    medians = scenarios.time_in_turns(cases)
    least = min(medians)
    matrix.add("Nothing to do, 200 migrations applied", {
        "round trips": [str(trips) for trips, _ in counts],
        "connections": [str(connections) for _, connections in counts],
        "time of the process, the fastest being 1": [f"{s / least:.1f}" for s in medians]})
    matrix.add("What is deployed", {
        "size": [megabytes(tool.bytes(scratch)) for tool in matrix.tools],
        "and what that is": [tool.deployed for tool in matrix.tools]})
    shutil.rmtree(scratch)


def main():
    prefix, *names = sys.argv[1:]
    home = os.environ.get("TOOLS", os.path.join(HERE, *[os.pardir] * 3, ".tools", "compare"))
    os.makedirs(home, exist_ok=True)
    tools = [tool for tool in all_of_them(os.path.realpath(home), os.path.realpath(prefix))
             if not names or tool.name in names]
    for tool in tools:
        tool.install()
    matrix = Matrix(tools)
    with Postgres() as server:
        only = os.environ.get("ONLY_ROW", "")
        for row in ROWS:
            if only in row[0]:
                run_row(matrix, row, server)
        if only in "costs":
            run_costs(matrix, server)
        version = server.psql("postgres", "SHOW server_version")[0].split()[0]
    matrix.print(version)


main()
