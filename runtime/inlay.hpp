/*
 * inlay.hpp - inlay.h for C++17 and later: options as a value, errors as exceptions or as values,
 * lists that own what is in them.  Nothing to link but what inlay.h needs.
 *
 *     #include "app_migrations.h" // by `inlay compile migrations -o app_migrations.c`
 *     #include <inlay.hpp>
 *
 *     inlay::ensure(database, app_migrations); // a sqlite3 * or a PGconn *; throws inlay::error
 *
 *     if (inlay::report report = inlay::try_ensure(database, app_migrations); !report)
 *             std::cerr << report.message() << '\n';
 *
 * What a function does, and what it leaves behind when it fails, is said in inlay.h, at the function
 * of the same name.
 *
 * Errors      Each function is there twice.  try_NAME() returns a report, or a list with a report.
 *             NAME() throws it as inlay::error, and is not there under -fno-exceptions.  Needs no
 *             RTTI.
 * Callbacks   An exception never passes through C.  What an observer throws is kept, and thrown
 *             again once the call has returned, by try_NAME(), too; the migrations go on meanwhile,
 *             and the observer is told nothing more.  When the call itself failed, that is what is
 *             reported, and the observer's exception is dropped.
 * Ownership   Connections stay the caller's.  Reports, errors and rows own their texts.
 * Threads     As inlay.h.  Observers are called on the thread that called.
 */
#ifndef INLAY_HPP
#define INLAY_HPP

#include "inlay.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__cpp_exceptions)
#define INLAY_HPP_THROWS 1
#else
#define INLAY_HPP_THROWS 0
#endif

namespace inlay
{

using std::chrono::milliseconds;

/* How to migrate: the members of struct inlay_options under their names, with its defaults.
 *
 *     inlay::options options;
 *     options.schema = "tenant_7";
 *     inlay::ensure(connection, app_migrations, options);
 *     inlay::ensure(connection, app_migrations, {.schema = "tenant_7"}); // C++20
 *
 * Where a member is empty (std::optional), whoever runs the program decides, by the environment. */
struct options {
	std::string table = "schema_migrations";
	std::string schema = {}; /* "": the connection's current one. */
	std::optional<bool> auto_migrate = {};
	std::optional<bool> dry_run = {};
	std::optional<std::uint32_t> rollout_percent = {};
	/* Times are never negative: less than 0 is 0.  More than 49 days are 49 days. */
	std::optional<milliseconds> lock_timeout = {};
	std::optional<milliseconds> cache_ttl = {};
	std::uint32_t cache_slot_count = 256;
	milliseconds statement_lock_timeout = milliseconds(5000);
	milliseconds statement_timeout = milliseconds(0);
	milliseconds transaction_timeout = milliseconds(0);
	std::uint32_t retry_count = 5;
	bool refuse_ahead = false;
	bool refuse_interrupted = false;
	bool separate_commits = false;
	bool allow_edited = false;
	bool allow_missing = false;
	bool allow_late = false;
	bool allow_unchecked = false;
	bool prompt_events = false;
	std::optional<std::int64_t> to_version = {}; /* Empty: all of the set. */
	inlay_gate gate = INLAY_GATE_AUTO;
	inlay_user_version user_version = INLAY_USER_VERSION_AUTO;
	const volatile int *cancel = nullptr;
	void *call_context = nullptr;
	/* Told of each event; see "Callbacks" above. */
	std::function<void(const inlay_event &)> on_event = {};
};

/* How a call ended: a struct inlay_error.  True when the call returned INLAY_OK. */
class report
{
public:
	explicit report(const inlay_error &from) noexcept : error_(from)
	{
	}

