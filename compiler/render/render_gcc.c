/* render_gcc.c - a line a diagnostic, as compilers have it: what every editor's matcher knows. */
#include "render.h"

#include "common.h"
#include "safe.h"

static void write_line(struct buffer *out, struct common_cursor *cursor,
                       const struct diagnostics *diagnostics, const struct diagnostic *diagnostic)
{
	enum rule rule = diagnostic->problem.rule;
	struct buffer message = { 0 };

	common_origin(out, cursor, diagnostic);
	buffer_format(out, "%s: ", common_severity(diagnostics_severity(diagnostics, rule)));
	common_message(&message, diagnostic);
	safe_text(out, buffer_contents(&message));
	buffer_format(out, " [%s]\n", rule_name(rule));
	buffer_clear(&message);
}

void render_gcc(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	struct common_cursor cursor = { 0 };
	size_t i;

	common_prepare(diagnostics);
	for (i = 0; i < diagnostics->count; i++)
		if (diagnostics_severity(diagnostics, diagnostics->items[i].problem.rule) >= least)
			write_line(out, &cursor, diagnostics, &diagnostics->items[i]);
}
