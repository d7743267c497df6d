/* ignore.c - which rules are silenced where, and whether that was of use. */
#include "ignore.h"

#include "nearest.h"

#include <stdlib.h>

/* One rule that one remark names. */
struct ignore {
	const struct source *source;
	enum rule rule;
	bool file;      /* For the whole file. */
	bool alone;     /* The remark names no other one. */
	bool used;      /* It silenced something. */
	struct text at; /* The comment. */
	struct text name;
	struct text scopes[DIALECT_COUNT]; /* As each dialect reads the file; start NULL: not. */
};

/* By source, as they are in the source list; then as the first dialect finds them. */
struct ignore_list {
	struct arena *arena;
	const struct migration_set *set;
	struct diagnostics *problems; /* While it is being read. */
	enum dialect dialect;         /* As which the file is being read. */
	size_t first;                 /* Of that file. */
	struct ignore *items;
	size_t count;
	size_t capacity;
};

/* ---- reading --------------------------------------------------------------------------------- */

static void complain(const struct ignore_list *list, const struct remark *remark, struct text at,
                     const char *help, const char *message)
{
	diagnostics_add(list->problems,
	                (struct problem){ .rule = RULE_REMARK,
	                                  .source = remark->source,
	                                  .at = at,
	                                  .dialects = 1u << list->dialect,
	                                  .help = help },
	                "%s", message);
}

static const char *rule_word(size_t index)
{
	return index < RULE_COUNT ? rule_name((enum rule)index) : NULL;
}

static const char *remark_word(size_t index)
{
	static const char *const words[] = { "inlay:ignore", "inlay:ignore-file", "inlay:requires",
		                             NULL };

	return words[index];
}

/* Text of the input in a message is not without end. */
static int shown_size(struct text text)
{
	return text.size < 60 ? (int)text.size : 60;
}

static void complain_of_word(const struct ignore_list *list, const struct remark *remark)
{
	const char *nearest = nearest_find(remark->word, remark_word);
	const char *help = "known are `-- inlay:ignore rule -- reason`, `-- inlay:ignore-file rule "
	                   "-- reason` and `-- inlay:requires name`";

	if (nearest != NULL)
		help = arena_format(list->arena, "did you mean `%s`?", nearest);
	complain(list, remark, remark->word, help,
	         arena_format(list->arena, "unknown remark `%.*s`, which does nothing",
	                      shown_size(remark->word), (const char *)remark->word.start));
}

static void complain_of_name(const struct ignore_list *list, const struct remark *remark,
                             struct text name)
{
	const char *nearest = nearest_find(name, rule_word);
	const char *help = "a rule's name stands in brackets behind its message";

	if (nearest != NULL)
		help = arena_format(list->arena, "did you mean `%s`?", nearest);
	complain(list, remark, name, help,
	         arena_format(list->arena, "there is no rule `%.*s`", shown_size(name),
	                      (const char *)name.start));
}

static bool can_be_silenced(enum rule rule)
{
	if (rule == RULE_REMARK || rule == RULE_UNUSED_IGNORE || rule_group(rule) == GROUP_LIVE)
		return false;
	return rule_group(rule) != GROUP_CORE || rule_severity(rule) != SEVERITY_ERROR;
}

/* The same name of the same remark, as another dialect has found it. */
static struct ignore *find_found(const struct ignore_list *list, const struct ignore *item)
{
	size_t i;

	for (i = list->first; i < list->count; i++)
		if (list->items[i].name.start == item->name.start)
			return &list->items[i];
	return NULL;
}

static void add(struct ignore_list *list, struct ignore item, struct text scope)
{
	struct ignore *found = find_found(list, &item);

	if (found == NULL) {
		list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
		                         sizeof(*list->items));
		found = &list->items[list->count++];
		*found = item;
	}
	found->scopes[list->dialect] = scope;
}

