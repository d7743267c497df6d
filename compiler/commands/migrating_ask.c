/* migrating_ask.c - the question before something is rolled back. */
#include "migrating.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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
	fwrite(out.start, 1, out.size, stderr);
	buffer_clear(&out);
}

/* Did a person type y or yes?  Anything else, and the end of input, is no. */
static bool is_yes(void)
{
	char answer[64] = "";
	size_t size;

	if (fgets(answer, sizeof(answer), stdin) == NULL) {
		fputc('\n', stderr);
		return false;
	}
	size = strcspn(answer, "\r\n");
	answer[size] = '\0';
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
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

	if (migrating->options->yes)
		return EXIT_DONE;
	if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
		fprintf(stderr,
		        "inlay %s: this rolls back %zu migration%s, %s first, and there is no "
		        "terminal to ask on\n    help: --yes does not ask\n",
		        migrating->live.command, preview->migration_count,
		        preview->migration_count == 1 ? "" : "s", preview->migrations[0].name);
		return EXIT_USAGE;
	}
	show(migrating);
	if (preview->migration_count == 1)
		fprintf(stderr, "roll back %s? [y/N] ", preview->migrations[0].name);
	else
		fprintf(stderr, "roll back these %zu migrations? [y/N] ", preview->migration_count);
	(void)fflush(stderr);
	if (is_yes())
		return is_same(migrating, scope) ? EXIT_DONE : EXIT_FAILED;
	return live_fail(&migrating->live, NULL, "nothing was changed");
}
