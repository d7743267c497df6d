/* rules_indexes.c - PostgreSQL: how indexes are built and dropped while the table is in use. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"
#include "model/naming.h"

#include <stddef.h>

/* ---- CREATE INDEX in pieces ------------------------------------------------------------------ */

/* CREATE [UNIQUE] INDEX name ON table tail. */
struct index_parts {
	const char *create; /* "CREATE UNIQUE INDEX" */
	const char *name;   /* Not quoted; made up when there is none. */
	struct text on;     /* "ON orders (note)" */
	struct text tail;   /* "(note)", "USING gin (note) WHERE ..." */
	struct text if_not_exists;
};

static const char *make_index_name(struct lint *lint, struct name table)
{
	const struct ddl *ddl = lint->ddl;
	const char **columns = arena_array(lint->arena, const char *, ddl->index_column_count + 1);
	size_t i;

	for (i = 0; i < ddl->index_column_count; i++)
		columns[i] =
		        naming_index_column(lint->arena, &ddl->index_columns[i], lint->dialect);
	return advice_name(lint, table, (struct advice_names){ columns, ddl->index_column_count },
	                   "idx");
}

static struct index_parts read_index(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct cursor cursor = cursor_of(lint->arena, ddl->statement, lint->dialect);
	const unsigned char *end = ddl->statement->text.start + ddl->statement->text.size;
	struct index_parts parts = { .name = ddl->name.name };
	const unsigned char *start;

	cursor_take(&cursor, "create");
	parts.create = cursor_take(&cursor, "unique") ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
	cursor_take(&cursor, "index");
	cursor_take(&cursor, "concurrently");
	start = cursor.token.text.start;
	if (cursor_take_words(&cursor, "if not exists"))
		parts.if_not_exists =
		        (struct text){ start, (size_t)(cursor.token.text.start - start) };
	if (!cursor_is(&cursor, "on"))
		cursor_take_name(&cursor);
	start = cursor.token.text.start;
	parts.on = (struct text){ start, (size_t)(end - start) };
	cursor_take(&cursor, "on");
	cursor_take(&cursor, "only");
	cursor_take_name(&cursor);
	cursor_take(&cursor, "*");
	start = cursor.token.text.start;
	parts.tail = (struct text){ start, (size_t)(end - start) };
	if (parts.name == NULL)
		parts.name = make_index_name(lint, ddl->table);
	return parts;
}

static bool is_partitioned(const struct lint *lint, struct name table)
{
	const struct schema_table *known = schema_table(lint->schema, table);

	return known != NULL && known->partitioned;
}

static void index_not_concurrent(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct index_parts parts;
	struct lint_advice advice = { .at = advice_head(lint, "index") };

	if (ddl->concurrently || is_partitioned(lint, ddl->table) ||
	    !advice_may_have_rows(lint, ddl->table))
		return;
	parts = read_index(lint);
	advice.lock = lock_describe(lint->arena, LOCK_SHARE, ddl->table);
	advice.help = "build it with CONCURRENTLY, which lets writes go on; as PostgreSQL refuses "
	              "that in a transaction, in a migration without other statements";
	advice.rewrite = lint_format(lint, ADVICE_ALONE "%s CONCURRENTLY %s %.*s;", parts.create,
	                             lint_quote(lint, parts.name), (int)parts.on.size,
	                             (const char *)parts.on.start);
	if (ddl->name.name != NULL && !ddl->if_not_exists)
		advice.fix = advice_fix_behind(lint, "index", " CONCURRENTLY");
	if (advice.fix.at.start != NULL)
		advice.rewrite = NULL;
	lint_report(lint, RULE_INDEX_NOT_CONCURRENT, advice,
	            "writes of %s wait until the index %s is built", lint_sql(lint, ddl->table),
	            lint_quote(lint, parts.name));
}

static void concurrent_if_not_exists(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct index_parts parts;
	struct lint_advice advice = { 0 };

	if (!ddl->concurrently || !ddl->if_not_exists || ddl->table.name == NULL)
		return;
	parts = read_index(lint);
	advice.at = text_trim(parts.if_not_exists);
	advice.help = "leave IF NOT EXISTS out: before a migration that was interrupted is tried "
	              "again, an index that it left invalid is dropped, and one that is complete "
	              "is kept";
	advice.fix = (struct fix){ parts.if_not_exists, "" };
	lint_report(lint, RULE_CONCURRENT_IF_NOT_EXISTS, advice,
	            "IF NOT EXISTS takes any index named %s for this one, also an invalid or a "
	            "different one",
	            lint_quote(lint, parts.name));
}

