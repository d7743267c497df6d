/* adopt_rows_test.c - the rows that are not plainly "this one is applied", and directories that are
 * not plainly the tool's. */
#include "adopt_cases.h"
#include "console.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* Each table has what its query asks for, in words of both databases. */
#define FLYWAY(name)                                                                               \
	"CREATE TABLE " name " (installed_rank INT PRIMARY KEY, version VARCHAR(50), description"  \
	" VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), checksum INTEGER, installed_by"    \
	" VARCHAR(100), installed_on TIMESTAMP, execution_time INTEGER, success BOOLEAN);"
#define ROW(rank, version, type, script, success)                                                  \
	"(" rank ", " version ", 'd', '" type "', '" script "', NULL, 'ada',"                      \
	" '2026-11-20 09:30:00', 5, " success ")"
#define UNDONE_ROWS                                                                                \
	"INSERT INTO schema_version VALUES"                                                        \
	" (0, NULL, 'd', 'SCHEMA', 'public', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE),"        \
	" (1, '1', 'd', 'SQL', 'V1__a.sql', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE),"         \
	" (2, '2', 'd', 'SQL', 'V2__b.sql', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE),"         \
	" (3, '2', 'd', 'UNDO_SQL', 'U2__b.sql', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE),"    \
	" (4, '1', 'd', 'DELETE', 'V1__a.sql', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE),"      \
	" (5, '1', 'd', 'SQL', 'V1__a.sql', NULL, 'ada', '2026-11-20 09:30:00', 5, TRUE)"
#define ATLAS                                                                                      \
	"CREATE TABLE atlas_schema_revisions (version VARCHAR(20), description VARCHAR(20), type"  \
	" BIGINT, applied BIGINT, total BIGINT, executed_at TIMESTAMP, execution_time BIGINT,"     \
	" error VARCHAR(20), error_stmt VARCHAR(20), hash VARCHAR(50), partial_hashes"             \
	" VARCHAR(20), operator_version VARCHAR(20));"
#define PRISMA                                                                                     \
	"CREATE TABLE _prisma_migrations (id VARCHAR(36), checksum VARCHAR(64), finished_at"       \
	" TIMESTAMP, migration_name VARCHAR(255), logs VARCHAR(99), rolled_back_at TIMESTAMP,"     \
	" started_at TIMESTAMP, applied_steps_count INTEGER);"
