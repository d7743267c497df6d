/* migrating_ask.c - the question before something is rolled back. */
#include "migrating.h"

#include "live/confirm.h"

#include <stdio.h>

static void show(const struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	struct buffer out = { 0 };
	size_t i;

	buffer_format(&out, "rolling back on %s loses the data in what is dropped:\n",
	              migrating->live.address.shown);
	for (i = 0; i < preview->migration_count; i++) {
		buffer_format(&out, "  %s\n", preview->migrations[i].name);
		preview_write_losses(preview, i, &out);
	}
	buffer_print(&out, stderr);
}

/* While somebody thought about it, others may have come or gone. */
static bool is_same(struct migrating *migrating, const struct inlay_rollback_scope *scope)
{
	struct preview before = migrating->preview;
	const struct preview *now = &migrating->preview;
	size_t i;

	if (migrating_preview(migrating, scope) != EXIT_DONE)
		return false;
	for (i = 0; i < before.migration_count && before.migration_count == now->migration_count;
	     i++)
		if (before.migrations[i].version != now->migrations[i].version)
			break;
	if (i == before.migration_count && i == now->migration_count)
		return true;
	(void)live_fail(&migrating->live, "look again with `inlay status`",
	                "somebody else has migrated in the meantime; nothing was changed");
	return false;
}

enum exit_code migrating_ask(struct migrating *migrating, const struct inlay_rollback_scope *scope)
{
	const struct preview *preview = &migrating->preview;
	struct arena *arena = &migrating->arena;
	const char *first = preview->migrations[0].name;
	size_t count = preview->migration_count;
	enum exit_code code;

	if (migrating->options->yes)
		return EXIT_DONE;
	if (live_has_somebody())
		show(migrating);
	code = live_agree(&migrating->live, false,
	                  count == 1
	                          ? arena_format(arena, "roll back %s?", first)
	                          : arena_format(arena, "roll back these %zu migrations?", count),
	                  arena_format(arena, "this rolls back %zu migration%s, %s first", count,
	                               count == 1 ? "" : "s", first));
	return code == EXIT_DONE && !is_same(migrating, scope) ? EXIT_FAILED : code;
}
