/* sum_test.c - `inlay sum`: the lock file through a migration's life, and checksums stamped into
 * files. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* A fresh directory for each test, with two migrations in m/. */
static int set_up(void **state)
{
	char *work = directory_make();

	command_expect(work,
	               "mkdir m && echo 'CREATE TABLE a (b int);' > m/1_a.sql &&"
	               "echo 'CREATE TABLE c (d int);' > m/2_c.sql",
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

/* ---- the lock file --------------------------------------------------------------------------- */

static void writes_then_has_nothing_to_do(void **state)
{
	command_expect(
	        *state,
	        "inlay sum m > out && echo 'm/inlay.lock: written: 2 migrations' | cmp - out &&"
	        "sed -n 3p m/inlay.lock | grep -qx 'inlay-lock 1 sqlite postgres' &&"
	        "sed -n '4,$p' m/inlay.lock | grep -cx '[12] [ac] [0-9a-f]\\{64\\} "
	        "[0-9a-f]\\{64\\}' |"
	        " grep -qx 2 && cp m/inlay.lock old && touch -d 2001-01-01 m/inlay.lock &&"
	        "inlay sum m > out && echo 'm/inlay.lock: up to date: 2 migrations' | cmp - out &&"
	        "cmp old m/inlay.lock && test -z \"$(find m/inlay.lock -newermt 2001-01-02)\" &&"
	        "inlay sum -q m > out 2>&1 && test ! -s out && inlay compile m -o x.c > out 2> err "
	        "&&"
	        "test ! -s err",
	        0);
}

static void check_compares_and_says_so(void **state)
{
	command_expect(
	        *state,
	        "inlay sum --check m 2> err; test $? = 1 && test ! -e m/inlay.lock &&"
	        "grep -q '^m/inlay.lock: is not what the migrations add up to$' err &&"
	        "inlay sum -q m && inlay sum --check m > out 2>&1 && test ! -s out &&"
	        "echo 'SELECT 1;' > m/3_e.sql && inlay sum --check -q m > out 2>&1; test $? = 1 &&"
	        "test ! -s out",
	        0);
}

static void new_migrations_are_added(void **state)
{
	command_expect(*state,
	               "inlay sum -q m && cp m/inlay.lock old && echo 'SELECT 1;' > m/10_e.sql &&"
	               "{ inlay compile -q m -o x.c 2> err; test $? = 65; } && grep -q "
	               "lock-unlisted err &&"
	               "inlay sum -q m && head -n 5 m/inlay.lock | cmp - old &&"
	               "tail -n 1 m/inlay.lock | grep -q '^10 e ' && inlay compile -q m -o x.c",
	               0);
}

static void edits_need_relock(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q m && cp m/inlay.lock old && echo 'SELECT 1;' >> m/1_a.sql &&"
	        "{ inlay sum -q m 2> err; test $? = 65; } && grep -q lock-edited err &&"
	        "cmp m/inlay.lock old && inlay sum -q --relock m && ! cmp -s m/inlay.lock old &&"
	        "inlay compile -q m -o x.c",
	        0);
}

static void removals_need_relock(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q m && rm m/2_c.sql && { inlay sum -q m 2> err; test $? = 65; } &&"
	        "grep -q lock-removed err && inlay sum -q --relock m && ! grep -q '^2' "
	        "m/inlay.lock",
	        0);
}

static void late_comers_need_relock(void **state)
{
	command_expect(*state,
	               "inlay sum -q m && echo 'SELECT 1;' > m/0_z.sql && "
	               "{ inlay sum -q m 2> err; test $? = 65; } && grep -q lock-backdated err &&"
	               "inlay sum -q --relock m && inlay compile -q m -o x.c",
	               0);
}

