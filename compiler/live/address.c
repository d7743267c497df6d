/* address.c - URLs and libpq's connection strings, told apart by their beginnings. */
#define _DEFAULT_SOURCE

#include "address.h"

#include "buffer.h"
#include "password.h"

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

/* As in a URL: what would end a part of it, and what nobody sees, encoded. */
static const char *encode(struct arena *arena, const char *part)
{
	struct buffer encoded = { 0 };
	const char *text;

	for (; *part != '\0'; part++) {
		unsigned char byte = (unsigned char)*part;

		if (byte > 0x20 && byte < 0x7f && strchr("%@/?#&\"'", byte) == NULL)
			buffer_byte(&encoded, byte);
		else
			buffer_format(&encoded, "%%%02X", byte);
	}
	text = arena_copy(arena, buffer_contents(&encoded));
	buffer_clear(&encoded);
	return text;
}

/* "postgres://ada@db:5432/app", of what libpq makes of it with the environment. */
static const char *show(struct arena *arena, const PQconninfoOption *options)
{
	const char *user = encode(arena, value_of(options, "user"));
	const char *host = value_of(options, "host");
	const char *port = value_of(options, "port");
	const char *name = encode(arena, value_of(options, "dbname"));
	bool is_socket = host[0] == '/' || host[0] == '@';
	const char *shown;

	if (host[0] == '\0')
		host = value_of(options, "hostaddr");
	if (strchr(host, ':') != NULL)
		host = arena_format(arena, "[%s]", host);
	shown = arena_format(arena, "postgres://%s%s%s%s%s/%s", user, user[0] != '\0' ? "@" : "",
	                     is_socket ? "" : host, port[0] != '\0' ? ":" : "", port,
	                     name[0] != '\0' ? name : user);
	return is_socket ? arena_format(arena, "%s?host=%s", shown, host) : shown;
}

static bool has_secret(const char *text)
{
	return strchr(text, '@') != NULL || password_find(text, text).size > 0;
}

/* libpq's words on a text that it can not read repeat parts of it. */
static const char *say_unreadable(struct arena *arena, const char *text, const char *words)
{
	if (has_secret(text))
		return arena_format(arena,
		                    "it is no connection string that libpq can read: %s (not "
		                    "shown: it may have a password)",
		                    strstr(text, "://") != NULL
		                            ? "in a URL % = & : and space are written %25 %3D "
		                              "%26 %3A %20 where they mean themselves"
		                            : "a value with a space in it stands in quotes, "
		                              "'so and so'");
	return arena_format(arena, "%.*s", (int)strcspn(words, "\n"), words);
}

/* libpq takes the first @ or / for the end of a part, and would look for a host of what is left of
 * the password, and tell its name. */
static bool is_ambiguous(const char *url)
{
	const char *authority = strstr(url, "://");
	const char *end;

	if (authority == NULL)
		return false;
	authority += 3;
	end = authority + strcspn(authority, "@/");
	return *end != '\0' && memchr(end + 1, '@', strcspn(end + 1, "?")) != NULL;
}

/* --- Reading --- */

static const char *parse_postgres(struct arena *arena, const char *text, struct address *address)
{
	char *words = NULL;
	PQconninfoOption *parsed = PQconninfoParse(text, &words);
	PQconninfoOption *defaults;
	const char *problem = NULL;

	/* What a service stands for is among the defaults when the environment names it. */
	if (parsed != NULL && value_of(parsed, "service")[0] != '\0')
		(void)setenv("PGSERVICE", value_of(parsed, "service"), 1);
	defaults = PQconndefaults();
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
		address->place = arena_string(arena, text);
		address->shown = show(arena, defaults);
	}
	PQconninfoFree(parsed);
	PQconninfoFree(defaults);
	PQfreemem(words);
	return problem;
}

/* "app.db?mode=ro", as other tools have it, would be a file of that name. */
static bool has_parameters(const char *path)
{
	const char *mark = strchr(path, '?');
	size_t size = mark == NULL ? 0 : strspn(mark + 1, "abcdefghijklmnopqrstuvwxyz_");

	return size > 0 && mark[1 + size] == '=';
}

/* "sqlite:app.db", "sqlite::memory:", "sqlite:///var/app.db" */
static const char *parse_sqlite(struct arena *arena, const char *path, struct address *address)
{
	if (strncmp(path, "//", 2) == 0)
		path += 2;
	if (*path == '\0')
		return "a path is missing behind sqlite:";
	if (has_parameters(path))
		return arena_format(arena, "sqlite:PATH takes no parameters, such as %s",
		                    strchr(path, '?') + 1);
	address->dialect = DIALECT_SQLITE;
	address->place = arena_string(arena, path);
	address->shown = arena_format(arena, "sqlite:%s", path);
	return NULL;
}

const char *address_parse(struct arena *arena, const char *text, struct address *address)
{
	if (strncmp(text, "sqlite:", 7) == 0)
		return parse_sqlite(arena, text + 7, address);
	if (strncmp(text, "sqlite3:", 8) == 0)
		return parse_sqlite(arena, text + 8, address);
	if (strncmp(text, "postgres", 8) == 0 && is_ambiguous(text))
		return "a @ or / in the user's name or the password has to be written as %40 or "
		       "%2F (not shown: it has a password)";
	if (strncmp(text, "postgres://", 11) == 0 || strncmp(text, "postgresql://", 13) == 0)
		return parse_postgres(arena, text, address);
	if (strstr(text, "://") == NULL && strchr(text, '=') != NULL)
		return parse_postgres(arena, text, address);
	if (strstr(text, "://") != NULL)
		return arena_format(arena, "%.*s:// is no database that inlay knows: " FORMS,
		                    (int)(strstr(text, "://") - text), text);
	return arena_format(arena, "%s is no database: " FORMS,
	                    has_secret(text) ? "what is given" : text);
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
