/* record.c - the only file that writes rows into the tracking tables. */
#include "record.h"

#include "clock.h"
#include "format.h"
#include "script.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define NUMBER_SIZE_MAX      24
#define ACTOR_SIZE_MAX       160
#define ASSIGNMENTS_SIZE_MAX 500
#define BACKEND_SIZE_MAX     240

/* Where the two dialects part. */
struct words {
	const char *now;
	const char *actor; /* Around the parameter that names our process. */
	const char *actor_end;
	const char *duration; /* Around the parameter; NULL is since the transaction began. */
	const char *duration_end;
	const char *update; /* Around an UPDATE that fails unless it changes one row. */
	const char *update_end;
};

static const struct words sqlite_words = {
	.now = "CURRENT_TIMESTAMP",
	.actor = "",
	.actor_end = "",
	.duration = "",
	.duration_end = "",
	.update = "",
	.update_end = "",
};

static const struct words postgres_words = {
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
};

static const char backend_sql[] =
        "(SELECT a.pid || ' ' ||"
        " COALESCE(CAST(EXTRACT(EPOCH FROM a.backend_start) AS TEXT), '') || ' %s'"
        " FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)";

static const struct words *words_of(const struct tracking *tracking)
{
	return tracking_is_postgres(tracking) ? &postgres_words : &sqlite_words;
}

/* Which server process writes, in SQL; of one that a pooler may give to somebody else, that too. */
static const char *backend_of(const struct tracking *tracking, char sql[BACKEND_SIZE_MAX])
{
	const char *kind = tracking->session->is_pooled ? "pooled" : "direct";

	if (!tracking_is_postgres(tracking))
		return "NULL";
	format_into(sql, BACKEND_SIZE_MAX, backend_sql, kind);
	return sql;
}

/* SQLite has run the command already: it must have changed one row. */
static enum outcome one_row(struct tracking *tracking, enum outcome outcome)
{
	struct session *session = tracking->session;

	if (outcome != OUTCOME_DONE || tracking_is_postgres(tracking) ||
	    session->changed_count == 1)
		return outcome;
	session->failure = (struct failure){ .outcome = OUTCOME_CONFLICT, .character = -1 };
	session->failure.purpose = session->purpose;
	session->driver->fail(session);
	return OUTCOME_CONFLICT;
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

static const char *duration_text(char buffer[NUMBER_SIZE_MAX], const struct tracking *tracking,
                                 const struct record_entry *entry)
{
	if (entry->is_timed_by_server && tracking_is_postgres(tracking))
		return NULL;
	return number_text(buffer, clock_now_ms() - entry->started_ms);
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
	char backend[BACKEND_SIZE_MAX];
	/* What is in one transaction with its row needs nobody to look after it. */
	bool is_visible = row->up != NULL || tracking->row_gate;

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
	/* Where the database does not end as it should, `previous` is NULL, and must not be. */
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, checksum, source_checksum, chain, previous,"
	        " inlay_version, status, progress, actor, up, down, backend)"
	        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
	        " CAST($4 AS TEXT), CAST($5 AS TEXT), CASE WHEN COALESCE("
	        "(SELECT CASE WHEN progress IS NULL THEN chain ELSE '?' END"
	        " FROM %s ORDER BY version DESC LIMIT 1), '') = CAST($6 AS TEXT)"
	        " THEN CAST($6 AS TEXT) END, CAST($7 AS TEXT), 'running', 0,"
	        " %sCAST($8 AS TEXT)%s, CAST($9 AS TEXT), CAST($10 AS TEXT), %s",
	        tracking->name, tracking->name, words->actor, words->actor_end,
	        is_visible ? backend_of(tracking, backend) : "NULL");
}