/* Whatever stands there: --relock writes a whole lock file for both dialects. */
static void relock_mends_any_lock_file(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q m && cp m/inlay.lock good &&"
	        "for text in junk '' '# only' 'inlay-lock 1' 'inlay-lock 9 x' 'inlay-lock 1 sqlite "
	        "mysql'"
	        " '<<<<<<< HEAD'; do\n"
	        "  echo \"$text\" > m/inlay.lock; inlay sum -q m 2> err; test $? = 65 || exit 1\n"
	        "  inlay sum -q --relock m && cmp m/inlay.lock good || exit 1\n"
	        "done",
	        0);
}

static void dialects_are_never_lost_unnoticed(void **state)
{
	command_expect(*state,
	               "inlay sum -q m && cp m/inlay.lock old &&"
	               "{ inlay sum -q --dialect sqlite m 2> err; test $? = 65; } && cmp "
	               "m/inlay.lock old &&"
	               "grep -q 'has checksums for postgres, which would be lost' err &&"
	               "inlay sum -q --dialect sqlite --relock m && grep -qx 'inlay-lock 1 sqlite' "
	               "m/inlay.lock &&"
	               "inlay sum -q m && grep -qx 'inlay-lock 1 sqlite' m/inlay.lock &&"
	               "{ inlay sum -q --dialect all m 2> err; test $? = 65; } &&"
	               "grep -q 'has no checksums for postgres' err &&"
	               "inlay sum -q --dialect all --relock m && cmp m/inlay.lock old",
	               0);
}

static void other_errors_stop_it(void **state)
{
	command_expect(
	        *state,
	        "echo \"SELECT 'open\" > m/3_e.sql; inlay sum -q m 2> err; test $? = 65 &&"
	        "inlay sum -q --relock --write m 2> err; test $? = 65 && test ! -e m/inlay.lock &&"
	        "grep -q unterminated err && test \"$(cat m/1_a.sql)\" = 'CREATE TABLE a (b int);'",
	        0);
}

static void crlf_lock_files_are_read(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q m && sed -i 's/$/\\r/' m/inlay.lock && inlay compile -q m -o x.c &&"
	        "{ printf '\\357\\273\\277'; cat m/inlay.lock; } > with_mark && "
	        "mv with_mark m/inlay.lock && inlay compile -q m -o x.c",
	        0);
}

/* ---- repeatable migrations ------------------------------------------------------------------- */

/* The revision in R__v's line. */
#define REVISION "sed -n 's/^R R__v \\([0-9]*\\) .*/\\1/p' m/inlay.lock"

#define ADD_VIEW                                                                                   \
	"echo 'DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;' > m/R__v.sql && inlay sum -q m " \
	"&& "

static void a_repeatable_one_has_a_line_behind_the_others(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q m && cp m/inlay.lock old && " ADD_VIEW
	        "echo '-- migrate:repeatable' > m/1_x.sql && "
	        "inlay sum m > out && echo 'm/inlay.lock: written: 2 migrations and 2 repeatable "
	        "ones' | cmp - out && head -n 5 m/inlay.lock | cmp - old && "
	        "sed -n '6,$p' m/inlay.lock | grep -v '^#' | cut -d' ' -f1-3 > names && "
	        "printf 'R 1_x 1\nR R__v 1\n' | cmp - names && "
	        "tail -n 1 m/inlay.lock | "
	        "grep -qx 'R R__v 1 [0-9a-f]\\{64\\} [0-9a-f]\\{64\\}' && "
	        "inlay sum --check -q m && inlay compile -q m -o x.c",
	        0);
}

static void another_text_raises_the_revision(void **state)
{
	command_expect(*state,
	               ADD_VIEW
	               "cp m/inlay.lock old && echo 'SELECT 2;' >> m/R__v.sql && "
	               "{ inlay compile -q m -o x.c 2> err; test $? = 65; } && "
	               "grep -q 'R__v has changed since inlay.lock was written' err && "
	               "{ inlay sum --check -q m; test $? = 1; } && cmp m/inlay.lock old && "
	               "inlay sum -q m && test $(" REVISION ") = 2 && "
	               "inlay compile -q m -o x.c && inlay sum -q m && "
	               "test $(" REVISION ") = 2 && "
	               "echo 'DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;' > m/R__v.sql && "
	               "inlay sum -q m && test $(" REVISION ") = 3 && "
	               "echo '-- a comment' >> m/R__v.sql && inlay sum --check -q m && "
	               "inlay compile -q m -o x.c",
	               0);
}

