/* record.c - the only file that writes rows into the tracking tables. */
#include "record.h"

#include "format.h"
#include "script.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define NUMBER_SIZE_MAX 24
#define ACTOR_SIZE_MAX  160

/* Where the two dialects part. */
struct words {
	const char *now;
	const char *actor; /* Around the parameter that names our process. */
	const char *actor_end;
};

static const struct words sqlite_words = {
	.now = "CURRENT_TIMESTAMP",
	.actor = "",
	.actor_end = "",
};

static const struct words postgres_words = {
	.now = "pg_catalog.clock_timestamp()",
	.actor = "pg_catalog.concat_ws(', ', 'role ' || SESSION_USER, 'application ' ||"
	         " NULLIF(pg_catalog.current_setting('application_name'), ''),"
	         " 'backend ' || pg_catalog.pg_backend_pid(),"
	         " 'address ' || pg_catalog.host(pg_catalog.inet_client_addr()), ",
	.actor_end = ")",
};

static const struct words *words_of(const struct tracking *tracking)
{
	bool is_sqlite = tracking->session->driver->dialect == INLAY_DIALECT_SQLITE;

	return is_sqlite ? &sqlite_words : &postgres_words;
}

/* The outcome of a command that is to change exactly one row. */
static enum outcome one_row(struct tracking *tracking, enum outcome outcome)
{
	if (outcome == OUTCOME_DONE && tracking->session->changed_count != 1) {
		tracking->session->failure =
		        (struct failure){ .outcome = OUTCOME_CONFLICT, .character = -1 };
		format_into(tracking->session->failure.message,
		            sizeof(tracking->session->failure.message),
		            "its row in %s is gone or was changed by somebody else",
		            tracking->name);
		return OUTCOME_CONFLICT;
	}
	return outcome;
}

/* Who we are, as far as the operating system knows. */
static void describe_process(char *buffer, size_t size)
{
	char host[80] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	format_into(buffer, size, "process %ld%s%s", (long)getpid(), host[0] != '\0' ? " on " : "",
	            host);
}

static const char *number_text(char buffer[NUMBER_SIZE_MAX], int64_t number)
{
	format_into(buffer, NUMBER_SIZE_MAX, "%" PRId64, number);
	return buffer;
}

/* The texts of a row that a claim or a take-over writes. */
struct row {
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];
	char checksum[FORMAT_DIGEST_SIZE];
	char source_checksum[FORMAT_DIGEST_SIZE];
	char chain[FORMAT_DIGEST_SIZE];
	char previous[FORMAT_DIGEST_SIZE];
	char actor[ACTOR_SIZE_MAX];
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

	(void)number_text(row->version, migration->version);
	(void)number_text(row->attempt, entry->attempt);
	format_digest(row->checksum, &migration->checksum);
	format_digest(row->source_checksum, &migration->source_checksum);
	format_digest(row->chain, &migration->chain);
	row->previous[0] = '\0';
	if (migration > entry->view->migrations)
		format_digest(row->previous, &migration[-1].chain);
	describe_process(row->actor, sizeof(row->actor));
	row->up = wants_up ? script_create(entry->view, migration, SCRIPT_UP) : NULL;
	row->down = wants_down ? script_create(entry->view, migration, SCRIPT_DOWN) : NULL;
	return (row->up != NULL || !wants_up) && (row->down != NULL || !wants_down);
}

static enum outcome claim(struct tracking *tracking, const struct record_entry *entry,
                          const struct row *row)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, row->version);
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, row->chain);
	tracking_add_parameter(&command, row->previous);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->up);
	tracking_add_parameter(&command, row->down);
	return tracking_run(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, checksum, source_checksum, chain, previous,"
	        " inlay_version, status, progress, actor, up, down)"
	        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
	        " CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT),"
	        " 'running', 0, %sCAST($8 AS TEXT)%s, CAST($9 AS TEXT), CAST($10 AS TEXT)"
	        " WHERE COALESCE((SELECT CASE WHEN progress IS NULL THEN chain ELSE '?' END"
	        " FROM %s ORDER BY version DESC LIMIT 1), '') = CAST($6 AS TEXT)",
	        tracking->name, words->actor, words->actor_end, tracking->name);
}

