"""What is compared: how each writes a set of migrations down, and how it is run."""

import glob
import os
import shutil
import subprocess
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = os.path.join(HERE, os.pardir, "run.sh")

# `alone`: not in a transaction.
Migration = namedtuple("Migration", "version name up down alone", defaults=(None, False))
Outcome = namedtuple("Outcome", "status said")


def write(directory, name, text):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)


def finish(process, timeout):
    try:
        said = process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Outcome(-1, f"(still running after {timeout} s)")
    return Outcome(process.returncode, said.decode(errors="replace"))


class Tool:
    """A command that reads its files when it runs."""

    name = display = program = None
    postgres = "postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable"
    sqlite = "{path}"
    deployed = "the command, and the files"
    crowds = (10, 100)
    dialect = "postgres"

    def __init__(self, home):
        self.version = subprocess.check_output(["sh", RUN, "version", self.name],
                                               text=True).strip()
        self.home = f"{home}/{self.name}-{self.version}"
        self.command = f"{self.home}/bin/{self.program}"

    def install(self):
        """By run.sh, as it is shipped: with optimization."""
        home = os.path.dirname(self.home)
        subprocess.run(["sh", RUN, "install", self.name], check=True,
                       env=dict(os.environ, TOOLS=home, RUST_PROFILE="release"))

    def url(self, database, port=None):
        if database.dialect == "sqlite":
            return self.sqlite.format(path=database.path)
        return self.postgres.format(port=port or database.port, database=database.name)

    def write(self, directory, migrations):
        for migration in migrations:
            write(directory, self.file(migration), self.text(migration))

    def text(self, migration):
        return migration.up + ";\n"

    def misnamed(self):
        """A file that a person might write, and that is not called as this tool wants it."""
        return "add_forgotten.sql"

    def build(self, directory, release=True):
        """What is done before the files are shipped.  `release`: and recorded, if it ever is."""
        return Outcome(0, "")

    def prepare(self, database):
        """What has to be there before the first run."""

    def start(self, database, directory, port=None, verb="up"):
        self.prepare(database)
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        environment.update(self.environment(self.url(database, port)))
        return subprocess.Popen(self.arguments(verb, self.url(database, port), directory),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, env=environment, cwd="/")

    def run(self, database, directory, port=None, verb="up", timeout=90):
        return finish(self.start(database, directory, port, verb), timeout)

    def environment(self, url):
        return {}

    def verbs(self):
        """Of status, dry run, rollback: those that the command has."""
        return ()

    def bytes(self, scratch):
        """What has to be deployed, in bytes: the command without its symbols."""
        stripped = os.path.join(scratch, self.program + ".stripped")
        subprocess.run(["strip", "-o", stripped, self.command], check=True)
        return os.path.getsize(stripped)


class Goose(Tool):
    name = display = program = "goose"

    def file(self, m):
        return f"{m.version:05}_{m.name}.sql"

    def text(self, m):
        down = f"-- +goose Down\n{m.down};\n" if m.down else ""
        return ("-- +goose NO TRANSACTION\n" if m.alone else "") + \
            f"-- +goose Up\n{m.up};\n{down}"

    def arguments(self, verb, url, directory):
        kind = "postgres" if url.startswith("postgres:") else "sqlite3"
        return [self.command, "-dir", directory, kind, url, verb]

    def verbs(self):
        return ("status", "down")


class GolangMigrate(Tool):
    name, display, program = "golang-migrate", "golang-migrate", "migrate"
    sqlite = "sqlite://{path}"

    def file(self, m):
        return f"{m.version:06}_{m.name}.up.sql"

    def write(self, directory, migrations):
        super().write(directory, migrations)
        for m in migrations:
            if m.down:
                write(directory, f"{m.version:06}_{m.name}.down.sql", m.down)

    def arguments(self, verb, url, directory):
        words = {"up": ["up"], "status": ["version"], "down": ["down", "1"]}[verb]
        return [self.command, "-path", directory, "-database", url] + words

    def verbs(self):
        return ("status", "down")