/* What one of the databases does not see is counted for both: there is one revision. */
static void one_dialect_is_enough_to_raise_it(void **state)
{
	command_expect(*state,
	               "echo 'SELECT 1;' > m/R__v.sqlite.sql && "
	               "echo 'SELECT 1;' > m/R__v.postgres.sql && inlay sum -q m && "
	               "cp m/inlay.lock old && echo 'SELECT 2;' > m/R__v.postgres.sql && "
	               "{ inlay compile -q m -o x.c 2> err; test $? = 65; } && "
	               "grep -q '^m/R__v.postgres.sql: error' err && ! grep -q sqlite err && "
	               "inlay sum -q m && test $(" REVISION ") = 2 && "
	               "test \"$(tail -n 1 old | cut -d' ' -f4)\" = "
	               "\"$(tail -n 1 m/inlay.lock | cut -d' ' -f4)\" && "
	               "test \"$(tail -n 1 old | cut -d' ' -f5)\" != "
	               "\"$(tail -n 1 m/inlay.lock | cut -d' ' -f5)\"",
	               0);
}

static void the_line_outlives_the_file(void **state)
{
	command_expect(*state,
	               ADD_VIEW "echo 'SELECT 2;' > m/R__v.sql && inlay sum -q m && "
	                        "cp m/inlay.lock old && mv m/R__v.sql kept && "
	                        "inlay compile -q m -o x.c && inlay sum -q m && "
	                        "cmp m/inlay.lock old && mv kept m/R__v.sql && "
	                        "inlay compile -q m -o x.c && inlay sum -q m && "
	                        "cmp m/inlay.lock old && rm m/R__v.sql && inlay sum -q m && "
	                        "echo 'SELECT 3;' > m/R__v.sql && inlay sum -q m && "
	                        "test $(" REVISION ") = 3",
	               0);
}

/* A merge that keeps both branches' lines has a text that may be either's, or a third one. */
static void of_two_lines_the_next_revision_is_above_both(void **state)
{
	command_expect(*state,
	               ADD_VIEW
	               "echo 'SELECT 2;' > m/R__v.sql && inlay sum -q m && tail -n 1 m/inlay.lock "
	               "> ours && "
	               "cp ours twice && cat twice >> m/inlay.lock && inlay compile -q m -o x.c && "
	               "inlay sum -q m && test \"$(" REVISION ")\" = 2 && "
	               "sed 's/ 2 .\\{8\\}/ 7 00000000/' ours >> m/inlay.lock && "
	               "{ inlay compile -q m -o x.c 2> err; test $? = 65; } && "
	               "grep -q 'R__v has several lines that differ' err && "
	               "inlay sum -q m && test \"$(" REVISION
	               ")\" = 8 && inlay compile -q m -o x.c && "
	               "sed 's/ 2 / 8 /' ours >> m/inlay.lock && inlay compile -q m -o x.c && "
	               "{ inlay sum --check -q m; test $? = 1; }",
	               0);
}

static void relock_knows_the_revisions_that_it_can_read(void **state)
{
	command_expect(*state,
	               ADD_VIEW
	               "echo 'SELECT 2;' > m/R__v.sql && inlay sum -q m && cp m/inlay.lock good && "
	               "{ echo '<<<<<<< HEAD'; cat good; } > m/inlay.lock; "
	               "{ inlay sum -q m 2> err; test $? = 65; }; "
	               "cp good m/inlay.lock && echo '<<<<<<< HEAD' >> m/inlay.lock && "
	               "{ inlay sum -q m 2> err; test $? = 65; } && "
	               "inlay sum -q --relock m && cmp m/inlay.lock good && "
	               "rm m/R__v.sql && inlay sum -q --relock --dialect sqlite m && "
	               "test $(" REVISION ") = 2 && inlay sum -q --relock --dialect all m && "
	               "tail -n 1 m/inlay.lock | grep -qx 'R R__v 2 [0-9a-f]\\{64\\} 0\\{64\\}' && "
	               "echo 'SELECT 2;' > m/R__v.sql && inlay sum -q m && "
	               "test $(" REVISION ") = 3",
	               0);
}

