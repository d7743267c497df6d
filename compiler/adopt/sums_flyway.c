/* sums_flyway.c - what Flyway stores: lines count, how they end does not. */
#include "sums.h"

#include <inttypes.h>
#include <string.h>

/* The polynomial of IEEE 802.3, its bits in reverse. */
static uint32_t crc32_byte(uint32_t crc, unsigned char byte)
{
	int bit;

	crc ^= byte;
	for (bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	return crc;
}

/* Of the text without one byte-order mark, and without every CR and LF. */
static int32_t crc32_lines(struct text text)
{
	uint32_t crc = UINT32_MAX;
	int32_t result;
	size_t i;

	for (i = text_mark_size(text); i < text.size; i++)
		if (text.start[i] != '\r' && text.start[i] != '\n')
			crc = crc32_byte(crc, text.start[i]);
	crc = ~crc;
	memcpy(&result, &crc, sizeof(result));
	return result;
}

enum adopt_sum sums_flyway(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours)
{
	struct text text = files->items[index].text;

	if (text_find_invalid(text) < text.size)
		return ADOPT_SUM_UNUSABLE;
	*ours = arena_format(files->arena, "%" PRId32, crc32_lines(text));
	if (strcmp(*ours, row->checksum) == 0)
		return ADOPT_SUM_SAME;
	if (row->state == ADOPT_REPEATABLE && text_contains_caseless(text, text_of("${")))
		return ADOPT_SUM_UNUSABLE;
	return ADOPT_SUM_DIFFERS;
}
