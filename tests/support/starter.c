/* starter.c - forks, migrates, writes the report into a pipe. */
#include "starter.h"

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

#define PAUSE_COUNT_MAX 6000

static void note(void *context, const struct inlay_event *event)
{
	static const char *const words[] = { "?",      "applied", "applying",
		                             "failed", "waiting", "retrying" };
	struct starter_report *report = context;
	size_t used = strlen(report->events);

	if (event->kind >= sizeof(words) / sizeof(words[0]))
		return; /* Of no migration, or of a single statement. */
	(void)snprintf(report->events + used, sizeof(report->events) - used, "%s %s [%s] %s\n",
	               words[event->kind], event->migration, event->holder, event->message);
}

/* A report is larger than what a pipe takes in one piece. */
static void tell(int end, const void *start, size_t size)
{
	const char *next = start;

	while (size > 0) {
		ssize_t written = write(end, next, size);

		if (written <= 0)
			_exit(1);
		next += written;
		size -= (size_t)written;
	}
}

static void hear(int end, void *start, size_t size)
{
	char *next = start;

	while (size > 0) {
		ssize_t received = read(end, next, size);

		if (received <= 0)
			fail_msg("another process has ended without a word");
		next += received;
		size -= (size_t)received;
	}
}

static _Noreturn void migrate(const struct database *database, const struct inlay_set *set,
                              const char *name, int end)
{
	static struct starter_report report;
	struct inlay_options options = database->options;
	char place[800];
	PGconn *connection;
	int backend;

	(void)snprintf(place, sizeof(place), "%s application_name=%s", database_place(database),
	               name);
	connection = PQconnectdb(place);
	backend = PQbackendPID(connection);
	options.on_event = note;
	options.context = &report;
	report.error = inlay_error_init();
	tell(end, &backend, sizeof(backend));
	report.result = ensure_migrated(connection, set, &options, &report.error);
	tell(end, &report, sizeof(report));
	PQfinish(connection);
	_exit(0);
}

struct starter starter_start(const struct database *database, const struct inlay_set *set,
                             const char *name)
{
	struct starter starter;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	(void)fflush(NULL);
	starter.pid = fork();
	assert_true(starter.pid >= 0);
	if (starter.pid == 0)
		migrate(database, set, name, ends[1]);
	assert_int_equal(close(ends[1]), 0);
	starter.end = ends[0];
	hear(starter.end, &starter.backend, sizeof(starter.backend));
	return starter;
}

/* Until the answer to `sql` is 't'. */
static void await(struct database *database, const char *sql)
{
	const struct timespec pause = { 0, 5000000 };

	for (int i = 0; strcmp(database_ask(database, sql), "t") != 0; i++) {
		if (i == PAUSE_COUNT_MAX)
			fail_msg("in vain: %s", sql);
		(void)nanosleep(&pause, NULL);
	}
}

void starter_await(struct database *database, const char *name, const char *text)
{
	char sql[400];

	(void)snprintf(sql, sizeof(sql),
	               "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND"
	               " application_name = '%s' AND strpos(query, '%s') > 0",
	               name, text);
	await(database, sql);
}

struct starter_report starter_finish(struct starter *starter)
{
	struct starter_report report;

	hear(starter->end, &report, sizeof(report));
	assert_int_equal(waitpid(starter->pid, NULL, 0), starter->pid);
	assert_int_equal(close(starter->end), 0);
	return report;
}

void starter_kill(struct database *database, struct starter *starter)
{
	char sql[200];

	assert_int_equal(kill(starter->pid, SIGKILL), 0);
	assert_int_equal(waitpid(starter->pid, NULL, 0), starter->pid);
	assert_int_equal(close(starter->end), 0);
	(void)snprintf(sql, sizeof(sql), "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %d",
	               starter->backend);
	await(database, sql);
}
