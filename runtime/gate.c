/* gate.c - takes turns with other programs; the only file that knows how a gate is taken. */
#include "gate.h"

#include "blame.h"
#include "clock.h"
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#define ASK_AFTER_MS    200  /* A shorter wait is not worth telling. */
#define ASK_INTERVAL_MS 1000 /* Between two questions who is at work. */
#define PATIENCE_MAX    8    /* Times the first pause: hundreds who look all the time are a load. */

/* The key comes from schema and table, so that all sets that share a table share its gate.  $1 is
 * the table's name as we quote it, with $2 = 't' already behind its schema. */
#define ADVISORY_KEY                                                                               \
	"pg_catalog.hashtextextended(CASE WHEN $2 = 't' THEN '' ELSE '\"' || pg_catalog.replace("  \
	"pg_catalog.current_schema(), '\"', '\"\"') || '\".' END || $1, 0)"

static const char advisory_sql[] = "SELECT pg_catalog.pg_try_advisory_xact_lock(" ADVISORY_KEY ")";
static const char row_sql[] = "SELECT 't' FROM %s WHERE id = 1 FOR UPDATE SKIP LOCKED";

/* The functions behind the views pg_locks and pg_stat_activity: hundreds may ask at once. */
static const char advisory_holder_sql[] =
        "SELECT pg_catalog.concat_ws(', ', 'role ' || pg_catalog.pg_get_userbyid(a.usesysid),"
        " 'application ' || NULLIF(a.application_name, ''), 'backend ' || l.pid,"
        " 'address ' || pg_catalog.host(a.client_addr), 'since ' ||"
        " pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00')"
        " FROM pg_catalog.pg_lock_status() l, pg_catalog.pg_stat_get_activity(l.pid) a"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = a.datid"
        " AND a.datid = (SELECT b.datid FROM"
        " pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) b)"
        " AND (CAST(l.classid AS BIGINT) << 32 |"
        " CAST(l.objid AS BIGINT)) = " ADVISORY_KEY " LIMIT 1";

/* --- Taking it --- */

static void take_yes(void *context, const char *const *columns, uint32_t column_count)
{
	bool *is_ours = context;

	*is_ours = column_count > 0 && columns[0] != NULL && columns[0][0] == 't';
}

static void add_key(const struct tracking *tracking, struct command *command)
{
	tracking_add_parameter(command, tracking->name);
	tracking_add_parameter(command, tracking->is_qualified ? "t" : "f");
}

enum outcome gate_send(struct tracking *tracking, bool *is_ours)
{
	struct command command = { .row = is_ours != NULL ? take_yes : NULL, .context = is_ours };

	if (is_ours != NULL)
		*is_ours = !tracking_is_postgres(tracking);
	if (!tracking_is_postgres(tracking))
		return OUTCOME_DONE;
	if (tracking->row_gate)
		return tracking_send(tracking, &command, row_sql, tracking->state_name);
	add_key(tracking, &command);
	return tracking_send(tracking, &command, "%s", advisory_sql);
}

enum gate_end gate_look(struct call *call, struct tracking_rows *rows)
{
	struct tracking *tracking = &call->tracking;
	bool is_free = true;

	call->session.purpose = (struct purpose){ .step = STEP_LOOK };
	tracking->reads_state = call->view.repeatable_count > 0;
	/* Where something goes wrong, looking fails too, and says how. */
	if (!call->session.manner.modest && !call->only_looks)
		(void)gate_send(tracking, &is_free);
	if (call_look(call, rows, "the tracking table can not be read") != INLAY_OK)
		return GATE_FAILED;
	return is_free ? GATE_OPEN : GATE_TAKEN;
}

static const char *what_fails(const struct call *call)
{
	if (call->only_records)
		return "migrations can not be recorded as applied";
	if (call->tracking.reads_all)
		return "the history can not be repaired";
	return call->tracking.reads_down ? "migrations can not be rolled back"
	                                 : "migrations are pending and can not be applied";
}

