/* split.c - `inlay split`: where the statements of a file begin and end, as JSON lines. */
#include "commands.h"

#include "json_out.h"
#include "parse.h"
#include "report.h"

#include <stdio.h>

static void write_statement(struct buffer *out, const struct source *source,
                            const struct statement *statement)
{
	size_t offset = (size_t)(statement->text.start - source->text.start);
	json_t *object = json_object();

	json_object_set_new(object, "line", json_integer(statement->position.line));
	json_object_set_new(object, "column", json_integer(statement->position.column));
	json_object_set_new(object, "offset", json_integer((json_int_t)offset));
	json_object_set_new(object, "size", json_integer((json_int_t)statement->text.size));
	json_object_set_new(object, "text", json_out_text(statement->text));
	json_out_write(out, object, JSON_COMPACT);
	buffer_byte(out, '\n');
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
	json_out_init();
	dialect = dialects[DIALECT_SQLITE] ? DIALECT_SQLITE : DIALECT_POSTGRES;
	source.dialects = 1u << dialect;
	if (source_read_file(&arena, options->operand, &source, &problems))
		parse_statements(&arena, &source, dialect, &script, &problems);
	for (i = 0; i < script.count; i++)
		write_statement(&out, &source, &script.statements[i]);
	buffer_print(&out, stdout);
	code = report_problems(&problems, options);
	if (code == EXIT_INVALID && script.source == NULL)
		code = EXIT_NO_INPUT;
	arena_clear(&arena);
	return code;
}
