/* compare.c - migration by migration, as the runtime would see a database of the first release. */
#include "compare.h"

#include "checksum.h"
#include "layout.h"
#include "safe.h"

#include <inttypes.h>
#include <string.h>

/* Both sides, and what is said of them. */
struct comparing {
	struct arena *arena;
	const struct inlay_image *images[2];
	bool shared[INLAY_DIALECT_COUNT]; /* Dialects that both carry. */
	bool several;                     /* There are two of those. */
	int64_t heads[2];                 /* -1: there is no migration. */
	struct comparison result;
	size_t capacity;
	size_t reason_capacity;
	bool is_behind; /* The second one lacks what is behind its head, and that is all. */
};

/* The same migration in each dialect, of one side; NULL where it is not. */
struct entries {
	const struct inlay_image *image;
	const struct inlay_image_migration *in[INLAY_DIALECT_COUNT];
};

static enum inlay_dialect first_dialect(const struct inlay_image *image)
{
	return inspect_carries(image, INLAY_DIALECT_SQLITE) ? INLAY_DIALECT_SQLITE
	                                                    : INLAY_DIALECT_POSTGRES;
}

static uint32_t entry_count(const struct inlay_image *image, bool repeatable)
{
	const struct inlay_image_dialect *dialect = &image->dialects[first_dialect(image)];

	return repeatable ? dialect->repeatable_count : dialect->migration_count;
}

/* Each dialect has the same migrations, whole.c has seen to that. */
static struct entries entries_at(const struct inlay_image *image, bool repeatable, uint32_t index)
{
	struct entries entries = { .image = image };
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		enum inlay_dialect dialect = (enum inlay_dialect)i;

		if (inspect_carries(image, dialect))
			entries.in[i] = (repeatable ? inspect_repeatables(image, dialect)
			                            : inspect_migrations(image, dialect)) +
			                index;
	}
	return entries;
}

static const struct inlay_image_migration *any_of(const struct entries *entries)
{
	return entries->in[first_dialect(entries->image)];
}

static const char *name_of(const struct comparing *comparing, const struct entries *entries)
{
	struct buffer shown = { 0 };
	const char *name;

	safe_string(&shown, inspect_text(entries->image, any_of(entries)->name));
	name = arena_copy(comparing->arena, buffer_contents(&shown));
	buffer_clear(&shown);
	return name;
}

/* --- What is said --- */

static struct compare_change *add(struct comparing *comparing, enum compare_kind kind,
                                  const struct entries *entries, bool repeatable)
{
	struct comparison *result = &comparing->result;
	struct compare_change *change;
	size_t i;

	result->changes = arena_grow(comparing->arena, result->changes, result->count,
	                             &comparing->capacity, sizeof(*result->changes));
	change = &result->changes[result->count++];
	*change = (struct compare_change){
		.kind = kind,
		.is_repeatable = repeatable,
		.version = any_of(entries)->version,
		.name = name_of(comparing, entries),
	};
	for (i = 0; i < INLAY_DIALECT_COUNT; i++)
		if (entries->in[i] != NULL && (entries->in[i]->flags & INLAY_MIGRATION_BREAKING))
			change->is_breaking = true;
	return change;
}

static void add_reason(struct comparing *comparing, const char *reason)
{
	struct comparison *result = &comparing->result;

	result->reasons = arena_grow(comparing->arena, result->reasons, result->reason_count,
	                             &comparing->reason_capacity, sizeof(*result->reasons));
	result->reasons[result->reason_count++] = reason;
}

static void refuse(struct comparing *comparing, const struct compare_change *change,
                   const char *why)
{
	add_reason(comparing, arena_format(comparing->arena, "%" PRId64 " %s %s", change->version,
	                                   change->name, why));
}

/* "edited", or "edited for PostgreSQL" where that is not all. */
static const char *in_dialects(const struct comparing *comparing, const char *word,
                               const bool differs[INLAY_DIALECT_COUNT])
{
	if (!comparing->several || (differs[0] && differs[1]))
		return word;
	return arena_format(comparing->arena, "%s for %s", word, dialect_titles(differs));
}

/* --- One side only --- */

static void add_gone(struct comparing *comparing, const struct entries *entries, bool repeatable)
{
	struct compare_change *change = add(comparing, COMPARE_GONE, entries, repeatable);

	change->words = "gone";
	if (repeatable)
		return; /* Nobody misses it: what it made stays. */
	if (change->version < comparing->heads[1])
		refuse(comparing, change, "is missing");
	else if (change->is_breaking)
		refuse(comparing, change, "is breaking: programs that lack it must not run");
	else
		comparing->is_behind = true;
}

static void add_new(struct comparing *comparing, const struct entries *entries, bool repeatable)
{
	struct compare_change *change = add(comparing, COMPARE_NEW, entries, repeatable);

	change->words = change->is_breaking ? "new, breaking" : "new";
	if (repeatable) {
		comparing->result.again_count++;
		return;
	}
	comparing->result.new_count++;
	if (change->version < comparing->heads[0])
		refuse(comparing, change, "is late: older than what is applied");
}

/* --- Both --- */

