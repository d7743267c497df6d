/* record_up.c - the rows of migrations that are applied. */
#include "record_row.h"

#include "format.h"
#include "script.h"

#include <inttypes.h>
#include <stdlib.h>

#define GUARD_SIZE_MAX 700

/* The texts of a row that a claim or a take-over writes. */
struct row {
	char version[RECORD_NUMBER_SIZE];
	char attempt[RECORD_NUMBER_SIZE];
	char checksum[FORMAT_DIGEST_SIZE];
	char source_checksum[FORMAT_DIGEST_SIZE];
	char chain[FORMAT_DIGEST_SIZE];
	char floor[RECORD_NUMBER_SIZE];
	char actor[RECORD_ACTOR_SIZE];
	char *up;   /* Allocated, or NULL. */
	char *down; /* Allocated, or NULL. */
};

static void destroy_row(struct row *row)
{
	free(row->up);
	free(row->down);
}

static bool create_row(struct row *row, const struct record_entry *entry)
{
	const struct inlay_image_migration *migration = entry->migration;
	bool wants_up = (migration->flags & INLAY_MIGRATION_NO_TRANSACTION) != 0;
	bool wants_down = (migration->flags & INLAY_MIGRATION_HAS_DOWN) != 0;

	(void)record_number(row->version, migration->version);
	(void)record_number(row->attempt, entry->attempt);
	format_digest(row->checksum, &migration->checksum);
	format_digest(row->source_checksum, &migration->source_checksum);
	format_digest(row->chain, &migration->chain);
	(void)record_number(row->floor, entry->floor);
	record_describe_process(row->actor, sizeof(row->actor));
	row->up = wants_up ? script_create(entry->view, migration, SCRIPT_UP) : NULL;
	row->down = wants_down ? script_create(entry->view, migration, SCRIPT_DOWN) : NULL;
	return (row->up != NULL || !wants_up) && (row->down != NULL || !wants_down);
}

/* Where the database does not end as it should, `previous` is NULL, and must not be.  `tip` and
 * `value` are numbers of parameters. */
#define TIP_GUARD(tip, value)                                                                      \
	"CASE WHEN COALESCE((SELECT CASE WHEN progress IS NULL THEN chain ELSE '?' END"            \
	" FROM %s ORDER BY version DESC LIMIT 1), '') = CAST($" tip " AS TEXT) THEN CAST($" value  \
	" AS TEXT) END"

static enum outcome insert_row(struct tracking *tracking, const struct record_entry *entry,
                               const struct row *row)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char backend[RECORD_BACKEND_SIZE];
	char previous[GUARD_SIZE_MAX] = "CAST($6 AS TEXT)";
	/* What is in one transaction with its row needs nobody to look after it. */
	bool is_visible = row->up != NULL || tracking->row_gate;

	tracking_add_parameter(&command, row->version);
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, row->chain);
	tracking_add_parameter(&command, entry->previous);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->up);
	tracking_add_parameter(&command, row->down);
	tracking_add_parameter(&command, row->floor);
	if (entry->later == NULL)
		format_into(previous, sizeof(previous), TIP_GUARD("6", "6"), tracking->name);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, checksum, source_checksum, chain, previous,"
	        " inlay_version, status, progress, actor, up, down, backend, floor)"
	        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
	        " CAST($4 AS TEXT), CAST($5 AS TEXT), %s, CAST($7 AS TEXT), 'running', 0,"
	        " %sCAST($8 AS TEXT)%s, CAST($9 AS TEXT), CAST($10 AS TEXT), %s,"
	        " CAST($11 AS BIGINT)",
	        tracking->name, previous, words->actor, words->actor_end,
	        is_visible ? record_backend_of(tracking, backend) : "NULL");
}

static enum outcome take_over_row(struct tracking *tracking, const struct record_entry *entry,
                                  const struct row *row)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char backend[RECORD_BACKEND_SIZE];
	struct record_numbers numbers;

	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, row->chain);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->up);
	tracking_add_parameter(&command, row->down);
	record_add_as_read(&numbers, entry, &command);
	return tracking_send(
	        tracking, &command,
	        "%sUPDATE %s SET filename = $1, checksum = $2, source_checksum = $3, chain = $4,"
	        " inlay_version = $5, %s, actor = %sCAST($6 AS TEXT)%s, up = $7, down = $8,"
	        " backend = %s, applied_at = %s" RECORD_WHERE_AS_READ("9", "10", "11", "12") "%s",
	        words->update, tracking->name, RECORD_TAKEN_OVER, words->actor, words->actor_end,
	        record_backend_of(tracking, backend), words->now, words->update_end);
}

