/* admin.c - a request in, a response out: the order of things, and which result is which code. */
#include "admin.h"

#include "arguments.h"
#include "ensure.h"
#include "rollback.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

/* --- Responses --- */

static void add_header(struct inlay_admin_response *response, const char *name, const char *value)
{
	struct inlay_admin_header *header = &response->headers[response->header_count++];

	header->name = name;
	header->value = value;
}

static const char *type_of(enum admin_route route)
{
	switch (route) {
	case ADMIN_PAGE: return "text/html; charset=utf-8";
	case ADMIN_METRICS: return "text/plain; version=0.0.4; charset=utf-8";
	default: return "application/json";
	}
}

/* Takes the text over. */
static void respond(struct inlay_admin_response *response, const struct admin_question *question,
                    struct admin_text *text)
{
	enum admin_route route = question->route;

	response->status = text->no_memory ? 500 : question->status;
	if (text->no_memory)
		admin_text_clear(text);
	response->header_count = 0;
	response->body = text->start;
	response->body_size = text->size;
	add_header(response, "Content-Type", question->type);
	add_header(response, "Cache-Control", "no-store");
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "Content-Security-Policy",
	           "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
	           "base-uri 'none'; form-action 'none'");
	if (question->status == 405)
		add_header(response, "Allow", admin_changes(route) ? "POST" : "GET, HEAD");
	/* Browsers ask people for what they know of as Basic; of a POST they must not. */
	if (question->status == 401)
		add_header(response, "WWW-Authenticate",
		           route == ADMIN_PAGE ? "Basic realm=\"migrations\", charset=\"UTF-8\""
		                               : "Bearer realm=\"migrations\"");
	if (question->status == 403)
		add_header(response, "WWW-Authenticate",
		           "Bearer realm=\"migrations\", error=\"insufficient_scope\"");
}

static int status_of(enum inlay_result result)
{
	switch (result) {
	case INLAY_OK:
	case INLAY_PENDING: return 200;
	case INLAY_LOCKED:
	case INLAY_EDITED:
	case INLAY_MISSING:
	case INLAY_LATE:
	case INLAY_AHEAD:
	case INLAY_FOREIGN:
	case INLAY_INTERRUPTED:
	case INLAY_IRREVERSIBLE: return 409;
	case INLAY_UNREACHABLE:
	case INLAY_CANCELLED: return 503;
	case INLAY_FAILED:
	case INLAY_NO_MEMORY:
	case INLAY_MISUSE: break;
	}
	return 500;
}

/* --- Changes --- */

/* What a run is to tell of, besides who listens anyway. */
struct doing {
	struct admin_text migrations;
	void (*on_event)(void *context, const struct inlay_event *event);
	void *context;
};

static void take_event(void *context, const struct inlay_event *event)
{
	struct doing *doing = context;

	admin_json_event(&doing->migrations, event);
	if (doing->on_event != NULL)
		doing->on_event(doing->context, event);
}

/* Is it that the version is not there, and not that the options make no sense?  Then the error says
 * so in the request's words. */
static void blame_version(const struct admin_question *question, const struct request *request)
{
	struct inlay_error error = inlay_error_init();
	struct inlay_options options = *request->options;
	struct request own = *request;

	options.to_version = -1;
	options.on_event = NULL;
	own.options = &options;
	own.error = &error;
	if (status_run(&own, NULL, NULL) == INLAY_MISUSE)
		return;
	error_reset(request->error);
	(void)error_set(request->error, INLAY_MISUSE, "%s; nothing was changed",
	                question->route == ADMIN_RUN ? "to is no version that this program has"
	                                             : "to is no version that is applied");
	request->error->version = question->to;
}

static int change(struct admin_text *text, const struct admin_question *question,
                  struct request *request, struct inlay_options *options)
{
	struct doing doing = { .on_event = options->on_event, .context = options->context };
	struct inlay_rollback_scope scope = inlay_rollback_last((uint32_t)question->count);
	enum inlay_result result;

