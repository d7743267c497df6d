/* whole.h - between the files of this room: is what was found a whole image? */
#ifndef INLAY_WHOLE_H
#define INLAY_WHOLE_H

#include "inspect.h"

/* Is the magic that `bytes` begin with the beginning of an image, of either byte order?  Tools that
 * look for images have the magic, too. */
bool whole_is_image(const unsigned char *bytes);

/* Looks at the header, of which zeros stand for what is not there, without following anything.
 * NULL when an image of header->size bytes can be behind it and its tables lie inside, or what is
 * wrong.  `header` becomes what it is in this machine's byte order. */
const char *whole_check_header(struct arena *arena, const unsigned char *bytes, uint64_t available,
                               struct inlay_image *header);

/* Makes an image of the other byte order one of this machine's, or the other way round, in place.
 * `native` is its header as checked. */
void whole_swap(struct inlay_image *image, const struct inlay_image *native);

/* Is the digest that of the image?  The image is left as it was. */
bool whole_digest_is_right(struct inlay_image *image);

/* Looks at everything that means something, of an image whose header was checked.  NULL, or what is
 * wrong; then nothing of it may be followed.  Fills in the functions. */
const char *whole_check(struct arena *arena, struct inlay_image *image,
                        struct inspect_image *found);

#endif
