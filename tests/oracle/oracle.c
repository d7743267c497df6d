/* oracle.c - the list of texts that every oracle fills. */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

void oracle_add(struct oracle_answer *answer, const char *start, size_t size)
{
	struct oracle_text *text;

	if (answer->count == answer->capacity) {
		answer->capacity = answer->capacity * 2 + 8;
		answer->texts = realloc(answer->texts, answer->capacity * sizeof(*answer->texts));
		if (answer->texts == NULL)
			abort();
	}
	text = &answer->texts[answer->count++];
	text->start = malloc(size + 1);
	if (text->start == NULL)
		abort();
	memcpy(text->start, start, size);
	text->start[size] = '\0';
	text->size = size;
}

void oracle_free(struct oracle_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->count; i++)
		free(answer->texts[i].start);
	free(answer->texts);
	*answer = (struct oracle_answer){ .texts = NULL };
}
