/* record_repair.c - the rows of migrations whose history is repaired. */
#include "record_repair.h"

#include "record_row.h"
#include "script.h"

#include <stdlib.h>

/* Sets columns of a row, if it is as it was read. */
static enum outcome hold(struct tracking *tracking, const struct tracking_row *read,
                         const char *assignments)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	struct record_numbers numbers;

	tracking_add_parameter(&command, record_number(numbers.version, read->version));
	tracking_add_parameter(&command, record_number(numbers.attempt, read->attempt));
	tracking_add_parameter(&command, record_number(numbers.progress, read->progress));
	tracking_add_parameter(&command, read->status);
	tracking_add_parameter(&command, read->checksum);
	return record_one_row(tracking,
	                      tracking_send(tracking, &command,
	                                    "%sUPDATE %s SET %s WHERE version = CAST($1 AS BIGINT)"
	                                    " AND attempt = CAST($2 AS INTEGER)"
	                                    " AND COALESCE(progress, -1) = CAST($3 AS INTEGER)"
	                                    " AND status = CAST($4 AS TEXT)"
	                                    " AND checksum = CAST($5 AS TEXT)%s",
	                                    words->update, tracking->name, assignments,
	                                    words->update_end));
}

/* No other row has such a `previous`, whatever the order in which they get theirs.  Whoever thinks
 * that a row which is not finished is still theirs learns by its attempt that it is not. */
enum outcome record_repair_hold(struct tracking *tracking, const struct repaired_row *repaired)
{
	return hold(tracking, repaired->read,
	            "previous = 'repair ' || version,"
	            " attempt = attempt + CASE WHEN progress IS NULL THEN 0 ELSE 1 END");
}

enum outcome record_repair_take(struct tracking *tracking, const struct repaired_row *repaired)
{
	char assignments[RECORD_ASSIGNMENTS_SIZE];
	char backend[RECORD_BACKEND_SIZE];

	format_into(assignments, sizeof(assignments),
	            "attempt = attempt + 1, status = 'alone', backend = %s, applied_at = %s",
	            record_backend_of(tracking, backend), record_words_of(tracking)->now);
	return hold(tracking, repaired->read, assignments);
}

static enum outcome delete_row(struct tracking *tracking, const char *version)
{
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, version);
	return tracking_send(tracking, &command,
	                     "DELETE FROM %s WHERE version = CAST($1 AS BIGINT)", tracking->name);
}

static enum outcome write_state(struct tracking *tracking, const struct tracking_row *row,
                                const char *version)
{
	struct command command = { .row = NULL };
	char progress[RECORD_NUMBER_SIZE];
	bool is_finished = row->progress < 0;

	tracking_add_parameter(&command, row->is_down ? "down" : "up");
	tracking_add_parameter(&command, row->status);
	tracking_add_parameter(&command,
	                       is_finished ? NULL : record_number(progress, row->progress));
	tracking_add_parameter(&command, version);
	return tracking_send(tracking, &command,
	                     "UPDATE %s SET direction = $1, status = $2,"
	                     " progress = CAST($3 AS INTEGER), backend = NULL%s"
	                     " WHERE version = CAST($4 AS BIGINT)",
	                     tracking->name, is_finished ? ", up = NULL" : "");
}

static enum outcome write_text(struct tracking *tracking, const struct image_view *view,
                               const struct repaired_row *repaired, const char *version)
{
	const struct inlay_image_migration *migration = repaired->text;
	struct command command = { .row = NULL };
	char checksum[FORMAT_DIGEST_SIZE];
	char source_checksum[FORMAT_DIGEST_SIZE];
	bool has_down = (migration->flags & INLAY_MIGRATION_HAS_DOWN) != 0;
	char *down = has_down ? script_create(view, migration, SCRIPT_DOWN) : NULL;
	enum outcome outcome = OUTCOME_NO_MEMORY;

	format_digest(checksum, &migration->checksum);
	format_digest(source_checksum, &migration->source_checksum);
	tracking_add_parameter(&command, image_file_name(view, migration));
	tracking_add_parameter(&command, checksum);
	tracking_add_parameter(&command, source_checksum);
	tracking_add_parameter(&command, down);
	tracking_add_parameter(&command, version);
	if (down != NULL || !has_down)
		outcome = tracking_send(tracking, &command,
		                        "UPDATE %s SET filename = $1, checksum = $2,"
		                        " source_checksum = $3, down = $4"
		                        " WHERE version = CAST($5 AS BIGINT)",
		                        tracking->name);
	else
		(void)driver_fail(tracking->session, OUTCOME_NO_MEMORY, "");
	free(down);
	return outcome;
}

static enum outcome write_place(struct tracking *tracking, const struct repaired_row *repaired,
                                const char *version)
{
	const struct place *place = &repaired->place;
	struct command command = { .row = NULL };
	char floor[RECORD_NUMBER_SIZE];

	tracking_add_parameter(&command,
	                       repaired->has_place ? place->chain : repaired->read->chain);
	tracking_add_parameter(&command,
	                       repaired->has_place ? place->previous : repaired->read->previous);
	tracking_add_parameter(
	        &command,
	        record_number(floor, repaired->has_place ? place->floor : repaired->read->floor));
	tracking_add_parameter(&command, version);
	return tracking_send(tracking, &command,
	                     "UPDATE %s SET chain = $1, previous = $2, floor = CAST($3 AS BIGINT)"
	                     " WHERE version = CAST($4 AS BIGINT)",
	                     tracking->name);
}

enum outcome record_repair_write(struct tracking *tracking, const struct image_view *view,
                                 const struct repaired_row *repaired)
{
	char version[RECORD_NUMBER_SIZE];
	enum outcome outcome = OUTCOME_DONE;

	(void)record_number(version, repaired->read->version);
	if (repaired->is_deleted)
		return delete_row(tracking, version);
	if (repaired->has_state)
		outcome = write_state(tracking, &repaired->row, version);
	if (outcome == OUTCOME_DONE && repaired->text != NULL)
		outcome = write_text(tracking, view, repaired, version);
	return outcome == OUTCOME_DONE ? write_place(tracking, repaired, version) : outcome;
}

enum outcome record_repair_note(struct tracking *tracking, const struct repaired_row *repaired,
                                const char *message)
{
	const struct record_words *words = record_words_of(tracking);
	const struct tracking_row *read = repaired != NULL ? repaired->read : NULL;
	struct command command = { .row = NULL };
	char version[RECORD_NUMBER_SIZE];
	char actor[RECORD_ACTOR_SIZE];

	record_describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, record_number(version, read != NULL ? read->version : -1));
	tracking_add_parameter(&command, read != NULL ? read->filename : "");
	tracking_add_parameter(&command, read != NULL ? read->checksum : NULL);
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, message);
	tracking_add_parameter(&command, read != NULL && read->is_down ? "down" : "up");
	return tracking_send(tracking, &command,
	                     "INSERT INTO %s (version, filename, action, checksum, actor, message,"
	                     " direction) VALUES (CAST($1 AS BIGINT), $2, 'repaired', $3,"
	                     " %sCAST($4 AS TEXT)%s, $5, $6)",
	                     tracking->log_name, words->actor, words->actor_end);
}
