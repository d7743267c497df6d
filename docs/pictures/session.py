"""session.py - records a short session at a terminal with the real command, `inlay` in PATH.

    python3 docs/pictures/session.py DIRECTORY

writes session.cast (asciinema's format, version 2) and session.svg (the same, to be looked at in a
browser) there.  What never comes out twice alike, times, process numbers and the name of the
machine, is set to something; lines that were only there for a moment are left out.  With that the
bytes are the same each time.
"""

import json
import os
import pathlib
import pty
import re
import select
import sys
import tempfile
from xml.sax.saxutils import escape

COLUMNS, ROWS = 96, 26

FILES = {
    "migrations/001_create_notes.sql": """\
-- migrate:up
CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);

-- migrate:down
DROP TABLE note;
""",
    "migrations/002_add_note_author.sql": """\
-- migrate:up
ALTER TABLE note ADD COLUMN author TEXT;

-- migrate:down
ALTER TABLE note DROP COLUMN author;
""",
    "draft.sql": """\
-- migrate:up
CREATE TABLE tag (note_id INTEGER NOT NULL, name TEXT DEFAULT 'it's');

-- migrate:down
DROP TABLE tag;
""",
}

# What is typed, and what is answered when the command asks.
STEPS = (
    ("ls migrations", ""),
    ("inlay status", ""),
    ("inlay up", ""),
    ("cp draft.sql migrations/003_create_tags.sql", ""),
    ("inlay sum migrations && inlay compile migrations -o app_migrations.c", ""),
    ("sed -i \"s/it's/it''s/\" migrations/003_create_tags.sql", ""),
    ("inlay sum migrations && inlay compile migrations -o app_migrations.c", ""),
    ("inlay up", ""),
    ("inlay down", "y"),
    ("inlay status", ""),
)

KEY, THINK, WORK, READ = 0.045, 0.6, 0.25, 1.6  # Seconds, in the recording.


