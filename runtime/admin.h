/*
 * admin.h - the parts that answer a request to the admin endpoints.
 *
 * A request is read (admin_ask.c, and admin_access.c for who asks), the database is looked at
 * (admin_look.c) or changed (admin.c), and the answer is written (admin_json.c, admin_page.c).
 */
#ifndef INLAY_ADMIN_PRIVATE_H
#define INLAY_ADMIN_PRIVATE_H

#include "admin_text.h"
#include "call.h"
#include "gate.h"
#include "inlay_admin.h"

/* --- What is asked --- */

enum admin_route {
	ADMIN_NOWHERE,
	ADMIN_PAGE,
	ADMIN_STATUS,
	ADMIN_HISTORY,
	ADMIN_METRICS,
	ADMIN_RUN,
	ADMIN_ROLLBACK,
};

struct admin_question {
	enum admin_route route;
	int status;          /* 200 when it may go ahead; otherwise: */
	const char *code;    /* "bad_request" */
	const char *message; /* For people. */
	const char *type;    /* Of the answer. */
	uint32_t limit;      /* Of the history. */
	bool has_to;         /* Of run and rollback. */
	bool has_count;
	bool dry_run;
	int64_t to;
	int64_t count;
};

void admin_ask(struct admin_question *question, const struct inlay_admin *admin,
               const struct inlay_admin_request *request);

/* Is it POST that asks this? */
bool admin_changes(enum admin_route route);

enum admin_access {
	ADMIN_STRANGER,
	ADMIN_READER,
	ADMIN_CHANGER
};

/* Who has the token of this Authorization header (NULL for none)?  Takes as long whatever of a
 * token is right. */
enum admin_access admin_access(const struct inlay_admin *admin, const char *authorization,
                               bool may_be_basic);

/* Reads the JSON of a POST, an object of members that are known, each at most once.  NULL, or what
 * is wrong with it. */
const char *admin_read_body(struct admin_question *question, const char *body, size_t size);

/* --- What the database says --- */

#define ADMIN_STATE_COUNT ((size_t)INLAY_STATE_INTERRUPTED + 1)

struct admin_view {
	struct admin_text rows; /* As put_row has written them. */
	size_t row_count;
	size_t counts[ADMIN_STATE_COUNT]; /* Of each state. */
	size_t at_work_count;             /* Of those interrupted, who are only not through. */
	int64_t longest_ms;
	enum inlay_result check; /* What inlay_check() says: */
	char words[INLAY_MESSAGE_SIZE_MAX];
	char holder[GATE_HOLDER_SIZE_MAX]; /* Who is migrating, as far as the database tells. */
};

/* Looks at everything that the set or the database has.  Where that fails request->error says why.
 * The view starts out zero; admin_text_clear() its rows in any case. */
enum inlay_result admin_look(struct admin_view *view, const struct request *request,
                             void (*put_row)(struct admin_text *text,
                                             const struct inlay_migration_status *row));

/* Writes the last `limit` entries of the log into `text`, newest first, with a comma between them
 * where `separator` says. */
enum inlay_result admin_look_back(struct admin_text *text, const struct request *request,
                                  uint32_t limit, const char *separator,
                                  void (*put_entry)(struct admin_text *text,
                                                    const struct inlay_history_entry *entry));

/* --- What is answered --- */

/* One migration that a run or a rollback tells of: ", " before it where there is one. */
void admin_json_event(struct admin_text *text, const struct inlay_event *event);

enum inlay_result admin_json_status(struct admin_text *text, const struct request *request);
enum inlay_result admin_json_history(struct admin_text *text, const struct request *request,
                                     uint32_t limit);

/* What run or rollback came to; `migrations` as admin_json_event() has written them. */
void admin_json_outcome(struct admin_text *text, const struct inlay_error *error,
                        const struct admin_text *migrations);

/* {"error": ...} of the runtime's, or of ours. */
void admin_json_error(struct admin_text *text, const struct inlay_error *error);
void admin_json_refusal(struct admin_text *text, const char *code, const char *message);

/* The page; where the database can not be looked at, it says that. */
enum inlay_result admin_page(struct admin_text *text, const struct request *request);
void admin_page_error(struct admin_text *text, const struct inlay_error *error);

/* --- All of it --- */

struct admin_request {
	const struct driver *driver;
	const struct inlay_admin *admin;
	const struct inlay_admin_request *asked;
	void *connection;
	struct inlay_admin_response *response;
};

void admin_handle(const struct admin_request *request);

#endif
