/* catalog_queries.c - the SQL behind catalog_postgres.c. */
#include "catalog_queries.h"

/* clang-format off */

/* Of a schema of the application, and no part of an extension. */
#define OURS(class, oid)                                                                           \
	" n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS ("              \
	"SELECT FROM pg_depend e WHERE e.classid = '" class "'::regclass AND e.objid = " oid       \
	                                                    " AND e.deptype = 'e') "
#define NOT_TRACKING(name) " AND " name " NOT IN ($1::text, $1 || '_log', $1 || '_state') "
#define SHOWN(name)                                                                                \
	" CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || " name " "
#define QUALIFIED(name)    " quote_ident(n.nspname) || '.' || quote_ident(" name ") "

static const char schemas[] =
        "SELECT '', nspname, '', format(E'CREATE SCHEMA %I;\\n', nspname), '', 0, '' FROM "
        "pg_namespace n WHERE nspname <> 'public' AND" OURS("pg_namespace", "n.oid");

static const char extensions[] =
        "SELECT '', extname, 'schema ' || nspname, format(E'CREATE EXTENSION IF NOT EXISTS %I "
        "WITH SCHEMA %I;\\n', extname, nspname), '', 0, '' FROM pg_extension x JOIN pg_namespace "
        "n ON n.oid = extnamespace WHERE extname <> 'plpgsql'";

static const char enums[] =
        "SELECT '', " SHOWN("typname") ", 'values ' || string_agg(quote_literal(enumlabel), ', ' "
        "ORDER BY enumsortorder), 'CREATE TYPE ' || " QUALIFIED("typname") " || ' AS ENUM (' || "
        "coalesce(string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder), '') || "
        "E');\\n', '', 0, '' FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace LEFT "
        "JOIN pg_enum v ON v.enumtypid = t.oid WHERE typtype = 'e' AND" OURS("pg_type", "t.oid")
        "GROUP BY t.oid, typname, nspname";

#define DOMAIN_TRAITS                                                                              \
	" format_type(typbasetype, typtypmod) || CASE WHEN typcollation <> 0 AND typcollation <> " \
	"(SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype) THEN ' COLLATE ' || "  \
	"typcollation::regcollation ELSE '' END || CASE WHEN typdefault IS NOT NULL THEN "         \
	"' DEFAULT ' || coalesce(pg_get_expr(typdefaultbin, 0), quote_literal(typdefault)) "       \
	"ELSE '' END || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END "

static const char domains[] =
        "SELECT 'domain', " SHOWN("typname") ", 'as ' || " DOMAIN_TRAITS " || "
        "coalesce(checks.told, ''), 'CREATE DOMAIN ' || " QUALIFIED("typname") " || ' AS ' || "
        DOMAIN_TRAITS " || coalesce(checks.made, '') || E';\\n', '', 1, '' FROM pg_type t JOIN "
        "pg_namespace n ON n.oid = typnamespace, LATERAL (SELECT string_agg(chr(1) || "
        "'constraint ' || conname || ' ' || pg_get_constraintdef(k.oid), '' ORDER BY conname) AS "
        "told, string_agg(' CONSTRAINT ' || quote_ident(conname) || ' ' || "
        "pg_get_constraintdef(k.oid), '' ORDER BY conname) AS made FROM pg_constraint k WHERE "
        "k.contypid = t.oid AND k.contype = 'c') checks WHERE typtype = 'd' AND"
        OURS("pg_type", "t.oid");

#define ATTRIBUTE_TYPE                                                                             \
	" format_type(atttypid, atttypmod) || CASE WHEN attcollation <> 0 AND attcollation <> "    \
	"(SELECT b.typcollation FROM pg_type b WHERE b.oid = atttypid) THEN ' COLLATE ' || "       \
	"attcollation::regcollation ELSE '' END "

