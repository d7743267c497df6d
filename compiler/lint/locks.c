/* locks.c - facts: which lock each statement of PostgreSQL takes.  ALTER is locks_alter.c's. */
#include "locks_parts.h"

#include "model/cursor.h"
#include "partitions.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- modes ----------------------------------------------------------------------------------- */

/* As the manual's table of conflicts has it, seen from an application: ROW EXCLUSIVE is its writes,
 * ACCESS SHARE its reads. */
static const struct {
	const char *name;
	const char *blocks;
} modes[] = {
	[LOCK_NONE] = { "no lock", "nobody waits" },
	[LOCK_ACCESS_SHARE] = { "ACCESS SHARE", "nobody waits but for schema changes" },
	[LOCK_ROW_SHARE] = { "ROW SHARE", "reads and writes go on" },
	[LOCK_ROW_EXCLUSIVE] = { "ROW EXCLUSIVE", "reads and writes go on" },
	[LOCK_SHARE_UPDATE_EXCLUSIVE] = { "SHARE UPDATE EXCLUSIVE",
	                                  "other schema changes wait, reads and writes go on" },
	[LOCK_SHARE] = { "SHARE", "writes wait, reads go on" },
	[LOCK_SHARE_ROW_EXCLUSIVE] = { "SHARE ROW EXCLUSIVE", "writes wait, reads go on" },
	[LOCK_EXCLUSIVE] = { "EXCLUSIVE", "writes wait, reads go on" },
	[LOCK_ACCESS_EXCLUSIVE] = { "ACCESS EXCLUSIVE", "reads and writes wait" },
};

const char *lock_mode_name(enum lock_mode mode)
{
	return modes[mode].name;
}

const char *lock_mode_blocks(enum lock_mode mode)
{
	return modes[mode].blocks;
}

const char *lock_describe(struct arena *arena, enum lock_mode mode, struct name table)
{
	static const char format[] = "%s on %s: %s";
	const char *name = name_to_sql(arena, table, DIALECT_POSTGRES);
	size_t size = sizeof(format) + strlen(modes[mode].name) + strlen(name) +
	              strlen(modes[mode].blocks);
	char *text = arena_allocate(arena, size);

	snprintf(text, size, format, modes[mode].name, name, modes[mode].blocks);
	return text;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static bool is_same_table(struct name a, struct name b)
{
	return name_equals(a, b, DIALECT_POSTGRES);
}

struct lock *lock_list_add(struct lock_list *list, struct name table, enum lock_mode mode)
{
	size_t i;

	if (table.name == NULL)
		return NULL;
	for (i = 0; i < list->count; i++)
		if (is_same_table(list->items[i].table, table))
			break;
	if (i == LOCK_COUNT_MAX)
		return NULL;
	if (i == list->count)
		list->items[list->count++] = (struct lock){ .table = table };
	if (list->items[i].mode < mode)
		list->items[i].mode = mode;
	return &list->items[i];
}

void lock_list_add_tree(struct lock_list *list, struct lock lock)
{
	const struct schema_table *table = schema_table(list->schema, lock.table);
	bool is_partitioned = table != NULL && table->partitioned;
	struct lock *added = lock_list_add(list, lock.table, lock.mode);
	size_t i;

	if (added != NULL && !is_partitioned) {
		added->rewrites |= lock.rewrites;
		added->scans |= lock.scans;
	}
	for (i = 0; is_partitioned && i < list->schema->table_count; i++) {
		const struct schema_table *other = &list->schema->tables[i];
		struct lock below = lock;

		if (other->partition_of.name == NULL ||
		    !is_same_table(other->partition_of, table->name))
			continue;
		below.table = other->name;
		lock_list_add_tree(list, below);
	}
}

static bool has_column(const char *const *columns, size_t count, const char *column)
{
	size_t i;

	for (i = 0; column != NULL && i < count; i++)
		if (strcmp(columns[i], column) == 0)
			return true;
	return column == NULL;
}

void lock_list_add_referenced(struct lock_list *list, const struct schema_table *table,
                              const char *column, enum lock_mode mode)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
		    has_column(constraint->columns, constraint->column_count, column))
			lock_list_add(list, constraint->reference.table, mode);
	}
}

void lock_list_add_referencing(struct lock_list *list, const struct schema_table *table,
                               const char *column, enum lock_mode mode)
{
	size_t i, j;

	for (i = 0; i < list->schema->table_count; i++) {
		const struct schema_table *other = &list->schema->tables[i];

		for (j = 0; j < other->constraint_count; j++) {
			const struct schema_constraint *constraint = &other->constraints[j];
			const struct ddl_reference *reference = &constraint->reference;

			if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
			    is_same_table(reference->table, table->name) &&
			    (reference->column_count == 0 ||
			     has_column(reference->columns, reference->column_count, column)))
				lock_list_add(list, other->name, mode);
		}
	}
}

