/* frames.c - a type byte, four bytes of length that count themselves, and what is in it. */
#include "frames.h"

#include <string.h>

static uint32_t length_of(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       (uint32_t)bytes[3];
}

struct frames_step frames_take(struct frames *frames, const char *bytes, size_t size)
{
	size_t header_size = frames->untyped ? 4 : 5;
	struct frames_step step = { .untyped = frames->untyped };

	while (frames->header_size < header_size && step.size < size) {
		frames->header[frames->header_size++] = (unsigned char)bytes[step.size++];
		if (frames->header_size == header_size)
			frames->rest_size = length_of(frames->header + header_size - 4) - 4;
	}
	step.type = frames->untyped ? 0 : frames->header[0];
	if (frames->header_size < header_size)
		return step;
	if (frames->rest_size > size - step.size) {
		frames->rest_size -= (uint32_t)(size - step.size);
		step.size = size;
		return step;
	}
	step.size += frames->rest_size;
	step.ended = true;
	*frames = (struct frames){ .untyped = false };
	return step;
}
