"""read_as_editors.py EDITORS.md - does what docs/editors.md tells to paste understand what inlay says?

In a directory with a set `migrations` that has findings of all kinds.  INLAY is the command.
Exit status: 0 it does, 1 it does not.
"""

import json
import os
import re
import subprocess
import sys


def run(format):
    command = [os.environ["INLAY"], "check", "--format=" + format, "migrations"]
    return subprocess.run(command, stdout=subprocess.PIPE).stdout.decode()


def block(document, language):
    return re.search(r"^```%s\n(.*?)^```$" % language, document, re.M | re.S).group(1)


def expect(what, received, expected):
    assert received == expected, "%s:\n%s\nis not\n%s" % (what, received, expected)


# file, line, column, severity, message, rule
def of_json():
    rows = []
    for one in json.loads(run("json"))["diagnostics"]:
        start = one["start"] or {"line": None, "column": None}
        row = one["file"], start["line"], start["column"], one["severity"], one["rule"]
        rows.append(row)
    return rows


def of_vscode(document):
    matchers = json.loads(block(document, "json"))["tasks"][0]["problemMatcher"]
    rows = []
    for line in run("gcc").splitlines():
        found = []
        for pattern in (matcher["pattern"] for matcher in matchers):
            match = re.search(pattern["regexp"], line)
            if match:
                part = {key: match.group(pattern[key]) for key in pattern if key in PARTS}
                number = [int(part[key]) if key in part else None for key in ("line", "column")]
                found.append((part["file"], *number, part["severity"], part["code"]))
        assert len(found) == 1, (line, found)
        rows += found
    return rows


PARTS = "file", "line", "column", "severity", "message", "code"
LETTERS = {"e": "error", "w": "warning", "n": "note"}


def of_vim(document):
    with open("paste.vim", "w") as paste:
        paste.write(block(document, "vim"))
    with open("findings", "w") as findings:
        findings.write(run("gcc"))
    script = (
        "call writefile([json_encode(map(getqflist(), {_, i -> "
        "[bufname(i.bufnr), i.lnum, i.col, i.type, i.text]}))], 'quickfix')"
    )
    vim = "vim -N -u NONE -i NONE -es -S paste.vim".split()
    subprocess.run(vim + ["-c", "cgetfile findings", "-c", script, "-c", "qall!"], check=True)
    with open("quickfix") as quickfix:
        rows = json.load(quickfix)
    return [
        (name, line or None, column or None, LETTERS[kind], re.search(r"\[([a-z-]+)\]$", text)[1])
        for name, line, column, kind, text in rows
    ]


def of_gitlab(document):
    script = block(document[document.index("## GitLab") :], "sh").replace("inlay ", "$INLAY ", 1)
    status = subprocess.run(["sh", "-c", script]).returncode
    assert status == 65, status
    with open("gl-code-quality-report.json") as report:
        report = json.load(report)
    severities = {"critical": "error", "major": "warning", "info": "note"}
    assert len({one["fingerprint"] for one in report}) == len(report)
    return [
        (
            one["location"]["path"],
            one["location"]["lines"]["begin"],
            severities[one["severity"]],
            one["check_name"],
        )
        for one in report
    ]


with open(sys.argv[1]) as editors:
    document = editors.read()
wanted = of_json()
assert {row[3] for row in wanted} == {"error", "warning", "note"}, wanted
assert any(row[1] is None for row in wanted), wanted
expect("VS Code", of_vscode(document), wanted)
expect("Vim", of_vim(document), wanted)
expect("GitLab", of_gitlab(document), [(r[0], r[1] or 1, r[3], r[4]) for r in wanted])
