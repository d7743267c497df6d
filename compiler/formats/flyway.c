/* flyway.c - V1.2__name.sql, U1.2__name.sql, R__name.sql, B1.2__name.sql; settings beside a script;
 * placeholders. */
#include "rewrite.h"

#include <string.h>

/* ---- versions -------------------------------------------------------------------------------- */

#define PARTS_MAX 4

/* 1.2.3 in 63 bits, in Flyway's order, so that a version that comes later moves no other:
 *
 *     first part   others                 number
 *     0 .. 9999    three, 0 .. 999 each   first, 3 digits, 3 digits, 3 digits
 *     .. 10^8      one, 0 .. 9999         10^13, and in it: first, 4 digits
 *     .. 8*10^12   none                   11*10^12 + first
 *     19*10^12 ..  none                   first: 20240131120000 is itself
 */
static bool pack(const int64_t parts[PARTS_MAX], int64_t *version)
{
	int64_t first = parts[0];

	if (first <= 9999) {
		*version = ((first * 1000 + parts[1]) * 1000 + parts[2]) * 1000 + parts[3];
		return parts[1] <= 999 && parts[2] <= 999 && parts[3] <= 999;
	}
	if (first < 100000000) {
		*version = INT64_C(10000000000000) + first * 10000 + parts[1];
		return parts[1] <= 9999 && parts[2] == 0 && parts[3] == 0;
	}
	*version = first;
	if (first < INT64_C(8000000000000))
		*version = INT64_C(11000000000000) + first;
	else if (first < INT64_C(19000000000000))
		return false;
	return parts[1] == 0 && parts[2] == 0 && parts[3] == 0;
}

/* Digits, with a '.' or '_' between them.  false: they are not, or do not fit (entry->why). */
static bool read_version(struct text text, struct entry *entry)
{
	int64_t parts[PARTS_MAX] = { 0 };
	int64_t part;
	size_t count = 0;
	bool fits = true;

	for (;;) {
		size_t digits = name_version(text, &part, entry);

		if (digits == 0)
			return false;
		if (entry->why != NULL)
			break;
		if (count < PARTS_MAX)
			parts[count++] = part;
		else
			fits = fits && part == 0;
		text.start += digits;
		text.size -= digits;
		if (text.size == 0)
			break;
		if (*text.start != '.' && *text.start != '_')
			return false;
		text.start++;
		text.size--;
	}
	if (entry->why == NULL && fits && pack(parts, &entry->says.version))
		return true;
	if (entry->why != NULL)
		return true;
	entry->why = "the version does not fit into 63 bits beside all that could stand between "
	             "its neighbours";
	entry->help = "a version has up to four parts, the first up to 9999 and the others up to "
	              "999, or is a timestamp such as 20240131120000";
	return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Where "__" is, or NULL. */
static const char *separator_of(const char *name)
{
	return strstr(name, "__");
}

/* V, U or B, a version, "__", anything, `end`. */
static bool is_versioned(const char *name, const char *prefixes, const char *end)
{
	const char *separator = separator_of(name);

	return *name != '\0' && strchr(prefixes, *name) != NULL && separator > name + 1 &&
	       strspn(name + 1, "0123456789._") >= (size_t)(separator - name - 1) &&
	       name_ends_with(name, end);
}

static bool is_repeatable(const char *name)
{
	return strncmp(name, "R__", 3) == 0 && name_ends_with(name, ".sql");
}

/* What nobody else writes. */
static bool is_telling(const char *name)
{
	return is_versioned(name, "B", ".sql") || is_versioned(name, "VU", ".sql.conf") ||
	       is_versioned(name, "VU", ".java") || is_repeatable(name) ||
	       (is_versioned(name, "VU", ".sql") &&
	        memchr(name, '.', (size_t)(separator_of(name) - name)) != NULL) ||
	       (is_versioned(name, "VU", ".sql") &&
	        memchr(name, '_', (size_t)(separator_of(name) - name)) != NULL);
}

/* An undo beside what it undoes: to refinery these would be two migrations with one version. */
static bool is_undo(const struct reading *reading, const char *name)
{
	size_t size = is_versioned(name, "U", ".sql") ? (size_t)(separator_of(name) - name) + 2 : 0;
	size_t i;

	for (i = 0; i < reading->count && size > 0; i++) {
		const char *other = source_base_name(reading->entries[i].source->name);

		if (*other == 'V' && strncmp(other + 1, name + 1, size - 1) == 0)
			return true;
	}
	return false;
}

/* To both tools V20240131120000 is that number, and a text without ${ is that text: where there is
 * nothing else it does not matter whose the directory is. */
static bool is_refinery_alike(const struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const struct entry *entry = &reading->entries[i];
		const char *name = source_base_name(entry->source->name);

		if (is_versioned(name, "VU", ".sql") &&
		    (*name == 'U' || name + 15 != separator_of(name) || strcmp(name, "V19") < 0 ||
		     reading_contains(reading, entry, "${")))
			return false;
	}
	return true;
}

