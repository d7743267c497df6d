/* naming.h - the names that PostgreSQL gives to what is created without one. */
#ifndef INLAY_NAMING_H
#define INLAY_NAMING_H

#include "schema.h"

/* "t_a_b_key", cut to 63 bytes as the server does; `middle` and `label` may be NULL. */
const char *naming_join(struct arena *arena, const char *table, const char *middle,
                        const char *label);

/* "a_b", or NULL for none: what stands in the middle. */
const char *naming_columns(struct arena *arena, const char *const *columns, size_t count);

/* What an index calls a column: its name, its function's, or "expr". */
const char *naming_index_column(struct arena *arena, const struct ddl_index_column *column,
                                enum dialect dialect);

/* The one column of the table that a CHECK is about, or NULL. */
const char *naming_check(const struct schema *schema, const struct schema_table *table,
                         struct text expression);

const char *naming_constraint(const struct schema *schema, const struct schema_table *table,
                              const struct schema_constraint *constraint);
struct name naming_index(const struct schema *schema, const struct ddl *ddl);

#endif
