/* leftover_queries.c - what the databases are asked for. */
#include "leftovers.h"

/* clang-format off */

#define OURS(class, oid)                                                                           \
	" n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname = "              \
	"COALESCE($1::text, n.nspname) AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = " \
	"'" class "'::regclass AND e.objid = " oid " AND e.deptype = 'e') "
#define SHOWN(name) " CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || " name " "

const struct leftover leftovers_postgres[] = {
	/* One that is being built just now is none. */
	{ RULE_LIVE_INVALID_INDEX,
	  "SELECT " SHOWN("c.relname") ", format('index %s on %s is invalid: no query uses "
	  "it%s', " SHOWN("c.relname") ", t.relname, CASE WHEN i.indisready THEN ', and every "
	  "write pays for it' ELSE '' END), CASE WHEN c.relkind = 'I' THEN 'give every "
	  "partition of ' || t.relname || ' such an index, and attach it: ALTER INDEX ' || "
	  "c.oid::regclass || ' ATTACH PARTITION ...;' WHEN c.relname ~ '_cc(new|old)[0-9]*$' "
	  "THEN format('DROP INDEX CONCURRENTLY %s; (a REINDEX has left it)', c.oid::regclass) "
	  "ELSE format('REINDEX INDEX CONCURRENTLY %1$s; or DROP INDEX CONCURRENTLY %1$s;', "
	  "c.oid::regclass) END, 'index ' || " SHOWN("c.relname") ", NULL, NULL FROM pg_index i "
	  "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN "
	  "pg_namespace n ON n.oid = c.relnamespace WHERE NOT (i.indisvalid AND i.indisready) "
	  "AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = "
	  "c.oid) AND" OURS("pg_class", "t.oid") "ORDER BY 1" },
	{ RULE_LIVE_NOT_VALID,
	  "SELECT " SHOWN("c.relname") ", format('constraint %s of %s is not validated: older "
	  "rows may break it', k.conname, " SHOWN("c.relname") "), format('ALTER TABLE %s "
	  "VALIDATE CONSTRAINT %I;', c.oid::regclass, k.conname), format('table %s: constraint "
	  "%s ', " SHOWN("c.relname") ", k.conname), " SHOWN("c.relname") ", format('constraint "
	  "%s %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN pg_class c "
	  "ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT "
	  "k.convalidated AND k.conparentid = 0 AND COALESCE(to_jsonb(k) ->> 'conenforced', "
	  "'true') = 'true' AND" OURS("pg_class", "c.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_NOT_VALID,
	  "SELECT " SHOWN("t.typname") ", format('constraint %s of domain %s is not validated: "
	  "older values may break it', k.conname, " SHOWN("t.typname") "), format('ALTER DOMAIN "
	  "%s VALIDATE CONSTRAINT %I;', t.oid::regtype, k.conname), format('domain %s: "
	  "constraint %s ', " SHOWN("t.typname") ", k.conname), NULL, NULL FROM pg_constraint k "
	  "JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace "
	  "WHERE NOT k.convalidated AND" OURS("pg_type", "t.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('trigger %s on %s is disabled', g.tgname, "
	  SHOWN("c.relname") "), format('ALTER TABLE %s ENABLE TRIGGER %I;', c.oid::regclass, "
	  "g.tgname), format('trigger %s on %s', g.tgname, " SHOWN("c.relname") "), format('%s "
	  "on %s', g.tgname, " SHOWN("c.relname") "), 'enabled D' FROM pg_trigger g JOIN "
	  "pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
	  "NOT g.tgisinternal AND g.tgenabled = 'D' AND" OURS("pg_class", "c.oid") "ORDER BY 1, "
	  "2" },
	/* DISABLE TRIGGER ALL, or the triggers of one constraint. */
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('foreign key %s is not checked when %s "
	  "changes: its triggers are disabled', k.conname, " SHOWN("c.relname") "), "
	  "format('ALTER TABLE %s ENABLE TRIGGER ALL; and look for rows that came in "
	  "meanwhile', c.oid::regclass), NULL, NULL, NULL FROM pg_trigger g JOIN pg_constraint "
	  "k ON k.oid = g.tgconstraint JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n "
	  "ON n.oid = c.relnamespace WHERE g.tgisinternal AND g.tgenabled = 'D' AND"
	  OURS("pg_class", "c.oid") "GROUP BY c.oid, c.relname, n.nspname, k.conname ORDER BY "
	  "1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT " SHOWN("c.relname") ", format('rule %s on %s is disabled', r.rulename, "
	  SHOWN("c.relname") "), format('ALTER TABLE %s ENABLE RULE %I;', c.oid::regclass, "
	  "r.rulename), NULL, NULL, NULL FROM pg_rewrite r JOIN pg_class c ON c.oid = "
	  "r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.ev_enabled = 'D' AND"
	  OURS("pg_class", "c.oid") "ORDER BY 1, 2" },
	{ RULE_LIVE_DISABLED,
	  "SELECT evtname, format('event trigger %s is disabled', evtname), format('ALTER EVENT "
	  "TRIGGER %I ENABLE;', evtname), NULL, NULL, NULL FROM pg_event_trigger v WHERE "
	  "evtenabled = 'D' AND $1::text IS NULL AND NOT EXISTS (SELECT FROM pg_depend e WHERE "
	  "e.classid = 'pg_event_trigger'::regclass AND e.objid = v.oid AND e.deptype = 'e') "
	  "ORDER BY 1" },
};

const struct leftover leftovers_sqlite[] = {
	{ RULE_LIVE_DAMAGED,
	  "SELECT '', 'the database is damaged: ' || replace(quick_check, char(10), ' '), '"
	  LEFTOVER_DAMAGE "', NULL, NULL, NULL FROM pragma_quick_check(NULL, 'main') "
	  "WHERE quick_check <> 'ok' LIMIT 10" },
	{ RULE_LIVE_ORPHANS,
	  "SELECT \"table\", count(*) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END || ' "
	  "of ' || \"table\" || ' refer' || CASE count(*) WHEN 1 THEN 's' ELSE '' END || ' to "
	  "no row of ' || parent, 'PRAGMA foreign_key_check(' || \"table\" || '); lists them; "
	  "programs that write need PRAGMA foreign_keys = on', NULL, NULL, NULL FROM "
	  "pragma_foreign_key_check GROUP BY \"table\", parent, fkid ORDER BY 1, 2" },
};

/* clang-format on */

const size_t leftovers_postgres_count = sizeof(leftovers_postgres) / sizeof(leftovers_postgres[0]);
const size_t leftovers_sqlite_count = sizeof(leftovers_sqlite) / sizeof(leftovers_sqlite[0]);
