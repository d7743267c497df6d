/* atlas_sum.c - the hashes of atlas.sum, computed again. */
#include "atlas_sum.h"

#include "checksum.h"
#include "rewrite.h"

#include <string.h>

void atlas_sum_to_text(const struct inlay_digest *digest, char hash[ATLAS_HASH_SIZE])
{
	static const char letters[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char bytes[33] = { 0 };
	size_t i;

	for (i = 0; i < 32; i++)
		bytes[i] = (unsigned char)(digest->words[i / 8] >> (56 - 8 * (i % 8)));
	for (i = 0; i < 11; i++) {
		unsigned group = (unsigned)bytes[3 * i] << 16 | (unsigned)bytes[3 * i + 1] << 8 |
		                 bytes[3 * i + 2];

		hash[4 * i] = letters[group >> 18];
		hash[4 * i + 1] = letters[group >> 12 & 63];
		hash[4 * i + 2] = letters[group >> 6 & 63];
		hash[4 * i + 3] = letters[group & 63];
	}
	hash[43] = '=';
	hash[44] = '\0';
}

bool atlas_sum_leaves_out(struct text text)
{
	struct text said = directive_of(line_next(&text), "atlas:sum ");

	return text_equals(said, text_of("ignore"));
}

/* A line of atlas.sum as it should be. */
struct sum_line {
	const struct entry *entry;
	char hash[ATLAS_HASH_SIZE];
};

struct sum_lines {
	struct sum_line *items;
	size_t count;
};

static struct sum_lines compute(struct reading *reading)
{
	struct sum_lines lines = { .items = arena_array(reading->arena, struct sum_line,
		                                        reading->count + 1) };
	struct text *pieces = arena_array(reading->arena, struct text, 2 * reading->count + 1);
	struct inlay_digest *digests =
	        arena_array(reading->arena, struct inlay_digest, 2 * reading->count + 1);
	const struct entry **of =
	        arena_array(reading->arena, const struct entry *, 2 * reading->count + 1);
	size_t count = 0;
	size_t i;

	for (i = 0; i < reading->count; i++) {
		struct entry *entry = &reading->entries[i];
		struct text text;

		if (entry->kind != ENTRY_MIGRATION)
			continue;
		text = entry_text(reading, entry);
		if (entry->source->text.start == NULL)
			entry->kind = ENTRY_BESIDE; /* That has been told. */
		pieces[count++] = text_of(entry->source->name);
		if (atlas_sum_leaves_out(text))
			continue;
		of[count] = entry;
		pieces[count++] = text;
	}
	checksum_prefixes(pieces, count, digests);
	for (i = 0; i < count; i++)
		if (of[i] != NULL) {
			lines.items[lines.count].entry = of[i];
			atlas_sum_to_text(&digests[i], lines.items[lines.count++].hash);
		}
	return lines;
}

static const char *const hash_help =
        "restore the file, or, if the change is meant, run `atlas migrate hash`";

/* "NAME h1:HASH" against what it should be; what is different, or NULL. */
static const char *compare_line(struct text line, const struct sum_line *expected)
{
	const char *name = expected->entry->source->name;
	size_t size = strlen(name);

	if (line.size < size + 4 || !text_starts_with(line, name) ||
	    memcmp(line.start + size, " h1:", 4) != 0)
		return "atlas.sum does not list the files that are there, in their order";
	line = (struct text){ line.start + size + 4, line.size - size - 4 };
	if (!text_equals(line, text_of(expected->hash)))
		return "the file is not the one that atlas.sum has";
	return NULL;
}

static const char *check_total(struct reading *reading, struct text line,
                               const struct sum_lines *lines)
{
	struct buffer all = { 0 };
	struct inlay_digest digest;
	char hash[ATLAS_HASH_SIZE];
	size_t i;

	for (i = 0; i < lines->count; i++) {
		buffer_string(&all, lines->items[i].entry->source->name);
		buffer_string(&all, lines->items[i].hash);
	}
	digest = checksum_bytes(all.start, all.size);
	buffer_clear(&all);
	atlas_sum_to_text(&digest, hash);
	return text_equals(line, text_of(arena_format(reading->arena, "h1:%s", hash)))
	               ? NULL
	               : "the sum of all files is not the one that atlas.sum has";
}

void atlas_sum_check(struct reading *reading)
{
	const struct entry *sum = entry_find(reading, "atlas.sum");
	struct sum_lines lines;
	struct text rest, first, line;
	const char *problem = NULL;
	size_t i = 0;

	if (sum == NULL || sum->source->text.start == NULL)
		return;
	lines = compute(reading);
	rest = sum->source->text;
	first = line = line_next(&rest);
	/* The hashes go on from each other: behind the first difference all are different. */
	while (problem == NULL && (line = line_next(&rest)).start != NULL) {
		if (text_trim(line).size == 0)
			continue;
		problem = i < lines.count ? compare_line(line, &lines.items[i])
		                          : "atlas.sum has a file that is not there";
		i++;
	}
	if (problem == NULL && i < lines.count) {
		problem = "the file is not in atlas.sum";
		sum = lines.items[i].entry;
		line = (struct text){ NULL, 0 };
	} else if (problem == NULL) {
		problem = check_total(reading, first, &lines);
		line = first.start != NULL ? first : sum->source->text;
	}
	if (problem != NULL)
		entry_refuse(reading, sum, line, problem, hash_help);
}
