/* lock_file_read.c - reads inlay.lock. */
#include "checksum.h"
#include "layout.h"
#include "lock_file.h"

#include <stdlib.h>
#include <string.h>

static const char *const newer_help = "use the inlay that wrote it, or a newer one";

static const char *const merge_help =
        "resolve the merge in it, or delete it and run `inlay sum` if nothing was released yet";

/* Where reading is. */
struct reader {
	struct arena *arena;
	struct lock_file *lock;
	struct diagnostics *problems;
	struct text rest;
	size_t capacity;
	size_t repeatable_capacity;
};

static void report_line(struct reader *reader, struct text line, const char *message)
{
	bool newer = text_starts_with(line, "inlay-lock ") &&
	             !text_starts_with(line, LOCK_FORMAT_LINE " ");

	reader->lock->damaged = true;
	diagnostics_add(reader->problems,
	                (struct problem){ .rule = RULE_LOCK_FILE,
	                                  .source = reader->lock->source,
	                                  .at = line,
	                                  .help = newer ? newer_help : merge_help },
	                "%s", message);
}

/* The next line that says something; false at the end. */
static bool next_line(struct reader *reader, struct text *line)
{
	while (reader->rest.size > 0) {
		const unsigned char *newline = memchr(reader->rest.start, '\n', reader->rest.size);
		size_t size = newline != NULL ? (size_t)(newline - reader->rest.start)
		                              : reader->rest.size;

		*line = text_trim((struct text){ reader->rest.start, size });
		size += newline != NULL;
		reader->rest.start += size;
		reader->rest.size -= size;
		if (line->size > 0 && line->start[0] != '#')
			return true;
	}
	return false;
}

static bool read_format(struct reader *reader)
{
	struct text line, rest, field;
	bool any = false;

	if (!next_line(reader, &line)) {
		diagnostics_add(reader->problems,
		                (struct problem){ .rule = RULE_LOCK_FILE,
		                                  .path = reader->lock->path,
		                                  .help = merge_help },
		                "the lock file is empty");
		reader->lock->damaged = true;
		return false;
	}
	rest = line;
	if (!text_starts_with(line, LOCK_FORMAT_LINE " ")) {
		report_line(reader, line,
		            "the lock file does not begin with `" LOCK_FORMAT_LINE " DIALECT ...`");
		return false;
	}
	rest.start += strlen(LOCK_FORMAT_LINE);
	rest.size -= strlen(LOCK_FORMAT_LINE);
	while ((field = text_next_word(&rest, " \t")).size > 0) {
		enum dialect dialect = dialect_from(field);

		if (dialect == DIALECT_COUNT) {
			report_line(reader, field, "an unknown dialect");
			memset(reader->lock->dialects, 0, sizeof(reader->lock->dialects));
			return false;
		}
		reader->lock->dialects[dialect] = any = true;
	}
	return any;
}

static bool read_version(struct text field, int64_t *version)
{
	size_t i;

	*version = 0;
	for (i = 0; i < field.size; i++) {
		if (field.start[i] < '0' || field.start[i] > '9' || i >= 18)
			break;
		*version = *version * 10 + (field.start[i] - '0');
	}
	if (i == 18 && i + 1 == field.size && field.start[i] >= '0' && field.start[i] <= '9' &&
	    *version <= (INT64_MAX - (field.start[i] - '0')) / 10) {
		*version = *version * 10 + (field.start[i] - '0');
		i++;
	}
	return field.size > 0 && i == field.size;
}

/* The last words of a line: a checksum for each dialect. */
static bool read_checksums(const struct lock_file *lock, struct text rest,
                           struct inlay_digest checksums[DIALECT_COUNT])
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (lock->dialects[dialect] &&
		    !digest_from_hex(text_next_word(&rest, " \t"), &checksums[dialect]))
			return false;
	return text_trim(rest).size == 0;
}

static bool read_entry(const struct lock_file *lock, struct text line, struct lock_entry *entry)
{
	struct text rest = line;

	entry->line = line;
	if (!read_version(text_next_word(&rest, " \t"), &entry->version))
		return false;
	entry->name = text_next_word(&rest, " \t");
	return entry->name.size > 0 && read_checksums(lock, rest, entry->checksums);
}

