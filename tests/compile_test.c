/*
 * compile_test.c - strangers' compilers take what we emit: every set of tests/golden/ok/ and some
 * large ones, as every C and C++ there is, at flags stricter than most, all in one translation
 * unit. The object in a program is the image that the compiler has in memory, in read-only memory,
 * without a relocation.
 */
#include "command.h"
#include "image.h"
#include "set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOLDEN "tests/golden/ok"
#define FLAGS                                                                                      \
	"-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Wmissing-declarations -Werror"

/* Everything is done below `work`: sets/<name>/ has migrations/ and set_<name>.{c,h}, and all.c
 * includes all of them.  `root` is the repository. */
static char *work;
static char *root;

/* ---- the sets -------------------------------------------------------------------------------- */

static char *read_arguments(const char *name)
{
	char *path = format(GOLDEN "/%s/arguments", name);
	struct bytes arguments = file_read(path);

	free(path);
	return arguments.start != NULL ? arguments.start : format("%s", "");
}

static void add_golden(const char *name)
{
	char *arguments = read_arguments(name);
	char *script = format("mkdir '%s/sets/%s' && cp -R '%s/" GOLDEN "/%s/.' '%s/sets/%s' && "
	                      "cd '%s/sets/%s' && rm -f expected.*",
	                      work, name, root, name, work, name, work, name);

	command_expect(work, script, 0);
	free(script);
	script = format("inlay compile migrations -o set_%s.c --quiet --no-lint --no-syntax "
	                "--no-rehearsal %s",
	                name, arguments);
	free(arguments);
	arguments = format("%s/sets/%s", work, name);
	command_expect(arguments, script, 0);
	free(arguments);
	free(script);
}

/* `script` writes migrations/ and can name any shell command. */
static void add_generated(const char *name, const char *script)
{
	char *directory = format("%s/sets/%s", work, name);
	char *all = format("mkdir migrations && %s && "
	                   "inlay compile migrations -o set_%s.c --quiet --no-lint --no-syntax "
	                   "--no-rehearsal",
	                   script, name);
	char *marker = format("%s/arguments", directory);

	file_write_string(marker, "");
	command_expect(directory, all, 0);
	free(marker);
	free(all);
	free(directory);
}

/* More statements than a struct has members, exactly as many, one more; and migrations. */
static void add_large_sets(void)
{
	add_generated("many_statements",
	              "awk 'BEGIN { for (i = 1; i <= 2500; i++) print \"INSERT INTO t VALUES (\" i "
	              "\");\" }' "
	              "> migrations/001_many.sql && "
	              "awk 'BEGIN { for (i = 1; i <= 998; i++) print \"SELECT \" i \";\" }' "
	              "> migrations/002_exact.sql && "
	              "awk 'BEGIN { for (i = 1; i <= 999; i++) print \"SELECT \" i \";\" }' "
	              "> migrations/003_one_over.sql && "
	              "cp migrations/001_many.sql migrations/R__many.sql && "
	              "cp migrations/002_exact.sql migrations/R__many_2.sql");
	add_generated("many_migrations",
	              "i=0; while [ $((i += 1)) -le 2001 ]; do "
	              "echo \"SELECT $i;\" > migrations/${i}_m$((i % 7)).sql; done");
}

