/* layout.c - the native layout of a migrations directory, and everything that can be wrong with
 * a name. */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

static const char *const dialect_names[DIALECT_COUNT] = { "sqlite", "postgres" };

const char *dialect_name(enum dialect dialect)
{
	return dialect_names[dialect];
}

enum dialect dialect_from(struct text name)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (text_equals(name, text_of(dialect_names[dialect])))
			break;
	return (enum dialect)dialect;
}

static bool is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Letters, digits, _ - . and everything beyond ASCII: no byte that needs quoting in C, make or
 * a shell. */
static bool is_name_byte(unsigned char byte)
{
	return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '_' || byte == '-' || byte == '.' || byte >= 0x80;
}

/* Takes the last ".word" off `stem` when it is an infix we know; false when it is not one. */
static bool take_infix(struct text *stem, struct layout_name *result)
{
	size_t dot = stem->size;
	struct text word;

	while (dot > 0 && stem->start[dot - 1] != '.')
		dot--;
	if (dot == 0)
		return false;
	word = (struct text){ stem->start + dot, stem->size - dot };
	if (!result->up && !result->down && text_equals(word, text_of("up")))
		result->up = true;
	else if (!result->up && !result->down && text_equals(word, text_of("down")))
		result->down = true;
	else if (result->dialect == DIALECT_COUNT && dialect_from(word) != DIALECT_COUNT)
		result->dialect = dialect_from(word);
	else
		return false;
	stem->size = dot - 1;
	return true;
}

/* The number in front; false when it does not fit into 63 bits. */
static bool parse_version(struct text digits, int64_t *version)
{
	size_t i;

	*version = 0;
	for (i = 0; i < digits.size; i++) {
		int digit = digits.start[i] - '0';

		if (*version > (INT64_MAX - digit) / 10)
			return false;
		*version = *version * 10 + digit;
	}
	return true;
}

static const char *check_bytes(const char *name)
{
	const unsigned char *byte;

	if (strlen(name) > SOURCE_NAME_SIZE_MAX)
		return "the file name is longer than 200 bytes";
	if (text_find_invalid(text_of(name)) != strlen(name))
		return "the file name is not UTF-8";
	for (byte = (const unsigned char *)name; *byte != '\0'; byte++)
		if (!is_name_byte(*byte))
			return "the file name may have letters, digits, '_', '-' and '.' only";
	return NULL;
}

bool layout_parse_name(const char *name, struct layout_name *result, const char **why)
{
	struct text stem = text_of(name);
	size_t digits = 0;

	*result = (struct layout_name){ .dialect = DIALECT_COUNT };
	*why = check_bytes(name);
	if (*why != NULL)
		return false;
	*why = "the file name does not fit VERSION_name.sql";
	if (stem.size < 4 || memcmp(stem.start + stem.size - 4, ".sql", 4) != 0)
		return false;
	stem.size -= 4;
	while (take_infix(&stem, result))
		continue;
	while (digits < stem.size && is_digit(stem.start[digits]))
		digits++;
	if (digits == 0 || digits + 1 >= stem.size || stem.start[digits] != '_')
		return false;
	result->name = (struct text){ stem.start + digits + 1, stem.size - digits - 1 };
	result->title = stem;
	if (memchr(result->name.start, '.', result->name.size) != NULL) {
		*why = "the file name has an infix that is none of .sqlite .postgres .up .down";
		return false;
	}
	if (result->name.size > NAME_SIZE_MAX) {
		*why = "the migration's name is longer than 120 bytes";
		return false;
	}
	*why = "the version does not fit into 63 bits";
	return parse_version((struct text){ stem.start, digits }, &result->version);
}

/* A file and what its name says. */
struct named_source {
	struct source *source;
	struct layout_name name;
};

static int compare_versions(const void *left, const void *right)
{
	const struct named_source *a = left, *b = right;

	if (a->name.version != b->name.version)
		return a->name.version < b->name.version ? -1 : 1;
	return strcmp(a->source->name, b->source->name);
}

static size_t parse_names(const struct source_list *sources, struct named_source *named,
                          struct diagnostics *problems)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < sources->count; i++) {
		const char *why;

		named[count].source = &sources->items[i];
		if (layout_parse_name(sources->items[i].name, &named[count].name, &why)) {
			count++;
			continue;
		}
		diagnostics_add(problems,
		                (struct problem){
		                        .rule = RULE_FILE_NAME,
		                        .path = sources->items[i].path,
		                        .help = "name it like 001_create_accounts.sql, or move it "
		                                "out of the migrations directory" },
		                "%s", why);
	}
	if (count > 1)
		qsort(named, count, sizeof(*named), compare_versions);
	return count;
}