static const char composites[] =
        "SELECT '', " SHOWN("relname") ", string_agg('column ' || attname || ' ' || "
        ATTRIBUTE_TYPE ", chr(1) ORDER BY attnum), 'CREATE TYPE ' || " QUALIFIED("relname")
        " || ' AS (' || string_agg(quote_ident(attname) || ' ' || " ATTRIBUTE_TYPE ", "
        "', ' ORDER BY attnum) || E');\\n', '', 2, '' FROM "
        "pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON "
        "a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped WHERE relkind = 'c' AND"
        OURS("pg_type", "c.reltype") "GROUP BY c.oid, relname, nspname";

static const char ranges[] =
        "SELECT '', " SHOWN("typname") ", 'range of ' || format_type(rngsubtype, NULL), 'CREATE "
        "TYPE ' || " QUALIFIED("typname") " || ' AS RANGE (SUBTYPE = ' || "
        "format_type(rngsubtype, NULL) || CASE WHEN rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || "
        "rngsubdiff ELSE '' END || E');\\n', '', 1, '' FROM pg_range r JOIN pg_type t ON "
        "t.oid = rngtypid JOIN pg_namespace n ON n.oid = typnamespace WHERE"
        OURS("pg_type", "t.oid");

#define SEQUENCE_TRAITS                                                                            \
	" format(' AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', "      \
	"format_type(seqtypid, NULL), seqincrement, seqmin, seqmax, seqstart, seqcache, "          \
	"CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END) "

/* Those of identity columns are made with their table. */
static const char sequences[] =
        "SELECT '', " SHOWN("c.relname") ", ltrim(" SEQUENCE_TRAITS ") || coalesce(chr(1) || "
        "'owned by ' || o.relname || '.' || attname, ''), 'CREATE SEQUENCE ' || "
        QUALIFIED("c.relname") " || " SEQUENCE_TRAITS " || E';\\n', CASE WHEN attname IS NULL "
        "THEN '' ELSE format(E'ALTER SEQUENCE %s OWNED BY %s.%I;\\n', c.oid::regclass, "
        "o.oid::regclass, attname) END, 0, ''," SHOWN("o.relname")
        "FROM pg_sequence s JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON "
        "n.oid = c.relnamespace LEFT JOIN pg_depend d ON "
        "d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND "
        "d.refobjsubid > 0 LEFT JOIN pg_class o ON o.oid = d.refobjid LEFT JOIN pg_attribute a "
        "ON a.attrelid = o.oid AND a.attnum = d.refobjsubid WHERE coalesce(d.deptype, 'a') <> "
        "'i' AND" OURS("pg_class", "c.oid") NOT_TRACKING("coalesce(o.relname, c.relname)");

/* The mode of a procedure's arguments that is told since PostgreSQL 14. */
#define WITHOUT_IN(arguments) " regexp_replace(" arguments ", E'(^|[(]|, )IN ', E'\\\\1', 'g') "

/* What takes or returns rows of a table, or has a body that was parsed, is made behind tables: such
 * a body leaves prosrc empty (prosqlbody is unknown to PostgreSQL 13).  A range type makes its
 * functions itself. */
static const char functions[] =
        "SELECT CASE prokind WHEN 'p' THEN 'procedure' ELSE '' END, " SHOWN("proname") " || '(' "
        "|| " WITHOUT_IN("pg_get_function_identity_arguments(p.oid)") " || ')', "
        WITHOUT_IN("split_part(def, E'\\n', 1)") " || substr(def, strpos(def, E'\\n')), def || "
        "E';\\n', '', 0, CASE WHEN prosrc = '' OR EXISTS (SELECT FROM unnest(proargtypes::oid[] || "
        "coalesce(proallargtypes, '{}') || prorettype) u JOIN pg_type t ON t.oid = u OR t.typarray "
        "= u JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c') THEN 'index' ELSE '' "
        "END FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace, LATERAL "
        "pg_get_functiondef(CASE WHEN prokind <> 'a' THEN p.oid END) def WHERE prokind <> 'a' AND "
        "NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = "
        "p.oid AND i.deptype = 'i') AND" OURS("pg_proc", "p.oid");

