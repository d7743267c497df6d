/* verify.c - `inlay verify`: opens, looks, reports. */
#include "commands.h"

#include "adopt/adopt.h"
#include "image.h"
#include "report.h"
#include "safe.h"
#include "verify/verify.h"

#include <stdio.h>
#include <string.h>

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

/* "2 errors and 1 warning", "nothing wrong with 12 migrations" */
static void add_result(struct buffer *out, const struct verification *verification)
{
	size_t errors = count(verification, SEVERITY_ERROR);
	size_t warnings = count(verification, SEVERITY_WARNING);

	if (errors + warnings == 0) {
		buffer_string(out, "nothing wrong with ");
		image_write_counts(out, verification->migration_count,
		                   verification->repeatable_count);
	}
	if (errors > 0)
		buffer_format(out, "%zu error%s", errors, errors == 1 ? "" : "s");
	if (warnings > 0)
		buffer_format(out, "%s%zu warning%s", errors > 0 ? " and " : "", warnings,
		              warnings == 1 ? "" : "s");
}

/* What was looked at, and what was not: silence would not say. */
static void tell(const struct verification *verification, FILE *to)
{
	struct buffer out = { 0 };
	const char *missed = seen(verification, false);

	safe_string(&out, verification->live->address.shown);
	buffer_string(&out, ": ");
	add_result(&out, verification);
	buffer_format(&out, "; looked at: %s", seen(verification, true));
	if (missed[0] != '\0')
		buffer_format(&out, "; not looked at: %s", missed);
	buffer_byte(&out, '\n');
	buffer_print(&out, to);
}

/* Other tools' tables: they stay behind inlay adopt, and no migration of ours makes them. */
static void add_foreign(struct verification *verification)
{
	struct live *live = verification->live;
	struct adopt_found_list found = { .count = 0 };
	struct verify_foreign *foreign;
	size_t i;

	if (!adopt_recognise(live, NULL, &found) || found.count == 0)
		return;
	verification->except = adopt_except(live->arena, &found, verification->except);
	foreign = arena_array(live->arena, struct verify_foreign, found.count);
	for (i = 0; i < found.count; i++)
		foreign[i] =
		        (struct verify_foreign){ found.items[i].tool->title, found.items[i].shown };
	verification->foreign = foreign;
	verification->foreign_count = found.count;
}

static enum exit_code verify(struct live *live, const struct live_set *set,
                             const struct options *options)
{
	struct verification verification = {
		.live = live,
		.set = set,
		.options = options,
		.except = options->except,
		.problems = { .arena = live->arena, .strict = options->strict },
	};
	enum exit_code code;

	add_foreign(&verification);
	code = verify_run(&verification);
	if (code != EXIT_DONE)
		return code;
	code = report_problems(&verification.problems, options);
	if (code != EXIT_DONE || report_count_warnings(&verification.problems) > 0)
		code = EXIT_FINDINGS;
	if (options->format == FORMAT_TEXT && (code != EXIT_DONE || !options->quiet))
		tell(&verification, code == EXIT_DONE ? stdout : stderr);
	return code;
}

enum exit_code command_verify(const struct options *options)
{
	struct arena arena = { 0 };
	struct live live;
	struct live_set set = { .workspace = NULL };
	enum exit_code code = live_open(&live, "verify", options, LIVE_READ, &arena);

	if (code == EXIT_DONE && options->rehearse != NULL && live.sqlite != NULL)
		code = options_complain("verify",
		                        "SQLite's scratch database is in memory: leave out",
		                        "--rehearse");
	if (code == EXIT_DONE)
		code = live_set_read(&set, "verify", options, live.address.dialect);
	if (code == EXIT_DONE)
		code = verify(&live, &set, options);
	live_set_clear(&set);
	live_close(&live);
	arena_clear(&arena);
	return code;
}
