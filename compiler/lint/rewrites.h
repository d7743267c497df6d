/* rewrites.h - which changes of a column make PostgreSQL write the table anew, or read it: what the
 * rules know of it, for who has a schema and no rule's statement. */
#ifndef INLAY_REWRITES_H
#define INLAY_REWRITES_H

#include "model/schema.h"

/* ADD COLUMN: a volatile default, GENERATED ... STORED, serial, IDENTITY, a checked domain. */
bool rewrites_to_add(const struct schema *schema, const struct ddl_column *column);

/* ALTER COLUMN ... TYPE: false for the changes that leave the bytes as they are, such as
 * varchar(20) to varchar(40) or text.  In doubt true.  `*scans`: are the rows read? */
bool rewrites_to_change(const struct schema *schema, const struct ddl *ddl,
                        const struct ddl_action *action, bool *scans);

/* Is it known that `column` of `table` has no nulls: NOT NULL, or a valid CHECK that says so? */
bool rewrites_knows_not_null(const struct schema *schema, const struct schema_table *table,
                             const char *column);

#endif
