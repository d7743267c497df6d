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
#define GUARD_SIZE_MAX       700

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
	return driver_fail(session, OUTCOME_CONFLICT, "");
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
	char floor[NUMBER_SIZE_MAX];
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
	(void)number_text(row->floor, entry->floor);
	describe_process(row->actor, sizeof(row->actor));
	row->up = wants_up ? script_create(entry->view, migration, SCRIPT_UP) : NULL;
	row->down = wants_down ? script_create(entry->view, migration, SCRIPT_DOWN) : NULL;
	return (row->up != NULL || !wants_up) && (row->down != NULL || !wants_down);
}

/* Where the database does not end as it should, `previous` is NULL, and must not be. */
static const char tip_guard[] =
        "CASE WHEN COALESCE((SELECT CASE WHEN progress IS NULL THEN chain ELSE '?' END"
        " FROM %s ORDER BY version DESC LIMIT 1), '') = CAST($6 AS TEXT)"
        " THEN CAST($6 AS TEXT) END";

static enum outcome insert_row(struct tracking *tracking, const struct record_entry *entry,
                               const struct row *row)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char backend[BACKEND_SIZE_MAX];
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
		format_into(previous, sizeof(previous), tip_guard, tracking->name);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, checksum, source_checksum, chain, previous,"
	        " inlay_version, status, progress, actor, up, down, backend, floor)"
	        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
	        " CAST($4 AS TEXT), CAST($5 AS TEXT), %s, CAST($7 AS TEXT), 'running', 0,"
	        " %sCAST($8 AS TEXT)%s, CAST($9 AS TEXT), CAST($10 AS TEXT), %s,"
	        " CAST($11 AS BIGINT)",
	        tracking->name, previous, words->actor, words->actor_end,
	        is_visible ? backend_of(tracking, backend) : "NULL");
}

/* As it was read, to the statement: its owner may have been slow and not gone.  The four
 * parameters are add_as_read()'s. */
#define WHERE_AS_READ(version, attempt, progress, status)                                          \
	" WHERE version = CAST($" version " AS BIGINT) AND attempt = CAST($" attempt               \
	" AS INTEGER)"                                                                             \
	" AND progress = CAST($" progress " AS INTEGER) AND status = CAST($" status " AS TEXT)"

static const char taken_over[] =
        "attempt = attempt + 1,"
        " status = CASE status WHEN 'alone' THEN 'alone' ELSE 'running' END";

/* The numbers of a row, as texts. */
struct numbers {
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];
	char progress[NUMBER_SIZE_MAX];
};

static void add_as_read(struct numbers *numbers, const struct record_entry *entry,
                        struct command *command)
{
	tracking_add_parameter(command, number_text(numbers->version, entry->row->version));
	tracking_add_parameter(command, number_text(numbers->attempt, entry->attempt));
	tracking_add_parameter(command, number_text(numbers->progress, entry->row->progress));
	tracking_add_parameter(command, entry->row->status);
}

