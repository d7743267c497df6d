/* assemble.h - parsed files become migrations. */
#ifndef INLAY_ASSEMBLE_H
#define INLAY_ASSEMBLE_H

#include "migration.h"

/* Parses every file of the set for every compiled dialect, classifies its statements, computes
 * checksums and chains, and holds the header checksums against them. */
void assemble_set(struct arena *arena, struct migration_set *set, struct diagnostics *problems);

#endif
