/* admin_refusal_test.c - who may ask the admin endpoints for what, and what is no request. */
#include "desk.h"

#include "../runtime/admin_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- Who may do what --- */

struct refusal {
	const char *method;
	const char *path;
	const char *authorization;
	const char *query;
	const char *body;
	int status;
	const char *code;
};

static void expect_refusal(struct desk *desk, const struct refusal *row)
{
	struct inlay_admin_request request = inlay_admin_request_init(row->method, row->path);
	char *code;

	request.authorization = row->authorization;
	request.query = row->query;
	request.body = row->body;
	request.body_size = row->body != NULL ? strlen(row->body) : 0;
	assert_int_equal(inlay_admin_needs_connection(&desk->admin, &request), 0);
	if (desk_ask(desk, request) != row->status)
		fail_msg("%s %s %s: %d", row->method, row->path, row->body != NULL ? row->body : "",
		         desk->response.status);
	code = malloc(strlen(row->code) + 3);
	assert_non_null(code);
	(void)snprintf(code, strlen(row->code) + 3, "\"%s\"", row->code);
	desk_expect_member(desk, "error.code", code);
	desk_expect_member(desk, "error.file", "null");
	desk_expect_member(desk, "error.line", "null");
	free(code);
}

static void expect_refusals(struct desk *desk, const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_refusal(desk, &rows[i]);
}

#define DESK_STATUS "/migrations/status"
#define COUNT       (sizeof(rows) / sizeof(rows[0]))

static void who_has_no_token_gets_nothing(void **state)
{
	static const struct refusal rows[] = {
		{ "GET", DESK_STATUS, NULL, NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "may-read", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearer", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearer ", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearer may-rea", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearer may-reae", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearer may-read ", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Bearermay-read", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Digest may-read", NULL, NULL, 401, "unauthorized" },
		/* "anybody", "anybody:wrong", "may-read:", and what is no base64. */
		{ "GET", DESK_STATUS, "Basic YW55Ym9keQ==", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Basic YW55Ym9keTp3cm9uZw==", NULL, NULL, 401,
		  "unauthorized" },
		{ "GET", DESK_STATUS, "Basic bWF5LXJlYWQ6", NULL, NULL, 401, "unauthorized" },
		{ "GET", DESK_STATUS, "Basic ???", NULL, NULL, 401, "unauthorized" },
		{ "GET", "/migrations", NULL, NULL, NULL, 401, "unauthorized" },
		{ "POST", DESK_STATUS, "Bearer wrong", NULL, NULL, 401, "unauthorized" },
		{ "POST", "/migrations/run", NULL, NULL, "{}", 401, "unauthorized" },
		/* ":may-change": what a browser remembers changes nothing. */
		{ "POST", "/migrations/run", "Basic Om1heS1jaGFuZ2U=", NULL, "{}", 401,
		  "unauthorized" },
		{ "POST", "/migrations/run", DESK_READER, NULL, "{}", 403, "forbidden" },
		{ "POST", "/migrations/rollback", DESK_READER, NULL, "{", 403, "forbidden" },
	};
	struct desk desk = desk_open(state, desk_files);
	struct refusal row = rows[0];

	expect_refusals(&desk, rows, COUNT);
	row.path = "/migrations";
	expect_refusal(&desk, &row);
	assert_memory_equal(desk_header(&desk, "WWW-Authenticate"), "Basic ", 6);
	expect_refusal(&desk, &rows[0]);
	assert_memory_equal(desk_header(&desk, "WWW-Authenticate"), "Bearer ", 7);
	desk_close(&desk);
}

static int get_as(struct desk *desk, const char *path, const char *authorization)
{
	struct inlay_admin_request request = inlay_admin_request_init("GET", path);

	request.authorization = authorization;
	return desk_ask(desk, request);
}

static void who_has_a_token_is_let_in(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_READER), 200);
	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_CHANGER), 200);
	assert_int_equal(get_as(&desk, DESK_STATUS, "bEARER  may-read"), 200);
	/* "anybody:may-read" */
	assert_int_equal(get_as(&desk, DESK_STATUS, "Basic YW55Ym9keTptYXktcmVhZA=="), 200);
	assert_int_equal(get_as(&desk, DESK_STATUS, "basic YW55Ym9keTptYXktcmVhZA"), 200);
	/* One token alone. */
	desk.admin.read_token = NULL;
	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_READER), 401);
	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_CHANGER), 200);
	desk.admin.read_token = "may-read";
	desk.admin.change_token = "";
	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_READER), 200);
	assert_int_equal(get_as(&desk, DESK_STATUS, DESK_CHANGER), 401);
	assert_int_equal(get_as(&desk, DESK_STATUS, "Bearer "), 401);
	desk_close(&desk);
}

