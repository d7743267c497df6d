/* unfinished.c - reads what an interrupted migration leaves; decides nothing. */
#include "unfinished.h"

#include "script.h"

#include <stdlib.h>
#include <string.h>

/* Copies a text behind those that are there. */
static const char *keep(char **at, const char *start, size_t size)
{
	char *copy = *at;

	memcpy(copy, start, size);
	copy[size] = '\0';
	*at += size + 1;
	return copy;
}

/* How many statements a script has; UINT32_MAX for what is none. */
static uint32_t count_statements(const char *script)
{
	struct script_reader reader;
	struct script_statement statement;
	uint32_t count = 0;

	script_open(&reader, script);
	while (script_next(&reader, &statement))
		count++;
	return reader.cursor != NULL ? count : UINT32_MAX;
}

static void read_script(struct unfinished *unfinished, const char *script)
{
	struct script_reader reader;
	struct script_statement statement;
	char *at = unfinished->texts;

	script_open(&reader, script);
	unfinished->has_transaction = (reader.flags & INLAY_MIGRATION_NO_TRANSACTION) == 0;
	unfinished->file = keep(&at, reader.file.start, reader.file.size);
	for (uint32_t i = 0; script_next(&reader, &statement); i++) {
		unfinished->statements[i] =
		        (struct inlay_finding_statement){ keep(&at, statement.text.start,
			                                       statement.text.size),
			                                  statement.line, statement.column };
		if (i == unfinished->through_count && statement.probe.size > 0)
			unfinished->probe = keep(&at, statement.probe.start, statement.probe.size);
	}
}

static void read_set(struct unfinished *unfinished, const struct image_view *view)
{
	const struct inlay_image_migration *migration = unfinished->migration;

	unfinished->file = image_text(view, migration->file);
	for (uint32_t i = 0; i < migration->up_count; i++) {
		const struct inlay_image_statement *statement =
		        &view->statements[migration->up + i];

		unfinished->statements[i] =
		        (struct inlay_finding_statement){ image_text(view, statement->text),
			                                  statement->line, statement->column };
	}
}

bool unfinished_is_resumable(const struct unfinished *unfinished, const struct image_view *view,
                             uint32_t through_count)
{
	struct tracking_row row = *unfinished->row;

	if (unfinished->row->is_down)
		return unfinished->has_transaction ? through_count == 0
		                                   : through_count <= unfinished->statement_count;
	if (unfinished->migration == NULL)
		return false;
	row.progress = through_count;
	row.status = "failed";
	return plan_judge_unfinished(view, unfinished->migration, &row) == PLAN_RESUME;
}

/* A rollback that is in doubt is asked of its script, as an up script is of the set. */
static bool next_is_harmless(const struct tracking_row *row)
{
	const uint32_t harmless = INLAY_STATEMENT_REPEATABLE | INLAY_STATEMENT_SETUP;
	struct script_reader reader;
	struct script_statement statement = { .flags = harmless };

	script_open(&reader, row->script);
	for (int64_t i = 0; i <= row->progress; i++)
		if (!script_next(&reader, &statement))
			return false;
	return statement.probe.size > 0 || (statement.flags & harmless) != 0;
}

static enum inlay_finding_kind judge(const struct unfinished *unfinished,
                                     const struct image_view *view)
{
	const struct tracking_row *row = unfinished->row;
	enum plan_verdict verdict = PLAN_DOUBT;

	if (row->is_alive)
		return INLAY_FINDING_AT_WORK;
	if (!unfinished_is_resumable(unfinished, view, unfinished->through_count))
		return INLAY_FINDING_STUCK;
	if (!plan_is_in_doubt(row))
		return INLAY_FINDING_RESUMABLE;
	if (!row->is_down)
		verdict = plan_judge_unfinished(view, unfinished->migration, row);
	else if (next_is_harmless(row))
		verdict = PLAN_RESUME;
	return verdict == PLAN_RESUME  ? INLAY_FINDING_RESUMABLE
	       : verdict == PLAN_DOUBT ? INLAY_FINDING_DOUBT
	                               : INLAY_FINDING_STUCK;
}

bool unfinished_read(struct unfinished *unfinished, const struct image_view *view,
                     const struct tracking_row *row)
{
	uint32_t count = count_statements(row->script);
	bool is_set = false;

	*unfinished = (struct unfinished){ .row = row, .has_transaction = true, .file = "" };
	unfinished->migration = image_find(view, row->version);
	unfinished->through_count = (uint32_t)row->progress;
	if (count == UINT32_MAX) {
		is_set = !row->is_down && unfinished->migration != NULL;
		count = is_set ? unfinished->migration->up_count : 0;
	}
	unfinished->statement_count = count;
	unfinished->statements = calloc((size_t)count + 1, sizeof(*unfinished->statements));
	unfinished->texts = malloc(strlen(row->script) + 2);
	if (unfinished->statements == NULL || unfinished->texts == NULL)
		return false;
	if (is_set)
		read_set(unfinished, view);
	else if (count_statements(row->script) != UINT32_MAX)
		read_script(unfinished, row->script);
	unfinished->kind = judge(unfinished, view);
	if (unfinished->through_count > count)
		unfinished->through_count = count;
	return true;
}

void unfinished_destroy(struct unfinished *unfinished)
{
	free(unfinished->statements);
	free(unfinished->texts);
	*unfinished = (struct unfinished){ .row = NULL };
}
