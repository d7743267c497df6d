/* pragmas_sqlite.c - notes and restores a connection's settings and belongings; knows only SQL. */
#include "pragmas_sqlite.h"

#include "format.h"

#include <stdlib.h>
#include <string.h>

/*
 * Settings of a connection that a migration can change by a PRAGMA.  Not temp_store: putting it
 * back would drop the temporary tables.  Not defer_foreign_keys: it ends with the transaction.
 * locking_mode is there twice, as the default of all databases and as what the main one has.
 */
static const char *const names[] = {
	"foreign_keys",       "recursive_triggers", "ignore_check_constraints",
	"legacy_alter_table", "writable_schema",    "reverse_unordered_selects",
	"trusted_schema",     "cell_size_check",    "query_only",
	"read_uncommitted",   "automatic_index",    "full_column_names",
	"short_column_names", "fullfsync",          "checkpoint_fullfsync",
	"busy_timeout",       "analysis_limit",     "threads",
	"wal_autocheckpoint", "main.cache_size",    "main.synchronous",
	"main.secure_delete", "main.mmap_size",     "main.journal_size_limit",
	"main.journal_mode",  "locking_mode",       "main.locking_mode",
};
#define FOREIGN_KEYS 0  /* Index in names. */
#define JOURNAL_MODE 24 /* The same. */

_Static_assert(sizeof(names) / sizeof(names[0]) == PRAGMAS_COUNT, "a value for every name");

static enum outcome run(struct session *session, const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	return session->driver->execute(session, &command);
}

/* --- Pragmas --- */

static void take_value(void *context, const char *const *columns, uint32_t column_count)
{
	if (column_count > 0 && columns[0] != NULL)
		format_into(context, PRAGMAS_VALUE_SIZE_MAX, "%s", columns[0]);
}

static enum outcome read_pragma(struct session *session, const char *name,
                                char value[PRAGMAS_VALUE_SIZE_MAX])
{
	char sql[64];
	struct command command = { .sql = sql, .row = take_value, .context = value };

	value[0] = '\0';
	format_into(sql, sizeof(sql), "PRAGMA %s", name);
	command.sql_size = (uint32_t)strlen(sql);
	return session->driver->execute(session, &command);
}

static enum outcome write_pragma(struct session *session, const char *name, const char *value)
{
	char sql[96];

	format_into(sql, sizeof(sql), "PRAGMA %s = %s", name, value);
	return run(session, sql);
}

/* WAL that began in exclusive mode has its index in memory, and no other mode until WAL is left. */
static enum outcome leave_exclusive_wal(struct session *session)
{
	enum outcome outcome = write_pragma(session, "main.journal_mode", "DELETE");

	if (outcome == OUTCOME_DONE)
		outcome = write_pragma(session, "main.locking_mode", "NORMAL");
	if (outcome == OUTCOME_DONE)
		outcome = write_pragma(session, "main.journal_mode", "WAL");
	return outcome;
}

/* A changed locking mode takes effect, and gives its lock back, when something is read. */
static enum outcome restore_locking_mode(struct session *session, const char *name,
                                         const char *value)
{
	char now[PRAGMAS_VALUE_SIZE_MAX];
	enum outcome outcome = write_pragma(session, name, value);

	if (outcome == OUTCOME_DONE)
		outcome = read_pragma(session, "main.locking_mode", now);
	if (outcome == OUTCOME_DONE && strcmp(value, "normal") == 0 && strcmp(value, now) != 0)
		outcome = leave_exclusive_wal(session);
	if (outcome == OUTCOME_DONE)
		outcome = run(session, "SELECT 1 FROM main.sqlite_master LIMIT 1");
	return outcome;
}

/* Writes what a migration has changed; `now` is what it made of it. */
static enum outcome restore_pragma(struct session *session, const char *name, const char *value,
                                   const char *now)
{
	if (value[0] == '\0' || strcmp(value, now) == 0)
		return OUTCOME_DONE;
	/* To and from WAL is a change of the file, and meant to last. */
	if (strcmp(value, "wal") == 0 || strcmp(now, "wal") == 0)
		return OUTCOME_DONE;
	if (strstr(name, "locking_mode") != NULL)
		return restore_locking_mode(session, name, value);
	/* Written as a number, FAST would be no more than ON. */
	if (strcmp(name, "main.secure_delete") == 0 && strcmp(value, "2") == 0)
		return write_pragma(session, name, "FAST");
	return write_pragma(session, name, value);
}

