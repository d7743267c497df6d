/* rewrites.c - asks values.c, changes.c and advice.c on behalf of locks.c. */
#include "rewrites.h"

#include "advice.h"
#include "changes.h"
#include "model/cursor.h"
#include "values.h"

/* A statement of a script by itself. */
static struct lint ask(const struct schema *schema, const struct ddl *ddl)
{
	return (struct lint){ .arena = schema->arena,
		              .schema = schema,
		              .dialect = DIALECT_POSTGRES,
		              .script_ddl = ddl,
		              .ddl = ddl };
}

static bool is_checked_domain(const struct schema *schema, const struct ddl_type *type)
{
	const struct schema_object *domain;
	struct cursor cursor;

	if (type->name == NULL || type->is_array)
		return false;
	cursor = cursor_of_text(schema->arena, type->at, DIALECT_POSTGRES);
	domain = schema_object(schema, OBJECT_DOMAIN, cursor_take_name(&cursor));
	return domain != NULL && domain->has_check;
}

bool rewrites_to_add(const struct schema *schema, const struct ddl_column *column)
{
	static const struct ddl none;
	struct lint lint = ask(schema, &none);

	return values_are_written(&lint, column) || is_checked_domain(schema, &column->type);
}

bool rewrites_to_change(const struct schema *schema, const struct ddl *ddl,
                        const struct ddl_action *action, bool *scans)
{
	struct lint lint = ask(schema, ddl);
	bool rewrites = changes_of(&lint, action) != CHANGE_NONE;

	*scans = rewrites || changes_dependant(&lint, action->name) != NULL;
	return rewrites;
}

bool rewrites_knows_not_null(const struct schema *schema, const struct schema_table *table,
                             const char *column)
{
	static const struct ddl none;
	const struct schema_column *found = schema_column(schema, table, column);
	struct lint lint = ask(schema, &none);

	return (found != NULL && found->not_null) || advice_is_proven(&lint, table, column);
}
