/* setup.c - the only file that knows which statements set up a session. */
#include "setup.h"

#include <stddef.h>

/* PRAGMA, ATTACH and DETACH are SQLite's, the others PostgreSQL's; neither takes the other's for
 * anything else.  DISCARD belongs here because it undoes what SET did. */
static const char *const words[] = {
	"SET", "RESET", "DISCARD", "PRAGMA", "ATTACH", "DETACH",
};

/* Bytes above ASCII are parts of names in both. */
static bool is_word_byte(char byte)
{
	unsigned char code = (unsigned char)byte;

	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
	       (code >= '0' && code <= '9') || code == '_' || code == '$' || code >= 0x80;
}

static bool begins_with(const char *sql, const char *word)
{
	for (; *word != '\0'; sql++, word++) {
		char byte = *sql >= 'a' && *sql <= 'z' ? (char)(*sql - 'a' + 'A') : *sql;

		if (byte != *word)
			return false;
	}
	return !is_word_byte(*sql);
}

bool setup_is_one(const char *sql)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins_with(sql, words[i]))
			return true;
	return false;
}
