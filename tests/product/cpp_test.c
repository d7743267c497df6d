/* cpp_test.c - inlay.hpp: compilers take it under strict flags, and it does what it says on both
 * databases, with exceptions and without; and examples/cpp. */
#include "database.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define FLAGS                                                                                      \
	"-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef "                \
	"-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Werror -I. "                    \
	"-I\"$INLAY_PREFIX/include\" -isystem \"$(pg_config --includedir)\""

static char *directory;

static int set_up(void **state)
{
	product_set_up(state);
	directory = directory_make();
	product_expect(directory, "cp -R \"$ROOT/migrations\" .\n"
	                          "inlay compile --quiet migrations -o app_migrations.c\n"
	                          "gcc -c -I\"$INLAY_PREFIX/include\" app_migrations.c\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	product_remove(directory);
	return 0;
}

/* g++ -std=c++17 and 20 are below. */
static void compilers_take_it(void **state)
{
	(void)state;
	product_expect(directory,
	               "cp \"$ROOT/tests/programs/wrapper.cpp\" .\n"
	               "for compiler in 'g++ -std=c++23' 'clang++ -std=c++17'"
	               " 'clang++ -std=c++2b' 'clang++ -std=c++20 -fno-exceptions -fno-rtti'; do\n"
	               "	$compiler " FLAGS " -fsyntax-only wrapper.cpp\n"
	               "done\n");
}

static void options_may_be_designated(void **state)
{
	(void)state;
	product_expect(directory,
	               "echo '#include \"app_migrations.h\"\n#include <inlay.hpp>\n"
	               "void call(sqlite3 *database);\nvoid call(sqlite3 *database) "
	               "{ inlay::ensure(database, app_migrations, {.table = \"t\", "
	               ".refuse_ahead = true}); }' >designated.cpp\n"
	               "for compiler in g++ clang++; do\n"
	               "	$compiler -std=c++20 " FLAGS " -fsyntax-only designated.cpp\n"
	               "done\n");
}

static void what_must_be_checked_is_checked(void **state)
{
	(void)state;
	product_expect(directory,
	               "echo '#include \"app_migrations.h\"\n#include <inlay.hpp>\n"
	               "void call(sqlite3 *database);\nvoid call(sqlite3 *database) "
	               "{ inlay::CALL(database, app_migrations); }' >checked.cpp\n"
	               "compile() { g++ $1 -std=c++17 " FLAGS " -fsyntax-only checked.cpp; }\n"
	               "compile -DCALL=ensure\n"
	               "if compile -DCALL=try_ensure 2>said; then exit 1; fi\n"
	               "grep nodiscard said\n"
	               "if compile '-DCALL=ensure -fno-exceptions' 2>said; then exit 1; fi\n"
	               "grep 'not a member of .inlay' said\n");
}

/* Every member of the structs that are copied has its counterpart. */
static void nothing_of_c_is_forgotten(void **state)
{
	(void)state;
	product_expect(
	        directory,
	        "while read -r offset type_and_name; do\n"
	        "	case $offset,$type_and_name in\n"
	        "	struct,inlay_options*) what='c[.]';;\n"
	        "	struct,inlay_migration_status*|struct,inlay_history_entry*)"
	        " what='row[.]';;\n"
	        "	struct,*) what='';;\n"
	        "	*,*size) ;;\n"
	        "	*) if [ -n \"$what\" ] && ! grep -q \"$what${type_and_name##* }\\>\""
	        " \"$INLAY_PREFIX/include/inlay.hpp\"; then\n"
	        "		echo \"$what: $type_and_name\"; exit 1; fi;;\n"
	        "	esac\n"
	        "done <\"$ROOT/tests/abi/layout\"\n");
}

/* `place` is argv[1] of wrapper.cpp. */
static void expect_wrapper(const char *flags, const char *place)
{
	char *script = format("g++ -std=c++17 %s " FLAGS " \"$ROOT/tests/programs/wrapper.cpp\" "
	                      "app_migrations.o $(pkg-config --libs inlay-sqlite inlay-postgres) "
	                      "-o wrapper\n"
	                      "./wrapper ''\n./wrapper \"%s\"\n",
	                      flags, place);

	product_expect(directory, script);
	free(script);
}

static void with_exceptions(void **state)
{
	expect_wrapper("-g -fsanitize=address,undefined -fno-sanitize-recover=all",
	               database_place(*state));
}

static void without_exceptions(void **state)
{
	expect_wrapper("-fno-exceptions -fno-rtti", database_place(*state));
}

static void the_example(void **state)
{
	(void)state;
	product_expect_example(
	        "cpp", "cmake -B out . && cmake --build out\n"
	               "[ \"$(out/notes | head -n 3 | tr '\\n' ,)\" ="
	               " 'applied 001_create_notes,applied 002_date_notes,2 applied,' ]\n"
	               "[ \"$(out/notes | head -n 2 | tr '\\n' ,)\" = '0 applied,2 written,' ]\n"
	               "add_unique && cmake --build out\n"
	               "fails out/notes\n"
	               "grep -x 'INLAY_FAILED at migrations/003_unique_notes.sql:1' said\n"
	               "grep 'sql:1:1: UNIQUE constraint failed: note.text' said\n"
	               "fails out/notes /\n"
	               "grep 'unable to open database file' said\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compilers_take_it),
		cmocka_unit_test(options_may_be_designated),
		cmocka_unit_test(what_must_be_checked_is_checked),
		cmocka_unit_test(nothing_of_c_is_forgotten),
		DATABASE_TEST_POSTGRES(with_exceptions),
		DATABASE_TEST_POSTGRES(without_exceptions),
		cmocka_unit_test(the_example),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