static void without_a_token_it_is_off(void **state)
{
	static const struct refusal rows[] = {
		{ "GET", DESK_STATUS, DESK_READER, NULL, NULL, 404, "not_found" },
		{ "GET", "/migrations", NULL, NULL, NULL, 404, "not_found" },
		{ "POST", "/migrations/run", DESK_CHANGER, NULL, "{}", 404, "not_found" },
		{ "GET", DESK_STATUS, "Bearer ", NULL, NULL, 404, "not_found" },
	};
	struct desk desk = desk_open(state, desk_files);

	desk.admin.read_token = NULL;
	desk.admin.change_token = "";
	expect_refusals(&desk, rows, COUNT);
	desk_close(&desk);
}

/* --- What is no request of ours --- */

static void wrong_requests_are_refused(void **state)
{
	static const struct refusal rows[] = {
		{ "GET", "/", DESK_READER, NULL, NULL, 404, "not_found" },
		{ "GET", "/migrations/", DESK_READER, NULL, NULL, 404, "not_found" },
		{ "GET", "/migrationsstatus", DESK_READER, NULL, NULL, 404, "not_found" },
		{ "GET", "/migrations/status/", DESK_READER, NULL, NULL, 404, "not_found" },
		{ "GET", "/migrations/metrics", DESK_READER, NULL, NULL, 404, "not_found" },
		{ "POST", DESK_STATUS, DESK_CHANGER, NULL, NULL, 405, "method_not_allowed" },
		{ "get", DESK_STATUS, DESK_READER, NULL, NULL, 405, "method_not_allowed" },
		{ "DELETE", "/migrations", DESK_READER, NULL, NULL, 405, "method_not_allowed" },
		{ "GET", "/migrations/run", DESK_READER, NULL, NULL, 405, "method_not_allowed" },
		{ "HEAD", "/migrations/rollback", DESK_CHANGER, NULL, NULL, 405,
		  "method_not_allowed" },
		{ "GET", "/migrations/history", DESK_READER, "limit=0", NULL, 400, "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit=1001", NULL, 400,
		  "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit=4294967297", NULL, 400,
		  "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit=-1", NULL, 400, "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit=", NULL, 400, "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit", NULL, 400, "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "a=b&limit=x", NULL, 400,
		  "bad_request" },
		{ "GET", "/migrations/history", DESK_READER, "limit=1&limit=1", NULL, 400,
		  "bad_request" },
		{ "POST", "/migrations/run", DESK_CHANGER, "dry_run=true", NULL, 400,
		  "bad_request" },
	};
	struct desk desk = desk_open(state, desk_files);

	expect_refusals(&desk, rows, COUNT);
	expect_refusal(&desk, &rows[5]);
	assert_string_equal(desk_header(&desk, "Allow"), "GET, HEAD");
	expect_refusal(&desk, &rows[8]);
	assert_string_equal(desk_header(&desk, "Allow"), "POST");
	desk_close(&desk);
}

