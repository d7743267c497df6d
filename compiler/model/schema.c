/* schema.c - the model. */
#include "schema.h"

void schema_create(struct schema *schema, struct arena *arena, enum dialect dialect)
{
	*schema = (struct schema){ .arena = arena, .dialect = dialect };
}

void schema_apply(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	(void)schema, (void)ddl, (void)origin;
}

struct schema_table *schema_table(const struct schema *schema, struct name name)
{
	(void)schema, (void)name;
	return NULL;
}