	explicit operator bool() const noexcept
	{
		return error_.result == INLAY_OK;
	}
	inlay_result result() const noexcept
	{
		return error_.result;
	}
	/* "INLAY_OK", "INLAY_FAILED" ... */
	const char *result_name() const noexcept
	{
		return inlay_result_name(error_.result);
	}
	/* For people, one line; "" on INLAY_OK.  This and the other texts live as long as the
	 * report. */
	std::string_view message() const noexcept
	{
		return error_.message;
	}
	/* "003_add_invoices", or "". */
	std::string_view migration() const noexcept
	{
		return error_.migration;
	}
	/* "migrations/003_add_invoices.sql", or "". */
	std::string_view file() const noexcept
	{
		return error_.file;
	}
	std::uint32_t line() const noexcept /* 1-based, like column; 0 when unknown. */
	{
		return error_.line;
	}
	std::uint32_t column() const noexcept
	{
		return error_.column;
	}
	std::string_view sqlstate() const noexcept /* PostgreSQL's; otherwise "". */
	{
		return error_.sqlstate;
	}
	std::int32_t code() const noexcept /* SQLite's; otherwise 0. */
	{
		return error_.code;
	}
	std::uint32_t applied_count() const noexcept
	{
		return error_.applied_count;
	}
	/* All of it, for what has no function here. */
	const inlay_error &c() const noexcept
	{
		return error_;
	}

private:
	inlay_error error_;
};

#if INLAY_HPP_THROWS
/* What NAME() throws: never of INLAY_OK.  Copying it allocates nothing and does not throw. */
class error : public std::exception, public report
{
public:
	explicit error(const report &from) noexcept : report(from)
	{
	}

	const char *what() const noexcept override
	{
		return c().message;
	}
};
#endif

/* A row of status(): struct inlay_migration_status, with texts of its own. */
struct migration {
	std::int64_t version; /* -1 for a repeatable one. */
	std::string filename;
	std::string name;
	inlay_state state;
	std::string applied_at;
	std::int64_t duration_ms;
	std::string actor;
	std::string checksum;
	std::string source_checksum;
	std::string set_checksum;
	std::string set_source_checksum;
	std::int64_t progress;
	std::int64_t statement_count;
	std::uint32_t flags; /* INLAY_STATUS_... */

	explicit migration(const inlay_migration_status &row)
	    : version(row.version), filename(row.filename), name(row.name), state(row.state),
	      applied_at(row.applied_at), duration_ms(row.duration_ms), actor(row.actor),
	      checksum(row.checksum), source_checksum(row.source_checksum),
	      set_checksum(row.set_checksum), set_source_checksum(row.set_source_checksum),
	      progress(row.progress), statement_count(row.statement_count), flags(row.flags)
	{
	}
};

/* A row of history(): struct inlay_history_entry, with texts of its own. */
struct history_entry {
	std::int64_t sequence;
	std::int64_t version; /* -1 of a repeatable one. */
	std::string filename;
	std::string action;
	std::string happened_at;
	std::int64_t duration_ms;
	std::string actor;
	std::string message;
	std::string direction;
	std::string checksum;

