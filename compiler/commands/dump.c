/* dump.c - `inlay dump`: a schema that git can compare. */
#include "commands.h"

#include "catalog/catalog.h"
#include "layout.h"
#include "live/live.h"
#include "live/pg_dump.h"
#include "output.h"
#include "report.h"
#include "verify/recorded.h"
#include "verify/scratch.h"

#include <stdio.h>
#include <string.h>

#define HEADING "-- The schema of the database, as %s tells it: by %s.\n"

static enum exit_code fail(const struct live *live)
{
	return live_fail(live, NULL, "%s: %s", live->address.shown, live->words);
}

/* --- Ours --- */

/* Is it in that schema of PostgreSQL's?  What is on a table is where the table is. */
static bool is_inside(const struct catalog_object *object, const char *schema)
{
	const char *name = catalog_place(object);
	size_t size = strlen(schema);

	if (object->kind == CATALOG_SCHEMA)
		return strcmp(name, schema) == 0;
	if (object->kind == CATALOG_EXTENSION)
		return false; /* They are the database's. */
	if (strcmp(schema, "public") == 0)
		return strcspn(name, ".") >= strcspn(name, "(");
	return strncmp(name, schema, size) == 0 && name[size] == '.';
}

/* Only what is in that schema, if one is named. */
static const struct catalog *narrow(struct arena *arena, const struct catalog *catalog,
                                    const char *schema)
{
	struct catalog_builder builder = { .arena = arena };
	size_t i;

	if (schema == NULL)
		return catalog;
	for (i = 0; i < catalog->count; i++)
		if (is_inside(catalog->items[i], schema))
			catalog_add(&builder, catalog->items[i]);
	return catalog_finish(&builder);
}

/* All of it in one transaction, so that it is the schema of one moment. */
static enum exit_code write_ours(struct live *live, struct buffer *out)
{
	enum dialect dialect = live->sqlite != NULL ? DIALECT_SQLITE : DIALECT_POSTGRES;
	const struct catalog *catalog;

	if (!recorded_begin(live))
		return fail(live);
	catalog = scratch_look(live);
	if (catalog == NULL)
		return live_fail(live, NULL, "%s: the schema can not be read: %s",
		                 live->address.shown, live->words);
	recorded_end(live);
	catalog = narrow(live->arena, catalog, live->settings.schema);
	buffer_format(out, HEADING, dialect_title(dialect), "`inlay`");
	catalog_write_sql(catalog, dialect, out);
	return EXIT_DONE;
}

/* --- PostgreSQL --- */

static void count_row(void *context, const char *const *columns, int column_count)
{
	size_t *count = context;

	(void)columns;
	(void)column_count;
	(*count)++;
}

static enum exit_code find_schema(struct live *live)
{
	size_t count = 0;
	struct live_query query = {
		.sql = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1",
		.parameters = &live->settings.schema,
		.parameter_count = 1,
		.row = count_row,
		.context = &count,
	};

	if (live->settings.schema == NULL)
		return EXIT_DONE;
	if (!live_query(live, &query))
		return fail(live);
	if (count == 0)
		return live_fail(live, NULL, "%s has no schema %s", live->address.shown,
		                 live->settings.schema);
	return EXIT_DONE;
}

static enum exit_code write_theirs(struct live *live, const struct pg_dump *dump,
                                   struct buffer *out)
{
	const char *problem;

	buffer_format(out, HEADING "\n", "PostgreSQL", "`pg_dump`");
	problem = pg_dump_run(live, dump, out);
	if (problem == NULL)
		return EXIT_DONE;
	return live_fail(live, "PG_DUMP= lets inlay write the schema by itself", "%s: %s",
	                 live->address.shown, problem);
}

static enum exit_code write_postgres(struct live *live, struct buffer *out)
{
	struct pg_dump dump;
	enum exit_code code = find_schema(live);

	if (code != EXIT_DONE)
		return code;
	dump = pg_dump_find(live);
	if (dump.is_there)
		return write_theirs(live, &dump, out);
	if (dump.problem != NULL && dump.is_named)
		return live_fail(live,
		                 "PG_DUMP names a newer one; PG_DUMP= lets inlay write the schema "
		                 "by itself",
		                 "%s", dump.problem);
	if (dump.problem != NULL && !live->is_quiet)
		fprintf(stderr, "inlay dump: note: %s; the schema is written by inlay\n",
		        dump.problem);
	return write_ours(live, out);
}

/* --- The command --- */

static enum exit_code put(const struct options *options, struct buffer *out)
{
	const char *path = options->output;
	struct text text = buffer_contents(out);
	enum output_result result;

	if (path == NULL) {
		buffer_print(out, stdout); /* main() looks how that went. */
		return EXIT_DONE;
	}
	if (options->check) {
		if (!output_differs(path, text))
			return EXIT_DONE;
		if (!options->quiet)
			fprintf(stderr,
			        "%s: is not the schema of the database\n    help: run `inlay dump` "
			        "again, without --check\n",
			        path);
		return EXIT_FINDINGS;
	}
	result = output_write(path, text);
	if (result == OUTPUT_FAILED)
		return report_unwritten(path);
	if (!options->quiet)
		printf("%s: %s\n", path, result == OUTPUT_UNCHANGED ? "up to date" : "written");
	return EXIT_DONE;
}

enum exit_code command_dump(const struct options *options)
{
	struct arena arena = { 0 };
	struct buffer out = { 0 };
	struct live live;
	enum exit_code code;

	if (options->check && options->output == NULL)
		return options_complain("dump", "only with -o there is a file for", "--check");
	code = live_open(&live, "dump", options, LIVE_READ, &arena);
	if (code == EXIT_DONE && live.sqlite != NULL && options->schema != NULL)
		code = options_complain("dump", "only PostgreSQL has schemas for", "--schema");
	if (code == EXIT_DONE)
		code = live.sqlite != NULL ? write_ours(&live, &out) : write_postgres(&live, &out);
	live_close(&live);
	if (code == EXIT_DONE)
		code = put(options, &out);
	buffer_clear(&out);
	arena_clear(&arena);
	return code;
}