static enum outcome write_record(struct tracking *tracking, const struct record_entry *entry,
                                 enum outcome (*write)(struct tracking *,
                                                       const struct record_entry *,
                                                       const struct row *))
{
	struct row row;
	enum outcome outcome = OUTCOME_NO_MEMORY;

	if (create_row(&row, entry))
		outcome = record_one_row(tracking, write(tracking, entry, &row));
	destroy_row(&row);
	return outcome;
}

/* The chain of a row behind a migration that is late.  Until the last late one is through no set
 * has this history, and its chains say so: it is to be compared row by row. */
static void chain_of_later(const struct record_entry *entry, const struct tracking_row *later,
                           bool is_settled, char chain[FORMAT_DIGEST_SIZE],
                           char previous[FORMAT_DIGEST_SIZE])
{
	const struct inlay_image_migration *migration = image_find(entry->set, later->version);

	format_into(chain, FORMAT_DIGEST_SIZE, TRACKING_UNSETTLED "%" PRId64, later->version);
	/* Another text than the chain's, which is what the next row will have there. */
	format_into(previous, FORMAT_DIGEST_SIZE, TRACKING_UNSETTLED "before %" PRId64,
	            later->version);
	if (!is_settled || migration == NULL)
		return;
	format_digest(chain, &migration->chain);
	previous[0] = '\0';
	if (migration > entry->set->migrations)
		format_digest(previous, &migration[-1].chain);
}

static enum outcome rewrite_later(struct tracking *tracking, const struct record_entry *entry,
                                  bool is_settled)
{
	const struct record_words *words = record_words_of(tracking);
	enum outcome outcome = OUTCOME_DONE;

	for (const struct tracking_row *later = entry->later;
	     later != NULL && outcome == OUTCOME_DONE; later = later->next) {
		struct command command = { .row = NULL };
		char version[RECORD_NUMBER_SIZE];
		char floor[RECORD_NUMBER_SIZE];
		char chain[FORMAT_DIGEST_SIZE];
		char previous[FORMAT_DIGEST_SIZE];

		if (later->version == entry->migration->version)
			continue; /* It is being taken over. */
		chain_of_later(entry, later, is_settled, chain, previous);
		tracking_add_parameter(&command, chain);
		tracking_add_parameter(&command, previous);
		tracking_add_parameter(&command, record_number(floor, entry->floor));
		tracking_add_parameter(&command, record_number(version, later->version));
		outcome = record_one_row(
		        tracking,
		        tracking_send(tracking, &command,
		                      "%sUPDATE %s SET chain = $1, previous = $2, floor = CASE WHEN"
		                      " floor < CAST($3 AS BIGINT) THEN CAST($3 AS BIGINT) ELSE"
		                      " floor END WHERE version = CAST($4 AS BIGINT)"
		                      " AND progress IS NULL%s",
		                      words->update, tracking->name, words->update_end));
	}
	return outcome;
}

static enum outcome up_claim(struct tracking *tracking, const struct record_entry *entry)
{
	enum outcome outcome = OUTCOME_DONE;

	record_prepare_claim(tracking, false);
	if (entry->later != NULL)
		outcome = record_lock_table(tracking);
	if (entry->later != NULL && outcome == OUTCOME_DONE)
		outcome = record_blank_mark(tracking, entry);
	if (entry->later != NULL && outcome == OUTCOME_DONE)
		outcome = rewrite_later(tracking, entry, false);
	record_prepare_claim(tracking, true);
	return outcome == OUTCOME_DONE ? write_record(tracking, entry, insert_row) : outcome;
}

static enum outcome up_take_over(struct tracking *tracking, const struct record_entry *entry)
{
	return write_record(tracking, entry, take_over_row);
}

static enum outcome up_finish(struct tracking *tracking, const struct record_entry *entry)
{
	const struct record_words *words = record_words_of(tracking);
	char value[RECORD_NUMBER_SIZE];
	char assignments[RECORD_ASSIGNMENTS_SIZE];
	enum outcome outcome = OUTCOME_DONE;

