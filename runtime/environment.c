/* environment.c - the only file that reads the program's environment. */
#include "environment.h"

#include "format.h"

#include <stdlib.h>
#include <string.h>

#define LOCK_TIMEOUT_MS 30000

/* The units a duration may have; a number alone counts milliseconds. */
static const struct unit {
	const char *name;
	uint64_t duration_ms;
} units[] = {
	{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 },
};

/* "30s" and the like.  False for anything else, and for what is too long for the option. */
static bool parse_duration(const char *text, uint32_t *duration_ms)
{
	uint64_t number = 0;
	const char *cursor = text;

	for (; *cursor >= '0' && *cursor <= '9' && number < UINT32_MAX; cursor++)
		number = number * 10 + (uint64_t)(*cursor - '0');
	if (cursor == text)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(cursor, units[i].name) != 0)
			continue;
		number *= units[i].duration_ms;
		*duration_ms = (uint32_t)number;
		return number < INLAY_FROM_ENVIRONMENT;
	}
	return false;
}

bool environment_fill(struct inlay_options *options, char problem[ENVIRONMENT_PROBLEM_SIZE_MAX])
{
	const char *text;

	if (options->auto_migrate == INLAY_FROM_ENVIRONMENT)
		options->auto_migrate = 1;
	if (options->dry_run == INLAY_FROM_ENVIRONMENT)
		options->dry_run = 0;
	if (options->lock_timeout_ms != INLAY_FROM_ENVIRONMENT)
		return true;
	options->lock_timeout_ms = LOCK_TIMEOUT_MS;
	text = getenv("MIGRATION_LOCK_TIMEOUT");
	if (text == NULL || text[0] == '\0' || parse_duration(text, &options->lock_timeout_ms))
		return true;
	format_into(problem, ENVIRONMENT_PROBLEM_SIZE_MAX,
	            "MIGRATION_LOCK_TIMEOUT is \"%s\": write milliseconds, or a number with ms, s, "
	            "min or h, up to 49 days",
	            text);
	return false;
}
