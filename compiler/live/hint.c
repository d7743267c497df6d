/* hint.c - results, and what to type next. */
#include "hint.h"

#include <inttypes.h>
#include <string.h>

static const char *for_rights(const struct live *live)
{
	const char *table = live->settings.table;

	return arena_format(live->arena,
	                    "GRANT SELECT ON %s, %s_log, %s_state TO the role; USAGE on their "
	                    "schema it needs as well",
	                    table, table, table);
}

/* "3 ", if it is known. */
static const char *version_of(const struct live *live, const struct inlay_error *error)
{
	return error->version >= 0 ? arena_format(live->arena, "%" PRId64 " ", error->version) : "";
}

static const char *for_result(const struct live *live, const struct inlay_error *error)
{
	const char *command = live->command;
	bool goes_down = strcmp(command, "down") == 0 || strcmp(command, "redo") == 0;
	bool is_repair = strcmp(command, "repair") == 0;

	switch (error->result) {
	case INLAY_LOCKED:
		return is_repair ? NULL
		                 : "--lock-timeout 5min waits longer; `inlay repair --terminate` "
		                   "ends the session that holds the lock";
	case INLAY_EDITED:
		return goes_down ? "--use-stored takes the down script that the database keeps"
		                 : arena_format(live->arena,
		                                "`inlay status` shows all of them; `inlay repair "
		                                "%s--accept` records the set's text, where that is "
		                                "what the database has",
		                                version_of(live, error));
	case INLAY_MISSING:
		return goes_down ? "--use-stored takes the down script that the database keeps"
		                 : "`inlay status` shows all of them; `inlay down --use-stored` "
		                   "undoes the last one without its file";
	case INLAY_AHEAD:
		return goes_down ? "--use-stored takes the down script that the database keeps"
		                 : "`inlay status` shows what the database has";
	case INLAY_LATE:
		return live->settings.allow_late
		               ? "`inlay status` shows what is not the set's: that comes first"
		               : "if no database has it yet, give it the next version; otherwise "
		                 "`inlay up --allow-late` applies it all the same";
	case INLAY_FOREIGN:
		return "--table and --schema say which one is meant; `inlay adopt` goes on with "
		       "another tool's";
	case INLAY_INTERRUPTED:
		return is_repair ? NULL
		                 : "`inlay status` shows how far it came; `inlay repair` helps "
		                   "where it can not go on by itself";
	case INLAY_IRREVERSIBLE: return "undo it by a migration of its own: `inlay new`";
	case INLAY_OK:
	case INLAY_FAILED:
	case INLAY_UNREACHABLE:
	case INLAY_NO_MEMORY:
	case INLAY_MISUSE:
	case INLAY_PENDING:
	case INLAY_CANCELLED: break;
	}
	return NULL;
}

const char *hint_for(const struct live *live, const struct inlay_error *error)
{
	if (error->result == INLAY_UNREACHABLE && strcmp(error->sqlstate, "42501") == 0 &&
	    live->access < LIVE_CHANGE)
		return for_rights(live);
	/* Of ours, in a later format: the message says all. */
	if (error->result == INLAY_FOREIGN && strstr(error->message, "a later inlay") != NULL)
		return NULL;
	if (error->result == INLAY_LOCKED && live->sqlite != NULL)
		return live->access < LIVE_CHANGE
		               ? "MIGRATION_LOCK_TIMEOUT=5min waits longer; who else has the file "
		                 "open?"
		               : "--lock-timeout 5min waits longer; who else has the file open?";
	return for_result(live, error);
}
