/* locks_alter.c - facts: which lock each action of ALTER TABLE and ALTER DOMAIN takes. */
#include "locks_parts.h"

#include "model/cursor.h"
#include "partitions.h"
#include "rewrites.h"

#include <string.h>

/* What an action does to its table, where it does not depend on the model; what does is changed by
 * the functions below. */
static const struct fact {
	enum lock_mode mode;
	bool rewrites;
	bool scans;
	bool recurses; /* To partitions. */
} facts[] = {
	[ACTION_OTHER] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_ADD_COLUMN] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_DROP_COLUMN] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_RENAME_COLUMN] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_RENAME] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_RENAME_CONSTRAINT] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_SET_SCHEMA] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_SET_TYPE] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_SET_DEFAULT] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_DROP_DEFAULT] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_SET_NOT_NULL] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_DROP_NOT_NULL] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_DROP_EXPRESSION] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_ADD_IDENTITY] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_DROP_IDENTITY] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_ADD_CONSTRAINT] = { LOCK_ACCESS_EXCLUSIVE, false, true, true },
	[ACTION_DROP_CONSTRAINT] = { LOCK_ACCESS_EXCLUSIVE, false, false, true },
	[ACTION_VALIDATE_CONSTRAINT] = { LOCK_SHARE_UPDATE_EXCLUSIVE, false, true, true },
	[ACTION_ALTER_CONSTRAINT] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_ATTACH_PARTITION] = { LOCK_SHARE_UPDATE_EXCLUSIVE, false, false, false },
	[ACTION_DETACH_PARTITION] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_ENABLE_TRIGGER] = { LOCK_SHARE_ROW_EXCLUSIVE, false, false, true },
	[ACTION_DISABLE_TRIGGER] = { LOCK_SHARE_ROW_EXCLUSIVE, false, false, true },
	[ACTION_ROW_SECURITY] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
	[ACTION_SET_LOGGED] = { LOCK_ACCESS_EXCLUSIVE, true, true, false },
	[ACTION_SET_UNLOGGED] = { LOCK_ACCESS_EXCLUSIVE, true, true, false },
	[ACTION_SET_TABLESPACE] = { LOCK_ACCESS_EXCLUSIVE, true, false, false },
	[ACTION_SET_ACCESS_METHOD] = { LOCK_ACCESS_EXCLUSIVE, true, true, false },
	[ACTION_CLUSTER_ON] = { LOCK_SHARE_UPDATE_EXCLUSIVE, false, false, false },
	[ACTION_SET_STORAGE] = { LOCK_ACCESS_EXCLUSIVE, false, false, false },
};

/* One action of a statement. */
struct step {
	struct lock_list *list;
	const struct ddl *ddl;
	const struct schema_table *table; /* Or NULL. */
	const struct ddl_action *action;
	struct fact fact; /* What comes of it. */
};

/* ---- columns --------------------------------------------------------------------------------- */

static void on_add_column(struct step *step)
{
	const struct ddl_column *column = &step->action->column;
	const struct schema *schema = step->list->schema;
	bool has_default = column->default_at.start != NULL;
	size_t i;

	if (step->action->if_not_exists && step->table != NULL &&
	    schema_column(schema, step->table, column->name) != NULL)
		return;
	step->fact.rewrites = rewrites_to_add(schema, column);
	step->fact.scans = step->fact.rewrites || (column->not_null && !has_default) ||
	                   column->primary_key || column->unique;
	for (i = 0; i < column->constraint_count; i++) {
		const struct ddl_constraint *constraint = &column->constraints[i];

		if (constraint->kind != CONSTRAINT_FOREIGN_KEY) {
			step->fact.scans = true;
			continue;
		}
		step->fact.scans |= has_default;
		lock_list_add(step->list, constraint->reference.table, LOCK_SHARE_ROW_EXCLUSIVE);
	}
}

static void on_drop_column(struct step *step)
{
	if (step->table == NULL)
		return;
	lock_list_add_referenced(step->list, step->table, step->action->name,
	                         LOCK_ACCESS_EXCLUSIVE);
	if (step->action->cascade)
		lock_list_add_referencing(step->list, step->table, step->action->name,
		                          LOCK_ACCESS_EXCLUSIVE);
}

static void on_set_type(struct step *step)
{
	step->fact.rewrites =
	        rewrites_to_change(step->list->schema, step->ddl, step->action, &step->fact.scans);
}

