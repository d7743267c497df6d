/* contract.h - a session of the SQLite driver, and the words that tests of driver.h are told in. */
#ifndef INLAY_TESTS_CONTRACT_H
#define INLAY_TESTS_CONTRACT_H

#include "../../runtime/driver.h"

#include <sqlite3.h>
#include <stddef.h>

/* A session on a file of its own that has a table t (id, n). */
struct contract {
	struct session session;
	const struct driver *driver;
	sqlite3 *database;
	sqlite3 *another; /* A second connection to the file. */
	char directory[200];
	char path[240];
	char answers[400]; /* "statement 0, commit 0" ... */
	int commit_count;  /* Transactions that wrote and were committed. */
	int refused_count; /* So many more are refused. */
};

/* For cmocka: *state becomes the struct contract.  The teardown closes the session. */
int contract_setup(void **state);
int contract_teardown(void **state);

#define CONTRACT_TEST(test) cmocka_unit_test_setup_teardown(test, contract_setup, contract_teardown)

/* A session that nothing was sent on, with contract->database. */
void contract_begin_session(struct contract *contract);

/* Steady, for measuring. */
int64_t contract_now_ms(void);

/* Runs SQL that must succeed. */
void contract_run_on(sqlite3 *connection, const char *sql);

/* The first column of the last row is `expected`. */
void contract_expect(sqlite3 *connection, const char *sql, const char *expected);

/* The same of the ids in t, "1,2", read by the other connection. */
void contract_expect_rows(struct contract *contract, const char *expected);

/* These were answered since the last time. */
void contract_expect_answers(struct contract *contract, const char *expected);

/* The outcome is OUTCOME_DONE. */
void contract_expect_done(struct contract *contract, enum outcome outcome);

/* What session->failure says. */
void contract_expect_failure(struct contract *contract, enum outcome outcome, int code,
                             const char *message);
void contract_expect_blamed(struct contract *contract, enum step step, uint32_t migration);

/* The driver's functions, with the purpose they are called for. */
enum outcome contract_send(struct contract *contract, enum step step, const char *sql);
enum outcome contract_execute(struct contract *contract, enum step step, const char *sql);
enum outcome contract_begin(struct contract *contract, uint32_t migration, uint32_t flags);
enum outcome contract_commit(struct contract *contract);
enum outcome contract_enter(struct contract *contract);
enum outcome contract_finish(struct contract *contract);

/* Sends a migration of one statement, up to its commit. */
void contract_migrate(struct contract *contract, uint32_t migration, const char *sql);

/* Enters, and sends a migration 0 that inserts 1 and waits for its COMMIT. */
void contract_begin_group(struct contract *contract);

#endif