static enum evidence recognise(const struct reading *reading)
{
	enum evidence evidence = EVIDENCE_NONE;
	bool telling = false;
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const char *name = source_base_name(reading->entries[i].source->name);

		if (is_versioned(name, "VB", ".sql"))
			evidence = EVIDENCE_SHARED;
		telling = telling || is_telling(name) || is_undo(reading, name);
	}
	if (evidence == EVIDENCE_SHARED && (telling || is_refinery_alike(reading)))
		return EVIDENCE_SURE;
	return evidence;
}

static const char *const code_ends[] = { ".java", ".class", ".kt",  ".sh", ".bash",
	                                 ".bat",  ".cmd",   ".ps1", ".py" };

/* What Flyway runs and we can not: code, and what runs around migrations. */
static void refuse_other(struct entry *entry, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(code_ends) / sizeof(code_ends[0]); i++)
		if (name_ends_with(name, code_ends[i])) {
			entry->why = "a migration in another language than SQL can not be compiled "
			             "in";
			entry->help = "write V1__name.sql with `-- migrate:call function` in its "
			              "place: the application's C function gets the connection";
		}
	if ((strncmp(name, "before", 6) == 0 || strncmp(name, "after", 5) == 0 ||
	     strncmp(name, "createSchema", 12) == 0) &&
	    name_ends_with(name, ".sql")) {
		entry->why = "a callback of Flyway can not be compiled in";
		entry->help = "write it as a migration, as a repeatable one (R__name.sql), or into "
		              "the application around its call of inlay";
	}
}

static void name_script(struct reading *reading, struct entry *entry, const char *name)
{
	const char *separator = separator_of(name);
	struct text stem = { (const unsigned char *)name, strlen(name) - 4 };
	struct text version = { stem.start + 1, (size_t)(separator - name) - 1 };
	struct text description = { stem.start + version.size + 3, stem.size - version.size - 3 };

	entry->says.title = name_title(reading->arena, stem, entry);
	entry->says.name = name_clean(reading->arena, description, entry);
	entry->says.down = *name == 'U';
	entry->says.up = !entry->says.down;
	entry->says.any_name = entry->says.down; /* An undo goes by its version. */
	if (read_version(version, entry))
		entry->kind = ENTRY_MIGRATION;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = source_base_name(entry->source->name);

	if (entry->source->kind == SOURCE_DIRECTORY || strcmp(name, "atlas.sum") == 0 ||
	    strcmp(name, "flyway.conf") == 0 || strcmp(name, "flyway.toml") == 0)
		entry->kind = ENTRY_BESIDE; /* A directory is read with all that is below. */
	if (entry->source->kind != SOURCE_FILE)
		return;
	if (name_ends_with(name, ".sql.conf")) {
		entry->kind = ENTRY_SETTING;
		entry_text(reading, entry);
	} else if (is_repeatable(name)) {
		struct text stem = { (const unsigned char *)name, strlen(name) - 4 };

		entry->says.repeatable = true;
		entry->says.name = entry->says.title = name_clean(reading->arena, stem, entry);
		entry->kind = ENTRY_MIGRATION;
	} else if (is_versioned(name, "VUB", ".sql")) {
		name_script(reading, entry, name);
	} else {
		refuse_other(entry, name);
	}
}

/* Versions go by number, repeatable ones by description: their name with spaces. */
static int compare(const struct entry *a, const struct entry *b)
{
	const unsigned char *left = a->says.title.start;
	const unsigned char *right = b->says.title.start;

	if (!a->says.repeatable)
		return -1;
	while (*left == *right && *left != '\0') {
		left++;
		right++;
	}
	return (*left == '_' ? ' ' : *left) - (*right == '_' ? ' ' : *right);
}

/* ---- baselines, and settings without a script ------------------------------------------------ */

static void check_baseline(struct reading *reading, struct entry *baseline)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const struct entry *entry = &reading->entries[i];

		if (entry == baseline || entry->kind != ENTRY_MIGRATION || entry->says.down ||
		    entry->says.repeatable || entry->says.version > baseline->says.version)
			continue;
		entry_refuse(
		        reading, baseline, (struct text){ NULL, 0 },
		        arena_format(reading->arena,
		                     "a baseline takes the place of what is before it, and %s is "
		                     "there, too",
		                     entry->source->name),
		        "inlay applies the same to every database: move the baseline away, or "
		        "what it takes the place of");
		baseline->kind = ENTRY_BESIDE;
		return;
	}
}

static void settle(struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		struct entry *entry = &reading->entries[i];
		const char *name = entry->source->name;

		if (entry->kind == ENTRY_MIGRATION && *source_base_name(name) == 'B')
			check_baseline(reading, entry);
		if (entry->kind == ENTRY_SETTING &&
		    entry_find(reading, arena_format(reading->arena, "%.*s", (int)strlen(name) - 5,
		                                     name)) == NULL)
			entry_refuse(reading, entry, (struct text){ NULL, 0 },
			             "settings of a script that is not there",
			             "name them like the script, with .conf behind it");
	}
}

