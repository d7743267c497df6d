/* dbmate.c - VERSION_name.sql with `-- migrate:up` and `-- migrate:down`: our words, but for
 * several pairs in a file, and looser names. */
#include "rewrite.h"

#include <string.h>

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);
	size_t digits;

	if (entry->source->kind != SOURCE_FILE || strchr(name, '/') != NULL)
		return;
	if (strcmp(name, "atlas.sum") == 0)
		entry->kind = ENTRY_BESIDE;
	digits = name_version(stem, &entry->says.version, entry);
	if (!name_take_end(&stem, ".sql") || digits == 0)
		return;
	entry->kind = ENTRY_MIGRATION;
	entry->says.title = stem;
	/* The version is all that counts: what follows the digits may be anything, or nothing. */
	stem.start += digits;
	stem.size -= digits;
	if (stem.size > 1 && *stem.start == '_') {
		stem.start++;
		stem.size--;
	}
	if (stem.size == 0)
		stem = entry->says.title;
	entry->says.name = name_clean(reading->arena, stem, entry);
	entry->says.title = name_title(reading->arena, entry->says.title, entry);
}

/* dbmate sorts file names. */
static int compare(const struct entry *a, const struct entry *b)
{
	return strcmp(a->source->name, b->source->name);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* A section of the file. */
struct section {
	struct text line; /* "-- migrate:up transaction:false" */
	struct text body; /* What follows, up to the next section. */
	bool down;
	bool no_transaction;
};

struct sections {
	struct section *items;
	size_t count;
	size_t capacity;
};

/* Is it a line that begins a section? */
static bool is_section(struct text line, bool *down)
{
	struct text rest = directive_of(line, "migrate:");
	struct text word = text_next_word(&rest, " \t\r");

	*down = text_equals(word, text_of("down"));
	return line.start != NULL && (*down || text_equals(word, text_of("up")));
}

static bool has_option(struct text line, const char *option)
{
	struct text rest = line;
	struct text word;

	while ((word = text_next_word(&rest, " \t\r")).size > 0)
		if (text_equals(word, text_of(option)))
			return true;
	return false;
}

static struct sections find_sections(struct rewrite *rewrite)
{
	struct sections sections = { 0 };
	struct text rest = rewrite->text;
	struct section *last = NULL;
	struct text line;
	bool down;

	while ((line = line_next(&rest)).start != NULL) {
		if (!is_section(line, &down))
			continue;
		if (last != NULL)
			last->body.size = (size_t)(line.start - last->body.start);
		sections.items = arena_grow(rewrite->reading->arena, sections.items, sections.count,
		                            &sections.capacity, sizeof(*sections.items));
		last = &sections.items[sections.count++];
		*last = (struct section){ line, rest, down, has_option(line, "transaction:false") };
	}
	return sections;
}

/* up, down, up, down: nothing else. */
static bool check_pairs(struct rewrite *rewrite, const struct sections *sections)
{
	size_t i;

	if (sections->count == 0 || sections->count % 2 != 0) {
		rewrite_refuse(rewrite, RULE_DIRECTIVE,
		               sections->count > 0 ? sections->items[sections->count - 1].line
		                                   : rewrite_start(rewrite),
		               "dbmate wants a `-- migrate:up` and a `-- migrate:down`",
		               "add the one that is missing; it may be empty");
		return false;
	}
	for (i = 0; i < sections->count; i++) {
		const struct section *section = &sections->items[i];

		if (section->down != (i % 2 == 1)) {
			rewrite_refuse(rewrite, RULE_DIRECTIVE, section->line,
			               "up and down sections do not take turns",
			               "each `-- migrate:up` has its `-- migrate:down` below it");
			return false;
		}
		if (section->no_transaction != sections->items[i % 2].no_transaction) {
			rewrite_refuse(rewrite, RULE_DIRECTIVE, section->line,
			               "the sections of one migration run with and without a "
			               "transaction",
			               "a migration of inlay runs in one or in none: make the pair "
			               "a file of its own");
			return false;
		}
	}
	return true;
}

/* All that is up, then all that is down, each in the order of the file, as dbmate runs them. */
static void join(struct rewrite *rewrite, const struct sections *sections)
{
	size_t direction, i;

	rewrite_keep(rewrite, sections->items[0].line.start);
	for (direction = 0; direction < 2; direction++) {
		rewrite_skip(rewrite, sections->items[direction].line.start);
		rewrite_keep(rewrite, sections->items[direction].body.start);
		for (i = direction; i < sections->count; i += 2) {
			struct text body = sections->items[i].body;
			const unsigned char *end = body.start + body.size;

			rewrite_skip(rewrite, body.start);
			rewrite_keep(rewrite, end);
			/* A statement ends with its section. */
			if (i + 2 < sections->count)
				rewrite_put(rewrite, (struct text){ end, 0 }, ";\n");
			else if (direction == 0 && body.size > 0 && end[-1] != '\n')
				rewrite_put(rewrite, (struct text){ end, 0 }, "\n");
		}
	}
	rewrite_skip(rewrite, rewrite->text.start + rewrite->text.size);
}

static void translate(struct rewrite *rewrite)
{
	struct sections sections = find_sections(rewrite);

	if (check_pairs(rewrite, &sections) && sections.count > 2)
		join(rewrite, &sections);
}

const struct format format_dbmate = {
	.name = "dbmate",
	.title = "dbmate",
	.shape = "20240101120000_create_accounts.sql",
	.name_entry = name_entry,
	.translate = translate,
	.compare = compare,
	.native_words = true,
};
