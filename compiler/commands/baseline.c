/* baseline.c - `inlay baseline`: compares, asks, and has the runtime record. */
#include "commands.h"

#include "adopt/adopt.h"
#include "live/confirm.h"
#include "live/live_set.h"
#include "live/standing.h"
#include "live/watch.h"
#include "safe.h"
#include "verify/drift.h"
#include "verify/scratch.h"
#include "verify/set_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define VERSIONS_SHOWN 8

/* One run of the command. */
struct baseline {
	struct live live;
	struct live_set set;
	struct set_view view;
	const struct options *options;
	const struct inlay_image_migration *last; /* --at */
	struct inlay_baseline_scope scope;
	const struct catalog *found; /* The live schema. */
	bool has_waited;             /* And that was said. */
	int signal;                  /* That stopped it, or 0. */
	struct catalog_lines names;  /* Of what is to be recorded, or was: "001_create_users". */
};

/* --- Which version --- */

/* "001_a.sql, 002_b.sql", the last ones of many. */
static const char *list_files(struct baseline *baseline)
{
	const struct set_view *view = &baseline->view;
	uint32_t i =
	        view->migration_count > VERSIONS_SHOWN ? view->migration_count - VERSIONS_SHOWN : 0;
	const char *list = i > 0 ? "... " : "";

	for (; i < view->migration_count; i++)
		list = arena_format(baseline->live.arena, "%s%s%s", list,
		                    set_view_file(view, &view->migrations[i]),
		                    i + 1 < view->migration_count ? ", " : "");
	return list;
}

static const char *propose(struct baseline *baseline)
{
	const struct set_view *view = &baseline->view;

	return arena_format(
	        baseline->live.arena, "--at %" PRId64 " is for all of the set, which has %s",
	        view->migrations[view->migration_count - 1].version, list_files(baseline));
}

static enum exit_code find_version(struct baseline *baseline)
{
	const char *at = baseline->options->at;
	int64_t version;

	if (baseline->view.migration_count == 0)
		return live_fail(&baseline->live, NULL, "the set has no versions to record");
	if (at == NULL) {
		(void)live_fail(&baseline->live, propose(baseline),
		                "--at VERSION is missing: the last migration that the database has "
		                "already");
		return EXIT_USAGE;
	}
	if (!options_number(at, 0, &version))
		return options_complain("baseline", "a version is a number, not", at);
	baseline->last = set_view_find(&baseline->view, version);
	if (baseline->last != NULL)
		return EXIT_DONE;
	(void)live_fail(&baseline->live, propose(baseline), "the set has no version %" PRId64,
	                version);
	return EXIT_USAGE;
}

/* --- What the runtime would record, or has recorded --- */

static void tell_waiting(const struct inlay_event *event)
{
	struct buffer out = { 0 };

	buffer_string(&out, "note: waiting while others migrate");
	if (event->holder[0] != '\0') {
		buffer_string(&out, " (");
		safe_string(&out, event->holder);
		buffer_string(&out, ")");
	}
	buffer_byte(&out, '\n');
	buffer_print(&out, stderr);
}

static void take_event(void *context, const struct inlay_event *event)
{
	struct baseline *baseline = context;

	if (event->kind == INLAY_EVENT_PENDING || event->kind == INLAY_EVENT_BASELINED)
		catalog_line(&baseline->names,
		             arena_string(baseline->live.arena, event->migration));
	if (event->kind == INLAY_EVENT_WAITING && !baseline->options->quiet &&
	    !baseline->has_waited) {
		baseline->has_waited = true;
		tell_waiting(event);
	}
}

static enum inlay_result call(struct baseline *baseline, bool is_dry, struct inlay_error *error)
{
	struct live *live = &baseline->live;

	baseline->names = (struct catalog_lines){ .arena = live->arena };
	live->settings.dry_run = is_dry ? 1 : 0;
	live->settings.on_event = take_event;
	live->settings.context = baseline;
	(void)live_baseline(live, &baseline->set.set, &baseline->scope, error);
	live->settings.dry_run = 0;
	live->settings.on_event = NULL;
	return error->result;
}

static const char *count_migrations(struct baseline *baseline)
{
	size_t count = baseline->names.count;

	return arena_format(baseline->live.arena, "%zu migration%s", count, count == 1 ? "" : "s");
}

/* --at, as a file: "002_b.sql". */
static const char *name_last(const struct baseline *baseline)
{
	return set_view_file(&baseline->view, baseline->last);
}

