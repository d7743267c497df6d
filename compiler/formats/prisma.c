/* prisma.c - VERSION_name/migration.sql, and migration_lock.toml, which names the database. */
#include "format.h"

#include <string.h>

static const char lock_name[] = "migration_lock.toml";

static bool is_script(const char *name, const char *file)
{
	const char *slash = strchr(name, '/');

	return slash != NULL && strcmp(slash + 1, file) == 0;
}

static enum evidence recognise(const struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const char *name = reading->entries[i].source->name;

		if (strcmp(name, lock_name) == 0 || is_script(name, "migration.sql"))
			return EVIDENCE_SURE;
	}
	return EVIDENCE_NONE;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);

	if (entry->source->kind == SOURCE_DIRECTORY && strchr(name, '/') == NULL)
		entry->kind = ENTRY_BESIDE;
	if (entry->source->kind != SOURCE_FILE)
		return;
	if (strcmp(name, lock_name) == 0)
		entry->kind = ENTRY_SETTING;
	/* Prisma has no down scripts; its manual has people keep them under this name. */
	entry->says.down = is_script(name, "down.sql");
	entry->says.up = !entry->says.down;
	if (!entry->says.down && !is_script(name, "migration.sql"))
		return;
	stem.size = (size_t)(strchr(name, '/') - name);
	if (name_versioned(reading, entry, stem))
		entry->kind = ENTRY_MIGRATION;
}

static int compare(const struct entry *a, const struct entry *b)
{
	return strcmp(a->source->name, b->source->name);
}

static const struct {
	const char *provider;
	enum dialect dialect;
} providers[] = {
	{ "postgresql", DIALECT_POSTGRES },
	{ "postgres", DIALECT_POSTGRES },
	{ "cockroachdb", DIALECT_POSTGRES },
	{ "sqlite", DIALECT_SQLITE },
};

static void check_asked(struct reading *reading, const struct entry *entry, struct text line)
{
	if (reading->dialects != NULL &&
	    !(reading->dialects[reading->dialect] && !reading->dialects[1 - (int)reading->dialect]))
		entry_refuse(reading, entry, line,
		             "the migrations are for another database than --dialect says",
		             arena_format(reading->arena, "leave --dialect out: it is %s",
		                          dialect_name(reading->dialect)));
}

static void set_provider(struct reading *reading, const struct entry *entry,
                         const struct setting *setting)
{
	size_t i;

	for (i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
		if (text_equals(setting->value, text_of(providers[i].provider)))
			reading->dialect = providers[i].dialect;
	if (reading->dialect != DIALECT_COUNT) {
		check_asked(reading, entry, setting->line);
		return;
	}
	entry_refuse(reading, entry, setting->line,
	             arena_format(reading->arena, "inlay knows no database `%.*s`",
	                          (int)setting->value.size, (const char *)setting->value.start),
	             "inlay compiles for postgresql and sqlite");
	reading->dialect_known = true; /* Said, if in vain. */
}

static void read_lock(struct reading *reading, const struct entry *entry)
{
	struct text rest = entry_text(reading, entry);
	struct setting setting;

	while ((setting = setting_next(&rest)).key.start != NULL)
		if (text_equals(setting.key, text_of("provider")))
			set_provider(reading, entry, &setting);
		else
			entry_refuse(reading, entry, setting.line,
			             "Prisma does not know this setting",
			             "migration_lock.toml has one line: provider = \"postgresql\"");
}

/* Each directory has a migration. */
static void check_directory(struct reading *reading, const struct entry *entry)
{
	const char *name = arena_format(reading->arena, "%s/migration.sql", entry->source->name);

	if (entry_find(reading, name) != NULL)
		return;
	entry_refuse(reading, entry, (struct text){ NULL, 0 }, "a directory without migration.sql",
	             "add it, or move the directory away");
}

static void settle(struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const struct entry *entry = &reading->entries[i];

		if (entry->kind == ENTRY_SETTING)
			read_lock(reading, entry);
		else if (entry->source->kind == SOURCE_DIRECTORY &&
		         strchr(entry->source->name, '/') == NULL)
			check_directory(reading, entry);
	}
}

const struct format format_prisma = {
	.name = "prisma",
	.title = "Prisma",
	.shape = "20240101120000_create_accounts/migration.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.settle = settle,
	.compare = compare,
};
