/* layout.c - the native layout of a migrations directory, and everything that can be wrong with
 * a name. */
#include "layout.h"

#include "directive.h"

#include <stdlib.h>
#include <string.h>

static const char *const dialect_names[DIALECT_COUNT] = { "sqlite", "postgres" };

const char *dialect_name(enum dialect dialect)
{
	return dialect_names[dialect];
}

const char *dialect_title(enum dialect dialect)
{
	return dialect == DIALECT_SQLITE ? "SQLite" : "PostgreSQL";
}

const char *dialect_titles(const bool dialects[DIALECT_COUNT])
{
	if (dialects[DIALECT_SQLITE] && dialects[DIALECT_POSTGRES])
		return "SQLite and PostgreSQL";
	if (dialects[DIALECT_SQLITE])
		return dialect_title(DIALECT_SQLITE);
	return dialects[DIALECT_POSTGRES] ? dialect_title(DIALECT_POSTGRES) : "";
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

const char *layout_check_text(const char *name)
{
	if (strlen(name) > SOURCE_NAME_SIZE_MAX)
		return "the file name is longer than 200 bytes";
	if (text_find_invalid(text_of(name)) != strlen(name))
		return "the file name is not UTF-8";
	return NULL;
}

static const char *check_bytes(const char *name)
{
	const char *why = layout_check_text(name);
	const unsigned char *byte;

	if (why != NULL)
		return why;
	for (byte = (const unsigned char *)name; *byte != '\0'; byte++)
		if (!is_name_byte(*byte))
			return "the file name may have letters, digits, '_', '-' and '.' only";
	return NULL;
}

static const char *const unfit = "the file name does not fit VERSION_name.sql";

/* Takes off extension and infixes: what is left is the title.  What is wrong, or NULL. */
static const char *parse_title(const char *name, struct layout_name *result)
{
	const char *why = check_bytes(name);
	struct text stem = text_of(name);

	*result = (struct layout_name){ .dialect = DIALECT_COUNT };
	if (why != NULL)
		return why;
	if (stem.size < 4 || memcmp(stem.start + stem.size - 4, ".sql", 4) != 0)
		return unfit;
	stem.size -= 4;
	while (take_infix(&stem, result))
		continue;
	result->title = stem;
	return NULL;
}

static const char *check_name(struct text name)
{
	if (memchr(name.start, '.', name.size) != NULL)
		return "the file name has an infix that is none of .sqlite .postgres .up .down";
	if (name.size > NAME_SIZE_MAX)
		return "the migration's name is longer than 120 bytes";
	return NULL;
}

/* VERSION_name. */
static const char *parse_versioned(struct layout_name *result)
{
	struct text title = result->title;
	size_t digits = 0;
	const char *why;

	while (digits < title.size && is_digit(title.start[digits]))
		digits++;
	if (digits == 0 || digits + 1 >= title.size || title.start[digits] != '_')
		return unfit;
	result->name = (struct text){ title.start + digits + 1, title.size - digits - 1 };
	why = check_name(result->name);
	if (why == NULL && !parse_version((struct text){ title.start, digits }, &result->version))
		why = "the version does not fit into 63 bits";
	return why;
}

static const char *parse_repeatable(struct layout_name *result)
{
	result->repeatable = true;
	result->version = 0;
	result->name = result->title;
	return result->title.size > 0 ? check_name(result->title) : unfit;
}

bool layout_parse_name(const char *name, struct layout_name *result, const char **why)
{
	*why = parse_title(name, result);
	if (*why == NULL && result->title.size > 3 && text_starts_with(result->title, "R__"))
		*why = parse_repeatable(result);
	else if (*why == NULL)
		*why = parse_versioned(result);
	return *why == NULL;
}

bool layout_parse_repeatable(const char *name, struct layout_name *result, const char **why)
{
	*why = parse_title(name, result);
	if (*why == NULL)
		*why = parse_repeatable(result);
	return *why == NULL;
}

/* A file and what its name says. */
struct named_source {
	struct source *source;
	struct layout_name name;
	const char *why; /* Its name does not fit; or NULL. */
	bool marked;     /* It says itself that it is repeatable. */
};

static int compare_versions(const void *left, const void *right)
{
	const struct named_source *a = left, *b = right;

	if (a->name.version != b->name.version)
		return a->name.version < b->name.version ? -1 : 1;
	return strcmp(a->source->name, b->source->name);
}

static int compare_titles(const void *left, const void *right)
{
	const struct text a = ((const struct named_source *)left)->name.title;
	const struct text b = ((const struct named_source *)right)->name.title;
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size > 0 ? memcmp(a.start, b.start, size) : 0;

	if (order == 0 && a.size != b.size)
		order = a.size < b.size ? -1 : 1;
	if (order != 0)
		return order;
	return strcmp(((const struct named_source *)left)->source->name,
	              ((const struct named_source *)right)->source->name);
}

static void sort(struct named_source *named, size_t count,
                 int (*order)(const void *left, const void *right))
{
	if (count > 1)
		qsort(named, count, sizeof(*named), order);
}

/* Does its header say so?  Where dialects differ about what a comment is, one of them will do. */
static bool is_marked(const struct named_source *file)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if ((file->name.dialect == DIALECT_COUNT || (int)file->name.dialect == dialect) &&
		    directive_marks_repeatable(file->source->text, (enum dialect)dialect))
			return true;
	return false;
}

