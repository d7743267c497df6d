/* goose.c - NUMBER_name.sql with `-- +goose` lines.  goose reads line by line, wherever the line
 * stands, so this does, too. */
#include "rewrite.h"

#include <string.h>

static enum evidence recognise(const struct reading *reading)
{
	return reading_has_line(reading, "+goose ", 1) ? EVIDENCE_SURE : EVIDENCE_NONE;
}

static void refuse_code(struct reading *reading, const struct entry *entry)
{
	struct text text = entry_text(reading, entry);
	const char *found = strstr((const char *)text.start, "goose.AddMigration");
	struct text at = { text.start, text.size > 0 ? 1 : 0 };
	struct text rest;

	if (found != NULL) {
		rest = (struct text){ (const unsigned char *)found,
			              text.size -
			                      (size_t)((const unsigned char *)found - text.start) };
		at = text_next_word(&rest, "( \t\r\n");
	}
	entry_refuse(
	        reading, entry, at, "a migration in Go can not be compiled in",
	        arena_format(reading->arena,
	                     "write %.*s.sql with `-- +goose Up` and `-- migrate:call function`: "
	                     "the application's C function gets the connection, in the "
	                     "migration's transaction",
	                     (int)(strlen(entry->source->name) - 3), entry->source->name));
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);
	int64_t version;

	if (entry->source->kind != SOURCE_FILE || strchr(name, '/') != NULL)
		return;
	if (name_ends_with(name, ".go")) {
		entry->kind = ENTRY_BESIDE;
		if (name_version(stem, &version, entry) > 0 && !name_ends_with(name, "_test.go"))
			refuse_code(reading, entry);
		entry->why = NULL;
		return;
	}
	if (strcmp(name, "atlas.sum") == 0)
		entry->kind = ENTRY_BESIDE;
	if (!name_take_end(&stem, ".sql"))
		return;
	if (name_versioned(reading, entry, stem))
		entry->kind = ENTRY_MIGRATION;
}

/* ---- directives ------------------------------------------------------------------------------ */

enum word {
	WORD_UP,
	WORD_DOWN,
	WORD_STATEMENT_BEGIN,
	WORD_STATEMENT_END,
	WORD_NO_TRANSACTION,
	WORD_ENVSUB_ON,
	WORD_ENVSUB_OFF,
	WORD_COUNT
};

/* In lower case: goose reads them in any. */
static const char *const words[WORD_COUNT] = {
	"up", "down", "statementbegin", "statementend", "no transaction", "envsub on", "envsub off",
};

static const char *const known =
        "known are `-- +goose Up`, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON "
        "and ENVSUB OFF";

/* One pass over a file. */
struct goose {
	struct rewrite *rewrite;
	struct text up; /* Its line; start NULL: not seen yet. */
	struct text down;
	struct text begin; /* The open StatementBegin, or start NULL. */
	bool no_transaction;
	bool environment;
};

static void refuse(struct goose *goose, struct text at, const char *message, const char *help)
{
	rewrite_refuse(goose->rewrite, RULE_DIRECTIVE, at, message, help);
}

static void begin_section(struct goose *goose, struct text line, bool down)
{
	struct text *seen = down ? &goose->down : &goose->up;

	if (goose->begin.start != NULL)
		refuse(goose, goose->begin, "a StatementBegin without its StatementEnd",
		       "end it before the section ends");
	goose->begin.start = NULL;
	if (seen->start != NULL)
		refuse(goose, line, "a second section of this kind", "join the two");
	if (down && goose->up.start == NULL)
		refuse(goose, line, "a down section above the up section",
		       "put `-- +goose Up` above it");
	*seen = line;
	rewrite_put(goose->rewrite, line,
	            goose->no_transaction ? (down ? "-- migrate:down transaction:false"
	                                          : "-- migrate:up transaction:false")
	                                  : (down ? "-- migrate:down" : "-- migrate:up"));
}

