/* python_test.c - examples/python: a shared object carries the migrations of a Python program, on
 * both databases; its declarations are those of inlay.h, and say so when they are not. */
#include "database.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void it_migrates_a_file(void **state)
{
	(void)state;
	product_expect_example(
	        "python",
	        "make\n"
	        "[ \"$(python3 app.py | tr '\\n' ,)\" ="
	        " 'applied 001_create_notes,applied 002_date_notes,2 applied,1 written,' ]\n"
	        "[ \"$(python3 app.py | tr '\\n' ,)\" = '0 applied,2 written,' ]\n"
	        "make >said && grep 'up to date' said\n"
	        "add_unique && make\n"
	        "fails python3 app.py\n"
	        "grep -x 'FAILED at migrations/003_unique_notes.sql:1' said\n"
	        "grep '^migrations/003_unique_notes.sql:1:1: UNIQUE constraint' said\n"
	        "fails python3 app.py /\n"
	        "grep 'OSError: /: unable to open database file' said\n");
}

static void it_migrates_postgresql(void **state)
{
	struct database *database = *state;
	char *script =
	        format("make\n"
	               "fails python3 app.py \"%s\"\n"
	               "grep -x 'FAILED at migrations/001_create_notes.sql:2' said\n"
	               "grep 'already exists (SQLSTATE 42P07)' said\n"
	               "python3 -c 'import inlay, sys\n"
	               "set = inlay.load(\"app_migrations.so\")\n"
	               "with inlay.postgres(sys.argv[1]) as connection:\n"
	               "    print(connection.ensure(set, schema=\"tenant\"))\n"
	               "    try:\n"
	               "        connection.ensure(set)\n"
	               "    except inlay.InlayError as error:\n"
	               "        print(error.sqlstate, error.version, error.column)' \"%s\" >said\n"
	               "grep -x 'Report(applied_count=2, is_cached=False)' said\n"
	               "grep -x '42P07 1 1' said\n"
	               "fails python3 app.py 'host=/nowhere'\n"
	               "grep 'OSError: connection to server on socket' said\n",
	               database_place(database), database_place(database));

	database_run(database, "CREATE TABLE note (id int)");
	product_expect_example("python", script);
	free(script);
	database_expect(database, "SELECT count(*) FROM tenant.note", "0");
}

static void exceptions_wait_until_c_has_returned(void **state)
{
	(void)state;
	product_expect_example("python",
	                       "make\n"
	                       "cat >raises.py <<'END'\n"
	                       "import inlay\n"
	                       "def tell(event):\n"
	                       "    raise KeyError(event.migration)\n"
	                       "set = inlay.load('app_migrations.so')\n"
	                       "with inlay.sqlite('app.db') as connection:\n"
	                       "    try:\n"
	                       "        connection.ensure(set, on_event=tell, auto_migrate=False)\n"
	                       "    except inlay.InlayError as error:\n"
	                       "        assert error.result == inlay.Result.PENDING\n"
	                       "    try:\n"
	                       "        connection.ensure(set, on_event=tell)\n"
	                       "    except KeyError:\n"
	                       "        print(connection.ensure(set).applied_count)\n"
	                       "END\n"
	                       "[ \"$(python3 raises.py)\" = 0 ]\n");
}

/* Names and texts that are not UTF-8, a connection that is closed. */
static void what_python_would_stumble_over(void **state)
{
	(void)state;
	product_expect_example("python", "make\n"
	                                 "cat >odd.py <<'END'\n"
	                                 "import inlay\n"
	                                 "set = inlay.load('app_migrations.so')\n"
	                                 "with inlay.sqlite(b'\\xff.db') as connection:\n"
	                                 "    assert connection.ensure(set).applied_count == 2\n"
	                                 "try:\n"
	                                 "    connection.ensure(set)\n"
	                                 "except inlay.InlayError as error:\n"
	                                 "    print(error)\n"
	                                 "latin = inlay._Error(message=b'caf\\xe9')\n"
	                                 "print(ascii(str(inlay.InlayError(latin))))\n"
	                                 "try:\n"
	                                 "    with inlay.sqlite('cut\\0off'):\n"
	                                 "        pass\n"
	                                 "except ValueError:\n"
	                                 "    print('refused')\n"
	                                 "END\n"
	                                 "python3 odd.py >said\n"
	                                 "grep -x 'there is no connection' said\n"
	                                 "grep 'caf.ufffd' said\n"
	                                 "grep -x refused said\n"
	                                 "[ ! -e cut ]\n");
}

static void its_structs_are_those_of_c(void **state)
{
	(void)state;
	product_expect_example(
	        "python",
	        "compare() { PYTHONPATH=. python3 \"$ROOT/tests/programs/ctypes_layout.py\""
	        " \"$ROOT/tests/abi/layout\" \"$INLAY_PREFIX/include/inlay.h\"; }\n"
	        "compare\n"
	        "sed -i 's/(\"refuse_ahead\", c_uint32), //' inlay.py\n"
	        "fails compare && grep 'inlay_options: on_event for 20 uint32_t refuse_ahead' "
	        "said\n");
}

static void other_structs_are_refused(void **state)
{
	(void)state;
	product_expect_example(
	        "python",
	        "make && cp inlay.py kept\n"
	        "sed -i 's/(\"recorded_count\", c_uint32)/(\"new\", c_int64), &/' inlay.py\n"
	        "fails python3 app.py\n"
	        "grep 'ImportError: libinlay .* has another struct inlay_error' said\n"
	        "sed 's/(\"line\", c_uint32), //' kept >inlay.py\n"
	        "fails python3 app.py\n"
	        "grep 'ImportError: libinlay .* has another struct inlay_error' said\n"
	        "sed 's/^ABI = .*/ABI = 3/' kept >inlay.py\n"
	        "fails python3 app.py\n"
	        "grep 'app_migrations.so: compiled for INLAY_ABI [0-9]*,' said\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_migrates_a_file),
		DATABASE_TEST_POSTGRES(it_migrates_postgresql),
		cmocka_unit_test(exceptions_wait_until_c_has_returned),
		cmocka_unit_test(what_python_would_stumble_over),
		cmocka_unit_test(its_structs_are_those_of_c),
		cmocka_unit_test(other_structs_are_refused),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
