/* set.c - read, lay out, parse, validate: the phases that need no output, in order. */
#include "set.h"

#include "assemble.h"
#include "layout.h"
#include "validate.h"

#include <string.h>

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
	workspace->sources = source_read_directory(arena, directory, problems);
	problems->file_count = workspace->sources.count;
	lock_file_read(arena, directory, &workspace->lock, problems);
	lock_file_dialects(&workspace->lock, set->dialects);
	if (dialects != NULL)
		memcpy(set->dialects, dialects, sizeof(set->dialects));
	layout_read(arena, &workspace->sources, set, problems);
	lock_file_number(&workspace->lock, set);
	assemble_set(arena, set, problems);
	validate_set(set, problems);
}

void set_clear(struct workspace *workspace)
{
	arena_clear(&workspace->arena);
}
