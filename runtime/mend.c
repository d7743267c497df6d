/* mend.c - decides what a repair comes to, or why it is refused; knows no SQL. */
#include "mend.h"

#include "blame.h"
#include "script.h"
#include "unfinished.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- Rows --- */

static void link_rows(struct mend *mend, const struct tracking_rows *rows)
{
	struct tracking_row *last = NULL;

	mend->after = *rows;
	mend->after.first = NULL;
	for (uint32_t i = 0; i < mend->row_count; i++) {
		struct tracking_row *row = &mend->rows[i].row;

		if (mend->rows[i].is_deleted)
			continue;
		row->next = NULL;
		if (last != NULL)
			last->next = row;
		else
			mend->after.first = row;
		last = row;
	}
	mend->after.last = last;
}

static bool copy_rows(struct mend *mend, const struct tracking_rows *rows)
{
	uint32_t count = 0;

	*mend = (struct mend){ .row_count = 0 };
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		count++;
	mend->rows = calloc((size_t)count + 1, sizeof(*mend->rows));
	if (mend->rows == NULL)
		return false;
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next) {
		struct repaired_row *repaired = &mend->rows[mend->row_count++];

		repaired->read = row;
		repaired->row = *row;
	}
	link_rows(mend, rows);
	return true;
}

void mend_destroy(struct mend *mend)
{
	free(mend->rows);
	mend->rows = NULL;
}

bool mend_is_changed(const struct repaired_row *repaired)
{
	return repaired->message[0] != '\0';
}

static struct repaired_row *find(const struct mend *mend, int64_t version)
{
	for (uint32_t i = 0; i < mend->row_count; i++)
		if (mend->rows[i].read->version == version)
			return &mend->rows[i];
	return NULL;
}

/* --- Refusing --- */

static bool refuse(struct call *call, enum inlay_result result, const struct tracking_row *row,
                   const char *why)
{
	if (call->error->result == INLAY_OK) {
		call->error->version = row->version;
		format_into(call->error->migration, sizeof(call->error->migration), "%s",
		            row->filename);
	}
	(void)error_set(call->error, result, "%s can not be repaired so: %s; nothing was changed",
	                row->filename, why);
	return false;
}

static int64_t head_of(const struct image_view *view)
{
	return view->migration_count > 0 ? view->migrations[view->migration_count - 1].version : -1;
}

/* What is recorded behind the set's end, this set can not put in its place. */
static bool has_no_later(struct call *call, const struct mend *mend, const struct tracking_row *row)
{
	const struct tracking_row *last = mend->rows[mend->row_count - 1].read;

	if (last->version <= head_of(&call->view))
		return true;
	return refuse(call, INLAY_AHEAD, row,
	              "the database has later migrations than the set, whose places follow from "
	              "this one: use a release that has them");
}

/* --- What is not finished --- */

static void finish(struct repaired_row *repaired)
{
	repaired->has_state = true;
	repaired->row.status = "applied";
	repaired->row.progress = -1;
	repaired->row.is_down = false;
}

static void take_text(struct repaired_row *repaired, const struct inlay_image_migration *migration)
{
	repaired->text = migration;
	format_digest(repaired->checksum, &migration->checksum);
	repaired->row.checksum = repaired->checksum;
}

static bool accept_unfinished(struct call *call, struct repaired_row *repaired,
                              const struct unfinished *unfinished)
{
	if (!repaired->read->is_down) {
		if (unfinished->migration == NULL)
			return refuse(call,
			              repaired->read->version > head_of(&call->view)
			                      ? INLAY_AHEAD
			                      : INLAY_MISSING,
			              repaired->read,
			              "the set does not have it: use a release that does");
		take_text(repaired, unfinished->migration);
	}
	finish(repaired);
	format_into(repaired->message, sizeof(repaired->message),
	            repaired->read->is_down
	                    ? "its rollback is taken as not begun: all of it is there"
	                    : "it is taken as applied, as the set has it; it had stopped after its "
	                      "statement %" PRId64,
	            repaired->read->progress);
	return true;
}

static void forget_unfinished(struct repaired_row *repaired)
{
	repaired->is_deleted = true;
	format_into(
	        repaired->message, sizeof(repaired->message),
	        repaired->read->is_down
	                ? "its rollback is taken as over: nothing of it is there"
	                : "it is taken as undone, and is pending again; it had stopped after its "
	                  "statement %" PRId64,
	        repaired->read->progress);
}

