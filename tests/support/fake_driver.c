/* fake_driver.c - counts the questions that can fail, and fails the one it was told to. */
#include "fake_driver.h"

#include <string.h>

static struct {
	struct fake_plan plan;
	uint32_t count;
	bool lost;
	bool closed;
} fake;

void fake_driver_start(const struct fake_plan *plan)
{
	fake.plan = *plan;
	fake.count = 0;
	fake.lost = false;
	fake.closed = false;
}

uint32_t fake_driver_count(void)
{
	return fake.count;
}

bool fake_driver_is_closed(void)
{
	return fake.closed;
}

static enum outcome fail(struct session *session)
{
	session->failure = (struct failure){ .outcome = fake.plan.outcome, .character = -1 };
	session->failure.purpose = session->purpose;
	memcpy(session->failure.message, "made up", sizeof("made up"));
	if (fake.plan.outcome == OUTCOME_LOST && !fake.lost) {
		/* What the database does with a transaction whose client is gone. */
		fake.plan.real->rollback(session);
		fake.lost = true;
	} else if (!fake.lost && session->state != NULL) {
		fake.plan.real->fail(session);
	}
	return fake.plan.outcome;
}

/* Is it this question's turn to fail? */
static bool is_due(void)
{
	return fake.lost || ++fake.count == fake.plan.fail_at;
}

static enum outcome ask(struct session *session, enum outcome (*question)(struct session *))
{
	if (!is_due())
		return question(session);
	if (fake.plan.after && !fake.lost)
		(void)question(session);
	return fail(session);
}

static enum outcome ask_command(struct session *session, const struct command *command,
                                enum outcome (*question)(struct session *, const struct command *))
{
	if (!is_due())
		return question(session, command);
	if (fake.plan.after && !fake.lost)
		(void)question(session, command);
	return fail(session);
}

static uint32_t fake_identify(void *connection, const char *parts[DRIVER_IDENTITY_COUNT_MAX])
{
	return fake.plan.real->identify(connection, parts);
}

static const char *fake_open(struct session *session)
{
	return fake.plan.real->open(session);
}

static void fake_close(struct session *session)
{
	fake.plan.real->close(session);
	fake.closed = true;
}

static enum outcome fake_execute(struct session *session, const struct command *command)
{
	return ask_command(session, command, fake.plan.real->execute);
}

static enum outcome fake_send(struct session *session, const struct command *command)
{
	return ask_command(session, command, fake.plan.real->send);
}

/* What was sent will happen, whether anybody waits for it or not: the only fault there can be is
 * that nobody hears of it. */
static enum outcome fake_finish(struct session *session)
{
	if (fake.plan.outcome != OUTCOME_LOST)
		return fake.plan.real->finish(session);
	return ask(session, fake.plan.real->finish);
}

static void fake_fail(struct session *session)
{
	if (!fake.lost)
		fake.plan.real->fail(session);
}

static enum outcome fake_enter(struct session *session)
{
	return ask(session, fake.plan.real->enter);
}

static enum outcome fake_begin(struct session *session, uint32_t flags)
{
	return is_due() ? fail(session) : fake.plan.real->begin(session, flags);
}

static enum outcome fake_claimed(struct session *session)
{
	return ask(session, fake.plan.real->claimed);
}

static bool fake_in_transaction(struct session *session)
{
	return fake.plan.real->in_transaction(session);
}

static enum outcome fake_settle(struct session *session)
{
	return ask(session, fake.plan.real->settle);
}

static enum outcome fake_commit(struct session *session)
{
	return ask(session, fake.plan.real->commit);
}

static void fake_rollback(struct session *session)
{
	fake.plan.real->rollback(session);
}

static enum outcome fake_lend(struct session *session)
{
	return ask(session, fake.plan.real->lend);
}

/* It tells what the function left: nothing to go wrong by itself. */
static enum outcome fake_take_back(struct session *session)
{
	return fake.lost ? fail(session) : fake.plan.real->take_back(session);
}

static enum outcome fake_reset(struct session *session)
{
	return ask(session, fake.plan.real->reset);
}

#define FAKE(which)                                                                                \
	{                                                                                          \
		.dialect = which, .patience = { .shortest_ms = 1, .longest_ms = 2 },               \
		.identify = fake_identify, .open = fake_open, .close = fake_close,                 \
		.execute = fake_execute, .send = fake_send, .finish = fake_finish,                 \
		.fail = fake_fail, .enter = fake_enter, .begin = fake_begin,                       \
		.claimed = fake_claimed, .in_transaction = fake_in_transaction,                    \
		.settle = fake_settle, .commit = fake_commit, .rollback = fake_rollback,           \
		.lend = fake_lend, .take_back = fake_take_back, .reset = fake_reset                \
	}

const struct driver *fake_driver(enum inlay_dialect dialect)
{
	static const struct driver drivers[INLAY_DIALECT_COUNT] = {
		[INLAY_DIALECT_SQLITE] = FAKE(INLAY_DIALECT_SQLITE),
		[INLAY_DIALECT_POSTGRES] = FAKE(INLAY_DIALECT_POSTGRES),
	};

	return &drivers[dialect];
}