/* Does the line before end in a semicolon, and not in a comment? */
static bool is_terminated(const struct goose *goose, struct text line)
{
	const unsigned char *first = goose->rewrite->text.start;
	const unsigned char *end = line.start;
	const unsigned char *at;

	while (end > first && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	for (at = end; at > first && at[-1] != '\n'; at--)
		if (at[-1] == '-' && at[0] == '-')
			return false;
	return end == first || end[-1] == ';';
}

/* What the markers hold apart our lexer would hold apart as well; but where one stands a statement
 * ends, with or without a semicolon. */
static void mark_statement(struct goose *goose, struct text line, bool end)
{
	if (goose->up.start == NULL) {
		refuse(goose, line, "a statement marker above the up section",
		       "put `-- +goose Up` above it");
		return;
	}
	if (end && goose->begin.start == NULL)
		refuse(goose, line, "a StatementEnd without its StatementBegin",
		       "put `-- +goose StatementBegin` above the statement");
	else if (!end && goose->begin.start != NULL)
		refuse(goose, line, "a StatementBegin inside of another",
		       "put `-- +goose StatementEnd` behind the statement before it");
	goose->begin = end ? (struct text){ NULL, 0 } : line;
	if (end && !is_terminated(goose, line))
		rewrite_put(goose->rewrite, line, ";");
	else
		rewrite_drop_line(goose->rewrite, line);
}

static void obey(struct goose *goose, struct text line, struct text body)
{
	int word = 0;

	while (word < WORD_COUNT && !text_equals_folded(body, words[word]))
		word++;
	switch (word) {
	case WORD_UP:
	case WORD_DOWN: begin_section(goose, line, word == WORD_DOWN); break;
	case WORD_STATEMENT_BEGIN:
	case WORD_STATEMENT_END: mark_statement(goose, line, word == WORD_STATEMENT_END); break;
	case WORD_NO_TRANSACTION: rewrite_drop_line(goose->rewrite, line); break;
	case WORD_ENVSUB_ON:
	case WORD_ENVSUB_OFF:
		goose->environment = word == WORD_ENVSUB_ON;
		rewrite_drop_line(goose->rewrite, line);
		break;
	default: refuse(goose, line, "this is no directive of goose", known);
	}
}

/* Is the directive of this line nothing to goose, for the space before it? */
static bool is_indented(struct text line)
{
	struct text trimmed = text_trim(line);

	return trimmed.start != line.start && directive_of(trimmed, "+goose ").start != NULL;
}

static bool has_no_transaction(struct text text)
{
	struct text line;

	while ((line = line_next(&text)).start != NULL)
		if (text_equals_folded(directive_of(line, "+goose "), words[WORD_NO_TRANSACTION]))
			return true;
	return false;
}

static void translate(struct rewrite *rewrite)
{
	struct goose goose = { .rewrite = rewrite };
	struct text rest = rewrite->text;
	struct text line;

	goose.no_transaction = has_no_transaction(rewrite->text);
	while ((line = line_next(&rest)).start != NULL) {
		struct text body = directive_of(line, "+goose ");

		if (body.start != NULL)
			obey(&goose, line, body);
		else if (is_indented(line))
			refuse(&goose, text_trim(line),
			       "goose takes no directive that does not begin its line",
			       "take the white space before it away");
		else if (goose.environment && !text_starts_with(text_trim(line), "--"))
			placeholder_environment(rewrite, line);
	}
	if (goose.begin.start != NULL)
		refuse(&goose, goose.begin, "a StatementBegin without its StatementEnd",
		       "end it before the file ends");
	if (goose.up.start == NULL)
		rewrite_refuse(rewrite, RULE_DIRECTIVE, rewrite_start(rewrite),
		               "a file of goose without `-- +goose Up`",
		               "put it above the first statement");
}

const struct format format_goose = {
	.name = "goose",
	.title = "goose",
	.shape = "00001_create_accounts.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.translate = translate,
	.placeholders = ", or ${NAME:-default}",
};