static void report_duplicate(struct arena *arena, struct diagnostics *problems,
                             const struct source *file, const struct source *other)
{
	const char *help = arena_format(
	        arena, "%s has it too; give one of them a version of its own", other->name);

	diagnostics_add(problems,
	                (struct problem){
	                        .rule = RULE_DUPLICATE_VERSION, .path = file->path, .help = help },
	                "two migrations with one version");
}

static void report_second_file(struct arena *arena, struct diagnostics *problems,
                               const struct source *file, const struct source *other)
{
	const char *help = arena_format(arena,
	                                "%s is it already; keep one, or give each a dialect: "
	                                "name.sqlite.sql and name.postgres.sql",
	                                other->name);

	diagnostics_add(problems,
	                (struct problem){
	                        .rule = RULE_DUPLICATE_VERSION, .path = file->path, .help = help },
	                "a second file for the same script");
}

/* Gives `file` its places in the migration.  A file with neither .up nor .down is the up
 * script, and holds the down script if it has a section for it: parse.c sees to that. */
static void place_file(struct arena *arena, const struct migration_set *set,
                       struct migration *migration, const struct named_source *file,
                       struct diagnostics *problems)
{
	int direction = file->name.down ? 1 : 0;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct source **place = &migration->files[dialect][direction];

		if (file->name.dialect != DIALECT_COUNT && (int)file->name.dialect != dialect)
			continue;
		if (*place != NULL) {
			report_second_file(arena, problems, file->source, *place);
			return;
		}
		*place = file->source;
		if (set->dialects[dialect])
			file->source->dialects |= 1u << dialect;
	}
}

/* Does the down script serve both dialects? */
static bool is_placed_twice(const struct migration *migration, const struct source *down)
{
	return migration->files[DIALECT_SQLITE][1] == down &&
	       migration->files[DIALECT_POSTGRES][1] == down;
}

/* A migration must have an up script in every compiled dialect, or its histories would differ. */
static void check_files(struct arena *arena, const struct migration_set *set,
                        const struct migration *migration, struct diagnostics *problems)
{
	const struct source *any_up = NULL;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (migration->files[dialect][0] != NULL)
			any_up = migration->files[dialect][0];
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct source *up = migration->files[dialect][0];
		const struct source *down = migration->files[dialect][1];

		if (up != NULL || (any_up == NULL && down == NULL))
			continue;
		if (any_up == NULL || (down != NULL && !is_placed_twice(migration, down))) {
			diagnostics_add(problems,
			                (struct problem){
			                        .rule = RULE_DOWN_WITHOUT_UP,
			                        .path = down->path,
			                        .help = "add the up script, or delete this file" },
			                "a down script without its up script");
			return;
		}
		if (set->dialects[dialect])
			diagnostics_add(
			        problems,
			        (struct problem){
			                .rule = RULE_MISSING_VARIANT,
			                .path = any_up->path,
			                .help = arena_format(arena,
			                                     "add %s.%s.sql (it may be empty), or "
			                                     "compile without %s "
			                                     "(--dialect)",
			                                     migration->title,
			                                     dialect_name((enum dialect)dialect),
			                                     dialect_name((enum dialect)dialect)) },
			        "%s has no script for %s", migration->title,
			        dialect_name((enum dialect)dialect));
	}
}

void layout_read(struct arena *arena, const struct source_list *sources, struct migration_set *set,
                 struct diagnostics *problems)
{
	struct named_source *named = arena_array(arena, struct named_source, sources->count + 1);
	size_t count = parse_names(sources, named, problems);
	const struct named_source *first = NULL;
	size_t i;

	set->items = arena_array(arena, struct migration, count + 1);
	for (i = 0; i < count; i++) {
		struct migration *migration = &set->items[set->count];

		if (first != NULL && first->name.version == named[i].name.version) {
			migration--;
			if (!text_equals(first->name.name, named[i].name.name)) {
				report_duplicate(arena, problems, named[i].source, first->source);
				continue;
			}
		} else {
			first = &named[i];
			migration->version = first->name.version;
			migration->name = arena_copy(arena, first->name.name);
			migration->title = arena_copy(arena, first->name.title);
			set->count++;
		}
		place_file(arena, set, migration, &named[i], problems);
	}
	for (i = 0; i < set->count; i++)
		check_files(arena, set, &set->items[i], problems);
}
