/* error.c - results, states and their names; knows no database. */
#include "error.h"

#include <stdarg.h>

/* The one list of results: a number that is missing here has no name. */
#define RESULTS(X)                                                                                 \
	X(INLAY_OK)                                                                                \
	X(INLAY_LOCKED)                                                                            \
	X(INLAY_EDITED)                                                                            \
	X(INLAY_MISSING)                                                                           \
	X(INLAY_LATE)                                                                              \
	X(INLAY_AHEAD)                                                                             \
	X(INLAY_FOREIGN)                                                                           \
	X(INLAY_FAILED)                                                                            \
	X(INLAY_INTERRUPTED)                                                                       \
	X(INLAY_UNREACHABLE)                                                                       \
	X(INLAY_NO_MEMORY)                                                                         \
	X(INLAY_MISUSE)                                                                            \
	X(INLAY_PENDING)                                                                           \
	X(INLAY_IRREVERSIBLE)                                                                      \
	X(INLAY_CANCELLED)

#define STATES(X)                                                                                  \
	X(INLAY_STATE_APPLIED, "applied")                                                          \
	X(INLAY_STATE_PENDING, "pending")                                                          \
	X(INLAY_STATE_EDITED, "edited")                                                            \
	X(INLAY_STATE_MISSING, "missing")                                                          \
	X(INLAY_STATE_AHEAD, "ahead")                                                              \
	X(INLAY_STATE_LATE, "late")                                                                \
	X(INLAY_STATE_INTERRUPTED, "interrupted")

const char *inlay_result_name(enum inlay_result result)
{
#define RESULT_NAME(name) [name] = #name,
	static const char *const names[] = { RESULTS(RESULT_NAME) };
#undef RESULT_NAME
	size_t index = (size_t)result;

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : "INLAY_UNKNOWN";
}

const char *inlay_state_name(enum inlay_state state)
{
#define STATE_NAME(name, text) [name] = text,
	static const char *const names[] = { [0] = "unknown", STATES(STATE_NAME) };
#undef STATE_NAME
	size_t index = (size_t)state;

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : "unknown";
}

const char *inlay_version(void)
{
	return INLAY_VERSION;
}

void error_reset(struct inlay_error *error)
{
	error->result = INLAY_OK;
	error->applied_count = 0;
	error->version = -1;
	error->line = 0;
	error->column = 0;
	error->statement = 0;
	error->code = 0;
	error->sqlstate[0] = '\0';
	error->migration[0] = '\0';
	error->file[0] = '\0';
	error->message[0] = '\0';
	error->pending_count = 0;
	error->rolled_back_count = 0;
	error->unchecked = INLAY_OK;
	error->is_cached = 0;
	error->recorded_count = 0;
}

enum inlay_result error_set(struct inlay_error *error, enum inlay_result result, const char *format,
                            ...)
{
	va_list arguments;

	if (error->result != INLAY_OK)
		return error->result;
	va_start(arguments, format);
	format_arguments(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	format_one_line(error->message);
	error->result = result;
	return result;
}