def run(command, answer):
    """All that a terminal gets when sh runs the command, and the person answers."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("sh", ["sh", "-c", "stty cols %d rows %d; %s" % (COLUMNS, ROWS, command)])
    said, answered = b"", not answer
    while True:
        if not select.select([terminal], [], [], 60)[0]:
            sys.exit("session.py: nothing comes of: " + command)
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other side is closed.
            piece = b""
        if not piece:
            break
        said += piece
        if not answered and said.endswith(b"] "):
            os.write(terminal, answer.encode() + b"\n")
            answered = True
    os.close(terminal)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 127:
        sys.exit("session.py: " + said.decode())
    return said.decode()


def settle(said):
    """The same without what is not the same the next time."""
    said = re.sub(r"\r[^\r\n]*\x1b\[K", "", said)
    said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-11-21 19:00:28", said)
    said = re.sub(r"process \d+ on \S+", "process 4711 on laptop", said)
    said = re.sub(r" in \d+ ms", " in 9 ms", said)
    said = re.sub(r"  ( *)\d+ ms", lambda found: ("%*d ms" % (len(found[0]) - 3, 2))
                  if found[1] else "  2 ms", said)
    return said


def record(work):
    """The events: when, and what the terminal shows then."""
    for path, text in FILES.items():
        (work / path).parent.mkdir(exist_ok=True)
        (work / path).write_text(text)
    os.chdir(work)
    for name in ("APP_ENV", "NODE_ENV", "AUTO_MIGRATE", "MIGRATION_DRY_RUN", "MIGRATION_ROLLOUT",
                 "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"):
        os.environ.pop(name, None)
    os.environ.update(TERM="xterm-256color", DATABASE_URL="sqlite:app.db", LC_ALL="C.UTF-8")
    run("inlay sum --quiet migrations", "")
    events, now = [], 0.0
    for command, answer in STEPS:
        events.append((now, "\x1b[1;36m$\x1b[0m "))
        now += THINK
        for key in command:
            events.append((now, key))
            now += KEY
        events.append((now, "\r\n"))
        now += WORK
        said = settle(run(command, answer))
        if said:
            events.append((now, said))
        now += READ if said else 0
    events.append((now, "\x1b[1;36m$\x1b[0m "))
    return events


def write_cast(path, events):
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "inlay",
            "env": {"TERM": "xterm-256color", "SHELL": "/bin/sh"}}
    lines = [json.dumps(head)]
    lines += [json.dumps([round(when, 3), "o", text]) for when, text in events]
    path.write_text("\n".join(lines) + "\n")


# --- The picture ---

WIDE, HIGH, LEFT, TOP, BAR = 8.4, 18, 18, 16, 34

COLORS = {"31": "#ff7b72", "32": "#4cc38a", "33": "#e2a336", "34": "#79b8ff", "35": "#d2a8ff",
          "36": "#56d4dd", "1": "bold", "2": "#97a3b4"}

STYLE = """
text{font:14px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;
fill:#d7dde6;white-space:pre}
.bold{font-weight:700}.typed{fill:#fff}
.line,.cover,.film{animation-duration:%(end)gs;animation-iteration-count:infinite;
animation-timing-function:step-end}
@media(prefers-reduced-motion:reduce){.line,.film,.cover{animation:none}}
.cover{fill:#0f141b;transform:translateX(%(wide)gpx)}
"""


def spans(text):
    """A line of the terminal as tspans."""
    out, style = [], []
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        if part.startswith("\x1b["):
            codes = part[2:-1].split(";")
            style = [] if codes in (["0"], [""]) else style + codes
        elif part:
            fill = [COLORS[one] for one in style if one in COLORS and one != "1"]
            kind = ' class="bold"' if "1" in style else ""
            fill = ' fill="%s"' % fill[-1] if fill else ""
            out.append("<tspan%s%s>%s</tspan>" % (kind, fill, escape(part))
                       if kind or fill else escape(part))
    return "".join(out)


def lines_of(events):
    """Each line as (when it appears, its text, when its typing begins, its keys); a key's event is
    one character."""
    lines = [[0.0, "", None, ""]]
    for when, text in events:
        if len(text) == 1:
            lines[-1][2] = lines[-1][2] if lines[-1][2] is not None else when
            lines[-1][3] += text
            continue
        first, *rest = text.replace("\r\n", "\n").split("\n")
        lines[-1][1] += first
        lines += [[when, one, None, ""] for one in rest]
    return lines


def percent(when, end):
    return "%.3f%%" % (100 * when / end)


def draw_line(number, line, end):
    when, text, typed_at, keys = line
    y = HIGH * number + 14
    rules = "@keyframes n%d{0%%{visibility:hidden}%s{visibility:visible}}" % (
        number, percent(when, end))
    inside = '<text x="0" y="%d" xml:space="preserve">%s</text>' % (y, spans(text)) if text else ""
    if keys:
        inside += ('<text class="typed" x="%g" y="%d" xml:space="preserve" textLength="%g">%s'
                   '</text>'
                   '<rect class="cover" style="animation-name:t%d" x="%g" y="%d" width="%g"'
                   ' height="%d"/>') % (2 * WIDE, y, WIDE * len(keys), escape(keys), number,
                                        2 * WIDE, y - 14, WIDE * COLUMNS, HIGH)
        steps = ["0%{transform:none}"]
        for count in range(1, len(keys) + 1):
            at = percent(typed_at + KEY * (count - 1), end)
            steps.append("%s{transform:translateX(%gpx)}" % (at, WIDE * count))
        steps.append("%s{transform:translateX(%gpx)}"
                     % (percent(typed_at + KEY * len(keys), end), WIDE * COLUMNS))
        rules += "@keyframes t%d{%s}" % (number, "".join(steps))
    return '<g class="line" style="animation-name:n%d">%s</g>' % (number, inside), rules


def write_svg(path, events):
    lines = lines_of(events)
    end = events[-1][0] + 4.0
    width = round(LEFT * 2 + WIDE * COLUMNS)
    height = BAR + TOP * 2 + HIGH * ROWS
    drawn = [draw_line(number, line, end) for number, line in enumerate(lines)]
    scroll = ["0%{transform:none}"]
    for number, line in enumerate(lines):
        if number >= ROWS and (number + 1 == len(lines) or lines[number + 1][0] > line[0]):
            scroll.append("%s{transform:translateY(%dpx)}"
                          % (percent(line[0], end), -HIGH * (number + 1 - ROWS)))
    last = -HIGH * max(0, len(lines) - ROWS)
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"'
        ' role="img" aria-label="A terminal: inlay status, up, a mistake that stops the build,'
        ' down">\n'
        % (width, height, width, height)
        + "<style>%s\n@keyframes film{%s}\n%s</style>\n"
        % (STYLE % {"end": end, "wide": WIDE * COLUMNS}, "".join(scroll),
           "\n".join(rules for _, rules in drawn if rules))
        + '<rect width="%d" height="%d" rx="10" fill="#0f141b"/>\n' % (width, height)
        + "".join('<circle cx="%d" cy="18" r="6" fill="%s"/>' % (22 + 20 * i, color)
                  for i, color in enumerate(("#ff5f57", "#febc2e", "#28c840")))
        + '\n<svg x="%d" y="%d" width="%g" height="%d">\n' % (
            LEFT, BAR + TOP // 2, WIDE * COLUMNS, HIGH * ROWS)
        + '<g class="film" style="animation-name:film;transform:translateY(%dpx)">\n' % last
        + "\n".join(line for line, _ in drawn)
        + "\n</g>\n</svg>\n</svg>\n"
    )


def main():
    place = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as work:
        events = record(pathlib.Path(work))
        os.chdir(place)
    write_cast(place / "session.cast", events)
    write_svg(place / "session.svg", events)


main()
