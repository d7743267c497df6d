/* partitions.h - what the bounds of a partition say about its rows. */
#ifndef INLAY_PARTITIONS_H
#define INLAY_PARTITIONS_H

#include "model/schema.h"

/* The bound ("FOR VALUES FROM (1) TO (2)") of the table `child` as a partition of `parent`, as a
 * CHECK that proves it: "day >= '2026-01-01' AND day < '2027-01-01'", with "day IS NOT NULL" where
 * that is not known.  NULL where it is not easily said: DEFAULT, hashes, keys of several columns or
 * of expressions, parents nobody knows. */
const char *partition_check(const struct schema *schema, struct name parent, struct name child,
                            struct text bound);

/* Does a valid CHECK of `child` speak of the key that `parent` is partitioned by, so that ATTACH
 * PARTITION need not read the rows?  (Whether it says enough is PostgreSQL's to find out.) */
bool partition_is_checked(const struct schema *schema, struct name parent, struct name child);

/* The default partition of `parent`, or NULL. */
const struct schema_table *partition_default(const struct schema *schema, struct name parent);

#endif
