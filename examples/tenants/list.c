/* list.c - tenants out of a directory, or out of PostgreSQL's catalog. */
#define _POSIX_C_SOURCE 200809L

#include "list.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "memory is out\n";

/* Room for `count` more. */
static int list_grow(struct list *list, size_t count)
{
	size_t size = (list->count + count) * sizeof(*list->targets);
	struct inlay_target *targets = realloc(list->targets, size);

	if (targets == NULL) {
		fputs(no_memory, stderr);
		return 0;
	}
	list->targets = targets;
	return 1;
}

static char *join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL)
		snprintf(path, size, "%s/%s", directory, name);
	else
		fputs(no_memory, stderr);
	return path;
}

static int is_database(const struct dirent *entry)
{
	return fnmatch("*.db", entry->d_name, 0) == 0;
}

int list_files(struct list *list, const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_database, alphasort);
	int ok;

	if (count < 0) {
		fprintf(stderr, "%s: %s\n", directory, strerror(errno));
		return 0;
	}
	ok = count == 0 || list_grow(list, (size_t)count);
	for (int i = 0; i < count; i++) {
		char *path = ok ? join(directory, entries[i]->d_name) : NULL;

		ok = path != NULL;
		if (ok)
			list->targets[list->count++] = inlay_target_init(path);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static const char schemas_query[] =
        "SELECT nspname FROM pg_namespace"
        " WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
        " ORDER BY nspname COLLATE \"C\"";

static int add_schemas(struct list *list, const PGresult *result, const char *url,
                       const char *pattern)
{
	int count = PQntuples(result);

	if (count > 0 && !list_grow(list, (size_t)count))
		return 0;
	for (int i = 0; i < count; i++) {
		const char *name = PQgetvalue(result, i, 0);
		char *copy;

		if (fnmatch(pattern, name, 0) != 0)
			continue;
		copy = join("", name);
		if (copy == NULL)
			return 0;
		list->targets[list->count] = inlay_target_init(url);
		list->targets[list->count++].schema = copy + 1; /* Behind the "/". */
	}
	return 1;
}

int list_schemas(struct list *list, const char *url, const char *pattern)
{
	PGconn *connection = PQconnectdb(url);
	PGresult *result = NULL;
	int ok = 0;

	if (PQstatus(connection) == CONNECTION_OK) /* PQexec() would say less of why not. */
		result = PQexec(connection, schemas_query);
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		ok = add_schemas(list, result, url, pattern);
	else
		fputs(PQerrorMessage(connection), stderr);
	PQclear(result);
	PQfinish(connection);
	return ok;
}

void list_free(struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct inlay_target *target = &list->targets[i];

		free(target->schema != NULL ? (char *)target->schema - 1
		                            : (char *)target->database);
	}
	free(list->targets);
}
