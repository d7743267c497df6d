/* status.c - `inlay status`: a table, what is to be said of it, and a sum. */
#include "commands.h"

#include "json_out.h"
#include "live/live_set.h"
#include "live/standing.h"
#include "live/table.h"
#include "safe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- For people --- */

static void add_row(struct table *table, const struct inlay_migration_status *row)
{
	struct arena *arena = table->arena;
	const char *cells[] = {
		row->version >= 0 ? arena_format(arena, "%" PRId64, row->version) : "repeatable",
		standing_name(arena, row),
		standing_state(row),
		table_filled(row->applied_at),
		row->duration_ms >= 0 ? table_duration(arena, row->duration_ms) : "-",
		table_filled(row->actor),
		row->filename,
		row->checksum,
	};

	table_row(table, cells);
}

static void write_table(const struct standing *standing, bool verbose, struct buffer *out)
{
	static const char *const heading[] = { "version",  "name", "state", "applied at",
		                               "duration", "by",   "file",  "checksum" };
	struct table table = {
		.arena = standing->live->arena,
		.column_count = verbose ? 8 : 6,
		.is_number = { [4] = true },
	};

	if (standing->count == 0)
		return;
	table_row(&table, heading);
	for (size_t i = 0; i < standing->count; i++)
		add_row(&table, &standing->rows[i]);
	table_write(&table, out);
	buffer_byte(out, '\n');
}

static void write_finding(const char *words, const char *help, struct buffer *out)
{
	safe_string(out, words);
	buffer_byte(out, '\n');
	if (help != NULL) {
		buffer_string(out, "    help: ");
		safe_string(out, help);
		buffer_byte(out, '\n');
	}
}

static void write_findings(const struct standing *standing, struct buffer *out)
{
	const struct live *live = standing->live;

	if (live->is_absent)
		write_finding(arena_format(live->arena,
		                           "%s is not there yet, which counts as empty",
		                           live->address.shown),
		              NULL, out);
	if (standing->elsewhere != NULL)
		write_finding(standing->elsewhere, NULL, out);
	for (size_t i = 0; i < standing->count; i++) {
		const char *help;
		const char *words = standing_words(standing, &standing->rows[i], &help);

		if (words != NULL)
			write_finding(words, help, out);
	}
}

/* "3 applied, 1 pending, 1 edited" */
static void write_sum(const struct standing *standing, struct buffer *out)
{
	static const enum inlay_state order[] = {
		INLAY_STATE_APPLIED, INLAY_STATE_PENDING, INLAY_STATE_INTERRUPTED, INLAY_STATE_LATE,
		INLAY_STATE_EDITED,  INLAY_STATE_MISSING, INLAY_STATE_AHEAD,
	};
	const char *comma = "";

	if (standing_is_up_to_date(standing))
		buffer_string(out, standing->count > 0 ? "up to date: " : "up to date");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (standing->counts[order[i]] == 0)
			continue;
		buffer_format(out, "%s%zu %s", comma, standing->counts[order[i]],
		              inlay_state_name(order[i]));
		comma = ", ";
	}
	if (standing->count == 0)
		buffer_string(out, ": there are no migrations");
	buffer_byte(out, '\n');
	/* Nothing else stands in its way. */
	if (!standing_is_up_to_date(standing) &&
	    standing->counts[INLAY_STATE_PENDING] + standing->counts[INLAY_STATE_APPLIED] ==
	            standing->count &&
	    standing->counts[INLAY_STATE_PENDING] > 0 && standing->elsewhere == NULL)
		buffer_format(out, "    help: inlay up applies %s\n",
		              standing->counts[INLAY_STATE_PENDING] == 1 ? "it" : "them");
}

/* --- For machines --- */

static void set_flag(json_t *object, const char *name, bool value)
{
	json_object_set_new(object, name, json_boolean(value));
}