static enum outcome take_over_row(struct tracking *tracking, const struct record_entry *entry,
                                  const struct row *row)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char backend[BACKEND_SIZE_MAX];
	struct numbers numbers;

	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, row->checksum);
	tracking_add_parameter(&command, row->source_checksum);
	tracking_add_parameter(&command, row->chain);
	tracking_add_parameter(&command, INLAY_VERSION);
	tracking_add_parameter(&command, row->actor);
	tracking_add_parameter(&command, row->up);
	tracking_add_parameter(&command, row->down);
	add_as_read(&numbers, entry, &command);
	return tracking_send(
	        tracking, &command,
	        "%sUPDATE %s SET filename = $1, checksum = $2, source_checksum = $3, chain = $4,"
	        " inlay_version = $5, %s, actor = %sCAST($6 AS TEXT)%s, up = $7, down = $8,"
	        " backend = %s, applied_at = %s" WHERE_AS_READ("9", "10", "11", "12") "%s",
	        words->update, tracking->name, taken_over, words->actor, words->actor_end,
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

/* What goes before a claim is part of it, but only the claim itself says that it is made. */
static void prepare_claim(struct tracking *tracking, bool is_prepared)
{
	tracking->session->purpose.statement = is_prepared ? 0 : 1;
}

/* Nobody inserts a row, or means to, until the transaction is over. */
static enum outcome lock_table(struct tracking *tracking)
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

/* Where user_version says that the history is what it is now, it says nothing until it is so again. */
static enum outcome blank_mark(struct tracking *tracking, const struct record_entry *entry)
{
	if (tracking_is_postgres(tracking) ||
	    tracking_user_version(tracking) != tracking_mark_of(entry->tip, entry->fingerprint))
		return OUTCOME_DONE;
	return set_mark(tracking, tracking_mark_of("", ""));
}

/* --- Applying --- */

/* The chain of a row behind a migration that is late.  Until the last late one is through no set
 * has this history, and its chains say so: it is to be compared row by row. */
static void chain_of_later(const struct record_entry *entry, const struct tracking_row *later,
                           bool is_settled, char chain[FORMAT_DIGEST_SIZE],
                           char previous[FORMAT_DIGEST_SIZE])
{
	const struct inlay_image_migration *migration = image_find(entry->set, later->version);

	format_into(chain, FORMAT_DIGEST_SIZE, TRACKING_UNSETTLED "%" PRId64, later->version);
	format_into(previous, FORMAT_DIGEST_SIZE, TRACKING_UNSETTLED "%" PRId64, later->version);
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
	const struct words *words = words_of(tracking);
	enum outcome outcome = OUTCOME_DONE;

	for (const struct tracking_row *later = entry->later;
	     later != NULL && outcome == OUTCOME_DONE; later = later->next) {
		struct command command = { .row = NULL };
		char version[NUMBER_SIZE_MAX];
		char floor[NUMBER_SIZE_MAX];
		char chain[FORMAT_DIGEST_SIZE];
		char previous[FORMAT_DIGEST_SIZE];

		if (later->version == entry->migration->version)
			continue; /* It is being taken over. */
		chain_of_later(entry, later, is_settled, chain, previous);
		tracking_add_parameter(&command, chain);
		tracking_add_parameter(&command, previous);
		tracking_add_parameter(&command, number_text(floor, entry->floor));
		tracking_add_parameter(&command, number_text(version, later->version));
		outcome = one_row(
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

	prepare_claim(tracking, false);
	if (entry->later != NULL)
		outcome = lock_table(tracking);
	if (entry->later != NULL && outcome == OUTCOME_DONE)
		outcome = blank_mark(tracking, entry);
	if (entry->later != NULL && outcome == OUTCOME_DONE)
		outcome = rewrite_later(tracking, entry, false);
	prepare_claim(tracking, true);
	return outcome == OUTCOME_DONE ? write_record(tracking, entry, insert_row) : outcome;
}

static enum outcome up_take_over(struct tracking *tracking, const struct record_entry *entry)
{
	return write_record(tracking, entry, take_over_row);
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

enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count)
{
	char value[NUMBER_SIZE_MAX];

	return update_row(tracking, entry, "status = 'failed', progress = CAST($1 AS INTEGER)",
	                  number_text(value, statement_count));
}

static enum outcome up_finish(struct tracking *tracking, const struct record_entry *entry)
{
	const struct words *words = words_of(tracking);
	char value[NUMBER_SIZE_MAX];
	char assignments[ASSIGNMENTS_SIZE_MAX];
	enum outcome outcome = OUTCOME_DONE;

	if (entry->is_last_late)
		outcome = rewrite_later(tracking, entry, true);
	if (outcome != OUTCOME_DONE)
		return outcome;

	format_into(assignments, sizeof(assignments),
	            "duration_ms = %sCAST($1 AS BIGINT)%s, status = 'applied', progress = NULL,"
	            " up = NULL, backend = NULL",
	            words->duration, words->duration_end);
	return update_row(tracking, entry, assignments, duration_text(value, tracking, entry));
}

/* The row of ours goes, where it says `condition`. */
static enum outcome delete_row(struct tracking *tracking, const struct record_entry *entry,
                               const char *condition)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char version[NUMBER_SIZE_MAX];
	char attempt[NUMBER_SIZE_MAX];

	tracking_add_parameter(&command, number_text(version, entry->migration->version));
	tracking_add_parameter(&command, number_text(attempt, entry->attempt));
	return one_row(tracking,
	               tracking_send(tracking, &command,
	                             "%sDELETE FROM %s WHERE version = CAST($1 AS BIGINT)"
	                             " AND attempt = CAST($2 AS INTEGER) AND %s%s",
	                             words->update, tracking->name, condition, words->update_end));
}

static enum outcome up_withdraw(struct tracking *tracking, const struct record_entry *entry)
{
	return delete_row(tracking, entry, "progress = 0");
}

const struct record_way record_up = {
	.direction = "up",
	.action = "applied",
	.claim = up_claim,
	.take_over = up_take_over,
	.finish = up_finish,
	.withdraw = up_withdraw,
};

/* --- Rolling back --- */

/* Only the last row goes, and only as it was read. */
static enum outcome down_claim(struct tracking *tracking, const struct record_entry *entry)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char backend[BACKEND_SIZE_MAX];
	char actor[ACTOR_SIZE_MAX];
	struct numbers numbers;
	enum outcome outcome;

	prepare_claim(tracking, false);
	outcome = lock_table(tracking);
	if (outcome == OUTCOME_DONE)
		outcome = blank_mark(tracking, entry);
	if (outcome != OUTCOME_DONE)
		return outcome;
	prepare_claim(tracking, true);
	describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, entry->down);
	tracking_add_parameter(&command, number_text(numbers.version, entry->row->version));
	tracking_add_parameter(&command, number_text(numbers.attempt, entry->attempt));
	tracking_add_parameter(&command, entry->row->checksum);
	return one_row(tracking,
	               tracking_send(tracking, &command,
	                             "%sUPDATE %s SET direction = 'down', status = 'running',"
	                             " progress = 0, attempt = attempt + 1, backend = %s,"
	                             " actor = %sCAST($1 AS TEXT)%s, down = $2, applied_at = %s"
	                             " WHERE version = CAST($3 AS BIGINT)"
	                             " AND attempt = CAST($4 AS INTEGER)"
	                             " AND checksum = CAST($5 AS TEXT) AND progress IS NULL"
	                             " AND version = (SELECT MAX(version) FROM %s)%s",
	                             words->update, tracking->name, backend_of(tracking, backend),
	                             words->actor, words->actor_end, words->now, tracking->name,
	                             words->update_end));
}

