/* import.c - `inlay import`: another tool's migrations as native files, and the proof that
 * they say the same. */
#include "commands.h"

#include "assemble.h"
#include "checksum.h"
#include "directive.h"
#include "formats/format.h"
#include "image.h"
#include "output.h"
#include "report.h"
#include "set.h"
#include "validate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The files to write: each one's `written` is what it is made of. */
struct import {
	struct workspace *workspace;
	struct source_list files;
};

/* ---- names and texts ------------------------------------------------------------------------- */

/* "001_create_accounts": with the digits as the tool has them, if they are the version. */
static const char *stem_of(struct arena *arena, const struct migration *migration)
{
	size_t digits = strspn(migration->title, "0123456789");
	struct entry entry = { .why = NULL };
	int64_t version;

	if (migration->repeatable)
		return migration->title;
	name_version(text_of(migration->title), &version, &entry);
	if (digits == 0 || entry.why != NULL || version != migration->version)
		return arena_format(arena, "%lld_%s", (long long)migration->version,
		                    migration->name);
	return arena_format(arena, "%.*s_%s", (int)digits, migration->title, migration->name);
}

/* What was prose to the tool, or has been obeyed, must not be an order to inlay. */
static struct text as_prose(struct arena *arena, struct text text, enum dialect dialect)
{
	struct buffer out = { 0 };
	const unsigned char *copied = text.start;
	struct lexer lexer;
	struct token token;
	unsigned char *bytes;

	lexer_init(&lexer, dialect, text);
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		if (token.kind != TOKEN_COMMENT || token.text.start[0] != '-' ||
		    directive_tool(token.text) == NULL)
			continue;
		buffer_bytes(&out, copied, (size_t)(token.text.start + 2 - copied));
		buffer_string(&out, " was");
		copied = token.text.start + 2;
	}
	buffer_bytes(&out, copied, (size_t)(text.start + text.size - copied));
	bytes = arena_allocate(arena, out.size + 1);
	if (out.size > 0)
		memcpy(bytes, out.start, out.size);
	text = (struct text){ bytes, out.size };
	buffer_clear(&out);
	return text;
}

static void add_file(struct import *import, const struct migration *migration,
                     const struct source *source, const char *end)
{
	struct arena *arena = &import->workspace->arena;
	enum dialect dialect = import->workspace->set.dialects[DIALECT_POSTGRES] ? DIALECT_POSTGRES
	                                                                         : DIALECT_SQLITE;
	struct source *file = &import->files.items[import->files.count++];

	file->name = arena_format(arena, "%s%s", stem_of(arena, migration), end);
	file->path = file->name;
	file->text = as_prose(arena, source->text, dialect);
	file->written = source;
}

static void add_migration(struct import *import, const struct migration *migration)
{
	const bool *dialects = import->workspace->set.dialects;
	const struct source *const *files =
	        migration->files[dialects[DIALECT_POSTGRES] ? DIALECT_POSTGRES : DIALECT_SQLITE];

	add_file(import, migration, files[0], files[1] != NULL ? ".up.sql" : ".sql");
	if (files[1] != NULL)
		add_file(import, migration, files[1], ".down.sql");
}

static void plan(struct import *import)
{
	const struct migration_set *set = &import->workspace->set;
	size_t i;

	import->files.items = arena_array(&import->workspace->arena, struct source,
	                                  2 * set->count + set->repeatable_count + 1);
	for (i = 0; i < set->count; i++)
		add_migration(import, &set->items[i]);
	for (i = 0; i < set->repeatable_count; i++)
		add_migration(import, &set->repeatables[i]);
}

/* ---- the proof ------------------------------------------------------------------------------- */

static bool same_script(const struct script *a, const struct script *b)
{
	return (a->source != NULL) == (b->source != NULL) && a->count == b->count &&
	       digest_equals(&a->checksum, &b->checksum);
}

static bool same_migration(const struct migration *a, const struct migration *b)
{
	int dialect;

	if (a->version != b->version || strcmp(a->name, b->name) != 0)
		return false;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (!same_script(&a->variants[dialect].up, &b->variants[dialect].up) ||
		    !same_script(&a->variants[dialect].down, &b->variants[dialect].down))
			return false;
	return true;
}

/* The first migration that is not the same in both, or NULL. */
static const struct migration *find_difference(const struct migration_set *a,
                                               const struct migration_set *b)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (i >= b->count || !same_migration(&a->items[i], &b->items[i]))
			return &a->items[i];
	for (i = 0; i < a->repeatable_count; i++)
		if (i >= b->repeatable_count ||
		    !same_migration(&a->repeatables[i], &b->repeatables[i]))
			return &a->repeatables[i];
	if (b->count > a->count)
		return &b->items[a->count];
	return b->repeatable_count > a->repeatable_count ? &b->repeatables[a->repeatable_count]
	                                                 : NULL;
}

