/* command.c - fork, sh, wait; output goes through files, so that no pipe can fill up. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is compared has no color because of whoever runs the tests. */
#define PRELUDE "unset NO_COLOR CLICOLOR_FORCE; inlay() { \"$INLAY\" \"$@\"; }\n"

static void redirect(const char *path, int flags, int descriptor)
{
	int opened = open(path, flags, 0600);

	if (opened < 0 || dup2(opened, descriptor) < 0)
		_exit(126);
	close(opened);
}

static _Noreturn void become_shell(const char *directory, const char *script, const char *scratch)
{
	char *out = format("%s/out", scratch);
	char *err = format("%s/err", scratch);
	char *text = format("%s%s", PRELUDE, script);
	char root[4096];

	redirect("/dev/null", O_RDONLY, STDIN_FILENO);
	redirect(out, O_WRONLY | O_CREAT, STDOUT_FILENO);
	redirect(err, O_WRONLY | O_CREAT, STDERR_FILENO);
	if (getcwd(root, sizeof(root)) == NULL || setenv("ROOT", root, 1) != 0 ||
	    chdir(directory) != 0)
		_exit(126);
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

struct outcome command_run(const char *directory, const char *script)
{
	char *scratch = directory_make();
	char *out = format("%s/out", scratch);
	char *err = format("%s/err", scratch);
	struct outcome outcome = { 0 };
	int status = 0;
	pid_t child;

	if (getenv("INLAY") == NULL) {
		fputs("INLAY is not set: it is the command to test\n", stderr);
		abort();
	}
	fflush(NULL);
	child = fork();
	if (child == 0)
		become_shell(directory, script, scratch);
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	outcome.out = file_read(out);
	outcome.err = file_read(err);
	directory_remove(scratch);
	free(out);
	free(err);
	free(scratch);
	return outcome;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->out.start);
	free(outcome->err.start);
	*outcome = (struct outcome){ 0 };
}

void command_expect(const char *directory, const char *script, int status)
{
	struct outcome outcome = command_run(directory, script);

	if (outcome.status != status) {
		print_error("%s\n  exit status %d, expected %d\n%s%s", script, outcome.status,
		            status, outcome.out.start, outcome.err.start);
		outcome_free(&outcome);
		fail();
	}
	outcome_free(&outcome);
}

/* The line around `offset`, and its number. */
static struct bytes line_at(struct bytes bytes, size_t offset, size_t *number)
{
	size_t first = 0;
	size_t end = offset;
	size_t i;

	*number = 1;
	for (i = 0; i < offset; i++) {
		if (bytes.start[i] == '\n') {
			first = i + 1;
			++*number;
		}
	}
	while (end < bytes.size && bytes.start[end] != '\n')
		end++;
	return (struct bytes){ bytes.start + first, end - first };
}

bool same_bytes(const char *what, struct bytes expected, struct bytes received)
{
	size_t least = expected.size < received.size ? expected.size : received.size;
	struct bytes line;
	size_t offset = 0;
	size_t number;

	if (expected.start == NULL || received.start == NULL) {
		print_error("%s: %s\n", what,
		            received.start == NULL ? "nothing was written" : "no expectation");
		return false;
	}
	while (offset < least && expected.start[offset] == received.start[offset])
		offset++;
	if (offset == expected.size && offset == received.size)
		return true;
	line = line_at(expected, offset, &number);
	print_error("%s, line %zu\n  expected: %.*s\n", what, number, (int)line.size, line.start);
	line = line_at(received, offset, &number);
	print_error("  received: %.*s\n", (int)line.size, line.start);
	return false;
}

static bool is_said(const struct bytes *received, const char *expected, bool begins)
{
	size_t size = strlen(expected);

	if (received->size < size || (received->size > size && (!begins || size == 0)))
		return false;
	return memcmp(received->start, expected, size) == 0;
}

static bool check_row(const char *directory, const struct command_row *row, bool begins)
{
	struct outcome outcome = command_run(directory, row->script);
	bool right = outcome.status == row->status && is_said(&outcome.out, row->out, begins) &&
	             is_said(&outcome.err, row->err, begins);

	if (!right)
		print_error("%s\n  exit status %d, expected %d\n  output:\n%s  expected:\n%s"
		            "  errors:\n%s  expected:\n%s",
		            row->script, outcome.status, row->status, outcome.out.start, row->out,
		            outcome.err.start, row->err);
	outcome_free(&outcome);
	return right;
}

void command_expect_rows(const char *directory, const struct command_row *rows, size_t count,
                         bool begins)
{
	int wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += !check_row(directory, &rows[i], begins);
	assert_int_equal(wrong, 0);
}
