/*
 * crash_test.c - the one who migrates dies, or loses its connection, at every point.
 *
 * After each death the next starter must find a beginning of the set, whole, and complete it, with
 * every effect once.  How many points there are hangs on how much the runtime says: with more than
 * POINT_COUNT_MAX some are left out, unless INLAY_THOROUGH is set.
 */
#include "support/database.h"
#include "support/effects.h"
#include "support/herd.h"
#include "support/postgres_server.h"
#include "support/proxy.h"

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

#define POINT_COUNT_MAX   90
#define HERD_RUN_COUNT    12
#define HERD_MEMBER_COUNT 8
#define CUT_COUNT         50
#define RANDOM_COUNT      20

/* A scenario's database, set and the way to it. */
struct scene {
	struct database *database;
	enum effects_kind kind;
	struct compiled_set set;
	struct proxy *proxy;
};

static struct scene scene_open(struct database *database, enum effects_kind kind)
{
	struct proxy_plan plan = { .host = cluster_directory(postgres_server()) };
	struct scene scene = { database, kind, effects_compile(kind, INLAY_DIALECT_POSTGRES),
		               proxy_start(&plan) };

	return scene;
}

static void scene_close(struct scene *scene)
{
	set_destroy(&scene->set);
	proxy_stop(scene->proxy);
}

/* As the scenario's database, without anybody listening. */
static struct inlay_options options_of(const struct scene *scene)
{
	struct inlay_options options = inlay_options_init();

	options.gate = scene->database->options.gate;
	return options;
}

static void pause_us(long us)
{
	const struct timespec pause = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&pause, NULL);
}

/* A connection for somebody who will lose it. */
static PGconn *connect_victim(const struct scene *scene, bool through_proxy)
{
	const char *place =
	        through_proxy ? proxy_options(scene->proxy) : database_place(scene->database);
	char options[400];
	PGconn *connection;

	(void)snprintf(options, sizeof(options),
	               "%s user=postgres dbname=%s application_name=victim", place,
	               scene->database->name);
	connection = PQconnectdb(options);
	if (PQstatus(connection) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(connection));
	return connection;
}

/* The world after a death, and then the next starter. */
static int recover(struct scene *scene)
{
	int count;

	effects_wait_for_orphans(scene->database);
	count = effects_expect_prefix(scene->database, scene->kind);
	effects_expect_completion(scene->database, scene->kind, &scene->set.set);
	return count;
}

/* --- Killed --- */

static _Noreturn void migrate_in_child(const struct scene *scene)
{
	struct inlay_error error = inlay_error_init();
	PGconn *connection = connect_victim(scene, true);
	struct inlay_options options = options_of(scene);
	enum inlay_result result = ensure_migrated(connection, &scene->set.set, &options, &error);

	if (result != INLAY_OK)
		(void)fprintf(stderr, "%s\n", error.message);
	PQfinish(connection);
	_exit((int)result);
}

/* Kills a starter when `frame_count` of its frames have reached the server, and nothing it could
 * have answered to the last of them has reached it.  False: it came to its end before. */
static bool kill_after(struct scene *scene, uint64_t frame_count)
{
	struct proxy_limit limit = { .end = PROXY_FREEZE, .frame_count = frame_count };
	int status = 0;
	pid_t pid;

	proxy_arm(scene->proxy, &limit);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		migrate_in_child(scene);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (proxy_counters(scene->proxy).ended) {
			/* What was relayed is to be executed: a reset would take it away. */
			pause_us(10000);
			assert_int_equal(kill(pid, SIGKILL), 0);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			break;
		}
		pause_us(200);
	}
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == INLAY_OK);
	return WIFSIGNALED(status);
}

/* How much a run says when nobody disturbs it. */
static struct proxy_counters measure(struct scene *scene)
{
	effects_prepare(scene->database);
	assert_false(kill_after(scene, 0));
	return proxy_counters(scene->proxy);
}

static uint64_t stride_of(uint64_t count)
{
	return getenv("INLAY_THOROUGH") != NULL ? 1 : count / POINT_COUNT_MAX + 1;
}

/* The next starter comes after the server has noticed the death, or at once, by turns. */
static void kill_everywhere(struct database *database, enum effects_kind kind)
{
	struct scene scene = scene_open(database, kind);
	uint64_t frame_count = measure(&scene).frame_count;
	uint64_t stride = stride_of(frame_count);
	int prefixes[8] = { 0 };
	int point_count = 0;
	bool killed = true;

	for (uint64_t n = 1; killed; n += stride) {
		effects_prepare(database);
		killed = kill_after(&scene, n);
		if (point_count++ % 2 == 0)
			prefixes[recover(&scene)]++;
		else
			effects_expect_completion(database, kind, &scene.set.set);
	}
	print_message("killed after 1 to %d client frames, every %d; after 0, 1, 2 ... migrations:",
	              (int)frame_count, (int)stride);
	for (int i = 0; i < 8; i++)
		print_message(" %d", prefixes[i]);
	print_message("\n");
	scene_close(&scene);
}

static void owner_of_transactions_is_killed(void **state)
{
	kill_everywhere(*state, EFFECTS_TRANSACTIONAL);
}