	if (entry->is_last_late)
		outcome = rewrite_later(tracking, entry, true);
	if (outcome != OUTCOME_DONE)
		return outcome;

	format_into(assignments, sizeof(assignments),
	            "duration_ms = %sCAST($1 AS BIGINT)%s, status = 'applied', progress = NULL,"
	            " up = NULL, backend = NULL",
	            words->duration, words->duration_end);
	return record_update_row(tracking, entry, assignments,
	                         record_duration(value, tracking, entry));
}

static enum outcome up_withdraw(struct tracking *tracking, const struct record_entry *entry)
{
	return record_delete_row(tracking, entry, "progress = 0");
}

const struct record_way record_up = {
	.direction = "up",
	.action = "applied",
	.claim = up_claim,
	.take_over = up_take_over,
	.finish = up_finish,
	.withdraw = up_withdraw,
};

/* Whoever read another state is late, and fails. */
static enum outcome repeatable_claim(struct tracking *tracking, const struct record_entry *entry)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, entry->next_repeatables);
	tracking_add_parameter(&command, entry->next_fingerprint);
	tracking_add_parameter(&command, entry->repeatables);
	tracking_add_parameter(&command, entry->fingerprint);
	return record_one_row(
	        tracking, tracking_send(tracking, &command,
	                                "%sUPDATE %s SET repeatables = $1, fingerprint = $2"
	                                " WHERE id = 1 AND repeatables = CAST($3 AS TEXT)"
	                                " AND fingerprint = CAST($4 AS TEXT)%s",
	                                words->update, tracking->state_name, words->update_end));
}

static enum outcome nothing_to_record(struct tracking *tracking, const struct record_entry *entry)
{
	(void)tracking;
	(void)entry;
	return OUTCOME_DONE;
}

const struct record_way record_repeatable = {
	.direction = "repeatable",
	.action = "applied",
	.claim = repeatable_claim,
	.take_over = repeatable_claim, /* There is no unfinished one. */
	.finish = nothing_to_record,
	.withdraw = nothing_to_record,
};

/* --- Without running anything --- */

enum outcome record_begin_baseline(struct tracking *tracking)
{
	return record_lock_table(tracking);
}

static enum outcome insert_applied_row(struct tracking *tracking, const struct record_entry *entry,
                                       const struct row *row)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, row->version);
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, entry->next_tip);
	tracking_add_parameter(&command, entry->tip);
	tracking_add_parameter(&command, entry->previous);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->down);
	tracking_add_parameter(&command, row->floor);
	tracking_add_parameter(&command, entry->applied_at);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, checksum, source_checksum, chain, previous,"
	        " inlay_version, actor, down, floor, applied_at)"
	        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
	        " CAST($4 AS TEXT), CAST($5 AS TEXT), " TIP_GUARD(
	                "6", "7") ", CAST($8 AS TEXT),"
	                          " %sCAST($9 AS TEXT)%s, CAST($10 AS TEXT), CAST($11 AS BIGINT),"
	                          " COALESCE(%sCAST($12 AS TEXT)%s, %s)",
	        tracking->name, tracking->name, words->actor, words->actor_end, words->time,
	        words->time_end, words->now);
}

static enum outcome add_baseline_line(struct tracking *tracking, const struct record_entry *entry,
                                      const struct record_way *way)
{
	char message[RECORD_ADOPTED_SIZE];
	struct record_line line = { .version = entry->migration->version,
		                    .action = "baselined",
		                    .direction = way->direction };

	if (way == &record_repeatable)
		line.version = -1;
	if (entry->adopted_from != NULL) {
		format_into(message, sizeof(message), "from %s", entry->adopted_from);
		line.action = "adopted";
		line.message = message;
	}
	return record_add_line(tracking, entry, &line);
}

enum outcome record_baseline(struct tracking *tracking, const struct record_entry *entry)
{
	enum outcome outcome = write_record(tracking, entry, insert_applied_row);

	if (outcome == OUTCOME_DONE)
		outcome = add_baseline_line(tracking, entry, &record_up);
	return outcome;
}

enum outcome record_baseline_repeatable(struct tracking *tracking, const struct record_entry *entry)
{
	enum outcome outcome = repeatable_claim(tracking, entry);

	if (outcome == OUTCOME_DONE)
		outcome = add_baseline_line(tracking, entry, &record_repeatable);
	return outcome;
}
