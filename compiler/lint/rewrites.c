/* rewrites.c - the types whose values are the same bytes. */
#include "rewrites.h"

#include "advice.h"
#include "model/cursor.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* ---- defaults -------------------------------------------------------------------------------- */

/* What the rules ask of a statement, asked of the schema alone. */
static struct lint ask(const struct schema *schema)
{
	static const struct ddl none;

	return (struct lint){
		.arena = schema->arena, .schema = schema, .dialect = DIALECT_POSTGRES, .ddl = &none
	};
}

/* ---- domains --------------------------------------------------------------------------------- */

static const struct schema_object *domain_of(const struct schema *schema,
                                             const struct ddl_type *type)
{
	struct cursor cursor;

	if (type->name == NULL || type->is_array)
		return NULL;
	cursor = cursor_of_text(schema->arena, text_of(type->name), DIALECT_POSTGRES);
	return schema_object(schema, OBJECT_DOMAIN, cursor_take_name(&cursor));
}

bool rewrites_by_domain(const struct schema *schema, const struct ddl_type *type)
{
	const struct schema_object *domain = domain_of(schema, type);

	return domain != NULL && domain->has_check;
}

/* The type below a domain, or the type itself. */
static struct ddl_type base_of(const struct schema *schema, const struct ddl_type *type)
{
	const struct schema_object *domain = domain_of(schema, type);
	struct ddl ddl;

	if (domain == NULL || domain->origin.statement == NULL)
		return *type;
	ddl = ddl_read(schema->arena, domain->origin.statement, DIALECT_POSTGRES);
	return ddl.column_count > 0 ? ddl.columns[0].type : *type;
}

/* ---- ADD COLUMN ------------------------------------------------------------------------------ */

bool rewrites_to_add(const struct schema *schema, const struct ddl_column *column)
{
	struct lint lint = ask(schema);

	return values_are_written(&lint, column) || rewrites_by_domain(schema, &column->type);
}

/* ---- types ----------------------------------------------------------------------------------- */

/* Types whose values are the same bytes, when the new one has no arguments. */
static const struct {
	const char *from;
	const char *to;
} same_bytes[] = {
	{ "character varying", "text" },
	{ "text", "character varying" },
	{ "bit", "bit varying" },
	{ "cidr", "inet" },
	{ "xml", "text" },
	{ "xml", "character varying" },
	{ "integer", "oid" },
	{ "oid", "integer" },
	{ "oid", "regclass" },
	{ "regclass", "oid" },
	{ "integer", "regclass" },
	{ "regclass", "integer" },
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* "10,2": 10 and 2; a part that is not written is `none`. */
static void read_arguments(const char *arguments, long none, long numbers[2])
{
	char *rest;

	numbers[0] = none;
	numbers[1] = 0;
	if (arguments == NULL)
		return;
	numbers[0] = strtol(arguments, &rest, 10);
	while (*rest == ' ' || *rest == ',')
		rest++;
	if (*rest != '\0')
		numbers[1] = strtol(rest, NULL, 10);
}

/* Does every value of the type fit as it is into the same type with other arguments? */
static bool fits(const char *type, const char *from, const char *to)
{
	static const char *const lengths[] = { "character varying", "bit varying" };
	static const char *const precisions[] = { "timestamp without time zone",
		                                  "timestamp with time zone",
		                                  "time without time zone", "time with time zone",
		                                  "interval" };
	long old[2], new[2];
	size_t i;

	if (is_same(from, to))
		return true;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (strcmp(lengths[i], type) == 0) {
			read_arguments(from, -1, old);
			read_arguments(to, -1, new);
			return new[0] < 0 || (old[0] >= 0 && new[0] >= old[0]);
		}
	for (i = 0; i < sizeof(precisions) / sizeof(precisions[0]); i++)
		if (strcmp(precisions[i], type) == 0) {
			read_arguments(from, 6, old);
			read_arguments(to, 6, new);
			return new[0] >= old[0];
		}
	if (strcmp(type, "numeric") != 0 || (from == NULL && to != NULL))
		return false;
	read_arguments(from, -1, old);
	read_arguments(to, -1, new);
	return to == NULL || (new[1] == old[1] && new[0] >= old[0]);
}

static bool has_same_bytes(const struct ddl_type *from, const struct ddl_type *to)
{
	size_t i;

	if (from->is_array != to->is_array)
		return false;
	if (strcmp(from->name, to->name) == 0)
		return from->is_array ? is_same(from->arguments, to->arguments)
		                      : fits(to->name, from->arguments, to->arguments);
	for (i = 0; i < sizeof(same_bytes) / sizeof(same_bytes[0]); i++)
		if (strcmp(same_bytes[i].from, from->name) == 0 &&
		    strcmp(same_bytes[i].to, to->name) == 0)
			return to->arguments == NULL && !to->is_array;
	return false;
}

/* USING a, USING a::type: what would be done without it. */
static bool is_plain_using(const struct schema *schema, const struct ddl_action *action)
{
	struct cursor cursor;
	const char *name;

	if (action->using_at.start == NULL)
		return true;
	cursor = cursor_of_text(schema->arena, action->using_at, DIALECT_POSTGRES);
	name = cursor_take_part(&cursor);
	if (name == NULL || strcmp(name, action->name) != 0)
		return false;
	return cursor_at_end(&cursor) ||
	       (cursor_take(&cursor, "::") &&
	        text_equals(cursor_take_until(&cursor, (const char *const[]){ NULL }),
	                    action->type.at));
}

bool rewrites_to_change(const struct schema *schema, const struct ddl_type *from,
                        const struct ddl_action *action)
{
	struct ddl_type old, new;

	if (from->name == NULL || action->type.name == NULL || !is_plain_using(schema, action))
		return true;
	if (is_same(from->name, action->type.name) && domain_of(schema, from) != NULL)
		return false;
	if (rewrites_by_domain(schema, &action->type))
		return true;
	old = base_of(schema, from);
	new = base_of(schema, &action->type);
	return old.name == NULL || new.name == NULL || !has_same_bytes(&old, &new);
}

/* ---- nulls ----------------------------------------------------------------------------------- */

bool rewrites_knows_not_null(const struct schema *schema, const struct schema_table *table,
                             const char *column)
{
	const struct schema_column *found = schema_column(schema, table, column);
	struct lint lint = ask(schema);

	return (found != NULL && found->not_null) || advice_is_proven(&lint, table, column);
}
