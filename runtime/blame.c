/* blame.c - puts messages about migrations together; what is there now is the caller's to say. */
#include "blame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORDS_SIZE_MAX 1400

/* Copies the database's codes into the error. */
static void take_codes(struct call *call)
{
	const struct failure *failure = &call->session.failure;

	if (call->error->result != INLAY_OK)
		return;
	call->error->code = failure->code;
	format_into(call->error->sqlstate, sizeof(call->error->sqlstate), "%s", failure->sqlstate);
}

/* The database's message and code, in words. */
static const char *cause_of(const struct call *call, char words[WORDS_SIZE_MAX])
{
	const struct failure *failure = &call->session.failure;

	format_into(words, WORDS_SIZE_MAX, "%s", failure->message);
	if (failure->sqlstate[0] != '\0')
		format_append(words, WORDS_SIZE_MAX, " (SQLSTATE %s)", failure->sqlstate);
	else if (failure->code != 0)
		format_append(words, WORDS_SIZE_MAX, " (SQLite %" PRId32 ")", failure->code);
	return words;
}

enum inlay_result blame_reading(struct call *call, const char *what)
{
	char words[WORDS_SIZE_MAX];
	enum outcome outcome = call->session.failure.outcome;
	bool denied;

	if (outcome == OUTCOME_BUSY)
		return blame_waiting(call, "", NULL);
	take_codes(call);
	if (outcome == OUTCOME_NO_MEMORY)
		return error_set(call->error, INLAY_NO_MEMORY, "%s: memory is out", what);
	if (outcome == OUTCOME_CANCELLED && call_is_cancelled(call))
		return INLAY_CANCELLED;
	/* Who is behind the gate means to write: not to be allowed to is no trouble of reading. */
	denied = call->means_to_write && strcmp(call->session.failure.sqlstate, "42501") == 0;
	return error_set(call->error, denied ? INLAY_FAILED : INLAY_UNREACHABLE, "%s: %s", what,
	                 cause_of(call, words));
}

enum inlay_result blame_repair(struct call *call, const char *world)
{
	char words[WORDS_SIZE_MAX];
	enum outcome outcome = call->session.failure.outcome;

	if (outcome == OUTCOME_CANCELLED && call_is_cancelled(call))
		return INLAY_CANCELLED;
	take_codes(call);
	if (outcome == OUTCOME_LOST)
		return error_set(call->error, INLAY_UNREACHABLE,
		                 "the history can not be repaired: %s; it is repaired or as it "
		                 "was, never half: look again",
		                 cause_of(call, words));
	return error_set(call->error, outcome == OUTCOME_NO_MEMORY ? INLAY_NO_MEMORY : INLAY_FAILED,
	                 "the history can not be repaired: %s; %s",
	                 outcome == OUTCOME_NO_MEMORY ? "memory is out" : cause_of(call, words),
	                 world);
}

/* The version of a repeatable one counts its texts. */
static bool is_repeatable(const struct image_view *view,
                          const struct inlay_image_migration *migration)
{
	return view->repeatable_count > 0 && migration >= view->repeatables &&
	       migration < view->repeatables + view->repeatable_count;
}

static void take_migration(struct call *call, const struct inlay_image_migration *migration)
{
	struct inlay_error *error = call->error;

	if (error->result != INLAY_OK)
		return;
	error->version = is_repeatable(&call->view, migration) ? -1 : migration->version;
	image_migration_label(&call->view, migration, error->migration, sizeof(error->migration));
	format_into(error->file, sizeof(error->file), "%s",
	            image_text(&call->view, migration->file));
}

/* Where the fault is, as far as the database tells; otherwise where its statement begins. */
static struct format_position find_fault(const struct call *call, const struct blame_place *place)
{
	const struct inlay_image_statement *statement =
	        &call->view.statements[place->migration->up + place->statement];
	struct format_position start = { statement->line, statement->column };

	return format_position(start, image_text(&call->view, statement->text),
	                       call->session.failure.character);
}