/* Without the file nobody counts. */
static void the_revision_is_in_the_program(void **state)
{
	command_expect(*state,
	               "echo 'SELECT 1;' > m/R__v.sql && inlay compile -q m -o x.c && "
	               "grep -qx '\t\t\t0, AT(texts_1.r_R__v.name),' x.c && inlay sum -q m && "
	               "inlay compile -q m -o x.c && "
	               "test $(grep -cx '\t\t\t1, AT(texts_1.r_R__v.name),' x.c) = 2 && "
	               "echo 'SELECT 2;' > m/R__v.sql && inlay sum -q m && "
	               "inlay compile -q m -o x.c && "
	               "test $(grep -cx '\t\t\t2, AT(texts_1.r_R__v.name),' x.c) = 2",
	               0);
}

static void repeatable_ones_are_not_stamped(void **state)
{
	command_expect(*state,
	               "echo 'SELECT 1;' > m/R__v.sql && inlay sum -q --write m && "
	               "grep -q checksum m/1_a.sql && echo 'SELECT 1;' | cmp - m/R__v.sql && "
	               "inlay compile -q m -o x.c",
	               0);
}

/* ---- header checksums ------------------------------------------------------------------------ */

static void write_stamps_every_file_once(void **state)
{
	command_expect(
	        *state,
	        "echo 'DROP TABLE c;' > m/2_c.down.sql && echo 'SELECT 1;' > m/3_e.sqlite.sql &&"
	        "echo 'SELECT 2;' > m/3_e.postgres.sql && inlay sum -q --write m &&"
	        "grep -c '^-- checksum: ' m/*.sql > counts && printf '%s\\n' m/1_a.sql:2 "
	        "m/2_c.down.sql:2"
	        " m/2_c.sql:2 m/3_e.postgres.sql:1 m/3_e.sqlite.sql:1 | cmp - counts &&"
	        "sed -n 1p m/1_a.sql | grep -qx -e '-- checksum: sqlite sha256:[0-9a-f]\\{64\\}' &&"
	        "sed -n 2p m/1_a.sql | grep -qx -e '-- checksum: postgres sha256:[0-9a-f]\\{64\\}' "
	        "&&"
	        "sed -n 1p m/3_e.sqlite.sql | grep -qx -e '-- checksum: sha256:[0-9a-f]\\{64\\}' &&"
	        "cat m/*.sql > first && inlay sum -q --write m && cat m/*.sql | cmp - first &&"
	        "inlay compile m -o x.c > out 2> err && test ! -s err",
	        0);
}

static void stamps_are_those_of_the_lock_file(void **state)
{
	command_expect(*state,
	               "inlay sum -q --write m && set -- $(tail -n 1 m/inlay.lock) &&"
	               "grep -q \"sqlite sha256:$3\" m/2_c.sql && grep -q \"postgres sha256:$4\" "
	               "m/2_c.sql",
	               0);
}

static void stamps_are_replaced(void **state)
{
	command_expect(
	        *state,
	        "inlay sum -q --write m && echo 'SELECT 2;' >> m/1_a.sql && cp m/1_a.sql old &&"
	        "{ inlay sum -q --relock m 2> err; test $? = 65; } && grep -q checksum-mismatch "
	        "err &&"
	        "inlay sum -q --relock --write m && ! cmp -s m/1_a.sql old &&"
	        "test \"$(grep -c checksum m/1_a.sql)\" = 2 && inlay compile -q m -o x.c &&"
	        "sed '1,2d' m/1_a.sql > rest && sed '1,2d' old | cmp - rest",
	        0);
}