/* ---- partitioned tables ---------------------------------------------------------------------- */

/* An index of the parent alone, one of each partition, and the tie between them. */
static const char *rewrite_partitioned(struct lint *lint, const struct index_parts *parts)
{
	const struct schema_table *partitions[ADVICE_PARTITION_MAX];
	const struct name table = lint->ddl->table;
	struct name index = { .schema = table.schema, .name = parts->name };
	size_t count = advice_partitions(lint, table, partitions);
	const char *builds = "", *attaches = "";
	int tail_size = (int)parts->tail.size;
	const char *tail = (const char *)parts->tail.start;
	size_t i;

	for (i = 0; i < count; i++) {
		struct name name = partitions[i]->name;
		struct name part = { .schema = name.schema, .name = make_index_name(lint, name) };

		builds = lint_format(lint, "%s%s CONCURRENTLY %s ON %s %.*s;\n", builds,
		                     parts->create, lint_quote(lint, part.name),
		                     lint_sql(lint, name), tail_size, tail);
		attaches = lint_format(lint, "%s\nALTER INDEX %s ATTACH PARTITION %s;", attaches,
		                       lint_sql(lint, index), lint_sql(lint, part));
	}
	if (count == 0) {
		builds = lint_format(lint,
		                     "-- for each partition\n"
		                     "%s CONCURRENTLY <partition>_idx ON <partition> %.*s;\n",
		                     parts->create, tail_size, tail);
		attaches = lint_format(lint,
		                       "\n-- for each partition\n"
		                       "ALTER INDEX %s ATTACH PARTITION <partition>_idx;",
		                       lint_sql(lint, index));
	}
	return lint_format(lint,
	                   "%s %s ON ONLY %s %.*s;\n" ADVICE_NEXT_ALONE "%s-- next migration%s",
	                   parts->create, lint_quote(lint, parts->name), lint_sql(lint, table),
	                   tail_size, tail, builds, attaches);
}

static void partitioned_index(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = advice_head(lint, "index") };
	struct index_parts parts;

	if (ddl->concurrently || ddl->only || !is_partitioned(lint, ddl->table) ||
	    !advice_may_have_rows(lint, ddl->table))
		return;
	parts = read_index(lint);
	advice.lock =
	        lint_format(lint, "SHARE on %s and all of its partitions: writes wait, reads go on",
	                    lint_sql(lint, ddl->table));
	advice.help = "make the index of the parent with ON ONLY, build that of each partition "
	              "concurrently, and attach them; with the last one the parent's is valid";
	advice.rewrite = rewrite_partitioned(lint, &parts);
	lint_report(lint, RULE_PARTITIONED_INDEX, advice,
	            "writes of %s and of all its partitions wait until the index %s is built on "
	            "every one of them",
	            lint_sql(lint, ddl->table), lint_quote(lint, parts.name));
}

static void concurrent_on_partitioned(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = advice_head(lint, "concurrently") };
	struct index_parts parts;

	if (!ddl->concurrently || !is_partitioned(lint, ddl->table))
		return;
	parts = read_index(lint);
	advice.help = "make the index of the parent with ON ONLY, build that of each partition "
	              "concurrently, and attach them; with the last one the parent's is valid";
	advice.rewrite = rewrite_partitioned(lint, &parts);
	lint_report(lint, RULE_CONCURRENT_ON_PARTITIONED, advice,
	            "%s is partitioned: PostgreSQL refuses to build an index on it concurrently",
	            lint_sql(lint, ddl->table));
}

static void drop_concurrent_on_partitioned(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = advice_head(lint, "concurrently") };
	struct schema_table *table;
	size_t i;

	if (ddl->object != OBJECT_INDEX || !ddl->concurrently)
		return;
	for (i = 0; i < ddl->name_count; i++) {
		if (schema_index(lint->schema, ddl->names[i], &table) == NULL ||
		    !table->partitioned)
			continue;
		advice.help = "drop it without CONCURRENTLY: the lock is short, but it is on all "
		              "partitions and everybody waits for it";
		advice.rewrite = lint_format(lint, "DROP INDEX %s;", lint_sql(lint, ddl->names[i]));
		lint_report(
		        lint, RULE_CONCURRENT_ON_PARTITIONED, advice,
		        "%s is an index of the partitioned table %s: PostgreSQL refuses to drop "
		        "it concurrently",
		        lint_sql(lint, ddl->names[i]), lint_sql(lint, table->name));
	}
}

