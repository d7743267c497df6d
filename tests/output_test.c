/*
 * output_test.c - what is written, when, and when not: the same bytes everywhere, whole files or
 * none, nothing touched that need not be, and a depfile that make understands.
 */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* A fresh directory for each test, with migrations/ of three files. */
static int set_up(void **state)
{
	char *work = directory_make();

	command_expect(
	        work,
	        "mkdir migrations && echo 'CREATE TABLE a (b int);' > migrations/001_a.sql &&"
	        "echo 'SELECT 1;' > migrations/002_b.sqlite.sql &&"
	        "echo 'SELECT 2;' > migrations/002_b.postgres.sql",
	        0);
	*state = work;
	return 0;
}

static int tear_down(void **state)
{
	directory_remove(*state);
	free(*state);
	return 0;
}

/* ---- determinism ----------------------------------------------------------------------------- */

static void bytes_depend_on_the_migrations_alone(void **state)
{
	command_expect(
	        *state,
	        "mkdir -p one 'far away/below' &&"
	        "mkdir one/migrations 'far away/below/migrations' &&"
	        "for f in 001_a.sql 002_b.sqlite.sql 002_b.postgres.sql; do"
	        "  cp migrations/$f one/migrations/; done &&"
	        "for f in 002_b.postgres.sql 002_b.sqlite.sql 001_a.sql; do"
	        "  cp migrations/$f 'far away/below/migrations/'; done &&"
	        "touch -d 2001-01-01 'far away/below/migrations/'* &&"
	        "(cd one && umask 077 && LC_ALL=C TZ=UTC inlay compile migrations -o x.c -q) &&"
	        "LC_ALL=tr_TR.UTF-8 LANG=de_DE TZ=Asia/Kathmandu HOME=/nowhere USER=nobody"
	        "  inlay compile \"$PWD/far away/below//migrations/\" -o \"$PWD/far away/x.c\" -q "
	        "&&"
	        "cmp one/x.c 'far away/x.c' && cmp one/x.h 'far away/x.h'",
	        0);
}

static void only_the_directory_s_own_name_is_in_it(void **state)
{
	command_expect(*state,
	               "inlay compile migrations -o a.c -q && inlay compile ./migrations/ -o b.c "
	               "--name a -q "
	               "&&"
	               "cd migrations && inlay compile . -o ../c.c --name a -q && cd .. &&"
	               "sed 's/\"a.h\"/\"b.h\"/' a.c | cmp - b.c && cmp a.h b.h &&"
	               "grep -q '\"001_a.sql\"' c.c && ! grep -q 'migrations/' c.c && ! grep -q "
	               "\"$PWD\" a.c",
	               0);
}

static void lock_files_are_deterministic(void **state)
{
	command_expect(*state,
	               "cp -R migrations again && inlay sum -q migrations && cd / && "
	               "LC_ALL=tr_TR.UTF-8 inlay sum -q \"$OLDPWD/again/\" && cd \"$OLDPWD\" && "
	               "cmp migrations/inlay.lock again/inlay.lock",
	               0);
}

