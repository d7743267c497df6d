/* tools_checked.c - the tools that store a version and a checksum of the file. */
#include "sums.h"
#include "tool.h"

/* Undone and deleted migrations leave their row, and a later one says so. */
#define FLYWAY(time)                                                                               \
	"SELECT coalesce(version, script), '', " time ", CASE WHEN NOT success THEN 'failed'"      \
	" WHEN version IS NULL THEN 'repeatable' WHEN type LIKE '%BASELINE' THEN 'baseline'"       \
	" ELSE 'applied' END, CAST(checksum AS TEXT), script FROM @ AS f"                          \
	" WHERE installed_rank > 0 AND type <> 'DELETE' AND type NOT LIKE 'UNDO%'"                 \
	" AND NOT EXISTS (SELECT 1 FROM @ AS l WHERE l.installed_rank > f.installed_rank"          \
	" AND (l.version = f.version OR (l.version IS NULL AND f.version IS NULL"                  \
	" AND l.script = f.script))) ORDER BY installed_rank"
#define FLYWAY_COLUMNS                                                                             \
	"installed_rank version description type script checksum installed_by installed_on"        \
	" execution_time success"

const struct adopt_tool adopt_flyway = {
	.name = "flyway",
	.title = "Flyway",
	.format = &format_flyway,
	.keys = ADOPT_KEYS_FILES,
	.file_name = "V@__x.sql",
	.shapes = { { .table = "flyway_schema_history", .columns = FLYWAY_COLUMNS },
	            { .table = "schema_version", .columns = FLYWAY_COLUMNS } },
	.rows = { [DIALECT_SQLITE] = FLYWAY(ADOPT_TIME_SQLITE("installed_on")),
	          [DIALECT_POSTGRES] = FLYWAY(ADOPT_TIME_POSTGRES("installed_on")) },
	.compare = sums_flyway,
};

/* A row says how many statements of how many ran; type 1 is a baseline, and 4 one that a person has
 * declared done. */
#define ATLAS(time)                                                                                \
	"SELECT version, '', " time ", CASE WHEN type & 1 <> 0 THEN 'baseline'"                    \
	" WHEN applied = total OR type & 4 <> 0 THEN 'applied' ELSE 'failed' END,"                 \
	" CASE WHEN type & 3 = 2 THEN hash END, CASE WHEN applied <> total THEN"                   \
	" 'statement ' || (applied + 1) || ' of ' || total || coalesce(': ' || error, '')"         \
	" ELSE description END FROM @ WHERE version <> '.atlas_cloud_identifier' ORDER BY version"
#define ATLAS_COLUMNS                                                                              \
	"version description type applied total executed_at execution_time error error_stmt hash"  \
	" partial_hashes operator_version"

const struct adopt_tool adopt_atlas = {
	.name = "atlas",
	.title = "Atlas",
	.format = &format_atlas,
	.shapes = { { .table = "atlas_schema_revisions", .columns = ATLAS_COLUMNS },
	            { .schema = "atlas_schema_revisions",
	              .table = "atlas_schema_revisions",
	              .columns = ATLAS_COLUMNS } },
	.rows = { [DIALECT_SQLITE] = ATLAS(ADOPT_TIME_SQLITE("executed_at")),
	          [DIALECT_POSTGRES] = ATLAS(ADOPT_TIME_POSTGRES("executed_at")) },
	.advisory_key = INT64_C(2686470616),
	.compare = sums_atlas,
	.is_cumulative = true,
};

/* What was rolled back may have been applied since, in another row. */
#define PRISMA(time)                                                                               \
	"SELECT migration_name, '', " time ", CASE WHEN finished_at IS NULL THEN 'failed'"         \
	" ELSE 'applied' END, checksum, CASE WHEN finished_at IS NULL THEN coalesce(logs, '')"     \
	" ELSE '' END FROM @ WHERE rolled_back_at IS NULL ORDER BY started_at, id"

const struct adopt_tool adopt_prisma = {
	.name = "prisma",
	.title = "Prisma",
	.format = &format_prisma,
	.keys = ADOPT_KEYS_FILES,
	.file_name = "@/migration.sql",
	.shapes = { { .table = "_prisma_migrations",
	              .columns = "id checksum finished_at migration_name logs rolled_back_at"
	                         " started_at applied_steps_count" } },
	.rows = { [DIALECT_SQLITE] =
	                  PRISMA("CASE WHEN typeof(finished_at) = 'integer' "
	                         "THEN " ADOPT_TIME_SQLITE(
	                                 "finished_at / 1000, "
	                                 "'unixepoch'") " ELSE"
	                                                " " ADOPT_TIME_SQLITE("finished"
	                                                                      "_at") " "
	                                                                             "E"
	                                                                             "N"
	                                                                             "D"),
	          [DIALECT_POSTGRES] = PRISMA(ADOPT_TIME_POSTGRES("finished_at")) },
	.advisory_key = 72707369,
	.compare = sums_prisma,
};

#define SQLX(time, checksum)                                                                       \
	"SELECT CAST(version AS TEXT), '', " time ", CASE WHEN success THEN 'applied' ELSE"        \
	" 'failed' END, " checksum ", description FROM @ ORDER BY version"

const struct adopt_tool adopt_sqlx = {
	.name = "sqlx",
	.title = "sqlx",
	.format = &format_sqlx,
	.is_native = true,
	.shapes = { { .table = "_sqlx_migrations",
	              .columns = "version description installed_on success checksum"
	                         " execution_time" } },
	.rows = { [DIALECT_SQLITE] =
	                  SQLX(ADOPT_TIME_SQLITE("installed_on"), "lower(hex(checksum))"),
	          [DIALECT_POSTGRES] =
	                  SQLX(ADOPT_TIME_POSTGRES("installed_on"), "encode(checksum, 'hex')") },
	.compare = sums_sqlx,
};

/* applied_on is text of its own making. */
#define REFINERY(time)                                                                             \
	"SELECT CAST(version AS TEXT), '', " time ", 'applied', checksum, coalesce(name, '')"      \
	" FROM @ ORDER BY version"

const struct adopt_tool adopt_refinery = {
	.name = "refinery",
	.title = "refinery",
	.format = &format_refinery,
	.keys = ADOPT_KEYS_FILES,
	.file_name = "V@__x.sql",
	.shapes = { { .table = "refinery_schema_history",
	              .columns = "version name applied_on checksum" } },
	.rows = { [DIALECT_SQLITE] = REFINERY(ADOPT_TIME_SQLITE("applied_on")),
	          [DIALECT_POSTGRES] =
	                  REFINERY("CASE WHEN applied_on ~ "
	                           "'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$' "
	                           "THEN " ADOPT_TIME_POSTGRES("applied_on") " END") },
	.compare = sums_refinery,
};