/* In which of the dialects do these two digests of an entry differ? */
static bool differ(const struct comparing *comparing, const struct entries *a,
                   const struct entries *b, size_t digest, bool where[INLAY_DIALECT_COUNT])
{
	bool any = false;
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		where[i] = comparing->shared[i] &&
		           memcmp((const char *)a->in[i] + digest, (const char *)b->in[i] + digest,
		                  sizeof(struct inlay_digest)) != 0;
		any = any || where[i];
	}
	return any;
}

#define DIGEST(member) offsetof(struct inlay_image_migration, member)

static void compare_repeatable_text(struct comparing *comparing, const struct entries *a,
                                    const struct entries *b, const char *words)
{
	struct compare_change *change = add(comparing, COMPARE_EDITED, b, true);
	int64_t before = any_of(a)->version;

	change->words = words;
	if (change->version < before)
		change->words = arena_format(
		        comparing->arena, "%s, as revision %" PRId64 ": revision %" PRId64 " stays",
		        words, change->version, before);
	else
		comparing->result.again_count++;
}

static void compare_both(struct comparing *comparing, const struct entries *a,
                         const struct entries *b, bool repeatable)
{
	bool where[INLAY_DIALECT_COUNT];
	struct compare_change *change;

	if (differ(comparing, a, b, DIGEST(checksum), where)) {
		const char *words = in_dialects(comparing, "edited", where);

		if (repeatable) {
			compare_repeatable_text(comparing, a, b, words);
			return;
		}
		change = add(comparing, COMPARE_EDITED, b, false);
		change->words = words;
		refuse(comparing, change, arena_format(comparing->arena, "is %s", words));
	} else if (differ(comparing, a, b, DIGEST(down_checksum), where)) {
		add(comparing, COMPARE_DOWN, b, repeatable)->words =
		        in_dialects(comparing, "another down script", where);
	} else if (differ(comparing, a, b, DIGEST(source_checksum), where)) {
		add(comparing, COMPARE_REFORMATTED, b, repeatable)->words =
		        in_dialects(comparing, "only reformatted", where);
	} else if (strcmp(name_of(comparing, a), name_of(comparing, b)) != 0) {
		add(comparing, COMPARE_RENAMED, b, repeatable)->words =
		        arena_format(comparing->arena, "was named %s", name_of(comparing, a));
	}
}

/* As in a merge: <0 when `a` stands alone, >0 when `b` does. */
static int order(const struct entries *a, const struct entries *b, bool repeatable)
{
	int64_t before = any_of(a)->version;
	int64_t after = any_of(b)->version;

	if (repeatable)
		return strcmp(inspect_text(a->image, any_of(a)->name),
		              inspect_text(b->image, any_of(b)->name));
	return before < after ? -1 : before > after;
}

static void compare_all(struct comparing *comparing, bool repeatable)
{
	uint32_t counts[2] = { entry_count(comparing->images[0], repeatable),
		               entry_count(comparing->images[1], repeatable) };
	uint32_t i = 0;
	uint32_t j = 0;

	while (i < counts[0] || j < counts[1]) {
		struct entries a = { 0 }, b = { 0 };
		int which;

		if (i < counts[0])
			a = entries_at(comparing->images[0], repeatable, i);
		if (j < counts[1])
			b = entries_at(comparing->images[1], repeatable, j);
		if (i == counts[0] || j == counts[1])
			which = i == counts[0] ? 1 : -1;
		else
			which = order(&a, &b, repeatable);
		if (which < 0)
			add_gone(comparing, &a, repeatable);
		else if (which > 0)
			add_new(comparing, &b, repeatable);
		else
			compare_both(comparing, &a, &b, repeatable);
		i += which <= 0;
		j += which >= 0;
	}
}

/* --- The whole --- */

static int64_t head_of(const struct inlay_image *image)
{
	uint32_t count = entry_count(image, false);

	return count > 0 ? inspect_migrations(image, first_dialect(image))[count - 1].version : -1;
}

static void compare_dialects(struct comparing *comparing)
{
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		enum inlay_dialect dialect = (enum inlay_dialect)i;
		bool before = inspect_carries(comparing->images[0], dialect);
		bool after = inspect_carries(comparing->images[1], dialect);

		comparing->shared[i] = before && after;
		if (before && !after)
			add_reason(comparing,
			           arena_format(comparing->arena, "it has nothing for %s",
			                        dialect_title((enum dialect)dialect)));
	}
	comparing->several = comparing->shared[0] && comparing->shared[1];
}

static enum compare_verdict judge(const struct comparing *comparing)
{
	bool same_dialects = true;
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++)
		same_dialects =
		        same_dialects &&
		        inspect_carries(comparing->images[0], (enum inlay_dialect)i) ==
		                inspect_carries(comparing->images[1], (enum inlay_dialect)i);
	if (comparing->result.reason_count > 0)
		return COMPARE_APART;
	if (comparing->is_behind)
		return COMPARE_BEHIND;
	return comparing->result.count == 0 && same_dialects ? COMPARE_SAME : COMPARE_FOLLOWS;
}

struct comparison compare_images(struct arena *arena, const struct inlay_image *before,
                                 const struct inlay_image *after)
{
	struct comparing comparing = {
		.arena = arena,
		.images = { before, after },
		.heads = { head_of(before), head_of(after) },
	};

	compare_dialects(&comparing);
	compare_all(&comparing, false);
	compare_all(&comparing, true);
	comparing.result.verdict = judge(&comparing);
	return comparing.result;
}
