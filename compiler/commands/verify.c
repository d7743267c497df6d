/* verify.c - `inlay verify`: opens, looks, reports. */
#include "commands.h"

#include "image.h"
#include "report.h"
#include "verify/verify.h"

#include <stdio.h>

static void add_seen(struct buffer *out, bool is_seen, const char *what)
{
	if (is_seen)
		buffer_format(out, "%s%s", out->size > 0 ? ", " : "", what);
}

static const char *seen(const struct verification *verification, bool is_seen)
{
	struct buffer out = { 0 };
	const char *text;

	add_seen(&out, verification->saw_history == is_seen, "history");
	add_seen(&out, verification->saw_leftovers == is_seen, "leftovers");
	add_seen(&out, verification->saw_schema == is_seen, "schema");
	add_seen(&out, verification->saw_scripts == is_seen, "up and down scripts");
	text = arena_copy(verification->live->arena, buffer_contents(&out));
	buffer_clear(&out);
	return text;
}

static size_t count(const struct verification *verification, enum severity severity)
{
	const struct diagnostics *problems = &verification->problems;
	size_t found = 0;
	size_t i;

	for (i = 0; i < problems->count; i++)
		found +=
		        diagnostics_severity(problems, problems->items[i].problem.rule) == severity;
	return found;
}

/* What was looked at, and what was not: silence would not say. */
static void tell(const struct verification *verification)
{
	const char *missed = seen(verification, false);
	size_t errors = count(verification, SEVERITY_ERROR);
	size_t warnings = count(verification, SEVERITY_WARNING);
	FILE *to = errors + warnings > 0 ? stderr : stdout;

	fprintf(to, "%s: ", verification->live->address.shown);
	if (errors + warnings == 0)
		fputs("nothing wrong", to);
	if (errors > 0)
		fprintf(to, "%zu error%s", errors, errors == 1 ? "" : "s");
	if (warnings > 0)
		fprintf(to, "%s%zu warning%s", errors > 0 ? " and " : "", warnings,
		        warnings == 1 ? "" : "s");
	fprintf(to, " in: %s", seen(verification, true));
	if (missed[0] != '\0')
		fprintf(to, "; not looked at: %s", missed);
	fputc('\n', to);
}

static enum exit_code verify(struct live *live, const struct live_set *set,
                             const struct options *options)
{
	struct verification verification = {
		.live = live,
		.set = set,
		.options = options,
		.problems = { .arena = live->arena, .strict = options->strict },
	};
	enum exit_code code = verify_run(&verification);

	if (code != EXIT_DONE)
		return code;
	code = report_problems(&verification.problems, options);
	if (code != EXIT_DONE || report_count_warnings(&verification.problems) > 0)
		code = EXIT_FINDINGS;
	if (options->format == FORMAT_TEXT && (code != EXIT_DONE || !options->quiet))
		tell(&verification);
	return code;
}

enum exit_code command_verify(const struct options *options)
{
	struct arena arena = { 0 };
	struct live live;
	struct live_set set = { .workspace = NULL };
	enum exit_code code = live_open(&live, "verify", options, LIVE_READ, &arena);

	if (code == EXIT_DONE)
		code = live_set_read(&set, "verify", options, live.address.dialect);
	if (code == EXIT_DONE)
		code = verify(&live, &set, options);
	live_set_clear(&set);
	live_close(&live);
	arena_clear(&arena);
	return code;
}
