/* digest.c - by libcrypto. */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

static void check(int success)
{
	if (success != 1) {
		fputs("inlay: SHA-256 is not available from libcrypto\n", stderr);
		abort();
	}
}

/* A digest is libcrypto's context. */
static EVP_MD_CTX *context_of(struct digest *digest)
{
	return (EVP_MD_CTX *)digest;
}

struct digest *digest_new(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	check(context != NULL);
	digest_restart((struct digest *)context);
	return (struct digest *)context;
}

void digest_free(struct digest *digest)
{
	EVP_MD_CTX_free(context_of(digest));
}

void digest_restart(struct digest *digest)
{
	/* One for the whole run: to fetch it costs more than most migrations. */
	static EVP_MD *algorithm;

	if (algorithm == NULL)
		algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	check(algorithm != NULL && EVP_DigestInit_ex2(context_of(digest), algorithm, NULL));
}

void digest_add(struct digest *digest, const void *bytes, size_t size)
{
	check(EVP_DigestUpdate(context_of(digest), bytes, size));
}

void digest_copy(struct digest *to, const struct digest *from)
{
	check(EVP_MD_CTX_copy_ex(context_of(to), (const EVP_MD_CTX *)from));
}

void digest_finish(struct digest *digest, unsigned char result[DIGEST_SHA256_SIZE])
{
	check(EVP_DigestFinal_ex(context_of(digest), result, NULL));
}

bool digest_of(const char *algorithm, const void *bytes, size_t size,
               unsigned char result[DIGEST_SIZE_MAX], size_t *result_size)
{
	return EVP_Q_digest(NULL, algorithm, NULL, bytes, size, result, result_size) == 1;
}
