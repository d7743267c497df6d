/* match.c - which migration of ours a row of theirs is: by version, by what their file would be
 * called, or by name. */
#include "adopt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- By version --- */

static const struct migration *find_version(const struct migration_set *set, int64_t version)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].version == version)
			return &set->items[i];
	return NULL;
}

static bool read_number(const char *key, int64_t *number)
{
	struct entry entry = { .why = NULL };
	struct text text = text_of(key);

	return text.size > 0 && name_version(text, number, &entry) == text.size &&
	       entry.why == NULL;
}

/* The version that the tool's format reads from the name of a file with that key. */
static bool read_file_name(struct arena *arena, const struct adopt_tool *tool, const char *key,
                           int64_t *version)
{
	const char *end = strchr(tool->file_name, '@');
	struct source source = { .name = arena_format(arena, "%.*s%s%s",
		                                      (int)(end - tool->file_name), tool->file_name,
		                                      key, end + 1) };
	struct entry entry = { .source = &source };
	struct reading reading = {
		.arena = arena, .format = tool->format, .entries = &entry, .count = 1
	};

	tool->format->name_entry(&reading, &entry);
	*version = entry.says.version;
	return entry.kind == ENTRY_MIGRATION && entry.why == NULL;
}

const char *adopt_layout(struct arena *arena, const struct adopt_tool *tool, const char *directory)
{
	struct diagnostics unheard = { .arena = arena };
	struct reading reading = { .arena = arena, .problems = &unheard, .format = tool->format };
	struct source_list files;

	if (tool->format == NULL || tool->keys != ADOPT_KEYS_FILES)
		return NULL;
	files = source_list_directory(arena, directory, &unheard);
	for (size_t i = 0; i < files.count; i++) {
		struct entry entry = { .source = &files.items[i] };

		if (files.items[i].kind != SOURCE_FILE ||
		    !name_ends_with(files.items[i].name, ".sql"))
			continue;
		tool->format->name_entry(&reading, &entry);
		if (entry.kind == ENTRY_MIGRATION)
			return tool->format->name;
	}
	return NULL;
}

/* How many are ours, when versions are read as the tool's format does, or (NULL) as numbers. */
static size_t match_versions(struct arena *arena, const struct adopt_tool *tool,
                             const struct adopt_row_list *rows, const struct migration_set *set,
                             struct adopt_match *matches)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const char *key = rows->items[i].key;
		int64_t version = -1;
		bool is_read = rows->items[i].state != ADOPT_REPEATABLE &&
		               (tool != NULL ? read_file_name(arena, tool, key, &version)
		                             : read_number(key, &version));

		matches[i] = (struct adopt_match){ NULL, -1 };
		if (is_read)
			matches[i] = (struct adopt_match){ find_version(set, version), version };
		count += matches[i].migration != NULL;
	}
	return count;
}

/* --- By name --- */

/* Letters and digits are themselves, all else is the same: files can not be called everything. */
static int fold(char c)
{
	return isalnum((unsigned char)c) ? tolower((unsigned char)c) : c == '\0' ? 0 : '_';
}

static bool same_name(const char *a, const char *b)
{
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* The number that a key is, or begins with: "12", "0001_initial", "0001.create-accounts". */
static bool begins_with(const char *key, int64_t version)
{
	size_t digits = strspn(key, "0123456789");

	return digits > 0 && digits < 19 && !isalpha((unsigned char)key[digits]) &&
	       strtoll(key, NULL, 10) == version;
}

/* "accounts.sql" of "db/changes/accounts.sql", without its end. */
static const char *stem_of(struct arena *arena, const char *path)
{
	const char *name = source_base_name(path);
	const char *end = strchr(name, '.');

	return end != NULL ? arena_format(arena, "%.*s", (int)(end - name), name) : name;
}

/* How surely the row is that migration; 0: it is not. */
static int likeness(struct arena *arena, const struct adopt_tool *tool, const struct adopt_row *row,
                    const struct migration *migration)
{
	const char *scoped = arena_format(arena, "%s_%s", row->scope, row->key);
	const char *stem;

	if (tool->is_shared && row->scope[0] != '\0' &&
	    (same_name(scoped, migration->name) || same_name(scoped, migration->title)))
		return 5;
	if (same_name(row->key, migration->title))
		return 4;
	if (same_name(row->key, migration->name))
		return 3;
	/* In a table that is shared, every application has a first one. */
	if (!tool->is_shared && begins_with(row->key, migration->version))
		return 2;
	stem = tool->has_parts ? stem_of(arena, row->scope) : "";
	return *stem != '\0' &&
	       (same_name(stem, migration->title) || same_name(stem, migration->name));
}

static void match_names(struct arena *arena, const struct adopt_tool *tool,
                        const struct adopt_row_list *rows, const struct migration_set *set,
                        struct adopt_match *matches)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct migration *match = NULL;
		int best = 0;

		for (size_t j = 0; j < set->count; j++) {
			int here = likeness(arena, tool, &rows->items[i], &set->items[j]);

			if (here > best)
				match = &set->items[j];
			else if (here == best && here > 0)
				match = NULL; /* Two are as like. */
			best = here > best ? here : best;
		}
		matches[i] = (struct adopt_match){ match, match != NULL ? match->version : -1 };
	}
}

struct adopt_match *adopt_match(struct arena *arena, const struct adopt_tool *tool,
                                const struct adopt_row_list *rows, const struct migration_set *set)
{
	struct adopt_match *matches = arena_array(arena, struct adopt_match, rows->count + 1);
	struct adopt_match *numbers = arena_array(arena, struct adopt_match, rows->count + 1);

	if (tool->keys == ADOPT_KEYS_NAMES) {
		match_names(arena, tool, rows, set, matches);
	} else if (tool->keys == ADOPT_KEYS_NUMBERS) {
		(void)match_versions(arena, NULL, rows, set, matches);
	} else if (match_versions(arena, tool, rows, set, matches) == 0 &&
	           match_versions(arena, NULL, rows, set, numbers) > 0) {
		/* Files that were written anew have the tool's numbers, not those that inlay makes
		 * of its names. */
		return numbers;
	}
	return matches;
}
