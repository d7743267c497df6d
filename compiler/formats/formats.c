/* formats.c - whose directory it is, and what is read of it. */
#include "rewrite.h"

#include <stdlib.h>
#include <string.h>

static const struct format *const formats[] = {
	&format_native,   &format_atlas,          &format_dbmate, &format_diesel,
	&format_flyway,   &format_golang_migrate, &format_goose,  &format_prisma,
	&format_refinery, &format_sqlx,           &format_tern,
};
#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

static void refuse(const struct reading *reading, const char *help, const char *message)
{
	diagnostics_add(
	        reading->problems,
	        (struct problem){ .rule = RULE_LAYOUT, .path = reading->directory, .help = help },
	        "%s", message);
}

/* ---- whose it is ----------------------------------------------------------------------------- */

static const struct format *find_format(const struct reading *reading, const char *name)
{
	struct buffer names = { 0 };
	size_t i;

	for (i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	for (i = 0; i < FORMAT_COUNT; i++)
		buffer_format(&names, "%s%s", i > 0 ? ", " : "", formats[i]->name);
	refuse(reading,
	       arena_format(reading->arena, "one of %.*s", (int)names.size,
	                    (const char *)names.start),
	       arena_format(reading->arena, "there is no layout `%s`", name));
	buffer_clear(&names);
	return NULL;
}

/* Which formats have that evidence: how many, and their titles and options, for a message. */
struct candidates {
	const struct format *all[FORMAT_COUNT + 1];
	size_t count;
	const char *titles;  /* "goose and Atlas" */
	const char *options; /* "--layout goose or --layout atlas" */
};

static void add_candidate(const struct reading *reading, struct candidates *candidates,
                          const struct format *format)
{
	candidates->all[candidates->count] = format;
	if (candidates->count++ == 0) {
		candidates->titles = format->title;
		candidates->options = arena_format(reading->arena, "--layout %s", format->name);
		return;
	}
	candidates->titles =
	        arena_format(reading->arena, "%s and %s", candidates->titles, format->title);
	candidates->options = arena_format(reading->arena, "%s or --layout %s", candidates->options,
	                                   format->name);
}

static const struct format *refuse_candidates(const struct reading *reading,
                                              const struct candidates *candidates, bool sure)
{
	refuse(reading,
	       arena_format(reading->arena,
	                    sure ? "keep one tool's, or say whose all of it is: %s"
	                         : "say whose it is: %s",
	                    candidates->options),
	       arena_format(reading->arena,
	                    sure ? "the directory has files of more than one tool: %s"
	                         : "the directory could be of any of these: %s",
	                    candidates->titles));
	return NULL;
}

static const struct format *recognise(const struct reading *reading)
{
	struct candidates sure = { .count = 0 };
	struct candidates shared = { .count = 0 };
	const struct candidates *found = &sure;
	const struct format *format;
	size_t i;

	for (i = 0; i < FORMAT_COUNT; i++) {
		enum evidence evidence = formats[i]->recognise != NULL
		                                 ? formats[i]->recognise(reading)
		                                 : EVIDENCE_NONE;

		if (evidence == EVIDENCE_SURE)
			add_candidate(reading, &sure, formats[i]);
		else if (evidence == EVIDENCE_SHARED)
			add_candidate(reading, &shared, formats[i]);
	}
	if (sure.count == 0)
		found = &shared;
	if (found->count == 0)
		return &format_native;
	format = found->all[0];
	if (found->count > 1)
		format = found == &shared ? location_decide(reading, found->all) : NULL;
	if (format == NULL)
		return refuse_candidates(reading, found, found == &sure);
	diagnostics_add(
	        reading->problems,
	        (struct problem){ .rule = RULE_LAYOUT_RECOGNISED,
	                          .path = reading->directory,
	                          .help = arena_format(reading->arena,
	                                               "--layout %s says so for good; `inlay "
	                                               "import` makes it inlay's",
	                                               format->name) },
	        "this is a directory of %s, and read as such", format->title);
	return format;
}

/* ---- its names ------------------------------------------------------------------------------- */

static void refuse_name(const struct reading *reading, const struct entry *entry)
{
	const char *why = entry->why != NULL ? entry->why
	                                     : arena_format(reading->arena, "this is no file of %s",
	                                                    reading->format->title);
	const char *help =
	        entry->help != NULL
	                ? entry->help
	                : arena_format(reading->arena,
	                               "name it like %s, or move it out of the directory",
	                               reading->format->shape);

	diagnostics_add(reading->problems,
	                (struct problem){
	                        .rule = RULE_FILE_NAME, .path = entry->source->path, .help = help },
	                "%s", why);
}

/* Of a directory that does not fit nothing more is told. */
static bool is_below(const struct entry *entry, const struct entry *directory)
{
	size_t size = directory != NULL ? strlen(directory->source->name) : 0;

	return size > 0 && strncmp(entry->source->name, directory->source->name, size) == 0 &&
	       entry->source->name[size] == '/';
}

static void name_entries(struct reading *reading)
{
	const struct entry *refused = NULL;
	size_t i;

	for (i = 0; i < reading->count; i++) {
		struct entry *entry = &reading->entries[i];

		if (is_below(entry, refused)) {
			entry->kind = ENTRY_BESIDE;
			continue;
		}
		entry->says.dialect = DIALECT_COUNT;
		reading->format->name_entry(reading, entry);
		if (format_is_native(reading->format))
			continue;
		if (entry->kind == ENTRY_UNFIT && entry->why == NULL &&
		    name_is_document(entry->source->name))
			entry->kind = ENTRY_BESIDE;
		if (entry->kind == ENTRY_MIGRATION && entry->why == NULL)
			entry->why = name_path_problem(entry->source->name);
		if (entry->kind == ENTRY_UNFIT || entry->why != NULL) {
			refuse_name(reading, entry);
			if (entry->source->kind == SOURCE_DIRECTORY)
				refused = entry;
			entry->kind = ENTRY_BESIDE;
		}
	}
}

/* Which database?  Other tools' files do not say, and both read as either would be a guess. */
static bool check_dialect(const struct reading *reading)
{
	if (format_is_native(reading->format) || reading->dialect_known ||
	    reading->dialect != DIALECT_COUNT)
		return true;
	refuse(reading, "--dialect postgres or --dialect sqlite",
	       arena_format(reading->arena,
	                    "migrations of %s do not say which database they are "
	                    "for",
	                    reading->format->title));
	return false;
}

/* ---- their order ----------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
	const struct layout_name *a = &(*(struct entry *const *)left)->says;
	const struct layout_name *b = &(*(struct entry *const *)right)->says;

	if (a->repeatable != b->repeatable)
		return a->repeatable ? 1 : -1;
	if (a->repeatable)
		return strcmp((const char *)a->title.start, (const char *)b->title.start);
	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return 0;
}

/* The tool must apply in our order, or the set would not be the one that its users know. */
static void check_order(struct reading *reading)
{
	struct entry **ups = arena_array(reading->arena, struct entry *, reading->count + 1);
	size_t count = 0;
	size_t i;

	if (reading->format->compare == NULL)
		return;
	for (i = 0; i < reading->count; i++)
		if (reading->entries[i].kind == ENTRY_MIGRATION && !reading->entries[i].says.down)
			ups[count++] = &reading->entries[i];
	if (count > 1)
		qsort(ups, count, sizeof(struct entry *), by_number);
	for (i = 1; i < count; i++) {
		if (by_number(&ups[i - 1], &ups[i]) == 0 ||
		    ups[i - 1]->says.repeatable != ups[i]->says.repeatable ||
		    reading->format->compare(ups[i - 1], ups[i]) < 0)
			continue;
		entry_refuse(
		        reading, ups[i], (struct text){ NULL, 0 },
		        arena_format(reading->arena, "%s applies it before %s, inlay behind it",
		                     reading->format->title, ups[i - 1]->source->name),
		        ups[i]->says.repeatable
		                ? "rename one of the two"
		                : "write all versions with as many digits, with zeros in front");
	}
}

/* ---- their texts ----------------------------------------------------------------------------- */

static void translate(struct reading *reading, struct entry *entry, struct source *translated)
{
	struct text all = entry->source->text;
	struct rewrite rewrite;
	size_t error_count = reading->problems->error_count;

	entry->source->says = &entry->says;
	entry->source->tool = reading->format->native_words ? NULL : reading->format->title;
	*translated = *entry->source;
	/* What is not UTF-8 parse.c tells: the tool's own words are not looked for in it. */
	if (reading->format->translate == NULL || text_find_invalid(all) != all.size)
		return;
	rewrite_begin(&rewrite, reading, entry);
	reading->format->translate(&rewrite);
	rewrite_finish(&rewrite, translated);
	translated->broken = reading->problems->error_count > error_count;
}

static struct source_list read_entries(struct reading *reading, struct source_list *beside)
{
	struct source_list list = { .items = arena_array(reading->arena, struct source,
		                                         reading->count + 1) };
	size_t i;

	beside->items = arena_array(reading->arena, struct source, reading->count + 1);
	for (i = 0; i < reading->count; i++) {
		struct entry *entry = &reading->entries[i];

		if ((entry->kind == ENTRY_SETTING && entry->source->text.start != NULL) ||
		    (entry->source->kind == SOURCE_DIRECTORY && !format_is_native(reading->format)))
			beside->items[beside->count++] = *entry->source;
		if (entry->kind != ENTRY_MIGRATION ||
		    !source_read(reading->arena, entry->source, reading->problems))
			continue;
		if (format_is_native(reading->format))
			list.items[list.count++] = *entry->source;
		else
			translate(reading, entry, &list.items[list.count++]);
	}
	return list;
}

/* A directory of nothing but README.md is as good as empty. */
static void check_count(const struct reading *reading, const struct source_list *scripts)
{
	if (scripts->count == 0 && reading->problems->error_count == 0)
		diagnostics_add(
		        reading->problems,
		        (struct problem){ .rule = RULE_DIRECTORY,
		                          .path = reading->directory,
		                          .help = arena_format(
		                                  reading->arena, "a migration of %s is called %s",
		                                  reading->format->title, reading->format->shape) },
		        "there is no migration in the directory");
}

static void list_entries(struct reading *reading)
{
	struct source_list list =
	        source_list_directory(reading->arena, reading->directory, reading->problems);
	size_t i;

	reading->entries = arena_array(reading->arena, struct entry, list.count + 1);
	reading->count = list.count;
	for (i = 0; i < list.count; i++)
		reading->entries[i].source = &list.items[i];
}

struct source_list format_read(struct reading *reading, const char *layout,
                               struct source_list *beside)
{
	struct source_list nothing = { 0 };
	struct source_list scripts;

	reading->dialect = DIALECT_COUNT;
	list_entries(reading);
	reading->format = layout != NULL ? find_format(reading, layout) : recognise(reading);
	if (reading->format == NULL)
		return nothing;
	if (reading->placeholder_count > 0 && reading->format->placeholders == NULL)
		refuse(reading, "leave --placeholder out",
		       arena_format(reading->arena, "migrations of %s have no placeholders",
		                    reading->format->title));
	name_entries(reading);
	if (reading->format->settle != NULL)
		reading->format->settle(reading);
	if (reading->count > 0 && !check_dialect(reading))
		return nothing;
	check_order(reading);
	scripts = read_entries(reading, beside);
	check_count(reading, &scripts);
	return scripts;
}