static void wrong_bodies_are_refused(void **state)
{
	static const char *const run[] = {
		"x",
		"[]",
		"null",
		" ",
		"{",
		"{\"to\"}",
		"{\"to\":}",
		"{\"to\":1",
		"{\"to\":1,}",
		"{,}",
		"{\"to\":1}}",
		"{\"to\":1} {}",
		"{\"to\":\"1\"}",
		"{\"to\":01}",
		"{\"to\":1.5}",
		"{\"to\":1.}",
		"{\"to\":1.01}",
		"{\"to\":1.0e1}",
		"{\"to\":1e0}",
		"{\"to\":-1}",
		"{\"to\":+1}",
		"{\"to\":9223372036854775808}",
		"{\"to\":null}",
		"{\"to\":1,\"to\":1}",
		"{\"dry_run\":true,\"dry_run\":true}",
		"{\"dry_run\":1}",
		"{\"dry_run\":\"true\"}",
		"{\"dry_run\":True}",
		"{\"TO\":1}",
		"{to:1}",
		"{\"force\":true}",
		"{\"count\":1}",
		"to=1",
	};
	static const char *const rollback[] = {
		"",
		"{}",
		"{\"dry_run\":true}",
		"{\"to\":1,\"count\":1}",
		"{\"count\":0}",
		"{\"count\":4294967296}",
	};
	struct desk desk = desk_open(state, desk_files);
	struct refusal row = { "POST", "", DESK_CHANGER, NULL, "", 400, "bad_request" };

	row.path = "/migrations/run";
	for (size_t i = 0; i < sizeof(run) / sizeof(run[0]); i++) {
		row.body = run[i];
		expect_refusal(&desk, &row);
	}
	row.path = "/migrations/rollback";
	for (size_t i = 0; i < sizeof(rollback) / sizeof(rollback[0]); i++) {
		row.body = rollback[i];
		expect_refusal(&desk, &row);
	}
	desk_close(&desk);
}

static void half_a_body_is_refused(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	/* Every beginning of a good one, and no byte behind the end is read. */
	for (size_t size = 1; size < 26; size++) {
		struct inlay_admin_request request =
		        inlay_admin_request_init("POST", "/migrations/run");
		char *body = malloc(size);

		assert_non_null(body);
		memcpy(body, "{\"to\" : 1, \"dry_run\":true}", size);
		request.authorization = DESK_CHANGER;
		request.body = body;
		request.body_size = size;
		assert_int_equal(desk_ask(&desk, request), 400);
		free(body);
	}
	desk_close(&desk);
}

static void too_much_is_not_even_looked_at(void **state)
{
	struct desk desk = desk_open(state, desk_files);
	struct inlay_admin_request request = inlay_admin_request_init("POST", "/migrations/run");

	request.body_size = INLAY_ADMIN_BODY_SIZE_MAX + 1;
	assert_int_equal(desk_ask(&desk, request), 401);
	request.authorization = DESK_READER;
	assert_int_equal(desk_ask(&desk, request), 403);
	request.authorization = DESK_CHANGER;
	assert_int_equal(desk_ask(&desk, request), 413);
	desk_expect_member(&desk, "error.code", "\"too_large\"");
	desk_close(&desk);
}

/* A text for which there is no room is as it was, and stays so. */
static void a_text_never_grows_too_large(void **state)
{
	struct admin_text text = { .start = NULL };
	volatile size_t too_much = SIZE_MAX - 1;

	(void)state;
	admin_text_string(&text, "begun");
	admin_text_add(&text, "", too_much);
	assert_true(text.no_memory);
	admin_text_string(&text, ", not gone on");
	assert_string_equal(text.start, "begun");
	admin_text_clear(&text);
	assert_null(text.start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(who_has_no_token_gets_nothing),
		DATABASE_TEST_SQLITE(who_has_a_token_is_let_in),
		DATABASE_TEST_SQLITE(without_a_token_it_is_off),
		DATABASE_TEST_SQLITE(wrong_requests_are_refused),
		DATABASE_TEST_SQLITE(wrong_bodies_are_refused),
		DATABASE_TEST_SQLITE(half_a_body_is_refused),
		cmocka_unit_test(a_text_never_grows_too_large),
		DATABASE_TEST_SQLITE(too_much_is_not_even_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
