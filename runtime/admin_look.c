/* admin_look.c - asks a database for all that the endpoints show of it. */
#include "admin.h"

#include "ensure.h"
#include "status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- Where it stands --- */

struct looking {
	struct admin_view *view;
	void (*put_row)(struct admin_text *text, const struct inlay_migration_status *row);
};

static void take_row(void *context, const struct inlay_migration_status *row)
{
	const struct looking *looking = context;
	struct admin_view *view = looking->view;

	looking->put_row(&view->rows, row);
	view->row_count++;
	view->counts[row->state]++;
	if (row->duration_ms > view->longest_ms)
		view->longest_ms = row->duration_ms;
	if ((row->flags & INLAY_STATUS_AT_WORK) != 0) {
		view->at_work_count++;
		format_into(view->holder, sizeof(view->holder), "%s", row->actor);
	}
}

/* On SQLite nobody can tell whose its lock is. */
static void ask_holder(struct admin_view *view, const struct request *request)
{
	struct inlay_error error = inlay_error_init();
	struct request own = *request;
	struct tracking_rows rows = { .first = NULL };
	char holder[GATE_HOLDER_SIZE_MAX] = "";
	struct call call;

	own.error = &error;
	if (request->driver->dialect != INLAY_DIALECT_POSTGRES ||
	    call_open(&call, &own) != INLAY_OK)
		return;
	if (call_look(&call, &rows, "the tracking table can not be read") == INLAY_OK)
		gate_ask_holder(&call.tracking, holder);
	tracking_rows_destroy(&rows);
	(void)call_close(&call);
	if (holder[0] != '\0')
		memcpy(view->holder, holder, sizeof(holder));
}

/* Whatever the set's and the database's difference, it is an answer. */
static bool is_answer(enum inlay_result result)
{
	return result != INLAY_UNREACHABLE && result != INLAY_NO_MEMORY && result != INLAY_MISUSE &&
	       result != INLAY_LOCKED;
}

enum inlay_result admin_look(struct admin_view *view, const struct request *request,
                             void (*put_row)(struct admin_text *text,
                                             const struct inlay_migration_status *row))
{
	struct looking looking = { view, put_row };

	if (status_run(request, take_row, &looking) != INLAY_OK)
		return request->error->result;
	view->check = check_run(request);
	if (!is_answer(view->check))
		return view->check;
	if (view->check == INLAY_PENDING)
		format_into(view->words, sizeof(view->words), "%zu to be applied",
		            view->counts[INLAY_STATE_PENDING] +
		                    view->counts[INLAY_STATE_INTERRUPTED]);
	else
		memcpy(view->words, request->error->message, sizeof(view->words));
	ask_holder(view, request);
	return INLAY_OK;
}

/* --- What was done --- */

/* The last entries, each as a text of its own: the log is told oldest first, and may be long. */
struct ring {
	struct admin_text *entries;
	uint32_t limit;
	uint32_t count;
	uint32_t next; /* Where the next one goes: over the oldest. */
	void (*put_entry)(struct admin_text *text, const struct inlay_history_entry *entry);
};

static void take_entry(void *context, const struct inlay_history_entry *entry)
{
	struct ring *ring = context;
	struct admin_text *text = &ring->entries[ring->next];

	text->size = 0;
	ring->put_entry(text, entry);
	ring->next = (ring->next + 1) % ring->limit;
	if (ring->count < ring->limit)
		ring->count++;
}

enum inlay_result admin_look_back(struct admin_text *text, const struct request *request,
                                  uint32_t limit, const char *separator,
                                  void (*put_entry)(struct admin_text *text,
                                                    const struct inlay_history_entry *entry))
{
	struct ring ring = { .limit = limit, .put_entry = put_entry };
	enum inlay_result result;

	ring.entries = calloc(limit, sizeof(*ring.entries));
	if (ring.entries == NULL)
		return error_set(request->error, INLAY_NO_MEMORY, "memory is out");
	result = history_run(request, take_entry, &ring);
	for (uint32_t i = 1; i <= ring.count; i++) {
		const struct admin_text *entry = &ring.entries[(ring.next + limit - i) % limit];

		text->no_memory = text->no_memory || entry->no_memory;
		if (i > 1)
			admin_text_string(text, separator);
		admin_text_add(text, entry->start, entry->size);
	}
	for (uint32_t i = 0; i < limit; i++)
		admin_text_clear(&ring.entries[i]);
	free(ring.entries);
	return result;
}