static json_t *row_json(const struct standing *standing, const struct inlay_migration_status *row)
{
	json_t *object = json_object();
	const char *help;
	const char *words = standing_words(standing, row, &help);
	bool is_recorded = row->applied_at[0] != '\0';

	json_object_set_new(object, "version", json_out_number(row->version));
	json_object_set_new(object, "name",
	                    json_out_string(standing_name(standing->live->arena, row)));
	json_object_set_new(object, "filename", json_out_string(row->filename));
	json_object_set_new(object, "state", json_out_string(inlay_state_name(row->state)));
	set_flag(object, "repeatable", row->version < 0);
	json_object_set_new(object, "applied_at", json_out_filled(row->applied_at));
	json_object_set_new(object, "duration_ms", json_out_number(row->duration_ms));
	json_object_set_new(object, "actor", json_out_filled(row->actor));
	json_object_set_new(object, "checksum", json_out_filled(is_recorded ? row->checksum : ""));
	json_object_set_new(object, "source_checksum",
	                    json_out_filled(is_recorded ? row->source_checksum : ""));
	json_object_set_new(object, "set_checksum", json_out_filled(row->set_checksum));
	json_object_set_new(object, "set_source_checksum",
	                    json_out_filled(row->set_source_checksum));
	set_flag(object, "reformatted", (row->flags & INLAY_STATUS_REFORMATTED) != 0);
	set_flag(object, "altered", (row->flags & INLAY_STATUS_ALTERED) != 0);
	set_flag(object, "barring", (row->flags & INLAY_STATUS_BARRING) != 0);
	json_object_set_new(object, "statements_done", json_out_number(row->progress));
	json_object_set_new(object, "statement_count", json_out_number(row->statement_count));
	set_flag(object, "at_work", (row->flags & INLAY_STATUS_AT_WORK) != 0);
	set_flag(object, "undoing", (row->flags & INLAY_STATUS_UNDOING) != 0);
	set_flag(object, "in_doubt", (row->flags & INLAY_STATUS_DOUBT) != 0);
	set_flag(object, "stuck", (row->flags & INLAY_STATUS_STUCK) != 0);
	json_object_set_new(object, "words", json_out_string(words));
	json_object_set_new(object, "help", json_out_string(help));
	return object;
}

static void write_json(const struct standing *standing, struct buffer *out)
{
	json_t *document = json_object();
	json_t *counts = json_object();
	json_t *rows = json_array();

	for (size_t i = INLAY_STATE_APPLIED; i < STANDING_STATE_COUNT; i++)
		json_object_set_new(counts, inlay_state_name((enum inlay_state)i),
		                    json_integer((json_int_t)standing->counts[i]));
	for (size_t i = 0; i < standing->count; i++)
		json_array_append_new(rows, row_json(standing, &standing->rows[i]));
	json_object_set_new(document, "database", json_out_string(standing->live->address.shown));
	set_flag(document, "absent", standing->live->is_absent);
	set_flag(document, "up_to_date", standing_is_up_to_date(standing));
	json_object_set_new(document, "set_head", json_out_number(standing->set_head));
	json_object_set_new(document, "database_head", json_out_number(standing->database_head));
	json_object_set_new(document, "counts", counts);
	json_object_set_new(document, "elsewhere", json_out_string(standing->elsewhere));
	json_object_set_new(document, "migrations", rows);
	json_out_document(out, document);
}

/* --- The command --- */

static void write_all(const struct standing *standing, const struct options *options)
{
	struct buffer out = { 0 };

	if (options->json) {
		write_json(standing, &out);
	} else {
		write_table(standing, options->verbose, &out);
		write_findings(standing, &out);
		write_sum(standing, &out);
	}
	buffer_print(&out, stdout);
}

enum exit_code command_status(const struct options *options)
{
	struct arena arena = { 0 };
	struct live_set set = { .workspace = NULL };
	struct standing standing;
	struct live live;
	enum exit_code code = live_open(&live, "status", options, LIVE_LOOK, &arena);

	json_out_init();
	if (code == EXIT_DONE)
		code = live_set_read(&set, "status", options, live.address.dialect);
	if (code == EXIT_DONE)
		code = standing_read(&standing, &live, &set.set);
	if (code == EXIT_DONE) {
		if (!options->quiet || options->json)
			write_all(&standing, options);
		code = standing_is_up_to_date(&standing) ? EXIT_DONE : EXIT_FINDINGS;
	}
	live_set_clear(&set);
	live_close(&live);
	arena_clear(&arena);
	return code;
}