	options->on_event = take_event;
	options->context = &doing;
	options->auto_migrate = 1;
	options->rollout_percent = 100;
	options->cache_ttl_ms = 0;
	if (question->dry_run)
		options->dry_run = 1;
	scope.to_version = question->to;
	if (question->route == ADMIN_RUN && question->has_to)
		options->to_version = question->to;
	result = question->route == ADMIN_RUN ? ensure_run(request) : rollback_run(request, &scope);
	if (result == INLAY_MISUSE && question->has_to)
		blame_version(question, request);
	admin_json_outcome(text, request->error, &doing.migrations);
	admin_text_clear(&doing.migrations);
	if (result == INLAY_MISUSE && request->error->version >= 0)
		return 409;
	return status_of(result);
}

/* --- The story --- */

static enum inlay_result look(struct admin_text *text, const struct admin_question *question,
                              const struct request *request)
{
	enum inlay_result result;

	if (question->route == ADMIN_PAGE)
		return admin_page(text, request);
	result = question->route == ADMIN_STATUS
	                 ? admin_json_status(text, request)
	                 : admin_json_history(text, request, question->limit);
	if (result != INLAY_OK) {
		admin_text_clear(text);
		admin_json_error(text, request->error);
	}
	return result;
}

static void write_metrics(void *context, const char *text, size_t text_size)
{
	admin_text_add(context, text, text_size);
}

static int answer(struct admin_text *text, const struct admin_request *request,
                  const struct admin_question *question)
{
	struct inlay_error error = inlay_error_init();
	struct inlay_options options;
	struct request own = { request->driver, request->connection, request->admin->set, &options,
		               &error };
	const char *problem = arguments_take_options(&options, request->admin->options);

	if (question->route == ADMIN_METRICS) {
		inlay_metrics_write(request->admin->metrics, write_metrics, text);
		return 200;
	}
	if (request->connection == NULL)
		(void)error_set(&error, INLAY_UNREACHABLE, "the database can not be reached");
	else if (problem != NULL)
		(void)error_set(&error, INLAY_MISUSE, "%s", problem);
	if (error.result != INLAY_OK) {
		if (question->route == ADMIN_PAGE)
			admin_page_error(text, &error);
		else
			admin_json_error(text, &error);
		return status_of(error.result);
	}
	options.allow_unchecked = 0;
	if (admin_changes(question->route))
		return change(text, question, &own, &options);
	options.on_event = NULL;
	return status_of(look(text, question, &own));
}

static bool is_usable(const struct inlay_admin *admin, const struct inlay_admin_request *request)
{
	return admin != NULL && admin->size >= sizeof(*admin) && admin->prefix != NULL &&
	       request != NULL && request->size >= sizeof(*request) && request->method != NULL &&
	       request->path != NULL;
}

int inlay_admin_needs_connection(const struct inlay_admin *admin,
                                 const struct inlay_admin_request *request)
{
	struct admin_question question;

	if (!is_usable(admin, request))
		return 0;
	admin_ask(&question, admin, request);
	return question.status == 200 && question.route != ADMIN_METRICS;
}

void admin_handle(const struct admin_request *request)
{
	struct admin_question question = { .route = ADMIN_NOWHERE, .status = 500 };
	struct admin_text text = { .start = NULL };

	if (request->response == NULL || request->response->size < sizeof(*request->response))
		return;
	if (is_usable(request->admin, request->asked)) {
		admin_ask(&question, request->admin, request->asked);
	} else {
		question.code = "INLAY_MISUSE";
		question.message = "the server calls inlay_admin_handle() against its rules";
	}
	if (question.status == 200) {
		question.type = type_of(question.route);
		question.status = answer(&text, request, &question);
	} else {
		question.type = "application/json";
		admin_json_refusal(&text, question.code, question.message);
	}
	respond(request->response, &question, &text);
}

void inlay_admin_response_clear(struct inlay_admin_response *response)
{
	free(response->body);
	response->body = NULL;
	response->body_size = 0;
}
