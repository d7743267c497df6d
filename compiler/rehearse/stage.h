/*
 * stage.h - what a rehearsal is played on: one scratch database at a time, of either kind.
 *
 * play.c knows the play, rows.c how to fill tables, fault.c how to tell of what went wrong; a
 * stage_driver knows the database.
 */
#ifndef INLAY_STAGE_H
#define INLAY_STAGE_H

#include "inlay.h"
#include "catalog/catalog.h"
#include "rehearse.h"

#define STAGE_TABLE "schema_migrations"

struct stage;
struct scene;
struct rows_table;

/* Questions asked of one kind of database.  What fails quietly is best effort. */
struct stage_driver {
	enum dialect dialect;
	/* Opens a fresh, empty database in the place of the one before.  false after a
	 * diagnostic. */
	bool (*open)(struct stage *stage);
	void (*close)(struct stage *stage);
	enum inlay_result (*up)(struct stage *stage, const struct inlay_set *set,
	                        const struct inlay_options *options, struct inlay_error *error);
	enum inlay_result (*down)(struct stage *stage, const struct inlay_set *set,
	                          const struct inlay_options *options, struct inlay_error *error);
	/* The schema; NULL when it can not be read. */
	const struct catalog *(*look)(struct stage *stage);
	/* Runs SQL of ours.  false when it fails, with nothing done. */
	bool (*run)(struct stage *stage, const char *sql);
	/* The `size` numbers of the one row that a query of ours comes to; -1 each when it
	 * fails. */
	void (*count)(struct stage *stage, const char *query, int64_t *numbers, size_t size);
	/* What the database said when it last did not answer, in one line. */
	const char *(*words)(struct stage *stage);
	/* Fills in what an INSERT has to know of table->object; false when it is no table that can
	 * be filled. */
	bool (*describe)(struct stage *stage, struct arena *arena, struct rows_table *table);
};

/* Names that the application brings: -- inlay:requires. */
struct requirements {
	struct text *names;
	size_t count;
};

struct stage {
	struct rehearsal *rehearsal;
	const struct stage_driver *driver;
	struct requirements requirements;
	void *place;       /* The driver's own. */
	struct rows *rows; /* What is in the tables, or NULL: they stay empty. */

	const struct scene *scene; /* What is being played; NULL: several scripts. */

	/* Since it began, by the driver: */
	uint32_t statement;  /* How many statements of it are through. */
	const char *refused; /* What it asked for that a rehearsal does not do, or NULL. */
};

/* The connection of an open stage. */
struct sqlite3 *stage_sqlite(const struct stage *stage);
struct pg_conn *stage_postgres(const struct stage *stage);

/* Reads the requirements. */
struct requirements requirements_read(struct arena *arena, const struct source_list *sources,
                                      enum dialect dialect);
bool requirements_have(const struct requirements *requirements, const char *name);

/* --- What happened (fault.c) --- */

/* One script on the stage. */
struct scene {
	const struct migration *migration;
	const struct script *script;
	bool is_down;
};

/* The migrations [first, end) of a set, or its repeatable ones, as a set of their own; the image is
 * in the arena.  NULL when it can not be built. */
const struct inlay_set *scene_set(struct stage *stage, size_t first, size_t end,
                                  bool with_repeatables);

/* Adds a diagnostic of `rule` at the statement that `error` blames; what is a matter of
 * requirements or of something that was refused becomes a RULE_REHEARSAL_STOPPED instead.
 * `before` leads the database's own message, "" for none. */
enum fault_end {
	FAULT_TOLD,
	FAULT_STOPS /* What is missing here is nobody's fault: no further. */
};
enum fault_end fault_tell(struct stage *stage, const struct scene *scene, enum rule rule,
                          const struct inlay_error *error, const char *before);

/* The scene that the error is about, of a call that had several. */
struct scene fault_scene(const struct stage *stage, const struct inlay_error *error);

/* Where a script begins, to be underlined; start NULL when it has no statement. */
struct text scene_start(const struct scene *scene);

/* The first word of a statement of the script, 1-based. */
struct text scene_statement(const struct scene *scene, uint32_t statement);

#endif
