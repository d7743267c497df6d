/* admin_test.c - what the admin endpoints do and show, over both databases, and that nothing of a
 * database's gets out of its quotes. */
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

static void ask_history(struct desk *desk, const char *query)
{
	struct inlay_admin_request request = inlay_admin_request_init("GET", "/migrations/history");

	request.authorization = DESK_READER;
	request.query = query;
	assert_int_equal(desk_ask(desk, request), 200);
}

/* --- What goes well --- */

static void a_run_and_a_rollback_are_told(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	desk.database->options.auto_migrate = 0;
	desk.database->options.rollout_percent = 0;
	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"dry_run\":true}"), 200);
	desk_expect_member(&desk, "result", "\"INLAY_PENDING\"");
	desk_expect_member(&desk, "pending_count", "2");
	desk_expect_member(&desk, "migrations.1.action", "\"pending\"");
	assert_int_equal(desk_post(&desk, "/migrations/run", " { \"to\" : 1.00 } "), 200);
	desk_expect_member(&desk, "result", "\"INLAY_OK\"");
	desk_expect_member(&desk, "applied_count", "1");
	assert_int_equal(desk_post(&desk, "/migrations/run", ""), 200);
	desk_expect_member(&desk, "applied_count", "1");
	desk_expect_member(&desk, "migrations.0.migration", "\"002_create_toys\"");
	desk_expect_member(&desk, "migrations.0.action", "\"applied\"");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	desk_expect_member(&desk, "migrations", "[]");
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"count\":1,\"dry_run\":true}"),
	                 200);
	desk_expect_member(&desk, "result", "\"INLAY_PENDING\"");
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"count\":1}"), 200);
	desk_expect_member(&desk, "rolled_back_count", "1");
	desk_expect_member(&desk, "migrations.0.action", "\"rolled back\"");
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"to\":0}"), 200);
	desk_expect_member(&desk, "migrations.0.migration", "\"001_create_pets\"");
	desk_close(&desk);
}

static void status_tells_of_each_migration(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	desk_expect_member(&desk, "up_to_date", "false");
	desk_expect_member(&desk, "migrations.0.checksum", "null");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":1}"), 200);
	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	desk_expect_member(&desk, "up_to_date", "false");
	desk_expect_member(&desk, "result", "\"INLAY_PENDING\"");
	desk_expect_member(&desk, "message", "\"1 to be applied\"");
	desk_expect_member(&desk, "holder", "null");
	desk_expect_member(&desk, "counts.applied", "1");
	desk_expect_member(&desk, "counts.pending", "1");
	desk_expect_member(&desk, "migrations.0.version", "1");
	desk_expect_member(&desk, "migrations.0.filename", "\"001_create_pets.sql\"");
	desk_expect_member(&desk, "migrations.0.state", "\"applied\"");
	desk_expect_member(&desk, "migrations.1.name", "\"create_toys\"");
	desk_expect_member(&desk, "migrations.1.state", "\"pending\"");
	desk_expect_member(&desk, "migrations.1.applied_at", "null");
	desk_expect_member(&desk, "migrations.1.duration_ms", "null");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	desk_expect_member(&desk, "up_to_date", "true");
	desk_expect_member(&desk, "message", "null");
	desk_close(&desk);
}

static void history_is_told_newest_first(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	ask_history(&desk, NULL);
	desk_expect_member(&desk, "entries", "[]");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"count\":1}"), 200);
	ask_history(&desk, "");
	assert_int_equal(json_array_size(desk_member(&desk, "entries")), 3);
	desk_expect_member(&desk, "entries.0.action", "\"rolled back\"");
	desk_expect_member(&desk, "entries.0.direction", "\"down\"");
	desk_expect_member(&desk, "entries.2.filename", "\"001_create_pets.sql\"");
	ask_history(&desk, "_=1&limit=2&limits=x");
	assert_int_equal(json_array_size(desk_member(&desk, "entries")), 2);
	desk_expect_member(&desk, "entries.0.action", "\"rolled back\"");
	desk_expect_member(&desk, "entries.1.version", "2");
	ask_history(&desk, "limit=1000");
	assert_int_equal(json_array_size(desk_member(&desk, "entries")), 3);
	desk_close(&desk);
}

