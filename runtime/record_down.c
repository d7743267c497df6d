/* record_down.c - the rows of migrations that are rolled back. */
#include "record_row.h"

/* Only the last row goes, and only as it was read. */
static enum outcome down_claim(struct tracking *tracking, const struct record_entry *entry)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char backend[RECORD_BACKEND_SIZE];
	char actor[RECORD_ACTOR_SIZE];
	struct record_numbers numbers;
	enum outcome outcome;

	record_prepare_claim(tracking, false);
	outcome = record_lock_table(tracking);
	if (outcome == OUTCOME_DONE)
		outcome = record_blank_mark(tracking, entry);
	if (outcome != OUTCOME_DONE)
		return outcome;
	record_prepare_claim(tracking, true);
	record_describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, entry->down);
	tracking_add_parameter(&command, record_number(numbers.version, entry->row->version));
	tracking_add_parameter(&command, record_number(numbers.attempt, entry->attempt));
	tracking_add_parameter(&command, entry->row->checksum);
	return record_one_row(
	        tracking,
	        tracking_send(tracking, &command,
	                      "%sUPDATE %s SET direction = 'down', status = 'running',"
	                      " progress = 0, attempt = attempt + 1, backend = %s,"
	                      " actor = %sCAST($1 AS TEXT)%s, down = $2, applied_at = %s"
	                      " WHERE version = CAST($3 AS BIGINT)"
	                      " AND attempt = CAST($4 AS INTEGER)"
	                      " AND checksum = CAST($5 AS TEXT) AND progress IS NULL"
	                      " AND version = (SELECT MAX(version) FROM %s)%s",
	                      words->update, tracking->name, record_backend_of(tracking, backend),
	                      words->actor, words->actor_end, words->now, tracking->name,
	                      words->update_end));
}

static enum outcome down_take_over(struct tracking *tracking, const struct record_entry *entry)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char backend[RECORD_BACKEND_SIZE];
	char actor[RECORD_ACTOR_SIZE];
	struct record_numbers numbers;

	record_describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, actor);
	record_add_as_read(&numbers, entry, &command);
	return record_one_row(
	        tracking,
	        tracking_send(tracking, &command,
	                      "%sUPDATE %s SET %s, actor = %sCAST($1 AS TEXT)%s,"
	                      " backend = %s, applied_at = %s" RECORD_WHERE_AS_READ("2", "3", "4",
	                                                                            "5") "%s",
	                      words->update, tracking->name, RECORD_TAKEN_OVER, words->actor,
	                      words->actor_end, record_backend_of(tracking, backend), words->now,
	                      words->update_end));
}

static enum outcome down_finish(struct tracking *tracking, const struct record_entry *entry)
{
	return record_delete_row(tracking, entry, "progress IS NOT NULL");
}

static enum outcome down_withdraw(struct tracking *tracking, const struct record_entry *entry)
{
	return record_update_row(
	        tracking, entry,
	        "direction = 'up', status = 'applied', progress = CAST($1 AS INTEGER),"
	        " backend = NULL",
	        NULL);
}

const struct record_way record_down = {
	.direction = "down",
	.action = "rolled back",
	.claim = down_claim,
	.take_over = down_take_over,
	.finish = down_finish,
	.withdraw = down_withdraw,
};