static bool is_meant(struct call *call, const struct inlay_repair_scope *scope,
                     const struct tracking_row *row)
{
	char why[120];

	if (scope->statement == 0 && !plan_is_in_doubt(row))
		return refuse(
		        call, INLAY_MISUSE, row,
		        "no statement of it is in doubt: say in scope->statement which one is "
		        "meant");
	if (scope->statement == 0 || scope->statement == row->progress + 1)
		return true;
	format_into(why, sizeof(why),
	            "its next statement is %" PRId64 " by now, and %" PRIu32 " was meant",
	            row->progress + 1, scope->statement);
	return refuse(call, INLAY_INTERRUPTED, row, why);
}

/* Is the script that ran the whole of the set's? */
static bool is_whole(const struct image_view *view, const struct unfinished *unfinished)
{
	const struct inlay_image_migration *migration = unfinished->migration;

	return migration != NULL && unfinished->statement_count == migration->up_count &&
	       script_begins_with(unfinished->row->script, view, migration, migration->up_count);
}

static bool pass_statement(struct call *call, struct repaired_row *repaired,
                           const struct unfinished *unfinished)
{
	uint32_t through_count = unfinished->through_count + 1;
	bool is_last = through_count == unfinished->statement_count;

	if (through_count > unfinished->statement_count ||
	    !unfinished_is_resumable(unfinished, &call->view, through_count))
		return refuse(call, INLAY_INTERRUPTED, repaired->read,
		              "it could not be gone on with behind that statement either, because "
		              "that part of the file was edited, later migrations are there, or "
		              "there is no such statement");
	if (is_last && repaired->read->is_down) {
		forget_unfinished(repaired);
	} else if (is_last && is_whole(&call->view, unfinished)) {
		take_text(repaired, unfinished->migration);
		finish(repaired);
	} else {
		repaired->has_state = true;
		repaired->row.status = "failed";
		repaired->row.progress = through_count;
	}
	format_into(repaired->message, sizeof(repaired->message), "statement %" PRIu32 " %s",
	            through_count,
	            repaired->is_deleted ? "is taken as done: it is rolled back"
	            : repaired->row.progress < 0
	                    ? "is taken as done: it is applied"
	                    : "is taken as done: the next call goes on behind it");
	return true;
}

static bool repeat_statement(struct call *call, struct repaired_row *repaired,
                             const struct unfinished *unfinished)
{
	if (!unfinished_is_resumable(unfinished, &call->view, unfinished->through_count))
		return refuse(
		        call, INLAY_INTERRUPTED, repaired->read,
		        "it could not be gone on with, because what ran of the file was edited, "
		        "later migrations are there, or a statement ended its transaction");
	if (!plan_is_in_doubt(repaired->read))
		return true; /* So it is. */
	repaired->has_state = true;
	repaired->row.status = "failed";
	format_into(repaired->message, sizeof(repaired->message),
	            "statement %" PRIu32 " is taken as not done: the next call runs it",
	            unfinished->through_count + 1);
	return true;
}

/* What a probe answers: what clears a half of the effect away. */
static void take_probe(void *context, const char *const *columns, uint32_t column_count)
{
	char *cleanup = context;
	bool is_complete = columns[0] != NULL && columns[0][0] == 't';

	if (!is_complete && column_count > 1 && columns[1] != NULL)
		format_into(cleanup, MEND_CLEANUP_SIZE_MAX, "%s", columns[1]);
}

/* Nothing of it is there, says the person; a half-built index would say otherwise. */
static bool find_leftover(struct call *call, struct mend *mend, const struct unfinished *unfinished)
{
	struct command command = { .row = take_probe, .context = mend->cleanup };

	if (unfinished->probe == NULL)
		return true;
	command.sql = unfinished->probe;
	command.sql_size = (uint32_t)strlen(unfinished->probe);
	if (call->session.driver->execute(&call->session, &command) == OUTCOME_DONE)
		return true;
	(void)blame_reading(call, "the history can not be repaired");
	return false;
}