static int set_up(void **state)
{
	char **names = directory_names(GOLDEN);
	char path[4096];
	size_t i;

	(void)state;
	root = format("%s", getcwd(path, sizeof(path)));
	work = directory_make();
	command_expect(work, "mkdir sets", 0);
	for (i = 0; names[i] != NULL; i++)
		add_golden(names[i]);
	names_free(names);
	add_large_sets();
	command_expect(
	        work,
	        "for file in sets/*/set_*.c; do echo \"#include \\\"$file\\\"\"; done > all.c", 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	directory_remove(work);
	free(work);
	free(root);
	return 0;
}

/* ---- compilers ------------------------------------------------------------------------------- */

/* One way to compile.  `probe` is run to learn whether it is there. */
struct dialect_of_c {
	const char *compiler;
	const char *standard;
};

static const struct dialect_of_c ways[] = {
	{ "gcc", "-std=c99" },
	{ "gcc", "-std=c11" },
	{ "gcc", "-std=c2x" },
	{ "gcc", "-std=gnu17 -O2 -funsigned-char" },
	{ "g++", "-x c++ -std=c++11" },
	{ "g++", "-x c++ -std=c++17" },
	{ "g++", "-x c++ -std=c++20 -funsigned-char" },
	{ "clang", "-std=c99" },
	{ "clang", "-std=c11" },
	{ "clang", "-std=c2x" },
	{ "clang++", "-x c++ -std=c++11" },
	{ "clang++", "-x c++ -std=c++17" },
	{ "zig cc", "-std=c99" },
	{ "zig cc", "-std=c11" },
	{ "zig cc", "-std=c23" },
	{ "zig c++", "-x c++ -std=c++17" },
};

/* The Zig that builds us, by its path: it is rarely installed. */
static char *find_zig(void)
{
	const char *named = getenv("INLAY_ZIG") != NULL ? getenv("INLAY_ZIG") : getenv("ZIG");
	char *script = format("for zig in '%s' '%s'/.tools/zig-*/zig $(command -v zig); do "
	                      "if [ -x \"$zig\" ]; then printf '%%s' \"$zig\"; break; fi; done",
	                      named != NULL ? named : "", root);
	struct outcome outcome = command_run(work, script);
	char *zig = format("%s", outcome.out.start);

	outcome_free(&outcome);
	free(script);
	return zig;
}

/* The command for `way`, or NULL when this machine has it not. */
static char *find_compiler(const struct dialect_of_c *way)
{
	bool is_zig = strncmp(way->compiler, "zig", 3) == 0;
	char *zig = find_zig();
	char *command =
	        is_zig ? format("ZIG_LOCAL_CACHE_DIR='%s/cache' ZIG_GLOBAL_CACHE_DIR='%s/cache' "
	                        "'%s'%s",
	                        work, work, zig, way->compiler + 3)
	               : format("%s", way->compiler);
	char *script = format(": > empty.c && %s %s -c -o way.o empty.c", command, way->standard);
	struct outcome outcome = command_run(work, script);

	if (outcome.status != 0 || (is_zig && *zig == '\0')) {
		free(command);
		command = NULL;
	}
	outcome_free(&outcome);
	free(script);
	free(zig);
	return command;
}

/* Every way of this machine; at least gcc's must be there. */
static void for_each_way(const char *arguments)
{
	size_t found = 0;
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *command = find_compiler(&ways[i]);
		char *script;

		if (command == NULL) {
			print_message("  %s %s: not here\n", ways[i].compiler, ways[i].standard);
			continue;
		}
		script = format("%s %s " FLAGS " -I '%s/runtime' -c %s", command, ways[i].standard,
		                root, arguments);
		command_expect(work, script, 0);
		free(script);
		free(command);
		found++;
	}
	assert_true(found >= 4);
}

static void generated_sources_compile_everywhere(void **state)
{
	(void)state;
	for_each_way("all.c");
}

static void headers_compile_alone(void **state)
{
	(void)state;
	command_expect(work,
	               "echo '#include \"inlay.h\"' > one.c && "
	               "echo '#include \"inlay_image.h\"' > two.c",
	               0);
	for_each_way("one.c two.c");
}

/* ---- the bytes ------------------------------------------------------------------------------- */

