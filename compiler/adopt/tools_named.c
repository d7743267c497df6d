/* tools_named.c - the tools whose migrations have names, not versions; and the list of all. */
#include "sums.h"
#include "tool.h"

#include <string.h>

#define LIQUIBASE(time)                                                                            \
	"SELECT id, filename, " time ", CASE WHEN exectype = 'FAILED' THEN 'failed'"               \
	" ELSE 'applied' END, md5sum, author FROM @ WHERE exectype IN"                             \
	" ('EXECUTED', 'RERAN', 'MARK_RAN', 'FAILED') ORDER BY orderexecuted, dateexecuted"
#define LIQUIBASE_BUSY                                                                             \
	"SELECT coalesce(lockedby, 'somebody') FROM @databasechangeloglock WHERE locked"

const struct adopt_tool adopt_liquibase = {
	.name = "liquibase",
	.title = "Liquibase",
	.keys = ADOPT_KEYS_NAMES,
	.has_parts = true,
	.shapes = { { .table = "databasechangelog",
	              .columns =
	                      "id author filename dateexecuted orderexecuted exectype md5sum" } },
	.rows = { [DIALECT_SQLITE] = LIQUIBASE(ADOPT_TIME_SQLITE("dateexecuted")),
	          [DIALECT_POSTGRES] = LIQUIBASE(ADOPT_TIME_POSTGRES("dateexecuted")) },
	.busy = { LIQUIBASE_BUSY, LIQUIBASE_BUSY },
	.busy_table = "databasechangeloglock",
	.others = "databasechangeloghistory",
	.release = "when nobody is, `liquibase release-locks` frees it",
	.compare = sums_liquibase,
};

#define SQITCH(time)                                                                               \
	"SELECT change, project, " time ", 'applied', script_hash, '' FROM @ ORDER BY "            \
	"committed_at"

const struct adopt_tool adopt_sqitch = {
	.name = "sqitch",
	.title = "Sqitch",
	.keys = ADOPT_KEYS_NAMES,
	.is_shared = true,
	.shapes = { { .schema = "sqitch",
	              .table = "changes",
	              .columns = "change_id script_hash change project committed_at planned_at" } },
	.rows = { [DIALECT_SQLITE] = SQITCH(ADOPT_TIME_SQLITE("committed_at")),
	          [DIALECT_POSTGRES] = SQITCH(ADOPT_TIME_POSTGRES("committed_at")) },
	.advisory_key = 75474063,
	.compare = sums_sqitch,
};

#define DJANGO(time) "SELECT name, app, " time ", 'applied', NULL, '' FROM @ ORDER BY id"

const struct adopt_tool adopt_django = {
	.name = "django",
	.title = "Django",
	.keys = ADOPT_KEYS_NAMES,
	.is_shared = true,
	.shapes = { { .table = "django_migrations",
	              .columns = "id app name applied",
	              .is_exact = true } },
	.rows = { [DIALECT_SQLITE] = DJANGO(ADOPT_TIME_SQLITE("applied")),
	          [DIALECT_POSTGRES] = DJANGO(ADOPT_TIME_POSTGRES("applied")) },
};

/* Its checksum is one of the name. */
#define YOYO(time)                                                                                 \
	"SELECT migration_id, '', " time ", 'applied', NULL, '' FROM @ WHERE migration_id IS NOT"  \
	" NULL ORDER BY applied_at_utc, migration_id"
#define YOYO_BUSY "SELECT 'process ' || pid FROM @yoyo_lock WHERE locked = 1"

const struct adopt_tool adopt_yoyo = {
	.name = "yoyo",
	.title = "yoyo",
	.keys = ADOPT_KEYS_NAMES,
	.shapes = { { .table = "_yoyo_migration",
	              .columns = "migration_hash migration_id applied_at_utc" } },
	.rows = { [DIALECT_SQLITE] = YOYO(ADOPT_TIME_SQLITE("applied_at_utc")),
	          [DIALECT_POSTGRES] =
	                  YOYO(ADOPT_TIME_POSTGRES("applied_at_utc AT TIME ZONE 'UTC'")) },
	.busy = { YOYO_BUSY, YOYO_BUSY },
	.busy_table = "yoyo_lock",
	.others = "_yoyo_log _yoyo_version",
	.release = "when nobody is, `yoyo break-lock` frees it",
};

const struct adopt_tool *const *adopt_tools(void)
{
	static const struct adopt_tool *const tools[] = {
		&adopt_atlas,          &adopt_bun,    &adopt_dbmate,
		&adopt_diesel,         &adopt_django, &adopt_flyway,
		&adopt_golang_migrate, &adopt_goose,  &adopt_liquibase,
		&adopt_prisma,         &adopt_rails,  &adopt_refinery,
		&adopt_sqitch,         &adopt_sqlx,   &adopt_tern,
		&adopt_yoyo,           NULL,
	};

	return tools;
}

const struct adopt_tool *adopt_tool_find(const char *name)
{
	const struct adopt_tool *const *tool;

	for (tool = adopt_tools(); *tool != NULL && strcmp((*tool)->name, name) != 0; tool++)
		;
	return *tool;
}
