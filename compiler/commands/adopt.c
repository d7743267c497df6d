/* adopt.c - `inlay adopt`: what another tool has applied becomes our history. */
#include "adopt/adopt.h"
#include "commands.h"
#include "live/confirm.h"
#include "live/live_set.h"
#include "live/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A call of the command. */
struct adoption {
	const struct options *options;
	int signal; /* That stopped it, or 0. */
	struct arena arena;
	struct live live;
	struct live_set set;
	const struct adopt_tool *tool; /* --from, or NULL. */
	struct adopt_found_list found;
	struct adopt_row_list rows;
	struct adopt_plan plan;
	/* What our own table has: versions, by ascending version. */
	int64_t *recorded;
	size_t recorded_count;
	size_t recorded_capacity;
};

/* "atlas, bun ...": for messages. */
static const char *list_tools(struct arena *arena)
{
	const char *names = "";

	for (const struct adopt_tool *const *tool = adopt_tools(); *tool != NULL; tool++)
		names = arena_format(arena, "%s%s%s", names, *names != '\0' ? ", " : "",
		                     (*tool)->name);
	return names;
}

/* --- Whose it is --- */

static enum exit_code say_none(struct adoption *adoption)
{
	struct live *live = &adoption->live;
	const struct adopt_tool *tool = adoption->tool;

	if (tool == NULL)
		return live_fail(live,
		                 "inlay up begins a history; inlay baseline records what the "
		                 "database has already",
		                 "%s has no table of another tool that inlay knows",
		                 live->address.shown);
	if (tool->rows[live->address.dialect] == NULL)
		return live_fail(live, NULL, "%s does not know %s", tool->title,
		                 dialect_title(live->address.dialect));
	return live_fail(live, "--schema says in which schema to look",
	                 "%s has no table %s as %s makes it", live->address.shown,
	                 tool->shapes[0].table, tool->title);
}

static enum exit_code say_several(struct adoption *adoption)
{
	const char *tables = "";
	const char *names = "";

	for (size_t i = 0; i < adoption->found.count; i++) {
		const struct adopt_found *found = &adoption->found.items[i];

		tables = arena_format(&adoption->arena, "%s%s%s (%s)", tables, i > 0 ? ", " : "",
		                      found->shown, found->tool->title);
		names = arena_format(&adoption->arena, "%s%s--from %s", names, i > 0 ? " or " : "",
		                     found->tool->name);
	}
	return live_fail(&adoption->live, names, "%s has tables of more than one tool: %s",
	                 adoption->live.address.shown, tables);
}

static enum exit_code find_table(struct adoption *adoption)
{
	struct live *live = &adoption->live;

	if (!adopt_recognise(live, adoption->tool, &adoption->found))
		return live_fail(live, NULL, "%s: %s", live->address.shown, live->words);
	if (adoption->found.count == 0)
		return say_none(adoption);
	if (adoption->found.count > 1)
		return say_several(adoption);
	if (!adopt_read(live, adoption->found.items, &adoption->rows))
		return live_fail(live, NULL, "%s can not be read: %s", adoption->found.items->shown,
		                 live->words);
	return EXIT_DONE;
}

/* --- What is ours already --- */

static void note_recorded(void *context, const struct inlay_migration_status *row)
{
	struct adoption *adoption = context;

	if (row->applied_at[0] == '\0' || row->version < 0)
		return;
	adoption->recorded =
	        arena_grow(&adoption->arena, adoption->recorded, adoption->recorded_count,
	                   &adoption->recorded_capacity, sizeof(*adoption->recorded));
	adoption->recorded[adoption->recorded_count++] = row->version;
}

static bool is_recorded(const struct adoption *adoption, int64_t version)
{
	for (size_t i = 0; i < adoption->recorded_count; i++)
		if (adoption->recorded[i] == version)
			return true;
	return false;
}

/* What is edited gets here only when it is to be recorded all the same. */
static bool is_applied(const struct adopt_step *step)
{
	return step->state == ADOPT_STEP_APPLIED || step->state == ADOPT_STEP_DIFFERS;
}

/* How many of the plan's are. */
static size_t count_recorded(const struct adoption *adoption)
{
	size_t count = 0;

	for (size_t i = 0; i < adoption->plan.count; i++) {
		const struct adopt_step *step = &adoption->plan.steps[i];

		count += is_applied(step) && is_recorded(adoption, step->migration->version);
	}
	return count;
}

static size_t count_applied(const struct adoption *adoption)
{
	return adoption->plan.counts[ADOPT_STEP_APPLIED] +
	       adoption->plan.counts[ADOPT_STEP_DIFFERS];
}

static enum exit_code look_at_ours(struct adoption *adoption)
{
	struct live *live = &adoption->live;
	struct inlay_error error = inlay_error_init();

	if (strcmp(adoption->plan.found->table, live->settings.table) == 0)
		return live_fail(live,
		                 "give inlay's another name: --table inlay_migrations here, and "
		                 "options.table = \"inlay_migrations\" in the program",
		                 "%s is the table of %s, and inlay's would be called the same",
		                 adoption->plan.found->shown, adoption->plan.found->tool->title);
	if (live_status(live, &adoption->set.set, note_recorded, adoption, &error) != INLAY_OK)
		return live_tell(live, &error);
	if (adoption->recorded_count > 0 && count_recorded(adoption) != count_applied(adoption))
		return live_fail(live,
		                 "whoever goes on with both has to keep them equal; --table names "
		                 "another table for a new history",
		                 "%s has a history already, of %zu migrations, and %zu of those "
		                 "above are not in it",
		                 live->settings.table, adoption->recorded_count,
		                 count_applied(adoption) - count_recorded(adoption));
	return EXIT_DONE;
}