static void parse_name(struct source *source, struct named_source *named)
{
	named->source = source;
	if (source->says != NULL) {
		named->name = *source->says;
		return;
	}
	layout_parse_name(source->name, &named->name, &named->why);
	named->marked = is_marked(named);
	if (named->marked)
		layout_parse_repeatable(source->name, &named->name, &named->why);
}

/* What one file says of itself holds for the others of the same migration; but each has to say it,
 * since it is read alone. */
static void spread_mark(struct arena *arena, struct named_source *files, size_t count,
                        struct diagnostics *problems)
{
	const struct named_source *marked = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (files[i].marked)
			marked = &files[i];
	for (i = 0; marked != NULL && i < count; i++) {
		if (files[i].name.repeatable)
			continue;
		layout_parse_repeatable(files[i].source->name, &files[i].name, &files[i].why);
		if (files[i].name.down)
			continue; /* That is worse, and said below. */
		diagnostics_add(
		        problems,
		        (struct problem){ .rule = RULE_REPEATABLE,
		                          .path = files[i].source->path,
		                          .help = arena_format(arena,
		                                               "%s has it; write it into both, or "
		                                               "into neither",
		                                               marked->source->name) },
		        "`-- migrate:repeatable` is not above the first statement");
	}
}

static void spread_marks(struct arena *arena, struct named_source *named, size_t count,
                         struct diagnostics *problems)
{
	size_t first = 0;
	size_t i;

	sort(named, count, compare_titles);
	for (i = 1; i <= count; i++) {
		if (i < count && text_equals(named[first].name.title, named[i].name.title))
			continue;
		spread_mark(arena, &named[first], i - first, problems);
		first = i;
	}
}

/* What is to be read: the repeatable ones first, each kind in its order. */
struct named_list {
	struct named_source *items;
	size_t count;
	size_t repeatable_count;
};

static void report_name(const struct named_source *file, struct diagnostics *problems)
{
	diagnostics_add(problems,
	                (struct problem){
	                        .rule = RULE_FILE_NAME,
	                        .path = file->source->path,
	                        .help = "name it like 001_create_accounts.sql (R__views.sql if it "
	                                "is repeatable), or move it out of the migrations "
	                                "directory" },
	                "%s", file->why);
}

/* Those who read the file want to know it, too. */
static void keep_name(struct arena *arena, const struct named_source *file)
{
	struct layout_name *name = arena_allocate(arena, sizeof(*name));

	*name = file->name;
	file->source->says = name;
}

