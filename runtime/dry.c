/* dry.c - a driver that shows what it is asked to send. */
#include "dry.h"

#include "apply.h"
#include "format.h"
#include "tables.h"

#include <string.h>

#define MARK_SIZE_MAX 24
#define CALL_SIZE_MAX 300

/* The session that is shown, for the functions below, which get no more than that. */
struct dry {
	struct driver driver; /* The first member: session->driver points to it. */
	const struct driver *real;
	struct call *call;
	const struct work *work; /* What is shown of it; NULL: no migration's. */
	bool in_transaction;
	char mark[MARK_SIZE_MAX]; /* What was shown to become SQLite's user_version, or "". */
};

static struct dry *dry_of(struct session *session)
{
	return (struct dry *)(uintptr_t)session->driver;
}

/* What the migration at work is, and which of its own statements this is. */
static struct inlay_event event_of(const struct dry *dry, const struct purpose *purpose,
                                   char label[INLAY_MIGRATION_SIZE_MAX])
{
	const struct inlay_image_migration *migration =
	        dry->work != NULL ? dry->work->items[purpose->migration].migration : NULL;
	struct inlay_event event = call_event(dry->call, INLAY_EVENT_WOULD_RUN, migration, label);

	if (dry->work == NULL)
		return event;
	if (dry->work->way == &record_repeatable)
		event.version = -1;
	event.index = purpose->migration + 1;
	event.count = dry->work->count;
	if (purpose->step == STEP_STATEMENT)
		event.statement = purpose->statement + 1;
	return event;
}

/* The name of a function of the application is no SQL. */
static const char *sql_of(const struct dry *dry, const struct inlay_event *event, const char *sql,
                          char words[CALL_SIZE_MAX])
{
	const struct image_view *view = &dry->call->view;
	const struct inlay_image_migration *migration;

	if (event->statement == 0)
		return sql;
	migration = dry->work->items[event->index - 1].migration;
	if ((view->statements[migration->up + event->statement - 1].flags & INLAY_STATEMENT_CALL) ==
	    0)
		return sql;
	format_into(words, CALL_SIZE_MAX, "-- migrate:call %s", sql);
	return words;
}

static void show(struct session *session, const struct command *command)
{
	struct call *call = dry_of(session)->call;
	char label[INLAY_MIGRATION_SIZE_MAX];
	char words[CALL_SIZE_MAX];
	struct inlay_event event = event_of(dry_of(session), &session->purpose, label);

	event.sql = sql_of(dry_of(session), &event, command->sql, words);
	event.parameter_count = command->parameter_count;
	event.parameters = command->parameters;
	call_report(call, &event);
}

static void show_text(struct session *session, const char *sql)
{
	struct command command = { .sql = sql };

	show(session, &command);
}

static const char mark_sql[] = "PRAGMA main.user_version";

/* What is read is what would have been written before. */
static bool answer_mark(const struct dry *dry, const struct command *command)
{
	const char *columns[] = { dry->mark };

	if (dry->mark[0] == '\0' || strcmp(command->sql, mark_sql) != 0)
		return false;
	command->row(command->context, columns, 1);
	return true;
}

static void keep_mark(struct dry *dry, const struct command *command)
{
	static const char assignment[] = " = ";
	const char *rest = command->sql + sizeof(mark_sql) - 1;

	if (strncmp(command->sql, mark_sql, sizeof(mark_sql) - 1) == 0 &&
	    strncmp(rest, assignment, sizeof(assignment) - 1) == 0)
		format_into(dry->mark, sizeof(dry->mark), "%s", rest + sizeof(assignment) - 1);
}

/* Whoever wants rows reads; everything else is what a dry run is about. */
static enum outcome dry_execute(struct session *session, const struct command *command)
{
	if (command->row != NULL && answer_mark(dry_of(session), command))
		return OUTCOME_DONE;
	if (command->row != NULL)
		return dry_of(session)->real->execute(session, command);
	show(session, command);
	keep_mark(dry_of(session), command);
	session->changed_count = 1;
	return OUTCOME_DONE;
}

static enum outcome dry_nothing(struct session *session)
{
	(void)session;
	return OUTCOME_DONE;
}

static void dry_end(struct session *session)
{
	dry_of(session)->in_transaction = false;
}

static enum outcome dry_begin(struct session *session, uint32_t flags)
{
	if ((flags & INLAY_MIGRATION_NO_TRANSACTION) != 0)
		return OUTCOME_DONE;
	dry_of(session)->in_transaction = true;
	show_text(session, "BEGIN");
	return OUTCOME_DONE;
}

static enum outcome dry_commit(struct session *session)
{
	show_text(session, "COMMIT");
	dry_end(session);
	return OUTCOME_DONE;
}

static bool dry_in_transaction(struct session *session)
{
	return dry_of(session)->in_transaction;
}

/* What dry_show() shows. */
struct works {
	const struct work *work;
	const struct work *behind;
};

static void apply(struct call *call, void *context)
{
	const struct works *works = context;

	dry_of(&call->session)->work = works->work;
	(void)apply_work(call, works->work);
	if (works->behind == NULL)
		return;
	tables_set_created(&call->tracking);
	dry_of(&call->session)->work = works->behind;
	(void)apply_work(call, works->behind);
}

void dry_show(struct call *call, const struct work *work, const struct work *behind)
{
	struct works works = { work, behind };

	dry_act(call, apply, &works);
}

void dry_act(struct call *call, void (*act)(struct call *call, void *context), void *context)
{
	struct dry dry = { .driver = *call->session.driver };
	struct inlay_error error = *call->error;

	dry.real = call->session.driver;
	dry.call = call;
	dry.driver.execute = dry_execute;
	dry.driver.send = dry_execute;
	dry.driver.finish = dry_nothing;
	dry.driver.fail = dry_end;
	dry.driver.begin = dry_begin;
	dry.driver.claimed = dry_nothing;
	dry.driver.in_transaction = dry_in_transaction;
	dry.driver.settle = dry_nothing;
	dry.driver.commit = dry_commit;
	dry.driver.rollback = dry_end;
	dry.driver.lend = dry_nothing;
	dry.driver.take_back = dry_nothing;
	dry.driver.reset = dry_nothing;
	call->session.driver = &dry.driver;
	call->session.is_dry = true;
	call->session.cancel = NULL;
	act(call, context);
	call->session.driver = dry.real;
	call->session.is_dry = false;
	*call->error = error;
}