enum inlay_result blame_failure(struct call *call, enum inlay_result result,
                                const struct blame_place *place)
{
	struct inlay_error *error = call->error;
	const char *file = image_text(&call->view, place->migration->file);
	char words[WORDS_SIZE_MAX];

	take_codes(call);
	take_migration(call, place->migration);
	(void)cause_of(call, words);
	if (place->statement == BLAME_NO_STATEMENT)
		return error_set(error, result, "%s: %s: %s; %s", file, place->doing, words,
		                 place->world);
	if (error->result == INLAY_OK) {
		struct format_position fault = find_fault(call, place);

		error->statement = place->statement + 1;
		error->line = fault.line;
		error->column = fault.column;
	}
	return error_set(error, result, "%s:%" PRIu32 ":%" PRIu32 ": %s; %s", file, error->line,
	                 error->column, words, place->world);
}

enum inlay_result blame_waiting(struct call *call, const char *holder,
                                const struct inlay_image_migration *current)
{
	char label[INLAY_MIGRATION_SIZE_MAX] = "";
	char words[WORDS_SIZE_MAX];
	/* A race that is lost again and again may be none. */
	bool lost = call->session.failure.outcome == OUTCOME_CONFLICT;
	bool is_rollback = call->tracking.reads_down;
	const char *done = is_rollback ? "rolled back" : "applied";

	if (call->session.failure.outcome == OUTCOME_BUSY)
		take_codes(call);
	if (current != NULL)
		image_migration_label(&call->view, current, label, sizeof(label));
	return error_set(call->error, INLAY_LOCKED,
	                 "others kept the database busy for the %" PRIu32
	                 " ms of options->lock_timeout_ms%s%s%s%s%s; %" PRIu32
	                 " migrations were %s before that and stay: call again%s%s",
	                 call->options.lock_timeout_ms, label[0] != '\0' ? ", at " : "", label,
	                 holder[0] != '\0' ? " (" : "", holder, holder[0] != '\0' ? ")" : "",
	                 is_rollback ? call->error->rolled_back_count : call->error->applied_count,
	                 call->only_records ? "recorded" : done,
	                 lost ? "; the database said last: " : "",
	                 lost ? cause_of(call, words) : "");
}

/* A statement that is not in one transaction with its record, and a process that is gone. */
static enum inlay_result blame_doubt(struct call *call, const struct plan *plan)
{
	const struct tracking_row *row = plan->culprit.row;
	const struct inlay_image_migration *migration = plan->culprit.migration;
	const struct inlay_image_statement *statement =
	        &call->view.statements[migration->up + (uint32_t)row->progress];

	if (call->error->result == INLAY_OK && row->progress < migration->up_count) {
		call->error->statement = (uint32_t)row->progress + 1;
		call->error->line = statement->line;
		call->error->column = statement->column;
	}
	return error_set(call->error, INLAY_INTERRUPTED,
	                 "%s: the process that ran statement %" PRId64
	                 " of %s is gone (%s), and nobody can know whether that statement took "
	                 "effect: look, then run `inlay repair %" PRId64
	                 " --done` if it did, or `inlay repair %" PRId64
	                 " --again` if it did not, and call again",
	                 image_text(&call->view, migration->file), row->progress + 1,
	                 call->error->migration, row->actor, row->version, row->version);
}

static enum inlay_result blame_stuck(struct call *call, const struct plan *plan)
{
	const struct plan_item *culprit = &plan->culprit;
	int64_t version = culprit->row->version;

	if (culprit->row->is_down)
		return error_set(call->error, INLAY_INTERRUPTED,
		                 "%s: the rollback of %s stopped after its statement %" PRId64
		                 " and can not be gone on with, because its script in %s was "
		                 "changed, or it ended a transaction by itself: finish it by hand, "
		                 "then run `inlay repair %" PRId64 " --forget`",
		                 image_text(&call->view, culprit->migration->file),
		                 call->error->migration, culprit->row->progress,
		                 call->tracking.name, version);
	return error_set(call->error, INLAY_INTERRUPTED,
	                 "%s: %s stopped after its statement %" PRId64
	                 " and can not be gone on with, because that part of the file was edited, "
	                 "later migrations are there, or it ended a transaction by itself: undo "
	                 "what it did, then run `inlay repair %" PRId64
	                 " --forget`, or finish it by hand, then run `inlay repair %" PRId64
	                 " --accept`",
	                 image_text(&call->view, culprit->migration->file), call->error->migration,
	                 culprit->row->progress, version, version);
}

