/* session.c - writes each step to a file, and the script that goes through them; what was shown is
 * compared afterwards. */
#include "session.h"

#include "console.h"
#include "product.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* The document's world.  $STEPS has the steps' files, numbered by their lines; `at` there is the
 * line of the step that is being done. */
static const char head[] =
        "unset APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_LOCK_TIMEOUT MIGRATION_DRY_RUN\n"
        "unset MIGRATION_ROLLOUT MIGRATION_CACHE_TTL DATABASE_URL NO_COLOR CLICOLOR_FORCE\n"
        "unset INLAY INLAY_BUILD CI\n"
        "PATH=$INLAY_PREFIX/bin:$PATH\n"
        "export PATH PKG_CONFIG_PATH=\"$INLAY_PREFIX/lib/pkgconfig\"\n"
        "export CMAKE_PREFIX_PATH=\"$INLAY_PREFIX\" LD_LIBRARY_PATH=\"$INLAY_PREFIX/lib\"\n"
        "CFLAGS=\"-std=c11 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags inlay"
        " sqlite3 libpq)\"\n"
        "LIBS=\"$(pkg-config --variable=archive inlay) $(pkg-config --libs sqlite3 libpq)"
        " -pthread\"\n"
        "OUT=$STEPS/out\n"
        ": >\"$OUT\"\n"
        "trap '{ set +v; jobs -p >\"$STEPS/jobs\"; xargs -r kill <\"$STEPS/jobs\" || :; }"
        " 2>/dev/null' EXIT\n"
        /* Its own migrations, where it has compiled them; otherwise the repository's. */
        "compile_program() {\n"
        "	_set=app_migrations.c\n"
        "	[ -f $_set ] || _set=$ROOT/generated/app_migrations.c\n"
        "	cp \"$1\" app.c\n"
        "	gcc $CFLAGS -I. -I\"$ROOT/generated\" app.c \"$_set\" -o app $LIBS\n"
        "}\n"
        "compile_fragment() {\n"
        "	gcc $CFLAGS -Wno-unused -Wno-unused-parameter -I. -I\"$ROOT/generated\""
        " -fsyntax-only \"$1\"\n"
        "}\n"
        "compile_sql() {\n"
        "	for _dialect in $2; do\n"
        "		rm -rf \"$STEPS/sql\" && mkdir -p \"$STEPS/sql/migrations\" &&\n"
        "		cp \"$1\" \"$STEPS/sql/migrations/001_fragment.sql\" &&\n"
        "		(cd \"$STEPS/sql\" && inlay compile --quiet --dialect $_dialect migrations"
        " -o set.c) || return\n"
        "	done\n"
        "}\n"
        "ends_in() {\n"
        "	[ $2 -eq $1 ] || { echo \"it ended in $2, and not in $1\" >\"$STEPS/why\"; exit 1; "
        "}\n"
        "}\n";

struct text {
	char *start;
};

static void add(struct text *text, char *more)
{
	char *longer = format("%s%s", text->start != NULL ? text->start : "", more);

	free(text->start);
	free(more);
	text->start = longer;
}

static char *step_path(const char *directory, const struct step *step, const char *suffix)
{
	return format("%s/steps/%zu%s", directory, step->line, suffix);
}

static void write_step(const char *directory, const struct step *step, const char *suffix,
                       char *text)
{
	char *path = step_path(directory, step, suffix);

	file_write_string(path, text);
	free(path);
	free(text);
}

/* --- C --- */

static const char headers[] = "#include <inlay.h>\n#include <inlay_admin.h>\n"
                              "#include <inlay_image.h>\n#include <inlay_many.h>\n"
                              "#include <inlay_observe.h>\n#include <inlay_scratch.h>\n"
                              "#include <libpq-fe.h>\n#include <sqlite3.h>\n"
                              "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
                              "#include \"app_migrations.h\"\n";

/* Where the lines that are to stay outside of a function end. */
static size_t includes_size(const char *text)
{
	size_t end = 0;

	for (size_t at = 0; text[at] == '#' || text[at] == '\n';) {
		bool is_directive = text[at] == '#';

		at += strcspn(text + at, "\n");
		at += text[at] == '\n';
		if (is_directive)
			end = at;
	}
	return end;
}

static bool is_program(const struct step *step)
{
	return strstr(step->text, "int main(") != NULL;
}

