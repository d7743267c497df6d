/* report.c - diagnostics to standard error or output, and to an exit code. */
#include "report.h"

#include "render/render.h"
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_text(struct diagnostics *problems, enum severity least)
{
	struct buffer text = { 0 };

	render_text(problems, least, terminal_wants_color(STDERR_FILENO), &text);
	render_summary(problems, least, &text);
	buffer_print(&text, stderr);
}

static void print_for_machines(struct diagnostics *problems, enum output_format format,
                               enum severity least)
{
	struct buffer text = { 0 };

	switch (format) {
	case FORMAT_GCC: render_gcc(problems, least, &text); break;
	case FORMAT_GITHUB: render_github(problems, least, &text); break;
	case FORMAT_JSON: render_json(problems, least, &text); break;
	case FORMAT_SARIF: render_sarif(problems, least, &text); break;
	case FORMAT_TEXT: break;
	}
	buffer_print(&text, stdout);
}

enum exit_code report_problems(struct diagnostics *problems, const struct options *options)
{
	enum exit_code code = problems->error_count > 0 ? EXIT_INVALID : EXIT_DONE;
	enum severity least = options->quiet ? SEVERITY_WARNING : SEVERITY_NOTE;
	size_t i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].problem.rule == RULE_DIRECTORY)
			code = EXIT_NO_INPUT;
	diagnostics_as_written(problems);
	if (options->format == FORMAT_TEXT)
		print_text(problems, least);
	else
		print_for_machines(problems, options->format, least);
	return code;
}

size_t report_count_warnings(const struct diagnostics *problems)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < problems->count; i++)
		count += diagnostics_severity(problems, problems->items[i].problem.rule) ==
		         SEVERITY_WARNING;
	return count;
}

bool report_is_wanted(const struct options *options)
{
	return !options->quiet && options->format == FORMAT_TEXT;
}

enum exit_code report_unwritten(const char *path)
{
	int error = errno;

	fprintf(stderr, "inlay: %s: %s\n", path, strerror(error));
	if (error == ENOENT || error == ENOTDIR)
		fputs("    help: create the directory it goes to first\n", stderr);
	return EXIT_NO_OUTPUT;
}
