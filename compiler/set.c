/* set.c - read, lay out, parse, validate: the phases that need no output, in order. */
#include "set.h"

#include "assemble.h"
#include "formats/format.h"
#include "validate.h"

#include <string.h>

/* Whose it is, and what it has. */
static void read_directory(struct workspace *workspace, const struct options *options,
                           const bool *dialects)
{
	struct reading reading = {
		.arena = &workspace->arena,
		.problems = &workspace->problems,
		.directory = options->operand,
		.placeholders = options->placeholders,
		.placeholder_count = options->placeholder_count,
		.dialects = dialects,
		.dialect_known = dialects != NULL || workspace->lock.dialects[DIALECT_SQLITE] ||
		                 workspace->lock.dialects[DIALECT_POSTGRES],
	};

	workspace->sources = format_read(&reading, options->layout, &workspace->beside);
	workspace->format = reading.format;
	if (reading.format == NULL)
		workspace->lock.damaged = true; /* There is nothing to hold it against. */
	if (dialects == NULL && reading.dialect != DIALECT_COUNT) {
		memset(workspace->set.dialects, 0, sizeof(workspace->set.dialects));
		workspace->set.dialects[reading.dialect] = true;
	}
}

void set_read(struct workspace *workspace, const struct options *options, const bool *dialects)
{
	const char *directory = options->operand;
	struct arena *arena = &workspace->arena;
	struct diagnostics *problems = &workspace->problems;
	struct migration_set *set = &workspace->set;

	*workspace = (struct workspace){
		.problems = { .arena = arena, .style = options->style, .strict = options->strict }
	};
	set->directory = directory;
	lock_file_read(arena, directory, &workspace->lock, problems);
	lock_file_dialects(&workspace->lock, set->dialects);
	if (dialects != NULL)
		memcpy(set->dialects, dialects, sizeof(set->dialects));
	read_directory(workspace, options, dialects);
	problems->file_count = workspace->sources.count;
	layout_read(arena, &workspace->sources, set, problems);
	lock_file_number(&workspace->lock, set);
	assemble_set(arena, set, problems);
	validate_set(set, problems);
}

void set_clear(struct workspace *workspace)
{
	arena_clear(&workspace->arena);
}