static enum outcome take_over(struct tracking *tracking, const struct record_entry *entry,
                              const struct row *row)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, row->chain);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->up);
	tracking_add_parameter(&command, row->down);
	tracking_add_parameter(&command, row->version);
	tracking_add_parameter(&command, row->attempt);
	return tracking_run(
	        tracking, &command,
	        "UPDATE %s SET filename = $1, checksum = $2, source_checksum = $3, chain = $4,"
	        " inlay_version = $5, status = 'running', attempt = attempt + 1,"
	        " actor = %sCAST($6 AS TEXT)%s, up = $7, down = $8"
	        " WHERE version = CAST($9 AS BIGINT) AND attempt = CAST($10 AS INTEGER)"
	        " AND status = 'failed' AND progress IS NOT NULL",
	        tracking->name, words->actor, words->actor_end);
}

static enum outcome write_record(struct tracking *tracking, const struct record_entry *entry,
                                 enum outcome (*write)(struct tracking *,
                                                       const struct record_entry *,
                                                       const struct row *))
{
	struct row row;
	enum outcome outcome = OUTCOME_NO_MEMORY;

	if (create_row(&row, entry))
		outcome = one_row(tracking, write(tracking, entry, &row));
	destroy_row(&row);
	return outcome;
}

enum outcome record_claim(struct tracking *tracking, const struct record_entry *entry)
{
	return write_record(tracking, entry, claim);
}

enum outcome record_take_over(struct tracking *tracking, const struct record_entry *entry)
{
	return write_record(tracking, entry, take_over);
}

/* Sets columns of the row that is ours; `value` is what $1 stands for in `assignments`. */
static enum outcome update_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *assignments, int64_t value)
{
	struct command command = { .row = NULL };
	char value_text[NUMBER_SIZE_MAX];
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];

	tracking_add_parameter(&command, number_text(value_text, value));
	tracking_add_parameter(&command, number_text(version, entry->migration->version));
	tracking_add_parameter(&command, number_text(attempt, entry->attempt));
	return one_row(tracking,
	               tracking_run(tracking, &command,
	                            "UPDATE %s SET %s, applied_at = %s"
	                            " WHERE version = CAST($2 AS BIGINT)"
	                            " AND attempt = CAST($3 AS INTEGER)"
	                            " AND progress IS NOT NULL",
	                            tracking->name, assignments, words_of(tracking)->now));
}

enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count)
{
	return update_row(tracking, entry, "progress = CAST($1 AS INTEGER)", statement_count);
}

enum outcome record_finish(struct tracking *tracking, const struct record_entry *entry,
                           int64_t duration_ms)
{
	return update_row(tracking, entry,
	                  "duration_ms = CAST($1 AS BIGINT), status = 'applied', progress = NULL,"
	                  " up = NULL",
	                  duration_ms);
}

enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count)
{
	return update_row(tracking, entry, "status = 'failed', progress = CAST($1 AS INTEGER)",
	                  statement_count);
}

enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_note *note)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char version[NUMBER_SIZE_MAX];
	char duration_ms[NUMBER_SIZE_MAX];
	char checksum[FORMAT_DIGEST_SIZE];
	char actor[ACTOR_SIZE_MAX];

	format_digest(checksum, &entry->migration->checksum);
	describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, number_text(version, entry->migration->version));
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, note->action);
	tracking_add_parameter(&command, number_text(duration_ms, note->duration_ms));
	tracking_add_parameter(&command, checksum);
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, note->message);
	return tracking_run(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, action, duration_ms, checksum, actor,"
	        " message) VALUES (CAST($1 AS BIGINT), $2, $3, CAST($4 AS BIGINT), $5,"
	        " %sCAST($6 AS TEXT)%s, $7)",
	        tracking->log_name, words->actor, words->actor_end);
}
