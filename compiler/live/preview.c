/* preview.c - collects a dry run's events. */
#include "preview.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LOSS_WIDTH 72
#define CALL       "-- migrate:call "

/* --- Parameters --- */

static void add_literal(struct buffer *out, const char *value)
{
	if (value == NULL) {
		buffer_string(out, "NULL");
		return;
	}
	buffer_byte(out, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '\'')
			buffer_byte(out, '\'');
		buffer_byte(out, (unsigned char)*value);
	}
	buffer_byte(out, '\'');
}

/* The end of what is in quotes at `at`; doubled ones in it look like two. */
static const char *skip_quoted(const char *at)
{
	const char *end = strchr(at + 1, *at);

	return end != NULL ? end + 1 : at + strlen(at);
}

/* Only the runtime's own commands have parameters: no comments, no dollar quotes. */
static const char *fill_in(struct arena *arena, const struct inlay_event *event)
{
	struct buffer out = { 0 };
	const char *at = event->sql;
	const char *text;

	if (event->parameter_count == 0)
		return arena_string(arena, at);
	while (*at != '\0') {
		const char *end = at + 1;

		if (*at == '$' && isdigit((unsigned char)at[1])) {
			size_t number = 0;

			for (; isdigit((unsigned char)*end); end++)
				number = 10 * number + (size_t)(*end - '0');
			if (number >= 1 && number <= event->parameter_count)
				add_literal(&out, event->parameters[number - 1]);
		} else {
			if (*at == '\'' || *at == '"')
				end = skip_quoted(at);
			buffer_bytes(&out, at, (size_t)(end - at));
		}
		at = end;
	}
	text = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return text;
}

/* --- Collecting --- */

struct collector {
	struct live *live;
	struct preview *preview;
};

static struct preview_migration *turn_to(struct collector *collector,
                                         const struct inlay_event *event)
{
	struct arena *arena = collector->live->arena;
	struct preview *preview = collector->preview;
	struct preview_migration *last = NULL;

	if (preview->migration_count > 0)
		last = &preview->migrations[preview->migration_count - 1];
	if (last != NULL && last->version == event->version &&
	    strcmp(last->name, event->migration) == 0)
		return last;
	preview->migrations = arena_grow(arena, preview->migrations, preview->migration_count,
	                                 &preview->migration_capacity, sizeof(*last));
	last = &preview->migrations[preview->migration_count++];
	*last = (struct preview_migration){
		.version = event->version,
		.name = arena_string(arena, event->migration),
		.file = arena_string(arena, event->file),
	};
	return last;
}

static void collect(void *context, const struct inlay_event *event)
{
	struct collector *collector = context;
	struct arena *arena = collector->live->arena;
	struct preview *preview = collector->preview;
	struct preview_migration *migration;
	const char *sql;

	if (event->kind != INLAY_EVENT_WOULD_RUN)
		return;
	migration = turn_to(collector, event);
	sql = fill_in(arena, event);
	if (event->statement > 0 && strncmp(sql, CALL, sizeof(CALL) - 1) == 0)
		migration->function = sql + sizeof(CALL) - 1;
	preview->commands = arena_grow(arena, preview->commands, preview->command_count,
	                               &preview->command_capacity, sizeof(*preview->commands));
	preview->commands[preview->command_count++] = (struct preview_command){
		.migration = preview->migration_count - 1,
		.statement = event->statement,
		.sql = sql,
	};
}

enum inlay_result preview_take(struct live *live, const struct inlay_set *set,
                               const struct inlay_rollback_scope *scope, struct preview *preview,
                               struct inlay_error *error)
{
	struct collector collector = { live, preview };
	struct inlay_options settings = live->settings;
	enum inlay_result result;

	*preview = (struct preview){ 0 };
	live->settings.dry_run = 1;
	live->settings.on_event = collect;
	live->settings.context = &collector;
	result = scope != NULL ? live_rollback(live, set, scope, error)
	                       : live_ensure(live, set, error);
	live->settings = settings;
	return result;
}

/* --- Showing --- */

static bool ends_in_comment(const char *sql)
{
	const char *line = strrchr(sql, '\n');

	return strstr(line != NULL ? line : sql, "--") != NULL;
}

void preview_write_sql(const struct preview *preview, struct buffer *out)
{
	size_t i;

	for (i = 0; i < preview->command_count; i++) {
		const struct preview_command *command = &preview->commands[i];
		const struct preview_migration *migration =
		        &preview->migrations[command->migration];

		if (i == 0 || command->migration != preview->commands[i - 1].migration)
			buffer_format(out, "\n-- %s (%s)\n", migration->name, migration->file);
		buffer_string(out, command->sql);
		buffer_string(out, ends_in_comment(command->sql) ? "\n;\n" : ";\n");
	}
}

/* In one line, and not too long. */
static void add_one_line(struct buffer *out, const char *sql)
{
	size_t width = 0;

	for (; *sql != '\0' && width < LOSS_WIDTH; sql++) {
		bool is_space = isspace((unsigned char)*sql) != 0;

		if (is_space && isspace((unsigned char)sql[1]))
			continue;
		width += ((unsigned char)*sql & 0xc0) != 0x80;
		buffer_byte(out, is_space ? ' ' : (unsigned char)*sql);
	}
	while (((unsigned char)*sql & 0xc0) == 0x80)
		buffer_byte(out, (unsigned char)*sql++);
	buffer_string(out, *sql != '\0' ? " ...\n" : "\n");
}

static bool has_word(const char *sql, const char *word)
{
	size_t size = strlen(word);
	bool is_inside = false;

	for (; *sql != '\0'; sql++) {
		if (!is_inside && strncasecmp(sql, word, size) == 0 &&
		    !isalnum((unsigned char)sql[size]))
			return true;
		is_inside = isalnum((unsigned char)*sql) != 0 || *sql == '_';
	}
	return false;
}

static bool takes_away(const char *sql)
{
	static const char *const words[] = { "DROP", "DELETE", "TRUNCATE" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(sql, words[i]))
			return true;
	return false;
}

void preview_write_losses(const struct preview *preview, size_t index, struct buffer *out)
{
	size_t i;

	for (i = 0; i < preview->command_count; i++) {
		const struct preview_command *command = &preview->commands[i];

		if (command->migration != index || command->statement == 0 ||
		    !takes_away(command->sql))
			continue;
		buffer_string(out, "      ");
		add_one_line(out, command->sql);
	}
}
