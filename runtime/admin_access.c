/* admin_access.c - who asks: tokens, and how a header carries them. */
#include "admin.h"

#include <string.h>

#define TOKEN_SIZE_MAX 512 /* Of a password in base64, its user's name included. */

static bool is_same_letter(char left, char right)
{
	return left == right || (right >= 'a' && right <= 'z' && left == right - 'a' + 'A');
}

/* What stands behind the scheme, whose letters' case does not matter; NULL when it is another. */
static const char *skip_scheme(const char *header, const char *scheme)
{
	for (; *scheme != '\0'; header++, scheme++)
		if (!is_same_letter(*header, *scheme))
			return NULL;
	return *header == ' ' ? header + strspn(header, " ") : NULL;
}

/* Every byte of what was given is looked at, whether the ones before were right or not. */
static bool is_token(const char *given, size_t size, const char *token)
{
	size_t token_size = token != NULL ? strlen(token) : 0;
	const char *other = size == token_size ? token : given;
	volatile unsigned char difference = size == token_size ? 0 : 1;

	if (token_size == 0)
		return false;
	for (size_t i = 0; i < size; i++)
		difference = (unsigned char)(difference | (given[i] ^ other[i]));
	return difference == 0;
}

static int sextet(char digit)
{
	static const char digits[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* The size of what base64 says, or 0 when it is none or too long. */
static size_t decode(char target[TOKEN_SIZE_MAX], const char *base64)
{
	size_t size = 0, bit_count = 0;
	uint32_t bits = 0;

	for (; sextet(*base64) >= 0; base64++) {
		bits = (bits << 6 | (uint32_t)sextet(*base64)) & 0xffffu;
		bit_count += 6;
		if (bit_count < 8)
			continue;
		if (size == TOKEN_SIZE_MAX)
			return 0;
		bit_count -= 8;
		target[size++] = (char)(bits >> bit_count & 0xffu);
	}
	return base64[strspn(base64, "=")] == '\0' ? size : 0;
}

static enum admin_access access_of(const struct inlay_admin *admin, const char *token, size_t size)
{
	bool may_read = is_token(token, size, admin->read_token);
	bool may_change = is_token(token, size, admin->change_token);

	if (may_change)
		return ADMIN_CHANGER;
	return may_read ? ADMIN_READER : ADMIN_STRANGER;
}

enum admin_access admin_access(const struct inlay_admin *admin, const char *authorization,
                               bool may_be_basic)
{
	char decoded[TOKEN_SIZE_MAX];
	const char *token, *colon;
	size_t size;

	if (authorization == NULL)
		return ADMIN_STRANGER;
	token = skip_scheme(authorization, "bearer");
	if (token != NULL)
		return access_of(admin, token, strlen(token));
	token = may_be_basic ? skip_scheme(authorization, "basic") : NULL;
	if (token == NULL)
		return ADMIN_STRANGER;
	size = decode(decoded, token);
	colon = memchr(decoded, ':', size);
	if (colon == NULL)
		return ADMIN_STRANGER;
	return access_of(admin, colon + 1, size - (size_t)(colon + 1 - decoded));
}