/* ---- one script ------------------------------------------------------------------------------ */

/* What NAME.sql.conf says. */
struct script_settings {
	bool no_transaction;
	bool no_placeholders;
};

/* true, false, and what is neither. */
static bool read_flag(struct reading *reading, const struct entry *entry,
                      const struct setting *setting, bool otherwise)
{
	if (text_equals_folded(setting->value, "true"))
		return true;
	if (text_equals_folded(setting->value, "false"))
		return false;
	entry_refuse(reading, entry, setting->line, "this is neither true nor false",
	             "write true or false");
	return otherwise;
}

static void read_setting(struct reading *reading, const struct entry *entry,
                         const struct setting *setting, struct script_settings *settings)
{
	if (text_equals(setting->key, text_of("executeInTransaction"))) {
		settings->no_transaction = !read_flag(reading, entry, setting, true);
	} else if (text_equals(setting->key, text_of("placeholderReplacement"))) {
		settings->no_placeholders = !read_flag(reading, entry, setting, true);
	} else if (text_equals(setting->key, text_of("encoding"))) {
		if (!text_equals_folded(setting->value, "utf-8") &&
		    !text_equals_folded(setting->value, "us-ascii"))
			entry_refuse(reading, entry, setting->line, "inlay reads UTF-8 only",
			             "save the script as UTF-8, and say so here");
	} else if (text_equals(setting->key, text_of("shouldExecute"))) {
		if (!text_equals_folded(setting->value, "true"))
			entry_refuse(reading, entry, setting->line,
			             "whether a script is executed can not depend on anything",
			             "leave it out, or move the script away");
	} else {
		entry_refuse(reading, entry, setting->line, "inlay does not know this setting",
		             "known are executeInTransaction, placeholderReplacement, encoding and "
		             "shouldExecute");
	}
}

/* A repeatable migration would be applied again and again without a fence. */
static void check_repeatable(const struct rewrite *rewrite, const struct entry *entry,
                             const struct setting *setting, bool no_transaction)
{
	if (no_transaction && rewrite->entry->says.repeatable)
		entry_refuse(rewrite->reading, entry, setting->line,
		             "a repeatable migration has a transaction",
		             "put what refuses one into a migration with a version");
}

static struct script_settings read_settings(const struct rewrite *rewrite)
{
	struct reading *reading = rewrite->reading;
	struct script_settings settings = { false, false };
	const struct entry *entry = entry_find(
	        reading, arena_format(reading->arena, "%s.conf", rewrite->entry->source->name));
	struct text rest = { NULL, 0 };
	struct setting setting;

	if (entry != NULL && entry->kind == ENTRY_SETTING)
		rest = entry->source->text;
	while (rest.start != NULL && (setting = setting_next(&rest)).key.start != NULL) {
		bool before = settings.no_transaction;

		read_setting(reading, entry, &setting, &settings);
		check_repeatable(rewrite, entry, &setting, settings.no_transaction && !before);
	}
	return settings;
}

static void put_placeholders(struct rewrite *rewrite)
{
	const unsigned char *at = rewrite->text.start;
	const unsigned char *end = at + rewrite->text.size;

	while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
		const unsigned char *close;

		if (at + 1 == end || at[1] != '{') {
			at++;
			continue;
		}
		close = memchr(at, '}', (size_t)(end - at));
		if (close == NULL) {
			rewrite_refuse(rewrite, RULE_PLACEHOLDER, (struct text){ at, 2 },
			               "this placeholder is never closed",
			               "close it with }, or say placeholderReplacement=false in "
			               "the script's .conf file");
			return;
		}
		placeholder_put(rewrite, (struct text){ at, (size_t)(close + 1 - at) },
		                (struct text){ at + 2, (size_t)(close - at - 2) }, true);
		at = close + 1;
	}
}

static void translate(struct rewrite *rewrite)
{
	struct script_settings settings = read_settings(rewrite);

	if (settings.no_transaction)
		rewrite_put(rewrite, (struct text){ rewrite->text.start, 0 },
		            rewrite->entry->says.down ? "-- migrate:down transaction:false\n"
		                                      : "-- migrate:up transaction:false\n");
	if (!settings.no_placeholders)
		put_placeholders(rewrite);
}

static const char *const build_files[] = { "pom.xml", "build.gradle", "build.gradle.kts", NULL };

const struct format format_flyway = {
	.name = "flyway",
	.title = "Flyway",
	.shape = "V1__create_accounts.sql, R__views.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.settle = settle,
	.translate = translate,
	.compare = compare,
	.placeholders = ", or placeholderReplacement=false in the script's .conf file",
	.build_files = build_files,
	.usual_path = "/db/migration",
};
