/* herd.c - fork, wait for the end of a pipe, connect, migrate; the exit status is the count. */
#include "herd.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define CONNECT_SECONDS 30

/* How a child ends that has not succeeded; otherwise with the number it applied. */
#define BROKEN_STATUS 98
#define FAILED_STATUS 99

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- A member --- */

static PGconn *connect_patiently(const char *options)
{
	double end_s = now_s() + CONNECT_SECONDS;
	PGconn *connection = PQconnectdb(options);

	srand((unsigned)getpid());
	while (PQstatus(connection) != CONNECTION_OK && now_s() < end_s) {
		const struct timespec pause = { 0, (5 + rand() % 20) * 1000000L };

		(void)nanosleep(&pause, NULL);
		PQreset(connection);
	}
	if (PQstatus(connection) != CONNECTION_OK)
		(void)fprintf(stderr, "%s", PQerrorMessage(connection));
	return connection;
}

static enum inlay_result migrate(const struct herd_member *member, struct inlay_error *error)
{
	enum inlay_result result = INLAY_UNREACHABLE;

	if (member->dialect == INLAY_DIALECT_SQLITE) {
		sqlite3 *connection = NULL;

		if (sqlite3_open(member->place, &connection) == SQLITE_OK)
			result = ensure_migrated(connection, member->set, member->options, error);
		(void)sqlite3_close(connection);
	} else {
		PGconn *connection = connect_patiently(member->place);

		if (PQstatus(connection) == CONNECTION_OK)
			result = ensure_migrated(connection, member->set, member->options, error);
		PQfinish(connection);
	}
	return result;
}

/* Sets that part are for the test to judge: their messages are not printed. */
static _Noreturn void become_member(const struct herd_member *member, int gate)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;
	char byte;

	if (read(gate, &byte, 1) != 0)
		_exit(BROKEN_STATUS);
	result = migrate(member, &error);
	if (result != INLAY_OK && result != INLAY_LATE && result != INLAY_MISSING)
		(void)fprintf(stderr, "%s: %s\n", inlay_result_name(result), error.message);
	_exit(result == INLAY_OK ? (int)error.applied_count : FAILED_STATUS);
}

/* --- All of them --- */

void herd_init(struct herd *herd)
{
	herd->count = 0;
	assert_int_equal(pipe(herd->gate), 0);
}

void herd_add(struct herd *herd, const struct herd_member *member, int count)
{
	(void)fflush(NULL);
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			(void)close(herd->gate[1]);
			become_member(member, herd->gate[0]);
		}
		assert_true(herd->count < HERD_COUNT_MAX);
		herd->pids[herd->count++] = pid;
	}
}

struct herd_outcome herd_run(struct herd *herd)
{
	struct herd_outcome outcome = { 0 };
	double started_s = now_s();

	(void)close(herd->gate[0]);
	(void)close(herd->gate[1]);
	for (int i = 0; i < herd->count; i++) {
		int status = 0;

		assert_int_equal(waitpid(herd->pids[i], &status, 0), herd->pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), BROKEN_STATUS);
		if (WEXITSTATUS(status) == FAILED_STATUS)
			outcome.failed_count++;
		else
			outcome.applied_count += WEXITSTATUS(status);
	}
	outcome.seconds = now_s() - started_s;
	return outcome;
}

struct herd_outcome herd_run_alike(const struct herd_member *member, int count)
{
	struct herd herd;
	struct herd_outcome outcome;

	herd_init(&herd);
	herd_add(&herd, member, count);
	outcome = herd_run(&herd);
	assert_int_equal(outcome.failed_count, 0);
	return outcome;
}
