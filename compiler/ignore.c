/* ignore.c - silences. */
#include "ignore.h"

struct ignore_list *ignore_read(struct arena *arena, const struct source_list *sources,
                                struct diagnostics *problems)
{
	(void)arena, (void)sources, (void)problems;
	return NULL;
}

void ignore_apply(struct ignore_list *list, struct diagnostics *problems)
{
	(void)list, (void)problems;
}

void ignore_report_unused(const struct ignore_list *list, const bool ran[RULE_COUNT],
                          struct diagnostics *problems)
{
	(void)list, (void)ran, (void)problems;
}
