/* describe.h - what the compiler makes of SQL, as a line of text for tests to compare. */
#ifndef INLAY_TESTS_DESCRIBE_H
#define INLAY_TESTS_DESCRIBE_H

#include "../../compiler/model/schema.h"

/* Cuts `sql` into statements.  Their memory is the arena's. */
const struct statement *describe_split(struct arena *arena, const char *sql, enum dialect dialect,
                                       size_t *count);

/* "create index [unique] i on t (a, (b + 1) desc) where a > 0" */
const char *describe_ddl(struct arena *arena, const struct ddl *ddl);

/* The words it uses: "create-table", "matview", "add-column", "fkey". */
const char *describe_kind(enum ddl_kind kind);
const char *describe_object(enum ddl_object object);
const char *describe_action(enum ddl_action_kind kind);
const char *describe_constraint(enum ddl_constraint_kind kind);

/* One line a table, sorted: "t (a integer not null, b text) pkey t_pkey (a); index i (b)"; then one
 * for each other object: "view v". */
const char *describe_schema(struct arena *arena, const struct schema *schema);

/* The model after all statements of `sql`; each is a migration of its own. */
void describe_apply(struct schema *schema, struct arena *arena, const char *sql,
                    enum dialect dialect);

#endif