class Sqlx(Tool):
    name, display, program = "sqlx", "sqlx-cli", "sqlx"
    sqlite = "sqlite:{path}?mode=rwc"

    def file(self, m):
        return f"{m.version:04}_{m.name}.up.sql"

    def text(self, m):
        return ("-- no-transaction\n" if m.alone else "") + m.up + ";\n"

    def write(self, directory, migrations):
        super().write(directory, migrations)
        for m in migrations:
            write(directory, f"{m.version:04}_{m.name}.down.sql", (m.down or "SELECT 1") + ";\n")

    def arguments(self, verb, url, directory):
        words = {"up": ["run"], "status": ["info"], "dry": ["run", "--dry-run"],
                 "down": ["revert"]}[verb]
        return [self.command, "migrate"] + words + ["--source", directory, "--database-url", url]

    def verbs(self):
        return ("status", "dry", "down")


class Refinery(Tool):
    """With -d and -m, which are the defaults of its library: differences are errors."""

    name, display, program = "refinery", "refinery_cli", "refinery"
    sqlite = "sqlite://{path}"

    def file(self, m):
        return f"V{m.version}__{m.name}.sql"

    def prepare(self, database):
        if database.dialect == "sqlite":
            with open(database.path, "ab"):
                pass

    def environment(self, url):
        return {"DATABASE_URL": url}

    def arguments(self, verb, url, directory):
        return [self.command, "migrate", "-d", "-m", "-e", "DATABASE_URL", "-p", directory]


class Flyway(Tool):
    """Its library, as applications in Java have it; Migrate.java calls it with its defaults."""

    name, display = "flyway", "Flyway"
    postgres = "jdbc:postgresql://127.0.0.1:{port}/{database}?sslmode=disable"
    sqlite = "jdbc:sqlite:{path}"
    deployed = "its library, drivers and a Java runtime (not counted)"
    crowds = (10,)

    def __init__(self, home):
        super().__init__(home)
        self.home = f"{home}/flyway-library-{self.version}"
        self.jars = []

    def install(self):
        classes = f"{self.home}/classpath"
        if not os.path.exists(f"{self.home}/Migrate.class"):
            os.makedirs(self.home, exist_ok=True)
            shutil.copy(f"{HERE}/flyway.xml", f"{self.home}/pom.xml")
            subprocess.run(["mvn", "-q", "-B", f"-Dtool.version={self.version}",
                            "dependency:build-classpath", f"-Dmdep.outputFile={classes}"],
                           check=True, cwd=self.home, stdout=subprocess.DEVNULL)
        with open(classes, encoding="utf-8") as file:
            self.jars = file.read().strip().split(":")
        subprocess.run(["javac", "-cp", ":".join(self.jars), "-d", self.home,
                        f"{HERE}/Migrate.java"], check=True)

    def file(self, m):
        return f"V{m.version}__{m.name}.sql"

    def arguments(self, verb, url, directory):
        words = {"up": "migrate", "status": "info", "down": "undo"}[verb]
        user = "postgres" if ":postgresql:" in url else ""
        return ["java", "-cp", ":".join([self.home] + self.jars), "Migrate", words, url, user,
                directory]

    def verbs(self):
        return ("status", "down")

    def bytes(self, scratch):
        return sum(os.path.getsize(jar) for jar in self.jars)


class Atlas(Tool):
    name, display, program = "atlas", "Atlas", "atlas"
    postgres = Tool.postgres + "&search_path=public"
    sqlite = "sqlite://{path}"

    def file(self, m):
        return f"{m.version:04}_{m.name}.sql"

    def text(self, m):
        return ("-- atlas:txmode none\n\n" if m.alone else "") + m.up + ";\n"

    def build(self, directory, release=True):
        verb = "hash" if release else "validate"
        return finish(subprocess.Popen([self.command, "migrate", verb, "--dir",
                                        f"file://{directory}"], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT), 60)

    def arguments(self, verb, url, directory):
        words = {"up": ["apply"], "status": ["status"], "dry": ["apply", "--dry-run"]}[verb]
        return [self.command, "migrate"] + words + ["--dir", f"file://{directory}", "--url", url]

    def verbs(self):
        return ("status", "dry")


