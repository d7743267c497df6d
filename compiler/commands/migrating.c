/* migrating.c - what happens around a call of the runtime that changes a database. */
#include "migrating.h"

#include "commands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- What there is --- */

bool migrating_is_applied(const struct migrating_row *row)
{
	return row->version >= 0 && row->state != INLAY_STATE_PENDING &&
	       row->state != INLAY_STATE_LATE;
}

size_t migrating_count_applied(const struct migrating *migrating)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < migrating->row_count; i++)
		count += migrating_is_applied(&migrating->rows[i]);
	return count;
}

size_t migrating_count_strange(const struct migrating *migrating)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < migrating->row_count; i++)
		count += migrating->rows[i].version >= 0 &&
		         (migrating->rows[i].state == INLAY_STATE_AHEAD ||
		          migrating->rows[i].state == INLAY_STATE_MISSING);
	return count;
}

const struct migrating_row *migrating_find(const struct migrating *migrating, int64_t version)
{
	size_t i;

	for (i = 0; i < migrating->row_count; i++)
		if (migrating->rows[i].version == version && version >= 0)
			return &migrating->rows[i];
	return NULL;
}

const char *migrating_neighbours(struct migrating *migrating, int64_t version,
                                 bool (*is_wanted)(const struct migrating_row *row))
{
	const char *before = NULL;
	const char *behind = NULL;
	size_t i;

	for (i = 0; i < migrating->row_count; i++) {
		const struct migrating_row *row = &migrating->rows[i];

		if (row->version < 0 || !is_wanted(row))
			continue;
		if (row->version < version)
			before = row->filename;
		else if (behind == NULL)
			behind = row->filename;
	}
	if (before == NULL && behind == NULL)
		return "there is none";
	if (before == NULL || behind == NULL)
		return arena_format(&migrating->arena,
		                    before != NULL ? "the last one is %s" : "the first one is %s",
		                    before != NULL ? before : behind);
	return arena_format(&migrating->arena, "near it are %s and %s", before, behind);
}

enum exit_code migrating_read_version(const struct migrating *migrating, const char *text,
                                      int64_t *version)
{
	if (options_number(text, 0, version))
		return EXIT_DONE;
	return options_complain(migrating->live.command, "a version is a number, not", text);
}

static void add_row(void *context, const struct inlay_migration_status *status)
{
	struct migrating *migrating = context;

	migrating->rows = arena_grow(&migrating->arena, migrating->rows, migrating->row_count,
	                             &migrating->row_capacity, sizeof(*migrating->rows));
	migrating->rows[migrating->row_count++] = (struct migrating_row){
		.version = status->version,
		.filename = arena_string(&migrating->arena, status->filename),
		.state = status->state,
	};
}

/* --- Beginning --- */

/* MIGRATION_DRY_RUN, as the runtime reads it: false where it says nothing that makes sense. */
static bool read_environment(bool *is_dry)
{
	static const char *const words[] = {
		"", "false", "off", "no", "0", "true", "on", "yes", "1"
	};
	const char *value = getenv("MIGRATION_DRY_RUN");
	size_t i;

	*is_dry = false;
	for (i = 0; value != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(value, words[i]) == 0) {
			*is_dry = i > 4;
			return true;
		}
	return value == NULL;
}

static enum exit_code settle_dry_run(struct migrating *migrating)
{
	bool is_dry;

	migrating->is_dry = migrating->options->dry_run;
	if (migrating->is_dry)
		return EXIT_DONE;
	if (!read_environment(&is_dry))
		return options_complain(
		        migrating->live.command,
		        "MIGRATION_DRY_RUN is true, false, on, off, yes, no, 1 or 0, not",
		        getenv("MIGRATION_DRY_RUN"));
	migrating->is_dry = is_dry;
	if (is_dry && !migrating->options->quiet)
		fprintf(stderr, "inlay %s: MIGRATION_DRY_RUN is set: this is a dry run\n",
		        migrating->live.command);
	return EXIT_DONE;
}

enum exit_code migrating_read_rows(struct migrating *migrating)
{
	migrating->row_count = 0;
	(void)live_status(&migrating->live, &migrating->set.set, add_row, migrating,
	                  &migrating->error);
	return live_tell(&migrating->live, &migrating->error);
}