static enum outcome restore_pragmas(struct session *session, const struct pragmas *pragmas)
{
	enum outcome outcome = OUTCOME_DONE;

	for (size_t i = 0; i < PRAGMAS_COUNT && outcome == OUTCOME_DONE; i++) {
		char now[PRAGMAS_VALUE_SIZE_MAX];

		outcome = read_pragma(session, names[i], now);
		if (outcome == OUTCOME_DONE)
			outcome = restore_pragma(session, names[i], pragmas->values[i], now);
	}
	return outcome;
}

bool pragmas_had_foreign_keys(const struct pragmas *pragmas)
{
	return strcmp(pragmas->values[FOREIGN_KEYS], "1") == 0;
}

/* Some pragmas are quietly ignored: a changed foreign_keys is not believed before it is read. */
enum outcome pragmas_set_foreign_keys_off(struct session *session, bool *off)
{
	char value[PRAGMAS_VALUE_SIZE_MAX];
	enum outcome outcome = write_pragma(session, names[FOREIGN_KEYS], "0");

	if (outcome == OUTCOME_DONE)
		outcome = read_pragma(session, names[FOREIGN_KEYS], value);
	*off = outcome == OUTCOME_DONE && strcmp(value, "0") == 0;
	return outcome;
}

enum outcome pragmas_read_busy_timeout(struct session *session, int64_t *timeout_ms)
{
	char value[PRAGMAS_VALUE_SIZE_MAX];
	enum outcome outcome = read_pragma(session, "busy_timeout", value);

	*timeout_ms = strtoll(value, NULL, 10);
	return outcome;
}

/* --- Belongings --- */

/* What is attached and temporary, as commands that take it away.  Indexes go with their tables;
 * SQLite's own tables stay. */
static const char belongings_sql[] =
        "SELECT printf('DETACH DATABASE \"%w\"', name) FROM pragma_database_list WHERE seq > 1"
        " UNION ALL SELECT command FROM (SELECT type,"
        " printf('DROP %s IF EXISTS temp.\"%w\"', type, name) AS command FROM sqlite_temp_master"
        " WHERE type IN ('table', 'trigger', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
        " ORDER BY type = 'table', rowid)";

static enum outcome fail_without_memory(struct session *session)
{
	session->failure = (struct failure){ .outcome = OUTCOME_NO_MEMORY, .character = -1 };
	session->failure.purpose = session->purpose;
	format_into(session->failure.message, sizeof(session->failure.message), "memory is out");
	return OUTCOME_NO_MEMORY;
}

/* A table that writable_schema was used on may not go away: then we give up, some time. */
#define TAKEN_AWAY_MAX 1000

/* Where the rows of belongings_sql go. */
struct finder {
	struct pragmas *target;        /* Every command is added here, or */
	const struct pragmas *pragmas; /* the first one that is not in here */
	char *found;                   /* is copied to here: allocated, or NULL. */
	bool no_memory;
};

static bool contains(const struct pragmas *pragmas, const char *command)
{
	size_t size = strlen(command) + 1;

	for (size_t i = 0; i < pragmas->belongings_size; i += strlen(pragmas->belongings + i) + 1)
		if (pragmas->belongings_size - i >= size &&
		    memcmp(pragmas->belongings + i, command, size) == 0)
			return true;
	return false;
}

static void note_belonging(void *context, const char *const *columns, uint32_t column_count)
{
	struct finder *finder = context;
	struct pragmas *target = finder->target;
	const char *command = column_count > 0 && columns[0] != NULL ? columns[0] : "";
	size_t size = strlen(command) + 1;
	char *larger = realloc(target->belongings, target->belongings_size + size);

	if (larger == NULL) {
		finder->no_memory = true;
		return;
	}
	memcpy(larger + target->belongings_size, command, size);
	target->belongings = larger;
	target->belongings_size += size;
}

static void find_belonging(void *context, const char *const *columns, uint32_t column_count)
{
	struct finder *finder = context;
	size_t size;

	if (column_count == 0 || columns[0] == NULL || finder->found != NULL || finder->no_memory ||
	    contains(finder->pragmas, columns[0]))
		return;
	size = strlen(columns[0]) + 1;
	finder->found = malloc(size);
	if (finder->found == NULL)
		finder->no_memory = true;
	else
		memcpy(finder->found, columns[0], size);
}