static enum gate_end fail(struct call *call)
{
	(void)blame_reading(call, what_fails(call));
	call->session.driver->rollback(&call->session);
	return GATE_FAILED;
}

enum gate_end gate_open(struct call *call, struct tracking_rows *rows)
{
	const struct driver *driver = call->session.driver;
	struct tracking *tracking = &call->tracking;
	enum outcome outcome = OUTCOME_DONE;
	bool is_ours = false;

	tracking->reads_state = true;
	call->means_to_write = true;
	call->session.purpose = (struct purpose){ .step = STEP_BEGIN };
	if (tracking->row_gate && !tracking->state_exists)
		outcome = tables_bootstrap(tracking);
	call->session.purpose.step = STEP_LOOK;
	if (outcome == OUTCOME_DONE)
		outcome = driver->enter(&call->session);
	if (outcome == OUTCOME_BUSY) {
		driver->rollback(&call->session);
		return GATE_TAKEN;
	}
	if (outcome == OUTCOME_DONE)
		outcome = gate_send(tracking, &is_ours);
	/* Who tries again asks for nothing more before the answer: hundreds may do so at once. */
	if (outcome == OUTCOME_DONE && call->has_waited) {
		outcome = driver->finish(&call->session);
		if (outcome == OUTCOME_DONE && !is_ours) {
			driver->rollback(&call->session);
			return GATE_TAKEN;
		}
	}
	if (outcome != OUTCOME_DONE) {
		(void)driver->finish(&call->session);
		return fail(call);
	}
	if (call_look(call, rows, what_fails(call)) == INLAY_OK && is_ours)
		return GATE_OPEN;
	driver->rollback(&call->session);
	return call->error->result == INLAY_OK ? GATE_TAKEN : GATE_FAILED;
}

/* --- Waiting for it --- */

static void take_text(void *context, const char *const *columns, uint32_t column_count)
{
	char *holder = context;

	if (column_count > 0 && columns[0] != NULL)
		format_into(holder, GATE_HOLDER_SIZE_MAX, "%s", columns[0]);
}

void gate_ask_holder(struct tracking *tracking, char holder[GATE_HOLDER_SIZE_MAX])
{
	struct command command = { .row = take_text, .context = holder };

	holder[0] = '\0';
	if (!tracking_is_postgres(tracking) || tracking->row_gate)
		return;
	add_key(tracking, &command);
	(void)tracking_execute(tracking, &command, "%s", advisory_holder_sql);
}

/* Who is at work?  Somebody who has the gate, or who is at a migration without a transaction. */
static void ask_holder(struct call *call, struct gate_wait *wait)
{
	struct tracking *tracking = &call->tracking;
	struct command command = { .row = take_text, .context = wait->holder };

	wait->asked_ms = clock_now_ms();
	gate_ask_holder(tracking, wait->holder);
	if (wait->holder[0] != '\0' || !tracking->exists || !tracking_is_postgres(tracking))
		return;
	(void)tracking_execute(tracking, &command,
	                       "SELECT actor FROM %s WHERE progress IS NOT NULL"
	                       " ORDER BY version DESC LIMIT 1",
	                       tracking->name);
}

/* The set's migration that the others are at, as far as they have recorded; or NULL. */
static const struct inlay_image_migration *find_current(const struct call *call,
                                                        const struct gate_wait *wait)
{
	for (uint32_t i = 0; i < call->view.migration_count && wait->is_known; i++) {
		int64_t version = call->view.migrations[i].version;

		if (version > wait->version || (version == wait->version && wait->progress >= 0))
			return &call->view.migrations[i];
	}
	return NULL;
}

static void report(struct call *call, struct gate_wait *wait)
{
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event;

	ask_holder(call, wait);
	event = call_event(call, INLAY_EVENT_WAITING, find_current(call, wait), label);
	event.holder = wait->holder;
	event.waited_ms = clock_now_ms() - wait->began_ms;
	call_report(call, &event);
}