/* "drop-table since it is empty": the reason is not where it belongs. */
static enum rule take_prose(const struct ignore_list *list, const struct remark *remark,
                            struct text *name)
{
	struct text rest = *name;
	struct text word = text_next_word(&rest, " \t\r");
	enum rule rule = rule_from(word);

	if (rule == RULE_COUNT || rest.size == 0) {
		complain_of_name(list, remark, rest.size == 0 ? *name : word);
		return RULE_COUNT;
	}
	complain(list, remark, text_trim(rest),
	         "rules have commas between them; the reason comes behind two dashes: `-- "
	         "inlay:ignore rule, rule -- reason`",
	         "this is not part of a rule's name");
	*name = word;
	return rule;
}

static void take_name(struct ignore_list *list, const struct remark *remark, struct text name,
                      bool alone)
{
	enum rule rule = rule_from(name);

	if (rule == RULE_COUNT)
		rule = take_prose(list, remark, &name);
	if (rule == RULE_COUNT)
		return;
	if (!can_be_silenced(rule)) {
		complain(list, remark, name, "mend what it is about",
		         arena_format(list->arena, "`%.*s` can not be silenced", shown_size(name),
		                      (const char *)name.start));
		return;
	}
	add(list,
	    (struct ignore){ .source = remark->source,
	                     .rule = rule,
	                     .file = remark->kind == REMARK_IGNORE_FILE,
	                     .alone = alone,
	                     .at = remark->at,
	                     .name = name },
	    remark->scope);
}

/* What is wrong with it as a whole, and in `*help` what to do; or NULL. */
static const char *what_is_wrong(const struct remark *remark, const char **help)
{
	*help = "write `-- inlay:ignore rule -- reason`";
	if (remark->kind == REMARK_REQUIRES)
		*help = "write `-- inlay:requires name`";
	if (remark->names.size == 0)
		return remark->kind == REMARK_REQUIRES
		               ? "this names nothing that the application brings"
		               : "this names no rule, and silences nothing";
	if (remark->kind == REMARK_REQUIRES)
		return NULL;
	if (remark->scope.size == 0 && remark->kind == REMARK_IGNORE_FILE) {
		*help = "put it above the first statement; for one statement write inlay:ignore";
		return "an inlay:ignore-file below a statement silences nothing";
	}
	if (remark->scope.size == 0) {
		*help = "put it above the statement that it is for, or behind it on its line";
		return "no statement follows this remark, so it silences nothing";
	}
	*help = "say why, behind two dashes: `-- inlay:ignore rule -- reason`";
	return remark->reason.size == 0 ? "this gives no reason" : NULL;
}

static void take_remark(struct ignore_list *list, const struct remark *remark)
{
	struct text names = remark->names;
	const char *help, *problem;
	struct text name, rest;

	if (remark->kind == REMARK_UNKNOWN) {
		complain_of_word(list, remark);
		return;
	}
	problem = what_is_wrong(remark, &help);
	if (problem != NULL)
		complain(list, remark, remark->at, help, problem);
	if (remark->kind == REMARK_REQUIRES || remark->scope.size == 0)
		return;
	while (remark_next_name(&names, &name)) {
		rest = remark->names;
		take_name(list, remark, name, text_equals(name, rest));
	}
}

static void read_source(struct ignore_list *list, const struct source *source)
{
	int dialect;

	list->first = list->count;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		struct remark_list remarks;
		size_t i;

		if ((source->dialects & 1u << dialect) == 0)
			continue;
		list->dialect = (enum dialect)dialect;
		remarks = remarks_read(list->arena, source, list->dialect);
		for (i = 0; i < remarks.count; i++)
			take_remark(list, &remarks.items[i]);
	}
}

struct ignore_list *ignore_read(struct arena *arena, const struct source_list *sources,
                                const struct migration_set *set, struct diagnostics *problems)
{
	struct ignore_list *list = arena_allocate(arena, sizeof(*list));
	size_t i;

	*list = (struct ignore_list){ .arena = arena, .set = set, .problems = problems };
	for (i = 0; i < sources->count; i++)
		read_source(list, &sources->items[i]);
	return list;
}

