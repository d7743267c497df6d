/* sums_atlas.c - what Atlas stores: a sum of all files up to the one that is meant. */
#include "sums.h"

#include "buffer.h"
#include "checksum.h"
#include "formats/atlas_sum.h"
#include "source.h"
#include "sums_parts.h"

#include <string.h>

static const char *sum_through(const struct adopt_files *files, size_t index, enum line_ends ends)
{
	struct buffer all = { 0 };
	char hash[ATLAS_HASH_SIZE];
	struct inlay_digest digest;
	size_t i;

	for (i = 0; i <= index; i++) {
		const struct adopt_file *file = &files->items[i];

		buffer_string(&all, source_base_name(file->path));
		if (!atlas_sum_leaves_out(file->text))
			buffer_text(&all, sums_with_line_ends(files->arena, file->text, ends));
	}
	digest = checksum_bytes(all.start, all.size);
	buffer_clear(&all);
	atlas_sum_to_text(&digest, hash);
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
