/* names.c - what the formats ask of names and lines alike. */
#include "format.h"

#include <string.h>

bool name_ends_with(const char *name, const char *end)
{
	size_t size = strlen(name);
	size_t end_size = strlen(end);

	return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

bool name_take_end(struct text *stem, const char *end)
{
	size_t size = strlen(end);

	if (stem->size < size || memcmp(stem->start + stem->size - size, end, size) != 0)
		return false;
	stem->size -= size;
	return true;
}

bool name_is_document(const char *name)
{
	static const char *const stems[] = { "README", "LICENSE", "CHANGELOG", "NOTICE" };
	const char *base = source_base_name(name);
	size_t i;

	for (i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (strcmp(base, stems[i]) == 0)
			return true;
	return name_ends_with(base, ".md") || name_ends_with(base, ".txt") ||
	       name_ends_with(base, ".adoc") || name_ends_with(base, ".rst");
}

static bool is_name_byte(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-' || byte >= 0x80;
}

static struct text clean(struct arena *arena, struct text text, struct entry *entry, bool dots)
{
	char *copy = arena_copy(arena, text);
	size_t i;

	for (i = 0; i < text.size; i++)
		if (!is_name_byte((unsigned char)copy[i]) && !(dots && copy[i] == '.'))
			copy[i] = '_';
	if (text.size == 0)
		entry->why = "the migration has no name behind its version";
	if (text.size > NAME_SIZE_MAX)
		entry->why = "the migration's name is longer than 120 bytes";
	return (struct text){ (const unsigned char *)copy, text.size };
}

struct text name_clean(struct arena *arena, struct text text, struct entry *entry)
{
	return clean(arena, text, entry, false);
}

struct text name_title(struct arena *arena, struct text text, struct entry *entry)
{
	return clean(arena, text, entry, true);
}

size_t name_version(struct text text, int64_t *version, struct entry *entry)
{
	size_t i;

	*version = 0;
	for (i = 0; i < text.size && text.start[i] >= '0' && text.start[i] <= '9'; i++) {
		int digit = text.start[i] - '0';

		if (*version > (INT64_MAX - digit) / 10) {
			entry->why = "the version does not fit into 63 bits";
			return i + 1;
		}
		*version = *version * 10 + digit;
	}
	return i;
}

bool name_versioned(struct reading *reading, struct entry *entry, struct text stem)
{
	size_t digits = name_version(stem, &entry->says.version, entry);

	if (entry->why != NULL)
		return true;
	if (digits == 0 || digits + 1 >= stem.size || stem.start[digits] != '_')
		return false;
	entry->says.name =
	        name_clean(reading->arena,
	                   (struct text){ stem.start + digits + 1, stem.size - digits - 1 }, entry);
	entry->says.title = name_title(reading->arena, stem, entry);
	return true;
}

const char *name_path_problem(const char *name)
{
	const char *why = layout_check_text(name);
	const unsigned char *byte;

	if (why != NULL)
		return why;
	for (byte = (const unsigned char *)name; *byte != '\0'; byte++)
		if (*byte < ' ' || *byte == 0x7f || strchr("\"*?\\<>|:;%", *byte) != NULL)
			return "the file name has a byte that C, make or a shell reads otherwise";
	return NULL;
}

void entry_refuse(struct reading *reading, const struct entry *entry, struct text at,
                  const char *message, const char *help)
{
	diagnostics_add(reading->problems,
	                (struct problem){ .rule = RULE_LAYOUT,
	                                  .source = at.start != NULL ? entry->source : NULL,
	                                  .path = entry->source->path,
	                                  .at = at,
	                                  .help = help },
	                "%s", message);
}

const struct entry *entry_find(const struct reading *reading, const char *name)
{
	size_t first = 0;
	size_t end = reading->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int order = strcmp(name, reading->entries[middle].source->name);

		if (order == 0)
			return &reading->entries[middle];
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}

struct text entry_text(const struct reading *reading, const struct entry *entry)
{
	if (!source_read(reading->arena, entry->source, reading->problems))
		return (struct text){ (const unsigned char *)"", 0 };
	return entry->source->text;
}

struct text line_next(struct text *rest)
{
	struct text line = *rest;
	const unsigned char *feed;

	if (rest->size == 0)
		return (struct text){ NULL, 0 };
	feed = memchr(rest->start, '\n', rest->size);
	if (feed != NULL)
		line.size = (size_t)(feed - rest->start);
	rest->size -= line.size + (feed != NULL);
	rest->start += line.size + (feed != NULL);
	if (line.size > 0 && line.start[line.size - 1] == '\r')
		line.size--;
	return line;
}

/* For recognition: what can not be read says nothing, and is reported later. */
static struct text peek(const struct reading *reading, const struct entry *entry)
{
	struct diagnostics ignored = { .arena = reading->arena };

	if (entry->source->kind != SOURCE_FILE || !name_ends_with(entry->source->name, ".sql") ||
	    !source_read(reading->arena, entry->source, &ignored))
		return (struct text){ (const unsigned char *)"", 0 };
	return entry->source->text;
}

static bool has_line(struct text text, const char *start)
{
	const unsigned char *end = text.start + text.size;
	struct text line;

	/* Most files have no such word at all. */
	text.start += text_mark_size(text);
	text.size = (size_t)(end - text.start);
	while (text.size > 0) {
		const unsigned char *dash = memchr(text.start, '-', text.size);

		if (dash == NULL)
			return false;
		while (dash > text.start && dash[-1] != '\n')
			dash--;
		text = (struct text){ dash, (size_t)(end - dash) };
		line = line_next(&text);
		if (text_starts_with(line, "--") &&
		    text_starts_with(text_trim((struct text){ line.start + 2, line.size - 2 }),
		                     start))
			return true;
	}
	return false;
}

bool reading_has_line(const struct reading *reading, const char *start, size_t count)
{
	size_t i;

	for (i = 0; i < reading->count && count > 0; i++) {
		if (!name_ends_with(reading->entries[i].source->name, ".sql"))
			continue;
		count--;
		if (has_line(peek(reading, &reading->entries[i]), start))
			return true;
	}
	return false;
}

bool reading_begins(const struct reading *reading, const char *line)
{
	size_t i;

	for (i = 0; i < reading->count; i++) {
		struct text text = peek(reading, &reading->entries[i]);

		if (text_starts_with(text, line) &&
		    text_equals(text_trim(line_next(&text)), text_of(line)))
			return true;
	}
	return false;
}

bool reading_contains(const struct reading *reading, const struct entry *entry, const char *word)
{
	struct text text = peek(reading, entry);
	size_t size = strlen(word);

	for (; text.size >= size; text.start++, text.size--)
		if (*text.start == (unsigned char)*word && memcmp(text.start, word, size) == 0)
			return true;
	return false;
}
