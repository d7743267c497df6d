/* live_set.c - a set for one call of the runtime. */
#include "live_set.h"

#include "image.h"
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

enum exit_code live_set_read(struct live_set *set, const char *command,
                             const struct options *options, enum dialect dialect)
{
	*set = (struct live_set){ .workspace = NULL };
	if (options->from != NULL && options->directory != NULL)
		return options_complain(command, "--from leaves nothing to do for", "--dir");
	return read_directory(set, options, dialect);
}

void live_set_clear(struct live_set *set)
{
	if (set->workspace != NULL)
		set_clear(set->workspace);
	free(set->workspace);
	set->workspace = NULL;
}