/* ---- unique indexes -------------------------------------------------------------------------- */

static bool is_indexed(const struct lint *lint, const char *column)
{
	size_t i;

	for (i = 0; i < lint->ddl->index_column_count; i++)
		if (name_same(lint->ddl->index_columns[i].name, column, lint->dialect))
			return true;
	return false;
}

static bool covers(const struct lint *lint, const struct schema_constraint *constraint)
{
	size_t i;

	if (constraint->kind != CONSTRAINT_PRIMARY_KEY && constraint->kind != CONSTRAINT_UNIQUE)
		return false;
	for (i = 0; i < constraint->column_count; i++)
		if (!is_indexed(lint, constraint->columns[i]))
			return false;
	return true;
}

static bool index_covers(const struct lint *lint, const struct schema_index *index)
{
	size_t i;

	if (!index->unique || index->where.start != NULL)
		return false;
	for (i = 0; i < index->column_count; i++)
		if (index->columns[i].name == NULL || !is_indexed(lint, index->columns[i].name))
			return false;
	return true;
}

/* Are the rows known to have no duplicates: by a key, as a column is new and null, or because
 * somebody has just looked after them? */
static bool is_unique_already(const struct lint *lint, const struct schema_table *table)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++)
		if (covers(lint, &table->constraints[i]))
			return true;
	for (i = 0; i < table->index_count; i++)
		if (index_covers(lint, &table->indexes[i]))
			return true;
	for (i = 0; i < table->column_count; i++)
		if (!table->columns[i].origin.released && !table->columns[i].not_null &&
		    !table->columns[i].has_default && is_indexed(lint, table->columns[i].name))
			return true;
	for (i = 0; i < lint->index; i++)
		if ((lint->script_ddl[i].kind == DDL_DELETE ||
		     lint->script_ddl[i].kind == DDL_UPDATE) &&
		    name_equals(lint->script_ddl[i].table, table->name, lint->dialect))
			return true;
	return false;
}

/* SELECT a, b FROM t WHERE ... GROUP BY a, b HAVING count(*) > 1 */
static const char *search_duplicates(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const char *list = "", *and = "", *open = "(", *close = ")";
	size_t i;

	for (i = 0; i < ddl->index_column_count; i++) {
		const struct ddl_index_column *column = &ddl->index_columns[i];

		list = lint_format(lint, "%s%s%.*s", list, i > 0 ? ", " : "",
		                   (int)column->expression.size,
		                   (const char *)column->expression.start);
	}
	if (ddl->where.start != NULL)
		and = lint_format(lint, " AND (%.*s)", (int)ddl->where.size,
		                  (const char *)ddl->where.start);
	if (ddl->index_column_count == 1 && ddl->index_columns[0].name != NULL)
		open = close = "";
	return lint_format(lint,
	                   "-- this must find nothing\n"
	                   "SELECT %s, count(*) FROM %s\n"
	                   "WHERE %s%s%s IS NOT NULL%s\n"
	                   "GROUP BY %s HAVING count(*) > 1;",
	                   list, lint_sql(lint, ddl->table), open, list, close, and, list);
}

static void unique_index_on_existing(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->table);
	struct lint_advice advice = { .at = advice_head(lint, "unique") };

	if (!ddl->unique || !advice_may_have_rows(lint, ddl->table) ||
	    (table != NULL && is_unique_already(lint, table)))
		return;
	advice.help = ddl->concurrently ? "look for duplicates in production first; a concurrent "
	                                  "build that meets one leaves an invalid index behind"
	                                : "look for duplicates in production first";
	advice.rewrite = search_duplicates(lint);
	lint_report(lint, RULE_UNIQUE_INDEX_ON_EXISTING, advice,
	            "this fails when rows of %s have duplicates, which a test database seldom has",
	            lint_sql(lint, ddl->table));
}

/* ---- DROP INDEX, REINDEX --------------------------------------------------------------------- */

