/* pages.c - the pages, one a command. */
#include "pages.h"

#include <string.h>

static const struct manual_page *const pages[] = {
	&page_adopt,   &page_baseline, &page_check, &page_compile, &page_completion,
	&page_down,    &page_dump,     &page_help,  &page_history, &page_import,
	&page_inspect, &page_manual,   &page_new,   &page_redo,    &page_repair,
	&page_split,   &page_status,   &page_sum,   &page_up,      &page_verify,
};

const struct manual_page *manual_find(const char *command)
{
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (strcmp(pages[i]->command, command) == 0)
			return pages[i];
	return NULL;
}
