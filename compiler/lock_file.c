/* lock_file.c - reads, checks and renders inlay.lock. */
#include "lock_file.h"

#include "checksum.h"
#include "layout.h"

#include <string.h>

#define FORMAT_LINE "inlay-lock 1"

static const char *const newer_help = "use the inlay that wrote it, or a newer one";

static const char *const merge_help =
        "resolve the merge in it, or delete it and run `inlay sum` if nothing was released yet";

/* ---- reading --------------------------------------------------------------------------------- */

/* Where reading is. */
struct reader {
	struct arena *arena;
	struct lock_file *lock;
	struct diagnostics *problems;
	struct text rest;
	size_t capacity;
};

static void report_line(struct reader *reader, struct text line, const char *message)
{
	bool newer =
	        text_starts_with(line, "inlay-lock ") && !text_starts_with(line, FORMAT_LINE " ");

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
	if (!text_starts_with(line, FORMAT_LINE " ")) {
		report_line(reader, line,
		            "the lock file does not begin with `" FORMAT_LINE " DIALECT ...`");
		return false;
	}
	rest.start += strlen(FORMAT_LINE);
	rest.size -= strlen(FORMAT_LINE);
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

static bool read_entry(struct reader *reader, struct text line, struct lock_entry *entry)
{
	struct lock_file *lock = reader->lock;
	struct text rest = line;
	int dialect;

	entry->line = line;
	if (!read_version(text_next_word(&rest, " \t"), &entry->version))
		return false;
	entry->name = text_next_word(&rest, " \t");
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (lock->dialects[dialect] &&
		    !digest_from_hex(text_next_word(&rest, " \t"), &entry->checksums[dialect]))
			return false;
	return entry->name.size > 0 && text_trim(rest).size == 0;
}

static void read_entries(struct reader *reader)
{
	struct lock_file *lock = reader->lock;
	struct text line;

	while (next_line(reader, &line)) {
		struct lock_entry *entry;

		lock->entries = arena_grow(reader->arena, lock->entries, lock->count,
		                           &reader->capacity, sizeof(*lock->entries));
		entry = &lock->entries[lock->count];
		if (!read_entry(reader, line, entry))
			report_line(reader, line, "not a line of a lock file");
		else if (lock->count > 0 && entry[-1].version >= entry->version)
			report_line(reader, line, "the versions in the lock file do not ascend");
		else
			lock->count++;
	}
}

void lock_file_read(struct arena *arena, const char *directory, struct lock_file *lock,
                    struct diagnostics *problems)
{
	size_t size = strlen(directory);
	struct source *source = arena_allocate(arena, sizeof(*source));
	struct reader reader = { .arena = arena, .lock = lock, .problems = problems };

	*lock = (struct lock_file){ 0 };
	lock->path = arena_format(arena, "%s%sinlay.lock", directory,
	                          size > 0 && directory[size - 1] == '/' ? "" : "/");
	if (!source_exists(lock->path) || !source_read_file(arena, lock->path, source, problems))
		return;
	lock->source = source;
	size = text_mark_size(source->text);
	reader.rest = (struct text){ source->text.start + size, source->text.size - size };
	if (read_format(&reader))
		read_entries(&reader);
}

void lock_file_dialects(const struct lock_file *lock, bool dialects[DIALECT_COUNT])
{
	bool any = lock->dialects[DIALECT_SQLITE] || lock->dialects[DIALECT_POSTGRES];
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		dialects[dialect] = !any || lock->dialects[dialect];
}

/* ---- checking -------------------------------------------------------------------------------- */

/* What is held against what. */
struct check {
	struct arena *arena;
	const struct lock_file *lock;
	const struct migration_set *set;
	struct diagnostics *problems;
};

static void report_removed(const struct check *check, const struct lock_entry *entry)
{
	diagnostics_add(
	        check->problems,
	        (struct problem){ .rule = RULE_LOCK_REMOVED,
	                          .source = check->lock->source,
	                          .at = entry->line,
	                          .help = "restore its file; if no database ever saw it, run "
	                                  "`inlay sum --relock`" },
	        "migration %lld %.*s is locked and its file is gone", (long long)entry->version,
	        (int)entry->name.size, (const char *)entry->name.start);
}

static void report_new(const struct check *check, const struct migration *migration)
{
	const struct lock_file *lock = check->lock;
	const struct lock_entry *last = lock->count > 0 ? &lock->entries[lock->count - 1] : NULL;
	const struct source *file = migration->files[DIALECT_SQLITE][0];

	if (file == NULL)
		file = migration->files[DIALECT_POSTGRES][0];
	if (file == NULL)
		return; /* layout.c has said what is wrong. */
	if (last != NULL && migration->version < last->version)
		diagnostics_add(
		        check->problems,
		        (struct problem){
		                .rule = RULE_LOCK_BACKDATED,
		                .path = file->path,
		                .help = arena_format(check->arena,
		                                     "give it a version above %lld: databases that "
		                                     "are at %lld would never apply it in order",
		                                     (long long)last->version,
		                                     (long long)last->version) },
		        "%s is new, but older than the last locked migration", migration->title);
	else
		diagnostics_add(
		        check->problems,
		        (struct problem){ .rule = RULE_LOCK_UNLISTED,
		                          .path = file->path,
		                          .help = arena_format(check->arena,
		                                               "run `inlay sum %s` and commit "
		                                               "inlay.lock with it",
		                                               check->set->directory) },
		        "%s is not in inlay.lock", migration->title);
}

static void check_entry(const struct check *check, const struct lock_entry *entry,
                        const struct migration *migration)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct script *up = &migration->variants[dialect].up;

		if (!check->set->dialects[dialect] || !check->lock->dialects[dialect] ||
		    up->source == NULL || digest_equals(&up->checksum, &entry->checksums[dialect]))
			continue;
		diagnostics_add(
		        check->problems,
		        (struct problem){ .rule = RULE_LOCK_EDITED,
		                          .source = up->source,
		                          .dialects = 1u << dialect,
		                          .help = arena_format(
		                                  check->arena,
		                                  "restore it (git checkout -- %s) and write a new "
		                                  "migration; if no database ever saw it, run "
		                                  "`inlay sum --relock %s`",
		                                  up->source->path, check->set->directory) },
		        "%s is locked and its SQL has changed", migration->title);
	}
}

