"""reference.py - makes the pages of docs/reference/ of the public headers' comments.

    python3 build/reference.py DIRECTORY HEADER...

A page a header, DIRECTORY/NAME.md, with everything that the header declares in the order in which
it does: each function, struct, enum and constant with its comment, each member and value with its
own.  What has no comment is an error, so that nothing is published that nobody has described.

Reads C as tidy as ours is, not C in general: what stands in column 0 begins a declaration, the
comment above belongs to it, an empty line ends what belongs together.
"""

import os
import re
import sys
import textwrap

WIDTH = 120


complaints = []
place = ["", 0]  # The header that is read, and the line of the declaration.


def complain(what):
    complaints.append("%s:%d: %s" % (*place, what))


# --- Texts: comments are Markdown of their own kind ---

# Names of C in running text: code, unless they stand in backticks or quotes already.
NAME = re.compile(r"`[^`]*`|\"[^\"]*\"|\b[A-Za-z]\w*->\w+|"
                  r"\b(?:struct|enum) \w+_\w+(?: \*)?|"
                  r"\*?\b[A-Za-z]\w*_\w*(?:\(\)|\.h\b)?|\b[a-z]\w*\(\)|\bPGconn \*")


def inline(text):
    def code(match):
        found = match.group()
        return found if found[0] in "`\"" else "`%s`" % found

    parts = re.split(r"(`[^`]*`)", NAME.sub(code, text))
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"([*<|])", r"\\\1", parts[i])
    return "".join(parts)


def cell(text):
    return " ".join(inline(text).split())


def fill(text, first="", rest=""):
    return textwrap.fill(inline(" ".join(text.split())), WIDTH, initial_indent=first,
                         subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)


