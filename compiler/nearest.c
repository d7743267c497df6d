/* nearest.c - distance after Damerau and Levenshtein: letters added, left out, changed, swapped. */
#include "nearest.h"

#include <string.h>

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Three rows of the table: rows[2] is the one before the last. */
static size_t distance(struct text a, struct text b)
{
	size_t rows[3][NEAREST_SIZE_MAX + 1];
	size_t i, j;

	for (j = 0; j <= b.size; j++)
		rows[0][j] = j;
	for (i = 1; i <= a.size; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		row[0] = i;
		for (j = 1; j <= b.size; j++) {
			unsigned char left = text_fold(a.start[i - 1]),
			              right = text_fold(b.start[j - 1]);

			row[j] = min(min(above[j], row[j - 1]) + 1, above[j - 1] + (left != right));
			if (i > 1 && j > 1 && left == text_fold(b.start[j - 2]) &&
			    text_fold(a.start[i - 2]) == right)
				row[j] = min(row[j], before[j - 2] + 1);
		}
	}
	return rows[a.size % 3][b.size];
}

const char *nearest_find(struct text word, nearest_word *words)
{
	const char *nearest = NULL;
	const char *candidate;
	size_t least = word.size / 3 + 1;
	size_t i;

	if (word.size > NEAREST_SIZE_MAX)
		return NULL;
	for (i = 0; (candidate = words(i)) != NULL; i++) {
		size_t size = strlen(candidate);
		size_t found;

		if (size > NEAREST_SIZE_MAX)
			continue;
		found = distance(word, text_of(candidate));
		if (found < least) {
			least = found;
			nearest = candidate;
		}
	}
	return nearest;
}
