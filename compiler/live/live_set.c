/* live_set.c - a set for one call of the runtime. */
#include "live_set.h"

#include "image.h"
#include "inspect/choose.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

/* The application's function is in the application. */
static int refuse(struct inlay_call *call)
{
	snprintf(call->message, sizeof(call->message),
	         "it is a function of the application, which has to apply this migration itself");
	return 1;
}

static inlay_function *const *stand_ins(struct arena *arena, size_t count)
{
	inlay_function **functions = arena_array(arena, inlay_function *, count + 1);
	size_t i;

	for (i = 0; i < count; i++)
		functions[i] = refuse;
	return functions;
}

static void fill(struct live_set *set, struct arena *arena, const struct inlay_image *image,
                 size_t function_count)
{
	set->set = (struct inlay_set){
		.abi = INLAY_ABI,
		.function_count = (uint32_t)function_count,
		.image = image,
		.functions = stand_ins(arena, function_count),
	};
}

/* --- A directory --- */

static enum exit_code read_directory(struct live_set *set, const struct options *options,
                                     enum dialect dialect)
{
	bool dialects[DIALECT_COUNT] = { false };
	struct workspace *workspace = memory_resize(NULL, sizeof(*workspace));
	struct options reading = *options;
	enum exit_code code;
	struct image image;

	reading.operand = options->directory != NULL ? options->directory : "migrations";
	reading.quiet = !options->verbose;
	reading.format = FORMAT_TEXT;
	dialects[dialect] = true;
	set_read(workspace, &reading, dialects);
	set->workspace = workspace;
	lock_file_check(&workspace->arena, &workspace->lock, &workspace->set, &workspace->problems);
	if (workspace->problems.error_count == 0 &&
	    image_build(&workspace->arena, &workspace->set, "migrations", &image,
	                &workspace->problems))
		fill(set, &workspace->arena,
		     (const struct inlay_image *)(const void *)image_bytes(&workspace->arena,
		                                                           &image)
		             .start,
		     image.function_count);
	code = report_problems(&workspace->problems, &reading);
	return code;
}

/* --- A program --- */

static enum exit_code read_program(struct live_set *set, const char *command,
                                   const struct options *options, enum dialect dialect)
{
	struct inspect_choice choice = inspect_choose(&set->arena, options->from, options->set);

	if (choice.code == EXIT_DONE &&
	    !inspect_carries(choice.found.image, (enum inlay_dialect)dialect))
		choice = inspect_lacks(&set->arena, choice.found.image, dialect);
	if (choice.code != EXIT_DONE)
		return inspect_refuse(command, options->from, &choice);
	set->image = choice.found;
	fill(set, &set->arena, choice.found.image, choice.found.function_count);
	return EXIT_DONE;
}

/* --- Either --- */

static const char *superfluous(const struct options *options)
{
	if (options->directory != NULL)
		return "--dir";
	if (options->layout != NULL)
		return "--layout";
	return options->placeholder_count > 0 ? "--placeholder" : NULL;
}

enum exit_code live_set_read(struct live_set *set, const char *command,
                             const struct options *options, enum dialect dialect)
{
	*set = (struct live_set){ .workspace = NULL };
	if (options->from == NULL && options->set != NULL)
		return options_complain(command, "only with --from there is a choice for", "--set");
	if (options->from == NULL)
		return read_directory(set, options, dialect);
	if (superfluous(options) != NULL)
		return options_complain(command, "--from leaves nothing to do for",
		                        superfluous(options));
	return read_program(set, command, options, dialect);
}

const char *live_set_function(const struct live_set *set, int64_t version, enum dialect dialect)
{
	const struct inlay_image *image = set->set.image;
	const struct inlay_image_dialect *tables = &image->dialects[dialect];
	const struct inlay_image_migration *migrations =
	        inspect_migrations(image, (enum inlay_dialect)dialect);
	const struct inlay_image_statement *statements =
	        inspect_statements(image, (enum inlay_dialect)dialect);
	uint32_t i, j;

	for (i = 0; i < tables->migration_count && migrations[i].version != version; i++)
		;
	for (j = 0; i < tables->migration_count && j < migrations[i].up_count; j++) {
		const struct inlay_image_statement *statement = &statements[migrations[i].up + j];

		if ((statement->flags & INLAY_STATEMENT_CALL) != 0)
			return inspect_text(image, statement->text);
	}
	return NULL;
}

void live_set_clear(struct live_set *set)
{
	if (set->workspace != NULL)
		set_clear(set->workspace);
	free(set->workspace);
	set->workspace = NULL;
	arena_clear(&set->arena);
}
