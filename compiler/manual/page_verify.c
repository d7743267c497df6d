/* page_verify.c - what the manual says of `inlay verify`. */
#include "pages.h"

const struct manual_page page_verify = {
	.command = "verify",
	.description =
	        "Holds a live database against its set and tells everything that is "
	        "not as it should be: migrations that were edited, are missing, "
	        "late or interrupted, or later than the set; what unfinished "
	        "changes have left behind (invalid indexes, constraints that are "
	        "not validated, disabled triggers; on SQLite damage and rows "
	        "without parents); and where the schema is not the one that the "
	        "migrations make. It writes nothing to the database, which may be a "
	        "standby, and needs no more than the right to read.\n"
	        "\n"
	        "For the schema the set is applied to a scratch database: SQLite's "
	        "is in memory, PostgreSQL's on a server that `--rehearse` names or "
	        "that is started for it, where this machine has one. There each "
	        "migration also goes up, down and up again. What could not be "
	        "looked at is said.\n"
	        "\n"
	        "Pending migrations are a note, as before a deploy there are some; "
	        "with `--up-to-date` they are a finding.\n"
	        "\n"
	        "`--except` leaves out objects that are not the application's: "
	        "patterns with `*` and `?`, between commas.",
	.examples = {
		{ "inlay verify", "DATABASE_URL against ./migrations." },
		{ "inlay verify --database sqlite:app.db --format json",
		  "Findings for a program." },
		{ "inlay verify --from ./app --up-to-date --quiet",
		  "From cron: silent as long as the database is what that program makes of it." },
		{ "inlay verify --rehearse auto --except 'audit_*' --strict --format github",
		  "In CI, against PostgreSQL." },
	},
	.exit_status = "0  neither errors nor warnings\n"
	               "1  there are some\n"
	               "2  the database can not be asked\n"
	               "64  the command line is wrong\n"
	               "65  the migrations are wrong\n"
	               "66  there are no migrations to read",
	.see_also = "status check repair baseline",
};
