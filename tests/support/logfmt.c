/* logfmt.c - see logfmt.h: words bare, all else between quotes, with the escapes of JSON. */
#include "logfmt.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SIZE_MAX 16384

static char *put_code(char *target, unsigned code)
{
	assert_true(code > 0 && code < 0x10000);
	if (code < 0x80) {
		*target++ = (char)code;
	} else if (code < 0x800) {
		*target++ = (char)(0xc0 | (code >> 6));
		*target++ = (char)(0x80 | (code & 0x3f));
	} else {
		*target++ = (char)(0xe0 | (code >> 12));
		*target++ = (char)(0x80 | ((code >> 6) & 0x3f));
		*target++ = (char)(0x80 | (code & 0x3f));
	}
	return target;
}

/* Behind the quote that ends the value at `at`, which stands behind the one that begins it. */
static const char *read_quoted(const char *at, char *value)
{
	static const char letters[] = "\"\\bfnrt", meanings[] = "\"\\\b\f\n\r\t";

	for (; *at != '"'; at++) {
		unsigned code;

		assert_true((unsigned char)*at >= ' ');
		if (*at != '\\') {
			*value++ = *at;
		} else if (*++at == 'u') {
			assert_int_equal(sscanf(at + 1, "%4x", &code), 1);
			value = put_code(value, code);
			at += 4;
		} else {
			assert_true(*at != '\0' && strchr(letters, *at) != NULL);
			*value++ = meanings[strchr(letters, *at) - letters];
		}
	}
	*value = '\0';
	return at + 1;
}

char *logfmt_read(const char *line, const char *key)
{
	char *found = NULL;

	for (const char *at = line; *at != '\0';) {
		size_t key_size = strcspn(at, "=");
		size_t bare_size;
		char value[VALUE_SIZE_MAX];
		const char *name = at;

		assert_true(key_size > 0 && at[key_size] == '=');
		assert_int_equal(strspn(at, "abcdefghijklmnopqrstuvwxyz_"), key_size);
		at += key_size + 1;
		bare_size = strcspn(at, " \"=\\");
		if (*at == '"') {
			at = read_quoted(at + 1, value);
		} else {
			assert_true(bare_size > 0);
			(void)snprintf(value, sizeof(value), "%.*s", (int)bare_size, at);
			at += bare_size;
		}
		if (strlen(key) == key_size && memcmp(name, key, key_size) == 0) {
			assert_null(found);
			found = format("%s", value);
		}
		assert_true(*at == '\0' || (at[0] == ' ' && at[1] != '\0'));
		at += *at == ' ';
	}
	return found;
}
