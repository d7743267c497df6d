/* golang_migrate.c - N_title.up.sql and N_title.down.sql, which say nothing but SQL. */
#include "format.h"

#include <string.h>

/* Takes ".up.EXTENSION" or ".down.EXTENSION" off: the first of them decides, as in the tool. */
static const char *take_direction(struct text *stem, bool *down)
{
	size_t i;

	for (i = stem->size; i-- > 0;) {
		struct text rest = { stem->start + i, stem->size - i };

		*down = text_starts_with(rest, ".down.");
		if (!*down && !text_starts_with(rest, ".up."))
			continue;
		stem->size = i;
		return (const char *)rest.start + (*down ? 6 : 4);
	}
	return NULL;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);
	const char *extension;

	if (entry->source->kind != SOURCE_FILE || strchr(name, '/') != NULL)
		return;
	if (strcmp(name, "atlas.sum") == 0 || name_ends_with(name, ".go"))
		entry->kind = ENTRY_BESIDE;
	extension = take_direction(&stem, &entry->says.down);
	entry->says.up = !entry->says.down;
	if (extension == NULL || !name_versioned(reading, entry, stem))
		return;
	entry->kind = ENTRY_MIGRATION;
	/* The tool pairs by number alone. */
	entry->says.any_name = entry->says.down;
	if (strcmp(extension, "sql") == 0)
		return;
	entry->why = "golang-migrate takes any extension here; inlay reads SQL only";
	entry->help = "name it .sql if it is SQL for PostgreSQL or SQLite, or move it out of the "
	              "directory";
}

const struct format format_golang_migrate = {
	.name = "golang-migrate",
	.title = "golang-migrate",
	.shape = "000001_create_accounts.up.sql",
	.name_entry = name_entry,
};
