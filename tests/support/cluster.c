/* cluster.c - initdb or pg_basebackup, and a keeper for what they made. */
#include "cluster.h"

#include "keeper.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE     KEEPER_PATH_SIZE
#define VERSIONS_PATH "/usr/lib/postgresql"

/* A word of a command line. */
#define WORD(text)                                                                                 \
	(char[])                                                                                   \
	{                                                                                          \
		text                                                                               \
	}

struct cluster {
	struct keeper *keeper;
	char directory[PATH_SIZE]; /* Data, socket and log. */
	char data[PATH_SIZE];
	bool is_durable;
};

static void format(char *buffer, const char *first, const char *second, const char *third)
{
	int size = snprintf(buffer, PATH_SIZE, "%s%s%s", first, second, third);

	if (size < 0 || size >= PATH_SIZE)
		abort();
}

/* --- Finding the programs --- */

/* Some put single ones of them elsewhere: a directory counts that has all. */
static bool has_programs(const char *directory)
{
	static const char *const programs[] = { "initdb", "postgres", "pg_basebackup" };
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		format(path, directory, "/", programs[i]);
		if (access(path, X_OK) != 0)
			return false;
	}
	return true;
}

/* Debian keeps each version's programs in a directory of its own: the highest one. */
static bool find_in_versions(char *found)
{
	long highest = -1;
	struct dirent *entry;
	DIR *directory = opendir(VERSIONS_PATH);

	if (directory == NULL)
		return false;
	while ((entry = readdir(directory)) != NULL) {
		char candidate[PATH_SIZE];
		long version = strtol(entry->d_name, NULL, 10);

		if (version <= highest || strlen(entry->d_name) > 20)
			continue;
		format(candidate, VERSIONS_PATH "/", entry->d_name, "/bin");
		if (has_programs(candidate)) {
			highest = version;
			memcpy(found, candidate, PATH_SIZE);
		}
	}
	(void)closedir(directory);
	return highest >= 0;
}

static bool find_in_path(char *found)
{
	const char *const elsewhere[] = { NULL };

	if (!keeper_find(found, "initdb", elsewhere))
		return false;
	*strrchr(found, '/') = '\0';
	return has_programs(found);
}

static bool find_by_pg_config(char *found)
{
	FILE *output = popen("pg_config --bindir 2>/dev/null", "r");
	bool read = output != NULL && fgets(found, PATH_SIZE, output) != NULL;

	if (output != NULL)
		(void)pclose(output);
	if (read)
		found[strcspn(found, "\n")] = '\0';
	return read && has_programs(found);
}

/* The path of one of the server's programs. */
static bool find_program(char *path, const char *program)
{
	static char binaries[PATH_SIZE];

	if (binaries[0] == '\0' && !find_in_path(binaries) && !find_by_pg_config(binaries) &&
	    !find_in_versions(binaries)) {
		binaries[0] = '\0';
		return false;
	}
	format(path, binaries, "/", program);
	return true;
}

/* --- Making and starting --- */

static void init_data(struct cluster *cluster)
{
	char initdb[PATH_SIZE];
	char *arguments[] = { initdb,
		              WORD("--no-sync"),
		              WORD("--auth=trust"),
		              WORD("--username=postgres"),
		              WORD("--no-locale"),
		              WORD("--encoding=UTF8"),
		              cluster->data,
		              NULL };

	if (!find_program(initdb, "initdb") || !keeper_run(arguments, cluster->directory)) {
		(void)fprintf(stderr, "initdb failed: see %s/log\n", cluster->directory);
		abort();
	}
}

static void copy_data(struct cluster *cluster, const struct cluster *primary)
{
	char basebackup[PATH_SIZE];
	char host[PATH_SIZE];
	char *arguments[] = { basebackup,
		              WORD("-R"),
		              WORD("--no-sync"),
		              WORD("--checkpoint=fast"),
		              WORD("--username=postgres"),
		              WORD("-h"),
		              host,
		              WORD("-D"),
		              cluster->data,
		              NULL };

	format(host, primary->directory, "", "");
	if (!find_program(basebackup, "pg_basebackup") ||
	    !keeper_run(arguments, cluster->directory)) {
		(void)fprintf(stderr, "pg_basebackup failed: see %s/log\n", cluster->directory);
		abort();
	}
}

static void wait_until_ready(const struct cluster *cluster)
{
	const struct timespec pause = { 0, 10000000 };

	for (int i = 0; i < 6000; i++) {
		if (PQping(cluster_options(cluster, "postgres", "postgres")) == PQPING_OK)
			return;
		(void)nanosleep(&pause, NULL);
	}
	(void)fprintf(stderr, "the server does not start: see %s/log\n", cluster->directory);
	abort();
}

/*
 * Without fsync(): what a process wrote survives its crash all the same, and none of the tests
 * crashes the machine.  What a commit means to other sessions, and to recovery, stays.
 */
static void start(struct cluster *cluster)
{
	char postgres[PATH_SIZE];
	char *arguments[] = { postgres,
		              WORD("-D"),
		              cluster->data,
		              WORD("-k"),
		              cluster->directory,
		              WORD("-h"),
		              WORD(""),
		              WORD("-c"),
		              cluster->is_durable ? WORD("fsync=on") : WORD("fsync=off"),
		              WORD("-N"),
		              WORD("300"),
		              WORD("-c"),
		              WORD("shared_buffers=16MB"),
		              WORD("-c"),
		              WORD("autovacuum=off"),
		              NULL };
	struct keeper_task task = { arguments, cluster->directory, SIGQUIT };

	if (!find_program(postgres, "postgres"))
		abort();
	cluster->keeper = keeper_start(&task);
	wait_until_ready(cluster);
}

static struct cluster *create(const struct cluster *primary, bool is_durable)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	char path[PATH_SIZE];

	if (cluster == NULL)
		abort();
	if (!find_program(path, "initdb")) {
		free(cluster);
		return NULL;
	}
	if (!keeper_make_directory(cluster->directory, "postgres"))
		abort();
	format(cluster->data, cluster->directory, "/", "data");
	cluster->is_durable = is_durable;
	if (primary == NULL)
		init_data(cluster);
	else
		copy_data(cluster, primary);
	start(cluster);
	return cluster;
}

struct cluster *cluster_create(void)
{
	return create(NULL, false);
}

struct cluster *cluster_create_durable(void)
{
	return create(NULL, true);
}

struct cluster *cluster_create_standby(const struct cluster *primary)
{
	return create(primary, false);
}

void cluster_crash(struct cluster *cluster)
{
	keeper_halt(cluster->keeper);
}

void cluster_restart(struct cluster *cluster)
{
	keeper_resume(cluster->keeper);
	wait_until_ready(cluster);
}

void cluster_destroy(struct cluster *cluster)
{
	keeper_end(cluster->keeper);
	free(cluster);
}

/* --- Reaching it --- */

const char *cluster_directory(const struct cluster *cluster)
{
	return cluster->directory;
}

const char *cluster_options(const struct cluster *cluster, const char *name, const char *role)
{
	static char options[PATH_SIZE + 200];

	(void)snprintf(options, sizeof(options), "host=%s user=%s dbname=%s", cluster->directory,
	               role, name);
	return options;
}

PGconn *cluster_connect(const struct cluster *cluster, const char *name, const char *role)
{
	PGconn *connection = PQconnectdb(cluster_options(cluster, name, role));

	if (PQstatus(connection) == CONNECTION_OK)
		return connection;
	(void)fprintf(stderr, "%s", PQerrorMessage(connection));
	PQfinish(connection);
	return NULL;
}
