/* call.c - checks what the caller hands in; knows the rules of inlay.h and no SQL. */
#include "call.h"

#include "blame.h"
#include "clock.h"
#include "environment.h"

#include <string.h>

#define INLAY_TABLE      "schema_migrations"
#define TABLE_SIZE_MAX   48
#define OPTIONS_SIZE_MIN offsetof(struct inlay_options, statement_lock_timeout_ms) /* 0.1.0 */
#define OPTIONS_SIZE_MAX 4096 /* More is not a newer struct but an uninitialised one. */

/* Takes the options over the defaults.  A program compiled with an older inlay.h has fewer of them;
 * one compiled with a newer may only use what this library knows, so what it has more is zero. */
static const char *take_options(struct inlay_options *target, const struct inlay_options *source)
{
	const unsigned char *bytes = (const unsigned char *)source;

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

static enum inlay_result open_session(struct call *call, const struct request *request,
                                      const char *problem)
{
	char words[ENVIRONMENT_PROBLEM_SIZE_MAX];

	call->error = request->error;
	if (problem == NULL)
		problem = take_options(&call->options, request->options);
	if (problem == NULL && !environment_fill(&call->options, words))
		problem = words;
	if (problem == NULL && request->connection == NULL)
		problem = "there is no connection";
	if (problem != NULL)
		return error_set(call->error, INLAY_MISUSE, "%s", problem);

	call->session.driver = request->driver;
	call->session.connection = request->connection;
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
	problem = request->driver->open(&call->session);
	if (problem != NULL)
		return error_set(call->error, INLAY_MISUSE, "%s", problem);
	tracking_init(&call->tracking, &call->session, call->options.table, call->options.schema);
	call->tracking.gate = call->options.gate;
	call->tracking.user_version = user_version_of(&call->options);
	return INLAY_OK;
}

/* Without a struct to fill in there is no telling what is wrong. */
static bool has_error(const struct request *request)
{
	if (request->error == NULL || request->error->size < sizeof(*request->error))
		return false;
	error_reset(request->error);
	return true;
}

enum inlay_result call_open(struct call *call, const struct request *request)
{
	if (!has_error(request))
		return INLAY_MISUSE;
	return open_session(call, request, take_set(call, request));
}

enum inlay_result call_open_without_set(struct call *call, const struct request *request)
{
	if (!has_error(request))
		return INLAY_MISUSE;
	memset(&call->view, 0, sizeof(call->view));
	return open_session(call, request, NULL);
}

enum inlay_result call_close(struct call *call)
{
	call->session.driver->close(&call->session);
	return call->error->result;
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

struct inlay_event call_event(const struct call *call, enum inlay_event_kind kind,
                              const struct inlay_image_migration *migration,
                              char label[INLAY_MIGRATION_SIZE_MAX])
{
	struct inlay_event event = { .size = sizeof(event), .kind = kind, .version = -1 };

	event.migration = "";
	event.file = "";
	event.message = "";
	event.holder = "";
	if (migration != NULL) {
		image_migration_label(&call->view, migration, label, INLAY_MIGRATION_SIZE_MAX);
		event.version = migration->version;
		event.migration = label;
		event.file = image_text(&call->view, migration->file);
		event.statement_count = migration->up_count;
	}
	return event;
}
