/* since_test.c - what is in production, by each way to say it. */
#include "check.h"
#include "command.h"
#include "since.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char make_set[] =
        "mkdir -p m && cd m && "
        "echo 'CREATE TABLE a (i int);' > 001_a.sql && "
        "echo 'CREATE TABLE b (i int);' > 005_b.sql && "
        "echo 'CREATE TABLE c (i int);' > 010_c.sql && "
        "echo 'DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;' > R__v.sql && "
        "echo 'DROP VIEW IF EXISTS w; CREATE VIEW w AS SELECT 1;' > R__w.sql";

/* A project, as tags: without migrations, without inlay.lock, with it, with a merge in it, now. */
static const char make_history[] =
        "export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e "
        "GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null && "
        "save() { git add -A && git commit -q -m \"$1\" && git tag \"$1\"; } && "
        "git init -q . && echo x > readme && mv m m2 && save empty && mv m2 m && "
        "mv m/010_c.sql . && save plain && "
        "inlay sum -q m && save locked && "
        "mv 010_c.sql m && echo 'DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 2;' > m/R__v.sql "
        "&& "
        "cp m/inlay.lock . && echo '<<<<' >> m/inlay.lock && save merged && "
        "mv inlay.lock m && inlay sum -q m && save further";

/* One case: how it is said, and what comes of it. */
struct since_case {
	const char *revision;
	const char *released; /* Titles, each with a space behind it. */
	const char *error;    /* A part of the message, or NULL. */
};

static char *released_of(const struct migration_set *set)
{
	char *text = format("%s", "");

	for (size_t i = 0; i < set->count + set->repeatable_count; i++) {
		const struct migration *migration =
		        i < set->count ? &set->items[i] : &set->repeatables[i - set->count];
		char *longer;

		if (!migration->released)
			continue;
		longer = format("%s%s ", text, migration->title);
		free(text);
		text = longer;
	}
	return text;
}

static const char *error_of(const struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].problem.rule == RULE_SINCE ||
		    problems->items[i].problem.rule == RULE_LOCK_FILE)
			return problems->items[i].message;
	return NULL;
}

static void expect(const char *directory, const struct since_case *wanted)
{
	struct options options = { .operand = directory };
	struct workspace workspace;
	const char *error;
	char *released;

	set_read(&workspace, &options, NULL);
	since_settle(&workspace.arena, &workspace.set, &workspace.lock, wanted->revision,
	             &workspace.problems);
	released = released_of(&workspace.set);
	error = error_of(&workspace.problems);
	if (strcmp(released, wanted->released) != 0 || (error == NULL) != (wanted->error == NULL) ||
	    (error != NULL && strstr(error, wanted->error) == NULL))
		fail_msg("--since=%s: released [%s], should be [%s]; error: %s, should be: %s",
		         wanted->revision != NULL ? wanted->revision : "(none)", released,
		         wanted->released, error != NULL ? error : "none",
		         wanted->error != NULL ? wanted->error : "none");
	free(released);
	set_clear(&workspace);
}

#define ALL "001_a 005_b 010_c R__v R__w "

static void in_directory(const char *setup, const char *set, const struct since_case *cases)
{
	char *home = getcwd(NULL, 0);
	char *directory = directory_make();

	assert_non_null(home);
	command_expect(directory, make_set, 0);
	command_expect(directory, setup, 0);
	assert_int_equal(chdir(directory), 0);
	for (; cases->released != NULL; cases++)
		expect(set, cases);
	assert_int_equal(chdir(home), 0);
	directory_remove(directory);
	free(directory);
	free(home);
}

static void versions(void **state)
{
	static const struct since_case cases[] = {
		{ "5", "001_a 005_b ", NULL },
		{ "005", "001_a 005_b ", NULL },
		{ "10", "001_a 005_b 010_c ", NULL },
		{ "1", "001_a ", NULL },
		{ "0", "", NULL },
		{ "7", ALL, "the nearest is 005_b" },
		{ "11", ALL, "the nearest is 010_c" },
		{ "99999999999999999999", ALL, "the nearest is 010_c" },
		{ NULL, "", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory("true", "m", cases);
}

static void a_version_before_the_first(void **state)
{
	static const struct since_case cases[] = {
		{ "2", "005_b 010_c R__v R__w ", "the nearest is 005_b" },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory("rm m/001_a.sql", "m", cases);
}

static void the_lock_file(void **state)
{
	static const struct since_case cases[] = {
		{ NULL, "001_a 005_b R__v ", NULL },
		{ "1", "001_a R__v ", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory("mv m/010_c.sql . && inlay sum -q m && mv 010_c.sql m && "
	             "echo 'DROP VIEW IF EXISTS w; CREATE VIEW w AS SELECT 2;' > m/R__w.sql",
	             "m", cases);
}

static void revisions(void **state)
{
	static const struct since_case cases[] = {
		{ "empty", "", NULL },
		{ "plain", "001_a 005_b R__w ", NULL },
		{ "locked", "001_a 005_b R__w ", NULL },
		{ "further", ALL, NULL },
		{ "HEAD", ALL, NULL },
		{ "HEAD~2", "001_a 005_b R__w ", NULL },
		{ "HEAD~1^{commit}", "001_a 005_b R__w ", "not a line of a lock file" },
		{ "refs/tags/locked", "001_a 005_b R__w ", NULL },
		{ "nowhere", ALL, "--since=nowhere: git knows no such revision" },
		{ "locked:m", ALL, "git knows no such revision" },
		{ "a b; touch x", ALL, "git knows no such revision" },
		{ "--output=x", ALL, "this is no revision" },
		{ "-x", ALL, "this is no revision" },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory(make_history, "m", cases);
	in_directory(make_history, "./m/", cases);
}

static void a_directory_that_git_does_not_have(void **state)
{
	static const struct since_case cases[] = {
		{ "HEAD", ALL, "git says: not a git repository" },
		{ "5", "001_a 005_b ", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory("true", "m", cases);
}

static void a_machine_without_git(void **state)
{
	static const struct since_case cases[] = {
		{ "HEAD", ALL, "the program git, which knows revisions, can not be run" },
		{ "5", "001_a 005_b ", NULL },
		{ NULL, NULL, NULL },
	};
	char *home = getcwd(NULL, 0);
	char *directory = directory_make();
	char *path = format("%s", getenv("PATH"));

	(void)state;
	command_expect(directory, make_set, 0);
	assert_int_equal(chdir(directory), 0);
	assert_int_equal(setenv("PATH", directory, 1), 0);
	for (size_t i = 0; cases[i].released != NULL; i++)
		expect("m", &cases[i]);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(chdir(home), 0);
	directory_remove(directory);
	free(directory);
	free(path);
	free(home);
}

/* A set that could not be read has nothing to release, and its own error. */
static void a_set_of_nothing(void **state)
{
	static const struct since_case cases[] = {
		{ "HEAD", "", NULL },
		{ "5", "", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	in_directory("rm m/*", "m", cases);
	in_directory("true", "nowhere", cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(a_version_before_the_first),
		cmocka_unit_test(the_lock_file),
		cmocka_unit_test(revisions),
		cmocka_unit_test(a_directory_that_git_does_not_have),
		cmocka_unit_test(a_machine_without_git),
		cmocka_unit_test(a_set_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
