/* app.c - a small application that carries its schema: it opens a database, migrates it, and
 * uses it. */
#include "app_migrations.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Everything the library has to tell; it never prints by itself. */
static void on_event(void *context, const struct inlay_event *event)
{
	(void)context;
	if (event->kind == INLAY_EVENT_APPLIED)
		printf("    applied  %-36s %2u statement%s\n", event->migration,
		       event->statement_count, event->statement_count == 1 ? "" : "s");
	if (event->kind == INLAY_EVENT_ROLLED_BACK)
		printf("    rolled back  %s\n", event->migration);
}

static double now_ms(void)
{
	struct timespec time;

	timespec_get(&time, TIME_UTC);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int print_row(void *context, int count, char **values, char **names)
{
	(void)context;
	(void)count;
	(void)names;
	printf("    %s\n", values[0]);
	return 0;
}

/* The schema is there: use it. */
static int list_overdue(sqlite3 *database)
{
	return sqlite3_exec(database,
	                    "SELECT customer || ' owes ' || printf('%.2f', owed_cents / 100.0) || "
	                    "' ' || currency"
	                    " || ' on invoice ' || number FROM overdue_invoice ORDER BY number",
	                    print_row, NULL, NULL);
}

/* The last migration's down script: for a release that is taken back. */
static int undo_last(sqlite3 *database, const struct inlay_options *options)
{
	struct inlay_rollback_scope last = inlay_rollback_last(1);
	struct inlay_error error = inlay_error_init();

	if (inlay_rollback(database, &app_migrations, &last, options, &error) == INLAY_OK)
		return EXIT_SUCCESS;
	fprintf(stderr, "%s\n", error.message);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = NULL;
	int status = EXIT_FAILURE;
	double start;

	options.on_event = on_event;
	if (argc < 2 || sqlite3_open(argv[1], &database) != SQLITE_OK) {
		fprintf(stderr, "usage: %s DATABASE [undo]\n", argv[0]);
		goto cleanup;
	}
	if (argc == 3 && strcmp(argv[2], "undo") == 0) {
		status = undo_last(database, &options);
		goto cleanup;
	}
	start = now_ms();
	if (ensure_migrated(database, &app_migrations, &options, &error) != INLAY_OK) {
		fprintf(stderr, "%s\n", error.message);
		goto cleanup;
	}
	if (error.applied_count > 0)
		printf("    %u applied in %.1f ms\n", error.applied_count, now_ms() - start);
	else
		printf("    nothing to do, known after %.2f ms\n", now_ms() - start);
	if (list_overdue(database) == SQLITE_OK)
		status = EXIT_SUCCESS;
cleanup:
	sqlite3_close(database);
	return status;
}