static enum outcome read_belongings(struct session *session, struct finder *finder)
{
	struct command command = { .sql = belongings_sql, .context = finder };
	enum outcome outcome;

	command.sql_size = sizeof(belongings_sql) - 1;
	command.row = finder->target != NULL ? note_belonging : find_belonging;
	outcome = session->driver->execute(session, &command);
	if (outcome == OUTCOME_DONE && finder->no_memory)
		return fail_without_memory(session);
	return outcome;
}

/* One at a time: a virtual table takes others with it.  *changed: foreign_keys is off now. */
static enum outcome take_away(struct session *session, const struct pragmas *pragmas, bool *changed)
{
	enum outcome outcome = OUTCOME_DONE;
	bool found = true;

	for (int i = 0; i < TAKEN_AWAY_MAX && found && outcome == OUTCOME_DONE; i++) {
		struct finder finder = { .pragmas = pragmas };

		outcome = read_belongings(session, &finder);
		found = outcome == OUTCOME_DONE && finder.found != NULL;
		/* DROP TABLE would first look for the children of its rows. */
		if (found && i == 0)
			outcome = write_pragma(session, names[FOREIGN_KEYS], "0");
		*changed = *changed || found;
		if (found && outcome == OUTCOME_DONE)
			outcome = run(session, finder.found);
		free(finder.found);
	}
	return outcome;
}

/* --- The whole --- */

static enum outcome refuse(struct session *session, const char *message)
{
	session->failure = (struct failure){ .outcome = OUTCOME_FAILED, .character = -1 };
	session->failure.purpose = session->purpose;
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	return OUTCOME_FAILED;
}

enum outcome pragmas_note(struct session *session, struct pragmas *pragmas)
{
	struct finder finder = { .target = pragmas };
	enum outcome outcome = OUTCOME_DONE;

	for (size_t i = 0; i < PRAGMAS_COUNT && outcome == OUTCOME_DONE; i++)
		outcome = read_pragma(session, names[i], pragmas->values[i]);
	if (outcome == OUTCOME_DONE && strcmp(pragmas->values[JOURNAL_MODE], "off") == 0)
		return refuse(session, "without a journal (journal_mode = OFF) nothing can be "
		                       "rolled back");
	return outcome == OUTCOME_DONE ? read_belongings(session, &finder) : outcome;
}

void pragmas_destroy(struct pragmas *pragmas)
{
	free(pragmas->belongings);
	pragmas->belongings = NULL;
	pragmas->belongings_size = 0;
}

enum outcome pragmas_restore(struct session *session, const struct pragmas *pragmas, bool changed)
{
	bool look = changed;
	enum outcome outcome = take_away(session, pragmas, &look);

	if (outcome == OUTCOME_DONE && look)
		outcome = restore_pragmas(session, pragmas);
	return outcome;
}

/* --- Foreign keys --- */

/* The first of the rows that foreign_key_check finds, and how many there are. */
struct orphans {
	uint64_t count;
	char *words;
	size_t words_size;
};

static void take_orphan(void *context, const char *const *columns, uint32_t column_count)
{
	struct orphans *orphans = context;

	orphans->count++;
	if (orphans->count > 1 || column_count < 3)
		return;
	format_into(orphans->words, orphans->words_size,
	            "row %s of table %s refers to a row of table %s that does not exist",
	            columns[1] != NULL ? columns[1] : "(without a rowid)",
	            columns[0] != NULL ? columns[0] : "?", columns[2] != NULL ? columns[2] : "?");
}

enum outcome pragmas_find_orphans(struct session *session, char *words, size_t words_size)
{
	static const char sql[] = "PRAGMA main.foreign_key_check";
	struct orphans orphans = { .words = words, .words_size = words_size };
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };
	enum outcome outcome;

	words[0] = '\0';
	command.row = take_orphan;
	command.context = &orphans;
	outcome = session->driver->execute(session, &command);
	if (outcome == OUTCOME_DONE && orphans.count > 0)
		format_append(words, words_size, " (%llu such rows in all)",
		              (unsigned long long)orphans.count);
	return outcome;
}
