/* observe.c - reads events of any age; knows the names and usual levels of kinds, and UTF-8. */
#include "observe.h"

#include <string.h>

static const struct {
	const char *name;
	enum inlay_level level;
} kinds[] = {
	[0] = { "unknown", INLAY_LEVEL_INFO },
	[INLAY_EVENT_APPLIED] = { "applied", INLAY_LEVEL_INFO },
	[INLAY_EVENT_APPLYING] = { "applying", INLAY_LEVEL_INFO },
	[INLAY_EVENT_FAILED] = { "failed", INLAY_LEVEL_ERROR },
	[INLAY_EVENT_WAITING] = { "waiting", INLAY_LEVEL_INFO },
	[INLAY_EVENT_RETRYING] = { "retrying", INLAY_LEVEL_WARNING },
	[INLAY_EVENT_CONFIGURED] = { "configured", INLAY_LEVEL_INFO },
	[INLAY_EVENT_CHECKED] = { "checked", INLAY_LEVEL_DEBUG },
	[INLAY_EVENT_LOCKED] = { "locked", INLAY_LEVEL_INFO },
	[INLAY_EVENT_STATEMENT] = { "statement", INLAY_LEVEL_DEBUG },
	[INLAY_EVENT_PENDING] = { "pending", INLAY_LEVEL_WARNING },
	[INLAY_EVENT_DRIFT] = { "drift", INLAY_LEVEL_WARNING },
	[INLAY_EVENT_ROLLING_BACK] = { "rolling_back", INLAY_LEVEL_INFO },
	[INLAY_EVENT_ROLLED_BACK] = { "rolled_back", INLAY_LEVEL_INFO },
	[INLAY_EVENT_WOULD_RUN] = { "would_run", INLAY_LEVEL_INFO },
	[INLAY_EVENT_UNCHECKED] = { "unchecked", INLAY_LEVEL_WARNING },
	[INLAY_EVENT_BASELINED] = { "baselined", INLAY_LEVEL_INFO },
	[INLAY_EVENT_REPAIRED] = { "repaired", INLAY_LEVEL_WARNING },
};

static size_t find_kind(enum inlay_event_kind kind)
{
	size_t index = (size_t)kind;

	return index < sizeof(kinds) / sizeof(kinds[0]) ? index : 0;
}

const char *inlay_event_name(enum inlay_event_kind kind)
{
	return kinds[find_kind(kind)].name;
}

const char *inlay_level_name(enum inlay_level level)
{
	static const char *const names[] = {
		[0] = "unknown",
		[INLAY_LEVEL_DEBUG] = "debug",
		[INLAY_LEVEL_INFO] = "info",
		[INLAY_LEVEL_WARNING] = "warning",
		[INLAY_LEVEL_ERROR] = "error",
	};
	size_t index = (size_t)level;

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : names[0];
}

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

bool observe_read(struct inlay_event *copy, const struct inlay_event *event)
{
	size_t first_size = offsetof(struct inlay_event, level); /* Of release 0.1.0. */

	if (event == NULL || event->size < first_size)
		return false;
	*copy = (struct inlay_event){ .result = INLAY_OK };
	memcpy(copy, event, event->size < sizeof(*copy) ? event->size : sizeof(*copy));
	copy->size = sizeof(*copy);
	if (copy->level == 0)
		copy->level = kinds[find_kind(copy->kind)].level;
	if (copy->kind == INLAY_EVENT_FAILED && copy->result == INLAY_OK)
		copy->result = INLAY_FAILED;
	if (copy->parameters == NULL)
		copy->parameter_count = 0;
	copy->migration = text_of(copy->migration);
	copy->file = text_of(copy->file);
	copy->message = text_of(copy->message);
	copy->holder = text_of(copy->holder);
	copy->sql = text_of(copy->sql);
	copy->database = text_of(copy->database);
	copy->schema = text_of(copy->schema);
	return true;
}