/* ---- silencing ------------------------------------------------------------------------------- */

/* The first one of a source; they are in the order of the source list, which is one array. */
static size_t first_of(const struct ignore_list *list, const struct source *source)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle].source < source)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Its end belongs to it: there the grammar misses what should have come. */
static bool is_within(const unsigned char *at, struct text scope)
{
	return scope.start != NULL && at >= scope.start && at <= scope.start + scope.size;
}

static bool silences(const struct ignore *item, const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;
	int dialect;

	if (item->rule != problem->rule || item->source != problem->source)
		return false;
	if (item->file)
		return true;
	if (problem->at.start == NULL)
		return false;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if ((diagnostic->dialects == 0 || (diagnostic->dialects & 1u << dialect) != 0) &&
		    is_within(problem->at.start, item->scopes[dialect]))
			return true;
	return false;
}

/* All that silence it are of use. */
static bool is_kept(const struct diagnostic *diagnostic, void *context)
{
	struct ignore_list *list = context;
	const struct source *source = diagnostic->problem.source;
	bool kept = true;
	size_t i;

	if (source == NULL)
		return true;
	for (i = first_of(list, source); i < list->count && list->items[i].source == source; i++)
		if (silences(&list->items[i], diagnostic)) {
			list->items[i].used = true;
			kept = false;
		}
	return kept;
}

void ignore_apply(struct ignore_list *list, struct diagnostics *problems)
{
	if (list->count > 0)
		diagnostics_filter(problems, is_kept, list);
}

/* ---- what was of no use ---------------------------------------------------------------------- */

static bool is_of(const struct migration *migration, const struct source *source)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (migration->files[dialect][0] == source ||
		    migration->files[dialect][1] == source)
			return true;
	return false;
}

/* What is in production is not judged again: nobody knows what its remarks silenced. */
static bool is_released(const struct migration_set *set, const struct source *source)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->items[i].released && is_of(&set->items[i], source))
			return true;
	for (i = 0; i < set->repeatable_count; i++)
		if (set->repeatables[i].released && is_of(&set->repeatables[i], source))
			return true;
	return false;
}

static bool was_looked_for(const struct ignore_list *list, const struct ignore *item,
                           const bool ran[RULE_COUNT])
{
	int dialect;

	if (!ran[item->rule] || is_released(list->set, item->source))
		return false;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (list->set->dialects[dialect] &&
		    (rule_dialects(item->rule) & 1u << dialect) != 0)
			return true;
	return false;
}

/* A remark that says nothing else goes, with its line where it has one to itself. */
static struct fix fix_of(const struct ignore *item)
{
	struct text all = item->source->text;
	const unsigned char *limit = all.start + all.size;
	const unsigned char *first = item->at.start, *end = item->at.start + item->at.size;

	if (!item->alone)
		return (struct fix){ .text = NULL };
	while (first > all.start && (first[-1] == ' ' || first[-1] == '\t'))
		first--;
	if (first == all.start || first[-1] == '\n') {
		while (end < limit && (*end == ' ' || *end == '\t' || *end == '\r'))
			end++;
		end += end < limit;
	}
	return (struct fix){ .at = { first, (size_t)(end - first) }, .text = "" };
}

void ignore_report_unused(const struct ignore_list *list, const bool ran[RULE_COUNT],
                          struct diagnostics *problems)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct ignore *item = &list->items[i];

		if (item->used || !was_looked_for(list, item, ran))
			continue;
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_UNUSED_IGNORE,
		                                  .source = item->source,
		                                  .at = item->name,
		                                  .help = "take it out",
		                                  .fix = fix_of(item) },
		                "there is no `%s` %s: this silences nothing", rule_name(item->rule),
		                item->file ? "in this file" : "in this statement");
	}
}