static const char aggregates[] =
        "SELECT 'aggregate', " SHOWN("proname") " || '(' || "
        "pg_get_function_identity_arguments(p.oid) || ')', format('%s %s %s %s', aggtransfn, "
        "format_type(aggtranstype, NULL), aggfinalfn, agginitval), 'CREATE AGGREGATE ' || "
        QUALIFIED("proname") " || format('(%s) (SFUNC = %s, STYPE = %s%s%s);', "
        "pg_get_function_identity_arguments(p.oid), aggtransfn::regproc, "
        "format_type(aggtranstype, NULL), CASE WHEN aggfinalfn <> 0 THEN ', FINALFUNC = ' || "
        "aggfinalfn::regproc ELSE '' END, coalesce(', INITCOND = ' || quote_literal(agginitval), "
        "'')) || E'\\n', '', 1, '' FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN "
        "pg_namespace n ON n.oid = pronamespace WHERE" OURS("pg_proc", "p.oid");

#define COLUMN_TRAITS                                                                              \
	" format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attcollation <> 0 AND "              \
	"a.attcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = a.atttypid) THEN "  \
	"' COLLATE ' || a.attcollation::regcollation ELSE '' END || CASE WHEN a.attgenerated <> "  \
	"'' THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid), CASE "    \
	"a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END) WHEN a.attidentity = 'a' THEN " \
	"' GENERATED ALWAYS AS IDENTITY' WHEN a.attidentity = 'd' THEN "                           \
	"' GENERATED BY DEFAULT AS IDENTITY' WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || "        \
	"pg_get_expr(d.adbin, d.adrelid) ELSE '' END || CASE WHEN a.attnotnull AND NOT EXISTS ("   \
	"SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT "   \
	"k.convalidated AND k.conkey = ARRAY[a.attnum]) THEN ' NOT NULL' ELSE '' END "

#define TABLE_TRAITS                                                                               \
	" CASE WHEN "                                                                              \
	"relpersistence = 'u' THEN chr(1) || 'unlogged' ELSE '' END || coalesce(chr(1) || "        \
	"'partition by ' || pg_get_partkeydef(c.oid), '') || coalesce(chr(1) || 'with ' || "       \
	"array_to_string(reloptions, ', '), '') || coalesce(chr(1) || CASE WHEN "                  \
	"relispartition THEN 'partition of ' ELSE 'inherits ' END || parents.names, '') || "       \
	"coalesce(' ' || pg_get_expr(relpartbound, c.oid), '') "

#define COMMENTS                                                                                   \
	" coalesce((SELECT string_agg(CASE objsubid WHEN 0 THEN format(E'COMMENT ON TABLE %s IS "  \
	"%L;\\n', q, description) ELSE format(E'COMMENT ON COLUMN %s.%I IS %L;\\n',"               \
	" q, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = "               \
	"objsubid), description) END, '' ORDER BY objsubid) FROM pg_description WHERE classoid = " \
	"'pg_class'::regclass AND objoid = c.oid), '') "

/* Of a partition only what is its own is told and made; the rest comes from its parent.  NOT NULL
 * is a column's, but a constraint as long as it is not validated (since PostgreSQL 18). */
#define TABLE_PARTS                                                                                \
	" (SELECT *, oid::regclass AS q FROM pg_class) c JOIN pg_namespace n ON n.oid = "          \
	"relnamespace, LATERAL (SELECT "                                                           \
	"string_agg('column ' || attname || ' ' || traits, chr(1) ORDER BY attnum) AS told, "      \
	"string_agg('    ' || quote_ident(attname) || ' ' || traits, E',\\n' ORDER BY attnum) "    \
	"FILTER (WHERE attislocal) AS made FROM (SELECT a.*, " COLUMN_TRAITS                       \
	" AS traits FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND "     \
	"d.adnum = a.attnum WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped) x) "     \
	"columns, LATERAL (SELECT string_agg(chr(1) || 'constraint ' || conname || ' ' || def, "   \
	"'' ORDER BY conname) AS told, string_agg(format('    CONSTRAINT %I %s', conname, def), "  \
	"E',\\n' ORDER BY contype <> 'p', conname) FILTER (WHERE contype NOT IN ('f', 'n')) AS "   \
	"made, string_agg(format(E'ALTER TABLE %s ADD CONSTRAINT %I %s;\\n', q, conname, def), "   \
	"'' ORDER BY conname) FILTER (WHERE contype IN ('f', 'n') AND conparentid = 0) AS late "   \
	"FROM (SELECT k.*, pg_get_constraintdef(k.oid) AS def FROM pg_constraint k WHERE "         \
	"conrelid = c.oid AND contype <> 't' AND (contype <> 'n' OR NOT convalidated) AND "        \
	"conislocal) x) "                                                                          \
	"keys, LATERAL (SELECT " COMMENTS " AS made) comments, LATERAL (SELECT "            \
	"string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS names FROM "             \
	"pg_inherits WHERE inhrelid = c.oid) parents "

