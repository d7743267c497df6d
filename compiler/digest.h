/* digest.h - SHA-256 and other tools' digests.  Written twice: digest.c asks libcrypto;
 * build/cross/digest.zig, for compilers that are built for other systems, Zig's library. */
#ifndef INLAY_DIGEST_H
#define INLAY_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
	DIGEST_SHA256_SIZE = 32,
	DIGEST_SIZE_MAX = 64,
};

/* A SHA-256 that takes its bytes in pieces.  None of these returns if it can not be done: then the
 * program is aborted with a word on standard error. */
struct digest;

/* Began; digest_free() gives it back. */
struct digest *digest_new(void);

void digest_free(struct digest *digest);

/* As new.  Costs less than another one. */
void digest_restart(struct digest *digest);

void digest_add(struct digest *digest, const void *bytes, size_t size);

void digest_copy(struct digest *to, const struct digest *from);

/* Nothing may be added behind that until digest_restart(). */
void digest_finish(struct digest *digest, unsigned char result[DIGEST_SHA256_SIZE]);

/* The whole at once, by name: "MD5", "SHA1", "SHA256" or "SHA384".  False when it can not be had,
 * as where MD5 is forbidden. */
bool digest_of(const char *algorithm, const void *bytes, size_t size,
               unsigned char result[DIGEST_SIZE_MAX], size_t *result_size);

#endif
