/* nearest.h - what a misspelled word may have meant. */
#ifndef INLAY_NEAREST_H
#define INLAY_NEAREST_H

#include "text.h"

#define NEAREST_SIZE_MAX 64 /* Bytes of a word; longer ones are near to nothing. */

/* The words to choose from, one by one: NULL behind the last. */
typedef const char *nearest_word(size_t index);

/* The one that takes the fewest changes of a letter to make of `word`, in any case of letters: at
 * most a third of its letters.  NULL when none is that near. */
const char *nearest_find(struct text word, nearest_word *words);

#endif
