/* frames.h - where the messages of PostgreSQL's protocol 3 begin and end in a stream of bytes. */
#ifndef INLAY_TESTS_FRAMES_H
#define INLAY_TESTS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction of one connection.  Begin with zeros. */
struct frames {
	bool untyped; /* The next message is a startup message: it has no type. */
	unsigned char header[5];
	size_t header_size; /* Bytes of it that are here. */
	uint32_t rest_size; /* Bytes of the message behind its header. */
};

/* A piece of one message. */
struct frames_step {
	size_t size;
	unsigned char type; /* 0 of a startup message. */
	bool untyped;
	bool ended; /* The message ends behind it. */
};

/* Takes as much of `bytes` as belongs to one message. */
struct frames_step frames_take(struct frames *frames, const char *bytes, size_t size);

#endif
