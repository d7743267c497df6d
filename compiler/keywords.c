/*
 * keywords.c - SQLite's 147 keywords (sqlite.org/lang_keywords.html, 3.40): the words whose
 * case does not count.
 *
 * The list belongs to checksum format 1 and stays as it is when SQLite learns new ones.
 */
#include "checksum.h"

#include <stdlib.h>
#include <string.h>

#define KEYWORD_SIZE_MAX 17 /* "current_timestamp" */

static const char *const keywords[] = {
	"abort",
	"action",
	"add",
	"after",
	"all",
	"alter",
	"always",
	"analyze",
	"and",
	"as",
	"asc",
	"attach",
	"autoincrement",
	"before",
	"begin",
	"between",
	"by",
	"cascade",
	"case",
	"cast",
	"check",
	"collate",
	"column",
	"commit",
	"conflict",
	"constraint",
	"create",
	"cross",
	"current",
	"current_date",
	"current_time",
	"current_timestamp",
	"database",
	"default",
	"deferrable",
	"deferred",
	"delete",
	"desc",
	"detach",
	"distinct",
	"do",
	"drop",
	"each",
	"else",
	"end",
	"escape",
	"except",
	"exclude",
	"exclusive",
	"exists",
	"explain",
	"fail",
	"filter",
	"first",
	"following",
	"for",
	"foreign",
	"from",
	"full",
	"generated",
	"glob",
	"group",
	"groups",
	"having",
	"if",
	"ignore",
	"immediate",
	"in",
	"index",
	"indexed",
	"initially",
	"inner",
	"insert",
	"instead",
	"intersect",
	"into",
	"is",
	"isnull",
	"join",
	"key",
	"last",
	"left",
	"like",
	"limit",
	"match",
	"materialized",
	"natural",
	"no",
	"not",
	"nothing",
	"notnull",
	"null",
	"nulls",
	"of",
	"offset",
	"on",
	"or",
	"order",
	"others",
	"outer",
	"over",
	"partition",
	"plan",
	"pragma",
	"preceding",
	"primary",
	"query",
	"raise",
	"range",
	"recursive",
	"references",
	"regexp",
	"reindex",
	"release",
	"rename",
	"replace",
	"restrict",
	"returning",
	"right",
	"rollback",
	"row",
	"rows",
	"savepoint",
	"select",
	"set",
	"table",
	"temp",
	"temporary",
	"then",
	"ties",
	"to",
	"transaction",
	"trigger",
	"unbounded",
	"union",
	"unique",
	"update",
	"using",
	"vacuum",
	"values",
	"view",
	"virtual",
	"when",
	"where",
	"window",
	"with",
	"without",
};

static int compare(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

bool sqlite_keyword(struct text word)
{
	char folded[KEYWORD_SIZE_MAX + 1];
	size_t i;

	if (word.size < 2 || word.size > KEYWORD_SIZE_MAX)
		return false;
	for (i = 0; i < word.size; i++) {
		unsigned char byte = word.start[i];

		folded[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
	}
	folded[word.size] = '\0';
	return bsearch(folded, keywords, sizeof(keywords) / sizeof(keywords[0]),
	               sizeof(keywords[0]), compare) != NULL;
}