static enum outcome down_take_over(struct tracking *tracking, const struct record_entry *entry)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char backend[BACKEND_SIZE_MAX];
	char actor[ACTOR_SIZE_MAX];
	struct numbers numbers;

	describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, actor);
	add_as_read(&numbers, entry, &command);
	return one_row(tracking,
	               tracking_send(tracking, &command,
	                             "%sUPDATE %s SET %s, actor = %sCAST($1 AS TEXT)%s,"
	                             " backend = %s, applied_at = %s" WHERE_AS_READ("2", "3", "4",
	                                                                            "5") "%s",
	                             words->update, tracking->name, taken_over, words->actor,
	                             words->actor_end, backend_of(tracking, backend), words->now,
	                             words->update_end));
}

static enum outcome down_finish(struct tracking *tracking, const struct record_entry *entry)
{
	return delete_row(tracking, entry, "progress IS NOT NULL");
}

static enum outcome down_withdraw(struct tracking *tracking, const struct record_entry *entry)
{
	return update_row(tracking, entry,
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

/* --- Applying a repeatable one --- */

/* Whoever read another state is late, and fails. */
static enum outcome repeatable_claim(struct tracking *tracking, const struct record_entry *entry)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	tracking_add_parameter(&command, entry->next_repeatables);
	tracking_add_parameter(&command, entry->next_fingerprint);
	tracking_add_parameter(&command, entry->repeatables);
	tracking_add_parameter(&command, entry->fingerprint);
	return one_row(tracking,
	               tracking_send(tracking, &command,
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

/* --- For all of them --- */

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

enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_way *way, const char *message)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };
	char version[NUMBER_SIZE_MAX];
	char duration_ms[NUMBER_SIZE_MAX];
	char checksum[FORMAT_DIGEST_SIZE];
	char actor[ACTOR_SIZE_MAX];

	format_digest(checksum, &entry->migration->checksum);
	describe_process(actor, sizeof(actor));
	tracking_add_parameter(&command, number_text(version, version_of(entry, way)));
	tracking_add_parameter(&command, image_file_name(entry->view, entry->migration));
	tracking_add_parameter(&command, message != NULL ? "failed" : way->action);
	tracking_add_parameter(&command, duration_text(duration_ms, tracking, entry));
	tracking_add_parameter(&command, checksum);
	tracking_add_parameter(&command, actor);
	tracking_add_parameter(&command, message);
	tracking_add_parameter(&command, way->direction);
	return tracking_send(
	        tracking, &command,
	        "INSERT INTO %s (version, filename, action, duration_ms, checksum, actor,"
	        " message, direction) VALUES (CAST($1 AS BIGINT), $2, $3,"
	        " %sCAST($4 AS BIGINT)%s, $5, %sCAST($6 AS TEXT)%s, $7, $8)",
	        tracking->log_name, words->duration, words->duration_end, words->actor,
	        words->actor_end);
}
