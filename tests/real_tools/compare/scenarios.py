"""What is done to each tool, and how what came of it is put into words.

A scenario looks at effects: `tally.n` counts how often a migration's UPDATE took effect.
"""

import os
import shutil
import statistics
import subprocess
import time

from databases import Proxy
from tools import Compiled, Migration, write

TALLY = Migration(1, "create_tally", "CREATE TABLE tally (n INTEGER NOT NULL);\n"
                  "INSERT INTO tally VALUES (0)", "DROP TABLE tally")
COUNT = "UPDATE tally SET n = n + 1"
AFTER = Migration(3, "create_after", "CREATE TABLE after_it (a INTEGER)", "DROP TABLE after_it")
SLOW = {"postgres": "SELECT pg_sleep(4)",
        "sqlite": "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE"
                  " x < 25000000) UPDATE tally SET n = n + (SELECT count(*) FROM c) - 25000000"}


class Case:
    """One tool, one database, a directory of migrations."""

    def __init__(self, tool, database, scratch):
        self.tool, self.database, self.scratch = tool, database, scratch
        self.directory = os.path.join(scratch, "migrations")
        tool.dialect = database.dialect

    def write(self, *migrations):
        self.tool.write(self.directory, migrations)

    def path(self, migration):
        return os.path.join(self.directory, self.tool.file(migration))

    def edit(self, migration, old, new):
        with open(self.path(migration), encoding="utf-8") as file:
            text = file.read()
        assert old in text, text
        with open(self.path(migration), "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def build(self):
        outcome = self.tool.build(self.directory)
        assert outcome.status == 0, (self.tool.name, outcome)

    def up(self):
        return self.tool.run(self.database, self.directory)

    def ship(self):
        """Builds, and applies what is there; both have to end well."""
        for outcome in (self.tool.build(self.directory), self.up()):
            assert outcome.status == 0, (self.tool.name, outcome)

    def n(self):
        return int(self.database.query("SELECT n FROM tally")[0])

    def kill_when_busy(self):
        process = self.tool.start(self.database, self.directory)
        deadline = time.monotonic() + 60
        while not self.database.busy():
            assert time.monotonic() < deadline and process.poll() is None, \
                (self.tool.name, process.communicate()[0])
            time.sleep(0.1)
        process.kill()
        process.communicate()


# Of all that a tool said the line that tells most.
def told(outcome, scratch):
    lines = [line.strip() for line in outcome.said.replace(scratch + "/", "").split("\n")]
    lines = [line for line in lines if line and not line.startswith(("at ", "Error Code"))]
    for word in ("Message ", "violates", "constraint failed", "hecksum", "nterminated", "irty",
                 "rror:", "rror", "annot", "ismatch", "uplicate", "xception"):
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else "(nothing)"


def went_on(case, again, expected):
    """How the run after a failure went, with no command but that run."""
    if again.status != 0:
        time.sleep(20)  # Some locks run out by themselves.
        if case.up().status != 0:
            return "the next run **refuses** until somebody repairs it"
        return "the next run fails; one that comes 20 s later goes on"
    if not case.database.has("after_it"):
        return "the next run ends well and has **not** applied the rest"
    if case.n() != expected:
        return f"the next run goes on; an UPDATE took effect {case.n()} times, not {expected}"
    return "the next run goes on"


def failing_statement(case):
    case.write(TALLY, Migration(2, "parts", "CREATE TABLE parts (id INTEGER PRIMARY KEY)"))
    case.ship()
    case.database.query("INSERT INTO parts VALUES (1)")
    case.write(Migration(3, "fails", f"{COUNT};\nCREATE TABLE half (a INTEGER);\n"
                         "INSERT INTO parts VALUES (1)"),
               AFTER._replace(version=4))
    case.build()
    first = case.up()
    assert first.status != 0, first
    left = []
    if case.database.has("half") or case.n() != 0:
        left.append("**the first statements stay**")
    if case.database.has("after_it"):
        left.append("**later migrations ran**")
    case.database.query("DELETE FROM parts")
    again = case.up()
    text = f"{' and '.join(left) or 'nothing of it is left'}; {went_on(case, again, 1)}"
    return text, [("fails", first)] + ([("next run", again)] if again.status else [])


def killed(case):
    slow = SLOW[case.database.dialect]
    case.write(TALLY)
    case.ship()
    case.write(Migration(2, "slow", f"{COUNT};\n{slow};\n{COUNT}"), AFTER)
    # The build may try the migration out, which takes a while.
    case.build()
    case.kill_when_busy()
    again = case.up()
    case.database.settle()
    return went_on(case, again, 2), [("next run", again)] if again.status else []


def crowd(size):
    def scenario(case):
        count = 20
        case.write(TALLY, *(Migration(v, f"count_{v}", COUNT) for v in range(2, count + 2)))
        case.build()
        processes = [case.tool.start(case.database, case.directory) for _ in range(size)]
        outcomes = []
        deadline = time.monotonic() + 240
        for process in processes:
            said = process.communicate(timeout=max(1, deadline - time.monotonic()))[0]
            outcomes.append((process.returncode, said.decode(errors="replace")))
        failed = [said for status, said in outcomes if status != 0]
        n = case.n() if case.database.has("tally") else 0
        text = f"{size - len(failed)} of {size} end well" if not failed \
            else f"**{len(failed)} of {size} fail**"
        text += "; each migration once" if n == count \
            else f"; {count} counts became **{n}**" if n > count \
            else f"; **{n}** of {count} counted"
        if failed or n != count:
            again = case.up()
            if again.status != 0:
                text += "; the next run **refuses**"
        said = max(set(failed), key=failed.count) if failed else ""
        return text, [(f"{size} at once", Said(said))] if failed else []
    return scenario


class Said:
    def __init__(self, said):
        self.said = said


def noticed(case):
    """Builds and runs a changed directory: at which of the two it is noticed."""
    built = case.tool.build(case.directory, release=False)
    if built.status != 0:
        stage = "by the build" if isinstance(case.tool, Compiled) else "by its validate command"
        return stage, built
    ran = case.up()
    return ("at run time", ran) if ran.status != 0 else (None, ran)


def edited(case):
    columns = Migration(2, "columns", "CREATE TABLE columns (a INTEGER DEFAULT 1)")
    case.write(TALLY, columns)
    case.ship()
    case.edit(columns, "DEFAULT 1", "DEFAULT 2")
    stage, said = noticed(case)
    text = f"refused {stage}" if stage else "not noticed"
    # And where the build's own record was rewritten along with it.
    if stage and stage != "at run time":
        forget(case)
        ran = case.up()
        text += ", and at run time if that was overruled" if ran.status \
            else "; **not** noticed at run time once that was overruled"
    return text, [("edited", said)] if stage else []


def forget(case):
    """Records the directory as it is, as somebody does who is in a hurry."""
    lock = os.path.join(case.directory, "inlay.lock")
    if os.path.exists(lock):
        os.remove(lock)
    outcome = case.tool.build(case.directory)
    assert outcome.status == 0, outcome


def comment(case):
    columns = Migration(2, "columns", "CREATE TABLE columns (a INTEGER DEFAULT 1)")
    case.write(TALLY, columns)
    case.ship()
    case.edit(columns, "CREATE TABLE", "-- Columns.\r\nCREATE  TABLE")
    stage, said = noticed(case)
    return f"refused {stage}" if stage else "accepted", [("comment", said)] if stage else []


def late(case):
    case.write(TALLY, Migration(2, "two", "CREATE TABLE two (a INTEGER)"),
               Migration(4, "four", "CREATE TABLE four (a INTEGER)"))
    case.ship()
    case.write(Migration(3, "late", "CREATE TABLE late (a INTEGER)"),
               Migration(5, "five", "CREATE TABLE five (a INTEGER)"))
    stage, said = noticed(case)
    if stage and stage != "at run time":
        forget(case)
        ran = case.up()
        overruled = ", and at run time if that was overruled" if ran.status \
            else "; applied once that was overruled" if case.database.has("late") \
            else "; **never applied** once that was overruled"
        return f"refused {stage}{overruled}", [("late", said)]
    if stage:
        return f"refused {stage}", [("late", said)]
    if case.database.has("late"):
        return "applied after the later one", []
    return "ends well and **never applies it**", []


def same_version(case):
    case.write(TALLY, Migration(2, "one", "CREATE TABLE one (a INTEGER)"),
               Migration(2, "other", "CREATE TABLE other (a INTEGER)"))
    built = case.tool.build(case.directory)
    if built.status != 0:
        return "refused by the build", [("same version", built)]
    ran = case.up()
    applied = [name for name in ("tally", "one", "other") if case.database.has(name)]
    if ran.status != 0:
        text = "refused at run time" + ("" if not applied else ", when it is reached")
        return text, [("same version", ran)]
    return {3: "both are applied"}.get(len(applied), "**one of them is dropped**"), []


def quote(case):
    case.write(TALLY, Migration(2, "quote", "INSERT INTO tally VALUES ('1)"))
    stage, said = noticed(case) if isinstance(case.tool, Compiled) else (None, None)
    if stage is None:
        case.tool.build(case.directory)
        said = case.up()
        stage = "at run time" if said.status else None
    if stage == "at run time" and case.database.has("tally"):
        stage += ", when it is reached"
    return stage or "**not noticed**", [("quote", said)]


def misnamed(case):
    case.write(TALLY)
    write(case.directory, case.tool.misnamed(), "CREATE TABLE forgotten (a INTEGER);\n")
    built = case.tool.build(case.directory)
    if built.status != 0:
        return "refused by the build", [("misnamed", built)]
    ran = case.up()
    if ran.status != 0:
        return "refused at run time", [("misnamed", ran)]
    return ("applied" if case.database.has("forgotten") else "**passed over, nothing said**"), []


def files_missing(case):
    case.write(TALLY)
    case.build()
    shutil.rmtree(case.directory)
    ran = case.up()
    if ran.status != 0:
        return "refused", [("no files", ran)]
    return "works" if case.database.has("tally") else "ends well, **nothing applied**", []


# --- Indexes built concurrently ---

INDEX = "CREATE UNIQUE INDEX CONCURRENTLY parts_a ON parts (a)"


def parts(case):
    case.write(Migration(1, "parts", "CREATE TABLE parts (a INTEGER);\n"
                         "INSERT INTO parts VALUES (1)"))
    case.ship()
    case.write(Migration(2, "index", INDEX, alone=True), AFTER)


def index_outcome(case, again):
    valid = case.database.query("SELECT indisvalid FROM pg_index WHERE indexrelid ="
                                " to_regclass('parts_a')")
    if again.status == 0 and valid == ["t"] and case.database.has("after_it"):
        return "the next run builds it, and goes on"
    state = {"t": "valid", "f": "INVALID"}.get(valid[0] if valid else "", "missing")
    if again.status == 0:
        return f"the next run ends well, with the index **{state}**"
    return f"the next run **fails**; the index is {state}"


def index_fails(case):
    parts(case)
    case.database.query("INSERT INTO parts VALUES (1)")
    case.build()
    first = case.up()
    if "cannot run inside a transaction block" in first.said or "25001" in first.said:
        return "it can not run one", [("index", first)]
    assert first.status != 0, first
    case.database.query("DELETE FROM parts; INSERT INTO parts VALUES (1)")
    again = case.up()
    return index_outcome(case, again), [("next run", again)] if again.status else []


def index_killed(case):
    """While the index waits for an old transaction, the server ends the connection, and the tool
    is killed."""
    parts(case)
    case.build()
    holder = Holder(case.database)
    try:
        case.kill_when_busy()
    except AssertionError:
        return "it can not run one", []
    finally:
        holder.end()
    again = case.up()
    return index_outcome(case, again), [("next run", again)] if again.status else []


class Holder:
    """A transaction that has written to `parts`, until it and everybody else is ended."""

    def __init__(self, database):
        self.database = database
        self.process = subprocess.Popen(
            ["psql", "-XqAt", "-h", "127.0.0.1", "-p", str(database.port), "-U", "postgres",
             "-d", database.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.process.stdin.write("BEGIN; INSERT INTO parts VALUES (9); SELECT 1;\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def end(self):
        self.database.terminate()
        self.process.stdin.close()
        self.process.wait()


# --- What it costs ---


def count_round_trips(case):
    """With a history of 200 migrations and nothing pending."""
    case.write(TALLY, *(Migration(v, f"count_{v}", COUNT) for v in range(2, 201)))
    case.ship()
    proxy = Proxy(case.database.port)
    outcome = case.tool.run(case.database, case.directory, port=proxy.port)
    assert outcome.status == 0, outcome
    proxy.close()
    return proxy.round_trips, proxy.connections


def time_in_turns(cases):
    """What a process that finds nothing to do takes.  Others may use this machine: the cases take
    turns, so that what disturbs one disturbs all."""
    times = [[] for _ in cases]
    for _ in range(15):
        for case, mine in zip(cases, times):
            begin = time.monotonic()
            assert case.up().status == 0
            mine.append(time.monotonic() - begin)
    return [statistics.median(mine) for mine in times]


def verbs(case):
    has = []
    case.write(TALLY)
    case.ship()
    case.write(AFTER._replace(version=2))
    case.build()
    for verb, word in (("status", "status"), ("dry", "dry run")):
        if verb in case.tool.verbs():
            outcome = case.tool.run(case.database, case.directory, verb=verb)
            assert outcome.status in (0, 1) and not case.database.has("after_it"), outcome
            has.append(word)
    assert case.up().status == 0
    if "down" in case.tool.verbs():
        outcome = case.tool.run(case.database, case.directory, verb="down")
        if outcome.status == 0 and not case.database.has("after_it"):
            has.append("rollback")
    return ", ".join(has) or "none of them"
