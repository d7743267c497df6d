/* desk.h - the admin endpoints without a server: asks them, and reads what they answer. */
#ifndef INLAY_TESTS_DESK_H
#define INLAY_TESTS_DESK_H

#include "database.h"
#include "inlay_admin.h"

#include <jansson.h>

/* Whose tokens these are, in the Authorization header. */
#define DESK_READER  "Bearer may-read"
#define DESK_CHANGER "Bearer may-change"

#define DESK_STATUS "/migrations/status"

/* Two migrations, with their down scripts. */
extern const struct set_file desk_files[];

/* One test's: what is offered, and the last answer. */
struct desk {
	struct database *database;
	struct compiled_set set;
	struct inlay_admin admin;
	struct inlay_admin_response response;
	json_t *json; /* The body, where it is JSON. */
};

/* *state is the struct database; the options are that one's. */
struct desk desk_open(void **state, const struct set_file *files);
void desk_close(struct desk *desk);

/* Each returns the status.  What every answer has to have is checked. */
int desk_ask(struct desk *desk, struct inlay_admin_request request);
int desk_get(struct desk *desk, const char *path);
int desk_post(struct desk *desk, const char *path, const char *body);

/* Before an answer that was not asked for by desk_ask(), and behind it. */
void desk_forget(struct desk *desk);
void desk_take_json(struct desk *desk);

/* "" when it is not there. */
const char *desk_header(const struct desk *desk, const char *name);

/* A member of the answer, by names and indexes with dots between them; NULL when there is none. */
const json_t *desk_member(const struct desk *desk, const char *path);
void desk_expect_member(const struct desk *desk, const char *path, const char *json);
void desk_expect_part(const struct desk *desk, const char *part);

#endif