/* Wherever in the header the old one stands, and whatever else is there. */
static void stamps_are_replaced_anywhere_in_the_header(void **state)
{
	command_expect(*state,
	               "zeros=$(printf '%064d' 0) && rm m/2_c.sql && printf '%s\\n' '/* a licence' "
	               "'   of two lines */'"
	               " '' \"  --checksum: sha256:$zeros\" '-- checksum of what follows' "
	               "\"/* x */ -- checksum: postgres sha256:$zeros\" '-- migrate:up' 'SELECT "
	               "1;' > m/1_a.sql &&"
	               "inlay sum -q --write m && inlay compile -q m -o x.c &&"
	               "printf '%s\\n' '/* a licence' '   of two lines */' '' '-- checksum of what "
	               "follows' '/* x */ '"
	               " '-- migrate:up' 'SELECT 1;' > rest && sed '1,2d' m/1_a.sql | cmp - rest",
	               0);
}

static void a_stamp_of_another_dialect_stays(void **state)
{
	command_expect(*state,
	               "inlay sum -q --write m && rm m/inlay.lock && inlay sum -q --write "
	               "--dialect sqlite m &&"
	               "test \"$(grep -c '^-- checksum: sha256' m/1_a.sql)\" = 1 &&"
	               "test \"$(grep -c '^-- checksum: postgres sha256' m/1_a.sql)\" = 1 &&"
	               "test \"$(grep -c checksum m/1_a.sql)\" = 2 &&"
	               "inlay compile -q m --dialect sqlite -o x.c && rm m/inlay.lock && inlay "
	               "compile -q m -o x.c",
	               0);
}

static void line_ends_and_mark_are_kept(void **state)
{
	command_expect(*state,
	               "printf '\\357\\273\\277SELECT 1;\\r\\nSELECT 2;\\r\\n' > m/1_a.sql && : > "
	               "m/2_c.sql &&"
	               "cp m/1_a.sql old && inlay sum -q --write m &&"
	               "test \"$(head -c 3 m/1_a.sql | od -An -tx1)\" = ' ef bb bf' &&"
	               "test \"$(grep -c \"$(printf '\\r')$\" m/1_a.sql)\" = 4 &&"
	               "test \"$(tail -c 22 m/1_a.sql | cksum)\" = \"$(tail -c 22 old | cksum)\" &&"
	               "test \"$(wc -l < m/2_c.sql)\" = 2 && cat m/*.sql > first && inlay sum -q "
	               "--write m &&"
	               "cat m/*.sql | cmp - first && inlay compile -q m -o x.c",
	               0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_then_has_nothing_to_do),
		TEST(check_compares_and_says_so),
		TEST(new_migrations_are_added),
		TEST(edits_need_relock),
		TEST(removals_need_relock),
		TEST(late_comers_need_relock),
		TEST(relock_mends_any_lock_file),
		TEST(dialects_are_never_lost_unnoticed),
		TEST(other_errors_stop_it),
		TEST(crlf_lock_files_are_read),
		TEST(a_repeatable_one_has_a_line_behind_the_others),
		TEST(another_text_raises_the_revision),
		TEST(one_dialect_is_enough_to_raise_it),
		TEST(the_line_outlives_the_file),
		TEST(of_two_lines_the_next_revision_is_above_both),
		TEST(relock_knows_the_revisions_that_it_can_read),
		TEST(the_revision_is_in_the_program),
		TEST(repeatable_ones_are_not_stamped),
		TEST(write_stamps_every_file_once),
		TEST(stamps_are_those_of_the_lock_file),
		TEST(stamps_are_replaced),
		TEST(stamps_are_replaced_anywhere_in_the_header),
		TEST(a_stamp_of_another_dialect_stays),
		TEST(line_ends_and_mark_are_kept),
	};

	return cmocka_run_group_tests_name("sum", tests, NULL, NULL);
}