static bool mend_unfinished(struct call *call, struct mend *mend,
                            const struct inlay_repair_scope *scope, struct repaired_row *repaired)
{
	struct unfinished unfinished;
	bool good = false;

	if (!unfinished_read(&unfinished, &call->view, repaired->read)) {
		(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	} else if (scope->what == INLAY_REPAIR_ACCEPT) {
		good = accept_unfinished(call, repaired, &unfinished);
	} else if (scope->what == INLAY_REPAIR_FORGET) {
		good = find_leftover(call, mend, &unfinished);
		mend->half_built = repaired;
		forget_unfinished(repaired);
	} else if (is_meant(call, scope, repaired->read)) {
		good = scope->what == INLAY_REPAIR_DONE
		               ? pass_statement(call, repaired, &unfinished)
		               : repeat_statement(call, repaired, &unfinished);
	}
	unfinished_destroy(&unfinished);
	return good;
}

/* --- What is finished --- */

static bool forget_missing(struct call *call, const struct mend *mend,
                           struct repaired_row *repaired)
{
	const struct tracking_row *row = repaired->read;

	if (image_find(&call->view, row->version) != NULL)
		return refuse(call, INLAY_MISUSE, row,
		              "it is applied, and the set has it: roll it back");
	if (row->version > head_of(&call->view))
		return refuse(call, INLAY_AHEAD, row,
		              "it is later than the set's last migration, so that another release "
		              "has it: roll it back");
	if (!has_no_later(call, mend, row))
		return false;
	repaired->is_deleted = true;
	format_into(repaired->message, sizeof(repaired->message),
	            "it is forgotten, as the set lacks it: what it did stays");
	return true;
}

static bool accept_text(struct call *call, const struct mend *mend, struct repaired_row *repaired)
{
	const struct inlay_image_migration *migration =
	        image_find(&call->view, repaired->read->version);
	struct place place = { .row = &repaired->row, .migration = migration };
	char checksum[FORMAT_DIGEST_SIZE];
	bool is_edited;

	if (migration == NULL)
		return refuse(call, INLAY_MISSING, repaired->read, "the set does not have it");
	format_digest(checksum, &migration->checksum);
	is_edited = strcmp(checksum, repaired->read->checksum) != 0;
	if (!is_edited && place_has_source(&place))
		return true;
	if (is_edited && !has_no_later(call, mend, repaired->read))
		return false;
	take_text(repaired, migration);
	format_into(repaired->message, sizeof(repaired->message),
	            is_edited ? "the set's text, which was edited, is taken for what was applied"
	                      : "the set's text is recorded, which has the same statements");
	return true;
}

static bool mend_version(struct call *call, struct mend *mend,
                         const struct inlay_repair_scope *scope)
{
	struct repaired_row *repaired = find(mend, scope->version);

	if (repaired == NULL) {
		(void)error_set(call->error, INLAY_MISUSE,
		                "version %" PRId64
		                " can not be repaired: the database does not have it; nothing was "
		                "changed",
		                scope->version);
		return false;
	}
	if (repaired->read->progress >= 0)
		return mend_unfinished(call, mend, scope, repaired);
	if (scope->what == INLAY_REPAIR_FORGET)
		return forget_missing(call, mend, repaired);
	if (scope->what == INLAY_REPAIR_ACCEPT)
		return accept_text(call, mend, repaired);
	return refuse(call, INLAY_MISUSE, repaired->read, "it is not interrupted");
}

/* --- What follows from the set --- */

/* The rows are a member of those of the mend. */
static struct repaired_row *owner_of(const struct place *place)
{
	return (struct repaired_row *)(void *)((char *)place->row -
	                                       offsetof(struct repaired_row, row));
}

static void mend_records(struct call *call, struct mend *mend, bool takes_texts)
{
	struct place_cursor cursor;
	struct place place;

	place_start(&cursor, &call->view, &mend->after);
	while (place_next(&cursor, &place)) {
		struct repaired_row *repaired = owner_of(&place);
		const char *message = "";

		if (repaired->read->is_alive)
			continue; /* Whoever is at work on it needs it as it is. */
		if (takes_texts && !place_has_source(&place)) {
			repaired->text = place.migration;
			message = "the set's text is recorded, which has the same statements";
		}
		if (!place_is_right(&place)) {
			repaired->has_place = true;
			repaired->place = place;
			repaired->row.chain = repaired->place.chain;
			message = "its place in the history is the set's again";
		}
		if (repaired->message[0] == '\0')
			format_into(repaired->message, sizeof(repaired->message), "%s", message);
	}
}

bool mend_plan(struct mend *mend, struct call *call, const struct tracking_rows *rows,
               const struct inlay_repair_scope *scope)
{
	bool is_all = scope->what == INLAY_REPAIR_RECORDS;
	bool is_wrong;

	if (!copy_rows(mend, rows)) {
		(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
		return false;
	}
	if (!is_all && !mend_version(call, mend, scope))
		return false;
	link_rows(mend, rows);
	if (is_all || scope->what == INLAY_REPAIR_FORGET || scope->what == INLAY_REPAIR_ACCEPT)
		mend_records(call, mend, is_all);
	is_wrong = examine_mark(call, rows).is_wrong;
	mend->mark = examine_mark(call, &mend->after);
	mend->mark.is_wrong = is_wrong;
	for (uint32_t i = 0; i < mend->row_count; i++)
		mend->change_count += mend_is_changed(&mend->rows[i]);
	mend->change_count += mend->change_count == 0 && mend->mark.is_wrong && is_all;
	return true;
}
