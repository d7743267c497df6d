/* repeatable.c - the only file that knows how the state keeps repeatable migrations. */
#include "repeatable.h"

#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_SIZE_MAX (24 + FORMAT_DIGEST_SIZE + 3) /* Of a line, without the name. */

/* The line of `name`, or the text's end. */
static const char *find_line(const char *text, const char *name)
{
	size_t name_size = strlen(name);
	const char *line = text;

	while (*line != '\0' && !(strncmp(line, name, name_size) == 0 && line[name_size] == ' ')) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return line;
}

static size_t line_size(const char *line)
{
	size_t size = strcspn(line, "\n");

	return size + (line[size] == '\n');
}

enum inlay_state repeatable_state(const char *text, const struct image_view *view,
                                  const struct inlay_image_migration *repeatable)
{
	const char *name = image_text(view, repeatable->name);
	const char *line = text != NULL ? find_line(text, name) : "";
	char expected[FORMAT_DIGEST_SIZE];
	char *checksum;
	long long revision;

	if (*line == '\0')
		return INLAY_STATE_PENDING;
	revision = strtoll(line + strlen(name) + 1, &checksum, 10);
	format_digest(expected, &repeatable->checksum);
	if (revision > repeatable->version)
		return INLAY_STATE_AHEAD;
	/* The same text under an older number would give way to whatever came between. */
	if (revision == repeatable->version && *checksum == ' ' &&
	    strncmp(checksum + 1, expected, FORMAT_DIGEST_SIZE - 1) == 0)
		return INLAY_STATE_APPLIED;
	return INLAY_STATE_PENDING;
}

bool repeatable_is_there(const char *text, const struct image_view *view,
                         const struct inlay_image_migration *repeatable)
{
	return text != NULL && *find_line(text, image_text(view, repeatable->name)) != '\0';
}

char *repeatable_add(const char *text, const struct image_view *view,
                     const struct inlay_image_migration *repeatable)
{
	const char *name = image_text(view, repeatable->name);
	const char *line = find_line(text, name);
	size_t before = (size_t)(line - text);
	size_t size = strlen(text) + strlen(name) + NUMBERS_SIZE_MAX;
	char checksum[FORMAT_DIGEST_SIZE];
	char *result = malloc(size);

	if (result == NULL)
		return NULL;
	format_digest(checksum, &repeatable->checksum);
	memcpy(result, text, before);
	(void)snprintf(result + before, size - before, "%s %" PRId64 " %s\n%s", name,
	               repeatable->version, checksum, line + line_size(line));
	return result;
}
