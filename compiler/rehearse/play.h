/* play.h - the story of a rehearsal, on whatever stage. */
#ifndef INLAY_PLAY_H
#define INLAY_PLAY_H

#include "rows.h"
#include "stage.h"

/* The scripts of one migration, in order. */
enum step {
	STEP_UP,
	STEP_DOWN,
	STEP_AGAIN /* The up script, behind down. */
};

/* How that ended. */
enum played {
	PLAYED_WELL,
	PLAYED_OTHERWISE, /* The schema is not the one it should be: told of. */
	PLAYED_FAILED
};

struct play {
	struct stage stage;
	struct arena *arena;
	const struct migration_set *set;
	size_t first;              /* The first migration that is not released. */
	size_t end;                /* Behind the last one that can be rehearsed. */
	const struct catalog *now; /* The schema, or NULL: not known. */
	bool is_blind;             /* It could not be read. */
	size_t restarts;
	size_t told; /* Index + 1 of the last migration whose schemas differ. */
};

/* Rehearses the set: all of it as in a new installation; then up, down and up of every migration
 * that is not released, with rows in every table; and writes the schema where one is wanted. */
void play_rehearse(struct rehearsal *rehearsal, const struct stage_driver *driver, void *place);

struct scene play_scene(const struct play *play, size_t index, bool is_down);

/* --- tell.c --- */

void tell_difference(struct play *play, size_t index, enum rule rule,
                     const struct catalog_diff *diff);

/* For rows_settle(); the context is the scene. */
void tell_lost(struct stage *stage, struct rows_table *table, int64_t before, void *context);

/* A script that fails with rows. */
void tell_rows(struct play *play, const struct scene *scene, const struct inlay_error *error);

/* A script that has a function of the application; `rest` says what that means. */
void tell_call(struct play *play, const struct scene *scene, const char *rest);

/* So many migrations are not released that the first `count` are only applied. */
void tell_crowd(struct play *play, size_t count);

/* The schema can not be read, and so not be compared. */
void tell_blind(struct play *play);

/* The rehearsal goes no further than to this script. */
void tell_stop(struct play *play, const struct scene *scene, const char *message);

#endif