static enum outcome take_over(struct tracking *tracking, const struct record_entry *entry,
                              const struct row *row)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char backend[BACKEND_SIZE_MAX];
	char progress[NUMBER_SIZE_MAX];

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
	tracking_add_parameter(&command, number_text(progress, entry->unfinished->progress));
	tracking_add_parameter(&command, entry->unfinished->status);
	/* As it was read, to the statement: its owner may have been slow and not gone. */
	return tracking_send(
	        tracking, &command,
	        "%sUPDATE %s SET filename = $1, checksum = $2, source_checksum = $3, chain = $4,"
	        " inlay_version = $5, attempt = attempt + 1,"
	        " status = CASE status WHEN 'alone' THEN 'alone' ELSE 'running' END,"
	        " actor = %sCAST($6 AS TEXT)%s, up = $7, down = $8, backend = %s, applied_at = %s"
	        " WHERE version = CAST($9 AS BIGINT) AND attempt = CAST($10 AS INTEGER)"
	        " AND progress = CAST($11 AS INTEGER) AND status = CAST($12 AS TEXT)%s",
	        words->update, tracking->name, words->actor, words->actor_end,
	        backend_of(tracking, backend), words->now, words->update_end);
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
                               const char *assignments, const char *value)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];

	tracking_add_parameter(&command, value);
	tracking_add_parameter(&command, number_text(version, entry->migration->version));
	tracking_add_parameter(&command, number_text(attempt, entry->attempt));
	return one_row(tracking, tracking_send(tracking, &command,
	                                       "%sUPDATE %s SET %s, applied_at = %s"
	                                       " WHERE version = CAST($2 AS BIGINT)"
	                                       " AND attempt = CAST($3 AS INTEGER)"
	                                       " AND progress IS NOT NULL%s",
	                                       words->update, tracking->name, assignments,
	                                       words->now, words->update_end));
}

enum outcome record_hold(struct tracking *tracking, const struct record_entry *entry)
{
	return update_row(tracking, entry, "progress = CAST($1 AS INTEGER)", "0");
}

enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count, bool alone)
{
	char value[NUMBER_SIZE_MAX];
	char assignments[ASSIGNMENTS_SIZE_MAX];
	char backend[BACKEND_SIZE_MAX];

	format_into(assignments, sizeof(assignments),
	            "progress = CAST($1 AS INTEGER), status = '%s', backend = %s",
	            alone ? "alone" : "running", backend_of(tracking, backend));
	return update_row(tracking, entry, assignments, number_text(value, statement_count));
}

enum outcome record_finish(struct tracking *tracking, const struct record_entry *entry)
{
	const struct words *words = words_of(tracking);
	char value[NUMBER_SIZE_MAX];
	char assignments[ASSIGNMENTS_SIZE_MAX];

	format_into(assignments, sizeof(assignments),
	            "duration_ms = %sCAST($1 AS BIGINT)%s, status = 'applied', progress = NULL,"
	            " up = NULL, backend = NULL",
	            words->duration, words->duration_end);
	return update_row(tracking, entry, assignments, duration_text(value, tracking, entry));
}

enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count)
{
	char value[NUMBER_SIZE_MAX];

	return update_row(tracking, entry, "status = 'failed', progress = CAST($1 AS INTEGER)",
	                  number_text(value, statement_count));
}

enum outcome record_withdraw(struct tracking *tracking, const struct record_entry *entry)
{
	struct command command = { .row = NULL };
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];

	tracking_add_parameter(&command, number_text(version, entry->migration->version));
	tracking_add_parameter(&command, number_text(attempt, entry->attempt));
	return tracking_send(tracking, &command,
	                     "DELETE FROM %s WHERE version = CAST($1 AS BIGINT)"
	                     " AND attempt = CAST($2 AS INTEGER) AND progress = 0",
	                     tracking->name);
}

/* user_version is ours when it says that the migration before is the last one.  Then it must stay
 * true, also when this program does not look at it itself. */
enum outcome record_mark(struct tracking *tracking, const struct record_entry *entry)
{
	const struct inlay_image_migration *migration = entry->migration;
	struct command command = { .row = NULL };
	bool is_ours;
	int64_t now;

	if (tracking_is_postgres(tracking))
		return OUTCOME_DONE;
	now = tracking_user_version(tracking);
	is_ours = now == 0 && tracking->may_claim_user_version;
	if (migration > entry->view->migrations)
		is_ours = is_ours || now == tracking_mark_of(&migration[-1].chain);
	if (!is_ours)
		return OUTCOME_DONE;
	return tracking_send(tracking, &command, "PRAGMA main.user_version = %" PRId64,
	                     tracking_mark_of(&migration->chain));
}

enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const char *action, const char *message)
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
	tracking_add_parameter(&command, action);
	tracking_add_parameter(&command, duration_text(duration_ms, tracking, entry));
	tracking_add_parameter(&command, checksum);
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, message);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, action, duration_ms, checksum, actor,"
	        " message) VALUES (CAST($1 AS BIGINT), $2, $3, %sCAST($4 AS BIGINT)%s, $5,"
	        " %sCAST($6 AS TEXT)%s, $7)",
	        tracking->log_name, words->duration, words->duration_end, words->actor,
	        words->actor_end);
}
