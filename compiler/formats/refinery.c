/* refinery.c - V1__name.sql, U2__name.sql: U may come late, which is the application's to allow. */
#include "format.h"

#include <string.h>

/* V or U, digits, "__", a name. */
static bool is_name(const char *name, const char *end)
{
	size_t digits;

	name = source_base_name(name);
	if ((*name != 'V' && *name != 'U') || !name_ends_with(name, end))
		return false;
	digits = strspn(name + 1, "0123456789");
	return digits > 0 && strncmp(name + 1 + digits, "__", 2) == 0;
}

static enum evidence recognise(const struct reading *reading)
{
	enum evidence evidence = EVIDENCE_NONE;
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const char *name = reading->entries[i].source->name;

		if (is_name(name, ".rs"))
			return EVIDENCE_SURE;
		if (is_name(name, ".sql"))
			evidence = EVIDENCE_SHARED;
	}
	return evidence;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = source_base_name(entry->source->name);
	struct text stem = text_of(name);
	size_t digits;

	if (entry->source->kind == SOURCE_DIRECTORY)
		entry->kind = ENTRY_BESIDE; /* It is read with all that is below. */
	if (entry->source->kind != SOURCE_FILE)
		return;
	if (name_ends_with(name, ".rs")) {
		entry->kind = ENTRY_BESIDE;
		if (is_name(name, ".rs"))
			entry_refuse(reading, entry, (struct text){ NULL, 0 },
			             "a migration in Rust can not be compiled in",
			             "write V1__name.sql with `-- migrate:call function` in its "
			             "place: the application's C function gets the connection");
		return;
	}
	if (!is_name(name, ".sql"))
		return;
	entry->kind = ENTRY_MIGRATION;
	stem.size -= 4;
	entry->says.title = name_title(reading->arena, stem, entry);
	stem.start++;
	stem.size--;
	digits = name_version(stem, &entry->says.version, entry);
	stem.start += digits + 2;
	stem.size -= digits + 2;
	entry->says.name = name_clean(reading->arena, stem, entry);
}

static const char *const build_files[] = { "Cargo.toml", NULL };

const struct format format_refinery = {
	.name = "refinery",
	.title = "refinery",
	.shape = "V1__create_accounts.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.build_files = build_files,
};
