/* rollback.c - the story of inlay_rollback(): which rows go, and by which scripts. */
#include "rollback.h"

#include "apply.h"
#include "blame.h"
#include "clock.h"
#include "dry.h"
#include "rounds.h"
#include "script.h"
#include "undo.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE_SIZE_MIN sizeof(struct inlay_rollback_scope) /* 0.1.0 */

/* What is to be rolled back; settled by the first look, whatever others do meanwhile. */
struct target {
	struct inlay_rollback_scope scope;
	bool is_settled;
	int64_t to_version;   /* All later ones go, -1: all; */
	int64_t from_version; /* and this one is the last. */
};

/* --- Which rows --- */

static uint32_t count_rows(const struct tracking_rows *rows, int64_t after_version)
{
	uint32_t count = 0;

	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		count += row->version > after_version;
	return count;
}

static bool has_version(const struct tracking_rows *rows, int64_t version)
{
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		if (row->version == version)
			return true;
	return false;
}

/* The version of the last row that stays when the last `count` go; -1 for none. */
static int64_t find_last_to_stay(const struct tracking_rows *rows, uint32_t count)
{
	uint32_t total = count_rows(rows, -1);
	int64_t version = -1;

	for (const struct tracking_row *row = rows->first; row != NULL && total > count;
	     row = row->next, total--)
		version = row->version;
	return version;
}

/* False, with an error, when it makes no sense. */
static bool settle(struct call *call, struct target *target, const struct tracking_rows *rows)
{
	int64_t last = rows->last != NULL ? rows->last->version : -1;
	int64_t wanted = target->scope.to_version;

	if (target->is_settled && last > target->from_version) {
		(void)error_set(call->error, INLAY_LOCKED,
		                "somebody has applied version %" PRId64 " in the meantime; %" PRIu32
		                " migrations were rolled back before that: look, and call again",
		                last, call->error->rolled_back_count);
		return false;
	}
	if (target->is_settled)
		return true;
	if (wanted > 0 && !has_version(rows, wanted)) {
		(void)error_set(call->error, INLAY_MISUSE,
		                "scope->to_version is %" PRId64
		                ", and no such version is applied; nothing was changed",
		                wanted);
		return false;
	}
	target->is_settled = true;
	target->from_version = last;
	target->to_version = wanted >= 0 ? wanted : find_last_to_stay(rows, target->scope.count);
	return true;
}

/* --- By which scripts --- */

static bool refuse(struct call *call, enum inlay_result result, const struct tracking_row *row,
                   const char *why)
{
	if (call->error->result == INLAY_OK) {
		call->error->version = row->version;
		format_into(call->error->migration, sizeof(call->error->migration), "%s",
		            row->filename);
	}
	(void)error_set(call->error, result, "%s can not be rolled back: %s; nothing was changed",
	                row->filename, why);
	return false;
}

static bool same_checksum(const struct tracking_row *row,
                          const struct inlay_image_migration *migration)
{
	char checksum[FORMAT_DIGEST_SIZE];

	format_digest(checksum, &migration->checksum);
	return strcmp(row->checksum, checksum) == 0;
}

/* Why the set's down script is not the one of this row, when it is not; the remedy is the same. */
static bool refuse_stranger(struct call *call, const struct tracking_row *row,
                            const struct inlay_image_migration *migration)
{
	const struct image_view *view = &call->view;
	bool is_ahead = view->migration_count == 0 ||
	                row->version > view->migrations[view->migration_count - 1].version;

	if (migration != NULL)
		return refuse(call, INLAY_EDITED, row,
		              "the set has another migration of that version; scope->use_stored "
		              "takes the down script that the database keeps");
	return refuse(call, is_ahead ? INLAY_AHEAD : INLAY_MISSING, row,
	              "the set does not have it; use a release that does, or scope->use_stored, "
	              "which takes the down script that the database keeps");
}