	explicit history_entry(const inlay_history_entry &row)
	    : sequence(row.sequence), version(row.version), filename(row.filename),
	      action(row.action), happened_at(row.happened_at), duration_ms(row.duration_ms),
	      actor(row.actor), message(row.message), direction(row.direction),
	      checksum(row.checksum)
	{
	}
};

/* What try_status() and try_history() return.  Where the call failed, `rows` are those that were
 * told of before. */
template <class Row> struct listing {
	inlay::report report;
	std::vector<Row> rows;

	explicit operator bool() const noexcept
	{
		return static_cast<bool>(report);
	}
	auto begin() const noexcept
	{
		return rows.begin();
	}
	auto end() const noexcept
	{
		return rows.end();
	}
};

/* Two files of a program may be compiled with and without exceptions: what differs has two names
 * for the linker. */
#if INLAY_HPP_THROWS
inline namespace throwing
{
#else
inline namespace silent
{
#endif

namespace detail
{

/* Stands between C and a callable. */
class fence
{
public:
	template <class Work> void run(const Work &work) noexcept
	{
#if INLAY_HPP_THROWS
		if (thrown_ != nullptr)
			return;
		try {
			work();
		} catch (...) {
			thrown_ = std::current_exception();
		}
#else
		work();
#endif
	}

	void leave() const
	{
#if INLAY_HPP_THROWS
		if (thrown_ != nullptr)
			std::rethrow_exception(thrown_);
#endif
	}

private:
#if INLAY_HPP_THROWS
	std::exception_ptr thrown_ = nullptr;
#endif
};

struct observer {
	const std::function<void(const inlay_event &)> &tell;
	fence guard;
};

inline void observe(void *context, const inlay_event *event)
{
	observer *to = static_cast<observer *>(context);

	to->guard.run([&] { to->tell(*event); });
}

template <class Row> struct collector {
	std::vector<Row> rows = {};
	fence guard = {};
};

template <class Row, class From> void collect(void *context, const From *row)
{
	collector<Row> *to = static_cast<collector<Row> *>(context);

	to->guard.run([&] { to->rows.emplace_back(*row); });
}

inline std::uint32_t in_ms(milliseconds time) noexcept
{
	const auto count = time.count();
	const decltype(count) most = INLAY_FROM_ENVIRONMENT - 1;

	return static_cast<std::uint32_t>(count < 0 ? 0 : count > most ? most : count);
}

inline std::uint32_t in_ms(const std::optional<milliseconds> &time) noexcept
{
	return time ? in_ms(*time) : INLAY_FROM_ENVIRONMENT;
}

inline std::uint32_t in_c(const std::optional<bool> &choice) noexcept
{
	return choice ? std::uint32_t(*choice) : INLAY_FROM_ENVIRONMENT;
}

/* Points into `from`, and to `to`. */
inline inlay_options in_c(const options &from, observer &to) noexcept
{
	inlay_options c = inlay_options_init();

	c.table = from.table.c_str();
	c.schema = from.schema.empty() ? nullptr : from.schema.c_str();
	c.auto_migrate = in_c(from.auto_migrate);
	c.dry_run = in_c(from.dry_run);
	c.rollout_percent = from.rollout_percent.value_or(INLAY_FROM_ENVIRONMENT);
	c.lock_timeout_ms = in_ms(from.lock_timeout);
	c.cache_ttl_ms = in_ms(from.cache_ttl);
	c.cache_slot_count = from.cache_slot_count;
	c.statement_lock_timeout_ms = in_ms(from.statement_lock_timeout);
	c.statement_timeout_ms = in_ms(from.statement_timeout);
	c.transaction_timeout_ms = in_ms(from.transaction_timeout);
	c.retry_count = from.retry_count;
	c.refuse_ahead = from.refuse_ahead;
	c.refuse_interrupted = from.refuse_interrupted;
	c.separate_commits = from.separate_commits;
	c.allow_edited = from.allow_edited;
	c.allow_missing = from.allow_missing;
	c.allow_late = from.allow_late;
	c.allow_unchecked = from.allow_unchecked;
	c.prompt_events = from.prompt_events;
	c.to_version = from.to_version.value_or(-1);
	c.gate = from.gate;
	c.user_version = from.user_version;
	c.cancel = from.cancel;
	c.call_context = from.call_context;
	c.on_event = from.on_event ? observe : nullptr;
	c.context = &to;
	return c;
}

/* `call` is one of inlay.h's functions, given what they all take. */
template <class Call> report run(const options &how, const Call &call)
{
	observer to{ how.on_event, {} };
	inlay_options c = in_c(how, to);
	inlay_error ended = inlay_error_init();

	ended.result = call(&c, &ended);
	if (ended.result == INLAY_OK)
		to.guard.leave();
	return report(ended);
}

template <class Row, class Call> listing<Row> list(const options &how, const Call &call)
{
	collector<Row> to;
	report ended = run(
	        how, [&](const inlay_options *c, inlay_error *into) { return call(c, &to, into); });

	if (ended)
		to.guard.leave();
	return { ended, std::move(to.rows) };
}

#if INLAY_HPP_THROWS
inline report check(const report &ended)
{
	if (!ended)
		throw error(ended);
	return ended;
}

template <class Row> std::vector<Row> check(listing<Row> &&ended)
{
	check(ended.report);
	return std::move(ended.rows);
}
#endif

} /* namespace detail */

/* --- Of each, the one that returns; `connection` is a sqlite3 * or a PGconn * --- */

template <class Connection>
[[nodiscard]] report try_ensure(Connection *connection, const inlay_set &set,
                                const options &how = {})
{
	return detail::run(how, [&](const inlay_options *c, inlay_error *into) {
		return ::ensure_migrated(connection, &set, c, into);
	});
}

/* Asks, and never applies anything: inlay_check(). */
template <class Connection>
[[nodiscard]] report try_check(Connection *connection, const inlay_set &set,
                               const options &how = {})
{
	return detail::run(how, [&](const inlay_options *c, inlay_error *into) {
		return ::inlay_check(connection, &set, c, into);
	});
}

/* `scope` is inlay_rollback_last(1), inlay_rollback_to(12). */
template <class Connection>
[[nodiscard]] report try_rollback(Connection *connection, const inlay_set &set,
                                  const inlay_rollback_scope &scope, const options &how = {})
{
	return detail::run(how, [&](const inlay_options *c, inlay_error *into) {
		return ::inlay_rollback(connection, &set, &scope, c, into);
	});
}

/* `scope` is inlay_baseline_to(12), inlay_baseline_of(rows, row_count). */
template <class Connection>
[[nodiscard]] report try_baseline(Connection *connection, const inlay_set &set,
                                  const inlay_baseline_scope &scope, const options &how = {})
{
	return detail::run(how, [&](const inlay_options *c, inlay_error *into) {
		return ::inlay_baseline(connection, &set, &scope, c, into);
	});
}

template <class Connection>
[[nodiscard]] listing<migration> try_status(Connection *connection, const inlay_set &set,
                                            const options &how = {})
{
	return detail::list<migration>(how, [&](const inlay_options *c, void *to,
	                                        inlay_error *into) {
		return ::inlay_status(connection, &set, c,
		                      detail::collect<migration, inlay_migration_status>, to, into);
	});
}

template <class Connection>
[[nodiscard]] listing<history_entry> try_history(Connection *connection, const options &how = {})
{
	return detail::list<history_entry>(
	        how, [&](const inlay_options *c, void *to, inlay_error *into) {
		        return ::inlay_history(connection, c,
		                               detail::collect<history_entry, inlay_history_entry>,
		                               to, into);
	        });
}

#if INLAY_HPP_THROWS

/* --- The ones that throw inlay::error unless the result is INLAY_OK --- */

template <class Connection>
report ensure(Connection *connection, const inlay_set &set, const options &how = {})
{
	return detail::check(try_ensure(connection, set, how));
}

template <class Connection>
report check(Connection *connection, const inlay_set &set, const options &how = {})
{
	return detail::check(try_check(connection, set, how));
}

template <class Connection>
report rollback(Connection *connection, const inlay_set &set, const inlay_rollback_scope &scope,
                const options &how = {})
{
	return detail::check(try_rollback(connection, set, scope, how));
}

template <class Connection>
report baseline(Connection *connection, const inlay_set &set, const inlay_baseline_scope &scope,
                const options &how = {})
{
	return detail::check(try_baseline(connection, set, scope, how));
}

template <class Connection>
[[nodiscard]] std::vector<migration> status(Connection *connection, const inlay_set &set,
                                            const options &how = {})
{
	return detail::check(try_status(connection, set, how));
}

template <class Connection>
[[nodiscard]] std::vector<history_entry> history(Connection *connection, const options &how = {})
{
	return detail::check(try_history(connection, how));
}

/* The body of a function of `-- migrate:call`: runs work(call).  An exception fails the migration,
 * and its what() is in the error.
 *
 *     extern "C" int rehash_passwords(struct inlay_call *call)
 *     {
 *             return inlay::guarded(call, [](inlay_call &step) { ... });
 *     }
 */
template <class Work> int guarded(inlay_call *call, const Work &work) noexcept
{
	std::string_view cause = "an exception that is no std::exception";

	try {
		work(*call);
		return 0;
	} catch (const std::exception &thrown) {
		cause = thrown.what();
		cause = cause.substr(0, sizeof(call->message) - 1);
		std::memcpy(call->message, cause.data(), cause.size());
	} catch (...) {
		std::memcpy(call->message, cause.data(), cause.size());
	}
	call->message[cause.size()] = '\0';
	return 1;
}

#endif

} /* namespace throwing or silent */
} /* namespace inlay */

#endif