/* *is_done: there is nothing to record. */
static enum exit_code look(struct baseline *baseline, bool *is_done)
{
	struct inlay_error error = inlay_error_init();

	switch (call(baseline, true, &error)) {
	case INLAY_PENDING: return EXIT_DONE;
	case INLAY_OK: break;
	default: return live_tell(&baseline->live, &error);
	}
	*is_done = true;
	if (!baseline->options->quiet)
		printf("nothing to record: all up to %s is recorded already\n",
		       name_last(baseline));
	return EXIT_DONE;
}

/* --- Whether the database has them --- */

static bool is_empty(const struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++)
		if (catalog->items[i]->kind != CATALOG_SCHEMA &&
		    catalog->items[i]->kind != CATALOG_EXTENSION)
			return false;
	return true;
}

static enum exit_code refuse_empty(struct baseline *baseline)
{
	struct live *live = &baseline->live;

	if (live->is_absent)
		return live_fail(live, "inlay up makes it, and applies the migrations",
		                 "%s: there is no such file", live->address.shown);
	baseline->found = scratch_look(live);
	if (baseline->found == NULL)
		return live_fail(live, NULL, "the schema can not be read: %s", live->words);
	if (!is_empty(baseline->found) || baseline->options->force)
		return EXIT_DONE;
	return live_fail(live, "inlay up applies the migrations",
	                 "%s is empty: nothing that a migration makes is there",
	                 live->address.shown);
}

static void write_lines(FILE *to, const char *lead, const char *const *lines, size_t count)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < count; i++) {
		buffer_string(&out, lead);
		safe_string(&out, lines[i]);
		buffer_byte(&out, '\n');
	}
	buffer_print(&out, to);
	(void)fflush(to);
}

/* The tables of other tools are no drift, known or not. */
static const char *except(struct baseline *baseline)
{
	struct adopt_found_list found = { .count = 0 };

	(void)adopt_recognise(&baseline->live, NULL, &found);
	return adopt_except(baseline->live.arena, &found, baseline->options->except);
}

/* The last version has the repeatable migrations behind it.  Where only what they make differs the
 * versions are recorded alone, and they stay pending. */
static enum drift_result compare_whole(struct baseline *baseline, struct scratch *scratch,
                                       struct drift_scope *scope, enum drift_result result,
                                       struct drift *drift)
{
	enum drift_result whole_result;
	struct drift whole;

	scope->to_version = DRIFT_ALL;
	whole_result = drift_compare_again(scratch, &baseline->live, &baseline->set, scope, &whole);
	if (whole_result == DRIFT_NONE || result != DRIFT_NONE) {
		*drift = whole;
		return whole_result;
	}
	catalog_line(&drift->remarks, "what the repeatable migrations make is not there as they "
	                              "make it: they stay pending");
	baseline->scope.repeatables = 0;
	return DRIFT_NONE;
}

static enum drift_result compare(struct baseline *baseline, struct drift *drift)
{
	const struct set_view *view = &baseline->view;
	bool is_last = baseline->last == &view->migrations[view->migration_count - 1];
	struct drift_scope scope = {
		.to_version = baseline->last->version,
		.rehearse = baseline->options->rehearse,
		.except = except(baseline),
		.found = baseline->found,
	};
	struct scratch scratch;
	enum drift_result result =
	        drift_compare_on(&scratch, &baseline->live, &baseline->set, &scope, drift);

	if (is_last && view->repeatable_count > 0 && result != DRIFT_UNKNOWN)
		result = compare_whole(baseline, &scratch, &scope, result, drift);
	scratch_close(&scratch);
	return result;
}

static enum exit_code tell_unknown(struct baseline *baseline, const struct drift *drift)
{
	const char *help = "--force records without a comparison";

	if (baseline->options->force) {
		if (!baseline->options->quiet)
			fprintf(stderr, "note: nothing was compared: %s\n", drift->why_not);
		return EXIT_DONE;
	}
	if (drift->help != NULL)
		help = arena_format(baseline->live.arena, "%s; %s", drift->help, help);
	return live_fail(&baseline->live, help, "the schema can not be compared: %s",
	                 drift->why_not);
}

static enum exit_code tell_different(struct baseline *baseline, const struct drift *drift)
{
	if (!baseline->options->quiet)
		write_lines(stdout, "", drift->diff.lines, drift->diff.count);
	if (baseline->options->force) {
		if (!baseline->options->quiet)
			fprintf(stderr, "note: the schema differs in %zu place%s\n",
			        drift->diff.count, drift->diff.count == 1 ? "" : "s");
		return EXIT_DONE;
	}
	(void)live_fail(&baseline->live,
	                "name the version that the database is at, or mend it by hand; --force "
	                "records all the same",
	                "the schema is not what the migrations up to %s make (- not in the "
	                "database, + only there, ~ otherwise); nothing was recorded",
	                name_last(baseline));
	return EXIT_FINDINGS;
}

