/* render_summary.c - all of it in one line. */
#include "render.h"

#include "common.h"

static void add_count(struct buffer *out, size_t count, const char *what)
{
	buffer_format(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

void render_summary(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	struct common_counts counts;
	size_t kinds = 0;
	int severity;

	common_prepare(diagnostics);
	counts = common_count(diagnostics, least);
	if (diagnostics->file_count == 0 ||
	    counts.by_severity[SEVERITY_ERROR] + counts.by_severity[SEVERITY_WARNING] == 0)
		return;
	for (severity = SEVERITY_NOTE; severity <= SEVERITY_ERROR; severity++)
		kinds += counts.by_severity[severity] > 0;
	for (severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
		if (counts.by_severity[severity] == 0)
			continue;
		add_count(out, counts.by_severity[severity],
		          common_severity((enum severity)severity));
		kinds--;
		buffer_string(out, kinds > 1 ? ", " : kinds == 1 ? " and " : "");
	}
	if (counts.files > 0) {
		buffer_string(out, " in ");
		add_count(out, counts.files, "file");
	}
	buffer_string(out, " (");
	add_count(out, diagnostics->file_count, "file");
	buffer_string(out, " read)\n");
}