static void owner_without_transactions_is_killed(void **state)
{
	kill_everywhere(*state, EFFECTS_MIXED);
}

/* Many come where one has died: one of them goes on, the others wait for it. */
static void many_follow_one_who_was_killed(void **state)
{
	struct scene scene = scene_open(*state, EFFECTS_MIXED);
	uint64_t frame_count = measure(&scene).frame_count;
	struct inlay_options options = options_of(&scene);
	struct herd_member member = { INLAY_DIALECT_POSTGRES, NULL, &scene.set.set, &options };
	char place[700];

	(void)snprintf(place, sizeof(place), "%s", database_place(scene.database));
	member.place = place;
	for (uint64_t i = 1; i <= HERD_RUN_COUNT; i++) {
		int count;

		effects_prepare(scene.database);
		assert_true(kill_after(&scene, frame_count * i / (HERD_RUN_COUNT + 1)));
		effects_wait_for_orphans(scene.database);
		count = effects_expect_prefix(scene.database, scene.kind);
		database_disconnect(scene.database);
		count += herd_run_alike(&member, HERD_MEMBER_COUNT).applied_count;
		database_reconnect(scene.database);
		assert_int_equal(count, 7);
		effects_expect_completion(scene.database, scene.kind, &scene.set.set);
	}
	scene_close(&scene);
}

/* --- The connection is lost --- */

/* Migrates on a connection that dies meanwhile, however it does. */
static void migrate_victim(struct scene *scene, PGconn *connection,
                           const struct inlay_options *options)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result = ensure_migrated(connection, &scene->set.set, options, &error);

	if (result != INLAY_OK && result != INLAY_UNREACHABLE &&
	    (result != INLAY_INTERRUPTED || scene->kind != EFFECTS_MIXED))
		fail_msg("%s: %s", inlay_result_name(result), error.message);
	if (result == INLAY_OK)
		assert_string_equal(error.message, "");
	PQfinish(connection);
	assert_true(recover(scene) >= (int)error.applied_count);
}

static void connection_is_cut(void **state)
{
	struct scene scene = scene_open(*state, EFFECTS_TRANSACTIONAL);
	uint64_t size = measure(&scene).client_size;

	for (uint64_t i = 1; i <= CUT_COUNT; i++) {
		struct proxy_limit limit = { .end = PROXY_CUT };
		struct inlay_options options = options_of(&scene);
		PGconn *connection;

		limit.size = size * i / (CUT_COUNT + 1);
		effects_prepare(scene.database);
		proxy_arm(scene.proxy, &limit);
		connection = connect_victim(&scene, true);
		migrate_victim(&scene, connection, &options);
	}
	print_message("cut at %d places of %d bytes\n", CUT_COUNT, (int)size);
	scene_close(&scene);
}

/* Ends the victim's session when so many events have been. */
struct terminator {
	struct database *database;
	int events_left;
};

static void terminate_victim(struct database *database)
{
	database_run(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	                       " WHERE application_name = 'victim'");
}

static void count_event(void *context, const struct inlay_event *event)
{
	struct terminator *terminator = context;

	(void)event;
	if (--terminator->events_left == 0)
		terminate_victim(terminator->database);
}

static void session_is_terminated_at_an_event(void **state)
{
	struct scene scene = scene_open(*state, EFFECTS_MIXED);
	int count = 0;

	for (int left = 0; left == 0; count++) {
		struct terminator terminator = { scene.database, count + 1 };
		struct inlay_options options = options_of(&scene);

		options.on_event = count_event;
		options.context = &terminator;
		effects_prepare(scene.database);
		migrate_victim(&scene, connect_victim(&scene, false), &options);
		left = terminator.events_left > 0;
	}
	print_message("terminated at each of %d events\n", count - 1);
	scene_close(&scene);
}

/* In a child: waits, and ends the victim's session. */
static pid_t terminate_later(const struct scene *scene, long us)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct database other = *scene->database;

		other.postgres = PQconnectdb(database_place(&other));
		pause_us(us);
		terminate_victim(&other);
		PQfinish(other.postgres);
		_exit(0);
	}
	return pid;
}

static void session_is_terminated_at_random(void **state)
{
	struct scene scene = scene_open(*state, EFFECTS_MIXED);

	srand(20261120);
	for (int i = 0; i < RANDOM_COUNT; i++) {
		struct inlay_options options = options_of(&scene);
		PGconn *connection;
		pid_t pid;

		effects_prepare(scene.database);
		connection = connect_victim(&scene, false);
		pid = terminate_later(&scene, rand() % 40000);
		migrate_victim(&scene, connection, &options);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	print_message("terminated at %d moments\n", RANDOM_COUNT);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(owner_of_transactions_is_killed),
		DATABASE_TEST_GATES(owner_without_transactions_is_killed),
		DATABASE_TEST_GATES(many_follow_one_who_was_killed),
		DATABASE_TEST_GATES(connection_is_cut),
		DATABASE_TEST_GATES(session_is_terminated_at_an_event),
		DATABASE_TEST_GATES(session_is_terminated_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
