/* play.c - the set as a new installation gets it; then each migration up, down and up again, with
 * rows in every table. */
#include "play.h"

#include "layout.h"
#include "output.h"

#include <errno.h>
#include <string.h>

#define RESTARTS_MAX 40   /* Fresh databases because of scripts that failed. */
#define STEPS_MAX    1000 /* Migrations that go up, down and up one by one: the last ones. */

/* --- Scripts on the stage --- */

static struct inlay_options options_for_rehearsal(void)
{
	struct inlay_options options = inlay_options_init();

	/* Nothing is left to the environment. */
	options.auto_migrate = 1;
	options.dry_run = 0;
	options.cache_ttl_ms = 0;
	options.rollout_percent = 100;
	options.lock_timeout_ms = 30000;
	options.user_version = INLAY_USER_VERSION_NEVER;
	options.table = STAGE_TABLE;
	return options;
}

struct scene play_scene(const struct play *play, size_t index, bool is_down)
{
	const struct migration *migration = &play->set->items[index];
	const struct variant *variant = &migration->variants[play->stage.driver->dialect];

	return (struct scene){ migration, is_down ? &variant->down : &variant->up, is_down };
}

static bool perform(struct play *play, const struct inlay_set *set, const struct scene *scene,
                    struct inlay_error *error)
{
	struct inlay_options options = options_for_rehearsal();
	const struct stage_driver *driver = play->stage.driver;
	bool is_down = scene != NULL && scene->is_down;

	*error = inlay_error_init();
	play->stage.statement = 0;
	play->stage.refused = NULL;
	play->stage.scene = scene;
	return (is_down ? driver->down : driver->up)(&play->stage, set, &options, error) ==
	       INLAY_OK;
}

/* What was applied is history: the next migration's set begins anew. */
static void forget(struct play *play)
{
	(void)play->stage.driver->run(&play->stage, "DELETE FROM " STAGE_TABLE);
}

static void look(struct play *play)
{
	if (play->stage.rows != NULL && play->stage.rows->catalog != NULL)
		play->now = play->stage.rows->catalog;
	else
		play->now = play->stage.driver->look(&play->stage);
	if (play->now == NULL && !play->is_blind)
		tell_blind(play);
	play->is_blind = play->now == NULL;
}

/* A fresh database with the first `count` migrations, in one go. */
static bool begin_at(struct play *play, size_t count, enum rows_sort sort, bool with_rows)
{
	struct inlay_error error;
	const struct inlay_set *set;

	play->now = NULL;
	play->stage.rows = NULL;
	if (!play->stage.driver->open(&play->stage))
		return false;
	if (with_rows)
		play->stage.rows = rows_create(&play->stage, sort);
	if (count == 0)
		return true;
	set = scene_set(&play->stage, 0, count, false);
	if (set == NULL)
		return false;
	if (!perform(play, set, NULL, &error)) {
		struct scene scene = fault_scene(&play->stage, &error);

		(void)fault_tell(&play->stage, &scene, RULE_REHEARSAL, &error, "");
		return false;
	}
	forget(play);
	return true;
}

/* Goes on behind a migration that did not end as it should. */
static bool restart(struct play *play, size_t count)
{
	return ++play->restarts <= RESTARTS_MAX && begin_at(play, count, ROWS_PLAIN, true);
}

/* --- Up, down, up --- */

static bool has_call(const struct script *script)
{
	size_t i;

	for (i = 0; i < script->count; i++)
		if (script->statements[i].call != 0)
			return true;
	return false;
}

/* How many scripts of it are played: up; or up, down, up. */
static size_t count_scripts(const struct play *play, size_t index)
{
	struct scene down = play_scene(play, index, true);

	return down.script->source != NULL && !has_call(down.script) ? 3 : 1;
}

/* Are both known, and different? */
static bool differs(struct play *play, const struct catalog *before, const struct catalog *after,
                    struct catalog_diff *diff)
{
	if (before == NULL || after == NULL)
		return false;
	*diff = catalog_diff(play->arena, before, after);
	return diff->count > 0;
}

/* Holds the schema behind down, and behind the second up, against those before.  false when the
 * database is not fit to go on with. */
static bool compare(struct play *play, size_t index, enum step step, const struct catalog *than)
{
	struct catalog_diff diff;
	enum rule rule = step == STEP_DOWN ? RULE_REHEARSAL_DOWN : RULE_REHEARSAL_AGAIN;

	if (step == STEP_UP || !differs(play, than, play->now, &diff))
		return true;
	if (play->told != index + 1)
		tell_difference(play, index, rule, &diff);
	play->told = index + 1; /* What comes behind it may only follow from it. */
	return step == STEP_DOWN;
}

/* The scripts of one migration: `*step` is the one that fails.  Of a pair that does not lead back,
 * and of lost rows, it tells where `tells`. */
static enum played play_scripts(struct play *play, size_t index, bool tells, enum step *step,
                                struct inlay_error *error)
{
	const struct inlay_set *set = scene_set(&play->stage, index, index + 1, false);
	size_t count = count_scripts(play, index);
	const struct catalog *before[3] = { play->now, NULL, NULL };

