/* events.c - see events.h. */
#include "events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants those first. */
#include <cmocka.h>

struct inlay_event event_make(enum inlay_event_kind kind)
{
	struct inlay_event event = { .size = sizeof(event), .kind = kind, .version = -1 };

	event.level = INLAY_LEVEL_INFO;
	event.migration = event.file = event.message = event.holder = event.sql = "";
	event.database = event.schema = "";
	return event;
}

struct inlay_event event_make_full(enum inlay_event_kind kind)
{
	static const char *const parameters[] = { "a", NULL };
	struct inlay_event event = event_make(kind);

	event.version = 3;
	event.migration = "003_add";
	event.file = "m/003_add.sql";
	event.statement_count = 4;
	event.index = 1;
	event.count = 2;
	event.duration_ms = 12;
	event.message = "say it";
	event.holder = "bob";
	event.waited_ms = 34;
	event.result = INLAY_EDITED;
	event.statement = 2;
	event.sql = "SELECT 1";
	event.parameter_count = 2;
	event.parameters = parameters;
	event.database = "app";
	event.schema = "s";
	return event;
}

struct outcome observers_run(const char *directory)
{
	struct outcome outcome;

	command_expect(directory,
	               "cd \"$ROOT\" && gcc -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -g -pthread "
	               "-fsanitize=thread -Iruntime -o \"$OLDPWD/observers\" "
	               "tests/threads_test/observers.c runtime/alerts.c runtime/metrics.c "
	               "runtime/observe.c runtime/error.c runtime/format.c runtime/clock.c",
	               0);
	outcome = command_run(directory, "./observers");
	if (outcome.status != 0)
		fail_msg("%d: %s", outcome.status, outcome.err.start);
	return outcome;
}
