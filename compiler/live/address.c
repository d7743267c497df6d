/* address.c - URLs and libpq's connection strings, told apart by their beginnings. */
#include "address.h"

#include "buffer.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define FORMS "it is postgres://USER@HOST/NAME, \"host=... dbname=...\" or sqlite:PATH"

/* --- What people see --- */

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0 && options->val != NULL)
			return options->val;
	return "";
}

/* "postgres://ada@db:5432/app", of what libpq makes of it with the environment. */
static const char *show(struct arena *arena, const PQconninfoOption *options)
{
	const char *user = value_of(options, "user");
	const char *host = value_of(options, "host");
	const char *port = value_of(options, "port");
	const char *name = value_of(options, "dbname");
	bool is_socket = host[0] == '/';
	const char *shown =
	        arena_format(arena, "postgres://%s%s%s%s%s/%s", user, user[0] != '\0' ? "@" : "",
	                     is_socket ? "" : host, port[0] != '\0' ? ":" : "", port,
	                     name[0] != '\0' ? name : user);

	return is_socket ? arena_format(arena, "%s?host=%s", shown, host) : shown;
}

/* The part of `text` that is a password: "://user:HERE@", "password=HERE".  size 0: none. */
static struct text find_password(const char *text)
{
	const char *scheme = strstr(text, "://");
	const char *start = strstr(text, "password=");
	const char *end;

	if (scheme != NULL) {
		const char *authority = scheme + 3;
		const char *at = NULL;
		const char *colon = strchr(authority, ':');

		end = authority + strcspn(authority, "/?#");
		for (const char *c = authority; c < end; c++)
			if (*c == '@')
				at = c;
		if (at == NULL) /* A password with a slash in it. */
			at = strchr(authority, '@');
		if (at != NULL && colon != NULL && colon < at)
			return (struct text){ (const unsigned char *)colon + 1,
				              (size_t)(at - colon - 1) };
	}
	if (start == NULL)
		return (struct text){ NULL, 0 };
	start += strlen("password=");
	if (scheme != NULL)
		end = start + strcspn(start, "&");
	else if (*start == '\'') {
		for (end = start + 1; *end != '\0' && *end != '\''; end++)
			end += *end == '\\' && end[1] != '\0';
		end += *end == '\'';
	} else
		end = start + strcspn(start, " ");
	return (struct text){ (const unsigned char *)start, (size_t)(end - start) };
}

void address_hide_password(char *text)
{
	struct text password = find_password(text);

	if (password.size > 0)
		memset(text + ((const char *)password.start - text), '*', password.size);
}

/* libpq's words on a text that it can not read repeat parts of it. */
static const char *say_unreadable(struct arena *arena, const char *text, const char *words)
{
	if (find_password(text).size > 0 || strchr(text, '@') != NULL)
		return "it is no connection string that libpq can read (not shown: it has a "
		       "password)";
	return arena_format(arena, "%.*s", (int)strcspn(words, "\n"), words);
}

/* --- Reading --- */

static const char *parse_postgres(struct arena *arena, const char *text, struct address *address)
{
	char *words = NULL;
	PQconninfoOption *parsed = PQconninfoParse(text, &words);
	PQconninfoOption *defaults = PQconndefaults();
	const char *problem = NULL;

	if (parsed == NULL || defaults == NULL) {
		problem = say_unreadable(arena, text, words != NULL ? words : "memory is out");
	} else {
		for (size_t i = 0; parsed[i].keyword != NULL; i++)
			for (size_t j = 0; parsed[i].val != NULL && defaults[j].keyword; j++)
				if (strcmp(parsed[i].keyword, defaults[j].keyword) == 0) {
					PQfreemem(defaults[j].val);
					defaults[j].val = parsed[i].val;
					parsed[i].val = NULL;
				}
		address->dialect = DIALECT_POSTGRES;
		address->place = arena_copy(arena, text_of(text));
		address->shown = show(arena, defaults);
	}
	PQconninfoFree(parsed);
	PQconninfoFree(defaults);
	PQfreemem(words);
	return problem;
}

/* "sqlite:app.db", "sqlite::memory:", "sqlite:///var/app.db" */
static const char *parse_sqlite(struct arena *arena, const char *path, struct address *address)
{
	if (strncmp(path, "//", 2) == 0)
		path += 2;
	if (*path == '\0')
		return "a path is missing behind sqlite:";
	address->dialect = DIALECT_SQLITE;
	address->place = arena_copy(arena, text_of(path));
	address->shown = arena_format(arena, "sqlite:%s", path);
	return NULL;
}

const char *address_parse(struct arena *arena, const char *text, struct address *address)
{
	if (strncmp(text, "sqlite:", 7) == 0)
		return parse_sqlite(arena, text + 7, address);
	if (strncmp(text, "sqlite3:", 8) == 0)
		return parse_sqlite(arena, text + 8, address);
	if (strncmp(text, "postgres://", 11) == 0 || strncmp(text, "postgresql://", 13) == 0)
		return parse_postgres(arena, text, address);
	if (strstr(text, "://") == NULL && strchr(text, '=') != NULL)
		return parse_postgres(arena, text, address);
	if (strstr(text, "://") != NULL)
		return arena_format(arena, "%.*s:// is no database that inlay knows: " FORMS,
		                    (int)(strstr(text, "://") - text), text);
	return arena_format(arena, "%s is no database: " FORMS, text);
}

const char *address_find(struct arena *arena, const char *given, struct address *address)
{
	static const char *const variables[] = { "PGHOST",    "PGHOSTADDR", "PGDATABASE",
		                                 "PGSERVICE", "PGUSER",     "PGPORT" };
	const char *url = getenv("DATABASE_URL");
	size_t i;

	if (given != NULL)
		return address_parse(arena, given, address);
	if (url != NULL && *url != '\0') {
		const char *problem = address_parse(arena, url, address);

		return problem != NULL ? arena_format(arena, "DATABASE_URL: %s", problem) : NULL;
	}
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (getenv(variables[i]) != NULL)
			return parse_postgres(arena, "", address);
	return "no database is named: give --database URL, or set DATABASE_URL";
}
