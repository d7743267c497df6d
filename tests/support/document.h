/*
 * document.h - a Markdown document as the steps of a session: what it shows, and what its comments
 * say is to be done with that.  The marks are described in CONTRIBUTING.md.
 *
 * Only reads; session.h runs them.
 */
#ifndef TEST_DOCUMENT_H
#define TEST_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

enum step_kind {
	STEP_RUN,    /* A block of sh. */
	STEP_TEST,   /* The text of <!-- test -->. */
	STEP_WRITE,  /* A block that is the file `argument`. */
	STEP_APPEND, /* One that is put behind it. */
	STEP_OUTPUT, /* What the step before said. */
	STEP_C,      /* A block of C; `argument` is what it takes for granted, or NULL. */
	STEP_SQL,    /* A migration for the dialect `argument`, or for both (NULL). */
	STEP_EXEMPT, /* A block that is not run, because of `argument`. */
};

struct step {
	enum step_kind kind;
	size_t line;    /* Of the block's first line, or of the comment. */
	char *text;     /* The block without its fences, or the commands of a test. */
	char *argument; /* See above. */
	int status;     /* In which it is to end. */
};

struct document {
	char *path;
	struct step *steps;
	size_t step_count;
	bool has_server; /* <!-- server --> is in it. */
	char *mistake;   /* NULL, or what is wrong with its marks: "PATH:LINE: ..." */
};

/* Reads `text`, which is that of the file `path`.  document_free(). */
struct document document_read(const char *path, const char *text);
void document_free(struct document *document);

#endif
