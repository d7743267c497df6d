/* tidy_test.c - the rules of this house that a machine can check, over every source file.
 *
 * Knows the sizes, the banned calls and which room may include what, each in one table; knows C
 * only as far as comments, literals and a brace in column one.  Each rule is first shown a snippet
 * that breaks it, so that this test can fail. */
#define _XOPEN_SOURCE 700

#include "c_view.h"

#include <ctype.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	FUNCTION_LINES_MAX = 70, /* Between its braces, them included. */
	PARAMETERS_MAX = 5,
	COLUMNS_MAX = 100,
	TAB_COLUMNS = 8,
	PROBLEMS_SIZE_MAX = 1000000, /* Further ones are only counted. */
};

/* The first row whose text ends the path decides. */
static const struct size_limit {
	const char *path_end;
	size_t lines_max;
} size_limits[] = {
	{ "compiler/main.c", 100 },      /* A table of contents. */
	{ "runtime/ensure.c", 120 },     /* A story. */
	{ "runtime/inlay.h", SIZE_MAX }, /* The manual. */
	{ ".c", 600 },
	{ ".re", 600 },
	{ ".h", 400 },
};

static const struct banned_call {
	const char *name;
	const char *instead;
} banned_calls[] = {
	{ "strcpy", "memcpy or snprintf" },
	{ "strcat", "a buffer" },
	{ "sprintf", "snprintf" },
	{ "vsprintf", "vsnprintf" },
	{ "atoi", "strtol, checked" },
	{ "atol", "strtol, checked" },
	{ "strtok", "strcspn" },
	{ "gets", "fgets" },
};

/* Only these may end the process; the last four are programs of their own. */
static const char *const may_exit[] = {
	"compiler/main.c", "compiler/arena.c", "tests/", "examples/", "bench/", "build/",
};

/* libmicrohttpd's callback has the parameters that it gives it. */
static const char has_long_callback[] = "examples/http-admin/main.c";

static const char *const unfinished[] = { "FIXME", "TODO", "XXX" };

/* Files of one room may include: its own headers, these (a header, or those of another room), and
 * (unless `strict`) the system's.  The first row that fits a file holds. */
static const struct arrow {
	const char *room;
	const char *also[12];
	bool strict;
} arrows[] = {
	{ "runtime/", { NULL }, false },
	{ "compiler/adopt/",
	  { "compiler/", "compiler/formats/", "compiler/live/", "inlay.h", NULL },
	  false },
	{ "compiler/catalog/", { "compiler/", NULL }, false },
	{ "compiler/commands/",
	  { "compiler/", "compiler/adopt/", "compiler/catalog/", "compiler/formats/",
	    "compiler/inspect/", "compiler/live/", "compiler/manual/", "compiler/rehearse/",
	    "compiler/render/", "compiler/verify/", "inlay.h", NULL },
	  false },
	{ "compiler/formats/", { "compiler/", "inlay_image.h", NULL }, false },
	{ "compiler/inspect/", { "compiler/", "inlay_image.h", NULL }, false },
	{ "compiler/lint/", { "compiler/", "compiler/model/", NULL }, false },
	{ "compiler/live/", { "compiler/", "compiler/inspect/", "inlay.h", NULL }, false },
	{ "compiler/manual/", { "compiler/", NULL }, false },
	{ "compiler/model/", { "compiler/", NULL }, false },
	{ "compiler/rehearse/",
	  { "compiler/", "compiler/catalog/", "inlay.h", "inlay_image.h", NULL },
	  false },
	{ "compiler/render/", { "compiler/", NULL }, false },
	{ "compiler/verify/",
	  { "compiler/", "compiler/catalog/", "compiler/inspect/", "compiler/live/",
	    "compiler/rehearse/", "inlay.h", "inlay_image.h", NULL },
	  false },
	{ "compiler/",
	  { "inlay.h", "inlay_image.h", "compiler/commands/", "compiler/formats/", "compiler/lint/",
	    "compiler/manual/", "compiler/model/", "compiler/rehearse/", "compiler/render/", NULL },
	  false },
	{ "generated/", { "inlay.h", "inlay_image.h", "stddef.h", NULL }, true },
};

