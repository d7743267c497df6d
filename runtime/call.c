/* call.c - checks what the caller hands in; knows the rules of inlay.h and no SQL. */
#include "call.h"

#include "arguments.h"
#include "blame.h"
#include "clock.h"

#include <inttypes.h>
#include <string.h>

#define INLAY_TABLE    "schema_migrations"
#define ERROR_SIZE_MIN offsetof(struct inlay_error, pending_count) /* 0.1.0 */

static const char *take_set(struct call *call, const struct request *request)
{
	const struct inlay_set *set = request->set;
	const char *problem = arguments_take_set(set, request->driver->dialect, &call->view);

	if (problem != NULL)
		return problem;
	call->functions = set->functions;
	call->function_count = set->function_count;
	return NULL;
}

static struct manner manner_of(const struct inlay_options *options)
{
	return (struct manner){
		.lock_timeout_ms = options->statement_lock_timeout_ms,
		.statement_timeout_ms = options->statement_timeout_ms,
		.transaction_timeout_ms = options->transaction_timeout_ms,
		.separate = options->separate_commits != 0,
		.schema = options->schema,
		.prompt = options->prompt_events != 0 && options->on_event != NULL,
		.modest = options->gate == INLAY_GATE_ROW,
	};
}

/* There is one user_version in a file: it belongs to the table that everybody has. */
static enum inlay_user_version user_version_of(const struct inlay_options *options)
{
	bool is_usual = strcmp(options->table, INLAY_TABLE) == 0;

	return options->user_version == INLAY_USER_VERSION_AUTO && !is_usual
	               ? INLAY_USER_VERSION_NEVER
	               : options->user_version;
}

/* Where to put the error.  Without a struct to fill in there is no telling what is wrong; one of
 * an older inlay.h is smaller, and gets what it has room for when the call ends. */
static bool take_error(struct call *call, struct inlay_error *error)
{
	if (error == NULL || error->size < ERROR_SIZE_MIN)
		return false;
	call->error = error;
	call->older_error = NULL;
	call->question.course = CACHE_UNUSED;
	call->question.generation = 0;
	call->may_go_unchecked = false;
	if (error->size < sizeof(*error)) {
		call->error = &call->own_error;
		call->own_error.size = sizeof(call->own_error);
		call->older_error = error;
	}
	error_reset(call->error);
	return true;
}

/* A database that was asked and is none: SQLite's CORRUPT and NOTADB, and missing rights. */
static bool is_permanent(const struct inlay_error *error)
{
	int32_t code = error->code & 0xff;

	return code == 11 || code == 26 || strcmp(error->sqlstate, "42501") == 0;
}

/* Nobody could be asked, and no migration is to blame: the program is to run all the same. */
static void go_unchecked(struct call *call)
{
	struct inlay_error *error = call->error;
	struct inlay_event event;

	if (is_permanent(error) ||
	    (error->result != INLAY_UNREACHABLE && error->result != INLAY_LOCKED) ||
	    error->migration[0] != '\0' || error->applied_count > 0)
		return;
	error->unchecked = error->result;
	error->result = INLAY_OK;
	event = call_event(call, INLAY_EVENT_UNCHECKED, NULL, NULL);
	event.result = error->unchecked;
	event.message = error->message;
	call_report(call, &event);
}

/* The error is complete. */
static enum inlay_result end(struct call *call)
{
	struct inlay_error *older = call->older_error;
	size_t first = offsetof(struct inlay_error, result);

	cache_end(&call->question, call->error->result);
	if (call->may_go_unchecked)
		go_unchecked(call);
	if (older != NULL)
		memcpy((char *)older + first, (const char *)call->error + first,
		       older->size - first);
	return call->error->result;
}

/* Once a process: what it goes by, and why. */
static void tell_configuration(struct call *call)
{
	struct inlay_event event;
	char words[400];

	if (call->options.on_event == NULL || !environment_is_untold())
		return;
	environment_describe(words, sizeof(words), &call->options, &call->origins);
	event = call_event(call, INLAY_EVENT_CONFIGURED, NULL, NULL);
	event.message = words;
	call_report(call, &event);
}