# Lines of an indented block: C when it ends statements, otherwise a drawing.
def block(lines):
    text = textwrap.dedent("\n".join(lines))
    if not re.search(r";(?: *//.*)?$", text, re.M):
        return "```text\n%s\n```" % text
    text = re.sub(r"^(?: {8})+", lambda match: "\t" * (len(match.group()) // 8), text, flags=re.M)
    return "<!-- c: static enum inlay_result result; -->\n```c\n%s\n```" % text


# "name   what it is", with more lines below the what: an item of a list.
ITEM = re.compile(r"([A-Za-z]\w*(?: \w+)?)  +(?=\S)")


def paragraph(lines):
    if lines[0].startswith("    "):
        return block(lines)
    if not ITEM.match(lines[0]):
        return fill(" ".join(lines))
    items = []
    for line in lines:
        match = ITEM.match(line)
        if match:
            items.append([match.group(1), line[match.end():]])
        else:
            items[-1][1] += " " + line
    return "\n".join(fill(what, "- **%s**: " % name, "  ") for name, what in items)


def prose(text):
    parts = re.split(r"\n\s*\n", text)
    merged = []
    for part in parts:  # A drawing may have empty lines.
        if merged and part.startswith("    ") and merged[-1].startswith("    "):
            merged[-1] += "\n\n" + part
        else:
            merged.append(part)
    return "\n\n".join(paragraph(part.split("\n")) for part in merged)


def begin(text):
    """With a capital, unless it begins with a name of C."""
    return text if re.match(r"\w*[_(]", text) else text[0].upper() + text[1:]


def uncomment(text):
    text = re.sub(r"^\s*/\*|\*/\s*$", "", text.strip())
    lines = [re.sub(r"^\s*\* ?", "", line) for line in text.split("\n")]
    return "\n".join(line.rstrip() for line in lines).strip("\n").lstrip(" ") if len(lines) == 1 \
        else "\n".join(line.rstrip() for line in [lines[0].strip()] + lines[1:]).strip("\n")


# --- Declarations ---

COMMENT = re.compile(r"/\*.*?\*/", re.S)


# (declaration, comment) of each member: the comment stands above it, or behind it.
def members(body, separator):
    found = []
    above = ""
    for token in re.findall(r"/\*.*?\*/|(?:(?!/\*)[^%s])+%s?" % (separator, separator), body, re.S):
        if token.startswith("/*"):
            behind = found and not found[-1][1] and "\n" not in found[-1][2]
            if behind:
                found[-1][1] = uncomment(token)
            else:
                above = uncomment(token)
            continue
        if not token.strip():
            if found:
                found[-1][2] += token
            continue
        found.append([" ".join(token.rstrip(separator + "\n\t ").split()), above, ""])
        above = ""
    for declaration, comment, _ in found:
        if not comment:
            complain("nothing is said of " + declaration)
    return [(declaration, comment) for declaration, comment, _ in found]


def struct(text):
    rows = ["| member | |", "|---|---|"]
    for declaration, comment in members(text[text.index("{") + 1:text.rindex("}")], ";"):
        rows.append("| `%s` | %s |" % (declaration, cell(comment)))
    return "\n".join(rows)


def enum(text):
    rows = ["| value | | |", "|---|---|---|"]
    for declaration, comment in members(text[text.index("{") + 1:text.rindex("}")], ","):
        name, number = declaration.split(" = ")
        rows.append("| `%s` | %s | %s |" % (name, number, cell(comment)))
    return "\n".join(rows)


def constants(lines, are_explained):
    rows = []
    for name, value, comment in re.findall(r"^#define (\w+) +([^\n/]*?) *(/\*.*?\*/)?$",
                                           "\n".join(lines), re.S | re.M):
        if not comment and not are_explained:
            complain("nothing is said of " + name)
        rows.append("| `%s` | `%s` | %s |" % (name, value, cell(uncomment(comment))))
    return "\n".join(["| constant | | |", "|---|---|---|"] + rows)


# Prototypes; an inline function's body is nobody's business.
def functions(texts):
    shown = []
    for text in texts:
        text = text.replace("INLAY_MUST_CHECK\n", "").replace("static inline ", "")
        shown.append(re.sub(r"\n{.*", "", text, flags=re.S).rstrip(";") + ";")
    return "```c\n%s\n```" % "\n".join(shown)


# --- A header ---

# What is between conditionals is for compilers, but for the include guard's own.
def published(text):
    depth = 0
    lines = []
    for line in text.split("\n"):
        begins = re.match(r"#if", line) is not None
        ends = line.startswith("#endif")
        if not begins and not ends and depth <= 1 and not line.startswith("#include"):
            lines.append(line)
        else:
            lines.append("")
        depth += begins - ends
    return lines


# Groups of lines without an empty one between; bodies and comments may have some.
def groups(lines):
    group, number, inside = [], 0, False
    for i, line in enumerate(lines + [""]):
        if not line and not inside:
            if group:
                yield number, group
            group = []
            continue
        if not group:
            number = i + 1
        group.append(line)
        if re.match(r" ?\*/|[^/]*\*/$|};?$", line):
            inside = False
        elif re.match(r"/\*(?!.*\*/)|{$|.* {$", line) and not line.startswith("\t"):
            inside = True


def name_of(text):
    return re.search(r"((?:struct|enum) \w+)(?= ?[{;])|(\w+)\(", text)


def declared(group):
    """The comment of a group, and its declarations, each from column 0 to its end."""
    text = "\n".join(group)
    comment = ""
    match = re.match(r"/\*.*?\*/\n?", text, re.S)
    if match:
        comment, text = uncomment(match.group()), text[match.end():]
    text = text.replace("INLAY_MUST_CHECK\n", "INLAY_MUST_CHECK ")
    parts = re.findall(r"^\S.*?(?:;$(?!\n[\t}])|^}$|^};$)", text, re.S | re.M)
    return comment, [part.replace("INLAY_MUST_CHECK ", "INLAY_MUST_CHECK\n") for part in parts]


def parts_of(group):
    """Its constants, with what stands behind them."""
    text = "\n".join(group)
    return text[text.index("#define"):].split("\n")


def section(group):
    """What a group is in the page, or nothing."""
    text = "\n".join(group)
    if re.match(r"/\* --- (.*) --- \*/$", text):
        return "## " + re.match(r"/\* --- (.*) --- \*/$", text).group(1)
    if "#define" in text and not re.search(r"^(?:struct|enum)", text, re.M):
        if re.search(r"#define \w+(?:$|\()", text, re.M):
            return None
        comment, _ = declared(group)
        return (prose(comment) + "\n\n" if comment else "") + constants(
            parts_of(group), comment != "")
    comment, parts = declared(group)
    parts = [part for part in parts if not re.match(r"(?:struct|enum) \w+;$", part)]
    if not parts:
        return None
    if not comment:
        complain("nothing is said of " + parts[0].split("\n")[0])
        return None
    match = re.match(r"(\w+) - ", comment)
    found = name_of(parts[0])
    if match:
        name = match.group(1) + "()"
    else:
        name = found.group(1) or found.group(2) + "()"
    comment = comment[match.end():] if match else comment
    out = ["### " + name, prose(begin(comment))]
    if re.match(r"struct \w+ {", parts[0]):
        out.append(struct(parts[0]))
    elif re.match(r"enum \w+ {", parts[0]):
        out.append(enum(parts[0]))
    else:
        out.append(functions(parts))
    return "\n\n".join(out)


def page(path):
    header = os.path.basename(path)
    with open(path) as file:
        text = file.read()
    top = re.match(r"/\*.*?\*/", text, re.S)
    intro = re.sub(r"^\S+ - ", "", uncomment(top.group()))
    out = ["# " + header, prose(begin(intro)),
           "This page is made of the comments of [runtime/%s](../../runtime/%s) by `./zigw build golden`."
           % (header, header)]
    skipped = top.group().count("\n") + 1
    lines = published(text)
    lines[:skipped] = [""] * skipped
    for line, group in groups(lines):
        place[:] = path, line
        part = section(group)
        if part:
            out.append(part)
    return "\n\n".join(out) + "\n"


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    for path in sys.argv[2:]:
        name = os.path.basename(path).replace(".h", ".md")
        with open(os.path.join(directory, name), "w") as file:
            file.write(page(path))
    if complaints:
        sys.exit("\n".join(complaints))


main()