/* In these rooms, only these files know the client library. */
static const struct client {
	const char *room;
	const char *header;
	const char *files;
} clients[] = {
	{ "runtime/", "libpq-fe.h", "connection_postgres.c wire_postgres.c" },
	{ "runtime/", "sqlite3.h", "command_sqlite.c connection_sqlite.c driver_sqlite.c" },
	{ "compiler/lint/", "libpq-fe.h", "" },
	{ "compiler/lint/", "sqlite3.h", "" },
	{ "compiler/model/", "libpq-fe.h", "" },
	{ "compiler/model/", "sqlite3.h", "" },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char problems[PROBLEMS_SIZE_MAX];
static size_t problem_count;
static size_t file_count;

static void report(const struct c_view *file, size_t line, const char *format, ...)
{
	size_t size = strlen(problems);
	va_list arguments;
	char text[120];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	snprintf(problems + size, sizeof problems - size, "%s:%zu: %s\n", file->path, line, text);
	problem_count++;
}

static size_t count_lines(const char *text)
{
	return line_of(text, text + strlen(text)) - 1;
}

/* --- the rules --- */

static void check_size(const struct c_view *file)
{
	for (size_t i = 0; i < COUNT(size_limits); i++) {
		if (!ends_with(file->path, size_limits[i].path_end))
			continue;
		if (count_lines(file->raw) > size_limits[i].lines_max)
			report(file, 1, "%zu lines; at most %zu", count_lines(file->raw),
			       size_limits[i].lines_max);
		return;
	}
}

static void check_first_line(const struct c_view *file)
{
	char expected[300], on_second_line[310];

	snprintf(expected, sizeof expected, "/* %s - ", base_name(file->path));
	snprintf(on_second_line, sizeof on_second_line, "/*\n * %s", expected + 3);
	if (!starts_with(file->raw, expected) && !starts_with(file->raw, on_second_line))
		report(file, 1, "must begin with: %swhat it knows. */", expected);
}

static void check_line(const struct c_view *file, size_t line, const char *start, const char *end)
{
	size_t columns = 0;

	for (const char *at = start; at < end; at++)
		if (*at == '\t')
			columns += TAB_COLUMNS - columns % TAB_COLUMNS;
		else if (((unsigned char)*at & 0xC0) != 0x80) /* One for each UTF-8 sequence. */
			columns++;
	if (columns > COLUMNS_MAX)
		report(file, line, "%zu columns; at most %d", columns, (int)COLUMNS_MAX);
	if (end > start && isspace((unsigned char)end[-1]))
		report(file, line, "ends in white space");
}

static void check_lines(const struct c_view *file)
{
	const char *start = file->raw;

	for (size_t line = 1; *start != '\0'; line++) {
		const char *end = start + strcspn(start, "\n");

		check_line(file, line, start, end);
		if (*end == '\0')
			report(file, line, "the last line must end in a line feed");
		start = end + (*end == '\n');
	}
}

static void check_words(const struct c_view *file)
{
	for (size_t i = 0; i < COUNT(unfinished); i++) {
		const char *at = find_word(file->prose, unfinished[i]);

		if (at != NULL)
			report(file, line_of(file->prose, at), "%s: finish it, or open an issue",
			       unfinished[i]);
	}
}

static void check_call(const struct c_view *file, const char *name, const char *instead)
{
	const char *at = file->code;

	while ((at = find_word(at, name)) != NULL) {
		const char *after = at + strlen(name);

		if (after[strspn(after, " \t\n")] == '(')
			report(file, line_of(file->code, at), "%s() is banned: use %s", name,
			       instead);
		at = after;
	}
}

static void check_calls(const struct c_view *file)
{
	for (size_t i = 0; i < COUNT(banned_calls); i++)
		check_call(file, banned_calls[i].name, banned_calls[i].instead);
	for (size_t i = 0; i < COUNT(may_exit); i++)
		if (starts_with(file->path, may_exit[i]))
			return;
	check_call(file, "exit", "a result: only main decides to end");
}

static void check_goto(const struct c_view *file)
{
	const char *at = file->code;

	if (ends_with(file->path, ".re"))
		return; /* re2c's own targets. */
	while ((at = find_word(at, "goto")) != NULL) {
		const char *target = at + 4 + strspn(at + 4, " \t");

		if (find_word(target, "cleanup") != target)
			report(file, line_of(file->code, at), "goto something else than cleanup");
		at = target;
	}
}

/* A callback's context is one with the callback. */
static bool is_context(const char *at)
{
	return strncmp(at + strspn(at, " \t\n"), "void *context", 13) == 0;
}

/* How many parameters the last parenthesis before `body` names. */
static size_t count_parameters(const char *text, const char *body)
{
	const char *at = body;
	size_t commas = 0;
	int depth = 0;

	while (at > text && at[-1] != ')')
		at--;
	for (; at > text; at--) {
		depth += (at[-1] == ')') - (at[-1] == '(');
		commas += at[-1] == ',' && depth == 1 && !is_context(at);
		if (depth == 0)
			return commas + !is_context(at);
	}
	return 0;
}

/* A function's body is between braces in the first column; only theirs are there. */
static void check_functions(const struct c_view *file)
{
	for (const char *at = file->code; (at = strstr(at, "\n{")) != NULL; at++) {
		const char *end = strstr(at, "\n}");
		size_t first = line_of(file->code, at + 1);
		size_t last = end == NULL ? count_lines(file->code) : line_of(file->code, end + 1);
		size_t parameters = count_parameters(file->code, at);

		if (last - first + 1 > FUNCTION_LINES_MAX)
			report(file, first, "a function of %zu lines; at most %d", last - first + 1,
			       (int)FUNCTION_LINES_MAX);
		if (parameters > PARAMETERS_MAX && !ends_with(file->path, has_long_callback))
			report(file, first, "%zu parameters; at most 5, then a struct", parameters);
	}
}

/* Is it a header of this room?  It is written as seen from there, or from the compiler's root. */
static bool is_in(const char *room, const char *target)
{
	static const char root[] = "compiler/";
	const char *below = starts_with(room, root) ? room + strlen(root) : room;
	char own[300];

	snprintf(own, sizeof own, "%s%s", room, target);
	if (strchr(target, '/') == NULL)
		return access(own, F_OK) == 0;
	snprintf(own, sizeof own, "%s%s", root, target);
	return *below != '\0' && starts_with(target, below) && access(own, F_OK) == 0 &&
	       strchr(target + strlen(below), '/') == NULL;
}

static bool may_include(const struct arrow *arrow, const char *target, bool of_the_system)
{
	if (of_the_system && !arrow->strict)
		return true;
	for (size_t i = 0; arrow->also[i] != NULL; i++)
		if (strcmp(base_name(target), arrow->also[i]) == 0 ||
		    (!of_the_system && is_in(arrow->also[i], target)))
			return true;
	return !of_the_system && is_in(arrow->room, target) && strchr(target, '/') == NULL;
}

static void check_include(const struct c_view *file, size_t line, const char *target,
                          bool of_the_system)
{
	size_t i = 0;

	while (i < COUNT(arrows) && !starts_with(file->path, arrows[i].room))
		i++;
	if (i < COUNT(arrows) && !may_include(&arrows[i], target, of_the_system))
		report(file, line, "%s may not include %s", arrows[i].room, target);
	for (i = 0; i < COUNT(clients); i++)
		if (starts_with(file->path, clients[i].room) &&
		    strcmp(target, clients[i].header) == 0 &&
		    find_word(clients[i].files, base_name(file->path)) == NULL)
			report(file, line, "only %s may include %s", clients[i].files, target);
}

static void check_includes(const struct c_view *file)
{
	const char *at = file->code;

	while ((at = strstr(at, "#include")) != NULL) {
		const char *from = file->raw + (at - file->code);
		char target[200];
		char quote;

		if (sscanf(from, "#include %c%199[^\">\n]", &quote, target) == 2)
			check_include(file, line_of(file->code, at), target, quote == '<');
		at++;
	}
}

static void check_content(const char *path, const char *content)
{
	struct c_view file = c_view_create(path, content);

	check_includes(&file);
	if (!starts_with(path, "generated/")) {
		check_size(&file);
		check_first_line(&file);
		check_lines(&file);
		check_words(&file);
		check_calls(&file);
		check_goto(&file);
		check_functions(&file);
	}
	c_view_destroy(&file);
}

/* --- all files --- */

/* Not what re2c made, nor what our compiler made, nor inputs that only look like C. */
static bool is_ours(const char *path)
{
	char lexer[300];

	if (strstr(path, "/generated/") != NULL || strstr(path, "/golden/") != NULL ||
	    strstr(path, "/corpus/") != NULL)
		return false;
	snprintf(lexer, sizeof lexer, "%.*sre", (int)strlen(path) - 1, path);
	return !ends_with(path, ".c") || access(lexer, F_OK) != 0;
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	size_t size = (size_t)status->st_size;
	FILE *file;
	char *content;

	(void)place;
	if (kind != FTW_F || !is_ours(path) ||
	    (!ends_with(path, ".c") && !ends_with(path, ".h") && !ends_with(path, ".re")))
		return 0;
	file = fopen(path, "rb");
	content = calloc(1, size + 1);
	assert_non_null(file);
	assert_non_null(content);
	assert_int_equal(fread(content, 1, size, file), size);
	fclose(file);
	check_content(path, content);
	free(content);
	file_count++;
	return 0;
}

static void forget_problems(void)
{
	problems[0] = '\0';
	problem_count = 0;
}

static void every_file_is_tidy(void **state)
{
	static const char *const rooms[] = {
		"compiler", "runtime", "tests", "examples", "bench", "build", "generated",
	};

	(void)state;
	forget_problems();
	for (size_t i = 0; i < COUNT(rooms); i++)
		nftw(rooms[i], visit, 16, FTW_PHYS);
	assert_true(file_count > 5);
	if (problem_count > 0)
		fprintf(stderr, "%s%zu problems\n", problems, problem_count);
	assert_int_equal(problem_count, 0);
}

/* --- each rule catches what breaks it, and nothing else --- */

#define TOP "/* x.c - a snippet. */\n"

static const struct snippet {
	const char *path;
	const char *content;
	const char *expected; /* Part of the only problem, or NULL for none. */
} snippets[] = {
	{ "runtime/x.c", "/*\n * x.c - a snippet. */\n", NULL },
	{ "runtime/x.c", "int x;\n", ":1: must begin with: /* x.c - " },
	{ "runtime/x.c", "/* y.c - another. */\n", ":1: must begin with: /* x.c - " },
	{ "runtime/x.c", TOP "int x; \n", ":2: ends in white space" },
	{ "runtime/x.c", TOP "int x;\r\n", ":2: ends in white space" },
	{ "runtime/x.c", TOP "int x;", ":2: the last line" },
	{ "runtime/x.c", TOP "/* \xC3\xA9\xC3\xA9\xC3\xA9 */\n", NULL },
	{ "runtime/x.c", TOP "/* FIXME later */\n", ":2: FIXME" },
	{ "runtime/x.c", TOP "int TODO;\n", ":2: TODO" },
	{ "runtime/x.c", TOP "int XXX;\n", ":2: XXX" },
	{ "runtime/x.c", TOP "int x = y(\"TODO XXX\");\n", NULL },
	{ "runtime/x.c", TOP "int x = strcpy(a, b);\n", ":2: strcpy() is banned: use memcpy" },
	{ "runtime/x.c", TOP "int x = strcat (a, b);\n", ":2: strcat() is banned: use a buffer" },
	{ "runtime/x.c", TOP "int x = '\"' + sprintf(a, b);\n", ":2: sprintf() is banned" },
	{ "runtime/x.c", TOP "int x = vsprintf(a, b);\n", ":2: vsprintf() is banned" },
	{ "runtime/x.c", TOP "int x = strtok(a, b);\n", ":2: strtok() is banned" },
	{ "runtime/x.c", TOP "int x = atoi(a);\n", ":2: atoi() is banned" },
	{ "runtime/x.c", TOP "int x = atol(a);\n", ":2: atol() is banned" },
	{ "runtime/x.c", TOP "int x = gets(a);\n", ":2: gets() is banned" },
	{ "runtime/x.c", TOP "int x = my_gets(a); /* not gets(a) */\n", NULL },
	{ "runtime/x.c", TOP "int x = \"\\\"gets(a)\";\n", NULL },
	{ "runtime/x.c", TOP "int x = exit(1);\n", ":2: exit() is banned" },
	{ "compiler/main.c", "/* main.c - a snippet. */\nint x = exit(1);\n", NULL },
	{ "tests/x.c", TOP "int x = exit(1), y = _exit(1);\n", NULL },
	{ "runtime/x.c", TOP "int f(void)\n{\n\tgoto done;\n}\n", ":4: goto something else" },
	{ "runtime/x.c", TOP "int f(void)\n{\n\tgoto cleanup;\n}\n", NULL },
	{ "compiler/x.re", "/* x.re - a snippet. */\nint x = { goto yy; };\n", NULL },
	{ "runtime/x.c", TOP "int f(int a, int b, int c, int d, int e)\n{\n}\n", NULL },
	{ "runtime/x.c", TOP "int f(int a, int b, int c,\n\tint d, int e, int f)\n{\n}\n",
	  ":4: 6 parameters" },
	{ "runtime/x.c", TOP "#include \"text.h\"\n", ":2: runtime/ may not include text.h" },
	{ "runtime/x.c", TOP "#include \"../compiler/text.h\"\n", ":2: runtime/ may not include" },
	{ "runtime/x.c", TOP "#include \"inlay.h\"\n#include <string.h>\n", NULL },
	{ "runtime/x.c", TOP "/*\n#include \"text.h\"\n*/\n", NULL },
	{ "runtime/x.c", TOP "#include <libpq-fe.h>\n", ":2: only connection_postgres.c" },
	{ "runtime/x.c", TOP "#include <sqlite3.h>\n", ":2: only command_sqlite.c" },
	{ "runtime/command_sqlite.c", "/* command_sqlite.c - */\n#include <sqlite3.h>\n", NULL },
	{ "compiler/x.c", TOP "#include \"driver.h\"\n", ":2: compiler/ may not include driver.h" },
	{ "compiler/x.c", TOP "#include \"inlay.h\"\n#include \"text.h\"\n", NULL },
	{ "compiler/x.c", TOP "#include \"lint/lint.h\"\n", NULL },
	{ "compiler/lint/x.c", TOP "#include \"lint.h\"\n#include \"model/ddl.h\"\n", NULL },
	{ "compiler/lint/x.c", TOP "#include \"text.h\"\n#include <stdio.h>\n", NULL },
	{ "compiler/lint/x.c", TOP "#include \"rehearse/rehearse.h\"\n",
	  ":2: compiler/lint/ may not include rehearse/rehearse.h" },
	{ "compiler/model/x.c", TOP "#include \"lint/lint.h\"\n", ":2: compiler/model/ may not" },
	{ "compiler/model/x.c", TOP "#include <sqlite3.h>\n", ":2: only " },
	{ "generated/x.c", "#include \"inlay.h\"\n#include <stddef.h>\n", NULL },
	{ "generated/x.c", "#include <stdio.h>\n", ":1: generated/ may not include stdio.h" },
	{ "tests/x.c", TOP "#include \"text.h\"\n#include \"driver.h\"\n", NULL },
};

static void each_rule_can_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(snippets); i++) {
		const struct snippet *snippet = &snippets[i];
		size_t expected = snippet->expected != NULL;

		forget_problems();
		check_content(snippet->path, snippet->content);
		if (problem_count != expected)
			print_error("in: %sexpected: %s\nreceived: %s\n", snippet->content,
			            expected ? snippet->expected : "nothing", problems);
		assert_int_equal(problem_count, expected);
		if (expected)
			assert_non_null(strstr(problems, snippet->expected));
	}
}