/* Everything that needs no database, but for the names: see open_session(). */
static enum inlay_result take(struct call *call, const struct request *request, const char *problem)
{
	if (problem == NULL)
		problem = arguments_take_options(&call->options, request->options);
	if (problem == NULL)
		problem = arguments_check_options(&call->options);
	if (problem == NULL && call->view.image != NULL)
		problem = arguments_end_set(&call->options, &call->view);
	if (problem == NULL)
		problem = environment_fill(&call->options, &call->origins);
	if (problem == NULL && request->connection == NULL)
		problem = "there is no connection";
	if (problem != NULL)
		return error_set(call->error, INLAY_MISUSE, "%s", problem);
	call->session.driver = request->driver;
	call->session.connection = request->connection;
	tell_configuration(call);
	return INLAY_OK;
}

static enum inlay_result open_session(struct call *call)
{
	const char *problem;

	call->session.state = NULL;
	call->session.manner = manner_of(&call->options);
	call->session.purpose = (struct purpose){ .step = STEP_LOOK };
	call->session.more = false;
	call->session.is_pooled = false;
	call->session.is_dry = false;
	call->session.answered = NULL;
	call->session.cancel = call->options.cancel;
	call->session.cancel_again_ms = 0;
	call->session.changed_count = 0;
	call->session.failure = (struct failure){ .outcome = OUTCOME_DONE, .character = -1 };
	call->deadline_ms = clock_now_ms() + call->options.lock_timeout_ms;
	call->retry_count = 0;
	call->has_waited = false;
	call->only_looks = false;
	call->only_records = false;
	call->means_to_write = false;
	problem = arguments_check_names(&call->options, call->session.driver->dialect);
	if (problem == NULL)
		problem = call->session.driver->open(&call->session);
	if (problem != NULL)
		return error_set(call->error,
		                 call->session.failure.outcome == OUTCOME_LOST ? INLAY_UNREACHABLE
		                                                               : INLAY_MISUSE,
		                 "%s", problem);
	tracking_init(&call->tracking, &call->session, call->options.table, call->options.schema);
	call->tracking.gate = call->options.gate;
	call->tracking.user_version = user_version_of(&call->options);
	return INLAY_OK;
}

static enum inlay_result open_call(struct call *call, const struct request *request,
                                   const char *problem)
{
	if (take(call, request, problem) != INLAY_OK || open_session(call) != INLAY_OK)
		return end(call);
	return INLAY_OK;
}

enum inlay_result call_open(struct call *call, const struct request *request)
{
	if (!take_error(call, request->error))
		return INLAY_MISUSE;
	return open_call(call, request, take_set(call, request));
}

/* What the answer depends on beside the database. */
static uint32_t policy_of(const struct call *call)
{
	const struct inlay_options *options = &call->options;

	return (uint32_t)call->session.driver->dialect | (options->refuse_ahead != 0 ? 2u : 0) |
	       (options->allow_edited != 0 ? 4u : 0) | (options->allow_missing != 0 ? 8u : 0) |
	       (options->allow_late != 0 ? 16u : 0) | (options->refuse_interrupted != 0 ? 32u : 0);
}

/* False when nothing is to be looked up or remembered.  A driver always tells the same number of
 * parts, so that a schema is not taken for one. */
static bool prepare_question(struct call *call)
{
	struct cache_question *question = &call->question;
	const struct driver *driver = call->session.driver;
	const char **texts = question->key.texts;
	uint32_t count;

	if (call->options.cache_ttl_ms == 0 || call->options.dry_run != 0)
		return false;
	count = driver->identify != NULL ? driver->identify(call->session.connection, texts) : 0;
	if (count > 0)
		texts[count++] = call->options.table;
	if (count > 0 && call->options.schema != NULL)
		texts[count++] = call->options.schema;
	question->key.text_count = count;
	question->key.image = call->view.image;
	question->key.policy = policy_of(call);
	question->key.to_version = call->options.to_version;
	question->ttl_ms = call->options.cache_ttl_ms;
	question->slot_count_max = call->options.cache_slot_count;
	question->asked_ms = clock_coarse_ms();
	return true;
}

enum inlay_result call_open_or_recall(struct call *call, const struct request *request)
{
	if (!take_error(call, request->error))
		return INLAY_MISUSE;
	if (take(call, request, take_set(call, request)) != INLAY_OK)
		return end(call);
	call->may_go_unchecked = call->options.allow_unchecked != 0;
	if (prepare_question(call) && cache_knows(&call->question)) {
		call->error->is_cached = 1;
		return end(call);
	}
	return open_session(call) == INLAY_OK ? INLAY_OK : end(call);
}

void call_remember(struct call *call)
{
	if (prepare_question(call))
		cache_ask(&call->question);
}

void call_forget(struct call *call)
{
	cache_invalidate(&call->question, clock_coarse_ms());
}

