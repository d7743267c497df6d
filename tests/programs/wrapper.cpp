/* wrapper.cpp - everything in inlay.hpp, on the database argv[1]: "" is SQLite in memory, anything
 * else libpq's options.  Says what is not so, and exits 1; with exceptions or without. */
#include "app_migrations.h"

#include <inlay.hpp>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			std::printf("%d: %s\n", __LINE__, #condition);                             \
			failed_count++;                                                            \
		}                                                                                  \
	} while (0)

namespace
{

int failed_count;

/* A default that inlay.h changes is to be changed in inlay.hpp, too. */
void defaults_are_those_of_c()
{
	const inlay::options options;
	inlay::detail::observer observer{ options.on_event, {} };
	const inlay_options ours = inlay::detail::in_c(options, observer);
	const inlay_options theirs = inlay_options_init();

	EXPECT(std::strcmp(ours.table, theirs.table) == 0);
	EXPECT(ours.lock_timeout_ms == theirs.lock_timeout_ms);
	EXPECT(ours.refuse_ahead == theirs.refuse_ahead);
	EXPECT(ours.on_event == theirs.on_event);
	EXPECT(ours.statement_lock_timeout_ms == theirs.statement_lock_timeout_ms);
	EXPECT(ours.statement_timeout_ms == theirs.statement_timeout_ms);
	EXPECT(ours.transaction_timeout_ms == theirs.transaction_timeout_ms);
	EXPECT(ours.retry_count == theirs.retry_count);
	EXPECT(ours.separate_commits == theirs.separate_commits);
	EXPECT(ours.gate == theirs.gate);
	EXPECT(ours.user_version == theirs.user_version);
	EXPECT(ours.schema == theirs.schema);
	EXPECT(ours.auto_migrate == theirs.auto_migrate);
	EXPECT(ours.dry_run == theirs.dry_run);
	EXPECT(ours.cache_ttl_ms == theirs.cache_ttl_ms);
	EXPECT(ours.cache_slot_count == theirs.cache_slot_count);
	EXPECT(ours.rollout_percent == theirs.rollout_percent);
	EXPECT(ours.allow_edited == theirs.allow_edited);
	EXPECT(ours.allow_missing == theirs.allow_missing);
	EXPECT(ours.allow_late == theirs.allow_late);
	EXPECT(ours.refuse_interrupted == theirs.refuse_interrupted);
	EXPECT(ours.allow_unchecked == theirs.allow_unchecked);
	EXPECT(ours.call_context == theirs.call_context);
	EXPECT(ours.to_version == theirs.to_version);
	EXPECT(ours.prompt_events == theirs.prompt_events);
	EXPECT(ours.cancel == theirs.cancel);
}

/* Each member gets where it belongs. */
void options_are_handed_on()
{
	const int cancel = 0;
	int context = 0;
	inlay::options options;

	options.table = "t";
	options.schema = "s";
	options.auto_migrate = false;
	options.dry_run = true;
	options.rollout_percent = 20U;
	options.lock_timeout = inlay::milliseconds(1);
	options.cache_ttl = inlay::milliseconds::max();
	options.cache_slot_count = 2;
	options.statement_lock_timeout = std::chrono::seconds(3);
	options.statement_timeout = inlay::milliseconds(-4);
	options.transaction_timeout = inlay::milliseconds(5);
	options.retry_count = 6;
	options.to_version = 7;
	options.gate = INLAY_GATE_ROW;
	options.user_version = INLAY_USER_VERSION_NEVER;
	options.cancel = &cancel;
	options.call_context = &context;
	options.on_event = [](const inlay_event &) {};

	inlay::detail::observer observer{ options.on_event, {} };
	const inlay_options c = inlay::detail::in_c(options, observer);
	EXPECT(std::strcmp(c.table, "t") == 0 && std::strcmp(c.schema, "s") == 0);
	EXPECT(c.auto_migrate == 0 && c.dry_run == 1 && c.rollout_percent == 20);
	EXPECT(c.lock_timeout_ms == 1 && c.cache_ttl_ms == INLAY_FROM_ENVIRONMENT - 1);
	EXPECT(c.cache_slot_count == 2 && c.statement_lock_timeout_ms == 3000);
	EXPECT(c.statement_timeout_ms == 0 && c.transaction_timeout_ms == 5);
	EXPECT(c.retry_count == 6 && c.to_version == 7 && c.gate == INLAY_GATE_ROW);
	EXPECT(c.user_version == INLAY_USER_VERSION_NEVER && c.cancel == &cancel);
	EXPECT(c.call_context == &context && c.on_event != nullptr && c.context == &observer);
}

void switches_are_handed_on()
{
	bool inlay::options::*const switches[] = {
		&inlay::options::refuse_ahead,     &inlay::options::refuse_interrupted,
		&inlay::options::separate_commits, &inlay::options::allow_edited,
		&inlay::options::allow_missing,    &inlay::options::allow_late,
		&inlay::options::allow_unchecked,  &inlay::options::prompt_events,
	};
	std::uint32_t inlay_options::*const members[] = {
		&inlay_options::refuse_ahead,     &inlay_options::refuse_interrupted,
		&inlay_options::separate_commits, &inlay_options::allow_edited,
		&inlay_options::allow_missing,    &inlay_options::allow_late,
		&inlay_options::allow_unchecked,  &inlay_options::prompt_events,
	};

	for (std::size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		inlay::options options;
		inlay::detail::observer observer{ options.on_event, {} };

		options.*switches[i] = true;
		const inlay_options c = inlay::detail::in_c(options, observer);
		for (std::size_t j = 0; j < sizeof(members) / sizeof(*members); j++)
			EXPECT(c.*members[j] == (i == j ? 1U : 0U));
	}
}

template <class Connection> void values_tell_how_it_ended(Connection *connection)
{
	inlay::options options;
	int told_count = 0;

	options.auto_migrate = false;
	const inlay::report pending = inlay::try_ensure(connection, app_migrations, options);
	EXPECT(!pending && pending.result() == INLAY_PENDING && pending.c().pending_count == 12);
	EXPECT(std::strcmp(pending.result_name(), "INLAY_PENDING") == 0);
	EXPECT(!pending.message().empty() && pending.sqlstate().empty() && pending.code() == 0);
	EXPECT(!inlay::try_check(connection, app_migrations));

	options.auto_migrate = true;
	options.on_event = [&](const inlay_event &event) {
		told_count += event.kind == INLAY_EVENT_APPLIED;
	};
	const inlay::report done = inlay::try_ensure(connection, app_migrations, options);
	EXPECT(done && done.applied_count() == 12 && told_count == 12 && done.message().empty());
	EXPECT(inlay::try_check(connection, app_migrations));
}

/* The tables are there already. */
template <class Connection> void a_failure_has_its_place(Connection *connection)
{
	constexpr bool is_postgres = std::is_same_v<Connection, PGconn>;
	inlay::options other;

	other.table = "other";
	const inlay::report failed = inlay::try_ensure(connection, app_migrations, other);
	EXPECT(failed.result() == INLAY_FAILED);
	EXPECT(failed.file() == "migrations/001_create_accounts.sql");
	EXPECT(failed.migration() == "001_create_accounts");
	EXPECT(failed.line() > 0 && failed.column() > 0);
	EXPECT(failed.sqlstate() == (is_postgres ? "42P07" : ""));
	EXPECT(failed.code() == (is_postgres ? 0 : SQLITE_ERROR));

	EXPECT(inlay::try_baseline(connection, app_migrations, inlay_baseline_to(11), other));
	const inlay::listing<inlay::migration> rows =
	        inlay::try_status(connection, app_migrations, other);
	EXPECT(rows && rows.rows.size() == 12);
	for (const inlay::migration &row : rows)
		EXPECT(row.state == (row.version < 12 ? INLAY_STATE_APPLIED : INLAY_STATE_PENDING));
}

template <class Connection> void lists_own_their_rows(Connection *connection)
{
	const inlay::listing<inlay::migration> status =
	        inlay::try_status(connection, app_migrations);
	EXPECT(inlay::try_rollback(connection, app_migrations, inlay_rollback_last(1)));
	const inlay::listing<inlay::history_entry> history = inlay::try_history(connection);

	EXPECT(status && status.rows.size() == 12);
	for (const inlay::migration &row : status) {
		EXPECT(row.state == INLAY_STATE_APPLIED && row.checksum.size() == 64);
		EXPECT(row.checksum == row.set_checksum && !row.applied_at.empty());
		EXPECT(row.source_checksum == row.set_source_checksum && row.flags == 0);
		EXPECT(row.filename.find(row.name) == 4 && !row.actor.empty());
		EXPECT(row.duration_ms >= 0 && row.progress == -1 && row.statement_count > 0);
	}
	EXPECT(history && history.rows.size() == 13);
	EXPECT(history.rows[0].action == "applied" && history.rows[0].direction == "up");
	EXPECT(history.rows[12].action == "rolled back" && history.rows[12].version == 12);
	EXPECT(history.rows[12].filename == "012_create_overdue_view.sql");
	EXPECT(history.rows[12].sequence > history.rows[11].sequence);
	EXPECT(history.rows[0].checksum == status.rows[0].checksum);
	EXPECT(!history.rows[0].happened_at.empty() && !history.rows[0].actor.empty());
	EXPECT(history.rows[0].duration_ms >= 0 && history.rows[0].message.empty());
}

#if INLAY_HPP_THROWS

static_assert(std::is_nothrow_copy_constructible_v<inlay::error>);
static_assert(std::is_nothrow_copy_assignable_v<inlay::error>);

/* One is pending. */
template <class Connection> void failures_are_thrown(Connection *connection)
{
	inlay::options off;
	int caught_count = 0;

	off.auto_migrate = false;
	try {
		inlay::ensure(connection, app_migrations, off);
	} catch (const inlay::error &error) {
		caught_count++;
		EXPECT(error.result() == INLAY_PENDING && error.what() == error.message());
	}
	try {
		inlay::check(connection, app_migrations);
	} catch (const std::exception &error) {
		caught_count++;
		EXPECT(std::strstr(error.what(), "012_create_overdue_view") != nullptr);
	}
	try {
		inlay::rollback(connection, app_migrations, inlay_rollback_to(99));
	} catch (const inlay::error &error) {
		caught_count++;
	}
	try {
		inlay::baseline(connection, app_migrations, inlay_baseline_to(99));
	} catch (const inlay::error &error) {
		caught_count++;
	}
	off.table = "";
	try {
		(void)inlay::status(connection, app_migrations, off);
	} catch (const inlay::error &error) {
		caught_count += error.result() == INLAY_MISUSE;
	}
	try {
		(void)inlay::history(connection, off);
	} catch (const inlay::error &error) {
		caught_count += error.result() == INLAY_MISUSE;
	}
	EXPECT(caught_count == 6);
}

/* One is pending. */
template <class Connection> void exceptions_of_observers_pass_by_c(Connection *connection)
{
	inlay::options options;
	int told_count = 0;
	int caught = 0;

	options.on_event = [&](const inlay_event &) {
		told_count++;
		throw 7;
	};
	options.dry_run = true; /* The call has something to say itself. */
	EXPECT(inlay::try_ensure(connection, app_migrations, options).result() == INLAY_PENDING);
	EXPECT(told_count == 1);
	options.dry_run = false;
	told_count = 0;
	try {
		inlay::ensure(connection, app_migrations, options);
	} catch (int number) {
		caught = number;
	}
	EXPECT(caught == 7 && told_count == 1);
	EXPECT(inlay::check(connection, app_migrations).result() == INLAY_OK);
	EXPECT(inlay::ensure(connection, app_migrations).applied_count() == 0);
	EXPECT(inlay::status(connection, app_migrations).size() == 12);
	EXPECT(inlay::history(connection).size() == 14);
	inlay::rollback(connection, app_migrations, inlay_rollback_last(1));
	inlay::baseline(connection, app_migrations, inlay_baseline_to(12));
}

void steps_fail_by_exceptions()
{
	inlay_call call{};

	EXPECT(inlay::guarded(&call, [](inlay_call &step) { step.version = 3; }) == 0);
	EXPECT(call.version == 3 && call.message[0] == '\0');
	EXPECT(inlay::guarded(&call, [](inlay_call &) { throw 1; }) != 0);
	EXPECT(std::strcmp(call.message, "an exception that is no std::exception") == 0);
	EXPECT(inlay::guarded(&call, [](inlay_call &) {
		       throw std::runtime_error(std::string(5000, 'x'));
	       }) != 0);
	EXPECT(std::strlen(call.message) == sizeof(call.message) - 1);
}

#endif

template <class Connection> void everything_on(Connection *connection)
{
	values_tell_how_it_ended(connection);
	a_failure_has_its_place(connection);
	lists_own_their_rows(connection);
#if INLAY_HPP_THROWS
	failures_are_thrown(connection);
	exceptions_of_observers_pass_by_c(connection);
#endif
}

} // namespace

int main(int argc, char **argv)
{
	defaults_are_those_of_c();
	options_are_handed_on();
	switches_are_handed_on();
#if INLAY_HPP_THROWS
	steps_fail_by_exceptions();
#endif
	if (argc > 1 && argv[1][0] != '\0') {
		PGconn *connection = PQconnectdb(argv[1]);

		everything_on(connection);
		PQfinish(connection);
	} else {
		sqlite3 *database = nullptr;

		EXPECT(sqlite3_open(":memory:", &database) == SQLITE_OK);
		everything_on(database);
		sqlite3_close(database);
	}
	std::printf("%d failed\n", failed_count);
	return failed_count == 0 ? 0 : 1;
}
