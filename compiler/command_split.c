/* command_split.c - `inlay split`: where the statements of a file begin and end, as JSON lines. */
#include "commands.h"

#include "parse.h"
#include "report.h"

#include <stdio.h>

/* A JSON string (RFC 8259); the text is valid UTF-8. */
static void write_json(struct buffer *out, struct text text)
{
	size_t i;

	buffer_byte(out, '"');
	for (i = 0; i < text.size; i++) {
		unsigned char byte = text.start[i];

		if (byte == '"' || byte == '\\') {
			buffer_byte(out, '\\');
			buffer_byte(out, byte);
		} else if (byte == '\n') {
			buffer_string(out, "\\n");
		} else if (byte < 0x20 || byte == 0x7f) {
			buffer_format(out, "\\u%04x", byte);
		} else {
			buffer_byte(out, byte);
		}
	}
	buffer_byte(out, '"');
}

static void write_statement(struct buffer *out, const struct source *source,
                            const struct statement *statement)
{
	buffer_format(out, "{\"line\":%u,\"column\":%u,\"offset\":%zu,\"size\":%zu,\"text\":",
	              statement->position.line, statement->position.column,
	              (size_t)(statement->text.start - source->text.start), statement->text.size);
	write_json(out, statement->text);
	buffer_string(out, "}\n");
}

enum exit_code command_split(const struct options *options)
{
	bool dialects[DIALECT_COUNT] = { false, false };
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };
	struct buffer out = { 0 };
	struct script script = { 0 };
	struct source source = { 0 };
	enum dialect dialect;
	enum exit_code code;
	size_t i;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	if (dialects[DIALECT_SQLITE] == dialects[DIALECT_POSTGRES]) {
		fputs("inlay split: which dialect?\n    help: --dialect sqlite or --dialect "
		      "postgres\n",
		      stderr);
		return EXIT_USAGE;
	}
	dialect = dialects[DIALECT_SQLITE] ? DIALECT_SQLITE : DIALECT_POSTGRES;
	source.dialects = 1u << dialect;
	if (source_read_file(&arena, options->operand, &source, &problems))
		parse_statements(&arena, &source, dialect, &script, &problems);
	for (i = 0; i < script.count; i++)
		write_statement(&out, &source, &script.statements[i]);
	if (out.size > 0)
		fwrite(out.start, 1, out.size, stdout);
	code = report_problems(&problems, options);
	if (code == EXIT_INVALID && script.source == NULL)
		code = EXIT_NO_INPUT;
	buffer_clear(&out);
	arena_clear(&arena);
	return code;
}