static void drop_index_not_concurrent(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->object != OBJECT_INDEX || ddl->concurrently)
		return;
	for (i = 0; i < ddl->name_count; i++) {
		struct name index = ddl->names[i];
		struct schema_table *table = NULL;
		struct lint_advice advice = { .at = index.at };

		if (schema_index(lint->schema, index, &table) == NULL || table->partitioned ||
		    !advice_may_have_rows(lint, table->name))
			continue;
		advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table->name);
		advice.help = "drop it with CONCURRENTLY, in a migration without other statements";
		advice.rewrite =
		        lint_format(lint, ADVICE_ALONE "DROP INDEX CONCURRENTLY %s%s;",
		                    ddl->if_exists ? "IF EXISTS " : "", lint_sql(lint, index));
		if (ddl->name_count == 1 && !ddl->cascade)
			advice.fix = advice_fix_behind(lint, "index", " CONCURRENTLY");
		if (advice.fix.at.start != NULL)
			advice.rewrite = NULL;
		lint_report(lint, RULE_DROP_INDEX_NOT_CONCURRENT, advice,
		            "reads and writes of %s wait behind this, and it waits for the "
		            "transactions that use %s",
		            lint_sql(lint, table->name), lint_sql(lint, table->name));
	}
}

struct reindexed {
	const char *word; /* "index" */
	const char *what; /* Whose reads and writes wait. */
};

/* Of an index, or of a key whose index has its name. */
static const struct schema_table *table_of_index(const struct lint *lint, struct name index)
{
	const struct schema *schema = lint->schema;
	struct schema_table *table;
	size_t i;

	if (schema_index(schema, index, &table) != NULL)
		return table;
	for (i = 0; i < schema->table_count; i++)
		if (schema_constraint(schema, &schema->tables[i], index.name) != NULL)
			return &schema->tables[i];
	return NULL;
}

/* false: nothing that is in use is built anew. */
static bool read_reindex(struct lint *lint, struct reindexed *reindexed)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table;

	switch (ddl->object) {
	case OBJECT_TABLE:
		*reindexed = (struct reindexed){ "table", lint_sql(lint, ddl->name) };
		return advice_may_have_rows(lint, ddl->name);
	case OBJECT_INDEX:
		*reindexed = (struct reindexed){ "index", "its table" };
		table = table_of_index(lint, ddl->name);
		if (table == NULL)
			return true;
		*reindexed = (struct reindexed){ "index", lint_sql(lint, table->name) };
		return advice_may_have_rows(lint, table->name);
	case OBJECT_SCHEMA:
		*reindexed = (struct reindexed){ "schema", "each table of the schema" };
		return true;
	case OBJECT_DATABASE:
		*reindexed = (struct reindexed){ "database", "each table of the database" };
		return true;
	default: return false; /* REINDEX SYSTEM has no concurrent form. */
	}
}

static void reindex_not_concurrent(struct lint *lint)
{
	struct lint_advice advice = { 0 };
	struct reindexed reindexed;
	struct text head, all = lint->ddl->statement->text;

	if (lint->ddl->concurrently || !read_reindex(lint, &reindexed))
		return;
	head = advice_head(lint, reindexed.word);
	advice.at = head;
	advice.lock = lint_format(lint,
	                          "SHARE on %s, ACCESS EXCLUSIVE on its indexes, which a read "
	                          "needs to be planned: reads and writes wait",
	                          reindexed.what);
	advice.help = "REINDEX ... CONCURRENTLY (PostgreSQL 12) lets both go on, in a migration "
	              "without other statements";
	advice.rewrite = lint_format(lint, ADVICE_ALONE "%.*s CONCURRENTLY%.*s;", (int)head.size,
	                             (const char *)head.start, (int)(all.size - head.size),
	                             (const char *)head.start + head.size);
	advice.fix = advice_fix_behind(lint, reindexed.word, " CONCURRENTLY");
	if (advice.fix.at.start != NULL)
		advice.rewrite = NULL;
	lint_report(lint, RULE_REINDEX_NOT_CONCURRENT, advice,
	            "reads and writes of %s wait until its indexes are built anew", reindexed.what);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, index_not_concurrent },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, concurrent_if_not_exists },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, partitioned_index },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, concurrent_on_partitioned },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_INDEX), LINT_AT_STATEMENT, unique_index_on_existing },
	{ ON_POSTGRES, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, drop_index_not_concurrent },
	{ ON_POSTGRES, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, drop_concurrent_on_partitioned },
	{ ON_POSTGRES, LINT_ON(DDL_REINDEX), LINT_AT_STATEMENT, reindex_not_concurrent },
};

const struct lint_table lint_indexes = { rules, sizeof(rules) / sizeof(rules[0]) };
