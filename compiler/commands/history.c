/* history.c - `inlay history`: the log, as it was written. */
#include "commands.h"

#include "json_out.h"
#include "live/live.h"
#include "live/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKSUM_SHOWN 12

struct history {
	struct arena *arena;
	struct inlay_history_entry *entries;
	size_t count;
	size_t capacity;
};

static void take(void *context, const struct inlay_history_entry *entry)
{
	struct history *history = context;
	struct arena *arena = history->arena;
	struct inlay_history_entry *copy;

	history->entries = arena_grow(arena, history->entries, history->count, &history->capacity,
	                              sizeof(*history->entries));
	copy = &history->entries[history->count++];
	*copy = *entry;
	copy->filename = arena_string(arena, entry->filename);
	copy->action = arena_string(arena, entry->action);
	copy->happened_at = arena_string(arena, entry->happened_at);
	copy->actor = arena_string(arena, entry->actor);
	copy->message = arena_string(arena, entry->message);
	copy->direction = arena_string(arena, entry->direction);
	copy->checksum = arena_string(arena, entry->checksum);
}

static void add_row(struct table *table, const struct inlay_history_entry *entry, bool verbose)
{
	struct arena *arena = table->arena;
	const char *cells[] = {
		table_filled(entry->happened_at),
		entry->action,
		entry->direction,
		entry->filename,
		entry->duration_ms >= 0 ? table_duration(arena, entry->duration_ms) : "-",
		table_filled(
		        verbose ? entry->checksum
		                : arena_format(arena, "%.*s", CHECKSUM_SHOWN, entry->checksum)),
		table_filled(entry->actor),
	};

	table_row(table, cells);
	if (entry->message[0] != '\0')
		table_note(table, entry->message);
}

static void write_table(const struct history *history, size_t first, bool verbose,
                        struct buffer *out)
{
	static const char *const heading[] = { "when",     "what",     "direction", "file",
		                               "duration", "checksum", "by" };
	struct table table = {
		.arena = history->arena,
		.column_count = sizeof(heading) / sizeof(heading[0]),
		.is_number = { [4] = true },
	};

	table_row(&table, heading);
	for (size_t i = first; i < history->count; i++)
		add_row(&table, &history->entries[i], verbose);
	table_write(&table, out);
}

static json_t *entry_json(const struct inlay_history_entry *entry)
{
	json_t *object = json_object();

	json_object_set_new(object, "sequence", json_integer(entry->sequence));
	json_object_set_new(object, "happened_at", json_out_string(entry->happened_at));
	json_object_set_new(object, "action", json_out_string(entry->action));
	json_object_set_new(object, "direction", json_out_string(entry->direction));
	json_object_set_new(object, "version", json_out_number(entry->version));
	json_object_set_new(object, "filename", json_out_string(entry->filename));
	json_object_set_new(object, "duration_ms", json_out_number(entry->duration_ms));
	json_object_set_new(object, "checksum", json_out_filled(entry->checksum));
	json_object_set_new(object, "actor", json_out_filled(entry->actor));
	json_object_set_new(object, "message", json_out_filled(entry->message));
	return object;
}

static void write_json(const struct history *history, const struct live *live, size_t first,
                       struct buffer *out)
{
	json_t *document = json_object();
	json_t *entries = json_array();

	for (size_t i = first; i < history->count; i++)
		json_array_append_new(entries, entry_json(&history->entries[i]));
	json_object_set_new(document, "database", json_out_string(live->address.shown));
	json_object_set_new(document, "entries", entries);
	json_out_document(out, document);
}

static enum exit_code tell(struct live *live, const struct options *options, int64_t limit)
{
	struct history history = { .arena = live->arena };
	struct inlay_error error = inlay_error_init();
	struct buffer out = { 0 };
	size_t first = 0;

	if (live_history(live, take, &history, &error) != INLAY_OK)
		return live_tell(live, &error);
	if ((uint64_t)limit < history.count)
		first = history.count - (size_t)limit;
	if (options->json)
		write_json(&history, live, first, &out);
	else if (history.count == 0 && !options->quiet)
		buffer_format(&out, "nothing has been done yet%s\n",
		              live->is_absent ? ": there is no such file" : "");
	else if (!options->quiet)
		write_table(&history, first, options->verbose, &out);
	buffer_print(&out, stdout);
	return EXIT_DONE;
}

enum exit_code command_history(const struct options *options)
{
	struct arena arena = { 0 };
	int64_t limit = INT64_MAX;
	struct live live;
	enum exit_code code;

	if (options->limit != NULL && !options_number(options->limit, 1, &limit))
		return options_complain("history", "a limit is a number from 1 on, not",
		                        options->limit);
	json_out_init();
	code = live_open(&live, "history", options, LIVE_LOOK, &arena);
	if (code == EXIT_DONE)
		code = tell(&live, options, limit);
	live_close(&live);
	arena_clear(&arena);
	return code;
}
