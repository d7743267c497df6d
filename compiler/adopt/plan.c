/* plan.c - their rows x our migrations: what is there, what is not, and what fits nowhere. */
#include "adopt.h"

#include <stdlib.h>
#include <string.h>

struct planning {
	struct arena *arena;
	struct adopt_plan *plan;
	const struct adopt_tool *tool;
	const struct adopt_row_list *rows;
	const struct adopt_match *matches;
	const struct workspace *workspace;
	enum dialect dialect;
	struct adopt_files files;
	struct adopt_prefixes prefixes;
	bool is_theirs;  /* The directory is as the tool reads it. */
	bool is_broken;  /* A cumulative checksum says no more. */
	int64_t through; /* All up to this version are there; -1: none. */
};

/* --- Files --- */

static const struct source *source_of(const struct migration *migration, enum dialect dialect)
{
	const struct source *source = migration->variants[dialect].up.source;

	return source != NULL && source->written != NULL ? source->written : source;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct adopt_file *)a)->path, ((const struct adopt_file *)b)->path);
}

static void list_files(struct planning *planning)
{
	const struct migration_set *set = &planning->workspace->set;
	struct adopt_file *files = arena_array(planning->arena, struct adopt_file, set->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct source *source = source_of(&set->items[i], planning->dialect);

		if (source != NULL)
			files[count++] = (struct adopt_file){ set->items[i].version, source->name,
				                              set->items[i].title, source->text };
	}
	qsort(files, count, sizeof(*files), by_path);
	planning->files =
	        (struct adopt_files){ planning->arena, files, count, &planning->prefixes };
}

static size_t index_of(const struct planning *planning, int64_t version)
{
	size_t i;

	for (i = 0; i < planning->files.count; i++)
		if (planning->files.items[i].version == version)
			break;
	return i;
}

/* Does somebody who knows our words have had a hand in it?  Then the tool's checksum is of another
 * text. */
static bool is_rewritten(struct text text)
{
	return text_contains_caseless(text, text_of("migrate:"));
}

static void compare(struct planning *planning, struct adopt_step *step)
{
	size_t index = index_of(planning, step->migration->version);
	bool is_native = planning->tool->is_native && format_is_native(planning->workspace->format);
	enum adopt_sum sum = ADOPT_SUM_UNUSABLE;

	if (planning->tool->compare != NULL && step->row->checksum != NULL &&
	    index < planning->files.count)
		sum = planning->tool->compare(&planning->files, index, step->row, &step->checksum);
	planning->plan->verified_count += sum == ADOPT_SUM_SAME;
	if (sum != ADOPT_SUM_DIFFERS || planning->is_broken)
		return;
	planning->is_broken = planning->tool->is_cumulative;
	if (planning->is_theirs || (is_native && !is_rewritten(planning->files.items[index].text)))
		step->state = ADOPT_STEP_DIFFERS;
	else
		planning->plan->unverified_count++;
}

/* --- Steps --- */

static struct adopt_step *add(struct planning *planning, enum adopt_state state,
                              const struct migration *migration, const struct adopt_row *row)
{
	struct adopt_step *step = &planning->plan->steps[planning->plan->count++];

	*step = (struct adopt_step){ .state = state,
		                     .migration = migration,
		                     .row = row,
		                     .applied_at = row != NULL ? row->applied_at : "" };
	return step;
}

/* Are they rows of one migration? */
static bool go_together(const struct adopt_tool *tool, const struct adopt_row *a,
                        const struct adopt_row *b)
{
	return strcmp(a->scope, b->scope) == 0 && (tool->has_parts || strcmp(a->key, b->key) == 0);
}

