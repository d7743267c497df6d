/* sums_atlas.c - what Atlas stores: a sum of all files up to the one that is meant. */
#include "sums.h"

#include "checksum.h"
#include "formats/atlas_sum.h"
#include "source.h"
#include "sums_parts.h"

#include <string.h>

/* What the sums of all files are, each through itself: computed at once, and once, since a sum
 * holds all before it. */
static const struct inlay_digest *sum_all(const struct adopt_files *files, enum line_ends ends)
{
	size_t count = 2 * files->count;
	struct text *pieces = arena_array(files->arena, struct text, count + 1);
	struct inlay_digest *digests = arena_array(files->arena, struct inlay_digest, count + 1);
	size_t i;

	for (i = 0; i < files->count; i++) {
		const struct adopt_file *file = &files->items[i];

		pieces[2 * i] = text_of(source_base_name(file->path));
		pieces[2 * i + 1] = atlas_sum_leaves_out(file->text)
		                            ? text_of("")
		                            : sums_with_line_ends(files->arena, file->text, ends);
	}
	checksum_prefixes(pieces, count, digests);
	return digests;
}

static const char *sum_through(const struct adopt_files *files, size_t index, enum line_ends ends)
{
	const struct inlay_digest **digests = &files->prefixes->digests[ends];
	char hash[ATLAS_HASH_SIZE];

	if (*digests == NULL)
		*digests = sum_all(files, ends);
	atlas_sum_to_text(&(*digests)[2 * index + 1], hash);
	return arena_format(files->arena, "%s", hash);
}

enum adopt_sum sums_atlas(const struct adopt_files *files, size_t index,
                          const struct adopt_row *row, const char **ours)
{
	enum line_ends ends;

	if (atlas_sum_leaves_out(files->items[index].text))
		return ADOPT_SUM_UNUSABLE;
	*ours = sum_through(files, index, LINE_ENDS_KEPT);
	if (strcmp(*ours, row->checksum) == 0)
		return ADOPT_SUM_SAME;
	for (ends = LINE_ENDS_LF; ends < LINE_ENDS_COUNT; ends++)
		if (strcmp(sum_through(files, index, ends), row->checksum) == 0)
			return ADOPT_SUM_SAME;
	return ADOPT_SUM_DIFFERS;
}
