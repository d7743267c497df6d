/*
 * adopt.h - databases that another tool has migrated: whose they are, what its table says of our
 * migrations, and whether that can be recorded as ours.
 *
 * Reads only; their tables stay as they are.
 */
#ifndef INLAY_ADOPT_H
#define INLAY_ADOPT_H

#include "live/live.h"
#include "set.h"
#include "tool.h"

/* --- Whose database it is (recognise.c) --- */

struct adopt_found {
	const struct adopt_tool *tool;
	const char *schema; /* As the database has them; SQLite: "main", or "sqitch". */
	const char *table;
	const char *shown;    /* "public.schema_migrations", on SQLite "schema_migrations". */
	bool has_busy_table;  /* tool->busy_table is there, too. */
	const char *patterns; /* It, and the tool's other tables, as --except has them. */
};

struct adopt_found_list {
	struct adopt_found *items; /* One a tool: the first that search_path finds. */
	size_t count;
};

/* The tables of other tools.  `only` is the tool that somebody says they are of, or NULL for any.
 * false when the database can not be asked: live->words.  On SQLite a file sqitch.db beside the
 * database is looked into as well. */
bool adopt_recognise(struct live *live, const struct adopt_tool *only,
                     struct adopt_found_list *found);

/* --except, and the tables that were found: they are no drift. */
const char *adopt_except(struct arena *arena, const struct adopt_found_list *found,
                         const char *except);

/* --- What the table says (rows.c) --- */

struct adopt_row_list {
	struct adopt_row *items;
	size_t count;
	const char *busy; /* Who is at work with the tool, or NULL. */
};

/* false when the database can not be asked: live->words. */
bool adopt_read(struct live *live, const struct adopt_found *found, struct adopt_row_list *rows);

/* --- What that means for ours (plan.c) --- */

/* Whose directory that is, for --layout, where its names can not be ours and the database says
 * whose they are: Flyway's and refinery's look the same.  NULL: it is as it looks (match.c). */
const char *adopt_layout(struct arena *arena, const struct adopt_tool *tool, const char *directory);

/* A migration of ours, or a row of theirs that is none. */
enum adopt_state {
	ADOPT_STEP_APPLIED,  /* There, and to be recorded. */
	ADOPT_STEP_PENDING,  /* Not there: inlay is to apply it. */
	ADOPT_STEP_LATE,     /* Not there, but a later one is. */
	ADOPT_STEP_DIFFERS,  /* There, with another checksum than the file's. */
	ADOPT_STEP_FAILED,   /* It failed there. */
	ADOPT_STEP_CONFLICT, /* Several rows that are not one say that they are it. */
	ADOPT_STEP_UNKNOWN,  /* A row that no migration of ours is. */
	ADOPT_STEP_ASIDE,    /* A row that need not be one. */
	ADOPT_STEP_STATE_COUNT
};

struct adopt_step {
	enum adopt_state state;
	const struct migration *migration; /* NULL: there is none. */
	const struct adopt_row *row;       /* NULL: none says anything of it. */
	const char *applied_at;            /* As the row's; "" when nobody knows. */
	const char *checksum;              /* DIFFERS: what the tool would store for the file. */
};

struct adopt_plan {
	const struct adopt_found *found;
	struct adopt_step *steps; /* By version, those without a migration behind. */
	size_t count;
	size_t counts[ADOPT_STEP_STATE_COUNT];
	size_t verified_count;   /* Checksums that are the file's. */
	size_t unverified_count; /* Those that are not, of files that the tool has not read so. */
	const char *busy;
};

/* `workspace` is without errors, and of the database's dialect alone. */
void adopt_plan_make(struct adopt_plan *plan, struct arena *arena, const struct adopt_found *found,
                     const struct adopt_row_list *rows, const struct workspace *workspace);

/* What a row is to us (match.c). */
struct adopt_match {
	const struct migration *migration; /* Of ours; NULL: none. */
	int64_t version;                   /* Ours, or what it would be; -1: nobody knows. */
};

/* One for each row. */
struct adopt_match *adopt_match(struct arena *arena, const struct adopt_tool *tool,
                                const struct adopt_row_list *rows, const struct migration_set *set);

/* --- In words (tell.c) --- */

/* The plan as a table and a line that sums it up; or as JSON. */
void adopt_show(const struct adopt_plan *plan, struct arena *arena, struct buffer *out);
void adopt_show_json(const struct adopt_plan *plan, const char *database, struct buffer *out);

/* Says every reason against recording it, with its remedy.  EXIT_DONE without one; `force` lets
 * edited and late ones pass. */
enum exit_code adopt_judge(const struct live *live, const struct adopt_plan *plan, bool force);

#endif
