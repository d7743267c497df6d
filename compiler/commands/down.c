/* down.c - `inlay down`: undoes the last migrations, when somebody means it. */
#include "commands.h"

#include "migrating.h"

static enum exit_code run(struct migrating *migrating)
{
	struct inlay_rollback_scope scope;
	enum exit_code code = migrating_read_scope(migrating, &scope);

	if (code == EXIT_DONE)
		code = migrating_preview(migrating, &scope);
	if (code != EXIT_DONE)
		return code;
	if (migrating->error.result == INLAY_OK) {
		migrating_say(migrating, "nothing to roll back: no %smigration is applied",
		              migrating->options->to != NULL ? "later " : "");
		return EXIT_DONE;
	}
	code = migrating_refuse_down_functions(migrating);
	if (code == EXIT_DONE && migrating->is_dry) {
		migrating_print_preview(migrating);
		return EXIT_DONE;
	}
	if (code == EXIT_DONE)
		code = migrating_ask(migrating, &scope);
	return code == EXIT_DONE ? migrating_run(migrating, &scope) : code;
}

enum exit_code command_down(const struct options *options)
{
	struct migrating migrating;
	enum exit_code code = migrating_begin(&migrating, "down", options);

	if (code == EXIT_DONE)
		code = run(&migrating);
	return migrating_end(&migrating, code);
}
