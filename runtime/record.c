/* record.c - rows of the tracking tables: what is the same whichever way a migration runs. */
#include "record_row.h"

#include "clock.h"
#include "format.h"

#include <inttypes.h>
#include <unistd.h>

static const struct record_words sqlite_words = {
	.now = "CURRENT_TIMESTAMP",
	.actor = "",
	.actor_end = "",
	.duration = "",
	.duration_end = "",
	.update = "",
	.update_end = "",
	.time = "",
	.time_end = "",
};

static const struct record_words postgres_words = {
	.now = "pg_catalog.clock_timestamp()",
	.actor = "pg_catalog.concat_ws(', ', 'role ' || SESSION_USER, 'application ' ||"
	         " NULLIF(pg_catalog.current_setting('application_name'), ''),"
	         " 'backend ' || pg_catalog.pg_backend_pid(),"
	         " 'address ' || pg_catalog.host(pg_catalog.inet_client_addr()), ",
	.actor_end = ")",
	.duration = "COALESCE(",
	.duration_end = ", CAST(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()"
	                " - pg_catalog.transaction_timestamp()) * 1000 AS BIGINT))",
	/* The division fails where nothing was updated. */
	.update = "WITH u AS (",
	.update_end = " RETURNING 1) SELECT 1 / COUNT(*) FROM u",
	.time = "CAST(",
	.time_end = " || '+00' AS TIMESTAMPTZ)",
};

static const char backend_sql[] =
        "(SELECT a.pid || ' ' ||"
        " COALESCE(CAST(EXTRACT(EPOCH FROM a.backend_start) AS TEXT), '') || ' %s'"
        " FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)";

const struct record_words *record_words_of(const struct tracking *tracking)
{
	return tracking_is_postgres(tracking) ? &postgres_words : &sqlite_words;
}

/* Which server process writes, in SQL; of one that a pooler may give to somebody else, that too. */
const char *record_backend_of(const struct tracking *tracking, char sql[RECORD_BACKEND_SIZE])
{
	const char *kind = tracking->session->is_pooled ? "pooled" : "direct";

	if (!tracking_is_postgres(tracking))
		return "NULL";
	format_into(sql, RECORD_BACKEND_SIZE, backend_sql, kind);
	return sql;
}

/* SQLite has run the command already: it must have changed one row. */
enum outcome record_one_row(struct tracking *tracking, enum outcome outcome)
{
	struct session *session = tracking->session;

	if (outcome != OUTCOME_DONE || tracking_is_postgres(tracking) ||
	    session->changed_count == 1)
		return outcome;
	return driver_fail(session, OUTCOME_CONFLICT, "");
}

/* Who we are, as far as the operating system knows. */
void record_describe_process(char *buffer, size_t size)
{
	char host[80] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	format_into(buffer, size, "process %ld%s%s", (long)getpid(), host[0] != '\0' ? " on " : "",
	            host);
}

const char *record_number(char buffer[RECORD_NUMBER_SIZE], int64_t number)
{
	format_into(buffer, RECORD_NUMBER_SIZE, "%" PRId64, number);
	return buffer;
}

const char *record_duration(char buffer[RECORD_NUMBER_SIZE], const struct tracking *tracking,
                            const struct record_entry *entry)
{
	if (entry->is_timed_by_server && tracking_is_postgres(tracking))
		return NULL;
	return record_number(buffer, clock_now_ms() - entry->started_ms);
}

void record_add_as_read(struct record_numbers *numbers, const struct record_entry *entry,
                        struct command *command)
{
	tracking_add_parameter(command, record_number(numbers->version, entry->row->version));
	tracking_add_parameter(command, record_number(numbers->attempt, entry->attempt));
	tracking_add_parameter(command, record_number(numbers->progress, entry->row->progress));
	tracking_add_parameter(command, entry->row->status);
}

/* What goes before a claim is part of it, but only the claim itself says that it is made. */
void record_prepare_claim(struct tracking *tracking, bool is_prepared)
{
	tracking->session->purpose.statement = is_prepared ? 0 : 1;
}

/* Nobody inserts a row, or means to, until the transaction is over. */
enum outcome record_lock_table(struct tracking *tracking)
{
	struct command command = { .row = NULL };

	if (!tracking_is_postgres(tracking) || tracking->session->manner.modest)
		return OUTCOME_DONE;
	return tracking_send(tracking, &command, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
	                     tracking->name);
}

static enum outcome set_mark(struct tracking *tracking, int64_t mark)
{
	struct command command = { .row = NULL };

	return tracking_send(tracking, &command, "PRAGMA main.user_version = %" PRId64, mark);
}

/* Where user_version says that the history is what it is now, it says nothing for a while. */
enum outcome record_blank_mark(struct tracking *tracking, const struct record_entry *entry)
{
	if (tracking_is_postgres(tracking) ||
	    tracking_user_version(tracking) != tracking_mark_of(entry->tip, entry->fingerprint))
		return OUTCOME_DONE;
	return set_mark(tracking, tracking_mark_of("", ""));
}