static void check_dialects(const struct lock_file *lock, const struct migration_set *set,
                           struct diagnostics *problems)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (set->dialects[dialect] && !lock->dialects[dialect])
			diagnostics_add(
			        problems,
			        (struct problem){ .rule = RULE_LOCK_FILE,
			                          .path = lock->path,
			                          .help = "run `inlay sum --relock` with the "
			                                  "dialects you compile for" },
			        "the lock file has no checksums for %s",
			        dialect_name((enum dialect)dialect));
}

void lock_file_check(struct arena *arena, const struct lock_file *lock,
                     const struct migration_set *set, struct diagnostics *problems)
{
	const struct check check = { arena, lock, set, problems };
	size_t i = 0, j = 0;

	if (lock->source == NULL) {
		diagnostics_add(
		        problems,
		        (struct problem){ .rule = RULE_LOCK_MISSING,
		                          .path = set->directory,
		                          .help = arena_format(arena,
		                                               "run `inlay sum %s` and commit "
		                                               "inlay.lock",
		                                               set->directory) },
		        "without inlay.lock an edited migration is noticed only at run time");
		return;
	}
	if (lock->damaged)
		return; /* What it says is not known: everything would be reported. */
	check_dialects(lock, set, problems);
	while (i < lock->count || j < set->count) {
		if (j == set->count ||
		    (i < lock->count && lock->entries[i].version < set->items[j].version)) {
			report_removed(&check, &lock->entries[i++]);
		} else if (i == lock->count || lock->entries[i].version > set->items[j].version) {
			report_new(&check, &set->items[j++]);
		} else {
			check_entry(&check, &lock->entries[i++], &set->items[j++]);
		}
	}
}

/* ---- writing --------------------------------------------------------------------------------- */

void lock_file_render(const struct migration_set *set, struct buffer *out)
{
	int dialect;
	size_t i;

	buffer_string(out, "# inlay.lock - written by `inlay sum`; commit it.  A merge conflict "
	                   "here means that\n"
	                   "# two branches added migrations: give one of them a new version, then "
	                   "run it again.\n" FORMAT_LINE);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (set->dialects[dialect])
			buffer_format(out, " %s", dialect_name((enum dialect)dialect));
	buffer_byte(out, '\n');
	for (i = 0; i < set->count; i++) {
		const struct migration *migration = &set->items[i];

		buffer_format(out, "%lld %s", (long long)migration->version, migration->name);
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
			char hex[DIGEST_HEX_SIZE];

			if (!set->dialects[dialect])
				continue;
			digest_to_hex(&migration->variants[dialect].up.checksum, hex);
			buffer_format(out, " %s", hex);
		}
		buffer_byte(out, '\n');
	}
}