static void on_set_not_null(struct step *step)
{
	step->fact.scans =
	        step->table == NULL ||
	        !rewrites_knows_not_null(step->list->schema, step->table, step->action->name);
}

/* ---- constraints ----------------------------------------------------------------------------- */

/* PRIMARY KEY USING INDEX makes the index's columns NOT NULL. */
static bool knows_index_not_null(const struct step *step, const char *index)
{
	struct schema_table *table = NULL;
	struct name name = { .schema = step->ddl->name.schema, .name = index };
	const struct schema_index *found = schema_index(step->list->schema, name, &table);
	size_t i;

	for (i = 0; found != NULL && i < found->column_count; i++)
		if (found->columns[i].name == NULL ||
		    !rewrites_knows_not_null(step->list->schema, table, found->columns[i].name))
			return false;
	return found != NULL;
}

static void on_add_constraint(struct step *step)
{
	const struct ddl_constraint *constraint = &step->action->constraint;

	step->fact.scans = !constraint->not_valid;
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY) {
		step->fact.mode = LOCK_SHARE_ROW_EXCLUSIVE;
		lock_list_add(step->list, constraint->reference.table, LOCK_SHARE_ROW_EXCLUSIVE);
	} else if (constraint->using_index != NULL) {
		step->fact.scans = constraint->kind == CONSTRAINT_PRIMARY_KEY &&
		                   !knows_index_not_null(step, constraint->using_index);
	}
}

static void on_drop_constraint(struct step *step)
{
	const struct schema_constraint *constraint = NULL;

	if (step->table != NULL)
		constraint = schema_constraint(step->list->schema, step->table, step->action->name);
	if (constraint == NULL)
		return;
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		lock_list_add(step->list, constraint->reference.table, LOCK_ACCESS_EXCLUSIVE);
	else if (step->action->cascade && constraint->kind != CONSTRAINT_CHECK)
		lock_list_add_referencing(step->list, step->table, NULL, LOCK_ACCESS_EXCLUSIVE);
}

static void on_validate(struct step *step)
{
	const struct schema_constraint *constraint = NULL;

	if (step->table != NULL)
		constraint = schema_constraint(step->list->schema, step->table, step->action->name);
	step->fact.scans = constraint == NULL || !constraint->valid;
}

/* ---- partitions and parents ------------------------------------------------------------------ */

/* Foreign keys of the parent are made for the partition, or taken from it. */
static void add_keys_of_parent(struct step *step)
{
	if (step->table != NULL)
		lock_list_add_referenced(step->list, step->table, NULL, LOCK_SHARE_ROW_EXCLUSIVE);
}

static void on_attach(struct step *step)
{
	struct lock lock = { .table = step->action->other, .mode = LOCK_ACCESS_EXCLUSIVE };

	lock.scans = !partition_is_checked(step->list->schema, step->ddl->name, lock.table);
	lock_list_add_tree(step->list, lock);
	lock_list_add_default(step->list, step->ddl->name, true);
	add_keys_of_parent(step);
}

static void on_detach(struct step *step)
{
	if (step->action->concurrently)
		step->fact.mode = LOCK_SHARE_UPDATE_EXCLUSIVE;
	lock_list_add(step->list, step->action->other, LOCK_ACCESS_EXCLUSIVE);
	lock_list_add_default(step->list, step->ddl->name, false);
	add_keys_of_parent(step);
}