/* The last row, or whether there is a table at all. */
static void take_last(void *context, const char *const *columns, uint32_t column_count)
{
	struct gate_wait *wait = context;

	wait->version = tracking_number(columns[0], -1);
	wait->progress =
	        column_count > 1 && columns[1] != NULL ? tracking_number(columns[1], 0) : -1;
}

static enum outcome look_how_far(struct call *call, struct gate_wait *wait)
{
	struct tracking *tracking = &call->tracking;
	struct command command = { .row = take_last, .context = wait };

	wait->is_known = true;
	if (tracking->exists)
		return tracking_execute(tracking, &command,
		                        "SELECT version, progress FROM %s"
		                        " ORDER BY version DESC LIMIT 1",
		                        tracking->name);
	command.row = take_yes;
	command.context = &tracking->exists;
	tracking_add_parameter(&command, tracking->name);
	return tracking_execute(tracking, &command,
	                        "SELECT pg_catalog.to_regclass($1) IS NOT NULL");
}

/* Have the others come as far as our set goes?  Notes when they have moved. */
static bool is_over(struct call *call, struct gate_wait *wait)
{
	const struct image_view *view = &call->view;
	struct gate_wait before = *wait;
	bool existed = call->tracking.exists;

	if (look_how_far(call, wait) != OUTCOME_DONE)
		return true;
	if (wait->version != before.version || wait->progress != before.progress ||
	    existed != call->tracking.exists)
		wait->moved_ms = clock_now_ms();
	return wait->progress < 0 && view->migration_count > 0 &&
	       wait->version >= view->migrations[view->migration_count - 1].version;
}

static void begin_waiting(struct call *call, struct gate_wait *wait)
{
	int64_t now_ms = clock_now_ms();

	wait->moved_ms = now_ms;
	if (wait->has_begun)
		return;
	wait->has_begun = true;
	wait->patience = 1;
	wait->began_ms = now_ms;
	wait->version = -1;
	wait->progress = -1;
	if (call->session.driver->patience.still_ms > 0)
		(void)look_how_far(call, wait);
}

/* Tells the application when the others are somewhere else than when it was last told. */
static void report_progress(struct call *call, struct gate_wait *wait)
{
	int64_t now_ms = clock_now_ms();

	if (wait->asked_ms == 0 ? now_ms - wait->began_ms < ASK_AFTER_MS
	                        : now_ms - wait->asked_ms < ASK_INTERVAL_MS ||
	                                  (wait->version == wait->told_version &&
	                                   wait->progress == wait->told_progress))
		return;
	wait->told_version = wait->version;
	wait->told_progress = wait->progress;
	report(call, wait);
}

static bool give_up(struct call *call, struct gate_wait *wait)
{
	if (wait->asked_ms == 0)
		report(call, wait);
	else
		ask_holder(call, wait);
	(void)blame_waiting(call, wait->holder, find_current(call, wait));
	return false;
}

bool gate_wait(struct call *call, struct gate_wait *wait)
{
	const struct patience *patience = &call->session.driver->patience;
	bool was_over;

	call->session.purpose = (struct purpose){ .step = STEP_LOOK };
	call->has_waited = true;
	begin_waiting(call, wait);
	do {
		if (call_is_cancelled(call))
			return false;
		if (clock_now_ms() >= call->deadline_ms)
			return give_up(call, wait);
		clock_sleep_ms(patience->shortest_ms * wait->patience,
		               patience->longest_ms * wait->patience);
		if (wait->patience < PATIENCE_MAX)
			wait->patience++;
		was_over = wait->is_over;
		wait->is_over = patience->still_ms > 0 && is_over(call, wait);
		/* They do something else: they roll back, or apply repeatable ones. */
		if (!wait->is_over || was_over)
			report_progress(call, wait);
		if (wait->is_over)
			return true;
	} while (clock_now_ms() - wait->moved_ms < patience->still_ms);
	return true;
}