static bool is_repeatable(struct text line)
{
	return text_starts_with(line, "R ") || text_starts_with(line, "R\t");
}

/* R name revision checksums */
static void read_repeatable(struct reader *reader, struct text line)
{
	struct lock_file *lock = reader->lock;
	struct text rest = { line.start + 1, line.size - 1 };
	struct lock_repeatable *entry;

	lock->repeatables = arena_grow(reader->arena, lock->repeatables, lock->repeatable_count,
	                               &reader->repeatable_capacity, sizeof(*lock->repeatables));
	entry = &lock->repeatables[lock->repeatable_count];
	*entry = (struct lock_repeatable){ .line = line };
	entry->name = text_next_word(&rest, " \t");
	if (read_version(text_next_word(&rest, " \t"), &entry->revision) && entry->revision > 0 &&
	    entry->revision <= LOCK_REVISION_MAX && read_checksums(lock, rest, entry->checksums))
		lock->repeatable_count++;
	else
		report_line(reader, line, "not a line of a lock file");
}

/* By name; lines of one name as they stand in the file. */
static int compare_repeatables(const void *left, const void *right)
{
	const struct lock_repeatable *a = left, *b = right;
	int order = text_compare(a->name, b->name);

	if (order != 0)
		return order;
	return a->line.start < b->line.start ? -1 : 1;
}

/* A merge may leave lines in any order, and two of one name. */
static void join_repeatables(struct lock_file *lock)
{
	struct lock_repeatable *items = lock->repeatables;
	size_t kept = 0;
	size_t i;

	if (lock->repeatable_count > 1)
		qsort(items, lock->repeatable_count, sizeof(*items), compare_repeatables);
	for (i = 0; i < lock->repeatable_count; i++) {
		struct lock_repeatable *last = kept > 0 ? &items[kept - 1] : NULL;

		if (last == NULL || !text_equals(last->name, items[i].name)) {
			items[kept++] = items[i];
			continue;
		}
		last->disputed |=
		        last->revision != items[i].revision ||
		        memcmp(last->checksums, items[i].checksums, sizeof(last->checksums)) != 0;
		if (items[i].revision > last->revision)
			last->revision = items[i].revision;
	}
	lock->repeatable_count = kept;
}

static void read_entries(struct reader *reader)
{
	struct lock_file *lock = reader->lock;
	struct text line;

	while (next_line(reader, &line)) {
		struct lock_entry *entry;

		if (is_repeatable(line)) {
			read_repeatable(reader, line);
			continue;
		}
		lock->entries = arena_grow(reader->arena, lock->entries, lock->count,
		                           &reader->capacity, sizeof(*lock->entries));
		entry = &lock->entries[lock->count];
		if (!read_entry(lock, line, entry))
			report_line(reader, line, "not a line of a lock file");
		else if (lock->count > 0 && entry[-1].version >= entry->version)
			report_line(reader, line, "the versions in the lock file do not ascend");
		else
			lock->count++;
	}
	join_repeatables(lock);
}

void lock_file_parse(struct arena *arena, const struct source *source, struct lock_file *lock,
                     struct diagnostics *problems)
{
	struct reader reader = { .arena = arena, .lock = lock, .problems = problems };
	size_t mark = text_mark_size(source->text);

	*lock = (struct lock_file){ .source = source, .path = source->path };
	reader.rest = (struct text){ source->text.start + mark, source->text.size - mark };
	if (read_format(&reader))
		read_entries(&reader);
}

void lock_file_read(struct arena *arena, const char *directory, struct lock_file *lock,
                    struct diagnostics *problems)
{
	size_t size = strlen(directory);
	struct source *source = arena_allocate(arena, sizeof(*source));

	*lock = (struct lock_file){ 0 };
	lock->path = arena_format(arena, "%s%sinlay.lock", directory,
	                          size > 0 && directory[size - 1] == '/' ? "" : "/");
	if (source_exists(lock->path) && source_read_file(arena, lock->path, source, problems))
		lock_file_parse(arena, source, lock, problems);
}