/* The image of SETS/<name> as the command would have it in memory. */
static struct bytes image_in_memory(const char *name)
{
	char *directory = format("%s/sets/%s/migrations", work, name);
	char *arguments_path = format("%s/sets/%s/arguments", work, name);
	char *symbol = format("set_%s", name);
	struct bytes arguments = file_read(arguments_path);
	const char *text = arguments.start != NULL ? arguments.start : "";
	bool sqlite[DIALECT_COUNT] = { true, false };
	bool postgres[DIALECT_COUNT] = { false, true };
	bool all[DIALECT_COUNT] = { true, true };
	struct workspace workspace;
	struct image image;
	struct text bytes;
	struct bytes copy = { NULL, 0 };

	set_read(&workspace, &(struct options){ .operand = directory },
	         strstr(text, "sqlite") != NULL     ? sqlite
	         : strstr(text, "postgres") != NULL ? postgres
	         : strstr(text, "--dialect all")    ? all
	                                            : NULL);
	assert_int_equal(workspace.problems.error_count, 0);
	assert_true(
	        image_build(&workspace.arena, &workspace.set, symbol, &image, &workspace.problems));
	bytes = image_bytes(&workspace.arena, &image);
	copy = (struct bytes){ malloc(bytes.size + 1), bytes.size };
	assert_non_null(copy.start);
	memcpy(copy.start, bytes.start, bytes.size);
	copy.start[bytes.size] = '\0';
	set_clear(&workspace);
	free(arguments.start);
	free(symbol);
	free(arguments_path);
	free(directory);
	return copy;
}

/* Linked by `compiler`, the program's image is the one in memory. */
static bool has_same_image(const char *name, const char *compiler)
{
	char *directory = format("%s/sets/%s", work, name);
	char *script = format("%s -DSET=set_%s -I '%s/runtime' -o dump set_%s.c "
	                      "$(ls functions.c 2> none) "
	                      "'%s/tests/compile_test/dump_image.c' && ./dump && rm dump",
	                      compiler, name, root, name, root);
	struct outcome outcome = command_run(directory, script);
	struct bytes image = image_in_memory(name);
	bool same = outcome.status == 0 && outcome.out.size == image.size &&
	            memcmp(outcome.out.start, image.start, image.size) == 0;

	if (!same)
		print_error("%s by %s: exit status %d, %zu bytes, %zu expected\n%s", name, compiler,
		            outcome.status, outcome.out.size, image.size, outcome.err.start);
	free(image.start);
	outcome_free(&outcome);
	free(script);
	free(directory);
	return same;
}

static void the_object_is_the_image(void **state)
{
	char *sets = format("%s/sets", work);
	char **names = directory_names(sets);
	bool all_same = true;
	size_t i;

	(void)state;
	for (i = 0; names[i] != NULL; i++)
		all_same = has_same_image(names[i], "gcc -std=c99") && all_same;
	all_same = has_same_image("literals", "g++ -x c++ -std=c++11 -O2") && all_same;
	all_same = has_same_image("huge_statement", "g++ -x c++ -std=c++17") && all_same;
	all_same = has_same_image("call", "g++ -x c++ -std=c++11") && all_same;
	all_same = has_same_image("many_statements", "gcc -std=c2x -O2 -m64") && all_same;
	names_free(names);
	free(sets);
	assert_true(all_same);
}

/* Every call's index leads to its function, by way of the table. */
static void calls_lead_to_their_functions(void **state)
{
	char *script =
	        format("gcc -std=c99 " FLAGS
	               " -DSET=set_call -I '%s/runtime' -o calls set_call.c functions.c "
	               "'%s/tests/compile_test/print_calls.c' && ./calls > names && "
	               "printf '%%s\n' import_accounts hash_passwords hash_passwords "
	               "unhash_passwords begin vacuum pragma hash_passwords load_plans "
	               "import_accounts hash_passwords hash_passwords unhash_passwords begin "
	               "vacuum hash_passwords for_postgres load_plans | diff - names",
	               root, root);
	char *directory = format("%s/sets/call", work);

	(void)state;
	command_expect(directory, script, 0);
	free(directory);
	free(script);
}