/* The set and the database disagree about a version they both have, or only the set has. */
static enum inlay_result blame_own(struct call *call, const struct plan *plan)
{
	struct inlay_error *error = call->error;
	const char *file = image_text(&call->view, plan->culprit.migration->file);

	take_migration(call, plan->culprit.migration);
	if (plan->verdict == PLAN_EDITED)
		return error_set(error, INLAY_EDITED,
		                 "%s: %s was edited after it had been applied (on %s); nothing was "
		                 "changed: restore the file, and put the change into a new "
		                 "migration",
		                 file, error->migration, plan->culprit.row->applied_at);
	if (plan->verdict == PLAN_CHAIN_BROKEN)
		return error_set(error, INLAY_EDITED,
		                 "%s: the chain of %s in %s is not the set's, although its "
		                 "checksum is: the table was changed by hand; nothing was changed: "
		                 "run `inlay repair`",
		                 file, error->migration, call->tracking.name);
	if (plan->verdict == PLAN_LATE)
		return error_set(error, INLAY_LATE,
		                 "%s: %s is older than a migration that is applied already; "
		                 "nothing was changed: give it a version above all others%s",
		                 file, error->migration,
		                 call->options.allow_late != 0
		                         ? " (options->allow_late holds only where all that is "
		                           "applied is the set's)"
		                         : "");
	if (plan->verdict == PLAN_UNDOING)
		return error_set(
		        error, INLAY_INTERRUPTED,
		        "%s: the rollback of %s stopped after its statement %" PRId64
		        "; nothing was changed: call inlay_rollback() again, which goes on "
		        "with it",
		        file, error->migration, plan->culprit.row->progress);
	if (plan->verdict == PLAN_INTERRUPTED)
		return error_set(error, INLAY_INTERRUPTED,
		                 "%s: %s stopped after its statement %" PRId64
		                 ", and options->refuse_interrupted keeps this call from going on "
		                 "with it; nothing was changed",
		                 file, error->migration, plan->culprit.row->progress);
	return plan->verdict == PLAN_DOUBT ? blame_doubt(call, plan) : blame_stuck(call, plan);
}

/* Only the database has the version. */
static enum inlay_result blame_strange(struct call *call, const struct plan *plan)
{
	const struct tracking_row *row = plan->culprit.row;

	if (call->error->result == INLAY_OK) {
		call->error->version = row->version;
		format_into(call->error->migration, sizeof(call->error->migration), "%s",
		            row->filename);
	}
	if (plan->verdict == PLAN_BARRED)
		return error_set(call->error, INLAY_AHEAD,
		                 "the database has %s, and migration %" PRId64
		                 " breaks programs that do not have it; nothing was changed: run a "
		                 "release of this program that has that migration",
		                 row->filename, row->floor);
	if (plan->verdict == PLAN_AHEAD)
		return error_set(call->error, INLAY_AHEAD,
		                 "the database has %s (version %" PRId64
		                 "), which is later than the set's last migration; nothing was "
		                 "changed: run a newer release of this program",
		                 row->filename, row->version);
	return error_set(call->error, INLAY_MISSING,
	                 "the database has %s (version %" PRId64
	                 "), which the set lacks though it has later ones; nothing was changed: "
	                 "restore the file",
	                 row->filename, row->version);
}

enum inlay_result blame_plan(struct call *call, const struct plan *plan)
{
	if (plan->culprit.migration != NULL)
		return blame_own(call, plan);
	return blame_strange(call, plan);
}
