/*
 * crash_services_test.c - the one who rolls back, or applies repeatable or late migrations, is
 * killed at every point: on PostgreSQL at its frames, on SQLite at its statements and writes.
 *
 * With more than POINT_COUNT_MAX points some are left out, unless INLAY_THOROUGH is set.
 */
#include "support/database.h"
#include "support/effects.h"
#include "support/postgres_server.h"
#include "support/proxy.h"
#include "support/services.h"
#include "support/watched_vfs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define POINT_COUNT_MAX 6

static uint64_t stride_of(uint64_t count)
{
	return getenv("INLAY_THOROUGH") != NULL ? 1 : count / POINT_COUNT_MAX + 1;
}

static int result_of(const struct service *service)
{
	return service->is_dry ? INLAY_PENDING : INLAY_OK;
}

/* --- PostgreSQL --- */

static _Noreturn void call_in_child(const struct service_scene *scene, const struct proxy *proxy)
{
	struct inlay_error error = inlay_error_init();
	char options[400];
	PGconn *connection;
	int result;

	(void)snprintf(options, sizeof(options),
	               "%s user=postgres dbname=%s application_name=victim", proxy_options(proxy),
	               scene->database->name);
	connection = PQconnectdb(options);
	if (PQstatus(connection) != CONNECTION_OK)
		_exit(99);
	result = (int)service_run(scene, &driver_postgres, connection, &error);
	if (result != result_of(scene->service))
		(void)fprintf(stderr, "%s\n", error.message);
	PQfinish(connection);
	_exit(result);
}

static void pause_us(long us)
{
	const struct timespec pause = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&pause, NULL);
}

/* False: it came to its end before. */
static bool kill_after(struct service_scene *scene, struct proxy *proxy, uint64_t frame_count)
{
	struct proxy_limit limit = { .end = PROXY_FREEZE, .frame_count = frame_count };
	int status = 0;
	pid_t pid;

	proxy_arm(proxy, &limit);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		call_in_child(scene, proxy);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (proxy_counters(proxy).ended) {
			/* What was relayed is to be executed: a reset would take it away. */
			pause_us(10000);
			assert_int_equal(kill(pid, SIGKILL), 0);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			break;
		}
		pause_us(200);
	}
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == result_of(scene->service));
	return WIFSIGNALED(status);
}

static void kill_at_every_frame(struct service_scene *scene, struct proxy *proxy)
{
	uint64_t frame_count;
	uint64_t stride;
	bool was_killed = true;
	int count = 0;

	service_prepare(scene);
	assert_false(kill_after(scene, proxy, 0));
	frame_count = proxy_counters(proxy).frame_count;
	stride = stride_of(frame_count);
	for (uint64_t n = 1; was_killed; n += stride) {
		service_prepare(scene);
		was_killed = kill_after(scene, proxy, n);
		/* The next one comes after the server has noticed the death, or at once. */
		if (count++ % 2 == 0) {
			effects_wait_for_orphans(scene->database);
			service_expect_consistent(scene);
			assert_int_equal(service_expect_completion(scene), 0);
		} else {
			assert_true(service_expect_completion(scene) >= 0);
		}
	}
	print_message("%s: killed after 1 to %d client frames, every %d\n", scene->service->name,
	              (int)frame_count, (int)stride);
}

static void killed_at_frames(void **state)
{
	struct database *database = *state;
	struct proxy_plan plan = { .host = cluster_directory(postgres_server()) };
	struct proxy *proxy = proxy_start(&plan);

	for (size_t i = 0; i < service_count; i++) {
		struct service_scene scene;

		service_open(&scene, &services[i], database);
		kill_at_every_frame(&scene, proxy);
		service_close(&scene);
	}
	proxy_stop(proxy);
}

/* --- SQLite --- */

static int kill_at_statement(unsigned kind, void *context, void *statement, void *text)
{
	uint32_t *left = context;

	(void)kind;
	(void)statement;
	(void)text;
	if (--*left == 0)
		(void)kill(getpid(), SIGKILL);
	return 0;
}

static _Noreturn void call_on_file(const struct service_scene *scene, bool at_write, uint32_t n)
{
	struct inlay_error error = inlay_error_init();
	sqlite3 *connection = NULL;
	int result = INLAY_UNREACHABLE;

	watched_vfs_start(at_write ? n : 0);
	if (sqlite3_open(scene->database->path, &connection) == SQLITE_OK) {
		if (!at_write)
			(void)sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, kill_at_statement,
			                       &n);
		result = (int)service_run(scene, &driver_sqlite, connection, &error);
	}
	(void)sqlite3_close(connection);
	_exit(result);
}

static bool kill_at(struct service_scene *scene, bool at_write, uint32_t n)
{
	struct database *database = scene->database;
	int status = 0;
	pid_t pid;

	database_disconnect(database);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		call_on_file(scene, at_write, n);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	database_reconnect(database);
	database_run(database, "PRAGMA synchronous = OFF"); /* It takes half of the time. */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == result_of(scene->service));
	return WIFSIGNALED(status);
}

static void kill_everywhere(struct service_scene *scene, bool at_write)
{
	bool was_killed = true;
	uint32_t stride = getenv("INLAY_THOROUGH") != NULL ? 1 : 5;
	uint32_t n;

	for (n = 1; was_killed; n += stride) {
		service_prepare(scene);
		was_killed = kill_at(scene, at_write, n);
		service_expect_consistent(scene);
		assert_int_equal(service_expect_completion(scene), 0);
	}
	database_expect(scene->database, "PRAGMA integrity_check", "ok");
	print_message("%s: killed at every %uth of less than %u %s\n", scene->service->name, stride,
	              n - stride, at_write ? "writes" : "statements");
}

static void kill_all(struct database *database, bool at_write)
{
	for (size_t i = 0; i < service_count; i++) {
		struct service_scene scene;

		if (!service_fits(&services[i], database))
			continue;
		service_open(&scene, &services[i], database);
		kill_everywhere(&scene, at_write);
		service_close(&scene);
	}
}

static void killed_at_statements(void **state)
{
	kill_all(*state, false);
}

static void killed_at_writes(void **state)
{
	kill_all(*state, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(killed_at_statements),
		DATABASE_TEST_FILE(killed_at_writes),
		DATABASE_TEST_GATES(killed_at_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