/* Goes past tokens and groups to behind `words`; false: to the end. */
static bool find(struct cursor *cursor, const char *words)
{
	while (!cursor_at_end(cursor)) {
		if (cursor_take_words(cursor, words))
			return true;
		cursor_skip(cursor);
	}
	return false;
}

void lock_list_add_default(struct lock_list *list, struct name parent, bool scans)
{
	const struct schema_table *table = partition_default(list->schema, parent);

	if (table != NULL)
		lock_list_add_tree(list, (struct lock){ .table = table->name,
		                                        .mode = LOCK_ACCESS_EXCLUSIVE,
		                                        .scans = scans });
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void add_references(struct lock_list *list, const struct ddl *ddl,
                           const struct ddl_constraint *constraints, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (constraints[i].kind == CONSTRAINT_FOREIGN_KEY &&
		    !is_same_table(constraints[i].reference.table, ddl->name))
			lock_list_add(list, constraints[i].reference.table,
			              LOCK_SHARE_ROW_EXCLUSIVE);
}

static void add_parents(struct lock_list *list, const struct ddl *ddl)
{
	struct cursor cursor = cursor_of(list->schema->arena, ddl->statement, DIALECT_POSTGRES);
	struct cursor inside;

	if (!ddl->has_more_columns || !find(&cursor, "inherits"))
		return;
	inside = cursor_inside(&cursor, cursor_take_group(&cursor));
	do
		lock_list_add(list, cursor_take_name(&inside), LOCK_SHARE_UPDATE_EXCLUSIVE);
	while (cursor_take(&inside, ","));
}

static void of_create_table(struct lock_list *list, const struct ddl *ddl)
{
	const struct schema_table *parent;
	size_t i;

	if (ddl->if_not_exists && schema_table(list->schema, ddl->name) != NULL)
		return;
	add_references(list, ddl, ddl->constraints, ddl->constraint_count);
	for (i = 0; i < ddl->column_count; i++)
		add_references(list, ddl, ddl->columns[i].constraints,
		               ddl->columns[i].constraint_count);
	add_parents(list, ddl);
	if (ddl->other.name == NULL)
		return;
	lock_list_add(list, ddl->other, LOCK_ACCESS_EXCLUSIVE);
	lock_list_add_default(list, ddl->other, true);
	parent = schema_table(list->schema, ddl->other);
	if (parent != NULL)
		lock_list_add_referenced(list, parent, NULL, LOCK_SHARE_ROW_EXCLUSIVE);
}

static void of_drop_table(struct lock_list *list, const struct ddl *ddl, struct name name)
{
	const struct schema_table *table = schema_table(list->schema, name);

	if (table == NULL && ddl->if_exists && !list->schema->is_opaque)
		return;
	lock_list_add_tree(list, (struct lock){ .table = name, .mode = LOCK_ACCESS_EXCLUSIVE });
	if (table == NULL)
		return;
	if (table->partition_of.name != NULL)
		lock_list_add(list, table->partition_of, LOCK_ACCESS_EXCLUSIVE);
	lock_list_add_referenced(list, table, NULL, LOCK_ACCESS_EXCLUSIVE);
	if (ddl->cascade)
		lock_list_add_referencing(list, table, NULL, LOCK_ACCESS_EXCLUSIVE);
}

static void of_drop_schema(struct lock_list *list, const struct ddl *ddl, struct name name)
{
	size_t i;

	for (i = 0; i < list->schema->table_count; i++) {
		struct name table = list->schema->tables[i].name;
		const char *schema = table.schema != NULL ? table.schema : "public";

		if (strcmp(schema, name.name) == 0)
			of_drop_table(list, ddl, table);
	}
}

static void of_truncate(struct lock_list *list, const struct ddl *ddl)
{
	size_t i;

	for (i = 0; i < ddl->name_count; i++)
		lock_list_add_tree(list, (struct lock){ .table = ddl->names[i],
		                                        .mode = LOCK_ACCESS_EXCLUSIVE });
	/* The list grows by what it has already, until nothing is new. */
	for (i = 0; ddl->cascade && i < list->count; i++) {
		const struct schema_table *table = schema_table(list->schema, list->items[i].table);

		if (table != NULL)
			lock_list_add_referencing(list, table, NULL, LOCK_ACCESS_EXCLUSIVE);
	}
}

static void of_lock(struct lock_list *list, const struct ddl *ddl)
{
	enum lock_mode mode = LOCK_ACCESS_EXCLUSIVE;
	struct text words = text_of(ddl->value != NULL ? ddl->value : "");
	size_t i;

	for (i = LOCK_ACCESS_SHARE; i <= LOCK_ACCESS_EXCLUSIVE; i++)
		if (text_equals_folded(text_of(modes[i].name), (const char *)words.start))
			mode = (enum lock_mode)i;
	for (i = 0; i < ddl->name_count; i++)
		lock_list_add_tree(list, (struct lock){ .table = ddl->names[i], .mode = mode });
}

/* ---- indexes --------------------------------------------------------------------------------- */

static void of_create_index(struct lock_list *list, const struct ddl *ddl)
{
	struct lock lock = { .table = ddl->table,
		             .mode = ddl->concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE,
		             .scans = true };

	if (ddl->only)
		lock_list_add(list, lock.table, lock.mode);
	else
		lock_list_add_tree(list, lock);
}

static void of_drop_index(struct lock_list *list, const struct ddl *ddl, struct name name)
{
	struct schema_table *table;

	if (schema_index(list->schema, name, &table) != NULL)
		lock_list_add_tree(
		        list, (struct lock){ .table = table->name,
		                             .mode = ddl->concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE
		                                                       : LOCK_ACCESS_EXCLUSIVE });
}

static void of_reindex(struct lock_list *list, const struct ddl *ddl)
{
	struct lock lock = { .table = ddl->name,
		             .mode = ddl->concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE,
		             .scans = true };
	struct schema_table *table;

	if (ddl->object == OBJECT_INDEX) {
		if (schema_index(list->schema, ddl->name, &table) == NULL)
			return;
		lock.table = table->name;
	} else if (ddl->object != OBJECT_TABLE) {
		return;
	}
	lock_list_add_tree(list, lock);
}

/* ---- DROP of the others ---------------------------------------------------------------------- */

static void of_drop(struct lock_list *list, const struct ddl *ddl)
{
	size_t i;

	switch (ddl->object) {
	case OBJECT_TRIGGER:
	case OBJECT_POLICY:
	case OBJECT_RULE: lock_list_add(list, ddl->table, LOCK_ACCESS_EXCLUSIVE); return;
	default: break;
	}
	for (i = 0; i < ddl->name_count; i++)
		switch (ddl->object) {
		case OBJECT_TABLE: of_drop_table(list, ddl, ddl->names[i]); break;
		case OBJECT_SCHEMA: of_drop_schema(list, ddl, ddl->names[i]); break;
		case OBJECT_INDEX: of_drop_index(list, ddl, ddl->names[i]); break;
		case OBJECT_VIEW:
		case OBJECT_MATERIALIZED_VIEW:
			lock_list_add(list, ddl->names[i], LOCK_ACCESS_EXCLUSIVE);
			break;
		default: break;
		}
}

/* ---- what is a row of a table ---------------------------------------------------------------- */

/* The statements whose lock does not depend on the model. */
static const struct fact {
	enum ddl_kind kind;
	bool of_name; /* The lock is on ddl->name; else on ddl->table. */
	enum lock_mode mode;
	bool rewrites;
	bool scans;
} facts[] = {
	{ DDL_CREATE_TRIGGER, false, LOCK_SHARE_ROW_EXCLUSIVE, false, false },
	{ DDL_CREATE_POLICY, false, LOCK_ACCESS_EXCLUSIVE, false, false },
	{ DDL_CREATE_RULE, false, LOCK_ACCESS_EXCLUSIVE, false, false },
	{ DDL_ALTER_VIEW, true, LOCK_ACCESS_EXCLUSIVE, false, false },
	{ DDL_CLUSTER, true, LOCK_ACCESS_EXCLUSIVE, true, true },
	{ DDL_INSERT, false, LOCK_ROW_EXCLUSIVE, false, false },
	{ DDL_MERGE, false, LOCK_ROW_EXCLUSIVE, false, false },
};

static void of_facts(struct lock_list *list, const struct ddl *ddl)
{
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct lock *lock;

		if (facts[i].kind != ddl->kind)
			continue;
		lock = lock_list_add(list, facts[i].of_name ? ddl->name : ddl->table,
		                     facts[i].mode);
		if (lock == NULL)
			continue;
		lock->rewrites = facts[i].rewrites;
		lock->scans = facts[i].scans;
	}
}