static const char tables[] =
        "SELECT CASE relkind WHEN 'f' THEN 'foreign table' ELSE '' END, " SHOWN("relname") ", "
        "coalesce(columns.told, '') || coalesce(keys.told, '') || " TABLE_TRAITS " || "
        "chr(1) || replace(rtrim(comments.made, E';\n'), E';\nCOMMENT', E'\1COMMENT'), "
        "CASE WHEN relkind = 'f' THEN '' ELSE "
        "CASE relpersistence WHEN 'u' THEN 'CREATE UNLOGGED TABLE ' ELSE 'CREATE TABLE ' END || "
        "q || CASE WHEN relispartition THEN ' PARTITION OF ' || parents.names || ' ' || "
        "pg_get_expr(relpartbound, c.oid) ELSE E' (\n' || concat_ws(E',\n', columns.made, "
        "keys.made) || E'\n)' || coalesce(' INHERITS (' || parents.names || ')', '') END "
        "|| coalesce(' PARTITION BY ' || pg_get_partkeydef(c.oid), '') || coalesce(' WITH (' || "
        "array_to_string(reloptions, ', ') || ')', '') || E';\n' END, coalesce(keys.late, "
        "'') || comments.made, CASE WHEN relispartition THEN (SELECT count(*) FROM "
        "pg_partition_ancestors(c.oid)) WHEN parents.names IS NULL THEN 0 ELSE 1 END, '' FROM"
        TABLE_PARTS "WHERE relkind IN ('r', 'p', 'f') AND" OURS("pg_class", "c.oid")
        NOT_TRACKING("relname");

/* Constraints have made theirs, and partitions get them from their parents. */
static const char indexes[] =
        "SELECT '', " SHOWN("c.relname") ", pg_get_indexdef(c.oid) || CASE WHEN indisvalid THEN "
        "'' ELSE chr(1) || 'invalid' END, CASE WHEN indisvalid AND c.relkind = 'I' THEN "
        "regexp_replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') ELSE "
        "pg_get_indexdef(c.oid) END || E';\\n', '', 0, CASE "
        "t.relkind WHEN 'm' THEN 'trigger' ELSE '' END," SHOWN("t.relname")
        "FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = "
        "indrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_constraint k "
        "WHERE k.conindid = c.oid AND contype IN ('p', 'u', 'x')) AND" OURS("pg_class", "t.oid")
        NOT_TRACKING("t.relname");

static const char statistics[] =
        "SELECT 'statistics', " SHOWN("stxname") ", pg_get_statisticsobjdef(s.oid), "
        "pg_get_statisticsobjdef(s.oid) || E';\\n', '', 0, '' FROM pg_statistic_ext s JOIN "
        "pg_namespace n ON n.oid = stxnamespace WHERE" OURS("pg_statistic_ext", "s.oid");

