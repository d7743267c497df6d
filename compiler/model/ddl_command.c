/* ddl_command.c - SET, PRAGMA, VACUUM and other commands of a few words. */
#include "ddl_parts.h"

#include <string.h>

static const char *const none[] = { NULL };

/* ---- SET and PRAGMA -------------------------------------------------------------------------- */

static const char *value_of(struct cursor *cursor)
{
	struct text text = cursor_take_until(cursor, none);

	return text.size > 0 ? ddl_lower(cursor, text) : NULL;
}

static void read_set(struct cursor *cursor, struct ddl *ddl)
{
	struct cursor ahead;

	ddl->kind = DDL_SET;
	if (cursor_take(cursor, "local"))
		ddl->local = true;
	else
		cursor_take(cursor, "session");
	ahead = *cursor;
	if (cursor_take_words(cursor, "time zone"))
		ddl->name = (struct name){ .name = "timezone",
			                   .at = cursor_since(cursor, ahead.token.text.start) };
	else
		ddl->name = cursor_take_name(cursor);
	if (!cursor_take(cursor, "to"))
		cursor_take(cursor, "=");
	ddl->value = value_of(cursor);
}

static void read_reset(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_SET;
	ddl->name = cursor_take_words(cursor, "time zone") ? (struct name){ .name = "timezone" }
	                                                   : cursor_take_name(cursor);
}

static void read_pragma(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_PRAGMA;
	ddl->name = cursor_take_name(cursor);
	if (ddl->name.name != NULL)
		ddl->name.name = ddl_lower(cursor, text_of(ddl->name.name));
	if (cursor_take(cursor, "="))
		ddl->value = value_of(cursor);
	else if (cursor->token.kind == TOKEN_OPEN)
		ddl->value = ddl_lower(cursor, cursor_take_group(cursor));
}

/* ---- maintenance ----------------------------------------------------------------------------- */

static void read_vacuum(struct cursor *cursor, struct ddl *ddl)
{
	struct text options = cursor_take_group(cursor);

	ddl->kind = DDL_VACUUM;
	ddl->full = ddl_group_has(cursor, options, "full");
	if (cursor->dialect == DIALECT_SQLITE)
		return;
	if (cursor_take(cursor, "full"))
		ddl->full = true;
	cursor_take(cursor, "freeze");
	cursor_take(cursor, "verbose");
	if (!cursor_take(cursor, "analyze"))
		cursor_take(cursor, "analyse");
	ddl_read_names(cursor, ddl);
}

static void read_cluster(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CLUSTER;
	cursor_take_group(cursor);
	cursor_take(cursor, "verbose");
	ddl->name = cursor_take_name(cursor);
}

static void read_truncate(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const cascade[] = { "cascade", NULL };

	ddl->kind = DDL_TRUNCATE;
	cursor_take(cursor, "table");
	ddl_read_names(cursor, ddl);
	cursor_take_until(cursor, cascade);
	ddl->cascade = cursor_is(cursor, "cascade");
}

static void read_lock(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const mode[] = { "mode", NULL };

	ddl->kind = DDL_LOCK;
	cursor_take(cursor, "table");
	ddl_read_names(cursor, ddl);
	ddl->value = "access exclusive";
	if (cursor_take(cursor, "in"))
		ddl->value = ddl_lower(cursor, cursor_take_until(cursor, mode));
}

static void read_refresh(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_REFRESH;
	ddl->concurrently = cursor_take(cursor, "concurrently");
	ddl->name = cursor_take_name(cursor);
}

static void read_comment(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_COMMENT;
	cursor_take(cursor, "on");
	ddl->object = ddl_read_object(cursor);
	if (ddl->object != OBJECT_OTHER)
		ddl->name = cursor_take_name(cursor);
}

static void read_call(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CALL;
	ddl->name = cursor_take_name(cursor);
}

static void read_grant(struct cursor *cursor, struct ddl *ddl)
{
	(void)cursor;
	ddl->kind = DDL_GRANT;
}

static void read_opaque(struct cursor *cursor, struct ddl *ddl)
{
	(void)cursor;
	ddl->is_opaque = true;
}

/* ---- which ----------------------------------------------------------------------------------- */

static const struct command {
	unsigned dialects;
	const char *words;
	void (*read)(struct cursor *cursor, struct ddl *ddl);
} commands[] = {
	{ ON_POSTGRES, "set", read_set },
	{ ON_POSTGRES, "reset", read_reset },
	{ ON_SQLITE, "pragma", read_pragma },
	{ ON_BOTH, "vacuum", read_vacuum },
	{ ON_BOTH, "reindex", ddl_read_reindex },
	{ ON_POSTGRES, "cluster", read_cluster },
	{ ON_POSTGRES, "truncate", read_truncate },
	{ ON_POSTGRES, "lock", read_lock },
	{ ON_POSTGRES, "refresh materialized view", read_refresh },
	{ ON_POSTGRES, "do", ddl_read_do },
	{ ON_POSTGRES, "call", read_call },
	{ ON_POSTGRES, "comment", read_comment },
	{ ON_POSTGRES, "grant", read_grant },
	{ ON_POSTGRES, "revoke", read_grant },
	{ ON_POSTGRES, "execute", read_opaque },
	{ ON_POSTGRES, "import foreign schema", read_opaque },
	{ ON_SQLITE, "attach", read_opaque },
};

bool ddl_read_command(struct cursor *cursor, struct ddl *ddl)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if ((commands[i].dialects & 1u << cursor->dialect) != 0 &&
		    cursor_take_words(cursor, commands[i].words)) {
			commands[i].read(cursor, ddl);
			return true;
		}
	return false;
}