/* A name that would end a comment, go on with a line, or be a directive, were it pasted. */
static void strange_directories_do_no_harm(void **state)
{
	command_expect(*state,
	               "for d in 'x*' '*' 'a\\' 'what?\?/' '%s%n' \"$(printf 'new\\nline')\" "
	               "'#include \"x\"' "
	               "\"$(printf '\\377\\342\\200\\256')\" -- ; do\n"
	               "  mkdir -p -- \"$d\" && cp migrations/* \"./$d\" || exit 1\n"
	               "  inlay compile -q -o x.c -- \"$d\" || exit 1\n"
	               "  gcc -std=c99 -Wall -Wextra -Werror -I \"$ROOT/runtime\" -fsyntax-only "
	               "x.c || exit "
	               "1\n"
	               "done",
	               0);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void unchanged_output_is_not_touched(void **state)
{
	command_expect(*state,
	               "inlay compile migrations -o x.c > out && grep -q '^x.c: written: 2 "
	               "migrations' out &&"
	               "touch -d 2001-01-01 x.c x.h && inlay compile migrations -o x.c > out &&"
	               "grep -q '^x.c: up to date: 2 migrations for SQLite and PostgreSQL' out &&"
	               "test -z \"$(find x.c x.h -newermt 2001-01-02)\" &&"
	               "echo 'SELECT 3;' > migrations/003_c.sql && inlay compile migrations -o x.c "
	               "> out &&"
	               "grep -q '^x.c: written: 3 migrations' out &&"
	               "test -n \"$(find x.c -newermt 2001-01-02)\"",
	               0);
}

static void check_writes_nothing_and_says_what_differs(void **state)
{
	command_expect(
	        *state,
	        "inlay compile -q --check migrations -o x.c; test $? = 1 && test ! -e x.c &&"
	        "inlay compile -q migrations -o x.c && cp x.c old.c &&"
	        "inlay compile migrations -o x.c --check > out 2> err && test ! -s out &&"
	        "echo '-- a comment' >> migrations/001_a.sql &&"
	        "{ inlay compile migrations -o x.c --check > out 2> err; test $? = 1; } &&"
	        "grep -q '^x.c: is not what the migrations compile to$' err && cmp x.c old.c &&"
	        "inlay compile -q migrations -o x.c && echo >> x.h &&"
	        "{ inlay compile migrations -o x.c --check 2> err; test $? = 1; } &&"
	        "grep -q '^x.h: is not' err && rm x.h &&"
	        "{ inlay compile -q migrations -o x.c --check 2> err; test $? = 1; } && test ! -s "
	        "err",
	        0);
}

static void errors_leave_the_old_output(void **state)
{
	command_expect(*state,
	               "inlay compile -q migrations -o x.c && cp x.c old.c && cp x.h old.h &&"
	               "echo \"SELECT 'open\" > migrations/003_c.sql &&"
	               "{ inlay compile -q migrations -o x.c 2> err; test $? = 65; } &&"
	               "cmp x.c old.c && cmp x.h old.h && test -s err",
	               0);
}

static void what_can_not_be_written_is_73(void **state)
{
	command_expect(
	        *state,
	        "inlay compile -q migrations -o nowhere/x.c 2> err; test $? = 73 &&"
	        "grep -q '^inlay: nowhere/x.h: No such file or directory$' err &&"
	        "mkdir x.c; inlay compile -q migrations -o x.c 2> err; test $? = 73 &&"
	        "grep -q '^inlay: x.c: Is a directory$' err &&"
	        "rmdir x.c && inlay compile migrations -o x.c > /dev/full 2> err; test $? = 73 &&"
	        "inlay compile -q migrations -o x.c --depfile nowhere/x.d 2> err; test $? = 73 &&"
	        "grep -q '^inlay: nowhere/x.d: No such file' err &&"
	        "inlay compile -q migrations -o x.c --depfile /dev/full 2> err; test $? = 73 &&"
	        "grep -q '^inlay: /dev/full: No space left on device$' err && rm -f x.c x.h &&"
	        "(ulimit -f 0; trap '' XFSZ; inlay compile -q migrations -o x.c 2> err; test $? = "
	        "73) "
	        "&&"
	        "test ! -e x.c && test ! -e x.h && test -z \"$(ls -A | grep '^x')\"",
	        0);
}

static void nothing_temporary_is_left(void **state)
{
	command_expect(
	        *state,
	        "inlay compile -q migrations -o x.c --depfile x.d && inlay sum -q migrations &&"
	        "inlay compile -q migrations -o x.c --depfile x.d &&"
	        "test \"$(ls -A)\" = \"$(printf 'migrations\\nx.c\\nx.d\\nx.h')\" &&"
	        "test \"$(ls -A migrations | wc -l)\" = 4",
	        0);
}

static void files_get_the_usual_permissions(void **state)
{
	command_expect(*state,
	               "umask 027 && inlay compile -q migrations -o x.c &&"
	               "test \"$(stat -c %a x.c)\" = 640 && chmod 604 x.c && echo >> x.c &&"
	               "inlay compile -q migrations -o x.c && test \"$(stat -c %a x.c)\" = 604",
	               0);
}

/* A reader sees the old file or the new one: the name is never without a whole file behind it. */
static void replacing_is_atomic(void **state)
{
	command_expect(*state,
	               "inlay compile -q migrations -o x.c && ln x.c before && echo 'SELECT 3;' > "
	               "migrations/003_c.sql && sum=$(cksum < before) && inlay compile -q "
	               "migrations -o x.c &&"
	               "test \"$sum\" = \"$(cksum < before)\" && ! cmp -s before x.c",
	               0);
}

/* ---- the depfile ----------------------------------------------------------------------------- */

static void depfile_names_everything_that_was_read(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q migrations && inlay compile -q migrations -o x.c --depfile x.d &&"
	        "printf 'x.c: migrations \\\\\\n  migrations/001_a.sql \\\\\\n"
	        "  migrations/002_b.postgres.sql \\\\\\n  migrations/002_b.sqlite.sql \\\\\\n"
	        "  migrations/inlay.lock\\n\\nmigrations/001_a.sql:\\n"
	        "\\nmigrations/002_b.postgres.sql:\\n\\nmigrations/002_b.sqlite.sql:\\n"
	        "\\nmigrations/inlay.lock:\\n' | cmp - x.d",
	        0);
}

static void outputs_keep_out_of_each_others_way(void **state)
{
	command_expect(*state,
	               "inlay compile -q migrations -o x.c --depfile x.c 2> err; test $? = 64 &&"
	               "grep -q 'x.c would be the depfile and the C file' err && test ! -e x.c &&"
	               "inlay compile -q migrations -o migrations/x.c 2> err; test $? = 64 &&"
	               "grep -q 'x.c would lie among the migrations' err &&"
	               "test ! -e migrations/x.c && cd migrations &&"
	               "inlay compile -q . -o x.c 2> err; test $? = 64",
	               0);
}

