/* call.c - checks what the caller hands in; knows the rules of inlay.h and no SQL. */
#include "call.h"

#include "blame.h"
#include "clock.h"

#include <string.h>

#define INLAY_TABLE      "schema_migrations"
#define TABLE_SIZE_MAX   48
#define SCHEMA_SIZE_MAX  63 /* As much as PostgreSQL keeps of a name. */
#define OPTIONS_SIZE_MIN offsetof(struct inlay_options, statement_lock_timeout_ms) /* 0.1.0 */
#define OPTIONS_SIZE_MAX 4096 /* More is not a newer struct but an uninitialised one. */
#define ERROR_SIZE_MIN   offsetof(struct inlay_error, pending_count) /* 0.1.0 */

/* Takes the options over the defaults.  A program compiled with an older inlay.h has fewer of them;
 * one compiled with a newer may only use what this library knows, so what it has more is zero. */
static const char *take_options(struct inlay_options *target, const struct inlay_options *source)
{
	const unsigned char *bytes = (const unsigned char *)source;

	if (source == NULL || source->size < sizeof(*source))
		*target = inlay_options_init();
	if (source == NULL)
		return NULL;
	if (source->size < OPTIONS_SIZE_MIN || source->size > OPTIONS_SIZE_MAX)
		return "options->size is not set: begin with inlay_options_init()";
	for (size_t i = sizeof(*source); i < source->size; i++)
		if (bytes[i] != 0)
			return "options holds something that only a later libinlay knows";
	memcpy(target, source, source->size < sizeof(*source) ? source->size : sizeof(*source));
	if (target->table == NULL)
		return "options->table is NULL: begin with inlay_options_init()";
	if (target->table[0] == '\0' || strnlen(target->table, TABLE_SIZE_MAX + 1) > TABLE_SIZE_MAX)
		return "options->table must have 1 to 48 bytes";
	return NULL;
}

/* How many bytes the UTF-8 character at `text` has; 0 when it is none. */
static size_t utf8_size(const char *text)
{
	static const unsigned char first_max[] = { 0x7f, 0xdf, 0xef, 0xf4 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t size = 1;

	while (size <= 4 && bytes[0] > first_max[size - 1])
		size++;
	if (size > 4 || (size > 1 && bytes[0] < 0xc2))
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong, a surrogate, or beyond the last character. */
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return size;
}

static bool is_utf8(const char *text)
{
	size_t size = 1;

	for (; *text != '\0' && size > 0; text += size)
		size = utf8_size(text);
	return size > 0;
}

static const char *check_schema(const char *schema, enum inlay_dialect dialect)
{
	if (schema == NULL)
		return NULL;
	if (dialect != INLAY_DIALECT_POSTGRES)
		return "options->schema is for PostgreSQL alone: a SQLite file has one schema";
	if (schema[0] == '\0' || strnlen(schema, SCHEMA_SIZE_MAX + 1) > SCHEMA_SIZE_MAX)
		return "options->schema must have 1 to 63 bytes";
	return is_utf8(schema) ? NULL : "options->schema is not UTF-8";
}

static const char *check_numbers(const struct inlay_options *options)
{
	if (options->rollout_percent > 100 && options->rollout_percent != INLAY_FROM_ENVIRONMENT)
		return "options->rollout_percent is more than 100";
	if (options->cache_slot_count > INLAY_CACHE_SLOT_COUNT_MAX)
		return "options->cache_slot_count is more than INLAY_CACHE_SLOT_COUNT_MAX, 4096";
	return NULL;
}

static const char *take_set(struct call *call, const struct request *request)
{
	const struct inlay_set *set = request->set;

	if (set == NULL || set->image == NULL)
		return "there is no set";
	if (set->abi != INLAY_ABI)
		return "the set was generated for another inlay.h: run `inlay compile` of this "
		       "release again";
	if (set->function_count > 0 && set->functions == NULL)
		return "the set has no functions, though it counts some";
	call->functions = set->functions;
	call->function_count = set->function_count;
	return image_check_header(set->image, set->image->size, request->driver->dialect,
	                          &call->view);
}

static struct manner manner_of(const struct inlay_options *options)
{
	return (struct manner){
		.lock_timeout_ms = options->statement_lock_timeout_ms,
		.statement_timeout_ms = options->statement_timeout_ms,
		.transaction_timeout_ms = options->transaction_timeout_ms,
		.separate = options->separate_commits != 0,
		.schema = options->schema,
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

/* Nobody could be asked, and no migration is to blame: the program is to run all the same. */
static void go_unchecked(struct call *call)
{
	struct inlay_error *error = call->error;
	struct inlay_event event;

	if ((error->result != INLAY_UNREACHABLE && error->result != INLAY_LOCKED) ||
	    error->version >= 0 || error->applied_count > 0)
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

/* Everything that needs no database. */
static enum inlay_result take(struct call *call, const struct request *request, const char *problem)
{
	if (problem == NULL)
		problem = take_options(&call->options, request->options);
	if (problem == NULL)
		problem = check_schema(call->options.schema, request->driver->dialect);
	if (problem == NULL)
		problem = check_numbers(&call->options);
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
	call->session.changed_count = 0;
	call->session.failure = (struct failure){ .outcome = OUTCOME_DONE, .character = -1 };
	call->deadline_ms = clock_now_ms() + call->options.lock_timeout_ms;
	call->retry_count = 0;
	call->has_waited = false;
	call->only_looks = false;
	call->means_to_write = false;
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
	call->may_go_unchecked = call->options.allow_unchecked != 0;
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

enum inlay_result call_close(struct call *call)
{
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
		                 "%s; nothing was changed: name another table in options->table, "
		                 "or let `inlay adopt` of a later release take it over",
		                 words);
	case TRACKING_NEWER:
		return error_set(call->error, INLAY_FOREIGN,
		                 "%s; nothing was changed: link this program with that release",
		                 words);
	case TRACKING_NO_SCHEMA:
		return error_set(call->error, INLAY_UNREACHABLE,
		                 "no schema of the connection's search_path exists, so there is no "
		                 "place for %s; nothing was changed",
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
	case INLAY_EVENT_UNCHECKED: return INLAY_LEVEL_WARNING;
	case INLAY_EVENT_APPLIED:
	case INLAY_EVENT_APPLYING:
	case INLAY_EVENT_WAITING:
	case INLAY_EVENT_CONFIGURED:
	case INLAY_EVENT_LOCKED:
	case INLAY_EVENT_ROLLING_BACK:
	case INLAY_EVENT_ROLLED_BACK:
	case INLAY_EVENT_WOULD_RUN: break;
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
