/* standing.c - the runtime's rows, and what to say about each. */
#include "standing.h"

#include <inttypes.h>
#include <string.h>

/* --- Reading --- */

static void take(void *context, const struct inlay_migration_status *row)
{
	struct standing *standing = context;
	struct arena *arena = standing->live->arena;
	struct inlay_migration_status *copy;
	bool is_in_set = row->set_checksum[0] != '\0';

	standing->rows = arena_grow(arena, standing->rows, standing->count, &standing->capacity,
	                            sizeof(*standing->rows));
	copy = &standing->rows[standing->count++];
	*copy = *row;
	copy->filename = arena_string(arena, row->filename);
	copy->applied_at = arena_string(arena, row->applied_at);
	copy->checksum = arena_string(arena, row->checksum);
	copy->source_checksum = arena_string(arena, row->source_checksum);
	copy->set_checksum = arena_string(arena, row->set_checksum);
	copy->set_source_checksum = arena_string(arena, row->set_source_checksum);
	copy->name = arena_string(arena, row->name);
	copy->actor = arena_string(arena, row->actor);
	standing->counts[row->state]++;
	if (row->version < 0)
		return;
	if (is_in_set)
		standing->set_head = row->version;
	if (row->state == INLAY_STATE_PENDING || row->state == INLAY_STATE_LATE)
		return;
	standing->database_head = row->version;
	standing->recorded_count++;
}

/* The last time that each repeatable one was applied is in the log only. */
static void take_entry(void *context, const struct inlay_history_entry *entry)
{
	struct standing *standing = context;
	struct arena *arena = standing->live->arena;

	if (strcmp(entry->direction, "repeatable") != 0 || strcmp(entry->action, "applied") != 0)
		return;
	for (size_t i = 0; i < standing->count; i++) {
		struct inlay_migration_status *row = &standing->rows[i];

		if (row->version >= 0 || strcmp(row->filename, entry->filename) != 0)
			continue;
		row->applied_at = arena_string(arena, entry->happened_at);
		row->duration_ms = entry->duration_ms;
		row->actor = arena_string(arena, entry->actor);
		row->checksum = arena_string(arena, entry->checksum);
		row->source_checksum = "";
	}
}

static bool has_repeatables(const struct standing *standing)
{
	return standing->count > 0 && standing->rows[standing->count - 1].version < 0;
}

static void take_answer(void *context, const char *const *columns, int column_count)
{
	bool *answer = context;

	*answer = column_count > 0 && columns[0] != NULL && columns[0][0] == 't';
}

enum exit_code standing_read(struct standing *standing, struct live *live,
                             const struct inlay_set *set)
{
	struct inlay_error error = inlay_error_init();
	const struct live_query query = {
		.sql = "SELECT pg_catalog.pg_is_in_recovery()",
		.row = take_answer,
		.context = &standing->is_standby,
	};

	*standing = (struct standing){ .live = live, .set_head = -1, .database_head = -1 };
	if (live_status(live, set, take, standing, &error) != INLAY_OK)
		return live_tell(live, &error);
	if (has_repeatables(standing))
		(void)live_history(live, take_entry, standing, &error);
	if (live->postgres == NULL)
		return EXIT_DONE;
	if (standing->counts[INLAY_STATE_INTERRUPTED] > 0)
		(void)live_query(live, &query);
	if (standing->recorded_count == 0 && live_check(live, set, &error) == INLAY_FOREIGN)
		standing->elsewhere = arena_string(live->arena, live_spell(live, &error));
	return EXIT_DONE;
}

/* Who is behind leaves the repeatable ones to those who are not. */
static bool is_left_to_others(const struct standing *standing,
                              const struct inlay_migration_status *row)
{
	return row->version < 0 && row->state == INLAY_STATE_PENDING &&
	       standing->database_head > standing->set_head;
}

static bool is_finding(const struct standing *standing, const struct inlay_migration_status *row)
{
	if ((row->flags & (INLAY_STATUS_BARRING | INLAY_STATUS_ALTERED)) != 0)
		return true;
	return row->state != INLAY_STATE_APPLIED && row->state != INLAY_STATE_AHEAD &&
	       !is_left_to_others(standing, row);
}

bool standing_is_up_to_date(const struct standing *standing)
{
	for (size_t i = 0; i < standing->count; i++)
		if (is_finding(standing, &standing->rows[i]))
			return false;
	return standing->elsewhere == NULL;
}

/* --- Saying --- */

const char *standing_state(const struct inlay_migration_status *row)
{
	if ((row->flags & INLAY_STATUS_AT_WORK) != 0)
		return "at work";
	if (row->progress >= 0)
		return "interrupted";
	return inlay_state_name(row->state);
}

const char *standing_name_in(struct arena *arena, const char *filename)
{
	const char *name = filename + (*filename == 'V');
	size_t digits;

	digits = strspn(name, "0123456789");
	if (digits > 0 && strspn(name + digits, "_-") > 0)
		name += digits + strspn(name + digits, "_-");
	else
		name = filename;
	return arena_format(arena, "%.*s", (int)strcspn(name, "."), name);
}

const char *standing_name(struct arena *arena, const struct inlay_migration_status *row)
{
	return row->name[0] != '\0' ? row->name : standing_name_in(arena, row->filename);
}

