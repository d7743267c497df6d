/* up.c - `inlay up`: applies what is pending, as far as it is asked to. */
#include "commands.h"

#include "migrating.h"

#include <inttypes.h>

static bool is_of_set(const struct migrating_row *row)
{
	return row->version >= 0 && row->state != INLAY_STATE_MISSING &&
	       row->state != INLAY_STATE_AHEAD;
}

static bool is_to_do(const struct migrating_row *row)
{
	return row->version >= 0 &&
	       (row->state == INLAY_STATE_PENDING || row->state == INLAY_STATE_LATE ||
	        row->state == INLAY_STATE_INTERRUPTED);
}

/* --to: a version of the set that is not behind what is applied. */
static enum exit_code settle_version(struct migrating *migrating, const char *text)
{
	const struct migrating_row *row;
	int64_t version;
	size_t i;

	if (migrating_read_version(migrating, text, &version) != EXIT_DONE)
		return EXIT_USAGE;
	row = migrating_find(migrating, version);
	if (row == NULL || !is_of_set(row)) {
		(void)live_fail(&migrating->live,
		                migrating_neighbours(migrating, version, is_of_set),
		                "the set has no version %" PRId64, version);
		return EXIT_USAGE;
	}
	for (i = migrating->row_count; i > 0; i--) {
		const struct migrating_row *last = &migrating->rows[i - 1];

		if (!migrating_is_applied(last))
			continue;
		if (last->version > version)
			return live_fail(
			        &migrating->live,
			        arena_format(&migrating->arena,
			                     "`inlay down --to %" PRId64 "` goes back to it",
			                     version),
			        "%s is applied already, which is later than version %" PRId64,
			        last->filename, version);
		break;
	}
	migrating->live.settings.to_version = version;
	return EXIT_DONE;
}

/* --steps: as far as the last of the next N; no limit when there are no more than that. */
static enum exit_code settle_steps(struct migrating *migrating, const char *text)
{
	int64_t last = -1;
	int64_t count;
	size_t i;

	if (!options_number(text, 1, &count))
		return options_complain("up", "--steps is a number from 1 on, not", text);
	for (i = 0; i < migrating->row_count; i++) {
		if (!is_to_do(&migrating->rows[i]))
			continue;
		if (count-- == 0) {
			migrating->live.settings.to_version = last;
			break;
		}
		last = migrating->rows[i].version;
	}
	return EXIT_DONE;
}

/* The late ones go in together, or the rest would be ahead of where the set seems to end. */
static enum exit_code refuse_parts(struct migrating *migrating)
{
	struct live *live = &migrating->live;
	size_t i;

	if (!live->settings.allow_late || live->settings.to_version < 0)
		return EXIT_DONE;
	for (i = migrating->row_count; i-- > 0;)
		if (migrating_is_applied(&migrating->rows[i]) &&
		    migrating->rows[i].version > live->settings.to_version)
			return live_fail(live, "leave out --steps, or give more",
			                 "--allow-late applies all late migrations, not only those "
			                 "up to version %" PRId64,
			                 live->settings.to_version);
	return EXIT_DONE;
}

static enum exit_code settle(struct migrating *migrating)
{
	const struct options *options = migrating->options;
	enum exit_code code = EXIT_DONE;

	migrating->live.settings.allow_late = options->allow_late ? 1 : 0;
	if (options->to != NULL && options->steps != NULL)
		return options_complain("up", "--to leaves nothing to do for", "--steps");
	if (options->to != NULL)
		return settle_version(migrating, options->to);
	if (options->steps != NULL)
		code = settle_steps(migrating, options->steps);
	return code == EXIT_DONE ? refuse_parts(migrating) : code;
}

static void say_nothing_to_do(const struct migrating *migrating)
{
	size_t count = migrating_count_applied(migrating);
	size_t strange = migrating_count_strange(migrating);

	if (strange > 0)
		migrating_say(migrating,
		              "nothing to do: %zu migration%s applied, %zu of which this set does "
		              "not have",
		              count, count == 1 ? " is" : "s are", strange);
	else
		migrating_say(migrating, "nothing to do: %zu migration%s applied", count,
		              count == 1 ? " is" : "s are");
}

/* The check found nothing pending.  SQLite's user_version is believed there, so somebody who has
 * dropped or replaced the table, and left that, would be told so for ever. */
static enum exit_code end_up_to_date(struct migrating *migrating)
{
	int64_t last = migrating->live.settings.to_version;
	enum exit_code code = migrating_read_rows(migrating);
	size_t i;

	for (i = 0; code == EXIT_DONE && i < migrating->row_count; i++) {
		const struct migrating_row *row = &migrating->rows[i];

		if (row->version >= 0 && row->state == INLAY_STATE_PENDING &&
		    (last < 0 || row->version <= last))
			return live_fail(&migrating->live,
			                 "`inlay repair` tells more, and puts user_version right",
			                 "user_version says that all is applied, and the tracking "
			                 "table lacks %s: somebody has changed it; nothing was "
			                 "changed",
			                 row->filename);
	}
	if (code == EXIT_DONE)
		say_nothing_to_do(migrating);
	return code;
}

/* A migration that only the application can apply, before anything is begun. */
static enum exit_code refuse_functions(struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	size_t i;

	for (i = 0; i < preview->migration_count; i++) {
		const struct preview_migration *migration = &preview->migrations[i];
		const char *help = "start the application: it applies this migration itself";

		if (migration->function == NULL)
			continue;
		if (i > 0)
			help = arena_format(&migrating->arena,
			                    "start the application, which applies it itself; or "
			                    "stop before it: --to %" PRId64,
			                    preview->migrations[i - 1].version);
		return live_fail(&migrating->live, help,
		                 "%s calls %s(), a function of the application, which this "
		                 "command does not have; nothing was changed",
		                 migration->name, migration->function);
	}
	return EXIT_DONE;
}

static enum exit_code run(struct migrating *migrating)
{
	enum exit_code code = settle(migrating);

	if (code == EXIT_DONE)
		code = migrating_preview(migrating, NULL);
	if (code != EXIT_DONE)
		return code;
	if (migrating->error.result == INLAY_OK)
		return end_up_to_date(migrating);
	code = refuse_functions(migrating);
	if (code != EXIT_DONE)
		return code;
	if (!migrating->is_dry)
		return migrating_run(migrating, NULL);
	migrating_print_preview(migrating);
	return EXIT_DONE;
}

enum exit_code command_up(const struct options *options)
{
	struct migrating migrating;
	enum exit_code code = migrating_begin(&migrating, "up", options);

	if (code == EXIT_DONE)
		code = run(&migrating);
	return migrating_end(&migrating, code);
}
