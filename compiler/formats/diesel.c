/* diesel.c - VERSION_name/up.sql, down.sql and metadata.toml. */
#include "rewrite.h"

#include <string.h>

/* The directory of "dir/file", and the file; an empty directory for what lies at the top. */
static struct text directory_of(const char *name, const char **file)
{
	const char *slash = strchr(name, '/');

	*file = slash != NULL ? slash + 1 : name;
	return (struct text){ (const unsigned char *)name,
		              slash != NULL ? (size_t)(slash - name) : 0 };
}

static enum evidence recognise(const struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const char *file;

		if (directory_of(reading->entries[i].source->name, &file).size > 0 &&
		    strcmp(file, "up.sql") == 0)
			return EVIDENCE_SURE;
	}
	return EVIDENCE_NONE;
}

#define VERSION_DIGITS 18 /* 2024-01-31-120000-0001 has them all. */

/* 2024-01-31-120000_name: the version is what stands before the first '_', without dashes.  diesel
 * compares versions as text, 14 digits with 18: so they are numbers with zeros behind. */
static bool name_directory(struct reading *reading, struct entry *entry, struct text directory)
{
	char *digits = arena_format(reading->arena, "%.*s%*s", (int)directory.size,
	                            (const char *)directory.start, VERSION_DIGITS, "");
	size_t version_size = 0;
	size_t count = 0;
	struct text name;

	while (version_size < directory.size && directory.start[version_size] != '_') {
		if (digits[version_size] != '-')
			digits[count++] = digits[version_size];
		version_size++;
	}
	if (count > VERSION_DIGITS) {
		entry->why = "the version has more than 18 digits";
		return true;
	}
	if (count == 0 || strspn(digits, "0123456789") < count)
		return false;
	memset(digits + count, '0', VERSION_DIGITS - count);
	name_version((struct text){ (unsigned char *)digits, VERSION_DIGITS }, &entry->says.version,
	             entry);
	if (version_size == directory.size)
		return false;
	name = (struct text){ directory.start + version_size + 1,
		              directory.size - version_size - 1 };
	entry->says.name = name_clean(reading->arena, name, entry);
	entry->says.title = name_title(reading->arena, directory, entry);
	return true;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *file;
	struct text directory = directory_of(entry->source->name, &file);
	bool down = strcmp(file, "down.sql") == 0;

	if (entry->source->kind == SOURCE_DIRECTORY && directory.size == 0) {
		entry->kind = ENTRY_BESIDE;
		return;
	}
	if (entry->source->kind != SOURCE_FILE)
		return;
	if (directory.size == 0) {
		if (name_ends_with(file, ".rs") || strcmp(file, "diesel.toml") == 0)
			entry->kind = ENTRY_BESIDE;
		return;
	}
	if (strcmp(file, "metadata.toml") == 0) {
		entry->kind = ENTRY_SETTING;
		entry_text(reading, entry);
	}
	if (!down && strcmp(file, "up.sql") != 0)
		return;
	entry->says.down = down;
	entry->says.up = !down;
	if (name_directory(reading, entry, directory))
		entry->kind = ENTRY_MIGRATION;
}

/* ---- what is missing, and metadata.toml ------------------------------------------------------ */

static void settle(struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const struct entry *entry = &reading->entries[i];

		if (entry->source->kind == SOURCE_DIRECTORY &&
		    strchr(entry->source->name, '/') == NULL &&
		    entry_find(reading, arena_format(reading->arena, "%s/up.sql",
		                                     entry->source->name)) == NULL)
			entry_refuse(reading, entry, (struct text){ NULL, 0 },
			             "a directory without up.sql",
			             "add it, or move the directory away");
	}
}

static const char *const setting_help = "write `run_in_transaction = true` or `= false`";

/* Does metadata.toml turn the transaction off?  What diesel would pass over is an error. */
static bool runs_alone(struct rewrite *rewrite, const struct entry *metadata)
{
	struct reading *reading = rewrite->reading;
	struct text rest = metadata->source->text;
	bool seen = false;
	bool alone = false;
	struct setting setting;

	if (rest.start == NULL)
		return false;
	while ((setting = setting_next(&rest)).key.start != NULL) {
		bool known = text_equals(setting.key, text_of("run_in_transaction"));

		alone = text_equals(setting.value, text_of("false"));
		if (!known || (!alone && !text_equals(setting.value, text_of("true"))))
			entry_refuse(reading, metadata, setting.line,
			             known ? "this is neither true nor false"
			                   : "diesel does not know this setting",
			             setting_help);
		seen = true;
	}
	if (!seen)
		entry_refuse(reading, metadata, (struct text){ NULL, 0 },
		             "diesel takes an empty metadata.toml for run_in_transaction = false",
		             setting_help);
	return alone;
}

static void translate(struct rewrite *rewrite)
{
	const char *name = rewrite->entry->source->name;
	const struct entry *metadata = entry_find(
	        rewrite->reading, arena_format(rewrite->reading->arena, "%.*s/metadata.toml",
	                                       (int)strcspn(name, "/"), name));
	bool down = rewrite->entry->says.down;

	if (metadata != NULL && runs_alone(rewrite, metadata))
		rewrite_put(rewrite, (struct text){ rewrite->text.start, 0 },
		            down ? "-- migrate:down transaction:false\n"
		                 : "-- migrate:up transaction:false\n");
}

const struct format format_diesel = {
	.name = "diesel",
	.title = "diesel",
	.shape = "2024-01-31-120000_create_accounts/up.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.settle = settle,
	.translate = translate,
};
