/* ignore.h - takes out what `-- inlay:ignore` silences, and reports what silences nothing. */
#ifndef INLAY_IGNORE_H
#define INLAY_IGNORE_H

#include "diagnostics.h"
#include "remark.h"

struct ignore_list;

/* Every remark of the files that `set` is made of; RULE_REMARK for unknown words and rules, for
 * ignores without a reason or in a wrong place, and for rules that can not be silenced: those of
 * GROUP_CORE that are errors, those about remarks, and those about a live database. */
struct ignore_list *ignore_read(struct arena *arena, const struct source_list *sources,
                                const struct migration_set *set, struct diagnostics *problems);

/* Removes the diagnostics whose place is in the scope of a remark that names their rule; those of a
 * file without a place in it, when the remark is for the file.  May be called again when there are
 * more. */
void ignore_apply(struct ignore_list *list, struct diagnostics *problems);

/* RULE_UNUSED_IGNORE for each rule named that silenced nothing, if it was looked for: ran[rule], in
 * a dialect that is compiled, in a migration that is not released. */
void ignore_report_unused(const struct ignore_list *list, const bool ran[RULE_COUNT],
                          struct diagnostics *problems);

#endif