static void the_page_shows_it_all(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":1}"), 200);
	assert_int_equal(desk_get(&desk, "/migrations"), 200);
	assert_string_equal(desk_header(&desk, "Content-Type"), "text/html; charset=utf-8");
	desk_expect_part(&desk, "<b>Pending</b> 1 to be applied</p>");
	desk_expect_part(&desk, "001_<wbr>create_<wbr>pets.sql</td>"
	                        "<td><span class=\"badge good\">applied</span>");
	desk_expect_part(&desk, "002_<wbr>create_<wbr>toys.sql</td>"
	                        "<td><span class=\"badge wait\">pending</span>");
	desk_expect_part(&desk, "<i style=\"--ms:");
	desk_expect_part(&desk, "<h2>Last done</h2>");
	assert_null(strstr(desk.response.body, "http-equiv=\"refresh\""));
	assert_null(strstr(desk.response.body, "<script"));
	assert_null(strstr(desk.response.body, "http://"));
	assert_null(strstr(desk.response.body, "https://"));
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	assert_int_equal(desk_get(&desk, "/migrations"), 200);
	desk_expect_part(&desk, "<b>Up to date</b>");
	desk_close(&desk);
}

static void metrics_need_no_connection(void **state)
{
	struct desk desk = desk_open(state, desk_files);
	struct inlay_metrics *metrics = inlay_metrics_create();
	struct inlay_admin_request request = inlay_admin_request_init("HEAD", "/ops/metrics");

	assert_non_null(metrics);
	desk.admin.metrics = metrics;
	desk.admin.prefix = "/ops";
	desk.database->options.on_event = inlay_metrics_event;
	desk.database->options.context = metrics;
	assert_int_equal(desk_get(&desk, DESK_STATUS), 404);
	assert_int_equal(desk_get(&desk, "/ops/status"), 200);
	assert_int_equal(desk_post(&desk, "/ops/run", "{}"), 200);
	request.authorization = DESK_READER;
	assert_int_equal(inlay_admin_needs_connection(&desk.admin, &request), 0);
	desk_forget(&desk);
	inlay_admin_handle_sqlite(&desk.admin, &request, NULL, &desk.response);
	assert_int_equal(desk.response.status, 200);
	assert_string_equal(desk_header(&desk, "Content-Type"),
	                    "text/plain; version=0.0.4; charset=utf-8");
	desk_expect_part(&desk, "\ninlay_migrations_applied_total 2\n");
	/* Who only looks is no event: there was the run's check, and no other. */
	desk_expect_part(&desk, "\ninlay_checks_total{result=\"INLAY_OK\"} 0\n");
	desk_expect_part(&desk, "\ninlay_checks_total{result=\"INLAY_PENDING\"} 1\n");
	inlay_metrics_destroy(metrics);
	desk_close(&desk);
}

/* --- What goes wrong --- */

static void a_failure_is_told_with_its_place(void **state)
{
	static const struct set_file failing[] = {
		{ "001_create_pets.sql", "CREATE TABLE pets (id INTEGER PRIMARY KEY);\n" },
		{ "002_fill_pets.sql", "INSERT INTO pets VALUES (1);\n"
		                       "INSERT INTO pets VALUES (1);\n" },
		SET_END,
	};
	struct desk desk = desk_open(state, failing);

	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 500);
	desk_expect_member(&desk, "error.code", "\"INLAY_FAILED\"");
	desk_expect_member(&desk, "error.migration", "\"002_fill_pets\"");
	desk_expect_member(&desk, "error.file", "\"migrations/002_fill_pets.sql\"");
	desk_expect_member(&desk, "error.line", "2");
	desk_expect_member(&desk, "applied_count", "1");
	desk_expect_member(&desk, "migrations.0.migration", "\"001_create_pets\"");
	/* No down script; no such version; one that is not applied. */
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"count\":1}"), 409);
	desk_expect_member(&desk, "error.code", "\"INLAY_IRREVERSIBLE\"");
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"to\":7}"), 409);
	desk_expect_member(&desk, "error.code", "\"INLAY_MISUSE\"");
	desk_expect_part(&desk, "\"to is no version that is applied; nothing was changed\"");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":7}"), 409);
	desk_expect_member(&desk, "error.code", "\"INLAY_MISUSE\"");
	desk_expect_part(&desk, "\"to is no version that this program has; nothing was changed\"");
	desk_close(&desk);
}

static void an_edited_history_is_a_conflict(void **state)
{
	static const struct set_file edited[] = {
		{ "001_create_pets.sql", "CREATE TABLE pets (id INTEGER PRIMARY KEY, n INTEGER);" },
		SET_END,
	};
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":1}"), 200);
	desk_close(&desk);
	desk = desk_open(state, edited);
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 409);
	desk_expect_member(&desk, "error.code", "\"INLAY_EDITED\"");
	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	desk_expect_member(&desk, "result", "\"INLAY_EDITED\"");
	desk_expect_member(&desk, "migrations.0.state", "\"edited\"");
	assert_int_equal(desk_get(&desk, "/migrations"), 200);
	desk_expect_part(&desk, "<p class=\"banner bad\"><b>INLAY_EDITED</b>");
	desk_close(&desk);
}

