/* migrating_json.c - how it went, for programs. */
#include "migrating.h"

#include "json_out.h"

#include <stdio.h>

static void put_migration(json_t *object, int64_t version, const char *name, const char *file)
{
	(void)json_object_set_new(object, "version",
	                          version >= 0 ? json_integer(version) : json_null());
	(void)json_object_set_new(object, "migration", json_out_string(name));
	(void)json_object_set_new(object, "file", json_out_string(file));
}

static json_t *list_done(const struct progress *progress, bool is_down)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < progress->done_count; i++) {
		const struct progress_done *done = &progress->done[i];
		json_t *object;

		if (done->is_down != is_down)
			continue;
		object = json_object();
		put_migration(object, done->version, done->migration, done->file);
		(void)json_object_set_new(object, "duration_ms", json_integer(done->duration_ms));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *list_pending(const struct preview *preview)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < preview->migration_count; i++) {
		const struct preview_migration *migration = &preview->migrations[i];
		json_t *object = json_object();

		put_migration(object, migration->version, migration->name, migration->file);
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
		json_t *object = json_object();

		(void)json_object_set_new(
		        object, "migration",
		        json_out_string(preview->migrations[command->migration].name));
		(void)json_object_set_new(object, "statement",
		                          command->statement > 0 ? json_integer(command->statement)
		                                                 : json_null());
		(void)json_object_set_new(object, "sql", json_out_string(command->sql));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *number_or_null(int64_t number)
{
	return number > 0 ? json_integer(number) : json_null();
}

static json_t *describe_error(const struct inlay_error *error)
{
	json_t *object;

	if (error->result == INLAY_OK || error->result == INLAY_PENDING)
		return json_null();
	object = json_object();
	(void)json_object_set_new(object, "message", json_out_string(error->message));
	put_migration(object, error->version, error->migration[0] != '\0' ? error->migration : NULL,
	              error->file[0] != '\0' ? error->file : NULL);
	(void)json_object_set_new(object, "line", number_or_null(error->line));
	(void)json_object_set_new(object, "column", number_or_null(error->column));
	(void)json_object_set_new(object, "statement", number_or_null(error->statement));
	(void)json_object_set_new(
	        object, "sqlstate",
	        json_out_string(error->sqlstate[0] != '\0' ? error->sqlstate : NULL));
	(void)json_object_set_new(object, "code", number_or_null(error->code));
	return object;
}

void migrating_print_json(const struct migrating *migrating)
{
	const struct progress *progress = &migrating->progress;
	struct buffer out = { 0 };
	json_t *document;

	json_out_init();
	document = json_object();
	(void)json_object_set_new(document, "command", json_out_string(migrating->live.command));
	(void)json_object_set_new(document, "database",
	                          json_out_string(migrating->live.address.shown));
	(void)json_object_set_new(document, "result",
	                          json_out_string(inlay_result_name(migrating->error.result)));
	if (migrating->is_dry) {
		(void)json_object_set_new(document, "pending", list_pending(&migrating->preview));
		(void)json_object_set_new(document, "statements",
		                          list_commands(&migrating->preview));
	} else {
		(void)json_object_set_new(document, "applied", list_done(progress, false));
		(void)json_object_set_new(document, "rolled_back", list_done(progress, true));
	}
	(void)json_object_set_new(document, "duration_ms",
	                          json_integer(progress_elapsed_ms(progress)));
	(void)json_object_set_new(document, "error", describe_error(&migrating->error));
	json_out_write(&out, document, JSON_INDENT(2));
	printf("%.*s\n", (int)out.size, (const char *)out.start);
	buffer_clear(&out);
}
