/* native.c - our own layout.  What is wrong with a name, layout.c tells. */
#include "format.h"

#include <string.h>

static void name_entry(struct reading *reading, struct entry *entry)
{
	(void)reading;
	/* What lies in a directory goes with it: the directory is refused when it is read. */
	entry->kind = strchr(entry->source->name, '/') != NULL ? ENTRY_BESIDE : ENTRY_MIGRATION;
}

const struct format format_native = {
	.name = "inlay",
	.title = "inlay",
	.shape = "001_create_accounts.sql",
	.name_entry = name_entry,
	.native_words = true,
};

bool format_is_native(const struct format *format)
{
	return format == NULL || format == &format_native;
}