static void what_the_server_does_wrong_is_500(void **state)
{
	static const char *const paths[] = { DESK_STATUS, "/migrations/history" };
	struct desk desk = desk_open(state, desk_files);
	struct inlay_admin_request request = inlay_admin_request_init("GET", DESK_STATUS);

	desk.database->options.table = "";
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(desk_get(&desk, paths[i]), 500);
		desk_expect_member(&desk, "error.code", "\"INLAY_MISUSE\"");
	}
	assert_int_equal(desk_get(&desk, "/migrations"), 500);
	desk_expect_part(&desk, "<b>INLAY_MISUSE</b>");
	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":1}"), 500);
	assert_int_equal(desk_post(&desk, "/migrations/rollback", "{\"to\":1}"), 500);
	desk.database->options.table = "schema_migrations";
	desk.database->options.size = 1;
	assert_int_equal(desk_get(&desk, DESK_STATUS), 500);
	desk.database->options.size = sizeof(desk.database->options);
	request.path = NULL;
	assert_int_equal(desk_ask(&desk, request), 500);
	assert_int_equal(inlay_admin_needs_connection(&desk.admin, &request), 0);
	desk.admin.size = 8;
	assert_int_equal(desk_get(&desk, DESK_STATUS), 500);
	desk_close(&desk);
}

static void without_a_database_it_says_so(void **state)
{
	struct desk desk = desk_open(state, desk_files);
	struct inlay_admin_request request = inlay_admin_request_init("GET", DESK_STATUS);

	request.authorization = DESK_READER;
	assert_int_equal(inlay_admin_needs_connection(&desk.admin, &request), 1);
	inlay_admin_handle_postgres(&desk.admin, &request, NULL, &desk.response);
	assert_int_equal(desk.response.status, 503);
	desk_take_json(&desk);
	desk_expect_member(&desk, "error.code", "\"INLAY_UNREACHABLE\"");
	desk_forget(&desk);
	request.path = "/migrations";
	inlay_admin_handle_sqlite(&desk.admin, &request, NULL, &desk.response);
	assert_int_equal(desk.response.status, 503);
	desk_expect_part(&desk, "<b>INLAY_UNREACHABLE</b> the database can not be reached");
	desk_close(&desk);
}

/* A connection that the server has ended. */
static void a_connection_that_is_gone_is_503(void **state)
{
	struct desk desk = desk_open(state, desk_files);
	PGresult *result =
	        PQexec(desk.database->postgres, "SELECT pg_terminate_backend(pg_backend_pid())");

	PQclear(result);
	assert_int_equal(desk_get(&desk, DESK_STATUS), 503);
	assert_int_equal(desk_get(&desk, "/migrations"), 503);
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 503);
	desk_expect_member(&desk, "error.code", "\"INLAY_UNREACHABLE\"");
	desk_close(&desk);
}

/* --- While somebody is at work --- */

static struct desk *other_desk;

static void look_on(struct desk *desk)
{
	bool is_postgres = desk->database->dialect == INLAY_DIALECT_POSTGRES;
	const char *holder;

	assert_int_equal(desk_get(desk, DESK_STATUS), 200);
	holder = json_string_value(desk_member(desk, "holder"));
	assert_int_equal(holder != NULL, is_postgres);
	if (holder != NULL)
		assert_non_null(strstr(holder, "role postgres"));
	assert_int_equal(desk_get(desk, "/migrations"), 200);
	if (is_postgres)
		desk_expect_part(desk, "<b>At work</b> role postgres");
	assert_int_equal(strstr(desk->response.body, "http-equiv=\"refresh\"") != NULL,
	                 is_postgres);
	assert_int_equal(desk_post(desk, "/migrations/run", "{}"), 409);
	desk_expect_member(desk, "error.code", "\"INLAY_LOCKED\"");
	assert_int_equal(desk_post(desk, "/migrations/rollback", "{\"count\":1}"), 409);
	desk_expect_member(desk, "error.code", "\"INLAY_LOCKED\"");
}

/* A step of the migration: now others look, over a connection of their own. */
static int meanwhile(struct inlay_call *call)
{
	(void)call;
	look_on(other_desk);
	return 0;
}

