/* tern.c - NUMBER_name.sql; `---- create above / drop below ----`; templates. */
#include "rewrite.h"

#include <string.h>

#define LOOKED_AT 16 /* Files that are read to find out whose they are. */

static const char separator[] = "---- create above / drop below ----";
static const char disable[] = "---- tern: disable-tx ----";

static enum evidence recognise(const struct reading *reading)
{
	return reading_has_line(reading, "-- create above / drop below", LOOKED_AT) ||
	                       reading_has_line(reading, "-- tern:", LOOKED_AT)
	               ? EVIDENCE_SURE
	               : EVIDENCE_NONE;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);

	if (entry->source->kind == SOURCE_DIRECTORY) {
		entry->why = "templates that migrations share can not be compiled in";
		entry->help = "write their text into the migrations that use it";
		return;
	}
	if (strchr(name, '/') != NULL || name_ends_with(name, ".go") ||
	    strcmp(name, "tern.conf") == 0) {
		entry->kind = ENTRY_BESIDE;
		return;
	}
	if (entry->source->kind != SOURCE_FILE || !name_take_end(&stem, ".sql"))
		return;
	if (name_versioned(reading, entry, stem))
		entry->kind = ENTRY_MIGRATION;
}

/* ---- templates ------------------------------------------------------------------------------- */

static bool is_name(struct text name)
{
	size_t i;

	for (i = 0; i < name.size; i++) {
		unsigned char byte = name.start[i];

		if (byte != '_' && (byte < '0' || byte > '9') &&
		    ((byte | 0x20) < 'a' || (byte | 0x20) > 'z'))
			return false;
	}
	return name.size > 0;
}

/* {{.name}} has a value; nothing else of Go's templates can be done here. */
static void put_template(struct rewrite *rewrite, struct text at)
{
	struct text inside = { at.start + 2, at.size - 4 };

	inside = text_trim(inside);
	if (inside.size > 1 && *inside.start == '.' &&
	    is_name((struct text){ inside.start + 1, inside.size - 1 }))
		placeholder_put(rewrite, at, (struct text){ inside.start + 1, inside.size - 1 },
		                false);
	else
		rewrite_refuse(rewrite, RULE_PLACEHOLDER, at,
		               "this template can not be executed when compiling",
		               "write what it makes in its place; {{.name}} alone can be given, "
		               "with --placeholder name=VALUE");
}

static const unsigned char *find(struct text text, const char *word)
{
	const unsigned char *at = text.start;
	const unsigned char *end = text.start + text.size;

	for (; at < end && (at = memchr(at, word[0], (size_t)(end - at))) != NULL; at++)
		if (at + 1 < end && at[1] == (unsigned char)word[1])
			return at;
	return NULL;
}

static void put_templates(struct rewrite *rewrite, struct text line)
{
	const unsigned char *limit = rewrite->text.start + rewrite->text.size;
	const unsigned char *open;
	const unsigned char *close;

	while ((open = find(line, "{{")) != NULL) {
		const unsigned char *end = line.start + line.size;

		close = find((struct text){ open, (size_t)(limit - open) }, "}}");
		if (close == NULL || close + 2 > end) {
			rewrite_refuse(rewrite, RULE_PLACEHOLDER, (struct text){ open, 2 },
			               "this template can not be executed when compiling",
			               "write what it makes in its place");
			return;
		}
		put_template(rewrite, (struct text){ open, (size_t)(close + 2 - open) });
		line = (struct text){ close + 2, (size_t)(end - close - 2) };
	}
}

/* ---- directives ------------------------------------------------------------------------------ */

/* What a file says of itself. */
struct tern {
	struct text separator; /* start NULL: all of it is up. */
	bool disabled[2];      /* Up, down: without a transaction. */
};

static void refuse(struct rewrite *rewrite, struct text at, const char *message, const char *help)
{
	rewrite_refuse(rewrite, RULE_DIRECTIVE, at, message, help);
}

/* What the line orders; errors are told the first time only. */
static void look_at(struct rewrite *rewrite, struct text line, struct tern *tern)
{
	if (text_equals(text_trim(line), text_of(separator))) {
		if (tern->separator.start != NULL)
			refuse(rewrite, line, "a second separator of up and down",
			       "keep the one above the down script");
		tern->separator = line;
	} else if (text_equals(line, text_of(disable))) {
		tern->disabled[tern->separator.start != NULL] = true;
	} else if (directive_of(text_trim(line), "-- tern:").start != NULL ||
	           directive_of(text_trim(line), "-- create above / drop below").start != NULL) {
		refuse(rewrite, text_trim(line), "tern does not know this",
		       "known are `---- create above / drop below ----` and, with nothing else on "
		       "its line, `---- tern: disable-tx ----`");
	}
}

static void translate(struct rewrite *rewrite)
{
	struct tern tern = { .separator = { NULL, 0 } };
	struct text rest = rewrite->text;
	struct text line;

	while ((line = line_next(&rest)).start != NULL)
		look_at(rewrite, line, &tern);
	if (tern.separator.start != NULL || tern.disabled[0])
		rewrite_put(rewrite, (struct text){ rewrite->text.start, 0 },
		            tern.disabled[0] ? "-- migrate:up transaction:false\n"
		                             : "-- migrate:up\n");
	rest = rewrite->text;
	while ((line = line_next(&rest)).start != NULL) {
		if (line.start == tern.separator.start)
			rewrite_put(rewrite, line,
			            tern.disabled[1] ? "-- migrate:down transaction:false"
			                             : "-- migrate:down");
		else if (text_equals(line, text_of(disable)))
			rewrite_drop_line(rewrite, line);
		else
			put_templates(rewrite, line);
	}
}

const struct format format_tern = {
	.name = "tern",
	.title = "tern",
	.shape = "001_create_accounts.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.translate = translate,
	.placeholders = "",
};
