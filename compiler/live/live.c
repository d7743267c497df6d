/* live.c - the connection of a command; nothing here knows a migration. */
#include "live_parts.h"

#include "env_file.h"
#include "hint.h"
#include "safe.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Saying --- */

/* Lines are kept. */
static void say(const char *line)
{
	struct buffer out = { 0 };

	while (*line != '\0') {
		size_t size = strcspn(line, "\n");

		safe_text(&out, (struct text){ (const unsigned char *)line, size });
		buffer_byte(&out, '\n');
		line += size + (line[size] == '\n');
	}
	buffer_print(&out, stderr);
}

enum exit_code live_fail(const struct live *live, const char *help, const char *format, ...)
{
	va_list arguments;
	va_list again;
	char *words;
	int size;

	va_start(arguments, format);
	va_copy(again, arguments);
	size = vsnprintf(NULL, 0, format, again) + 1;
	va_end(again);
	words = arena_array(live->arena, char, (size_t)size + 1);
	(void)vsnprintf(words, (size_t)size, format, arguments);
	va_end(arguments);
	if (live->told != NULL)
		*live->told = words;
	(void)fflush(stdout); /* Both may be one file. */
	fprintf(stderr, "inlay %s: ", live->command);
	say(words);
	if (help != NULL) {
		fputs("    help: ", stderr);
		say(help);
	}
	return EXIT_FAILED;
}

/* What the runtime's messages call an option, and how it is said here. */
static const struct {
	const char *member;
	const char *option;
} spellings[] = {
	{ "options->table", "--table" },
	{ "options->schema", "--schema" },
	{ "options->lock_timeout_ms", "--lock-timeout" },
	{ "inlay_rollback()", "`inlay down`" },
	{ "ensure_migrated()", "`inlay up`" },
	{ "scope->use_stored", "--use-stored" },
	{ "; 0 migrations were applied before that and stay: call again",
	  "; nothing was changed: run it again" },
	{ "; 0 migrations were rolled back before that and stay: call again",
	  "; nothing was changed: run it again" },
	{ "; 0 migrations were recorded before that and stay: call again",
	  "; nothing was changed: run it again" },
	{ "stay: call again", "stay: run it again" },
	{ "the next call goes on with statement", "the next run goes on with statement" },
	{ "the next call sees to it", "the next run sees to it" },
	{ "options->allow_late", "--allow-late" },
	{ "link this program with that release", "that release is to be used" },
};

const char *live_spell(const struct live *live, const struct inlay_error *error)
{
	const char *message = error->message;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const char *option = spellings[i].option;
		const char *found;

		/* Who only reads has no such option. */
		if (live->access < LIVE_CHANGE && strcmp(option, "--lock-timeout") == 0)
			option = "MIGRATION_LOCK_TIMEOUT";
		while ((found = strstr(message, spellings[i].member)) != NULL)
			message =
			        arena_format(live->arena, "%.*s%s%s", (int)(found - message),
			                     message, option, found + strlen(spellings[i].member));
	}
	return message;
}

enum exit_code live_tell(const struct live *live, const struct inlay_error *error)
{
	if (error->result == INLAY_OK)
		return EXIT_DONE;
	(void)live_fail(live, hint_for(live, error), "%s", live_spell(live, error));
	return error->result == INLAY_PENDING ? EXIT_FINDINGS : EXIT_FAILED;
}

static enum exit_code say_usage(const struct live *live, const char *what, const char *argument)
{
	return options_complain(live->command, what, argument);
}

/* --- Settings --- */

static enum exit_code settle_gate(struct live *live, const char *name)
{
	static const char *const names[] = { "auto", "advisory", "row" };
	size_t i;

	for (i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			live->settings.gate = (enum inlay_gate)i;
			return EXIT_DONE;
		}
	if (name == NULL)
		return EXIT_DONE;
	return say_usage(live, "the gate is auto, advisory or row, not", name);
}

static enum exit_code settle(struct live *live, const struct options *options)
{
	live->settings = inlay_options_init();
	live->settings.auto_migrate = 1;
	live->settings.dry_run = options->dry_run ? 1 : 0;
	live->settings.cache_ttl_ms = 0;
	live->settings.rollout_percent = 100;
	if (options->table != NULL)
		live->settings.table = options->table;
	live->settings.schema = options->schema;
	if (options->lock_timeout != NULL &&
	    !options_duration(options->lock_timeout, &live->settings.lock_timeout_ms))
		return say_usage(live, "a time is a number with ms, s, min or h behind it, not",
		                 options->lock_timeout);
	return settle_gate(live, options->gate);
}

/* --- Opening --- */

enum exit_code live_open(struct live *live, const char *command, const struct options *options,
                         enum live_access access, struct arena *arena)
{
	const char *problem;
	uint32_t wait_ms = 0;
	enum exit_code code;

	*live = (struct live){
		.arena = arena,
		.command = command,
		.access = access,
		.is_quiet = options->quiet,
		.words = "",
		.told = arena_array(arena, const char *, 1),
	};
	*live->told = NULL;
	code = settle(live, options);
	if (code != EXIT_DONE)
		return code;
	if (options->wait != NULL && !options_duration(options->wait, &wait_ms))
		return say_usage(live, "a time is a number with ms, s, min or h behind it, not",
		                 options->wait);
	problem = options->env_file != NULL ? env_file_read(arena, options->env_file) : NULL;
	if (problem != NULL) {
		(void)live_fail(live, NULL, "%s", problem);
		return EXIT_NO_INPUT;
	}
	problem = address_find(arena, options->database, &live->address);
	if (problem != NULL)
		return say_usage(live, problem, NULL);
	if (live->address.dialect == DIALECT_SQLITE)
		return live_open_sqlite(live);
	return live_open_postgres(live, wait_ms);
}

void live_close(struct live *live)
{
	(void)sqlite3_close(live->sqlite);
	PQfinish(live->postgres);
	live->sqlite = NULL;
	live->postgres = NULL;
}