static void others_are_told_who_is_at_work(void **state)
{
	static const struct set_file calling[] = {
		{ "001_create_pets.sql",
		  "-- migrate:up\nCREATE TABLE pets (id INTEGER PRIMARY KEY);\n"
		  "-- migrate:down\nDROP TABLE pets;\n" },
		{ "002_look_on.sql", "-- migrate:call meanwhile\n" },
		SET_END,
	};
	static inlay_function *const functions[] = { meanwhile };
	struct database other = *(struct database *)*state;
	struct desk desk = desk_open(state, calling);
	void *other_state = &other;
	struct desk second;

	desk.set.set.functions = functions;
	/* So that there are tables to look at. */
	assert_int_equal(desk_post(&desk, "/migrations/run", "{\"to\":1}"), 200);
	other.options.lock_timeout_ms = 100;
	other.sqlite = NULL;
	other.postgres = NULL;
	if (other.dialect == INLAY_DIALECT_SQLITE)
		assert_int_equal(sqlite3_open(other.path, &other.sqlite), SQLITE_OK);
	else
		other.postgres = PQconnectdb(database_place(desk.database));
	second = desk_open(&other_state, calling);
	second.set.set.functions = functions;
	other_desk = &second;
	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	assert_non_null(second.response.body);
	desk_close(&second);
	desk_close(&desk);
	sqlite3_close(other.sqlite);
	PQfinish(other.postgres);
}

/* --- Hostile texts --- */

static void nothing_gets_out_of_its_quotes(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	database_run(desk.database,
	             "UPDATE schema_migrations SET filename = "
	             "'</td><script>alert(1)</script>\"''&.sql' WHERE version = 1;"
	             "UPDATE schema_migrations SET actor = 'a\"b\\c\nd\x1b\x7f"
	             "\xe2\x80\xaeltr' WHERE version = 2;"
	             "UPDATE schema_migrations_log SET filename = '<img src=x onerror=alert(1)>',"
	             " action = '\"><b>', message = '{\"}' WHERE version = 1");
	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	assert_string_equal(json_string_value(desk_member(&desk, "migrations.0.filename")),
	                    "</td><script>alert(1)</script>\"'&.sql");
	assert_string_equal(json_string_value(desk_member(&desk, "migrations.1.actor")),
	                    "a\"b\\c\nd\x1b\x7f\xe2\x80\xaeltr");
	ask_history(&desk, NULL);
	assert_string_equal(json_string_value(desk_member(&desk, "entries.1.action")), "\"><b>");
	assert_string_equal(json_string_value(desk_member(&desk, "entries.1.message")), "{\"}");
	assert_int_equal(desk_get(&desk, "/migrations"), 200);
	assert_null(strstr(desk.response.body, "<script"));
	assert_null(strstr(desk.response.body, "<img"));
	assert_null(strstr(desk.response.body, "\x1b"));
	assert_null(strstr(desk.response.body, "\xe2\x80\xae"));
	desk_expect_part(&desk,
	                 "&#60;/td&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;");
	desk_expect_part(&desk, "a&#34;b\\c\xef\xbf\xbd"
	                        "d\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdltr");
	desk_close(&desk);
}

static void what_is_no_utf_8_is_replaced(void **state)
{
	struct desk desk = desk_open(state, desk_files);

	assert_int_equal(desk_post(&desk, "/migrations/run", "{}"), 200);
	database_run(desk.database, "UPDATE schema_migrations SET filename = "
	                            "CAST(X'61ff62c0af63ed' AS TEXT) WHERE version = 1");
	assert_int_equal(desk_get(&desk, DESK_STATUS), 200);
	assert_string_equal(json_string_value(desk_member(&desk, "migrations.0.filename")),
	                    "a\xef\xbf\xbd"
	                    "b\xef\xbf\xbd\xef\xbf\xbd"
	                    "c\xef\xbf\xbd");
	assert_int_equal(desk_get(&desk, "/migrations"), 200);
	desk_expect_part(&desk, "<td class=\"file\">a\xef\xbf\xbd"
	                        "b\xef\xbf\xbd\xef\xbf\xbd"
	                        "c\xef\xbf\xbd</td>");
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(a_run_and_a_rollback_are_told),
		DATABASE_TEST_BOTH(status_tells_of_each_migration),
		DATABASE_TEST_BOTH(history_is_told_newest_first),
		DATABASE_TEST_BOTH(the_page_shows_it_all),
		DATABASE_TEST_BOTH(metrics_need_no_connection),
		DATABASE_TEST_BOTH(a_failure_is_told_with_its_place),
		DATABASE_TEST_BOTH(an_edited_history_is_a_conflict),
		DATABASE_TEST_BOTH(what_the_server_does_wrong_is_500),
		DATABASE_TEST_SQLITE(without_a_database_it_says_so),
		DATABASE_TEST_POSTGRES(a_connection_that_is_gone_is_503),
		DATABASE_TEST_FILE(others_are_told_who_is_at_work),
		DATABASE_TEST_POSTGRES(others_are_told_who_is_at_work),
		DATABASE_TEST_BOTH(nothing_gets_out_of_its_quotes),
		DATABASE_TEST_SQLITE(what_is_no_utf_8_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
