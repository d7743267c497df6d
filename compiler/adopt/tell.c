/* tell.c - the plan for people and for machines, and what stands against it. */
#include "adopt.h"
#include "json_out.h"
#include "live/table.h"

#include <inttypes.h>
#include <string.h>

#define NAMED_MAX 3 /* So many are named, the others counted. */

static const char *const words[ADOPT_STEP_STATE_COUNT] = {
	[ADOPT_STEP_APPLIED] = "applied",
	[ADOPT_STEP_PENDING] = "pending",
	[ADOPT_STEP_LATE] = "pending, a later one is applied",
	[ADOPT_STEP_DIFFERS] = "edited since",
	[ADOPT_STEP_FAILED] = "failed",
	[ADOPT_STEP_CONFLICT] = "meant by several rows",
	[ADOPT_STEP_UNKNOWN] = "not in the set",
	[ADOPT_STEP_ASIDE] = "left aside",
};

static const char *const json_names[ADOPT_STEP_STATE_COUNT] = {
	[ADOPT_STEP_APPLIED] = "applied", [ADOPT_STEP_PENDING] = "pending",
	[ADOPT_STEP_LATE] = "late",       [ADOPT_STEP_DIFFERS] = "edited",
	[ADOPT_STEP_FAILED] = "failed",   [ADOPT_STEP_CONFLICT] = "conflict",
	[ADOPT_STEP_UNKNOWN] = "unknown", [ADOPT_STEP_ASIDE] = "aside",
};

/* What they call it. */
static const char *name_of(struct arena *arena, const struct adopt_plan *plan,
                           const struct adopt_row *row)
{
	if (row->scope[0] == '\0')
		return row->key[0] != '\0' ? row->key : "\"\"";
	if (plan->found->tool->has_parts)
		return arena_format(arena, "%s::%s", row->scope, row->key);
	return arena_format(arena, "%s.%s", row->scope, row->key);
}

static size_t applied_count(const struct adopt_plan *plan)
{
	return plan->counts[ADOPT_STEP_APPLIED] + plan->counts[ADOPT_STEP_DIFFERS];
}

/* --- The plan --- */

static const char *plural(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

static void sum_up(const struct adopt_plan *plan, struct buffer *out)
{
	size_t pending = plan->counts[ADOPT_STEP_PENDING] + plan->counts[ADOPT_STEP_LATE];

	buffer_format(out, "\n%zu %s applied by %s, %zu pending", applied_count(plan),
	              plural(applied_count(plan), "migration is", "migrations are"),
	              plan->found->tool->title, pending);
	if (plan->verified_count > 0)
		buffer_format(out, "; %zu %s verified", plan->verified_count,
		              plural(plan->verified_count, "checksum is", "checksums are"));
	buffer_string(out, "\n");
	if (plan->unverified_count > 0)
		buffer_format(
		        out,
		        "%zu %s other text than %s applied, as files that were rewritten have\n",
		        plan->unverified_count,
		        plural(plan->unverified_count, "migration has", "migrations have"),
		        plan->found->tool->title);
}

void adopt_show(const struct adopt_plan *plan, struct arena *arena, struct buffer *out)
{
	struct table table = { .arena = arena, .column_count = 4 };

	buffer_format(out, "%s is a table of %s\n\n", plan->found->shown, plan->found->tool->title);
	table_row(&table, (const char *[]){ "in the table", "migration", "state", "applied at" });
	for (size_t i = 0; i < plan->count; i++) {
		const struct adopt_step *step = &plan->steps[i];
		const char *theirs = step->row != NULL ? name_of(arena, plan, step->row) : NULL;
		const char *ours = step->migration != NULL ? step->migration->title : NULL;

		table_row(&table,
		          (const char *[]){ theirs, ours, words[step->state], step->applied_at });
	}
	if (plan->count > 0)
		table_write(&table, out);
	sum_up(plan, out);
}

/* Of the only dialect that was read. */
static const char *filename_of(const struct migration *migration)
{
	for (int i = 0; migration != NULL && i < DIALECT_COUNT; i++)
		if (migration->files[i][0] != NULL)
			return source_base_name(migration->files[i][0]->path);
	return NULL;
}

void adopt_show_json(const struct adopt_plan *plan, const char *database, struct buffer *out)
{
	json_t *document;
	json_t *list;

	json_out_init();
	document = json_object();
	list = json_array();
	json_object_set_new(document, "database", json_out_string(database));
	json_object_set_new(document, "tool", json_out_string(plan->found->tool->name));
	json_object_set_new(document, "table", json_out_string(plan->found->shown));
	json_object_set_new(document, "busy", json_out_string(plan->busy));
	for (size_t i = 0; i < plan->count; i++) {
		const struct adopt_step *step = &plan->steps[i];
		const struct migration *migration = step->migration;
		const struct adopt_row *row = step->row;
		json_t *item = json_object();

		json_object_set_new(item, "version",
		                    migration != NULL ? json_integer(migration->version)
		                                      : json_null());
		json_object_set_new(item, "name",
		                    json_out_string(migration != NULL ? migration->name : NULL));
		json_object_set_new(item, "filename", json_out_string(filename_of(migration)));
		json_object_set_new(item, "key", json_out_string(row != NULL ? row->key : NULL));
		json_object_set_new(item, "scope",
		                    json_out_filled(row != NULL ? row->scope : NULL));
		json_object_set_new(item, "state", json_out_string(json_names[step->state]));
		json_object_set_new(item, "applied_at", json_out_filled(step->applied_at));
		json_array_append_new(list, item);
	}
	json_object_set_new(document, "migrations", list);
	json_out_document(out, document);
}

/* --- What stands against it --- */

/* "2, 3, 4 and 5 more": those in that state, by their names or (`is_ours`) by ours. */
static const char *list_names(struct arena *arena, const struct adopt_plan *plan,
                              enum adopt_state state, bool is_ours)
{
	const char *names = "";
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct adopt_step *step = &plan->steps[i];

		if (step->state != state || count++ >= NAMED_MAX)
			continue;
		names = arena_format(arena, "%s%s%s", names, count > 1 ? ", " : "",
		                     is_ours ? step->migration->title
		                             : name_of(arena, plan, step->row));
	}
	if (count > NAMED_MAX)
		names = arena_format(arena, "%s and %zu more", names, count - NAMED_MAX);
	return names;
}

