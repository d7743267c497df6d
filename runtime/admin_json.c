/* admin_json.c - answers as JSON, member by member; the names are those of `inlay --json`. */
#include "admin.h"

#include <inttypes.h>
#include <string.h>

/* --- Members: each with the comma before it, but for the first of its object --- */

static void put_name(struct admin_text *text, const char *name)
{
	char last = text->size > 0 ? text->start[text->size - 1] : '{';

	admin_text_format(text, "%s\"%s\":", last == '{' ? "" : ",", name);
}

static void put_string(struct admin_text *text, const char *name, const char *value)
{
	put_name(text, name);
	admin_text_json(text, value);
}

/* Below `least` it is null. */
static void put_number(struct admin_text *text, const char *name, int64_t value, int64_t least)
{
	put_name(text, name);
	if (value >= least)
		admin_text_format(text, "%" PRId64, value);
	else
		admin_text_string(text, "null");
}

static void put_flag(struct admin_text *text, const char *name, bool value)
{
	put_name(text, name);
	admin_text_string(text, value ? "true" : "false");
}

/* --- What was looked at --- */

static void put_row(struct admin_text *text, const struct inlay_migration_status *row)
{
	bool is_recorded = row->applied_at[0] != '\0';

	admin_text_string(text, text->size > 0 ? ",\n{" : "\n{");
	put_number(text, "version", row->version, 0);
	put_string(text, "name", row->name);
	put_string(text, "filename", row->filename);
	put_string(text, "state", inlay_state_name(row->state));
	put_flag(text, "repeatable", row->version < 0);
	put_string(text, "applied_at", row->applied_at);
	put_number(text, "duration_ms", row->duration_ms, 0);
	put_string(text, "actor", row->actor);
	put_string(text, "checksum", is_recorded ? row->checksum : "");
	put_string(text, "set_checksum", row->set_checksum);
	put_number(text, "statements_done", row->progress, 0);
	put_number(text, "statement_count", row->statement_count, 0);
	put_flag(text, "at_work", (row->flags & INLAY_STATUS_AT_WORK) != 0);
	put_flag(text, "undoing", (row->flags & INLAY_STATUS_UNDOING) != 0);
	put_flag(text, "in_doubt", (row->flags & INLAY_STATUS_DOUBT) != 0);
	put_flag(text, "stuck", (row->flags & INLAY_STATUS_STUCK) != 0);
	put_flag(text, "barring", (row->flags & INLAY_STATUS_BARRING) != 0);
	put_flag(text, "altered", (row->flags & INLAY_STATUS_ALTERED) != 0);
	put_flag(text, "reformatted", (row->flags & INLAY_STATUS_REFORMATTED) != 0);
	admin_text_string(text, "}");
}

enum inlay_result admin_json_status(struct admin_text *text, const struct request *request)
{
	struct admin_view view = { .holder = "" };
	enum inlay_result result = admin_look(&view, request, put_row);

	if (result == INLAY_OK) {
		admin_text_string(text, "{");
		put_flag(text, "up_to_date", view.check == INLAY_OK);
		put_string(text, "result", inlay_result_name(view.check));
		put_string(text, "message", view.words);
		put_string(text, "holder", view.holder);
		put_name(text, "counts");
		admin_text_string(text, "{");
		for (size_t i = INLAY_STATE_APPLIED; i < ADMIN_STATE_COUNT; i++)
			put_number(text, inlay_state_name((enum inlay_state)i),
			           (int64_t)view.counts[i], 0);
		admin_text_string(text, "},\"migrations\":[");
		admin_text_add(text, view.rows.start, view.rows.size);
		admin_text_string(text, "\n]}\n");
		text->no_memory = text->no_memory || view.rows.no_memory;
	}
	admin_text_clear(&view.rows);
	return result;
}

static void put_entry(struct admin_text *text, const struct inlay_history_entry *entry)
{
	admin_text_string(text, "\n{");
	put_number(text, "sequence", entry->sequence, 0);
	put_string(text, "happened_at", entry->happened_at);
	put_string(text, "action", entry->action);
	put_string(text, "direction", entry->direction);
	put_number(text, "version", entry->version, 0);
	put_string(text, "filename", entry->filename);
	put_number(text, "duration_ms", entry->duration_ms, 0);
	put_string(text, "checksum", entry->checksum);
	put_string(text, "actor", entry->actor);
	put_string(text, "message", entry->message);
	admin_text_string(text, "}");
}

enum inlay_result admin_json_history(struct admin_text *text, const struct request *request,
                                     uint32_t limit)
{
	enum inlay_result result;

	admin_text_string(text, "{\"entries\":[");
	result = admin_look_back(text, request, limit, ",", put_entry);
	admin_text_string(text, "\n]}\n");
	return result;
}

/* --- What was done --- */

void admin_json_event(struct admin_text *text, const struct inlay_event *event)
{
	const char *action = "pending";

	if (event->kind == INLAY_EVENT_APPLIED)
		action = "applied";
	else if (event->kind == INLAY_EVENT_ROLLED_BACK)
		action = "rolled back";
	else if (event->kind != INLAY_EVENT_PENDING)
		return;
	admin_text_string(text, text->size > 0 ? ",\n{" : "\n{");
	put_string(text, "migration", event->migration);
	put_number(text, "version", event->version, 0);
	put_string(text, "action", action);
	put_number(text, "duration_ms", event->duration_ms,
	           event->kind == INLAY_EVENT_PENDING ? INT64_MAX : 0);
	admin_text_string(text, "}");
}

static void put_error(struct admin_text *text, const struct inlay_error *error)
{
	put_name(text, "error");
	admin_text_string(text, "{");
	put_string(text, "code", inlay_result_name(error->result));
	put_string(text, "message", error->message);
	put_string(text, "migration", error->migration);
	put_string(text, "file", error->file);
	put_number(text, "line", error->line, 1);
	put_number(text, "column", error->column, 1);
	admin_text_string(text, "}");
}

void admin_json_outcome(struct admin_text *text, const struct inlay_error *error,
                        const struct admin_text *migrations)
{
	bool is_done = error->result == INLAY_OK || error->result == INLAY_PENDING;

	admin_text_string(text, "{");
	if (is_done) {
		put_string(text, "result", inlay_result_name(error->result));
		put_string(text, "message", error->message);
	} else {
		put_error(text, error);
	}
	put_number(text, "applied_count", error->applied_count, 0);
	put_number(text, "rolled_back_count", error->rolled_back_count, 0);
	put_number(text, "pending_count", error->pending_count, 0);
	put_name(text, "migrations");
	admin_text_string(text, "[");
	admin_text_add(text, migrations->start, migrations->size);
	admin_text_string(text, "\n]}\n");
	text->no_memory = text->no_memory || migrations->no_memory;
}

void admin_json_error(struct admin_text *text, const struct inlay_error *error)
{
	admin_text_string(text, "{");
	put_error(text, error);
	admin_text_string(text, "}\n");
}

void admin_json_refusal(struct admin_text *text, const char *code, const char *message)
{
	admin_text_string(text, "{\"error\":{");
	put_string(text, "code", code);
	put_string(text, "message", message);
	admin_text_string(text, ",\"migration\":null,\"file\":null,\"line\":null,"
	                        "\"column\":null}}\n");
}
