/* requirements.c - what the application brings: -- inlay:requires name[, name] -- reason. */
#include "stage.h"

#include "remark.h"

#include <string.h>

static void add_names(struct arena *arena, struct requirements *requirements, size_t *capacity,
                      struct text names)
{
	struct text name;

	while (remark_next_name(&names, &name)) {
		requirements->names = arena_grow(arena, requirements->names, requirements->count,
		                                 capacity, sizeof(struct text));
		requirements->names[requirements->count++] = name;
	}
}

struct requirements requirements_read(struct arena *arena, const struct source_list *sources,
                                      enum dialect dialect)
{
	struct requirements requirements = { .count = 0 };
	size_t capacity = 0;
	size_t i, j;

	for (i = 0; i < sources->count; i++) {
		const struct source *source = &sources->items[i];
		struct remark_list remarks;

		if ((source->dialects & 1u << dialect) == 0 ||
		    strstr((const char *)source->text.start, "inlay:requires") == NULL)
			continue;
		remarks = remarks_read(arena, source, dialect);
		for (j = 0; j < remarks.count; j++)
			if (remarks.items[j].kind == REMARK_REQUIRES)
				add_names(arena, &requirements, &capacity, remarks.items[j].names);
	}
	return requirements;
}

bool requirements_have(const struct requirements *requirements, const char *name)
{
	size_t i;

	for (i = 0; i < requirements->count; i++)
		if (text_equals_caseless(requirements->names[i], text_of(name)))
			return true;
	return false;
}