static void of_rows(struct lock_list *list, const struct ddl *ddl)
{
	struct lock *lock = lock_list_add(list, ddl->table, LOCK_ROW_EXCLUSIVE);

	if (lock != NULL)
		lock->scans = ddl->where.start == NULL;
}

static void of_copy(struct lock_list *list, const struct ddl *ddl)
{
	struct cursor cursor = cursor_of(list->schema->arena, ddl->statement, DIALECT_POSTGRES);

	if (find(&cursor, "from"))
		lock_list_add(list, ddl->table, LOCK_ROW_EXCLUSIVE);
}

static void of_refresh(struct lock_list *list, const struct ddl *ddl)
{
	struct lock *lock = lock_list_add(
	        list, ddl->name, ddl->concurrently ? LOCK_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);

	if (lock != NULL)
		lock->rewrites = lock->scans = !ddl->concurrently;
}

static void of_vacuum(struct lock_list *list, const struct ddl *ddl)
{
	size_t i;

	for (i = 0; i < ddl->name_count; i++)
		lock_list_add_tree(list,
		                   (struct lock){ .table = ddl->names[i],
		                                  .mode = ddl->full ? LOCK_ACCESS_EXCLUSIVE
		                                                    : LOCK_SHARE_UPDATE_EXCLUSIVE,
		                                  .rewrites = ddl->full,
		                                  .scans = ddl->full });
}

