/* pooler.c - writes pgbouncer's two files; a keeper does the rest. */
#include "pooler.h"

#include "keeper.h"
#include "postgres_server.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

struct pooler {
	struct keeper *keeper;
	char directory[KEEPER_PATH_SIZE];
};

static bool find_program(char path[KEEPER_PATH_SIZE])
{
	static const char *const elsewhere[] = { "/usr/sbin", "/usr/local/sbin",
		                                 "/opt/homebrew/bin", NULL };

	return keeper_find(path, "pgbouncer", elsewhere);
}

static void without_pooler(void **state)
{
	(void)state;
	if (getenv("CI") != NULL)
		fail_msg("there is no pgbouncer to start");
	print_message("there is no pgbouncer to start\n");
	skip();
}

void (*pooler_unless_missing(void (*test)(void **state)))(void **state)
{
	char path[KEEPER_PATH_SIZE];

	return find_program(path) && postgres_server() != NULL ? test : without_pooler;
}

static void write_file(const char *path, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Readable by the user that pgbouncer runs as. */
static void write_file(const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "w");
	va_list arguments;

	if (file == NULL)
		abort();
	va_start(arguments, format);
	(void)vfprintf(file, format, arguments);
	va_end(arguments);
	if (fclose(file) != 0 || chmod(path, 0644) != 0)
		abort();
}

static void wait_until_ready(const struct pooler *pooler)
{
	const struct timespec pause = { 0, 10000000 };

	for (int i = 0; i < 3000; i++) {
		if (PQping(pooler_options(pooler, "postgres", "postgres")) == PQPING_OK)
			return;
		(void)nanosleep(&pause, NULL);
	}
	(void)fprintf(stderr, "pgbouncer does not start: see %s/log\n", pooler->directory);
	abort();
}

struct pooler *pooler_start(const struct cluster *server)
{
	struct pooler *pooler = calloc(1, sizeof(*pooler));
	char program[KEEPER_PATH_SIZE];
	char settings[KEEPER_PATH_SIZE + 20];
	char users[KEEPER_PATH_SIZE + 20];
	char *arguments[] = { program, settings, NULL };
	struct keeper_task task = { arguments, NULL, SIGKILL };

	if (pooler == NULL || !find_program(program) ||
	    !keeper_make_directory(pooler->directory, "pooler"))
		abort();
	(void)snprintf(settings, sizeof(settings), "%s/settings", pooler->directory);
	(void)snprintf(users, sizeof(users), "%s/users", pooler->directory);
	write_file(users, "\"postgres\" \"\"\n\"reader\" \"\"\n");
	write_file(settings,
	           "[databases]\n* = host=%s\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n"
	           "unix_socket_dir = %s\nauth_type = trust\nauth_file = %s\n"
	           "admin_users = postgres\npool_mode = transaction\ndefault_pool_size = 4\n"
	           /* No client meets the same server process twice if that can be helped. */
	           "max_client_conn = 400\nserver_round_robin = 1\n",
	           cluster_directory(server), pooler->directory, users);
	task.directory = pooler->directory;
	pooler->keeper = keeper_start(&task);
	wait_until_ready(pooler);
	return pooler;
}

const char *pooler_directory(const struct pooler *pooler)
{
	return pooler->directory;
}

const char *pooler_options(const struct pooler *pooler, const char *name, const char *role)
{
	static char options[KEEPER_PATH_SIZE + 200];

	(void)snprintf(options, sizeof(options), "host=%s user=%s dbname=%s", pooler->directory,
	               role, name);
	return options;
}

void pooler_stop(struct pooler *pooler)
{
	keeper_end(pooler->keeper);
	free(pooler);
}
