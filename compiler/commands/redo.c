/* redo.c - `inlay redo`: the last migrations down, and up again. */
#include "commands.h"

#include "migrating.h"

/* What could not be applied again is not rolled back either. */
static enum exit_code refuse_one_way(struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	size_t i;

	for (i = 0; i < preview->migration_count; i++) {
		const struct preview_migration *migration = &preview->migrations[i];
		const struct migrating_row *row = migrating_find(migrating, migration->version);
		const char *function = live_set_function(&migrating->set, migration->version,
		                                         migrating->live.address.dialect);

		if (row == NULL || row->state == INLAY_STATE_AHEAD ||
		    row->state == INLAY_STATE_MISSING)
			return live_fail(&migrating->live,
			                 "`inlay down --use-stored` rolls it back",
			                 "the set does not have %s, so it could not be applied "
			                 "again; nothing was changed",
			                 migration->name);
		if (function != NULL)
			return live_fail(&migrating->live,
			                 "`inlay down`, and then start the application",
			                 "%s calls %s(), a function of the application, so this "
			                 "command could not apply it again; nothing was changed",
			                 migration->name, function);
	}
	return EXIT_DONE;
}

/* In the way of everything that `inlay up` would do, and not among what goes. */
static enum exit_code refuse_blocked(struct migrating *migrating)
{
	const struct preview *preview = &migrating->preview;
	int64_t first = preview->migrations[preview->migration_count - 1].version;
	size_t i;

	for (i = 0; i < migrating->row_count; i++) {
		const struct migrating_row *row = &migrating->rows[i];

		if (row->version < 0 || row->version >= first || row->state == INLAY_STATE_APPLIED)
			continue;
		return live_fail(&migrating->live, "`inlay status` says what helps",
		                 "%s is %s, and that stands in the way of applying anything again; "
		                 "nothing was changed",
		                 row->filename, inlay_state_name(row->state));
	}
	return EXIT_DONE;
}

static enum exit_code again(struct migrating *migrating, const struct inlay_rollback_scope *scope)
{
	/* The first one that goes is the last one that comes. */
	int64_t last = migrating->preview.migrations[0].version;
	enum exit_code code = migrating_run(migrating, scope);

	if (code != EXIT_DONE)
		return code;
	migrating->live.settings.to_version = last;
	return migrating_run(migrating, NULL);
}

static enum exit_code run(struct migrating *migrating)
{
	struct inlay_rollback_scope scope;
	enum exit_code code = migrating_read_scope(migrating, &scope);

	if (code == EXIT_DONE)
		code = migrating_preview(migrating, &scope);
	if (code != EXIT_DONE)
		return code;
	if (migrating->error.result == INLAY_OK) {
		migrating_say(migrating, "nothing to do again: no migration is applied");
		return EXIT_DONE;
	}
	if (migrating->is_dry)
		return live_fail(&migrating->live, "`inlay down --dry-run` shows the first half",
		                 "MIGRATION_DRY_RUN is set, and what is not rolled back can not "
		                 "be applied again");
	code = refuse_one_way(migrating);
	if (code == EXIT_DONE)
		code = refuse_blocked(migrating);
	if (code == EXIT_DONE)
		code = migrating_refuse_down_functions(migrating);
	if (code == EXIT_DONE)
		code = migrating_ask(migrating, &scope);
	return code == EXIT_DONE ? again(migrating, &scope) : code;
}

enum exit_code command_redo(const struct options *options)
{
	struct migrating migrating;
	enum exit_code code = migrating_begin(&migrating, "redo", options);

	if (code == EXIT_DONE)
		code = run(&migrating);
	return migrating_end(&migrating, code);
}
