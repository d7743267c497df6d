/* desk.c - one request after the other; what all answers share is checked here. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

const struct set_file desk_files[] = {
	{ "001_create_pets.sql", "-- migrate:up\nCREATE TABLE pets (id INTEGER PRIMARY KEY);\n"
	                         "-- migrate:down\nDROP TABLE pets;\n" },
	{ "002_create_toys.sql", "-- migrate:up\nCREATE TABLE toys (id INTEGER PRIMARY KEY);\n"
	                         "-- migrate:down\nDROP TABLE toys;\n" },
	SET_END,
};

struct desk desk_open(void **state, const struct set_file *of)
{
	struct desk desk = { .database = *state };

	desk.set = set_compile(of, desk.database->dialect);
	if (desk.set.set.image == NULL)
		fail_msg("%s", desk.set.problems);
	desk.admin = inlay_admin_init(NULL); /* The set is at its place when it is asked. */
	desk.admin.options = &desk.database->options;
	desk.admin.read_token = "may-read";
	desk.admin.change_token = "may-change";
	desk.response = inlay_admin_response_init();
	return desk;
}

void desk_forget(struct desk *desk)
{
	json_decref(desk->json);
	desk->json = NULL;
	inlay_admin_response_clear(&desk->response);
	inlay_admin_response_clear(&desk->response);
}

void desk_close(struct desk *desk)
{
	desk_forget(desk);
	set_destroy(&desk->set);
}

const char *desk_header(const struct desk *desk, const char *name)
{
	for (uint32_t i = 0; i < desk->response.header_count; i++)
		if (strcmp(desk->response.headers[i].name, name) == 0)
			return desk->response.headers[i].value;
	return "";
}

void desk_take_json(struct desk *desk)
{
	json_error_t error;

	if (strcmp(desk_header(desk, "Content-Type"), "application/json") != 0)
		return;
	desk->json = json_loadb(desk->response.body, desk->response.body_size,
	                        JSON_REJECT_DUPLICATES, &error);
	if (desk->json == NULL)
		fail_msg("%s: %s", error.text, desk->response.body);
}

/* What every answer has. */
static void check_answer(const struct desk *desk)
{
	const struct inlay_admin_response *response = &desk->response;

	assert_non_null(response->body);
	assert_int_equal(strlen(response->body), response->body_size);
	assert_string_equal(desk_header(desk, "Cache-Control"), "no-store");
	assert_string_equal(desk_header(desk, "X-Content-Type-Options"), "nosniff");
	assert_memory_equal(desk_header(desk, "Content-Security-Policy"), "default-src 'none'", 18);
	assert_true(response->header_count <= INLAY_ADMIN_HEADER_COUNT_MAX);
	assert_int_equal(strlen(desk_header(desk, "Allow")) > 0, response->status == 405);
	assert_int_equal(strlen(desk_header(desk, "WWW-Authenticate")) > 0,
	                 response->status == 401 || response->status == 403);
}

int desk_ask(struct desk *desk, struct inlay_admin_request request)
{
	struct database *database = desk->database;

	desk_forget(desk);
	desk->admin.set = &desk->set.set;
	if (database->dialect == INLAY_DIALECT_SQLITE)
		inlay_admin_handle(&desk->admin, &request, database->sqlite, &desk->response);
	else
		inlay_admin_handle(&desk->admin, &request, database->postgres, &desk->response);
	check_answer(desk);
	desk_take_json(desk);
	return desk->response.status;
}

int desk_get(struct desk *desk, const char *path)
{
	struct inlay_admin_request request = inlay_admin_request_init("GET", path);

	request.authorization = DESK_READER;
	return desk_ask(desk, request);
}

int desk_post(struct desk *desk, const char *path, const char *body)
{
	struct inlay_admin_request request = inlay_admin_request_init("POST", path);

	request.authorization = DESK_CHANGER;
	request.body = body;
	request.body_size = strlen(body);
	return desk_ask(desk, request);
}

const json_t *desk_member(const struct desk *desk, const char *path)
{
	const json_t *value = desk->json;
	char name[64];

	while (value != NULL && *path != '\0') {
		size_t size = strcspn(path, ".");

		(void)snprintf(name, sizeof(name), "%.*s", (int)size, path);
		value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
		                             : json_object_get(value, name);
		path += size;
		path += *path == '.';
	}
	return value;
}

void desk_expect_member(const struct desk *desk, const char *path, const char *expected)
{
	const json_t *value = desk_member(desk, path);
	char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	if (text == NULL || strcmp(text, expected) != 0)
		fail_msg("%s is %s and not %s in\n%s", path, text != NULL ? text : "missing",
		         expected, desk->response.body);
	free(text);
}

void desk_expect_part(const struct desk *desk, const char *part)
{
	if (strstr(desk->response.body, part) == NULL)
		fail_msg("no %s in\n%s", part, desk->response.body);
}