static void judge_rows(const struct live *live, const struct adopt_plan *plan)
{
	const struct adopt_tool *tool = plan->found->tool;

	for (size_t i = 0; i < plan->count; i++) {
		const struct adopt_row *row = plan->steps[i].row;

		if (plan->steps[i].state == ADOPT_STEP_FAILED)
			(void)live_fail(live,
			                arena_format(live->arena,
			                             "bring it to an end with %s first: what of it "
			                             "is there nobody here can know",
			                             tool->title),
			                "%s failed%s%s", name_of(live->arena, plan, row),
			                row->detail[0] != '\0' ? ": " : "", row->detail);
	}
	if (plan->counts[ADOPT_STEP_CONFLICT] > 0)
		(void)live_fail(live,
		                tool->is_shared ? "name its file VERSION_APP_NAME, so that it is "
		                                  "one row's"
		                                : "give each a file of its own name",
		                "several rows of %s mean %s", plan->found->shown,
		                list_names(live->arena, plan, ADOPT_STEP_CONFLICT, true));
	if (plan->counts[ADOPT_STEP_UNKNOWN] > 0)
		(void)live_fail(
		        live,
		        tool->keys == ADOPT_KEYS_NAMES
		                ? "each needs a file with that name behind its version; or "
		                  "is it another directory: --dir?"
		                : "is it another directory (--dir), or an older state of it?",
		        "%s has %s, which %s no migration of the set", plan->found->shown,
		        list_names(live->arena, plan, ADOPT_STEP_UNKNOWN, false),
		        plan->counts[ADOPT_STEP_UNKNOWN] == 1 ? "is" : "are");
}

static void judge_checksums(const struct live *live, const struct adopt_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct adopt_step *step = &plan->steps[i];

		if (step->state == ADOPT_STEP_DIFFERS)
			(void)live_fail(
			        live,
			        "bring the file back as it was; or, when what it says is in "
			        "the database, --force records it as it is",
			        "%s was edited since %s applied it: its checksum is %s, the "
			        "table has %s",
			        step->migration->title, plan->found->tool->title, step->checksum,
			        step->row->checksum);
	}
}

/* What --force lets pass. */
static void judge_doubtful(const struct live *live, const struct adopt_plan *plan)
{
	judge_checksums(live, plan);
	if (plan->counts[ADOPT_STEP_LATE] == 0)
		return;
	(void)live_fail(live,
	                arena_format(live->arena,
	                             "apply it with %s; or --force leaves it out, and inlay up "
	                             "--allow-late applies it then",
	                             plan->found->tool->title),
	                "%s is not applied, but later ones are",
	                list_names(live->arena, plan, ADOPT_STEP_LATE, true));
}

enum exit_code adopt_judge(const struct live *live, const struct adopt_plan *plan, bool force)
{
	const struct adopt_tool *tool = plan->found->tool;
	bool is_refused = plan->busy != NULL || plan->counts[ADOPT_STEP_FAILED] > 0 ||
	                  plan->counts[ADOPT_STEP_CONFLICT] > 0 ||
	                  plan->counts[ADOPT_STEP_UNKNOWN] > 0;
	bool is_doubtful =
	        plan->counts[ADOPT_STEP_DIFFERS] > 0 || plan->counts[ADOPT_STEP_LATE] > 0;

	if (plan->busy != NULL)
		(void)live_fail(live,
		                arena_format(live->arena, "wait until it is through%s%s",
		                             tool->release != NULL ? "; " : "",
		                             tool->release != NULL ? tool->release : ""),
		                "%s is at work: its lock is held by %s", tool->title, plan->busy);
	judge_rows(live, plan);
	if (is_doubtful && !force)
		judge_doubtful(live, plan);
	return is_refused || (is_doubtful && !force) ? EXIT_FAILED : EXIT_DONE;
}
