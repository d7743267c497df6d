/* password.c - where in a connection string the secrets are, as libpq reads it. */
#include "password.h"

#include "arena.h"

#include <string.h>

#define SPACES " \t\n\r\f\v"

static struct text piece(const char *start, const char *end)
{
	return (struct text){ (const unsigned char *)start, (size_t)(end - start) };
}

/* "password", "sslpassword"; `name` in any case, and where something in it is percent-encoded
 * nobody wants to know. */
static bool is_secret(struct text name)
{
	return text_contains_caseless(name, text_of("password")) ||
	       text_contains_caseless(name, text_of("secret")) ||
	       memchr(name.start, '%', name.size) != NULL;
}

/* --- URLs --- */

/* Between the first colon and the last @, wherever that is: libpq wants both encoded within a
 * password, and people forget it. */
static struct text find_in_authority(const char *authority)
{
	const char *colon = strchr(authority, ':');
	const char *at = strrchr(authority, '@');

	if (colon == NULL || at == NULL || colon > at)
		return piece(authority, authority);
	return piece(colon + 1, at);
}

/* The next one among the parameters at `from`. */
static struct text find_in_query(const char *from)
{
	while (*from != '\0') {
		size_t name_size = strcspn(from, "=&");
		const char *end = from + strcspn(from, "&");

		if (from[name_size] == '=' && is_secret(piece(from, from + name_size)) &&
		    from + name_size + 1 < end)
			return piece(from + name_size + 1, end);
		from = end + (*end == '&');
	}
	return piece(from, from);
}

static struct text find_in_url(const char *url, const char *from)
{
	const char *query;

	if (from == url) {
		const char *authority = strstr(url, "://") + 3;
		struct text password = find_in_authority(authority);

		if (password.size > 0)
			return password;
		from = authority;
	}
	query = *from == '&' ? from : strchr(from, '?');
	return find_in_query(query != NULL ? query + 1 : from);
}

/* --- name = value --- */

static const char *end_of_value(const char *value)
{
	const char *end = value;

	if (*value != '\'') {
		for (; *end != '\0' && strchr(SPACES, *end) == NULL; end++)
			end += *end == '\\' && end[1] != '\0';
		return end;
	}
	for (end++; *end != '\0' && *end != '\''; end++)
		end += *end == '\\' && end[1] != '\0';
	return end + (*end == '\'');
}

static struct text find_in_words(const char *from)
{
	while (*(from += strspn(from, SPACES)) != '\0') {
		size_t name_size = strcspn(from, "=" SPACES);
		const char *value = from + name_size + strspn(from + name_size, SPACES);
		const char *end;

		if (*value != '=') { /* libpq will say so. */
			from = value;
			continue;
		}
		value += 1 + strspn(value + 1, SPACES);
		end = end_of_value(value);
		if (is_secret(piece(from, from + name_size)) && end > value)
			return piece(value, end);
		from = end;
	}
	return piece(from, from);
}

struct text password_find(const char *text, const char *from)
{
	return strstr(text, "://") != NULL ? find_in_url(text, from) : find_in_words(from);
}

void password_hide(char *text)
{
	struct text password = password_find(text, text);

	while (password.size > 0) {
		char *start = text + ((const char *)password.start - text);

		memset(start, '*', password.size);
		password = password_find(text, start + password.size);
	}
}

char **password_take(int argc, char **argv)
{
	static char **taken; /* Until the program ends. */
	int i;

	taken = memory_resize(NULL, ((size_t)argc + 1) * sizeof(*taken));
	for (i = 0; i < argc; i++) {
		size_t size = strlen(argv[i]) + 1;

		taken[i] = argv[i];
		if (password_find(argv[i], argv[i]).size == 0)
			continue;
		taken[i] = memcpy(memory_resize(NULL, size), argv[i], size);
		password_hide(argv[i]);
	}
	taken[argc] = NULL;
	return taken;
}
