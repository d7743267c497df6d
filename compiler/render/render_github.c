/* render_github.c - annotations of GitHub Actions: commands to its runner, a line each. */
#include "render.h"

#include "common.h"
#include "safe.h"

/* What the runner would take for the end of a value.  `property`: in front of the message. */
static void escape(struct buffer *out, struct text text, bool property)
{
	size_t i;

	for (i = 0; i < text.size; i++) {
		unsigned char byte = text.start[i];

		if (byte == '%' || byte == '\r' || byte == '\n' ||
		    (property && (byte == ':' || byte == ',')))
			buffer_format(out, "%%%02X", byte);
		else
			buffer_byte(out, byte);
	}
}

static void add_lines(struct buffer *out, const char *title, const char *lines)
{
	if (lines == NULL)
		return;
	buffer_string(out, title);
	for (; *lines != '\0'; lines++)
		buffer_byte(out, (unsigned char)*lines);
}

/* An annotation has room for more than a line. */
static void write_message(struct buffer *out, const struct diagnostic *diagnostic)
{
	struct buffer message = { 0 };
	struct buffer safe = { 0 };
	struct text rest;

	common_message(&message, diagnostic);
	buffer_format(&message, " [%s]", rule_name(diagnostic->problem.rule));
	add_lines(&message, "\nlock: ", diagnostic->problem.lock);
	add_lines(&message, "\nhelp: ", diagnostic->problem.help);
	add_lines(&message, "\ninstead:\n", diagnostic->problem.rewrite);
	rest = buffer_contents(&message);
	while (rest.size > 0) {
		struct text line = rest;

		for (line.size = 0; line.size < rest.size && rest.start[line.size] != '\n';)
			line.size++;
		safe_text(&safe, line);
		rest.start += line.size;
		rest.size -= line.size;
		if (rest.size > 0) {
			buffer_byte(&safe, '\n');
			rest.start++;
			rest.size--;
		}
	}
	escape(out, buffer_contents(&safe), false);
	buffer_clear(&safe);
	buffer_clear(&message);
}

/* Columns are for places within one line; the last one is counted in. */
static void write_place(struct buffer *out, const struct common_place *place)
{
	unsigned first = place->start.column;
	unsigned last = place->end.column > first ? place->end.column - 1 : first;

	buffer_format(out, ",line=%u,endLine=%u", (unsigned)place->start.line,
	              (unsigned)place->end.line);
	if (place->start.line == place->end.line)
		buffer_format(out, ",col=%u,endColumn=%u", first, last);
}

static void write_command(struct buffer *out, struct common_cursor *cursor, enum severity severity,
                          const struct diagnostic *diagnostic)
{
	static const char *const commands[] = { "notice", "warning", "error" };
	const struct problem *problem = &diagnostic->problem;
	struct buffer path = { 0 };

	buffer_format(out, "::%s file=", commands[severity]);
	safe_string(&path, common_path(diagnostic));
	escape(out, buffer_contents(&path), true);
	buffer_clear(&path);
	if (common_has_place(problem)) {
		struct common_place place = common_locate(cursor, problem->source, problem->at);

		write_place(out, &place);
	}
	buffer_format(out, ",title=%s::", rule_name(problem->rule));
	write_message(out, diagnostic);
	buffer_byte(out, '\n');
}

void render_github(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	struct common_cursor cursor = { 0 };
	size_t i;

	common_prepare(diagnostics);
	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];
		enum severity severity = diagnostics_severity(diagnostics, item->problem.rule);

		if (severity >= least)
			write_command(out, &cursor, severity, item);
	}
}
