/* migrating_json.c - how it went, for programs. */
#include "migrating.h"

#include "json_out.h"
#include "live/standing.h"
#include "source.h"

#include <stdio.h>
#include <string.h>

/* Which one, as `inlay status --json` says it; `path` is where its file is, or "". */
static void put_migration(struct arena *arena, json_t *object, int64_t version,
                          const char *migration, const char *path)
{
	(void)json_object_set_new(object, "version", json_out_number(version));
	(void)json_object_set_new(object, "name",
	                          json_out_filled(standing_name_in(arena, migration)));
	(void)json_object_set_new(object, "filename", json_out_filled(source_base_name(path)));
	(void)json_object_set_new(object, "file", json_out_filled(path));
}

static json_t *list_done(struct arena *arena, const struct progress *progress, bool is_down)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < progress->done_count; i++) {
		const struct progress_done *done = &progress->done[i];
		json_t *object;

		if (done->is_down != is_down)
			continue;
		object = json_object();
		put_migration(arena, object, done->version, done->migration, done->file);
		(void)json_object_set_new(object, "duration_ms", json_integer(done->duration_ms));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *list_pending(struct arena *arena, const struct preview *preview)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < preview->migration_count; i++) {
		const struct preview_migration *migration = &preview->migrations[i];
		json_t *object = json_object();

		put_migration(arena, object, migration->version, migration->name, migration->file);
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *list_commands(const struct preview *preview)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < preview->command_count; i++) {
		const struct preview_command *command = &preview->commands[i];
		const struct preview_migration *migration =
		        &preview->migrations[command->migration];
		json_t *object = json_object();

		(void)json_object_set_new(object, "version", json_out_number(migration->version));
		(void)json_object_set_new(object, "filename",
		                          json_out_string(source_base_name(migration->file)));
		(void)json_object_set_new(object, "statement",
		                          command->statement > 0 ? json_integer(command->statement)
		                                                 : json_null());
		(void)json_object_set_new(object, "sql", json_out_string(command->sql));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *positive_or_null(int64_t number)
{
	return number > 0 ? json_integer(number) : json_null();
}

/* What was refused without the runtime has words alone. */
static json_t *describe_error(struct migrating *migrating)
{
	const struct inlay_error blank = inlay_error_init();
	const struct inlay_error *error = &migrating->error;
	json_t *object = json_object();

	if (error->result == INLAY_OK || error->result == INLAY_PENDING)
		error = &blank;
	(void)json_object_set_new(object, "message", json_out_string(*migrating->live.told));
	put_migration(&migrating->arena, object, error->version, error->migration, error->file);
	(void)json_object_set_new(object, "line", positive_or_null(error->line));
	(void)json_object_set_new(object, "column", positive_or_null(error->column));
	(void)json_object_set_new(object, "statement", positive_or_null(error->statement));
	(void)json_object_set_new(object, "sqlstate", json_out_filled(error->sqlstate));
	(void)json_object_set_new(object, "code", positive_or_null(error->code));
	return object;
}

/* INLAY_OK is for what went well, whoever has refused the rest. */
static enum inlay_result result_of(const struct migrating *migrating, enum exit_code code)
{
	if (code == EXIT_DONE || migrating->error.result != INLAY_OK)
		return migrating->error.result;
	return migrating->is_open ? INLAY_FAILED : INLAY_UNREACHABLE;
}

void migrating_print_json(struct migrating *migrating, enum exit_code code)
{
	const struct progress *progress = &migrating->progress;
	struct arena *arena = &migrating->arena;
	struct buffer out = { 0 };
	json_t *document;

	json_out_init();
	document = json_object();
	(void)json_object_set_new(document, "command", json_out_string(migrating->live.command));
	(void)json_object_set_new(document, "database",
	                          json_out_string(migrating->live.address.shown));
	(void)json_object_set_new(document, "result",
	                          json_out_string(inlay_result_name(result_of(migrating, code))));
	if (migrating->is_dry) {
		(void)json_object_set_new(document, "pending",
		                          list_pending(arena, &migrating->preview));
		(void)json_object_set_new(document, "statements",
		                          list_commands(&migrating->preview));
	} else {
		(void)json_object_set_new(document, "applied", list_done(arena, progress, false));
		(void)json_object_set_new(document, "rolled_back",
		                          list_done(arena, progress, true));
	}
	(void)json_object_set_new(document, "duration_ms",
	                          json_integer(progress_elapsed_ms(progress)));
	(void)json_object_set_new(document, "error",
	                          code != EXIT_DONE ? describe_error(migrating) : json_null());
	json_out_document(&out, document);
	buffer_print(&out, stdout);
}