enum exit_code migrating_begin(struct migrating *migrating, const char *command,
                               const struct options *options)
{
	struct live *live = &migrating->live;
	enum live_access access = options->dry_run ? LIVE_LOOK : LIVE_CHANGE;
	enum exit_code code;

	*migrating = (struct migrating){ .options = options, .error = inlay_error_init() };
	code = live_open(live, command, options, access, &migrating->arena);
	migrating->is_open = code == EXIT_DONE;
	progress_init(&migrating->progress, live, options);
	if (code == EXIT_DONE)
		code = settle_dry_run(migrating);
	if (code != EXIT_DONE)
		return code;
	code = live_set_read(&migrating->set, command, options, live->address.dialect);
	if (code != EXIT_DONE)
		return code;
	return migrating_read_rows(migrating);
}

void migrating_say(const struct migrating *migrating, const char *format, ...)
{
	va_list arguments;

	if (migrating->options->quiet || migrating->options->json)
		return;
	if (migrating->is_dry)
		fputs("-- ", stdout);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	puts("");
}

/* --- The preview --- */

enum exit_code migrating_preview(struct migrating *migrating,
                                 const struct inlay_rollback_scope *scope)
{
	enum inlay_result result = preview_take(&migrating->live, &migrating->set.set, scope,
	                                        &migrating->preview, &migrating->error);

	return result == INLAY_PENDING ? EXIT_DONE : live_tell(&migrating->live, &migrating->error);
}

void migrating_print_preview(struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	struct buffer out = { 0 };

	if (migrating->options->json)
		return;
	buffer_format(&out, "-- inlay %s: what would be sent for %zu migration%s to %s\n",
	              migrating->live.command, preview->migration_count,
	              preview->migration_count == 1 ? "" : "s", migrating->live.address.shown);
	buffer_string(&out,
	              migrating->live.sqlite != NULL
	                      ? "-- Really they share one transaction, each in a savepoint.\n"
	                      : "-- Really each begins with the lock, and with timeouts that end "
	                        "with it.\n");
	preview_write_sql(preview, &out);
	buffer_print(&out, stdout);
}

/* --- The work --- */

/* "stopped: 003_x was rolled back; 2 migrations applied before that stay" */
static enum exit_code say_stopped(const struct migrating *migrating)
{
	const struct inlay_error *error = &migrating->error;
	bool is_down = migrating->goes_down;
	uint32_t count = is_down ? error->rolled_back_count : error->applied_count;
	char what[INLAY_MIGRATION_SIZE_MAX + 40] = "";
	char rest[80] = "nothing was changed";

	if (error->migration[0] != '\0')
		(void)snprintf(what, sizeof(what), "%s %s; ", error->migration,
		               is_down ? "is still applied" : "was rolled back");
	if (error->migration[0] != '\0' && count == 0)
		(void)snprintf(rest, sizeof(rest), "nothing else was changed");
	if (count > 0)
		(void)snprintf(rest, sizeof(rest), "%" PRIu32 " migration%s %s before that stay%s",
		               count, count == 1 ? "" : "s", is_down ? "rolled back" : "applied",
		               count == 1 ? "s" : "");
	return live_fail(&migrating->live, NULL, "stopped: %s%s", what, rest);
}

enum exit_code migrating_run(struct migrating *migrating, const struct inlay_rollback_scope *scope)
{
	struct live *live = &migrating->live;
	enum inlay_result result;

	if (live_make(live) != EXIT_DONE)
		return EXIT_FAILED;
	live->settings.dry_run = 0;
	live->settings.on_event = progress_event;
	live->settings.context = &migrating->progress;
	live->settings.prompt_events = progress_wants_statements(&migrating->progress) ? 1 : 0;
	if (!migrating->is_watched)
		watch_start(live, &migrating->progress.listener);
	migrating->is_watched = true;
	migrating->goes_down = scope != NULL;
	result = scope != NULL ? live_rollback(live, &migrating->set.set, scope, &migrating->error)
	                       : live_ensure(live, &migrating->set.set, &migrating->error);
	progress_hide(&migrating->progress);
	(void)fflush(stdout);
	return result == INLAY_CANCELLED ? say_stopped(migrating)
	                                 : live_tell(live, &migrating->error);
}

/* --- The end --- */

enum exit_code migrating_end(struct migrating *migrating, enum exit_code code)
{
	if (migrating->is_watched)
		migrating->signal = watch_stop(&migrating->live);
	if (code == EXIT_DONE)
		migrating->signal = 0; /* It came too late. */
	progress_tell_totals(&migrating->progress);
	if (migrating->options->json && code != EXIT_USAGE && code != EXIT_INVALID &&
	    code != EXIT_NO_INPUT)
		migrating_print_json(migrating, code);
	progress_clear(&migrating->progress);
	live_set_clear(&migrating->set);
	live_close(&migrating->live);
	arena_clear(&migrating->arena);
	watch_die(migrating->signal);
	return code;
}
