"""flow.py - writes docs/pictures/flow.svg: how files of SQL become a database's schema.

    python3 docs/pictures/flow.py >docs/pictures/flow.svg

The same bytes on every machine.  Two rooms, the build above and the run below it; each box says
what it is, and what is done there.  Colors follow the reader's light or dark.
"""

from xml.sax.saxutils import escape

WIDTH, HEIGHT = 980, 386

STYLE = """
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--ink)}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.name{font-size:15px;font-weight:600}.what{font-size:12.5px;fill:var(--soft)}
.room{fill:var(--room)}.when{font-size:12px;font-weight:600;letter-spacing:.09em;fill:var(--soft)}
.box{fill:var(--box);stroke:var(--line);stroke-width:1.25}
.ours{stroke:var(--ours);stroke-width:2}.ours+text{fill:var(--ours)}
.way{fill:none;stroke:var(--soft);stroke-width:1.5}.tip{fill:var(--soft)}
svg{--paper:#fff;--room:#f4f6f9;--box:#fff;--ink:#1d2430;--soft:#5b6573;--line:#c3cad4;
--ours:#1a7f4b}
@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--room:#161b22;--box:#0d1117;--ink:#e8ecf2;
--soft:#9aa6b6;--line:#3a4453;--ours:#4cc38a}}
"""

LINE = 19  # From one line of a box to the next.
BOX_HEIGHT = 44 + 3 * LINE


class Box:
    """A box of `width` at (x, y): its name, and lines of what it is."""

    def __init__(self, x, y, width, name, lines, ours=False):
        self.x, self.y, self.width = x, y, width
        self.name, self.lines, self.ours = name, lines, ours

    def draw(self):
        yield '<rect class="box%s" x="%d" y="%d" width="%d" height="%d" rx="8"/>' % (
            " ours" if self.ours else "",
            self.x,
            self.y,
            self.width,
            BOX_HEIGHT,
        )
        yield words("name code", self.x + 16, self.y + 28, self.name)
        for number, line in enumerate(self.lines):
            yield words("what", self.x + 16, self.y + 50 + LINE * number, line)

    def left(self):
        return self.x, self.y + BOX_HEIGHT / 2

    def right(self):
        return self.x + self.width, self.y + BOX_HEIGHT / 2

    def top(self):
        return self.x + self.width / 2, self.y

    def bottom(self):
        return self.x + self.width / 2, self.y + BOX_HEIGHT


def words(kind, x, y, text):
    return '<text class="%s" x="%g" y="%g">%s</text>' % (kind, x, y, escape(text))


def arrow(start, end, *through):
    points = [start, *through, end]
    yield '<path class="way" d="M%s"/>' % "L".join("%g %g" % point for point in points)
    (x0, y0), (x, y) = points[-2], end
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    corners = ((x, y), (x - 9 * dx - 5 * dy, y - 9 * dy - 5 * dx),
               (x - 9 * dx + 5 * dy, y - 9 * dy + 5 * dx))
    yield '<path class="tip" d="M%sZ"/>' % "L".join("%g %g" % corner for corner in corners)


def room(y, height, x, when):
    yield '<rect class="room" x="12" y="%d" width="%d" height="%d" rx="12"/>' % (
        y,
        WIDTH - 24,
        height,
    )
    yield words("when", x, y + 30, when)


def main():
    first, second = 56, 254
    files = Box(
        30,
        first,
        190,
        "migrations/*.sql",
        ["plain SQL, up and down", "a number in front of each", "inlay.lock beside them"],
    )
    compiler = Box(
        264,
        first,
        214,
        "inlay compile",
        ["reads every statement", "a mistake stops the build", "a checksum for each"],
        ours=True,
    )
    source = Box(
        522,
        first,
        196,
        "app_migrations.c",
        ["one constant object", "your SQL, line for line", "read in pull requests"],
    )
    linker = Box(
        762,
        first,
        188,
        "cc + libinlay",
        ["C99 to C23, or C++", "your own flags", "-lsqlite3 or -lpq"],
    )
    program = Box(
        30,
        second,
        190,
        "your program",
        ["carries its schema", "needs no other file", "parses no SQL"],
    )
    call = Box(
        264,
        second,
        214,
        "ensure_migrated()",
        ["all applied: one query", "else: takes the lock, and", "a transaction for each"],
        ours=True,
    )
    database = Box(
        522,
        second,
        428,
        "database",
        [
            "BEGIN; row in schema_migrations; your SQL; COMMIT",
            "an error, a crash, a cut line: that migration is rolled back",
            "others that start meanwhile wait, and find it done",
        ],
    )
    out = [
        *room(12, 160, files.x, "WHEN YOU BUILD"),
        *room(210, 160, call.x, "WHEN IT STARTS, OR ON ANY CONNECTION"),
    ]
    for one in (files, compiler, source, linker, program, call, database):
        out.extend(one.draw())
    for one, next_one in (
        (files, compiler),
        (compiler, source),
        (source, linker),
        (program, call),
        (call, database),
    ):
        out.extend(arrow(one.right(), next_one.left()))
    turn = 191  # Between the rooms.
    (down, _), (up, _) = linker.bottom(), program.top()
    out.extend(arrow(linker.bottom(), program.top(), (down, turn), (up, turn)))
    title = (
        "At build time inlay compile reads migrations/*.sql and writes app_migrations.c, which is"
        " linked with libinlay into your program; at run time ensure_migrated() applies what the"
        " database does not have, each migration in a transaction."
    )
    print(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"'
        ' role="img" aria-label="%s">' % (WIDTH, HEIGHT, WIDTH, HEIGHT, escape(title))
    )
    print("<style>%s</style>" % STYLE)
    print('<rect width="%d" height="%d" rx="12" fill="var(--paper)"/>' % (WIDTH, HEIGHT))
    print("\n".join(out))
    print("</svg>")


main()