enum inlay_result call_open_without_set(struct call *call, const struct request *request)
{
	if (!take_error(call, request->error))
		return INLAY_MISUSE;
	memset(&call->view, 0, sizeof(call->view));
	return open_call(call, request, NULL);
}

bool call_is_cancelled(struct call *call)
{
	bool is_rollback = call->tracking.reads_down;
	const char *done = is_rollback ? "rolled back" : "applied";

	if (call->options.cancel == NULL || *call->options.cancel == 0)
		return false;
	(void)error_set(call->error, INLAY_CANCELLED,
	                DRIVER_CANCELLED_WORDS " (options->cancel); %" PRIu32
	                                       " migrations were %s before that%s",
	                is_rollback ? call->error->rolled_back_count : call->error->applied_count,
	                call->only_records ? "recorded" : done, is_rollback ? "" : " and stay");
	return true;
}

enum inlay_result call_close(struct call *call)
{
	driver_heed_cancel(&call->session);
	call->session.driver->close(&call->session);
	return end(call);
}

enum inlay_result call_check_image(struct call *call)
{
	const char *problem = image_check(&call->view, call->function_count);

	return problem == NULL ? INLAY_OK : error_set(call->error, INLAY_MISUSE, "%s", problem);
}

enum inlay_result call_look(struct call *call, struct tracking_rows *rows, const char *what)
{
	char words[1400] = "";

	switch (tracking_look(&call->tracking, rows, words, sizeof(words))) {
	case TRACKING_READY: return INLAY_OK;
	case TRACKING_FOREIGN:
		return error_set(call->error, INLAY_FOREIGN,
		                 "%s; nothing was changed: name another table in options->table; "
		                 "`inlay adopt` takes over what the other tool has applied",
		                 words);
	case TRACKING_NEWER:
		return error_set(call->error, INLAY_FOREIGN,
		                 "%s; nothing was changed: link this program with that release",
		                 words);
	case TRACKING_NO_SCHEMA:
		return error_set(call->error, INLAY_UNREACHABLE,
		                 "no schema of the connection's search_path exists, or none that "
		                 "this role may use, so there is no place for %s; nothing was "
		                 "changed",
		                 call->tracking.name);
	case TRACKING_UNKNOWN: break;
	}
	return blame_reading(call, what);
}

void call_report(struct call *call, const struct inlay_event *event)
{
	if (call->options.on_event != NULL)
		call->options.on_event(call->options.context, event);
}

static enum inlay_level level_of(enum inlay_event_kind kind)
{
	switch (kind) {
	case INLAY_EVENT_STATEMENT:
	case INLAY_EVENT_CHECKED: return INLAY_LEVEL_DEBUG;
	case INLAY_EVENT_FAILED: return INLAY_LEVEL_ERROR;
	case INLAY_EVENT_RETRYING:
	case INLAY_EVENT_PENDING:
	case INLAY_EVENT_DRIFT:
	case INLAY_EVENT_UNCHECKED:
	case INLAY_EVENT_REPAIRED: return INLAY_LEVEL_WARNING;
	case INLAY_EVENT_APPLIED:
	case INLAY_EVENT_APPLYING:
	case INLAY_EVENT_WAITING:
	case INLAY_EVENT_CONFIGURED:
	case INLAY_EVENT_LOCKED:
	case INLAY_EVENT_ROLLING_BACK:
	case INLAY_EVENT_ROLLED_BACK:
	case INLAY_EVENT_WOULD_RUN:
	case INLAY_EVENT_BASELINED: break;
	}
	return INLAY_LEVEL_INFO;
}

struct inlay_event call_event(const struct call *call, enum inlay_event_kind kind,
                              const struct inlay_image_migration *migration,
                              char label[INLAY_MIGRATION_SIZE_MAX])
{
	const char *parts[DRIVER_IDENTITY_COUNT_MAX] = { "" };
	struct inlay_event event = { .size = sizeof(event), .kind = kind, .version = -1 };

	event.level = level_of(kind);
	event.migration = "";
	event.file = "";
	event.message = "";
	event.holder = "";
	event.sql = "";
	(void)call->session.driver->identify(call->session.connection, parts);
	event.database = parts[0];
	event.schema = call->options.schema != NULL ? call->options.schema : "";
	if (migration != NULL) {
		image_migration_label(&call->view, migration, label, INLAY_MIGRATION_SIZE_MAX);
		event.version = migration->version;
		event.migration = label;
		event.file = image_text(&call->view, migration->file);
		event.statement_count = migration->up_count;
	}
	return event;
}
