/* catalog_diff.c - what differs between two catalogs, object by object, in words. */
#include "catalog.h"

#include <string.h>

/* What a line is about: "column note", of "column note TEXT"; else all of it. */
static size_t subject_size(const char *line)
{
	static const char *const subjects[] = { "column ", "value ", "constraint " };
	size_t i;

	for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		size_t size = strlen(subjects[i]);

		if (strncmp(line, subjects[i], size) == 0)
			return size + strcspn(line + size, " ");
	}
	return strlen(line);
}

static bool is_same_subject(const char *a, const char *b)
{
	size_t size = subject_size(a);

	return subject_size(b) == size && strncmp(a, b, size) == 0;
}

/* SQLite's, and what a function does, is told as it was written. */
static bool is_same_line(struct arena *arena, const struct catalog_object *object, const char *a,
                         const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	if (object->stored != NULL || (object->kind == CATALOG_FUNCTION &&
	                               strcmp(a + strcspn(a, "\n"), b + strcspn(b, "\n")) != 0))
		return false;
	if ((a[subject_size(a)] != '\0' || b[subject_size(b)] != '\0') && !is_same_subject(a, b))
		return false;
	return catalog_says_same(arena, object->kind, a, b);
}

static bool has_line(struct arena *arena, const struct catalog_object *object, const char *line)
{
	size_t i;

	for (i = 0; i < object->line_count; i++)
		if (is_same_line(arena, object, object->lines[i], line))
			return true;
	return false;
}

/* The line of `object` about the same thing, or NULL. */
static const char *find_subject(const struct catalog_object *object, const char *line)
{
	size_t i;

	for (i = 0; i < object->line_count; i++)
		if (is_same_subject(object->lines[i], line))
			return object->lines[i];
	return NULL;
}

static void add_change(struct catalog_lines *out, const struct catalog_object *object,
                       const char *change)
{
	catalog_line(out, arena_format(out->arena, "~ %s %s: %s", catalog_noun(object),
	                               object->name, change));
}

static void compare_lines(struct catalog_lines *out, const struct catalog_words *words,
                          const struct catalog_object *before, const struct catalog_object *after)
{
	size_t i;

	for (i = 0; i < before->line_count; i++) {
		const char *line = before->lines[i];
		const char *now = find_subject(after, line);

		if (has_line(out->arena, after, line))
			continue;
		if (now == NULL)
			add_change(out, after, arena_format(out->arena, "%s%s", line, words->gone));
		else
			add_change(out, after,
			           arena_format(out->arena, "%s%s%s", now, words->was,
			                        line + subject_size(line)));
	}
	for (i = 0; i < after->line_count; i++)
		if (!has_line(out->arena, before, after->lines[i]) &&
		    find_subject(before, after->lines[i]) == NULL)
			add_change(out, after,
			           arena_format(out->arena, "%s%s", after->lines[i], words->added));
}

/* As in a merge: <0 when `a` stands alone, >0 when `b` does. */
static int order(const struct catalog_object *a, const struct catalog_object *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? 1 : -1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void add_whole(struct catalog_lines *out, char sign, const struct catalog_object *object)
{
	catalog_line(out, arena_format(out->arena, "%c %s %s", sign, catalog_noun(object),
	                               object->name));
}

struct catalog_diff catalog_diff_in(struct arena *arena, const struct catalog *before,
                                    const struct catalog *after, const struct catalog_words *words)
{
	struct catalog_lines out = { .arena = arena };
	size_t i = 0;
	size_t j = 0;

	while (i < before->count || j < after->count) {
		const struct catalog_object *a = i < before->count ? before->items[i] : NULL;
		const struct catalog_object *b = j < after->count ? after->items[j] : NULL;
		int which = order(a, b);

		if (which < 0)
			add_whole(&out, '-', a);
		else if (which > 0)
			add_whole(&out, '+', b);
		else if (a != b)
			compare_lines(&out, words, a, b);
		i += which <= 0;
		j += which >= 0;
	}
	return (struct catalog_diff){ out.items, out.count };
}

struct catalog_diff catalog_diff(struct arena *arena, const struct catalog *before,
                                 const struct catalog *after)
{
	static const struct catalog_words words = { " gone", " added", ", and was" };

	return catalog_diff_in(arena, before, after, &words);
}