static struct named_list parse_names(struct arena *arena, const struct source_list *sources,
                                     struct diagnostics *problems)
{
	struct named_source *all = arena_array(arena, struct named_source, sources->count + 1);
	struct named_list list = { .items = arena_array(arena, struct named_source,
		                                        sources->count + 1) };
	size_t i;

	for (i = 0; i < sources->count; i++)
		parse_name(&sources->items[i], &all[i]);
	spread_marks(arena, all, sources->count, problems);
	for (i = 0; i < sources->count; i++)
		keep_name(arena, &all[i]);
	for (i = 0; i < sources->count; i++)
		if (all[i].why == NULL && all[i].name.repeatable)
			list.items[list.count++] = all[i];
	list.repeatable_count = list.count;
	for (i = 0; i < sources->count; i++)
		if (all[i].why != NULL)
			report_name(&all[i], problems);
		else if (!all[i].name.repeatable)
			list.items[list.count++] = all[i];
	sort(list.items, list.repeatable_count, compare_titles);
	sort(list.items + list.repeatable_count, list.count - list.repeatable_count,
	     compare_versions);
	return list;
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
		if (*place != NULL && file->source->tool != NULL) {
			report_duplicate(arena, problems, file->source, *place);
			return;
		}
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

static void take_name(struct arena *arena, struct migration *migration,
                      const struct layout_name *name)
{
	migration->name = arena_copy(arena, name->name);
	migration->title = arena_copy(arena, name->title);
}

static void read_versioned(struct arena *arena, const struct named_source *named, size_t count,
                           struct migration_set *set, struct diagnostics *problems)
{
	const struct named_source *first = NULL;
	size_t i;

	set->items = arena_array(arena, struct migration, count + 1);
	for (i = 0; i < count; i++) {
		struct migration *migration = &set->items[set->count];

		if (first != NULL && first->name.version == named[i].name.version) {
			migration--;
			if (first->name.any_name) {
				take_name(arena, migration, &named[i].name);
				first = &named[i];
			} else if (!named[i].name.any_name &&
			           !text_equals(first->name.name, named[i].name.name)) {
				report_duplicate(arena, problems, named[i].source, first->source);
				continue;
			}
		} else {
			first = &named[i];
			migration->version = first->name.version;
			take_name(arena, migration, &first->name);
			set->count++;
		}
		place_file(arena, set, migration, &named[i], problems);
	}
}

static const char *const repeatable_down_help =
        "delete it; to change what is there, change the migration itself";

static void read_repeatables(struct arena *arena, const struct named_source *named, size_t count,
                             struct migration_set *set, struct diagnostics *problems)
{
	size_t i;

	set->repeatables = arena_array(arena, struct migration, count + 1);
	for (i = 0; i < count; i++) {
		struct migration *migration;

		if (named[i].name.down) {
			diagnostics_add(problems,
			                (struct problem){ .rule = RULE_REPEATABLE,
			                                  .path = named[i].source->path,
			                                  .help = repeatable_down_help },
			                "a repeatable migration has no down script");
			continue;
		}
		if (set->repeatable_count == 0 ||
		    !text_equals(named[i].name.title,
		                 text_of(set->repeatables[set->repeatable_count - 1].title)))
			set->repeatable_count++;
		migration = &set->repeatables[set->repeatable_count - 1];
		migration->repeatable = true;
		migration->name = migration->title = arena_copy(arena, named[i].name.title);
		place_file(arena, set, migration, &named[i], problems);
	}
}

void layout_read(struct arena *arena, const struct source_list *sources, struct migration_set *set,
                 struct diagnostics *problems)
{
	struct named_list list = parse_names(arena, sources, problems);
	size_t i;

	read_repeatables(arena, list.items, list.repeatable_count, set, problems);
	read_versioned(arena, list.items + list.repeatable_count,
	               list.count - list.repeatable_count, set, problems);
	for (i = 0; i < set->count; i++)
		check_files(arena, set, &set->items[i], problems);
	for (i = 0; i < set->repeatable_count; i++)
		check_files(arena, set, &set->repeatables[i], problems);
}
