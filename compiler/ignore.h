/* ignore.h - takes out what `-- inlay:ignore` silences, and reports what silences nothing. */
#ifndef INLAY_IGNORE_H
#define INLAY_IGNORE_H

#include "diagnostics.h"
#include "remark.h"

struct ignore_list;

/* Every remark of the set's files; RULE_REMARK for unknown words and rules, and for rules of
 * GROUP_CORE that are errors, which can not be silenced. */
struct ignore_list *ignore_read(struct arena *arena, const struct source_list *sources,
                                struct diagnostics *problems);

/* Removes the diagnostics whose place is in the scope of a remark that names their rule.  May be
 * called again when there are more. */
void ignore_apply(struct ignore_list *list, struct diagnostics *problems);

/* RULE_UNUSED_IGNORE for each rule named that silenced nothing, if it was looked for: ran[rule]. */
void ignore_report_unused(const struct ignore_list *list, const bool ran[RULE_COUNT],
                          struct diagnostics *problems);

#endif