/* The script that undoes `row`, owned by the caller; NULL with an error. */
static char *find_script(struct call *call, const struct target *target,
                         const struct tracking_row *row)
{
	const struct inlay_image_migration *migration = image_find(&call->view, row->version);
	bool is_own = migration != NULL && same_checksum(row, migration);
	char *script;

	/* What is half rolled back goes on with the script that it began with. */
	if (row->progress >= 0 || (!is_own && target->scope.use_stored != 0)) {
		if (row->down[0] == '\0') {
			(void)refuse(call, INLAY_IRREVERSIBLE, row,
			             "the database keeps no down script for it");
			return NULL;
		}
		script = strdup(row->down);
	} else if (!is_own) {
		(void)refuse_stranger(call, row, migration);
		return NULL;
	} else if ((migration->flags & INLAY_MIGRATION_HAS_DOWN) == 0) {
		(void)refuse(call, INLAY_IRREVERSIBLE, row,
		             "it has no down script: write a migration that undoes it");
		return NULL;
	} else {
		script = script_create(&call->view, migration, SCRIPT_DOWN);
	}
	if (script == NULL)
		(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	return script;
}

static bool is_finished(struct call *call, const struct tracking_row *row)
{
	if (row->progress < 0 || row->is_down)
		return true;
	return refuse(call, INLAY_INTERRUPTED, row,
	              "it is not finished: let ensure_migrated() go on with it first");
}

static void put_in_order(struct undo *undo, const struct tracking_rows *rows, int64_t to_version)
{
	uint32_t next = count_rows(rows, to_version);

	undo->count = next;
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		if (row->version > to_version)
			undo->items[--next].row = row;
}

static bool find_scripts(struct call *call, const struct target *target, struct undo *undo)
{
	const struct undo_item *failed = NULL;

	for (uint32_t i = 0; i < undo->count; i++) {
		if (!is_finished(call, undo->items[i].row))
			return false;
		undo->items[i].script = find_script(call, target, undo->items[i].row);
		if (undo->items[i].script == NULL)
			return false;
	}
	switch (undo_build(undo, &call->view, &failed)) {
	case UNDO_BUILT: return true;
	case UNDO_NO_SCRIPT:
		return refuse(call, INLAY_IRREVERSIBLE, failed->row,
		              "the down script that the database keeps for it is damaged");
	case UNDO_NO_FUNCTION:
		return refuse(call, INLAY_IRREVERSIBLE, failed->row,
		              "its down script calls a function that this program does not have");
	case UNDO_NO_MEMORY: break;
	}
	(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	return false;
}

/* --- The work --- */

static bool list(struct work *work, const struct undo *undo, const struct tracking_rows *rows)
{
	const struct tracking_row *first = undo->items[0].row;

	*work = (struct work){ .way = &record_down, .rows = rows, .count = undo->count };
	work->items = calloc(undo->count, sizeof(struct work_item));
	for (uint32_t i = 0; i < undo->count && work->items != NULL; i++) {
		work->items[i].migration = &undo->view.migrations[i];
		work->items[i].row = undo->items[i].row;
		work->items[i].script = undo->items[i].script;
	}
	if (work->items == NULL || first->progress < 0)
		return work->items != NULL;
	work->items[0].is_resumed = true;
	work->is_in_doubt = plan_is_in_doubt(first);
	return true;
}

/* Only the last row can be half rolled back: may this call go on with it? */
static enum plan_verdict judge(const struct work *work, const struct undo *undo)
{
	const struct tracking_row *row = work->items[0].row;

	if (row->progress < 0)
		return PLAN_APPLY;
	if (row->is_alive)
		return PLAN_WAIT;
	return plan_judge_unfinished(&undo->view, work->items[0].migration, row);
}

static enum round blame(struct call *call, const struct work *work, enum plan_verdict verdict)
{
	struct plan plan = { .verdict = verdict };

	plan.culprit.migration = work->items[0].migration;
	plan.culprit.row = work->items[0].row;
	(void)blame_plan(call, &plan);
	return ROUND_OVER;
}

static enum round tell(struct call *call, const struct work *work)
{
	char label[INLAY_MIGRATION_SIZE_MAX];

	image_migration_label(&call->view, work->items[0].migration, label, sizeof(label));
	call->error->pending_count = work->count;
	(void)error_set(call->error, INLAY_PENDING,
	                "%" PRIu32 " %s would be rolled back, %s first; nothing was changed: this "
	                "is a dry run (dry_run is on: %s)",
	                work->count, work->count == 1 ? "migration" : "migrations", label,
	                call->origins.dry_run);
	dry_show(call, work, NULL);
	return ROUND_OVER;
}

static enum round apply(struct call *call, const struct work *work)
{
	int64_t began_ms = clock_now_ms();
	enum run_end end = apply_work(call, work);

	call_forget(call);
	call->deadline_ms += clock_now_ms() - began_ms; /* Which is not time we waited. */
	switch (end) {
	case RUN_LOST_RACE: return ROUND_WAIT;
	case RUN_AGAIN: return ROUND_AGAIN;
	case RUN_DONE:
	case RUN_FAILED: break;
	}
	return ROUND_OVER;
}

/* The scripts are the view that everything below works with. */
static enum round go_to_work(struct call *call, const struct work *work, const struct undo *undo,
                             bool is_behind_gate)
{
	struct image_view set = call->view;
	enum plan_verdict verdict = judge(work, undo);
	enum round round = ROUND_AGAIN;

	call->view = undo->view;
	if (verdict == PLAN_WAIT && call->only_looks)
		verdict = PLAN_RESUME; /* What is left of it once the other has died. */
	if (verdict != PLAN_APPLY && verdict != PLAN_RESUME) {
		call->session.driver->rollback(&call->session);
		round = verdict == PLAN_WAIT ? ROUND_WAIT : blame(call, work, verdict);
	} else if (call->options.dry_run != 0) {
		round = tell(call, work);
	} else if (is_behind_gate) {
		round = apply(call, work);
	}
	call->view = set;
	return round;
}

/* Somebody is applying one right now: what is last, and what can be undone, shows after it. */
static bool is_being_applied(const struct tracking_rows *rows)
{
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		if (row->progress >= 0 && !row->is_down && row->is_alive)
			return true;
	return false;
}

static enum round follow(struct call *call, const struct tracking_rows *rows, bool is_behind_gate,
                         void *context)
{
	struct target *target = context;
	struct work work = { .items = NULL };
	struct undo undo;
	enum round round = ROUND_OVER;

	if (!call->only_looks && is_being_applied(rows)) {
		call->session.driver->rollback(&call->session);
		return ROUND_WAIT;
	}
	if (!undo_create(&undo, count_rows(rows, -1)))
		(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	else if (settle(call, target, rows))
		put_in_order(&undo, rows, target->to_version);
	if (undo.count > 0 && find_scripts(call, target, &undo)) {
		if (list(&work, &undo, rows))
			round = go_to_work(call, &work, &undo, is_behind_gate);
		else
			(void)error_set(call->error, INLAY_NO_MEMORY,
			                "memory is out; nothing was changed");
	}
	if (round == ROUND_OVER)
		call->session.driver->rollback(&call->session);
	work_destroy(&work);
	undo_destroy(&undo);
	return round;
}

static bool is_scope(const struct inlay_rollback_scope *scope)
{
	return scope != NULL && scope->size >= SCOPE_SIZE_MIN && scope->to_version >= -1;
}

enum inlay_result rollback_run(const struct request *request,
                               const struct inlay_rollback_scope *scope)
{
	struct target target = { .is_settled = false };
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	if (!is_scope(scope)) {
		(void)error_set(call.error, INLAY_MISUSE,
		                "the scope is not set: begin with inlay_rollback_last() or "
		                "inlay_rollback_to()");
		return call_close(&call);
	}
	target.scope = *scope;
	call.tracking.reads_down = true;
	call.only_looks = call.options.dry_run != 0;
	if (call_check_image(&call) == INLAY_OK && call.only_looks)
		rounds_look(&call, follow, &target);
	else if (call.error->result == INLAY_OK)
		rounds_run(&call, follow, NULL, &target);
	return call_close(&call);
}