static enum exit_code judge(struct baseline *baseline)
{
	enum exit_code code = refuse_empty(baseline);
	enum drift_result result;
	struct drift drift;

	if (code != EXIT_DONE)
		return code;
	result = compare(baseline, &drift);
	if (!baseline->options->quiet)
		write_lines(stderr, "note: ", drift.remarks.items, drift.remarks.count);
	switch (result) {
	case DRIFT_NONE: return EXIT_DONE;
	case DRIFT_UNKNOWN: return tell_unknown(baseline, &drift);
	case DRIFT_FOUND: break;
	}
	return tell_different(baseline, &drift);
}

/* --- Recording --- */

static enum exit_code ask(struct baseline *baseline)
{
	struct arena *arena = baseline->live.arena;
	const char *what = arena_format(arena, "%s as applied", count_migrations(baseline));

	return live_agree(&baseline->live, baseline->options->yes,
	                  arena_format(arena, "record %s?", what),
	                  arena_format(arena, "this records %s", what));
}

static void write_names(const struct baseline *baseline, const char *lead)
{
	if (!baseline->options->quiet)
		write_lines(stdout, lead, baseline->names.items, baseline->names.count);
}

static enum exit_code tell_pending(struct baseline *baseline)
{
	struct standing standing;
	enum exit_code code;
	size_t pending;

	if (baseline->options->quiet)
		return EXIT_DONE;
	code = standing_read(&standing, &baseline->live, &baseline->set.set);
	if (code != EXIT_DONE)
		return code;
	pending = standing.counts[INLAY_STATE_PENDING];
	printf("%s recorded as applied, %zu pending\n", count_migrations(baseline), pending);
	if (pending > 0)
		printf("    help: inlay up applies %s\n", pending == 1 ? "it" : "them");
	return EXIT_DONE;
}

/* It may have to wait for others; whoever waits may be asked to stop. */
static enum exit_code record(struct baseline *baseline)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;

	watch_start(&baseline->live, NULL);
	result = call(baseline, false, &error);
	baseline->signal = watch_stop(&baseline->live);
	if (result == INLAY_CANCELLED)
		return live_fail(&baseline->live, NULL, "stopped: nothing was recorded");
	if (result != INLAY_OK)
		return live_tell(&baseline->live, &error);
	baseline->signal = 0; /* It came too late. */
	write_names(baseline, "recorded ");
	return tell_pending(baseline);
}

/* What will be recorded may be less than was looked at: the repeatable ones may have to wait. */
static enum exit_code go_on(struct baseline *baseline)
{
	struct inlay_error error = inlay_error_init();
	enum exit_code code = judge(baseline);

	if (code != EXIT_DONE)
		return code;
	if (call(baseline, true, &error) != INLAY_PENDING)
		return live_tell(&baseline->live, &error);
	if (baseline->options->dry_run) {
		write_names(baseline, "would record ");
		return EXIT_DONE;
	}
	code = ask(baseline);
	return code == EXIT_DONE ? record(baseline) : code;
}

static enum exit_code run(struct baseline *baseline)
{
	bool is_done = false;
	enum exit_code code;

	baseline->view = set_view_of(&baseline->set.set, baseline->live.address.dialect);
	code = find_version(baseline);
	if (code != EXIT_DONE)
		return code;
	baseline->scope = inlay_baseline_to(baseline->last->version);
	code = look(baseline, &is_done);
	return code == EXIT_DONE && !is_done ? go_on(baseline) : code;
}

enum exit_code command_baseline(const struct options *options)
{
	struct arena arena = { 0 };
	struct baseline baseline = { .options = options };
	enum live_access access = options->dry_run ? LIVE_LOOK : LIVE_CHANGE;
	enum exit_code code = live_open(&baseline.live, "baseline", options, access, &arena);

	if (code == EXIT_DONE)
		code = live_set_read(&baseline.set, "baseline", options,
		                     baseline.live.address.dialect);
	if (code == EXIT_DONE)
		code = run(&baseline);
	live_set_clear(&baseline.set);
	live_close(&baseline.live);
	arena_clear(&arena);
	watch_die(baseline.signal);
	return code;
}