static const char views[] =
        "SELECT CASE relkind WHEN 'm' THEN 'materialized view' ELSE '' END, " SHOWN("relname")
        ", pg_get_viewdef(c.oid) || coalesce(chr(1) || 'with ' || array_to_string(reloptions, ', "
        "'), ''), CASE relkind WHEN 'm' THEN 'CREATE MATERIALIZED VIEW ' ELSE 'CREATE VIEW ' END "
        "|| c.oid::regclass || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', "
        "'') || E' AS\\n' || rtrim(pg_get_viewdef(c.oid), ';') || E';\\n', '', (WITH RECURSIVE "
        "down(view, level) AS (SELECT c.oid, 0 UNION ALL SELECT d.refobjid, level + 1 FROM down "
        "JOIN pg_rewrite r ON r.ev_class = view JOIN pg_depend d ON d.classid = "
        "'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND "
        "d.refobjid <> view JOIN pg_class v ON v.oid = d.refobjid AND v.relkind IN ('v', 'm') "
        "WHERE level < 50) SELECT max(level) FROM down), '' FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = relnamespace WHERE relkind IN ('v', 'm') AND" OURS("pg_class", "c.oid");

static const char triggers[] =
        "SELECT '', tgname || ' on ' || " SHOWN("relname") ", pg_get_triggerdef(t.oid) || CASE "
        "tgenabled WHEN 'O' THEN '' ELSE chr(1) || 'enabled ' || tgenabled::text END, "
        "pg_get_triggerdef(t.oid) || E';\\n' || CASE tgenabled WHEN 'O' THEN '' ELSE "
        "format(E'ALTER TABLE %s %s TRIGGER %I;\\n', c.oid::regclass, CASE tgenabled WHEN 'D' "
        "THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, tgname) END, "
        "'', 0, '' FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON "
        "n.oid = relnamespace WHERE NOT tgisinternal AND tgparentid = 0 AND"
        OURS("pg_class", "c.oid");

static const char rules[] =
        "SELECT 'rule', rulename || ' on ' || " SHOWN("relname") ", pg_get_ruledef(r.oid), "
        "pg_get_ruledef(r.oid) || E'\\n', '', 0, '' FROM pg_rewrite r JOIN pg_class c ON c.oid = "
        "ev_class JOIN pg_namespace n ON n.oid = relnamespace WHERE rulename <> '_RETURN' AND"
        OURS("pg_class", "c.oid");

#define POLICY_TRAITS                                                                              \
	" format(' AS %s FOR %s TO %s', permissive, cmd, array_to_string(roles, ', ')) || "        \
	"coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || "    \
	"')', '') "

static const char policies[] =
        "SELECT '', policyname || ' on ' || CASE schemaname WHEN 'public' THEN '' ELSE "
        "schemaname || '.' END || tablename, ltrim(" POLICY_TRAITS "), format('CREATE POLICY %I "
        "ON %I.%I', policyname, schemaname, tablename) || " POLICY_TRAITS " || E';\\n', '', 0, "
        "'' FROM pg_policies";

static const char securities[] =
        "SELECT 'row level security', 'of ' || " SHOWN("relname") ", concat_ws(' ', 'enabled', "
        "CASE WHEN relforcerowsecurity THEN 'forced' END), format(E'ALTER TABLE %s ENABLE ROW "
        "LEVEL SECURITY;\n', c.oid::regclass) || CASE WHEN relforcerowsecurity THEN "
        "format(E'ALTER TABLE %s FORCE ROW LEVEL SECURITY;\n', c.oid::regclass) ELSE '' END, '', "
        "0, '' FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relrowsecurity "
        "AND" OURS("pg_class", "c.oid");

const struct catalog_query catalog_queries[] = {
	{ CATALOG_SCHEMA, schemas },      { CATALOG_EXTENSION, extensions },
	{ CATALOG_TYPE, enums },          { CATALOG_TYPE, domains },
	{ CATALOG_TYPE, composites },     { CATALOG_TYPE, ranges },
	{ CATALOG_SEQUENCE, sequences },  { CATALOG_FUNCTION, functions },
	{ CATALOG_FUNCTION, aggregates }, { CATALOG_TABLE, tables },
	{ CATALOG_INDEX, indexes },       { CATALOG_INDEX, statistics },
	{ CATALOG_VIEW, views },          { CATALOG_TRIGGER, triggers },
	{ CATALOG_TRIGGER, rules },       { CATALOG_POLICY, policies },
	{ CATALOG_POLICY, securities },
};
const size_t catalog_query_count = sizeof(catalog_queries) / sizeof(catalog_queries[0]);
