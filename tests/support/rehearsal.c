/* rehearsal.c - writes files to a directory and runs every stage but lint and grammar on them. */
#include "rehearsal.h"

#include "../../compiler/check.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char help[2000];

static int compare(const void *a, const void *b)
{
	const struct diagnostic *x = a;
	const struct diagnostic *y = b;
	const char *x_name = x->problem.source != NULL ? x->problem.source->name : "";
	const char *y_name = y->problem.source != NULL ? y->problem.source->name : "";

	if (strcmp(x_name, y_name) != 0)
		return strcmp(x_name, y_name);
	if (x->problem.at.start != y->problem.at.start)
		return x->problem.at.start < y->problem.at.start ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void write_line(struct buffer *out, const struct diagnostic *item)
{
	const struct problem *problem = &item->problem;

	if (problem->source != NULL)
		buffer_string(out, problem->source->name);
	else
		buffer_string(out, problem->path != NULL ? problem->path : "?");
	if (problem->at.start != NULL) {
		size_t offset = (size_t)(problem->at.start - problem->source->text.start);
		struct position position = text_position(problem->source->text, offset);

		buffer_format(out, ":%u:%u [%.*s]", (unsigned)position.line,
		              (unsigned)position.column, (int)problem->at.size,
		              (const char *)problem->at.start);
	}
	buffer_format(out, " %s: %s\n", rule_name(problem->rule), item->message);
}

static char *to_string(const struct buffer *buffer)
{
	return format("%.*s", (int)buffer->size,
	              buffer->size > 0 ? (const char *)buffer->start : "");
}

/* What the stages found. */
static char *write_lines(struct diagnostics *problems)
{
	struct buffer out = { 0 };
	char *lines;

	help[0] = '\0';
	if (problems->count > 1)
		qsort(problems->items, problems->count, sizeof(*problems->items), compare);
	for (size_t i = 0; i < problems->count; i++) {
		const struct diagnostic *item = &problems->items[i];

		if (rule_group(item->problem.rule) != GROUP_STAGE &&
		    rule_severity(item->problem.rule) != SEVERITY_ERROR)
			continue;
		if (item->problem.rule == RULE_LOCK_UNLISTED)
			continue;
		if (out.size == 0 && item->problem.help != NULL)
			(void)snprintf(help, sizeof(help), "%s", item->problem.help);
		write_line(&out, item);
	}
	lines = to_string(&out);
	buffer_clear(&out);
	return lines;
}

char *rehearse_files(const struct set_file *files, const struct rehearsal_options *options,
                     char **schema)
{
	bool dialects[DIALECT_COUNT] = { options->both, options->both };
	char *directory = directory_make();
	char *operand = format("%s/migrations", directory);
	char *schema_out =
	        format("%s/%s", directory, options->schema_out != NULL ? options->schema_out : "");
	struct options asked = {
		.operand = operand,
		.no_syntax = true,
		.no_lint = true,
		.since = options->since,
		.rehearse = options->postgres,
		.schema_out = options->schema_out != NULL ? schema_out : NULL,
	};
	struct workspace workspace;
	char *lines;

	dialects[options->dialect] = true;
	for (; files->name != NULL; files++) {
		char *path = format("%s/%s", operand, files->name);

		file_write_string(path, files->content);
		free(path);
	}
	check_set(&workspace, &asked, dialects);
	lines = write_lines(&workspace.problems);
	set_clear(&workspace);
	if (schema != NULL)
		*schema = file_read(schema_out).start;
	directory_remove(directory);
	free(schema_out);
	free(operand);
	free(directory);
	return lines;
}

void rehearse_example(const struct rehearsal_example *example,
                      const struct rehearsal_options *options)
{
	char *received = rehearse_files(example->files, options, NULL);

	if (example->expected != NULL && strcmp(received, example->expected) != 0)
		fail_msg("%s: expected\n%sreceived\n%s", example->name, example->expected,
		         received);
	if (example->help != NULL && strstr(help, example->help) == NULL)
		fail_msg("%s: the help is \"%s\"", example->name, help);
	free(received);
}

const char *rehearse_help(void)
{
	return help;
}