/* Sets columns of the row that is ours; `value` is what $1 stands for in `assignments`. */
enum outcome record_update_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *assignments, const char *value)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char version[RECORD_NUMBER_SIZE];
	char attempt[RECORD_NUMBER_SIZE];

	tracking_add_parameter(&command, value);
	tracking_add_parameter(&command, record_number(version, entry->migration->version));
	tracking_add_parameter(&command, record_number(attempt, entry->attempt));
	return record_one_row(tracking, tracking_send(tracking, &command,
	                                              "%sUPDATE %s SET %s, applied_at = %s"
	                                              " WHERE version = CAST($2 AS BIGINT)"
	                                              " AND attempt = CAST($3 AS INTEGER)"
	                                              " AND progress IS NOT NULL%s",
	                                              words->update, tracking->name, assignments,
	                                              words->now, words->update_end));
}

enum outcome record_hold(struct tracking *tracking, const struct record_entry *entry)
{
	return record_update_row(tracking, entry, "progress = CAST($1 AS INTEGER)", "0");
}

enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count, bool alone)
{
	char value[RECORD_NUMBER_SIZE];
	char assignments[RECORD_ASSIGNMENTS_SIZE];
	char backend[RECORD_BACKEND_SIZE];

	format_into(assignments, sizeof(assignments),
	            "progress = CAST($1 AS INTEGER), status = '%s', backend = %s",
	            alone ? "alone" : "running", record_backend_of(tracking, backend));
	return record_update_row(tracking, entry, assignments,
	                         record_number(value, statement_count));
}

enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count)
{
	char value[RECORD_NUMBER_SIZE];

	return record_update_row(tracking, entry,
	                         "status = 'failed', progress = CAST($1 AS INTEGER)",
	                         record_number(value, statement_count));
}

enum outcome record_doubt(struct tracking *tracking, const struct record_entry *entry,
                          uint32_t statement_count)
{
	char value[RECORD_NUMBER_SIZE];

	return record_update_row(tracking, entry,
	                         "status = 'alone', backend = NULL, progress = CAST($1 AS INTEGER)",
	                         record_number(value, statement_count));
}

/* The row of ours goes, where it says `condition`. */
enum outcome record_delete_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *condition)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char version[RECORD_NUMBER_SIZE];
	char attempt[RECORD_NUMBER_SIZE];

	tracking_add_parameter(&command, record_number(version, entry->migration->version));
	tracking_add_parameter(&command, record_number(attempt, entry->attempt));
	return record_one_row(tracking,
	                      tracking_send(tracking, &command,
	                                    "%sDELETE FROM %s WHERE version = CAST($1 AS BIGINT)"
	                                    " AND attempt = CAST($2 AS INTEGER) AND %s%s",
	                                    words->update, tracking->name, condition,
	                                    words->update_end));
}

/* user_version is ours when it says what we have read, or that we are at work.  Then it must stay
 * true, also when this program does not look at it itself. */
enum outcome record_mark(struct tracking *tracking, const struct record_entry *entry)
{
	int64_t now;

	if (tracking_is_postgres(tracking))
		return OUTCOME_DONE;
	now = tracking_user_version(tracking);
	if (now != tracking_mark_of(entry->tip, entry->fingerprint) &&
	    now != tracking_mark_of("", "") && !(now == 0 && tracking->may_claim_user_version))
		return OUTCOME_DONE;
	return set_mark(tracking, tracking_mark_of(entry->next_tip, entry->next_fingerprint));
}

/* The version of a repeatable one is no version. */
static int64_t version_of(const struct record_entry *entry, const struct record_way *way)
{
	return way == &record_repeatable ? -1 : entry->migration->version;
}

enum outcome record_add_line(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_line *line)
{
	const struct record_words *words = record_words_of(tracking);
	struct command command = { .row = NULL };
	char version[RECORD_NUMBER_SIZE];
	char duration_ms[RECORD_NUMBER_SIZE];
	char checksum[FORMAT_DIGEST_SIZE];
	char actor[RECORD_ACTOR_SIZE];

	format_digest(checksum, &entry->migration->checksum);
	record_describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, record_number(version, line->version));
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, line->action);
	tracking_add_parameter(
	        &command, line->is_timed ? record_duration(duration_ms, tracking, entry) : NULL);
	tracking_add_parameter(&command, checksum);
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, line->message);
	tracking_add_parameter(&command, line->direction);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, action, duration_ms, checksum, actor,"
	        " message, direction) VALUES (CAST($1 AS BIGINT), $2, $3,"
	        " %sCAST($4 AS BIGINT)%s, $5, %sCAST($6 AS TEXT)%s, $7, $8)",
	        tracking->log_name, line->is_timed ? words->duration : "",
	        line->is_timed ? words->duration_end : "", words->actor, words->actor_end);
}

enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_way *way, const char *message)
{
	struct record_line line = {
		.version = version_of(entry, way),
		.action = message != NULL ? "failed" : way->action,
		.direction = way->direction,
		.message = message,
		.is_timed = true,
	};

	return record_add_line(tracking, entry, &line);
}
