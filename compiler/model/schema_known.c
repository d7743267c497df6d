/* schema_known.c - how far the model can be trusted: what no statement shows. */
#include "schema_parts.h"

#include <string.h>

/* ---- what makes or changes objects unseen ---------------------------------------------------- */

/* SET search_path to anything that does not begin with the schema that is assumed: names are
 * somewhere else from here on. */
static bool moves_names(const struct ddl *ddl)
{
	const char *value = ddl->value;

	if (ddl->name.name == NULL || strcmp(ddl->name.name, "search_path") != 0 || value == NULL)
		return false;
	value += strspn(value, "'\" ");
	return *value != '\0' && strncmp(value, "public", 6) != 0 &&
	       strncmp(value, "default", 7) != 0 && strncmp(value, "pg_catalog", 10) != 0;
}

/* Code that may drop or change something that is there. */
static bool changes_objects(const struct schema *schema, struct text code)
{
	static const char *const words[] = {
		"drop", "alter", "rename", "execute", "call", "perform"
	};
	size_t i;

	if (code.start == NULL)
		return false;
	/* What is in dollars need not end where a token does: a comment would go on. */
	code = text_of(arena_copy(schema->arena, code));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (schema_mentions(schema, code, words[i]))
			return true;
	return false;
}

static void note_opaque(struct schema *schema, const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_DO:
		schema->is_opaque = true;
		schema->is_uncertain = schema->is_uncertain || changes_objects(schema, ddl->body);
		return;
	case DDL_SET:
		if (!moves_names(ddl))
			return;
		break;
	case DDL_CALL: break;
	default:
		if (!ddl->calls_functions && !ddl->is_opaque)
			return;
		break;
	}
	schema->is_opaque = true;
	schema->is_uncertain = true;
}

/* ---- a history without its beginning --------------------------------------------------------- */

static bool is_of_the_server(const struct schema *schema, struct name name)
{
	if (schema->dialect == DIALECT_SQLITE)
		return strncmp(name.name, "sqlite_", 7) == 0;
	if (name.schema != NULL &&
	    (strncmp(name.schema, "pg_", 3) == 0 || strcmp(name.schema, "information_schema") == 0))
		return true;
	return name.schema == NULL && strncmp(name.name, "pg_", 3) == 0;
}

/* Is it in a schema that the history knows all of? */
static bool is_in_known_schema(const struct schema *schema, struct name name)
{
	struct name of = { .name = name.schema };

	return name.schema == NULL ||
	       name_same(name.schema, name_default_schema(schema->dialect), schema->dialect) ||
	       schema_object(schema, OBJECT_SCHEMA, of) != NULL;
}

static bool is_there(const struct schema *schema, struct name name)
{
	static const enum ddl_object relations[] = { OBJECT_VIEW, OBJECT_MATERIALIZED_VIEW,
		                                     OBJECT_SEQUENCE };
	size_t i;

	if (schema_table(schema, name) != NULL || schema_index(schema, name, NULL) != NULL)
		return true;
	for (i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		if (schema_object(schema, relations[i], name) != NULL)
			return true;
	return false;
}

bool schema_is_missing(const struct schema *schema, struct name name)
{
	return name.name != NULL && !schema->is_opaque && !schema->is_partial &&
	       !is_of_the_server(schema, name) && is_in_known_schema(schema, name) &&
	       !is_there(schema, name);
}

void schema_note_table(struct schema *schema, struct name name, struct origin origin)
{
	if ((origin.released || !schema->lookup->has_tables) && schema_is_missing(schema, name))
		schema->is_partial = true;
}

static void note_partial(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	size_t i;

	switch (ddl->kind) {
	case DDL_ALTER_TABLE:
		if (!ddl->if_exists)
			schema_note_table(schema, ddl->name, origin);
		break;
	case DDL_DROP:
		if (ddl->object != OBJECT_TABLE || ddl->if_exists)
			break;
		/* fall through */
	case DDL_TRUNCATE:
		for (i = 0; i < ddl->name_count; i++)
			schema_note_table(schema, ddl->names[i], origin);
		break;
	case DDL_CREATE_INDEX:
	case DDL_CREATE_TRIGGER:
	case DDL_INSERT:
	case DDL_UPDATE:
	case DDL_DELETE: schema_note_table(schema, ddl->table, origin); break;
	default: break;
	}
}

void schema_note(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	schema->lookup->has_tables = schema->table_count > 0;
	note_partial(schema, ddl, origin);
	note_opaque(schema, ddl);
}
