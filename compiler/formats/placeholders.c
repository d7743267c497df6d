/* placeholders.c - names in a text that somebody has to give values for. */
#include "rewrite.h"

#include <string.h>

/* The value given for a name, or NULL; of a `folded` name the case does not matter. */
static const char *find_value(const struct reading *reading, struct text name, bool folded)
{
	size_t i;

	for (i = 0; i < reading->placeholder_count; i++) {
		const char *placeholder = reading->placeholders[i];
		const char *equals_sign = strchr(placeholder, '=');
		struct text given = { (const unsigned char *)placeholder,
			              (size_t)(equals_sign - placeholder) };

		if (folded ? text_equals_caseless(name, given) : text_equals(name, given))
			return equals_sign + 1;
	}
	return NULL;
}

void placeholder_put(struct rewrite *rewrite, struct text at, struct text name, bool folded)
{
	struct arena *arena = rewrite->reading->arena;
	const char *value = find_value(rewrite->reading, name, folded);

	if (value != NULL) {
		rewrite_put(rewrite, at, value);
		return;
	}
	rewrite_refuse(rewrite, RULE_PLACEHOLDER, at,
	               arena_format(arena, "the placeholder `%.*s` has no value", (int)name.size,
	                            (const char *)name.start),
	               arena_format(arena, "say it: --placeholder %.*s=VALUE%s", (int)name.size,
	                            (const char *)name.start,
	                            rewrite->reading->format->placeholders));
}

/* ---- as a shell has them --------------------------------------------------------------------- */

static bool is_name_byte(unsigned char byte, bool first)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
	       (!first && byte >= '0' && byte <= '9');
}

static size_t name_size(struct text text)
{
	size_t size = 0;

	while (size < text.size && is_name_byte(text.start[size], size == 0))
		size++;
	return size;
}

/* ${NAME}, ${NAME-default}, ${NAME:-default}: what is in the braces.  false: something else. */
static bool put_braced(struct rewrite *rewrite, struct text at, struct text inside)
{
	struct text name = { inside.start, name_size(inside) };
	struct text rest = { inside.start + name.size, inside.size - name.size };
	const char *value = find_value(rewrite->reading, name, false);
	size_t dash = 0;

	if (name.size == 0)
		return false;
	if (rest.size == 0) {
		placeholder_put(rewrite, at, name, false);
		return true;
	}
	if (rest.size > 1 && rest.start[0] == ':')
		dash = 1;
	if (rest.start[dash] != '-')
		return false;
	rest.start += dash + 1;
	rest.size -= dash + 1;
	if (value == NULL || (*value == '\0' && dash == 1))
		value = arena_copy(rewrite->reading->arena, rest);
	rewrite_put(rewrite, at, value);
	return true;
}

static const char *const unclear_help =
        "known are ${NAME}, $NAME, ${NAME:-default} and ${NAME-default}; put `-- +goose ENVSUB "
        "OFF` in front of what has other uses for a dollar";

/* The placeholder that begins with this dollar; what comes back lies behind it. */
static const unsigned char *put_one(struct rewrite *rewrite, const unsigned char *dollar,
                                    const unsigned char *end)
{
	struct text rest = { dollar + 1, (size_t)(end - dollar - 1) };
	const unsigned char *close;
	size_t size = name_size(rest);

	if (size > 0) {
		placeholder_put(rewrite, (struct text){ dollar, size + 1 },
		                (struct text){ rest.start, size }, false);
		return rest.start + size;
	}
	close = rest.size > 0 && *rest.start == '{' ? memchr(rest.start, '}', rest.size) : NULL;
	if (close != NULL &&
	    put_braced(rewrite, (struct text){ dollar, (size_t)(close + 1 - dollar) },
	               (struct text){ rest.start + 1, (size_t)(close - rest.start - 1) }))
		return close + 1;
	rewrite_refuse(rewrite, RULE_PLACEHOLDER,
	               (struct text){ dollar, close != NULL ? (size_t)(close + 1 - dollar) : 1 },
	               "this is no placeholder that can be replaced", unclear_help);
	if (close != NULL)
		return close + 1;
	return rest.size > 0 && *rest.start == '$' ? dollar + 2 : dollar + 1;
}

void placeholder_environment(struct rewrite *rewrite, struct text part)
{
	const unsigned char *at = part.start;
	const unsigned char *end = part.start + part.size;

	while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL)
		at = put_one(rewrite, at, end);
}
