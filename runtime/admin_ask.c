/* admin_ask.c - what a request asks for, and whether it is to be had: the table of routes. */
#include "admin.h"

#include <string.h>

enum {
	LIMIT_DEFAULT = 100,
	LIMIT_MAX = 1000
};

static const struct {
	const char *path; /* Behind the prefix. */
	enum admin_route route;
} routes[] = {
	{ "", ADMIN_PAGE },
	{ "/status", ADMIN_STATUS },
	{ "/history", ADMIN_HISTORY },
	{ "/metrics", ADMIN_METRICS },
	{ "/run", ADMIN_RUN },
	{ "/rollback", ADMIN_ROLLBACK },
};

bool admin_changes(enum admin_route route)
{
	return route == ADMIN_RUN || route == ADMIN_ROLLBACK;
}

static bool is_set(const char *token)
{
	return token != NULL && token[0] != '\0';
}

static enum admin_route find_route(const struct inlay_admin *admin, const char *path)
{
	size_t size = strlen(admin->prefix);

	if (!is_set(admin->read_token) && !is_set(admin->change_token))
		return ADMIN_NOWHERE;
	if (strncmp(path, admin->prefix, size) != 0)
		return ADMIN_NOWHERE;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(path + size, routes[i].path) == 0 &&
		    (routes[i].route != ADMIN_METRICS || admin->metrics != NULL))
			return routes[i].route;
	return ADMIN_NOWHERE;
}

static void refuse(struct admin_question *question, int status, const char *code,
                   const char *message)
{
	question->status = status;
	question->code = code;
	question->message = message;
}

/* 1 to LIMIT_MAX, or 0. */
static uint32_t read_limit(const char *text, size_t size)
{
	uint32_t limit = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9' || limit > LIMIT_MAX)
			return 0;
		limit = limit * 10 + (uint32_t)(text[i] - '0');
	}
	return limit <= LIMIT_MAX ? limit : 0;
}

/* Other parameters than limit are nobody's business. */
static void read_query(struct admin_question *question, const char *query)
{
	bool is_seen = false;

	question->limit = LIMIT_DEFAULT;
	while (query != NULL && *query != '\0') {
		size_t size = strcspn(query, "&");

		if (strncmp(query, "limit", 5) == 0 && (size == 5 || query[5] == '=')) {
			question->limit = is_seen || size < 6 ? 0 : read_limit(query + 6, size - 6);
			is_seen = true;
		}
		if (is_seen && question->limit == 0) {
			refuse(question, 400, "bad_request",
			       "limit must be a number from 1 to 1000, once");
			return;
		}
		query += size;
		query += *query == '&';
	}
}

static void read_order(struct admin_question *question, const struct inlay_admin_request *request)
{
	bool is_rollback = question->route == ADMIN_ROLLBACK;
	const char *problem = NULL;

	if (request->body_size > INLAY_ADMIN_BODY_SIZE_MAX) {
		refuse(question, 413, "too_large", "the body is too large");
		return;
	}
	if (request->query != NULL && request->query[0] != '\0')
		problem = "what is to be done is said in the body, not in the query";
	else if (request->body != NULL && request->body_size > 0)
		problem = admin_read_body(question, request->body, request->body_size);
	if (problem == NULL && is_rollback && question->has_to == question->has_count)
		problem = "a rollback needs a body with either to or count: {\"count\": 1}";
	if (problem == NULL && !is_rollback && question->has_count)
		problem = "count is a rollback's; a run may have to";
	if (problem == NULL && question->has_count &&
	    (question->count < 1 || question->count > UINT32_MAX))
		problem = "count must be a number from 1 to 4294967295";
	if (problem != NULL)
		refuse(question, 400, "bad_request", problem);
}

static bool is_method_right(enum admin_route route, const char *method)
{
	if (admin_changes(route))
		return strcmp(method, "POST") == 0;
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

void admin_ask(struct admin_question *question, const struct inlay_admin *admin,
               const struct inlay_admin_request *request)
{
	enum admin_route route = find_route(admin, request->path);
	bool changes = admin_changes(route);
	enum admin_access access = admin_access(admin, request->authorization, !changes);

	*question = (struct admin_question){ .route = route, .status = 200, .to = -1 };
	if (route == ADMIN_NOWHERE)
		refuse(question, 404, "not_found", "there is nothing here");
	else if (access == ADMIN_STRANGER)
		refuse(question, 401, "unauthorized",
		       request->authorization != NULL
		               ? "this is not a token that may do anything"
		               : "a token is needed: Authorization: Bearer TOKEN");
	else if (!is_method_right(route, request->method))
		refuse(question, 405, "method_not_allowed",
		       changes ? "this takes POST" : "this takes GET");
	else if (changes && access != ADMIN_CHANGER)
		refuse(question, 403, "forbidden", "this token may read, and change nothing");
	else if (changes)
		read_order(question, request);
	else if (route == ADMIN_HISTORY)
		read_query(question, request->query);
}
