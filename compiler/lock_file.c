/* lock_file.c - reads, checks and renders inlay.lock. */
#include "lock_file.h"

#include "checksum.h"
#include "layout.h"

#include <stdlib.h>
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
	size_t repeatable_capacity;
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

static int compare_names(struct text a, struct text b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size > 0 ? memcmp(a.start, b.start, size) : 0;

	if (order != 0 || a.size == b.size)
		return order;
	return a.size < b.size ? -1 : 1;
}

/* By name; lines of one name as they stand in the file. */
static int compare_repeatables(const void *left, const void *right)
{
	const struct lock_repeatable *a = left, *b = right;
	int order = compare_names(a->name, b->name);

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

/* ---- repeatable ones ------------------------------------------------------------------------- */

/* NULL: the lock does not have it. */
static const struct lock_repeatable *find_repeatable(const struct lock_file *lock,
                                                     const struct migration *migration)
{
	struct lock_repeatable key = { .name = text_of(migration->name) };
	size_t low = 0, high = lock->repeatable_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_names(lock->repeatables[middle].name, key.name);

		if (order == 0)
			return &lock->repeatables[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void lock_file_number(const struct lock_file *lock, struct migration_set *set)
{
	size_t i;

	for (i = 0; i < set->repeatable_count; i++) {
		const struct lock_repeatable *entry = find_repeatable(lock, &set->repeatables[i]);

		set->repeatables[i].version = entry != NULL ? entry->revision : 0;
	}
}

/* Is the script in this dialect another one than the lock has? */
static bool is_changed(const struct lock_file *lock, const struct lock_repeatable *entry,
                       const struct migration *migration, int dialect)
{
	const struct script *up = &migration->variants[dialect].up;

	return lock->dialects[dialect] && up->source != NULL &&
	       !digest_equals(&up->checksum, &entry->checksums[dialect]);
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

static const char *sum_help(const struct check *check)
{
	return arena_format(check->arena, "run `inlay sum %s` and commit inlay.lock with it",
	                    check->set->directory);
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
	if (last != NULL && !migration->repeatable && migration->version < last->version)
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
		diagnostics_add(check->problems,
		                (struct problem){ .rule = RULE_LOCK_UNLISTED,
		                                  .path = file->path,
		                                  .help = sum_help(check) },
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

/* It may change, but then it has another revision. */
static void check_repeatable(const struct check *check, const struct migration *migration)
{
	const struct lock_repeatable *entry = find_repeatable(check->lock, migration);
	int dialect;

	if (entry == NULL) {
		report_new(check, migration);
		return;
	}
	if (entry->disputed)
		diagnostics_add(check->problems,
		                (struct problem){ .rule = RULE_LOCK_REPEATABLE,
		                                  .source = check->lock->source,
		                                  .at = entry->line,
		                                  .help = sum_help(check) },
		                "%s has several lines that differ", migration->title);
	for (dialect = 0; dialect < DIALECT_COUNT && !entry->disputed; dialect++)
		if (is_changed(check->lock, entry, migration, dialect))
			diagnostics_add(
			        check->problems,
			        (struct problem){ .rule = RULE_LOCK_REPEATABLE,
			                          .source = migration->variants[dialect].up.source,
			                          .dialects = 1u << dialect,
			                          .help = sum_help(check) },
			        "%s has changed since inlay.lock was written", migration->title);
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
	for (j = 0; j < set->repeatable_count; j++)
		check_repeatable(&check, &set->repeatables[j]);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void render_checksum(struct buffer *out, const struct inlay_digest *checksum)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(checksum, hex);
	buffer_format(out, " %s", hex);
}

/* The rest of a line, when the migration is there. */
static void render_checksums(const struct migration_set *set, const struct migration *migration,
                             struct buffer *out)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (set->dialects[dialect])
			render_checksum(out, &migration->variants[dialect].up.checksum);
	buffer_byte(out, '\n');
}

/* Its line as it was; a dialect that the lock did not have has zeros, which are nobody's. */
static void render_gone(const struct migration_set *set, const struct lock_repeatable *entry,
                        struct buffer *out)
{
	int dialect;

	buffer_string(out, "R ");
	buffer_text(out, entry->name);
	buffer_format(out, " %lld", (long long)entry->revision);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (set->dialects[dialect])
			render_checksum(out, &entry->checksums[dialect]);
	buffer_byte(out, '\n');
}

static int64_t next_revision(const struct lock_file *lock, const struct migration *migration)
{
	const struct lock_repeatable *entry = find_repeatable(lock, migration);
	bool changed;
	int dialect;

	if (entry == NULL)
		return 1;
	changed = entry->disputed;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		changed |= is_changed(lock, entry, migration, dialect);
	return entry->revision + changed;
}

/* Both lists are sorted by name. */
static void render_repeatables(const struct lock_file *lock, const struct migration_set *set,
                               struct buffer *out)
{
	size_t i = 0, j = 0;

	if (lock->repeatable_count + set->repeatable_count > 0)
		buffer_string(out, "# R: repeatable ones with their revisions.  After a merge "
		                   "conflict keep both lines of one,\n# and run `inlay sum`.\n");
	while (i < lock->repeatable_count || j < set->repeatable_count) {
		const struct migration *migration = &set->repeatables[j];
		int order = 1;

		if (i < lock->repeatable_count)
			order = j < set->repeatable_count ? compare_names(lock->repeatables[i].name,
			                                                  text_of(migration->name))
			                                  : -1;
		if (order < 0) {
			render_gone(set, &lock->repeatables[i++], out);
			continue;
		}
		buffer_format(out, "R %s %lld", migration->name,
		              (long long)next_revision(lock, migration));
		render_checksums(set, migration, out);
		i += order == 0;
		j++;
	}
}

void lock_file_render(const struct lock_file *lock, const struct migration_set *set,
                      struct buffer *out)
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
		buffer_format(out, "%lld %s", (long long)set->items[i].version, set->items[i].name);
		render_checksums(set, &set->items[i], out);
	}
	render_repeatables(lock, set, out);
}
