/* c_view.c - C as lines, without its literals, without its comments. */
#include "c_view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

const char *base_name(const char *path)
{
	return strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
}

static bool is_word_byte(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

const char *find_word(const char *text, const char *word)
{
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || !is_word_byte(at[-1])) && !is_word_byte(at[strlen(word)]))
			return at;
	return NULL;
}

size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* The end of the comment or literal that begins at `at`; `at` itself when none does. */
static const char *skip_comment(const char *at)
{
	const char *end;

	if (starts_with(at, "//"))
		return at + strcspn(at, "\n");
	if (!starts_with(at, "/*"))
		return at;
	end = strstr(at + 2, "*/");
	return end == NULL ? at + strlen(at) : end + 2;
}

static const char *skip_literal(const char *at)
{
	char quote = *at;

	if (quote != '"' && quote != '\'')
		return at;
	for (at++; *at != quote && *at != '\n' && *at != '\0'; at++)
		if (at[0] == '\\' && at[1] != '\0')
			at++;
	return at + (*at == quote);
}

struct c_view c_view_create(const char *path, const char *content)
{
	struct c_view view = { path, strdup(content), strdup(content), strdup(content) };

	for (const char *at = content; *at != '\0';) {
		const char *comment_end = skip_comment(at);
		const char *literal_end = comment_end > at ? at : skip_literal(at);

		blank(view.code + (at - content), view.code + (comment_end - content));
		blank(view.code + (at - content), view.code + (literal_end - content));
		blank(view.prose + (at - content), view.prose + (literal_end - content));
		at = comment_end > at ? comment_end : literal_end > at ? literal_end : at + 1;
	}
	return view;
}

void c_view_destroy(struct c_view *view)
{
	free(view->raw);
	free(view->prose);
	free(view->code);
}
