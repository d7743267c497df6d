/* database.h - a fresh database of either kind, and the questions tests ask of it. */
#ifndef INLAY_TESTS_DATABASE_H
#define INLAY_TESTS_DATABASE_H

#include "set.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>

/* One test's database and the connection to it. */
struct database {
	enum inlay_dialect dialect;
	sqlite3 *sqlite; /* One of the two. */
	PGconn *postgres;
	char name[64];            /* PostgreSQL's database. */
	char path[600];           /* SQLite's file; "" for :memory:. */
	char directory[600];      /* It is in there; "" for :memory:. */
	struct inlay_error error; /* Of the last call below. */
	struct inlay_options options;
	char notice[400]; /* PostgreSQL's last one. */
	/* What on_event was told of migrations since database_ensure() was called; and the SQL that
	 * a dry run showed. */
	char events[100000];
	char shown[100000];
};

/* For cmocka: *state becomes the struct database. */
int database_setup_memory(void **state);
int database_setup_file(void **state);
int database_setup_postgres(void **state);
int database_setup_postgres_row(void **state); /* With INLAY_GATE_ROW. */
int database_teardown(void **state);

/* `test`, or, where there is no PostgreSQL to start, one that skips; with CI set, one that
 * fails. */
void (*database_unless_missing(void (*test)(void **state)))(void **state);

/* Table rows: a test of both kinds, or of one; of PostgreSQL, with both gates. */
#define DATABASE_TEST_SQLITE(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, database_setup_memory, database_teardown)
#define DATABASE_TEST_FILE(test)                                                                   \
	cmocka_unit_test_setup_teardown(test, database_setup_file, database_teardown)
#define DATABASE_TEST_POSTGRES(test)                                                               \
	{                                                                                          \
		.name = #test, .test_func = database_unless_missing(test),                         \
		.setup_func = database_setup_postgres, .teardown_func = database_teardown,         \
	}
#define DATABASE_TEST_ROW(test)                                                                    \
	{                                                                                          \
		.name = #test " (row gate)", .test_func = database_unless_missing(test),           \
		.setup_func = database_setup_postgres_row, .teardown_func = database_teardown,     \
	}
#define DATABASE_TEST_GATES(test) DATABASE_TEST_POSTGRES(test), DATABASE_TEST_ROW(test)
#define DATABASE_TEST_BOTH(test)  DATABASE_TEST_FILE(test), DATABASE_TEST_GATES(test)

/* Closes the connection and opens another one to the same database.  Connections must not cross
 * fork(): a parent closes its own as long as its children work. */
void database_reconnect(struct database *database);
void database_disconnect(struct database *database);

/* Takes everything out of it: PostgreSQL's schema public, SQLite's file.  Reconnects. */
void database_clear(struct database *database);

/* Where it is, for a connection of somebody else: libpq's options or SQLite's path.  Static. */
const char *database_place(const struct database *database);

/* Runs SQL, which must succeed. */
void database_run(struct database *database, const char *sql);

/* All rows of a query: columns parted by "|", rows by "\n".  Static: valid until the next call. */
const char *database_ask(struct database *database, const char *sql);

/* database_ask(sql) is `expected`. */
void database_expect(struct database *database, const char *sql, const char *expected);

/* ensure_migrated() of a set, or of files compiled for the occasion; options, error, events are
 * the struct's.  Afterwards the connection must be idle. */
enum inlay_result database_ensure_set(struct database *database, const struct inlay_set *set);
enum inlay_result database_ensure(struct database *database, const struct set_file *files);
enum inlay_result database_ensure_unchecked(struct database *database,
                                            const struct set_file *files);

/* inlay_check() and inlay_rollback() in the same way. */
enum inlay_result database_check(struct database *database, const struct set_file *files);
enum inlay_result database_rollback_set(struct database *database, const struct inlay_set *set,
                                        struct inlay_rollback_scope scope);
enum inlay_result database_rollback(struct database *database, const struct set_file *files,
                                    struct inlay_rollback_scope scope);

enum inlay_result database_baseline(struct database *database, const struct set_file *files,
                                    struct inlay_baseline_scope scope);

/* inlay_repair() in the same way; and what inlay_examine() finds, a finding a line. */
enum inlay_result database_repair(struct database *database, const struct set_file *files,
                                  struct inlay_repair_scope scope);
const char *database_examine(struct database *database, const struct set_file *files);

/* The last call's result was `result`; otherwise the test fails with its message. */
void database_expect_result(struct database *database, enum inlay_result received,
                            enum inlay_result expected);

/* database_ensure(files) is INLAY_OK, and applies `count`. */
void database_expect_ok(struct database *database, const struct set_file *files, uint32_t count);

/* database_ensure(files) is `result`, and says `message`. */
void database_expect_error(struct database *database, const struct set_file *files,
                           enum inlay_result result, const char *message);

/* What differs between the databases, and between the gates. */
const char *database_either(const struct database *database, const char *sqlite,
                            const char *postgres);
const char *database_by_gate(const struct database *database, const char *advisory,
                             const char *row);
bool database_has_row_gate(const struct database *database);

/* What inlay_status() and inlay_history() tell, a row a line; for the log without times. */
const char *database_status(struct database *database, const struct set_file *files);
const char *database_history(struct database *database);

#endif