static bool complain(const struct migration *migration)
{
	fprintf(stderr,
	        "inlay import: %s would not say the same as an inlay migration\n"
	        "    help: this is a mistake in inlay; please report it\n",
	        migration->title);
	return false;
}

/* Reads what is to be written as inlay would, before anything is. */
static bool prove(const struct import *import)
{
	struct workspace *workspace = import->workspace;
	struct arena *arena = &workspace->arena;
	struct source_list files = { .items = arena_array(arena, struct source,
		                                          import->files.count + 1),
		                     .count = import->files.count };
	struct diagnostics problems = { .arena = arena };
	struct migration_set set = { .directory = workspace->set.directory };
	const struct migration *different;
	size_t i;

	for (i = 0; i < files.count; i++)
		files.items[i] = (struct source){ .path = import->files.items[i].name,
			                          .name = import->files.items[i].name,
			                          .text = import->files.items[i].text };
	memcpy(set.dialects, workspace->set.dialects, sizeof(set.dialects));
	layout_read(arena, &files, &set, &problems);
	assemble_set(arena, &set, &problems);
	validate_set(&set, &problems);
	for (i = 0; i < set.repeatable_count && i < workspace->set.repeatable_count; i++)
		set.repeatables[i].version = workspace->set.repeatables[i].version;
	if (problems.error_count > 0) {
		report_problems(&problems, &(struct options){ .quiet = true });
		return false;
	}
	different = find_difference(&workspace->set, &set);
	return different == NULL || complain(different);
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum exit_code write_file(const char *directory, const char *name, struct text text,
                                 struct arena *arena)
{
	const char *path = arena_format(arena, "%s/%s", directory, name);

	return output_write(path, text) == OUTPUT_FAILED ? report_unwritten(path) : EXIT_DONE;
}

static enum exit_code write_files(const struct import *import, const struct options *options)
{
	struct workspace *workspace = import->workspace;
	struct arena *arena = &workspace->arena;
	enum exit_code code = EXIT_DONE;
	size_t i;

	if (!output_make_directory(options->output)) {
		if (errno != ENOTEMPTY)
			return report_unwritten(options->output);
		fprintf(stderr,
		        "inlay import: %s is not empty\n    help: name a directory that is, or "
		        "that is not there yet; nothing is overwritten\n",
		        options->output);
		return EXIT_NO_OUTPUT;
	}
	for (i = 0; i < import->files.count && code == EXIT_DONE; i++) {
		const struct source *file = &import->files.items[i];

		code = write_file(options->output, file->name, file->text, arena);
		if (code == EXIT_DONE && !options->quiet)
			printf("%s -> %s\n", file->written->name, file->name);
	}
	/* It lists versions, names and checksums, and those have stayed. */
	if (code == EXIT_DONE && workspace->lock.source != NULL)
		code = write_file(options->output, "inlay.lock", workspace->lock.source->text,
		                  arena);
	return code;
}

/* Reads back what was written. */
static enum exit_code verify(const struct import *import, const struct options *options)
{
	const struct migration_set *set = &import->workspace->set;
	struct options native = { .operand = options->output, .layout = "inlay", .quiet = true };
	struct buffer counts = { 0 };
	const struct migration *different;
	struct workspace written;
	enum exit_code code;

	set_read(&written, &native, set->dialects);
	code = report_problems(&written.problems, &native);
	different = find_difference(set, &written.set);
	if (code == EXIT_DONE && different != NULL) {
		complain(different);
		code = EXIT_FAILED;
	}
	set_clear(&written);
	if (code != EXIT_DONE || options->quiet)
		return code;
	image_write_counts(&counts, set->count, set->repeatable_count);
	printf("%s: %.*s; every checksum is as it was\n", options->output, (int)counts.size,
	       (const char *)counts.start);
	buffer_clear(&counts);
	return code;
}

static enum exit_code import_set(struct workspace *workspace, const struct options *options)
{
	struct import import = { .workspace = workspace };
	enum exit_code code = report_problems(&workspace->problems, options);

	if (code != EXIT_DONE)
		return code;
	if (format_is_native(workspace->format)) {
		fprintf(stderr,
		        "inlay import: %s is in inlay's layout already\n    help: --layout TOOL, "
		        "if it is a tool's whose files look the same (dbmate, golang-migrate, "
		        "sqlx)\n",
		        options->operand);
		return EXIT_USAGE;
	}
	plan(&import);
	if (!prove(&import))
		return EXIT_INVALID;
	code = write_files(&import, options);
	return code == EXIT_DONE ? verify(&import, options) : code;
}

enum exit_code command_import(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	enum exit_code code;

	if (options->output == NULL) {
		fputs("inlay import: where to?\n    help: -o DIR names the directory to write\n",
		      stderr);
		return EXIT_USAGE;
	}
	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	set_read(&workspace, options, options->dialect != NULL ? dialects : NULL);
	code = import_set(&workspace, options);
	set_clear(&workspace);
	return code;
}