static const struct adopt_row_case {
	const char *what;
	const char *sql;
	const char *files; /* Names, between spaces. */
	int status;
	const char *plan; /* Behind "is a table of ". */
} rows[] = {
	{ "a baseline of Flyway, of which there is no file, and what came later",
	  FLYWAY("flyway_schema_history") "INSERT INTO flyway_schema_history VALUES" ROW(
	          "1", "'2'", "BASELINE", "<< Flyway Baseline >>",
	          "TRUE") "," ROW("2", "'3'", "SQL", "V3__c.sql", "TRUE"),
	  "V1__a.sql V3__c.sql V4__d.sql", 0,
	  "Flyway\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "              V1__a  applied\n"
	  "3  V3__c  applied  <time>\n"
	  "              V4__d  pending\n"
	  "2  left aside  <time>\n"
	  "\n"
	  "2 migrations are applied by Flyway, 1 pending\n" },
	{ "what was undone, or deleted, or applied once more, in Flyway's older table",
	  FLYWAY("schema_version") UNDONE_ROWS, "V1__a.sql V2__b.sql U2__b.sql", 0,
	  "Flyway\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1  V1__a  applied  <time>\n"
	  "              V2__b  pending\n"
	  "\n"
	  "1 migration is applied by Flyway, 1 pending\n" },
	{ "a repeatable one, which has no version",
	  FLYWAY("flyway_schema_history") "INSERT INTO flyway_schema_history VALUES" ROW(
	          "1", "'1'", "SQL", "V1__a.sql", "TRUE") "," ROW("2", "NULL", "SQL", "R__v.sql",
	                                                          "TRUE"),
	  "V1__a.sql R__v.sql", 0,
	  "Flyway\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1  V1__a  applied  <time>\n"
	  "R__v.sql  left aside  <time>\n"
	  "\n"
	  "1 migration is applied by Flyway, 0 pending\n" },
	{ "Flyway's, written anew with its plain numbers",
	  FLYWAY("flyway_schema_history") "INSERT INTO flyway_schema_history VALUES" ROW(
	          "1", "'1'", "SQL", "V1__a.sql", "TRUE"),
	  "001_a.sql 002_b.sql", 0,
	  "Flyway\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1  001_a  applied  <time>\n"
	  "              002_b  pending\n"
	  "\n"
	  "1 migration is applied by Flyway, 1 pending\n" },
	{ "Flyway's, imported",
	  FLYWAY("flyway_schema_history") "INSERT INTO flyway_schema_history VALUES" ROW(
	          "1", "'1.2'", "SQL", "V1_2__a.sql", "TRUE"),
	  "1002000000_a.sql 2000000000_b.sql", 0,
	  "Flyway\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1.2  1002000000_a  applied  <time>\n"
	  "              2000000000_b  pending\n"
	  "\n"
	  "1 migration is applied by Flyway, 1 pending\n" },
	{ "a baseline of Atlas, and what a person has declared done",
	  ATLAS "INSERT INTO atlas_schema_revisions VALUES"
	        " ('2', 'b', 1, 0, 0, '2026-11-20 09:30:00', 5, NULL, NULL, '', NULL, ''),"
	        " ('3', 'c', 4, 1, 2, '2026-11-20 09:30:00', 5, 'no', 'x', '', NULL, '')",
	  "1_a.sql 2_b.sql 3_c.sql", 0,
	  "Atlas\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "              1_a  applied\n"
	  "2  2_b  applied  <time>\n"
	  "3  3_c  applied  <time>\n"
	  "\n"
	  "3 migrations are applied by Atlas, 0 pending\n" },
	{ "what Prisma has rolled back, and not applied again",
	  PRISMA "INSERT INTO _prisma_migrations VALUES"
	         " ('1', 's', '2026-11-20 09:30:00', '1_a', NULL, NULL, '2026-11-20 09:30:00', 1),"
	         " ('2', 's', NULL, '2_b', 'no', '2026-11-20 09:30:00', '2026-11-20 09:30:00', 0)",
	  "1_a.sql 2_b.sql", 0,
	  "Prisma\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1_a  1_a  applied  <time>\n"
	  "              2_b  pending\n"
	  "\n"
	  "1 migration is applied by Prisma, 1 pending\n"
	  "1 migration has other text than Prisma applied, as files that were rewritten have\n" },
	{ "the one row of golang-migrate",
	  "CREATE TABLE schema_migrations (version BIGINT, dirty BOOLEAN);"
	  "INSERT INTO schema_migrations VALUES (1, FALSE)",
	  "1_a.up.sql 2_b.up.sql", 0,
	  "golang-migrate\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "1  1_a  applied\n"
	  "              2_b  pending\n"
	  "\n"
	  "1 migration is applied by golang-migrate, 1 pending\n" },
	{ "apps of Django's: one without a file of ours, one with too few",
	  "CREATE TABLE django_migrations (id INTEGER, app VARCHAR(9), name VARCHAR(20), applied"
	  " TIMESTAMP); INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', NULL),"
	  " (2, 'shop', '0001_initial', NULL), (3, 'shop', '0002_more', NULL)",
	  "1_shop_0001_initial.sql", 2,
	  "Django\n"
	  "\n"
	  "in the table  migration  state  applied at\n"
	  "shop.0001_initial  1_shop_0001_initial  applied\n"
	  "auth.0001_initial  left aside\n"
	  "shop.0002_more  not in the set\n"
	  "\n"
	  "1 migration is applied by Django, 0 pending\n" },
};

static void expect_row(struct database *database, const struct adopt_row_case *row)
{
	char *script = format("mkdir migrations; for f in %s; do"
	                      " echo \"CREATE TABLE t_$(basename $f .sql | tr . _)"
	                      " (id INTEGER PRIMARY KEY);\" > migrations/$f; done\n"
	                      "inlay adopt --dry-run --table ours",
	                      row->files);
	struct console console;
	struct outcome outcome;
	const char *plan;
	char *out;

	database_run(database, row->sql);
	console = console_open(database);
	outcome = console_run(&console, script);
	out = console_mask(&console, outcome.out.start);
	plan = strstr(out, " is a table of ");
	plan = plan != NULL ? plan + strlen(" is a table of ") : out;
	if (strcmp(plan, row->plan) != 0 || outcome.status != row->status)
		fail_msg("%s ended in %d and said\n%s\n%s", row->what, outcome.status, plan,
		         outcome.err.start);
	free(out);
	free(script);
	outcome_free(&outcome);
	console_close(&console);
	database_clear(database);
}

static void rows_mean_what_the_tool_means(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_row(*state, &rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(rows_mean_what_the_tool_means),
		DATABASE_TEST_POSTGRES(rows_mean_what_the_tool_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