static void a_missing_function_fails_the_link(void **state)
{
	char *script = format("head -n -5 functions.c > fewer.c && "
	                      "{ gcc -DSET=set_call -I '%s/runtime' -o missing set_call.c fewer.c "
	                      "'%s/tests/compile_test/dump_image.c' 2> text; test $? = 1; } && "
	                      "grep 'undefined reference to `load_plans' text && "
	                      "! grep hash_passwords text",
	                      root, root);
	char *directory = format("%s/sets/call", work);

	(void)state;
	command_expect(directory, script, 0);
	free(directory);
	free(script);
}

/* The example of docs/migrations.md, its SQL and its C, does what it says. */
static void the_documented_function_works(void **state)
{
	char *script =
	        format("mkdir -p documented/migrations && cd documented && "
	               "sed -n '/^-- 014_rehash_passwords.sql/,/^```/p' '%s/docs/migrations.md' | "
	               "grep -v '^```' > migrations/014_rehash_passwords.sql && "
	               "sed -n '/^```c$/,/^```$/p' '%s/docs/migrations.md' | grep -v '^```' > "
	               "rehash.c && inlay compile -q --no-lint --no-rehearsal migrations -o "
	               "app_migrations.c && "
	               "gcc -std=c11 " FLAGS " -fsanitize=address,undefined -I '%s/runtime' "
	               "-isystem /usr/include/postgresql -o rehash app_migrations.c rehash.c "
	               "'%s/tests/compile_test/call_rehash.c' -lsqlite3 -lpq && ./rehash",
	               root, root, root, root);

	(void)state;
	command_expect(work, script, 0);
	free(script);
}

/* ---- the object file ------------------------------------------------------------------------- */

/* The section that holds the image, and whether that section has relocations. */
static void the_image_needs_no_relocation(void **state)
{
	char *script =
	        format("for set in variants huge_statement many_migrations; do\n"
	               "  for compiler in 'gcc -std=c99' 'g++ -x c++ -std=c++11'; do\n"
	               "    $compiler -fPIC -O2 -c sets/$set/set_$set.c -I '%s/runtime' -o x.o ||"
	               " exit 1\n"
	               "    index=$(readelf -sW x.o | awk '/set_.*_image$/ { print $7 }')\n"
	               "    section=$(readelf -SW x.o | sed -n \"s/^ *\\[ *$index\\] *\\([^ ]*\\) "
	               ".*/\\1/p\")\n"
	               "    echo \"$set: the image is in $section\"\n"
	               "    case $section in .rodata*) ;; *) exit 2 ;; esac\n"
	               "    readelf -SW x.o | grep -F \".rela$section\" && exit 3\n"
	               "  done\n"
	               "done; exit 0\n",
	               root);

	(void)state;
	command_expect(work, script, 0);
	free(script);
}

static void a_stale_file_says_so(void **state)
{
	char *script =
	        format("mkdir stale && sed 's/define INLAY_ABI .*/define INLAY_ABI 999/' "
	               "'%s/runtime/inlay.h' > stale/inlay.h && "
	               "cp '%s/runtime/inlay_image.h' stale && "
	               "! gcc -fsyntax-only -I stale sets/minimal/set_minimal.c 2> stale/text && "
	               "grep 'compile the migrations again' stale/text",
	               root, root);

	(void)state;
	command_expect(work, script, 0);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_sources_compile_everywhere),
		cmocka_unit_test(headers_compile_alone),
		cmocka_unit_test(the_object_is_the_image),
		cmocka_unit_test(calls_lead_to_their_functions),
		cmocka_unit_test(a_missing_function_fails_the_link),
		cmocka_unit_test(the_documented_function_works),
		cmocka_unit_test(the_image_needs_no_relocation),
		cmocka_unit_test(a_stale_file_says_so),
	};

	return cmocka_run_group_tests_name("compile", tests, set_up, tear_down);
}
