/* tools_numbered.c - the tools whose tables hold nothing but a number, or text that is one. */
#include "tool.h"

/* --- One row a migration --- */

/* Rails' table, without Rails' other one. */
#define VERSIONS "SELECT version, '', '', 'applied', NULL, '' FROM @ ORDER BY version"

const struct adopt_tool adopt_dbmate = {
	.name = "dbmate",
	.title = "dbmate",
	.format = &format_dbmate,
	.is_native = true,
	.shapes = { { .table = "schema_migrations",
	              .columns = "version:character|varchar|text",
	              .is_exact = true,
	              .beside = "!ar_internal_metadata" } },
	.rows = { VERSIONS, VERSIONS },
};

const struct adopt_tool adopt_rails = {
	.name = "rails",
	.title = "Rails",
	.shapes = { { .table = "schema_migrations",
	              .columns = "version:character|varchar|text",
	              .is_exact = true,
	              .beside = "ar_internal_metadata" } },
	.others = "ar_internal_metadata",
	.rows = { VERSIONS, VERSIONS },
};

#define GOOSE(time, is_applied)                                                                    \
	"SELECT CAST(version_id AS TEXT), '', " time ", 'applied', NULL, '' FROM @ AS g"           \
	" WHERE version_id > 0 AND " is_applied " AND id ="                                        \
	" (SELECT max(id) FROM @ AS h WHERE h.version_id = g.version_id) ORDER BY id"

const struct adopt_tool adopt_goose = {
	.name = "goose",
	.title = "goose",
	.format = &format_goose,
	.is_native = true,
	.shapes = { { .table = "goose_db_version", .columns = "id version_id is_applied tstamp" } },
	.rows = { [DIALECT_SQLITE] = GOOSE(ADOPT_TIME_SQLITE("tstamp"), "is_applied <> 0"),
	          [DIALECT_POSTGRES] = GOOSE(ADOPT_TIME_POSTGRES("tstamp"), "is_applied") },
	.busy = { [DIALECT_POSTGRES] = "SELECT coalesce(locked_by, 'somebody') FROM @goose_lock"
	                               " WHERE locked AND lease_expires_at > now()" },
	.busy_table = "goose_lock",
	.release = "its lease ends by itself",
	.advisory_key = INT64_C(4097083626),
};

#define DIESEL(time) "SELECT version, '', " time ", 'applied', NULL, '' FROM @ ORDER BY version"

const struct adopt_tool adopt_diesel = {
	.name = "diesel",
	.title = "diesel",
	.format = &format_diesel,
	.keys = ADOPT_KEYS_FILES,
	.file_name = "@_x/up.sql",
	.shapes = { { .table = "__diesel_schema_migrations", .columns = "version run_on" } },
	.rows = { [DIALECT_SQLITE] = DIESEL(ADOPT_TIME_SQLITE("run_on")),
	          [DIALECT_POSTGRES] = DIESEL(ADOPT_TIME_POSTGRES("run_on")) },
};

#define BUN(time)                                                                                  \
	"SELECT name, '', " time ", 'applied', NULL, '' FROM @ WHERE name IS NOT NULL ORDER BY id"
#define BUN_BUSY "SELECT 'somebody' FROM @bun_migration_locks"

const struct adopt_tool adopt_bun = {
	.name = "bun",
	.title = "bun",
	.shapes = { { .table = "bun_migrations", .columns = "id name group_id migrated_at" } },
	.rows = { [DIALECT_SQLITE] = BUN(ADOPT_TIME_SQLITE("migrated_at")),
	          [DIALECT_POSTGRES] = BUN(ADOPT_TIME_POSTGRES("migrated_at")) },
	.busy = { BUN_BUSY, BUN_BUSY },
	.busy_table = "bun_migration_locks",
	.release = "when nobody is, empty the table bun_migration_locks",
};

/* --- One row in all --- */

#define GOLANG_MIGRATE                                                                             \
	"SELECT CAST(version AS TEXT), '', '', CASE WHEN dirty THEN 'failed' ELSE 'through' END,"  \
	" NULL, CASE WHEN dirty THEN 'dirty' ELSE '' END FROM @ WHERE version >= 0 OR dirty"

const struct adopt_tool adopt_golang_migrate = {
	.name = "golang-migrate",
	.title = "golang-migrate",
	.format = &format_golang_migrate,
	.is_native = true,
	.is_one_row = true,
	.shapes = { { .table = "schema_migrations",
	              .columns = "version:bigint|uint64|integer dirty:bool",
	              .is_exact = true } },
	.rows = { GOLANG_MIGRATE, GOLANG_MIGRATE },
};

const struct adopt_tool adopt_tern = {
	.name = "tern",
	.title = "tern",
	.format = &format_tern,
	.is_one_row = true,
	.shapes = { { .table = "schema_version", .columns = "version:int", .is_exact = true } },
	.rows = { [DIALECT_POSTGRES] = "SELECT CAST(version AS TEXT), '', '', 'through', NULL, ''"
	                               " FROM @ WHERE version > 0" },
};