/* "2 of 5 statements are through" */
static const char *how_far(struct arena *arena, const struct inlay_migration_status *row)
{
	if (row->statement_count < 0)
		return arena_format(arena, "%" PRId64 " of its statements are through",
		                    row->progress);
	return arena_format(arena, "%" PRId64 " of %" PRId64 " statements are through",
	                    row->progress, row->statement_count);
}

static const char *say_unfinished(const struct standing *standing,
                                  const struct inlay_migration_status *row, const char **help)
{
	struct arena *arena = standing->live->arena;
	const char *what = (row->flags & INLAY_STATUS_UNDOING) != 0 ? "the rollback of " : "";
	const char *far = how_far(arena, row);
	int64_t next = row->progress + 1;

	if ((row->flags & INLAY_STATUS_AT_WORK) != 0)
		return arena_format(arena, "%s%s is at work: %s; at it is %s", what, row->filename,
		                    far, row->actor);
	if (standing->is_standby) {
		*help = "a standby does not see whether somebody is at it: ask the primary";
		return arena_format(arena, "%s%s is not finished: %s; begun by %s", what,
		                    row->filename, far, row->actor);
	}
	if ((row->flags & INLAY_STATUS_UNDOING) != 0)
		*help = "inlay down goes on with it";
	else if ((row->flags & INLAY_STATUS_DOUBT) != 0)
		*help = arena_format(arena,
		                     "nobody can know whether statement %" PRId64
		                     " took effect: look, then tell inlay repair %" PRId64
		                     " --done or --again",
		                     next, row->version);
	else if ((row->flags & INLAY_STATUS_STUCK) != 0)
		*help = arena_format(arena,
		                     "it can not be gone on with as it is: inlay repair %" PRId64
		                     " says why, and what there is to choose",
		                     row->version);
	else if (row->set_checksum[0] == '\0')
		*help = "the set lacks it: use the release that began it";
	else if (row->progress == row->statement_count)
		*help = "inlay up goes on with its last record";
	else
		*help = arena_format(arena, "inlay up goes on with statement %" PRId64, next);
	return arena_format(arena, "%s%s was interrupted: %s; begun by %s, and nobody is at it now",
	                    what, row->filename, far, row->actor);
}

static const char *say_applied(struct arena *arena, const struct inlay_migration_status *row,
                               const char **help)
{
	if ((row->flags & INLAY_STATUS_ALTERED) != 0) {
		*help = "inlay repair puts its row right";
		return arena_format(arena,
		                    "%s does not fit the migrations before it, though its SQL is "
		                    "the set's: somebody has changed the tracking table by hand",
		                    row->filename);
	}
	if ((row->flags & INLAY_STATUS_REFORMATTED) == 0)
		return NULL;
	return arena_format(arena,
	                    "%s was reformatted since it was applied: its SQL is the same, so "
	                    "nothing is to be done",
	                    row->filename);
}

static const char *say_edited(const struct standing *standing,
                              const struct inlay_migration_status *row, const char **help)
{
	struct arena *arena = standing->live->arena;

	*help = arena_format(arena,
	                     "restore the file, and put the change into a new migration; where the "
	                     "database has the new text already, inlay repair %" PRId64
	                     " --accept records that",
	                     row->version);
	return arena_format(arena,
	                    "%s was edited: its SQL, not only its layout, is not what was applied "
	                    "on %s",
	                    row->filename, row->applied_at);
}

static const char *say_ahead(struct arena *arena, const struct inlay_migration_status *row,
                             const char **help)
{
	if (row->version < 0)
		return arena_format(arena, "%s is ahead: a later release has applied another text",
		                    row->filename);
	if ((row->flags & INLAY_STATUS_BARRING) == 0)
		return arena_format(arena, "%s is ahead: it is from a later release than this set",
		                    row->filename);
	*help = "run that release, or a later one";
	return arena_format(arena,
	                    "%s is ahead: it is from a later release than this set, and programs "
	                    "without it must not run any more (-- migrate:breaking)",
	                    row->filename);
}

const char *standing_words(const struct standing *standing,
                           const struct inlay_migration_status *row, const char **help)
{
	struct arena *arena = standing->live->arena;

	*help = NULL;
	if (row->progress >= 0)
		return say_unfinished(standing, row, help);
	switch (row->state) {
	case INLAY_STATE_APPLIED: return say_applied(arena, row, help);
	case INLAY_STATE_EDITED: return say_edited(standing, row, help);
	case INLAY_STATE_AHEAD: return say_ahead(arena, row, help);
	case INLAY_STATE_MISSING:
		*help = "restore the file";
		return arena_format(arena,
		                    "%s is missing: the database has it, and the set does not, "
		                    "though it has later ones",
		                    row->filename);
	case INLAY_STATE_LATE:
		*help = "if no database has it yet, give it a version above all others; "
		        "otherwise inlay up --allow-late applies it all the same; if its row was "
		        "deleted by hand, restore that";
		return arena_format(arena, "%s is late: it is pending, and later ones are applied",
		                    row->filename);
	case INLAY_STATE_PENDING:
	case INLAY_STATE_INTERRUPTED: break;
	}
	if (is_left_to_others(standing, row))
		return arena_format(arena,
		                    "%s is left to the release that is ahead: its text may be "
		                    "older than that one's",
		                    row->filename);
	return NULL;
}