static void of_view(struct lock_list *list, const struct ddl *ddl)
{
	if (ddl->or_replace && schema_object(list->schema, OBJECT_VIEW, ddl->name) != NULL)
		lock_list_add(list, ddl->name, LOCK_ACCESS_EXCLUSIVE);
}

static void of_object(struct lock_list *list, const struct ddl *ddl)
{
	if (ddl->object == OBJECT_TRIGGER || ddl->object == OBJECT_RULE)
		lock_list_add(list, ddl->table, LOCK_ACCESS_EXCLUSIVE);
}

/* ---- what other schema changes wait for ------------------------------------------------------ */

/* COMMENT ON TABLE a, COLUMN a.b, which is a name of one part more. */
static void of_comment(struct lock_list *list, const struct ddl *ddl)
{
	struct cursor cursor = cursor_of(list->schema->arena, ddl->statement, DIALECT_POSTGRES);
	struct name name = ddl->name;

	if (ddl->object != OBJECT_TABLE && !cursor_take_words(&cursor, "comment on column"))
		return;
	if (ddl->object != OBJECT_TABLE) {
		const char *parts[4] = { NULL };
		size_t count = 0;

		do
			parts[count++] = cursor_take_part(&cursor);
		while (count < 4 && cursor_take(&cursor, "."));
		if (count < 2)
			return;
		name = (struct name){ .schema = count > 2 ? parts[count - 3] : NULL,
			              .name = parts[count - 2] };
	}
	lock_list_add(list, name, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void of_other(struct lock_list *list, const struct ddl *ddl)
{
	struct cursor cursor = cursor_of(list->schema->arena, ddl->statement, DIALECT_POSTGRES);

	if (cursor_take(&cursor, "analyze")) {
		cursor_take_group(&cursor);
		cursor_take(&cursor, "verbose");
	} else if (cursor_take_words(&cursor, "create statistics")) {
		if (!find(&cursor, "from"))
			return;
	} else if (!cursor_take_words(&cursor, "create publication") ||
	           !find(&cursor, "for table")) {
		return;
	}
	do {
		cursor_take(&cursor, "only");
		lock_list_add(list, cursor_take_name(&cursor), LOCK_SHARE_UPDATE_EXCLUSIVE);
		cursor_take_group(&cursor);
	} while (cursor_take(&cursor, ","));
}

/* ---- any statement --------------------------------------------------------------------------- */

typedef void locks_of_kind(struct lock_list *list, const struct ddl *ddl);

static const struct {
	enum ddl_kind kind;
	locks_of_kind *function;
} functions[] = {
	{ DDL_CREATE_TABLE, of_create_table },
	{ DDL_ALTER_TABLE, locks_of_alter_table },
	{ DDL_ALTER_DOMAIN, locks_of_alter_domain },
	{ DDL_CREATE_INDEX, of_create_index },
	{ DDL_CREATE_VIEW, of_view },
	{ DDL_ALTER_OBJECT, of_object },
	{ DDL_DROP, of_drop },
	{ DDL_REINDEX, of_reindex },
	{ DDL_TRUNCATE, of_truncate },
	{ DDL_UPDATE, of_rows },
	{ DDL_DELETE, of_rows },
	{ DDL_COPY, of_copy },
	{ DDL_REFRESH, of_refresh },
	{ DDL_VACUUM, of_vacuum },
	{ DDL_LOCK, of_lock },
	{ DDL_COMMENT, of_comment },
	{ DDL_OTHER, of_other },
};

size_t locks_of(const struct schema *schema, const struct ddl *ddl,
                struct lock locks[LOCK_COUNT_MAX])
{
	struct lock_list list = { .schema = schema, .items = locks };
	size_t i;

	of_facts(&list, ddl);
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].kind == ddl->kind)
			functions[i].function(&list, ddl);
	return list.count;
}