	for (*step = STEP_UP; set != NULL && *step < count; ++*step) {
		struct scene scene = play_scene(play, index, *step == STEP_DOWN);

		if (!perform(play, set, &scene, error))
			return PLAYED_FAILED;
		if (play->stage.rows != NULL)
			rows_settle(play->stage.rows, tells ? tell_lost : NULL, &scene);
		look(play);
		if (*step < STEP_AGAIN)
			before[*step + 1] = play->now;
		/* Behind down it is as before up; behind the second up as behind the first. */
		if (tells && *step > STEP_UP &&
		    !compare(play, index, *step, before[*step - STEP_DOWN]))
			return PLAYED_OTHERWISE;
	}
	forget(play);
	return PLAYED_WELL;
}

/* --- When a script fails with rows --- */

/* On empty tables: tells of what fails there, too. */
static bool fails_empty(struct play *play, size_t index)
{
	struct inlay_error error;
	enum step step;
	struct scene scene;

	if (!begin_at(play, index, ROWS_PLAIN, false))
		return true;
	look(play);
	if (play_scripts(play, index, true, &step, &error) != PLAYED_FAILED)
		return false;
	if (play->told == index + 1)
		return true;
	scene = play_scene(play, index, step == STEP_DOWN);
	(void)fault_tell(&play->stage, &scene,
	                 step == STEP_AGAIN ? RULE_REHEARSAL_AGAIN : RULE_REHEARSAL, &error,
	                 step == STEP_AGAIN ? "after up and down, up fails: " : "");
	return true;
}

/* Is the failure about values, which we made up, rather than about there being rows? */
static bool is_about_values(const struct inlay_error *error)
{
	return (error->code & 0xff) == 19 || strncmp(error->sqlstate, "23", 2) == 0 ||
	       strncmp(error->sqlstate, "22", 2) == 0;
}

/* Has the script put in what one of our own rows has already?  In production no such row is there,
 * or the migration would not put it in. */
static bool meets_our_rows(const struct scene *scene, enum step step,
                           const struct inlay_error *error)
{
	bool is_unique =
	        error->code == 1555 || error->code == 2067 || strcmp(error->sqlstate, "23505") == 0;

	return step == STEP_UP && is_unique &&
	       text_equals_folded(scene_statement(scene, error->statement), "insert");
}

/* Does it fail with every sort of rows? */
static bool fails_always(struct play *play, size_t index)
{
	enum rows_sort sort;
	struct inlay_error error;
	enum step step;

	for (sort = ROWS_NULLS; sort < ROWS_SORT_COUNT; sort++) {
		if (!begin_at(play, index, sort, true))
			return false;
		if (sort == ROWS_LITERALS)
			rows_take_literals(play->stage.rows, play_scene(play, index, false).script);
		rows_fill(play->stage.rows);
		if (play_scripts(play, index, false, &step, &error) != PLAYED_FAILED)
			return false;
	}
	return true;
}

static void judge_failure(struct play *play, size_t index, enum step step,
                          const struct inlay_error *error)
{
	struct scene scene = play_scene(play, index, step == STEP_DOWN);

	if (fails_empty(play, index) || meets_our_rows(&scene, step, error))
		return;
	if (!is_about_values(error) || fails_always(play, index))
		tell_rows(play, &scene, error);
}

/* One migration.  false when the rehearsal ends with it. */
static bool play_one(struct play *play, size_t index)
{
	struct inlay_error error;
	enum step step;

	rows_fill(play->stage.rows);
	look(play);
	switch (play_scripts(play, index, true, &step, &error)) {
	case PLAYED_WELL: return true;
	case PLAYED_OTHERWISE: break;
	case PLAYED_FAILED: judge_failure(play, index, step, &error); break;
	}
	return restart(play, index + 1);
}

/* --- Repeatable migrations --- */

/* Applied twice, as in a database's life. */
static bool play_repeatables(struct play *play)
{
	static const char *const tables[] = { STAGE_TABLE, STAGE_TABLE "_log",
		                              STAGE_TABLE "_state" };
	const struct inlay_set *set;
	struct inlay_error error;
	struct scene scene;
	size_t round, i;

	for (i = 0; i < play->set->repeatable_count; i++) {
		const struct migration *repeatable = &play->set->repeatables[i];

		scene = (struct scene){ repeatable,
			                &repeatable->variants[play->stage.driver->dialect].up,
			                false };
		if (has_call(scene.script)) {
			tell_call(play, &scene, "repeatable migrations are not rehearsed");
			return false;
		}
	}
	if (play->set->repeatable_count == 0)
		return true;
	set = scene_set(&play->stage, play->end, play->end, true);
	for (round = 0; set != NULL && round < 2; round++) {
		for (i = 0; i < 3; i++)
			(void)play->stage.driver->run(
			        &play->stage,
			        arena_format(play->arena, "DROP TABLE IF EXISTS %s", tables[i]));
		if (perform(play, set, NULL, &error))
			continue;
		scene = fault_scene(&play->stage, &error);
		(void)fault_tell(&play->stage, &scene,
		                 round == 0 ? RULE_REHEARSAL : RULE_REHEARSAL_AGAIN, &error,
		                 round == 0 ? ""
		                            : "a repeatable migration runs again whenever "
		                              "its text changes, and fails then: ");
		return false;
	}
	return set != NULL;
}