class Compiled(Tool):
    """A program that the migrations are compiled into.  `directory` is theirs; beside it lies the
    program, directory + ".app"."""

    def install(self):
        pass

    def file(self, m):
        return f"{m.version:03}_{m.name}.sql"

    def arguments(self, verb, url, directory):
        return [directory + ".app", url]

    def compile(self, directory, sources, more):
        flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "sqlite3", "libpq"],
                                        text=True).split()
        return finish(subprocess.Popen(["cc", "-std=c11", "-O2", "-s", "-o", directory + ".app"]
                                       + sources + more + flags + ["-pthread"],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT), 60)

    def bytes(self, scratch):
        """What a program grows by that does nothing else: code and data."""
        directory = f"{scratch}/{self.name}-size"
        self.write(directory, [Migration(1, "one", "CREATE TABLE one (a INTEGER)")])
        self.build(directory)
        with_it = self.loaded(directory)
        write(scratch, "nothing.c", "int main(void)\n{\n\treturn 0;\n}\n")
        self.compile(directory, [f"{scratch}/nothing.c"], [])
        return with_it - self.loaded(directory)

    @staticmethod
    def loaded(directory):
        table = subprocess.check_output(["size", directory + ".app"], text=True)
        text, data = table.split("\n")[1].split()[:2]
        return int(text) + int(data)


class VersionTable(Compiled):
    name = display = "by hand"
    version = "(compare/version_table.c)"
    deployed = "in the program"

    def __init__(self):
        pass

    def build(self, directory, release=True):
        scripts = []
        for path in sorted(glob.glob(f"{directory}/*.sql")):
            with open(path, encoding="utf-8") as file:
                text = file.read().replace("\\", "\\\\").replace('"', '\\"')
            scripts.append('"' + text.replace("\n", "\\n") + '",\n')
        write(directory + ".c", "migrations.h",
              "static const char *const migrations[] = {\n" + "".join(scripts) + "};\n")
        return self.compile(directory, [f"{HERE}/version_table.c"], ["-I" + directory + ".c"])


class Inlay(Compiled):
    name = display = "inlay"
    deployed = "in the program"

    def __init__(self, prefix):
        self.prefix = prefix
        self.command = f"{self.prefix}/bin/inlay"
        said = subprocess.check_output([self.command, "--version"], text=True)
        self.version = said.split("\n")[0].split()[1]

    def text(self, m):
        return "-- migrate:up" + (" transaction:false" if m.alone else "") + f"\n{m.up};\n" + \
            (f"-- migrate:down\n{m.down};\n" if m.down else "")

    def build(self, directory, release=True):
        os.makedirs(directory + ".c", exist_ok=True)
        source = f"{directory}.c/app_migrations.c"
        # As somebody does it who has written a file: list it in inlay.lock, and build.
        told = self.inlay("sum", "--quiet", "--dialect", self.dialect, directory)
        if told.status == 0:
            told = self.inlay("compile", "--quiet", "--dialect", self.dialect, directory,
                              "-o", source)
        if told.status != 0:
            return told
        return self.compile(directory, [f"{HERE}/app.c", source],
                            [f"-I{directory}.c", f"-I{self.prefix}/include",
                             f"{self.prefix}/lib/libinlay.a"])

    def inlay(self, *arguments):
        return finish(subprocess.Popen([self.command, *arguments], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT), 60)

    def arguments(self, verb, url, directory):
        if verb == "up":
            return [directory + ".app", url]
        words = {"status": ["status"], "dry": ["up", "--dry-run"], "down": ["down", "--yes"]}[verb]
        where = url if url.startswith("postgres:") else "sqlite:" + url
        return [self.command] + words + ["--from", directory + ".app", "--database", where]

    def verbs(self):
        return ("status", "dry", "down")


def all_of_them(home, prefix):
    others = [kind(home) for kind in (GolangMigrate, Goose, Sqlx, Refinery, Flyway, Atlas)]
    return [VersionTable(), *others, Inlay(prefix)]
