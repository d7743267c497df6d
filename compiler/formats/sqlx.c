/* sqlx.c - VERSION_description.sql, or .up.sql and .down.sql; `-- no-transaction` in the first
 * bytes. */
#include "rewrite.h"

#include <string.h>

static const char mark[] = "-- no-transaction";

static enum evidence recognise(const struct reading *reading)
{
	return reading_begins(reading, mark) ? EVIDENCE_SURE : EVIDENCE_NONE;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);

	if (entry->source->kind != SOURCE_FILE || strchr(name, '/') != NULL)
		return;
	if (name_ends_with(name, ".rs"))
		entry->kind = ENTRY_BESIDE;
	if (!name_take_end(&stem, ".sql"))
		return;
	entry->says.up = name_take_end(&stem, ".up");
	entry->says.down = !entry->says.up && name_take_end(&stem, ".down");
	entry->says.any_name = entry->says.down;
	if (name_versioned(reading, entry, stem))
		entry->kind = ENTRY_MIGRATION;
}

static void translate(struct rewrite *rewrite)
{
	const unsigned char *first = rewrite->entry->source->text.start;
	struct text rest = rewrite->text;
	struct text line;

	while ((line = line_next(&rest)).start != NULL) {
		struct text tail = directive_of(line, "no-transaction");
		bool sees = line.start == first && text_starts_with(line, mark);

		if (!sees && (tail.start == NULL || tail.size > 0))
			continue; /* Prose. */
		if (!sees) {
			rewrite_refuse(rewrite, RULE_DIRECTIVE, line,
			               "sqlx sees `-- no-transaction` in the first bytes of the "
			               "file only",
			               "put it there, or write the comment otherwise");
			continue;
		}
		tail.start = line.start + strlen(mark);
		tail.size = line.size - strlen(mark);
		rewrite_put(rewrite, (struct text){ line.start, strlen(mark) },
		            rewrite->entry->says.down ? "-- migrate:down transaction:false"
		                                      : "-- migrate:up transaction:false");
		if (text_trim(tail).size > 0)
			rewrite_put(rewrite, (struct text){ tail.start, 0 }, "\n--");
	}
}

const struct format format_sqlx = {
	.name = "sqlx",
	.title = "sqlx",
	.shape = "20240101120000_create_accounts.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.translate = translate,
};