/* --- The whole --- */

/* How many migrations are not rehearsed, from `index` on, for a note. */
static const char *count_rest(struct play *play, size_t index)
{
	size_t count = play->set->count - index + play->set->repeatable_count;

	return arena_format(play->arena, "%zu migration%s not rehearsed", count,
	                    count == 1 ? " is" : "s are");
}

/* Finds how far the rehearsal can go. */
static void find_limits(struct play *play)
{
	size_t i;

	for (i = 0; i < play->set->count && play->set->items[i].released; i++)
		;
	play->first = i;
	for (i = 0; i < play->set->count; i++) {
		struct scene up = play_scene(play, i, false);

		if (!has_call(up.script))
			continue;
		tell_call(play, &up, count_rest(play, i));
		break;
	}
	play->end = i;
	if (play->first > play->end)
		play->first = play->end;
	if (play->end - play->first > STEPS_MAX) {
		tell_crowd(play, play->end - play->first - STEPS_MAX);
		play->first = play->end - STEPS_MAX;
	}
	for (i = play->first; i < play->end; i++) {
		struct scene down = play_scene(play, i, true);

		if (has_call(down.script))
			tell_call(play, &down, "this down script is not rehearsed");
	}
}

/* As in a new installation: every up script on empty tables, then the repeatable ones. */
static bool play_fresh(struct play *play)
{
	const struct inlay_set *set;
	struct inlay_error error;
	struct scene scene;

	if (!play->stage.driver->open(&play->stage))
		return false;
	set = scene_set(&play->stage, 0, play->end, false);
	if (set == NULL)
		return false;
	if (play->end == 0 || perform(play, set, NULL, &error))
		return play->end == play->set->count && play_repeatables(play);
	scene = fault_scene(&play->stage, &error);
	(void)fault_tell(&play->stage, &scene, RULE_REHEARSAL, &error, "");
	play->end = scene.migration != NULL ? (size_t)(scene.migration - play->set->items) : 0;
	return false;
}

/* Each migration that is not released, there, back and there again, with rows in every table. */
static void play_each(struct play *play)
{
	struct scene scene;
	size_t i;

	if (play->first >= play->end || !begin_at(play, play->first, ROWS_PLAIN, true))
		return;
	for (i = play->first; i < play->end; i++)
		if (!play_one(play, i))
			break;
	if (i + 1 >= play->end || play->restarts <= RESTARTS_MAX)
		return;
	scene = play_scene(play, i + 1, false);
	tell_stop(play, &scene,
	          arena_format(play->arena,
	                       "too many migrations fail: %zu migration%s not "
	                       "rehearsed with rows",
	                       play->end - i - 1, play->end - i - 1 == 1 ? " is" : "s are"));
}

static const char *schema_path(struct play *play)
{
	const char *path = play->stage.rehearsal->schema_out;
	bool is_sqlite = play->stage.driver->dialect == DIALECT_SQLITE;
	size_t size = strlen(path);

	if (!play->set->dialects[DIALECT_SQLITE] || !play->set->dialects[DIALECT_POSTGRES])
		return path;
	if (size > 4 && strcmp(path + size - 4, ".sql") == 0)
		size -= 4;
	return arena_format(play->arena, "%.*s.%s.sql", (int)size, path,
	                    is_sqlite ? "sqlite" : "postgres");
}

static void write_schema(struct play *play)
{
	struct buffer out = { 0 };
	struct problem problem = { .rule = RULE_SCHEMA_OUT };

	look(play);
	if (play->now == NULL)
		return;
	problem.path = schema_path(play);
	buffer_format(&out, "-- The schema that the migrations make, as %s tells it: by `inlay`.\n",
	              dialect_title(play->stage.driver->dialect));
	catalog_write_sql(play->now, play->stage.driver->dialect, &out);
	if (output_write(problem.path, buffer_contents(&out)) == OUTPUT_FAILED)
		diagnostics_add(play->stage.rehearsal->problems, problem,
		                "the schema can not be written: %s", strerror(errno));
	buffer_clear(&out);
}

void play_rehearse(struct rehearsal *rehearsal, const struct stage_driver *driver, void *place)
{
	struct play play = {
		.stage = { .rehearsal = rehearsal, .driver = driver, .place = place },
		.arena = rehearsal->arena,
		.set = rehearsal->set,
	};

	play.stage.requirements =
	        requirements_read(play.arena, rehearsal->sources, driver->dialect);
	find_limits(&play);
	if (play_fresh(&play) && rehearsal->schema_out != NULL)
		write_schema(&play);
	play_each(&play);
	driver->close(&play.stage);
}
