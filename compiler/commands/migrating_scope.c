/* migrating_scope.c - what down and redo are asked to undo, and what they can not. */
#include "migrating.h"

#include <inttypes.h>

static enum exit_code settle_version(struct migrating *migrating, const char *text,
                                     struct inlay_rollback_scope *scope)
{
	const struct migrating_row *row;
	int64_t version;

	if (migrating_read_version(migrating, text, &version) != EXIT_DONE)
		return EXIT_USAGE;
	row = migrating_find(migrating, version);
	if (version > 0 && (row == NULL || !migrating_is_applied(row))) {
		(void)live_fail(&migrating->live,
		                migrating_neighbours(migrating, version, migrating_is_applied),
		                "version %" PRId64 " is not applied", version);
		return EXIT_USAGE;
	}
	*scope = inlay_rollback_to(version);
	return EXIT_DONE;
}

enum exit_code migrating_read_scope(struct migrating *migrating, struct inlay_rollback_scope *scope)
{
	const struct options *options = migrating->options;
	enum exit_code code = EXIT_DONE;
	int64_t count = 1;

	if (options->to != NULL && options->operand != NULL)
		return options_complain(migrating->live.command, "--to leaves nothing to do for",
		                        options->operand);
	if (options->operand != NULL &&
	    (!options_number(options->operand, 1, &count) || count > UINT32_MAX))
		return options_complain(migrating->live.command,
		                        "how many is a number from 1 on, not", options->operand);
	*scope = inlay_rollback_last((uint32_t)count);
	if (options->to != NULL)
		code = settle_version(migrating, options->to, scope);
	scope->use_stored = options->use_stored ? 1 : 0;
	return code;
}

enum exit_code migrating_refuse_down_functions(struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	size_t i;

	for (i = 0; i < preview->migration_count; i++)
		if (preview->migrations[i].function != NULL)
			return live_fail(
			        &migrating->live,
			        "roll it back by a program of yours that calls inlay_rollback()",
			        "the down script of %s calls %s(), a function of the application, "
			        "which this command does not have; nothing was changed",
			        preview->migrations[i].name, preview->migrations[i].function);
	return EXIT_DONE;
}