/* Checks `head` and then `line` up to `line_count` lines; a brace that `head` opens is closed. */
static void check_repeated(const char *path, const char *head, const char *line, size_t line_count)
{
	size_t size = strlen(head) + strlen(line) * line_count + 1;
	char *content = calloc(1, size + 2);
	size_t used = strlen(head);

	assert_non_null(content);
	memcpy(content, head, used);
	for (size_t i = count_lines(head); i < line_count; i++, used += strlen(line))
		memcpy(content + used, line, strlen(line));
	if (strchr(head, '{') != NULL)
		memcpy(content + used - 1, "}\n", 3);
	forget_problems();
	check_content(path, content);
	free(content);
}

static void sizes_are_exact(void **state)
{
	char line[COLUMNS_MAX + 3] = "\t";

	(void)state;
	check_repeated("tests/x.c", TOP, "\n", 600);
	assert_int_equal(problem_count, 0);
	check_repeated("tests/x.c", TOP, "\n", 601);
	assert_string_equal(problems, "tests/x.c:1: 601 lines; at most 600\n");
	check_repeated("compiler/main.c", "/* main.c - x. */\n", "\n", 101);
	assert_string_equal(problems, "compiler/main.c:1: 101 lines; at most 100\n");
	check_repeated("runtime/ensure.c", "/* ensure.c - x. */\n", "\n", 121);
	assert_string_equal(problems, "runtime/ensure.c:1: 121 lines; at most 120\n");
	check_repeated("tests/x.h", "/* x.h - x. */\n", "\n", 401);
	assert_string_equal(problems, "tests/x.h:1: 401 lines; at most 400\n");
	check_repeated("runtime/inlay.h", "/* inlay.h - x. */\n", "\n", 2000);
	assert_int_equal(problem_count, 0);

	check_repeated("tests/x.c", TOP "int f(void)\n{\n", "\n", 72);
	assert_int_equal(problem_count, 0);
	check_repeated("tests/x.c", TOP "int f(void)\n{\n", "\n", 73);
	assert_string_equal(problems, "tests/x.c:3: a function of 71 lines; at most 70\n");

	memset(line + 1, 'x', COLUMNS_MAX - TAB_COLUMNS);
	line[1 + COLUMNS_MAX - TAB_COLUMNS] = '\n';
	check_repeated("tests/x.c", TOP, line, 2);
	assert_int_equal(problem_count, 0);
	line[1 + COLUMNS_MAX - TAB_COLUMNS] = 'x';
	line[2 + COLUMNS_MAX - TAB_COLUMNS] = '\n';
	check_repeated("tests/x.c", TOP, line, 2);
	assert_string_equal(problems, "tests/x.c:2: 101 columns; at most 100\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_can_fail),
		cmocka_unit_test(sizes_are_exact),
		cmocka_unit_test(every_file_is_tidy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
