/*
 * document_marks_test.c - tests/support/document.h and session.h can say no: small documents, and
 * what is said of them.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#include "files.h"
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FENCE "```"
#define SH    FENCE "sh\n"
#define END   FENCE "\n"

/* Part of what is said of a document; NULL for one that is true. */
struct row {
	const char *text;
	const char *complaint;
};

static bool is_as_expected(const struct row *row)
{
	struct document document = document_read("a.md", row->text);
	char *complaint = session_run(&document, NULL);
	bool is_right = row->complaint == NULL
	                        ? complaint == NULL
	                        : complaint != NULL && strstr(complaint, row->complaint) != NULL;

	if (!is_right)
		print_error("=== of\n%s=== expected\n%s\n=== received\n%s\n", row->text,
		            row->complaint != NULL ? row->complaint : "nothing",
		            complaint != NULL ? complaint : "nothing");
	free(complaint);
	document_free(&document);
	return is_right;
}

static void expect_rows(const struct row *rows, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += !is_as_expected(&rows[i]);
	assert_int_equal(wrong, 0);
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof(*(rows)))

static void commands(void **state)
{
	static const struct row rows[] = {
		{ "Nothing to run.\n", NULL },
		{ SH "true\n" END, NULL },
		{ "One\n\n" SH "echo said\nfalse\necho behind\n" END,
		  "a.md:4: it ended in 1\n--- the document has\necho said\nfalse\necho behind\n"
		  "--- and there was said\nsaid\n" },
		{ SH "if\n" END, "a.md:2: it ended in 2\n" },
		{ SH "exit 0\n" END, "a.md:2: it ended in 0\n" },
		{ SH "echo $NO_SUCH_NAME\n" END, "a.md:2: it ended in 2\n" },
		/* They are one session. */
		{ SH "export A=1; mkdir d; cd d\n" END SH "[ $A$(basename $PWD) = 1d ]\n" END,
		  NULL },
		{ SH "true\n" END SH "false\n" END, "a.md:5: it ended in 1\n" },
		/* The product's, and the repository. */
		{ SH
		  "[ \"$(command -v inlay)\" = $INLAY_PREFIX/bin/inlay ] && [ -f $ROOT/README.md ]"
		  " && pkg-config --exists inlay-sqlite\n" END,
		  NULL },
		{ SH "[ -z \"${DATABASE_URL-}${APP_ENV-}\" ] && [ -z \"$(ls)\" ]\n" END, NULL },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void statuses(void **state)
{
	static const struct row rows[] = {
		{ "<!-- exits 3 -->\n" SH "(exit 3)\nexit 0\n" END, NULL },
		{ "<!-- exits 3 -->\n" SH "exit 4\n" END, "a.md:3: it ended in 4, and not in 3\n" },
		{ "<!-- exits 3 -->\n" SH "true\n" END, "a.md:3: it ended in 0, and not in 3\n" },
		{ "<!-- exits 0 -->\n" SH "true\n" END, "a.md:1: exits is followed by a status" },
		{ "<!-- exits 3 -->\n" FENCE "text\n" END, "a.md:1: nothing is run" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void hidden_tests(void **state)
{
	static const struct row rows[] = {
		{ SH "echo 12 applied; echo err >&2\n" END
		     "<!-- test\ngrep -q '^12' \"$OUT\"\ngrep -q err \"$OUT\"\n-->\n",
		  NULL },
		{ SH "echo 12\n" END "<!-- test grep -qx 1 \"$OUT\" -->\n",
		  "a.md:4: it ended in 1\n--- the document has\n" },
		{ SH "echo 12\n" END "<!-- test\ntrue\ngrep -qx 1 \"$OUT\"\n-->\n",
		  "true\ngrep -qx 1 \"$OUT\"\n--- $OUT is\n12\n" },
		{ SH "echo 12\n" END "<!-- test false -->\n", "--- $OUT is\n12\n" },
		{ "<!-- test\n{\n\techo a\n} >\"$OUT\" 2>&1\n-->\n<!-- output -->\n" FENCE
		  "text\na\n" END,
		  NULL },
		{ "<!-- test sleep 100 & -->\n", NULL },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void files(void **state)
{
	static const struct row rows[] = {
		{ "<!-- file: a/b.c -->\n" FENCE "cmake\none\n\ntwo\n" END
		  "<!-- append: a/b.c -->\n\n" FENCE "\nthree\n" END
		  "<!-- test [ \"$(cat a/b.c)\" = 'one\n\ntwo\nthree' ] -->\n",
		  NULL },
		/* Blocks in a list. */
		{ "- <!-- file: a -->\n", NULL },
		{ "- A:\n\n  <!-- file: a -->\n  " FENCE "make\n  a:\n  \tb\n  " END
		  "<!-- test [ \"$(cat a)\" = 'a:\n\tb' ] -->\n",
		  NULL },
		{ "<!-- file: -->\n" FENCE "cmake\n" END, "a.md:1: a path is missing" },
		{ "<!-- file: it's -->\n" FENCE "cmake\n" END, "a.md:1: a path is missing" },
		{ "<!-- file: /dev/null/a -->\n" FENCE "cmake\n" END, "a.md:3: it ended in " },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void outputs(void **state)
{
	static const struct row rows[] = {
		{ SH "echo a; echo b >&2\n" END "says\n<!-- output -->\n" FENCE "text\na\nb\n" END,
		  NULL },
		{ SH "echo a\n" END "<!-- output -->\n" FENCE "text\na\nb\n" END,
		  "a.md:6: this is not what is said\n" },
		{ SH "echo a; echo b\n" END "<!-- output -->\n" FENCE "text\na\n" END,
		  "--- and there was said\na\nb\n" },
		/* The one that failed first. */
		{ SH "echo a\n" END "<!-- output -->\n" FENCE "text\nb\n" END SH "false\n" END,
		  "a.md:6: this is not what is said\n" },
		/* What nobody can foresee. */
		{ SH "echo 'at 2026-11-21 19:00:28+00, 9 ms, pid 12'; echo $PWD/a\n" END
		     "<!-- output -->\n" FENCE
		     "text\nat 2026-01-02 03:04:05+00, 1.5 s, pid 7\n...\n" END,
		  NULL },
		{ SH "echo 'took 9 ms'\n" END "<!-- output -->\n" FENCE "text\ntook 9 MB\n" END,
		  "a.md:6: this is not what is said\n" },
		{ SH "printf '   |   ^\\n'\n" END "<!-- output -->\n" FENCE "text\n   |    ^\n" END,
		  "a.md:6: this is not what is said\n" },
		/* Any lines. */
		{ SH "seq 9\n" END "<!-- output -->\n" FENCE "text\n1\n...\n5\n...\n" END, NULL },
		{ SH "seq 9\n" END "<!-- output -->\n" FENCE "text\n...\n10\n...\n" END,
		  "a.md:6: this is not what is said\n" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void c(void **state)
{
	static const struct row rows[] = {
		{ FENCE
		  "c\n#include <stdio.h>\n\nint main(void)\n{\n\treturn puts(\"a\") < 0;\n}\n" END
		  "<!-- test [ \"$(./app)\" = a ] -->\n",
		  NULL },
		{ FENCE "c\nint main(void)\n{\n\treturn app_migrations.set.size == 0;\n}\n" END,
		  "a.md:4:" },
		{ FENCE "c\nstatic int twice(int a)\n{\n\treturn 2 * a;\n}\n" END, NULL },
		{ FENCE "c\nstatic int twice(int a)\n{\n\treturn 2 * b;\n}\n" END,
		  "a.md:4:13: error: " },
		{ FENCE "c\nif (ensure_migrated(database, &app_migrations, &options, &error) != "
		        "INLAY_OK)\n\treturn 1;\ninlay_check(connection, &app_migrations, "
		        "&options, &error);\n" END,
		  NULL },
		{ FENCE "c\n#include <math.h>\nint a = 1;\na = fabs(\"\");\n" END, "a.md:4:" },
		{ "<!-- c: static int pool; -->\n" FENCE "c\npool++;\n" END, NULL },
		{ FENCE "c\npool++;\n" END, "a.md:2:1: error: " },
		{ "<!-- exits 1 -->\n" FENCE "c\npool++;\n" END, NULL },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void sql(void **state)
{
	static const struct row rows[] = {
		{ FENCE "sql\nCREATE TABLE a (b INTEGER);\n" END, NULL },
		{ FENCE "sql\nCREATE TABLE a (b TEXT DEFAULT 'it);\n" END,
		  "a.md:2: it ended in 65\n" },
		{ FENCE "sql postgres\nSELECT $$a$$;\n" END, NULL },
		{ FENCE "sql sqlite\nSELECT $$it's$$;\n" END, "a.md:2: it ended in 65\n" },
		{ "<!-- exits 65 -->\n" FENCE "sql\nCOMMIT;\n" END "<!-- output -->\n" FENCE
		  "text\n...\n1 error in 1 file (1 file read)\n" END,
		  NULL },
		{ FENCE "sql oracle\n" END, "a.md:1: a block in a language that is not run" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void marks(void **state)
{
	static const struct row rows[] = {
		{ FENCE "json\n{\n" END FENCE "yaml\n" END FENCE "text\n" END, NULL },
		{ "One\n" FENCE "\n" END, "a.md:2: a block in a language that is not run" },
		{ FENCE "vim\n" END, "a.md:1: a block in a language that is not run" },
		{ "<!-- not run: needs a Mac -->\n" SH "false\n" END, NULL },
		{ "<!-- not run: -->\n" SH "false\n" END, "a.md:1: a reason is missing" },
		{ "<!-- outptu -->\n", "a.md:1: a comment that is no mark" },
		{ "<!-- output -->\nText\n", "a.md:1: no block follows this mark" },
		{ "<!-- output -->\n", "a.md:1: no block follows this mark" },
		{ "<!-- output -->\n<!-- test true -->\n", "a.md:1: no block follows this mark" },
		{ "\n<!-- output\n", "a.md:2: this comment has no end" },
		{ "\n" SH "true\n", "a.md:2: this block has no end" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void what_a_document_is_told_of(void **state)
{
	struct document document =
	        document_read("a.md", "<!-- server -->\n<!-- not run: no Mac -->\n" SH END SH
	                              "[ \"$SERVER\" = it ]\n" END);
	char *complaint = session_run(&document, "it");

	(void)state;
	assert_null(complaint);
	assert_true(document.has_server);
	assert_int_equal(document.step_count, 2);
	assert_int_equal(document.steps[0].kind, STEP_EXEMPT);
	assert_int_equal(document.steps[0].line, 4);
	assert_string_equal(document.steps[0].argument, "no Mac");
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(statuses),
		cmocka_unit_test(hidden_tests),
		cmocka_unit_test(files),
		cmocka_unit_test(outputs),
		cmocka_unit_test(c),
		cmocka_unit_test(sql),
		cmocka_unit_test(marks),
		cmocka_unit_test(what_a_document_is_told_of),
	};

	return cmocka_run_group_tests(tests, session_set_up, NULL);
}
