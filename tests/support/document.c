/* document.c - lines, fences and comments; marks wait for the block that they are about. */
#include "document.h"

#include "files.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What comments said of the next block. */
struct marks {
	size_t line; /* Of the first one; 0 when there is none. */
	char *path;  /* file:, append: */
	char *prelude;
	char *reason;
	int status;
	bool appends;
	bool is_output;
};

struct reading {
	struct document *document;
	const char *at; /* The beginning of line `line`. */
	size_t line;
	struct marks marks;
};

static void complain(struct reading *reading, size_t line, const char *what)
{
	if (reading->document->mistake == NULL)
		reading->document->mistake =
		        format("%s:%zu: %s\n", reading->document->path, line, what);
}

/* --- Texts --- */

static size_t line_size(const char *at)
{
	return strcspn(at, "\n");
}

static void next_line(struct reading *reading)
{
	reading->at += line_size(reading->at);
	reading->at += *reading->at == '\n';
	reading->line++;
}

/* The text between both, without white space around it; NULL when nothing is left. */
static char *trimmed(const char *start, const char *end)
{
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return start < end ? format("%.*s", (int)(end - start), start) : NULL;
}

/* What is behind `word` in a text that begins with it; otherwise NULL. */
static const char *behind(const char *text, const char *word)
{
	size_t size = strlen(word);

	return strncmp(text, word, size) == 0 ? text + size : NULL;
}

/* --- Steps --- */

static struct step *add_step(struct reading *reading, enum step_kind kind, size_t line, char *text)
{
	struct document *document = reading->document;
	size_t size = (document->step_count + 1) * sizeof(*document->steps);
	struct step *step;

	document->steps = realloc(document->steps, size);
	assert(document->steps != NULL);
	step = &document->steps[document->step_count++];
	*step = (struct step){ .kind = kind, .line = line, .text = text };
	return step;
}

/* The block has been read: nothing waits any more. */
static void forget_marks(struct marks *marks)
{
	free(marks->path);
	free(marks->prelude);
	free(marks->reason);
	*marks = (struct marks){ 0 };
}

static char *take(char **owned)
{
	char *taken = *owned;

	*owned = NULL;
	return taken;
}

/* --- Comments --- */

static void read_path(struct reading *reading, size_t line, const char *text, bool appends)
{
	free(reading->marks.path);
	reading->marks.path = trimmed(text, text + strlen(text));
	reading->marks.appends = appends;
	if (reading->marks.path == NULL || strchr(reading->marks.path, '\'') != NULL)
		complain(reading, line, "a path is missing, or has a quote in it");
}

/* Of marks that are about the next block. */
static bool read_mark(struct reading *reading, size_t line, const char *text)
{
	struct marks *marks = &reading->marks;
	const char *rest;
	char *end;

	if ((rest = behind(text, "file:")) != NULL) {
		read_path(reading, line, rest, false);
	} else if ((rest = behind(text, "append:")) != NULL) {
		read_path(reading, line, rest, true);
	} else if ((rest = behind(text, "c:")) != NULL) {
		free(marks->prelude);
		marks->prelude = trimmed(rest, rest + strlen(rest));
	} else if ((rest = behind(text, "not run:")) != NULL) {
		free(marks->reason);
		marks->reason = trimmed(rest, rest + strlen(rest));
		if (marks->reason == NULL)
			complain(reading, line, "a reason is missing");
	} else if ((rest = behind(text, "exits ")) != NULL) {
		marks->status = (int)strtol(rest, &end, 10);
		if (marks->status <= 0 || marks->status > 255 || *end != '\0')
			complain(reading, line, "exits is followed by a status that is not 0");
	} else if (strcmp(text, "output") == 0) {
		marks->is_output = true;
	} else {
		return false;
	}
	if (marks->line == 0)
		marks->line = line;
	return true;
}

static void read_comment(struct reading *reading)
{
	const char *end = strstr(reading->at, "-->");
	size_t line = reading->line;
	const char *rest;
	char *text;

	if (end == NULL) {
		complain(reading, line, "this comment has no end");
		next_line(reading);
		return;
	}
	text = trimmed(reading->at + strlen("<!--"), end);
	while (reading->at <= end && *reading->at != '\0')
		next_line(reading);
	if (text == NULL)
		return;
	rest = behind(text, "test");
	if (rest != NULL && isspace((unsigned char)*rest)) {
		if (reading->marks.line != 0)
			complain(reading, reading->marks.line, "no block follows this mark");
		(void)add_step(reading, STEP_TEST, line, format("%s\n", rest + 1));
	} else if (strcmp(text, "server") == 0) {
		reading->document->has_server = true;
	} else if (!read_mark(reading, line, text)) {
		complain(reading, line, "a comment that is no mark");
	}
	free(text);
}

