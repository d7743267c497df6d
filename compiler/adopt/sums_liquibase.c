/* sums_liquibase.c - what Liquibase stores: neither white space counts nor what is said in comments
 * of its own. */
#include "sums.h"

#include "buffer.h"
#include "formats/format.h"
#include "sums_parts.h"

#include <string.h>

/* "9:" and MD5; NULL: libcrypto has none. */
static const char *nine(struct arena *arena, struct text text)
{
	const char *hex = sums_hex(arena, "MD5", text);

	return hex != NULL ? arena_format(arena, "9:%s", hex) : NULL;
}

/* Of a changeset whose one change is this SQL. */
static const char *sum_of(struct arena *arena, struct text sql)
{
	const char *change = nine(arena, sums_without(arena, sql, " \t\r\n"));

	return change != NULL ? nine(arena, text_of(arena_format(arena, "%s:", change))) : NULL;
}

/* What a line says behind "--" to Liquibase; start NULL: it is none of its comments. */
static struct text said(struct text line)
{
	line = text_trim(line);
	if (!text_starts_with(line, "--"))
		return (struct text){ NULL, 0 };
	return text_trim((struct text){ line.start + 2, line.size - 2 });
}

static bool begins(struct text text, const char *word)
{
	size_t size = strlen(word);

	return text.start != NULL && text.size >= size &&
	       text_equals_caseless((struct text){ text.start, size }, text_of(word));
}

/* A part of "author:id", with or without double quotes, off `*rest`. */
static struct text take_name(struct text *rest, const char *ends)
{
	struct text name = *rest;
	size_t size = 0;

	if (rest->size > 0 && *rest->start == '"') {
		const unsigned char *quote = memchr(rest->start + 1, '"', rest->size - 1);

		if (quote != NULL) {
			name = (struct text){ rest->start + 1, (size_t)(quote - rest->start) - 1 };
			size = name.size + 2;
		}
	}
	if (size == 0) {
		while (size < rest->size && strchr(ends, rest->start[size]) == NULL)
			size++;
		name.size = size;
	}
	*rest = (struct text){ rest->start + size, rest->size - size };
	return name;
}

/* Does it begin the changeset of that row? */
static bool is_changeset_of(struct text words, const struct adopt_row *row)
{
	struct text author, id;

	words = text_trim((struct text){ words.start + 9, words.size - 9 });
	author = take_name(&words, ":");
	if (words.size == 0)
		return false;
	words = (struct text){ words.start + 1, words.size - 1 };
	id = take_name(&words, " \t");
	return text_equals(text_trim(author), text_of(row->detail)) &&
	       text_equals(text_trim(id), text_of(row->key));
}

/* Liquibase's own lines within a changeset. */
static bool is_comment(struct text words)
{
	static const char *const starts[] = { "rollback",     "comment ",      "comment:",
		                              "property ",    "preconditions", "precondition-",
		                              "validchecksum" };
	size_t i;

	if (begins(words, starts[0]))
		return words.size == 8 || words.start[8] == ' ' || words.start[8] == '\t';
	for (i = 1; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (begins(words, starts[i]))
			return true;
	return false;
}

/* What was found of a changeset. */
enum found {
	FOUND_NOT,
	FOUND_ALL,
	FOUND_UNCLEAR
};

/* Puts into `*sql` what the changeset of that row has. */
static enum found find_changeset(struct text text, const struct adopt_row *row, struct buffer *sql)
{
	enum found found = FOUND_NOT;
	bool is_inside = false;
	bool is_rollback = false;
	struct text line;

	while ((line = line_next(&text)).start != NULL) {
		struct text words = said(line);

		if (begins(words, "changeset ")) {
			is_inside = is_changeset_of(words, row);
			if (is_inside)
				found = FOUND_ALL;
			continue;
		}
		if (!is_inside || is_comment(words))
			continue;
		if (begins(words, "ignorelines") || text_contains_caseless(line, text_of("${")))
			return FOUND_UNCLEAR;
		if (begins(text_trim(line), "/* liquibase rollback"))
			is_rollback = true;
		if (!is_rollback)
			buffer_text(sql, line);
		else if (text_contains_caseless(line, text_of("*/")))
			is_rollback = false;
	}
	return found;
}

/* Is the file a changelog? */
static bool is_formatted(struct text text)
{
	text = text_trim(text);
	return begins(said(line_next(&text)), "liquibase formatted sql");
}

enum adopt_sum sums_liquibase(const struct adopt_files *files, size_t index,
                              const struct adopt_row *row, const char **ours)
{
	struct text text = files->items[index].text;
	size_t mark = text_mark_size(text);
	struct buffer sql = { 0 };
	enum found found = FOUND_NOT;

	if (!text_starts_with(text_of(row->checksum), "9:"))
		return ADOPT_SUM_UNUSABLE;
	text = (struct text){ text.start + mark, text.size - mark };
	if (is_formatted(text))
		found = find_changeset(text, row, &sql);
	*ours = sum_of(files->arena, found == FOUND_NOT ? text : buffer_contents(&sql));
	buffer_clear(&sql);
	if (*ours == NULL || found == FOUND_UNCLEAR)
		return ADOPT_SUM_UNUSABLE;
	if (strcmp(*ours, row->checksum) == 0)
		return ADOPT_SUM_SAME;
	return found == FOUND_ALL ? ADOPT_SUM_DIFFERS : ADOPT_SUM_UNUSABLE;
}