/* INHERIT and NO INHERIT; of all others nothing more is known. */
static void on_other(struct step *step)
{
	struct cursor cursor =
	        cursor_of_text(step->list->schema->arena, step->action->at, DIALECT_POSTGRES);

	cursor_take(&cursor, "no");
	if (cursor_take(&cursor, "inherit"))
		lock_list_add(step->list, cursor_take_name(&cursor), LOCK_SHARE_UPDATE_EXCLUSIVE);
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* Of a column: STATISTICS and (n_distinct); of a table: those that matter to nobody's plan. */
static void on_set_storage(struct step *step)
{
	struct cursor cursor =
	        cursor_of_text(step->list->schema->arena, step->action->at, DIALECT_POSTGRES);
	struct text group;

	step->fact.recurses = cursor_take(&cursor, "alter");
	if (step->fact.recurses) {
		cursor_take(&cursor, "column");
		cursor_take_part(&cursor);
	}
	if (!cursor_take(&cursor, "set") && !cursor_take(&cursor, "reset"))
		return;
	if (cursor_is(&cursor, "statistics") || cursor_take_words(&cursor, "without cluster"))
		step->fact.mode = LOCK_SHARE_UPDATE_EXCLUSIVE;
	group = cursor_take_group(&cursor);
	if (group.start == NULL)
		return;
	step->fact.mode = LOCK_SHARE_UPDATE_EXCLUSIVE;
	cursor = cursor_inside(&cursor, group);
	for (; !cursor_at_end(&cursor); cursor_advance(&cursor))
		if (cursor_is(&cursor, "user_catalog_table"))
			step->fact.mode = LOCK_ACCESS_EXCLUSIVE;
}

/* ---- any action ------------------------------------------------------------------------------ */

static const struct {
	enum ddl_action_kind kind;
	void (*function)(struct step *step);
} functions[] = {
	{ ACTION_ADD_COLUMN, on_add_column },
	{ ACTION_DROP_COLUMN, on_drop_column },
	{ ACTION_SET_TYPE, on_set_type },
	{ ACTION_SET_NOT_NULL, on_set_not_null },
	{ ACTION_ADD_CONSTRAINT, on_add_constraint },
	{ ACTION_DROP_CONSTRAINT, on_drop_constraint },
	{ ACTION_VALIDATE_CONSTRAINT, on_validate },
	{ ACTION_ATTACH_PARTITION, on_attach },
	{ ACTION_DETACH_PARTITION, on_detach },
	{ ACTION_SET_STORAGE, on_set_storage },
	{ ACTION_OTHER, on_other },
};

static struct fact of_action(struct step *step)
{
	size_t i;

	step->fact = (struct fact){ LOCK_ACCESS_EXCLUSIVE, false, false, false };
	if (step->action->kind < sizeof(facts) / sizeof(facts[0]))
		step->fact = facts[step->action->kind];
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].kind == step->action->kind)
			functions[i].function(step);
	return step->fact;
}

/* All actions together take the strongest lock of any, from the beginning. */
void locks_of_alter_table(struct lock_list *list, const struct ddl *ddl)
{
	struct step step = { .list = list,
		             .ddl = ddl,
		             .table = schema_table(list->schema, ddl->name) };
	struct lock lock = { .table = ddl->name };
	bool recurses = false;
	size_t i;

	if (ddl->if_exists && step.table == NULL && !list->schema->is_opaque)
		return;
	for (i = 0; i < ddl->action_count; i++) {
		struct fact fact;

		step.action = &ddl->actions[i];
		fact = of_action(&step);
		if (lock.mode < fact.mode)
			lock.mode = fact.mode;
		lock.rewrites |= fact.rewrites;
		lock.scans |= fact.scans;
		recurses |= fact.recurses;
	}
	if (recurses && !ddl->only) {
		lock_list_add_tree(list, lock);
	} else {
		struct lock *added = lock_list_add(list, lock.table, lock.mode);

		if (added != NULL) {
			added->rewrites |= lock.rewrites;
			added->scans |= lock.scans;
		}
	}
}

/* Every table with a column of the domain is read. */
void locks_of_alter_domain(struct lock_list *list, const struct ddl *ddl)
{
	const struct schema *schema = list->schema;
	const struct ddl_action *action = ddl->actions;
	const char *domain = name_to_sql(schema->arena, ddl->name, DIALECT_POSTGRES);
	size_t i, j;

	if (ddl->action_count == 0 ||
	    (action->kind != ACTION_SET_NOT_NULL && action->kind != ACTION_VALIDATE_CONSTRAINT &&
	     action->kind != ACTION_ADD_CONSTRAINT))
		return;
	if (action->kind == ACTION_ADD_CONSTRAINT && action->constraint.not_valid)
		return;
	for (i = 0; i < schema->table_count; i++)
		for (j = 0; j < schema->tables[i].column_count; j++) {
			const char *type = schema->tables[i].columns[j].type.name;

			if (type != NULL && strcmp(type, domain) == 0)
				lock_list_add_tree(list,
				                   (struct lock){ .table = schema->tables[i].name,
				                                  .mode = LOCK_SHARE,
				                                  .scans = true });
		}
}
