/* dump_image.c - writes the image of the set SET, which it is linked with, to standard output. */
#include "inlay.h"
#include "inlay_image.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C"
#else
extern
#endif
        const struct inlay_set SET;

int main(void)
{
	const struct inlay_image *image = SET.image;

	return fwrite(image, 1, image->size, stdout) == image->size && fflush(stdout) == 0 ? 0 : 1;
}
