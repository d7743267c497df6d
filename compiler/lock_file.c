/* lock_file.c - what inlay.lock means for the set, and what it becomes. */
#include "lock_file.h"

#include "checksum.h"
#include "layout.h"

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
		int order = text_compare(lock->repeatables[middle].name, key.name);

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

static bool lists_repeatable(const struct lock_file *lock, const struct migration *migration)
{
	const struct lock_repeatable *entry = find_repeatable(lock, migration);
	bool same = entry != NULL && !entry->disputed;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT && same; dialect++)
		same = !is_changed(lock, entry, migration, dialect);
	return same;
}

bool lock_file_lists(const struct lock_file *lock, const struct migration *migration)
{
	size_t low = 0, high = lock->count;

	if (migration->repeatable)
		return lists_repeatable(lock, migration);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lock->entries[middle].version < migration->version)
			low = middle + 1;
		else
			high = middle;
	}
	return low < lock->count && lock->entries[low].version == migration->version;
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
			                          .help = "name the one that it has (--dialect, "
			                                  "DATABASE_URL), or lock both: "
			                                  "`inlay sum --relock --dialect all`" },
			        "the lock file has no checksums for %s",
			        dialect_name((enum dialect)dialect));
}

void lock_file_check(struct arena *arena, const struct lock_file *lock,
                     const struct migration_set *set, struct diagnostics *problems)
{
	const struct check check = { arena, lock, set, problems };
	size_t i = 0, j = 0;

	if (lock->source == NULL) {
		if (set->count == 0 && set->repeatable_count == 0)
			return; /* Nothing to edit yet. */
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
			order = j < set->repeatable_count ? text_compare(lock->repeatables[i].name,
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
	                   "run it again.\n" LOCK_FORMAT_LINE);
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
