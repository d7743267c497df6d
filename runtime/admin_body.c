/* admin_body.c - the few words of JSON that a POST may say, and nothing else. */
#include "admin.h"

#include <string.h>

/* What is left of a body. */
struct reader {
	const char *at;
	const char *end;
};

static char peek(const struct reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static void skip_space(struct reader *reader)
{
	while (peek(reader) != '\0' && strchr(" \t\r\n", peek(reader)) != NULL)
		reader->at++;
}

/* Takes the word and the space behind it, if it is there. */
static bool take(struct reader *reader, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0)
		return false;
	reader->at += size;
	skip_space(reader);
	return true;
}

/* What is a fraction in looks only, 12.0, is a whole number to many who write JSON. */
static void skip_zeros(struct reader *reader)
{
	const char *start = reader->at;

	if (peek(reader) != '.')
		return;
	do {
		reader->at++;
	} while (peek(reader) == '0');
	if (reader->at == start + 1)
		reader->at = start;
}

/* A whole number from 0 on, without sign, exponent or leading zeros. */
static bool take_number(struct reader *reader, int64_t *number)
{
	const char *start = reader->at;

	*number = 0;
	for (; peek(reader) >= '0' && peek(reader) <= '9'; reader->at++) {
		int digit = peek(reader) - '0';

		if (*number > (INT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	if (reader->at == start || (*start == '0' && reader->at > start + 1))
		return false;
	skip_zeros(reader);
	if (peek(reader) != '\0' && strchr("0123456789.eE", peek(reader)) != NULL)
		return false;
	skip_space(reader);
	return true;
}

static bool take_boolean(struct reader *reader, bool *value)
{
	*value = take(reader, "true");
	return *value || take(reader, "false");
}

/* NULL, or what is wrong.  `seen` tells members that came twice. */
static const char *take_member(struct reader *reader, struct admin_question *question,
                               bool *has_dry_run)
{
	bool *seen;
	bool is_right;

	if (take(reader, "\"to\""))
		seen = &question->has_to;
	else if (take(reader, "\"count\""))
		seen = &question->has_count;
	else if (take(reader, "\"dry_run\""))
		seen = has_dry_run;
	else
		return "the body may have the members to, count (of a rollback) and dry_run";
	if (*seen)
		return "the body has a member twice";
	*seen = true;
	if (!take(reader, ":"))
		return "the body is no JSON: a colon is missing";
	if (seen == has_dry_run)
		is_right = take_boolean(reader, &question->dry_run);
	else
		is_right = take_number(reader, seen == &question->has_to ? &question->to
		                                                         : &question->count);
	if (!is_right)
		return seen == has_dry_run
		               ? "dry_run must be true or false"
		               : "to and count must be whole numbers, as far as 64 bits go";
	return NULL;
}

const char *admin_read_body(struct admin_question *question, const char *body, size_t size)
{
	struct reader reader = { body, body + size };
	const char *problem = NULL;
	bool has_dry_run = false;

	skip_space(&reader);
	if (!take(&reader, "{"))
		return "the body must be a JSON object, such as {}";
	if (!take(&reader, "}")) {
		do {
			problem = take_member(&reader, question, &has_dry_run);
		} while (problem == NULL && take(&reader, ","));
		if (problem != NULL)
			return problem;
		if (!take(&reader, "}"))
			return "the body is no JSON: the object does not end";
	}
	return reader.at == reader.end ? NULL : "something follows the body's JSON object";
}
