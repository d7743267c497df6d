/* c_view.h - a file of C as the tests of its form look at it. */
#ifndef TEST_C_VIEW_H
#define TEST_C_VIEW_H

#include <stdbool.h>
#include <stddef.h>

/* Three views of the same bytes, line for line. */
struct c_view {
	const char *path;
	char *raw;   /* As it is. */
	char *prose; /* Literals made blank. */
	char *code;  /* Literals and comments made blank. */
};

/* Of `content`; c_view_destroy() frees what it made. */
struct c_view c_view_create(const char *path, const char *content);
void c_view_destroy(struct c_view *view);

bool starts_with(const char *text, const char *start);
bool ends_with(const char *text, const char *end);

/* What is behind the last slash. */
const char *base_name(const char *path);

/* Where `word` stands alone in `text`, or NULL. */
const char *find_word(const char *text, const char *word);

/* The number of the line that `at` is in. */
size_t line_of(const char *text, const char *at);

#endif