/* --- Blocks --- */

static bool is_among(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* What does something. */
static void add_by_language(struct reading *reading, const char *language, size_t line, char *text)
{
	struct marks *marks = &reading->marks;
	struct step *step;

	if (strcmp(language, "sh") == 0) {
		step = add_step(reading, STEP_RUN, line, text);
	} else if (strcmp(language, "c") == 0) {
		step = add_step(reading, STEP_C, line, text);
		step->argument = take(&marks->prelude);
	} else {
		step = add_step(reading, STEP_SQL, line, text);
		if (strchr(language, ' ') != NULL)
			step->argument = format("%s", strchr(language, ' ') + 1);
	}
	step->status = marks->status;
}

/* Makes a step of it as the marks say, and owns `text`. */
static void add_block(struct reading *reading, const char *language, size_t line, char *text)
{
	static const char *const known[] = { "sh", "c", "sql", "sql postgres", "sql sqlite", NULL };
	static const char *const shown[] = { "text", "json", "yaml", NULL };
	struct marks *marks = &reading->marks;
	bool is_known = is_among(language, known);
	bool is_run = false;
	struct step *step;

	if (marks->reason != NULL) {
		step = add_step(reading, STEP_EXEMPT, line, text);
		step->argument = take(&marks->reason);
	} else if (marks->path != NULL) {
		step = add_step(reading, marks->appends ? STEP_APPEND : STEP_WRITE, line, text);
		step->argument = take(&marks->path);
	} else if (marks->is_output && !is_known) {
		(void)add_step(reading, STEP_OUTPUT, line, text);
	} else if (is_known) {
		add_by_language(reading, language, line, text);
		is_run = true;
	} else {
		if (!is_among(language, shown))
			complain(reading, line - 1,
			         "a block in a language that is not run: say where it goes "
			         "(<!-- file: PATH -->) or why not (<!-- not run: REASON -->), "
			         "or call it text");
		free(text);
	}
	if (marks->status != 0 && !is_run)
		complain(reading, marks->line, "nothing is run that could end in a status");
	forget_marks(marks);
}

/* Without the fence's indentation: `fence` is at the first line behind it. */
static char *read_lines(struct reading *reading, size_t indent, const char *fence)
{
	char *text = format("%s", "");

	while (*reading->at != '\0') {
		const char *start = reading->at;
		size_t size = line_size(start);
		size_t skipped = 0;
		char *longer;

		while (skipped < indent && skipped < size && start[skipped] == ' ')
			skipped++;
		next_line(reading);
		if (size - skipped == strlen(fence) &&
		    strncmp(start + skipped, fence, size - skipped) == 0)
			return text;
		longer = format("%s%.*s\n", text, (int)(size - skipped), start + skipped);
		free(text);
		text = longer;
	}
	free(text);
	return NULL;
}

static void read_block(struct reading *reading, size_t indent)
{
	const char *start = reading->at + indent;
	size_t opening = strspn(start, "`");
	char *fence = format("%.*s", (int)opening, start);
	char *language = trimmed(start + opening, start + line_size(start));
	size_t line = reading->line;
	char *text;

	next_line(reading);
	text = read_lines(reading, indent, fence);
	if (text != NULL)
		add_block(reading, language != NULL ? language : "", line + 1, text);
	else
		complain(reading, line, "this block has no end");
	free(language);
	free(fence);
}

struct document document_read(const char *path, const char *text)
{
	struct document document = { .path = format("%s", path) };
	struct reading reading = { .document = &document, .at = text, .line = 1 };

	while (*reading.at != '\0') {
		size_t indent = strspn(reading.at, " ");

		if (behind(reading.at + indent, "```") != NULL) {
			read_block(&reading, indent);
		} else if (behind(reading.at + indent, "<!--") != NULL) {
			reading.at += indent;
			read_comment(&reading);
		} else {
			if (reading.marks.line != 0 && line_size(reading.at) > indent) {
				complain(&reading, reading.marks.line,
				         "no block follows this mark");
				forget_marks(&reading.marks);
			}
			next_line(&reading);
		}
	}
	if (reading.marks.line != 0)
		complain(&reading, reading.marks.line, "no block follows this mark");
	forget_marks(&reading.marks);
	return document;
}

void document_free(struct document *document)
{
	for (size_t i = 0; i < document->step_count; i++) {
		free(document->steps[i].text);
		free(document->steps[i].argument);
	}
	free(document->steps);
	free(document->mistake);
	free(document->path);
	*document = (struct document){ 0 };
}
