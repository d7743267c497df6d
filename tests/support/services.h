/* services.h - rollbacks, repeatable and late migrations, calls: their effects can be counted. */
#ifndef INLAY_TESTS_SERVICES_H
#define INLAY_TESTS_SERVICES_H

#include "../../runtime/driver.h"
#include "database.h"

#define SERVICE_FILES_MAX 12

/* One call that is to be disturbed, and the database it finds. */
struct service {
	const char *name;
	/* Versions, and behind them lower case letters for repeatable migrations, that are applied
	 * before the call: "13a".  Then those that the set of the call has.  A capital letter is
	 * the next revision of the repeatable one: "13A". */
	const char *before;
	const char *after;
	const char *alone;   /* Versions that run without a transaction, either way. */
	const char *calling; /* Versions with a call. */
	int64_t to_version;  /* A rollback to there; -1: ensure_migrated() with allow_late. */
	bool is_half_done;   /* The rollback stopped half way before. */
	bool is_dry;
	const char *schema; /* PostgreSQL's; NULL for SQLite too. */
};

extern const struct service services[];
extern const size_t service_count;

/* A database for a service, and what it is asked. */
struct service_scene {
	const struct service *service;
	struct database *database;
	struct compiled_set before;
	struct compiled_set after;
};

/* May this database have it?  False for a schema on SQLite. */
bool service_fits(const struct service *service, const struct database *database);

void service_open(struct service_scene *scene, const struct service *service,
                  struct database *database);
void service_close(struct service_scene *scene);

/* Brings the database to where the call begins. */
void service_prepare(struct service_scene *scene);

/* The options of the call; nobody listens. */
struct inlay_options service_options(const struct service_scene *scene);

/* The call.  `driver` is a real one, or one in front of it. */
enum inlay_result service_run(const struct service_scene *scene, const struct driver *driver,
                              void *connection, struct inlay_error *error);

/* Whatever became of the call: rows and effects agree, and nobody is told anything else. */
void service_expect_consistent(struct service_scene *scene);

/* How many migrations of the call are done, repeatable ones too. */
int service_count_done(struct service_scene *scene);

/* Calls until it is done, as the next one would, and expects everything once.  Returns how many
 * migrations somebody else did meanwhile: an orphan of a process that was killed. */
int service_expect_completion(struct service_scene *scene);

#endif