static size_t line_count(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

/* What is to be compiled, with the document's own lines in what the compiler says. */
static char *c_source(const struct document *document, const struct step *step)
{
	bool is_file = is_program(step) || strncmp(step->text, "}\n", 2) == 0 ||
	               strstr(step->text, "\n}\n") != NULL;
	const char *prelude = step->argument != NULL ? step->argument : "";
	size_t size = includes_size(step->text);
	const char *own = size == 0 || !is_file ? headers : "";

	if (is_file)
		return format("%s%s\n#line %zu \"%s\"\n%s", own, prelude, step->line,
		              document->path, step->text);
	return format("%s%.*s%s\n"
	              "int fragment(sqlite3 *database, PGconn *connection, struct inlay_options "
	              "options, struct inlay_error error);\n"
	              "int fragment(sqlite3 *database, PGconn *connection, struct inlay_options "
	              "options, struct inlay_error error)\n{\n{\n#line %zu \"%s\"\n%s"
	              "}\n	return 0;\n}\n",
	              own, (int)size, step->text, prelude,
	              step->line + line_count(step->text, size), document->path, step->text + size);
}

/* --- The script --- */

/* How a step that may end in a status is called; `output` is behind it. */
static char *call(const struct step *step, const char *command)
{
	if (step->status == 0)
		return format("%s >\"$OUT\" 2>&1\n", command);
	return format("set +e; (set -e; %s) >\"$OUT\" 2>&1; _status=$?; set -e; "
	              "ends_in %d $_status\n",
	              command, step->status);
}

static char *call_format(const struct step *step, char *command)
{
	char *text = call(step, command);

	free(command);
	return text;
}

static char *script_of(const struct document *document, const struct step *step,
                       const char *directory)
{
	size_t line = step->line;

	switch (step->kind) {
	case STEP_RUN:
		write_step(directory, step, ".sh", format("%s", step->text));
		return call_format(step, format(". \"$STEPS/%zu.sh\"", line));
	case STEP_TEST:
		/* Each line is shown before it is done: the last one failed. */
		write_step(directory, step, ".sh", format("set -v\n%sset +v\n", step->text));
		return format(". \"$STEPS/%zu.sh\" >\"$STEPS/said\" 2>&1\n", line);
	case STEP_WRITE:
	case STEP_APPEND:
		write_step(directory, step, ".text", format("%s", step->text));
		return format("mkdir -p \"$(dirname '%s')\"; cat \"$STEPS/%zu.text\" >%s'%s'\n",
		              step->argument, line, step->kind == STEP_APPEND ? ">" : "",
		              step->argument);
	case STEP_OUTPUT: return format("cp \"$OUT\" \"$STEPS/%zu.out\"\n", line);
	case STEP_C:
		write_step(directory, step, ".c", c_source(document, step));
		return call_format(step, format("compile_%s \"$STEPS/%zu.c\"",
		                                is_program(step) ? "program" : "fragment", line));
	case STEP_SQL:
		write_step(directory, step, ".sql", format("%s", step->text));
		return call_format(
		        step, format("compile_sql \"$STEPS/%zu.sql\" \"%s\"", line,
		                     step->argument != NULL ? step->argument : "sqlite postgres"));
	case STEP_EXEMPT: break;
	}
	return format("%s", "");
}

static void write_script(const struct document *document, const char *directory, const char *server)
{
	struct text script = { format("STEPS='%s/steps'\nSERVER='%s'\n%s", directory,
		                      server != NULL ? server : "", head) };
	char *path = format("%s/steps/main.sh", directory);
	const char *slash = strrchr(document->path, '/');

	/* What an example's document tells to do is done in a copy of the example. */
	if (strncmp(document->path, "examples/", strlen("examples/")) == 0)
		add(&script, format("cp -R \"$ROOT/%.*s/.\" .\n", (int)(slash - document->path),
		                    document->path));
	for (size_t i = 0; i < document->step_count; i++) {
		const struct step *step = &document->steps[i];

		add(&script, format("echo %zu >\"$STEPS/at\"\n", step->line));
		add(&script, script_of(document, step, directory));
	}
	add(&script, format("echo 0 >\"$STEPS/at\"\n"));
	file_write_string(path, script.start);
	free(script.start);
	free(path);
}

/* --- What came of it --- */

static char *read_text(const char *directory, const char *name)
{
	char *path = format("%s/steps/%s", directory, name);
	struct bytes bytes = file_read(path);

	free(path);
	return bytes.start != NULL ? bytes.start : format("%s", "");
}

static char *complain(const struct document *document, const struct step *step, const char *what,
                      const char *received)
{
	size_t size = strlen(received);

	return format("%s:%zu: %s\n--- the document has\n%s--- and there was said\n%s%s",
	              document->path, step->line, what, step->text, received,
	              size > 0 && received[size - 1] != '\n' ? "\n" : "");
}

/* The step at which the session ended too early. */
static char *complain_of_end(const struct document *document, const char *directory, size_t line,
                             const struct outcome *outcome)
{
	char *why = read_text(directory, "why");
	char *out = read_text(directory, "out");
	const struct step *step = document->steps;
	char *said, *what, *complaint, *trace;

	while (step < document->steps + document->step_count - 1 && step->line != line)
		step++;
	trace = read_text(directory, "said");
	if (step->kind == STEP_TEST)
		said = format("%s--- $OUT is\n%s%s", trace, out, outcome->err.start);
	else
		said = format("%s%s", out, outcome->err.start);
	if (outcome->status == 124)
		what = format("%s", "it took too long");
	else if (why[0] != '\0')
		what = format("%.*s", (int)strcspn(why, "\n"), why);
	else
		what = format("it ended in %d", outcome->status);
	complaint = complain(document, step, what, said);
	free(trace);
	free(out);
	free(said);
	free(what);
	free(why);
	return complaint;
}

/* --- Output that is shown --- */

static bool is_drawing(const char *line)
{
	return line[strspn(line, " ")] == '|';
}

/* Both lines, without their ends, say the same but for what nobody can foresee.  What points at a
 * column has to be exact. */
static bool is_same_line(const struct console *console, const char *expected, size_t expected_size,
                         const char *received, size_t received_size)
{
	char *left = format("%.*s", (int)expected_size, expected);
	char *right = format("%.*s", (int)received_size, received);
	bool is_same = strcmp(left, right) == 0;

	if (!is_same && !is_drawing(left)) {
		char *left_masked = console_mask(console, left);
		char *right_masked = console_mask(console, right);

		is_same = strcmp(left_masked, right_masked) == 0;
		free(left_masked);
		free(right_masked);
	}
	free(left);
	free(right);
	return is_same;
}

/* All lines of `expected` come in `received`; "..." stands for any lines, also none. */
static bool is_shown(const struct console *console, const char *expected, const char *received)
{
	size_t size = strcspn(expected, "\n");
	size_t received_size = strcspn(received, "\n");
	const char *rest = expected + size + (expected[size] == '\n');
	const char *received_rest = received + received_size + (received[received_size] == '\n');

	if (*expected == '\0')
		return *received == '\0';
	if (size == 3 && strncmp(expected, "...", 3) == 0)
		return is_shown(console, rest, received) ||
		       (*received != '\0' && is_shown(console, expected, received_rest));
	return *received != '\0' &&
	       is_same_line(console, expected, size, received, received_size) &&
	       is_shown(console, rest, received_rest);
}

/* The outputs up to `line`, or all (0). */
static char *check_outputs(const struct document *document, const char *directory,
                           const char *server, size_t line)
{
	static struct database database; /* It has no name: only what has a form is masked. */
	char *work = format("%s/work", directory);
	struct console console = { &database, work };
	char *complaint = NULL;

	database.dialect = server != NULL ? INLAY_DIALECT_POSTGRES : INLAY_DIALECT_SQLITE;
	for (size_t i = 0; i < document->step_count && complaint == NULL; i++) {
		const struct step *step = &document->steps[i];
		char *name, *received;

		if (line > 0 && step->line >= line)
			break;
		if (step->kind != STEP_OUTPUT)
			continue;
		name = format("%zu.out", step->line);
		received = read_text(directory, name);
		if (!is_shown(&console, step->text, received))
			complaint = complain(document, step, "this is not what is said", received);
		free(received);
		free(name);
	}
	free(work);
	return complaint;
}

int session_set_up(void **state)
{
	char *command;

	product_set_up(state);
	command = format("%s/bin/inlay", getenv("INLAY_PREFIX"));
	setenv("INLAY", command, 1);
	free(command);
	/* Few documents need these, and each says so by failing. */
	(void)product_find("INLAY_DIST");
	(void)product_find("INLAY_PACKAGES");
	return 0;
}

char *session_run(const struct document *document, const char *server)
{
	char *directory, *work, *script, *at, *complaint;
	struct outcome outcome;
	size_t line;

	if (document->mistake != NULL)
		return format("%s", document->mistake);
	if (document->step_count == 0)
		return NULL;
	directory = directory_make();
	work = format("%s/work", directory);

	write_script(document, directory, server);
	script = format(
	        "mkdir work; cd work; export ROOT; exec timeout 240 sh -eu '%s/steps/main.sh'",
	        directory);
	outcome = command_run(directory, script);
	at = read_text(directory, "at");
	line = (size_t)strtoul(at, NULL, 10);
	complaint = check_outputs(document, directory, server, line);
	if (complaint == NULL && (at[0] != '0' || outcome.status != 0))
		complaint = complain_of_end(document, directory, line, &outcome);
	outcome_free(&outcome);
	directory_remove(directory);
	free(at);
	free(script);
	free(work);
	free(directory);
	return complaint;
}