static void plan_migration(struct planning *planning, const struct migration *migration)
{
	const struct adopt_row *last = NULL;
	enum adopt_state state = ADOPT_STEP_APPLIED;
	struct adopt_step *step;

	for (size_t i = 0; i < planning->rows->count; i++) {
		const struct adopt_row *row = &planning->rows->items[i];

		if (planning->matches[i].migration != migration)
			continue;
		if (last != NULL && !go_together(planning->tool, last, row))
			state = ADOPT_STEP_CONFLICT;
		last = last != NULL && state == ADOPT_STEP_FAILED ? last : row;
		if (row->state == ADOPT_FAILED)
			state = ADOPT_STEP_FAILED;
	}
	if (last == NULL && migration->version > planning->through)
		state = ADOPT_STEP_PENDING;
	if (state == ADOPT_STEP_PENDING)
		planning->is_broken = planning->tool->is_cumulative;
	step = add(planning, state, migration, last);
	if (state == ADOPT_STEP_APPLIED && last != NULL)
		compare(planning, step);
}

static void plan_migrations(struct planning *planning)
{
	const struct migration_set *set = &planning->workspace->set;
	bool is_before = false; /* Something that is there. */

	for (size_t i = 0; i < set->count; i++)
		plan_migration(planning, &set->items[i]);
	for (size_t i = planning->plan->count; i-- > 0;) {
		struct adopt_step *step = &planning->plan->steps[i];

		if (step->state == ADOPT_STEP_PENDING && is_before)
			step->state = ADOPT_STEP_LATE;
		is_before = is_before || step->state != ADOPT_STEP_PENDING;
	}
}

/* --- Rows that are no migration of ours --- */

/* Is any row of that scope ours; NULL: of any? */
static bool has_match(const struct planning *planning, const char *scope)
{
	for (size_t i = 0; i < planning->rows->count; i++)
		if (planning->matches[i].migration != NULL &&
		    (scope == NULL || strcmp(planning->rows->items[i].scope, scope) == 0))
			return true;
	return false;
}

static enum adopt_state state_of(const struct planning *planning, const struct adopt_row *row)
{
	if (row->state == ADOPT_FAILED)
		return ADOPT_STEP_FAILED;
	if (row->state == ADOPT_REPEATABLE || row->state == ADOPT_BASELINE)
		return ADOPT_STEP_ASIDE;
	if (planning->tool->is_shared && has_match(planning, NULL) &&
	    !has_match(planning, row->scope))
		return ADOPT_STEP_ASIDE;
	return ADOPT_STEP_UNKNOWN;
}

static void plan_rows(struct planning *planning)
{
	for (size_t i = 0; i < planning->rows->count; i++)
		if (planning->matches[i].migration == NULL)
			(void)add(planning, state_of(planning, &planning->rows->items[i]), NULL,
			          &planning->rows->items[i]);
}

static int64_t through_of(const struct planning *planning)
{
	int64_t through = -1;

	for (size_t i = 0; i < planning->rows->count; i++) {
		enum adopt_row_state state = planning->rows->items[i].state;
		int64_t version = planning->matches[i].version;

		if (state == ADOPT_FAILED && planning->tool->is_one_row)
			version--;
		else if (state != ADOPT_THROUGH && state != ADOPT_BASELINE)
			continue;
		if (version > through)
			through = version;
	}
	return through;
}

void adopt_plan_make(struct adopt_plan *plan, struct arena *arena, const struct adopt_found *found,
                     const struct adopt_row_list *rows, const struct workspace *workspace)
{
	struct planning planning = {
		.arena = arena,
		.plan = plan,
		.tool = found->tool,
		.rows = rows,
		.matches = adopt_match(arena, found->tool, rows, &workspace->set),
		.workspace = workspace,
		.dialect =
		        workspace->set.dialects[DIALECT_SQLITE] ? DIALECT_SQLITE : DIALECT_POSTGRES,
		.is_theirs =
		        found->tool->format != NULL && found->tool->format == workspace->format,
	};

	*plan = (struct adopt_plan){
		.found = found,
		.steps = arena_array(arena, struct adopt_step,
		                     workspace->set.count + rows->count + 1),
		.busy = rows->busy,
	};
	planning.through = through_of(&planning);
	list_files(&planning);
	plan_migrations(&planning);
	plan_rows(&planning);
	for (size_t i = 0; i < plan->count; i++)
		plan->counts[plan->steps[i].state]++;
}