/* --- The story --- */

static void show(struct adoption *adoption)
{
	struct buffer out = { 0 };

	if (adoption->options->json)
		adopt_show_json(&adoption->plan, adoption->live.address.shown, &out);
	else if (!adoption->options->quiet)
		adopt_show(&adoption->plan, &adoption->arena, &out);
	buffer_print(&out, stdout);
	(void)fflush(stdout);
}

/* "2026-11-20 09:30:00", or NULL for what is no such time. */
static const char *time_of(struct adoption *adoption, const struct adopt_step *step)
{
	size_t size = strlen("2026-11-20 09:30:00");

	if (strlen(step->applied_at) != size + 3 || strcmp(step->applied_at + size, "+00") != 0)
		return NULL;
	return arena_format(&adoption->arena, "%.*s", (int)size, step->applied_at);
}

/* It may have to wait for others, and whoever waits may be asked to stop. */
static enum exit_code record(struct adoption *adoption)
{
	struct inlay_baseline_row *rows =
	        arena_array(&adoption->arena, struct inlay_baseline_row, adoption->plan.count + 1);
	struct inlay_error error = inlay_error_init();
	struct inlay_baseline_scope scope;
	size_t count = 0;

	for (size_t i = 0; i < adoption->plan.count; i++) {
		const struct adopt_step *step = &adoption->plan.steps[i];

		if (is_applied(step))
			rows[count++] = (struct inlay_baseline_row){ step->migration->version,
				                                     time_of(adoption, step) };
	}
	scope = inlay_baseline_of(rows, count);
	scope.adopted_from = adoption->plan.found->tool->name;
	scope.repeatables = 0; /* Whether the tool has run their last texts nobody knows. */
	watch_start(&adoption->live, NULL);
	(void)live_baseline(&adoption->live, &adoption->set.set, &scope, &error);
	adoption->signal = watch_stop(&adoption->live);
	if (error.result == INLAY_CANCELLED)
		return live_fail(&adoption->live, NULL, "stopped: nothing was recorded");
	adoption->signal = 0; /* It came too late. */
	if (error.result == INLAY_OK && !adoption->options->quiet && !adoption->options->json)
		printf("%" PRIu32 " %s recorded as adopted from %s\n", error.recorded_count,
		       error.recorded_count == 1 ? "migration is" : "migrations are",
		       adoption->plan.found->tool->title);
	return live_tell(&adoption->live, &error);
}

static enum exit_code ask(struct adoption *adoption, size_t count)
{
	const char *what = arena_format(&adoption->arena, "%zu %s as applied in %s", count,
	                                count == 1 ? "migration" : "migrations",
	                                adoption->live.settings.table);

	return live_agree(&adoption->live, adoption->options->yes,
	                  arena_format(&adoption->arena, "record %s?", what),
	                  arena_format(&adoption->arena, "this records %s", what));
}

static enum exit_code settle(struct adoption *adoption)
{
	size_t count = count_applied(adoption);
	const char *nothing = count == 0 ? "nothing is applied there, so there is nothing to record"
	                                 : "all of that is recorded already";
	enum exit_code code;

	if (count == count_recorded(adoption)) {
		if (!adoption->options->quiet && !adoption->options->json)
			puts(nothing);
		return EXIT_DONE;
	}
	if (adoption->options->dry_run)
		return EXIT_DONE;
	code = ask(adoption, count);
	return code == EXIT_DONE ? record(adoption) : code;
}

static enum exit_code read_set(struct adoption *adoption)
{
	struct options options = *adoption->options;
	const char *directory = options.directory != NULL ? options.directory : "migrations";

	if (options.layout == NULL)
		options.layout =
		        adopt_layout(&adoption->arena, adoption->found.items->tool, directory);
	return live_set_read(&adoption->set, "adopt", &options, adoption->live.address.dialect);
}

static enum exit_code adopt(struct adoption *adoption)
{
	const struct options *options = adoption->options;
	enum exit_code code = find_table(adoption);
	enum exit_code ours;

	if (code != EXIT_DONE)
		return code;
	code = read_set(adoption);
	if (code != EXIT_DONE)
		return code;
	adopt_plan_make(&adoption->plan, &adoption->arena, adoption->found.items, &adoption->rows,
	                adoption->set.workspace);
	show(adoption);
	code = adopt_judge(&adoption->live, &adoption->plan, options->force);
	ours = look_at_ours(adoption);
	if (code == EXIT_DONE)
		code = ours;
	return code == EXIT_DONE ? settle(adoption) : code;
}

enum exit_code command_adopt(const struct options *options)
{
	struct adoption adoption = { .options = options };
	enum exit_code code;

	if (options->tool != NULL)
		adoption.tool = adopt_tool_find(options->tool);
	if (options->tool != NULL && adoption.tool == NULL) {
		code = options_complain("adopt",
		                        arena_format(&adoption.arena, "--from is one of %s, not",
		                                     list_tools(&adoption.arena)),
		                        options->tool);
	} else {
		code = live_open(&adoption.live, "adopt", options,
		                 options->dry_run ? LIVE_LOOK : LIVE_CHANGE, &adoption.arena);
		if (code == EXIT_DONE)
			code = adopt(&adoption);
		live_set_clear(&adoption.set);
		live_close(&adoption.live);
	}
	arena_clear(&adoption.arena);
	watch_die(adoption.signal);
	return code;
}
