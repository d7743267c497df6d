/* crash_sqlite_test.c - SQLite: the one who migrates is killed at every statement and write. */
#include "support/database.h"
#include "support/effects.h"
#include "support/watched_vfs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* Where to die, counted from 1. */
enum place {
	AT_STATEMENT, /* Before a statement's first step; a trigger's too. */
	AT_WRITE /* Before a file is written, cut, synced or deleted: in the middle of COMMIT. */
};

/* One way to die. */
struct death {
	enum place place;
	enum effects_kind kind;
	const char *journal_mode;
};

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

static _Noreturn void migrate_in_child(const struct death *death, const char *path,
                                       const struct inlay_set *set, uint32_t n)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result = INLAY_UNREACHABLE;
	sqlite3 *connection = NULL;

	watched_vfs_start(death->place == AT_WRITE ? n : 0);
	if (sqlite3_open(path, &connection) == SQLITE_OK) {
		if (death->place == AT_STATEMENT)
			(void)sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, kill_at_statement,
			                       &n);
		result = ensure_migrated(connection, set, NULL, &error);
	}
	(void)sqlite3_close(connection);
	_exit((int)result);
}

/* False: it came to its end before. */
static bool kill_at(struct database *database, const struct death *death,
                    const struct inlay_set *set, uint32_t n)
{
	int status = 0;
	pid_t pid;

	database_disconnect(database);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		migrate_in_child(death, database->path, set, n);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	database_reconnect(database);
	database_run(database, "PRAGMA synchronous = OFF"); /* It takes half of the time. */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == INLAY_OK);
	return WIFSIGNALED(status);
}

static void set_journal_mode(struct database *database, const char *mode)
{
	char sql[60];

	(void)snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %s", mode);
	database_expect(database, sql, mode);
}

/* SQLite does not know that a process is gone: only that its row has not moved for a while. */
static void let_time_pass(struct database *database)
{
	const char *exists = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migrations'";

	if (strcmp(database_ask(database, exists), "1") == 0)
		database_run(database, "UPDATE schema_migrations SET applied_at ="
		                       " datetime('now', '-1 minute') WHERE progress IS NOT NULL");
}

static void kill_everywhere(struct database *database, const struct death *death)
{
	struct compiled_set set = effects_compile(death->kind, INLAY_DIALECT_SQLITE);
	int prefixes[8] = { 0 };
	bool killed = true;
	uint32_t n;

	for (n = 1; killed; n++) {
		effects_prepare(database);
		set_journal_mode(database, death->journal_mode);
		killed = kill_at(database, death, &set.set, n);
		prefixes[effects_expect_prefix(database, death->kind)]++;
		let_time_pass(database);
		effects_expect_completion(database, death->kind, &set.set);
		database_expect(database, "PRAGMA integrity_check", "ok");
	}
	print_message("killed at each of %u %s (%s, %s); after 0, 1, 2 ... migrations:", n - 2,
	              death->place == AT_WRITE ? "writes" : "statements", death->journal_mode,
	              death->kind == EFFECTS_MIXED ? "mixed" : "transactional");
	for (int i = 0; i < 8; i++)
		print_message(" %d", prefixes[i]);
	print_message("\n");
	set_destroy(&set);
}

static void killed_at_every_statement(void **state)
{
	static const struct death deaths[] = {
		{ AT_STATEMENT, EFFECTS_TRANSACTIONAL, "delete" },
		{ AT_STATEMENT, EFFECTS_TRANSACTIONAL, "wal" },
		{ AT_STATEMENT, EFFECTS_MIXED, "delete" },
		{ AT_STATEMENT, EFFECTS_MIXED, "wal" },
	};

	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
		kill_everywhere(*state, &deaths[i]);
}

static void killed_at_every_write(void **state)
{
	static const struct death deaths[] = {
		{ AT_WRITE, EFFECTS_TRANSACTIONAL, "delete" },
		{ AT_WRITE, EFFECTS_TRANSACTIONAL, "wal" },
		{ AT_WRITE, EFFECTS_MIXED, "delete" },
		{ AT_WRITE, EFFECTS_MIXED, "wal" },
	};

	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
		kill_everywhere(*state, &deaths[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(killed_at_every_statement),
		DATABASE_TEST_FILE(killed_at_every_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