static void make_understands_the_depfile(void **state)
{
	struct outcome outcome = command_run(*state, "command -v make");
	int status = outcome.status;

	outcome_free(&outcome);
	if (status != 0)
		skip();
	command_expect(
	        *state,
	        "d='my $migrations #1 a\\b' && mv migrations \"$d\" &&"
	        "inlay compile -q \"$d\" -o 'x y.c' --name x --depfile x.d &&"
	        "printf 'include x.d\\nx\\\\ y.c:\\n\\t@echo remade\\n' > Makefile &&"
	        "touch -d '1 hour ago' \"$d\" \"$d\"/* && touch 'x y.c' &&"
	        "make 'x y.c' > out && ! grep -q remade out &&"
	        "touch -d '1 hour' \"$d/001_a.sql\" && make 'x y.c' > out && grep -q remade out &&"
	        "touch -d '1 hour ago' \"$d/001_a.sql\" && touch -d '1 hour' \"$d\" &&"
	        "make 'x y.c' > out && grep -q remade out &&"
	        "rm \"$d/001_a.sql\" && make 'x y.c' > out && grep -q remade out",
	        0);
}

static void the_source_includes_its_header(void **state)
{
	command_expect(
	        *state,
	        "mkdir gen && inlay compile -q migrations -o 'gen/my set-1.c' --name x &&"
	        "grep -q '^#include \"my set-1.h\"$' 'gen/my set-1.c' && test -s 'gen/my set-1.h' "
	        "&&"
	        "gcc -std=c99 -Wall -Werror -I \"$ROOT/runtime\" -fsyntax-only 'gen/my set-1.c'",
	        0);
}

static void repeatable_ones_are_counted_apart(void **state)
{
	command_expect(
	        *state,
	        "echo 'SELECT 1;' > migrations/R__b.sql && "
	        "inlay compile migrations -o x.c 2> err | "
	        "grep -q '^x.c: written: 2 migrations and 1 repeatable one for SQLite and "
	        "PostgreSQL, [0-9]* bytes$' && "
	        "sed -n '/^ \\* 2/,/\\*\\//p' x.h > list && "
	        "printf ' * 2 migrations and 1 repeatable one, for SQLite and PostgreSQL:\n *\n"
	        " *     1 a\n *     2 b\n *     R__b\n */\n' | diff - list && "
	        "cp migrations/R__b.sql migrations/R__a.sql && rm migrations/00* && "
	        "inlay compile migrations --dialect sqlite -o x.c 2> err | "
	        "grep -q '^x.c: written: 2 repeatable migrations for SQLite, [0-9]* bytes$' && "
	        "grep -qx ' \\* 2 repeatable migrations, for SQLite:' x.h",
	        0);
}

/* The header says what to write, and whom for; once, and not without end. */
static void functions_are_declared_with_their_callers(void **state)
{
	command_expect(
	        *state,
	        "printf -- '-- migrate:call f\n-- migrate:call f\n' > migrations/001_a.sql && "
	        "printf -- '-- migrate:call f\n' > migrations/002_b.postgres.sql && "
	        "inlay compile -q migrations -o x.c && grep -B3 '^int' x.h > list && "
	        "printf '/* For the application to define; called by migrations/001_a.sql,\n"
	        " * migrations/002_b.postgres.sql. */\nint f(struct inlay_call *call);\n' > "
	        "wanted && tail -n 3 list | diff wanted - && "
	        "i=100; while [ $((i += 1)) -le 151 ]; do "
	        "echo '-- migrate:call g' > migrations/${i}_g.sql; done && "
	        "inlay compile -q migrations -o x.c && grep -q '^ \\* migrations/150_g.sql,$' x.h "
	        "&& "
	        "! grep -q 151_g.sql x.h && grep -qx ' \\* ... and 1 more. \\*/' x.h",
	        0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_depend_on_the_migrations_alone),
		TEST(only_the_directory_s_own_name_is_in_it),
		TEST(lock_files_are_deterministic),
		TEST(strange_directories_do_no_harm),
		TEST(unchanged_output_is_not_touched),
		TEST(check_writes_nothing_and_says_what_differs),
		TEST(errors_leave_the_old_output),
		TEST(what_can_not_be_written_is_73),
		TEST(nothing_temporary_is_left),
		TEST(files_get_the_usual_permissions),
		TEST(replacing_is_atomic),
		TEST(depfile_names_everything_that_was_read),
		TEST(make_understands_the_depfile),
		TEST(outputs_keep_out_of_each_others_way),
		TEST(the_source_includes_its_header),
		TEST(repeatable_ones_are_counted_apart),
		TEST(functions_are_declared_with_their_callers),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
