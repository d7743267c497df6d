/* parse_tree.c - libpg_query's tree as JSON, node by node. */
#include "parse_tree.h"

#include "../../compiler/buffer.h"
#include "describe.h"
#include "parse_tree_parts.h"

#include <string.h>

#ifdef INLAY_HAVE_PG_QUERY

#include <pg_query.h>

bool parse_tree_is_here(void)
{
	return true;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* "a/b" of an object; NULL when it is not there. */
const json_t *tree_get(const json_t *object, const char *path)
{
	while (object != NULL && *path != '\0') {
		char key[64];
		size_t size = strcspn(path, "/");

		memcpy(key, path, size);
		key[size] = '\0';
		object = json_is_array(object) ? json_array_get(object, (size_t)(*path - '0'))
		                               : json_object_get(object, key);
		path += size;
		path += *path == '/';
	}
	return object;
}

const char *tree_string(const json_t *object, const char *path)
{
	return json_string_value(tree_get(object, path));
}

bool tree_flag(const json_t *object, const char *path)
{
	return json_is_true(tree_get(object, path));
}

/* ---- names ----------------------------------------------------------------------------------- */

void tree_put_name(struct buffer *out, const char *schema, const char *name)
{
	if (name == NULL)
		return;
	buffer_string(out, " ");
	if (schema != NULL)
		buffer_format(out, "%s.", schema);
	buffer_string(out, name);
}

void tree_put_relation(struct buffer *out, const json_t *relation)
{
	const char *persistence = tree_string(relation, "relpersistence");
	const char *schema = tree_string(relation, "schemaname");

	if (schema == NULL && persistence != NULL && *persistence == 't')
		schema = "pg_temp";
	tree_put_name(out, schema, tree_string(relation, "relname"));
}

/* The last two of [String, String, String]. */
void tree_put_list_name(struct buffer *out, const json_t *list)
{
	size_t count = json_array_size(list);

	tree_put_name(
	        out, count > 1 ? tree_string(json_array_get(list, count - 2), "String/sval") : NULL,
	        count > 0 ? tree_string(json_array_get(list, count - 1), "String/sval") : NULL);
}

static void put_strings(struct buffer *out, const json_t *list)
{
	size_t i;
	const json_t *item;

	buffer_string(out, "(");
	json_array_foreach((json_t *)(size_t)list, i, item)
	        buffer_format(out, "%s%s", i > 0 ? "," : "", tree_string(item, "String/sval"));
	buffer_string(out, ")");
}

/* ---- columns --------------------------------------------------------------------------------- */

static const char *const internal_types[][2] = {
	{ "bool", "boolean" },
	{ "float4", "real" },
	{ "float8", "double precision" },
	{ "int2", "smallint" },
	{ "int4", "integer" },
	{ "int8", "bigint" },
	{ "serial2", "smallserial" },
	{ "serial4", "serial" },
	{ "serial8", "bigserial" },
	{ "time", "time without time zone" },
	{ "timestamp", "timestamp without time zone" },
	{ "timestamptz", "timestamp with time zone" },
	{ "timetz", "time with time zone" },
	{ "varbit", "bit varying" },
	{ "varchar", "character varying" },
};

void tree_put_type(struct buffer *out, const json_t *type)
{
	const json_t *names = tree_get(type, "names");
	size_t count = json_array_size(names);
	const char *first = tree_string(names, "0/String/sval");
	const char *name =
	        count > 0 ? tree_string(json_array_get(names, count - 1), "String/sval") : NULL;
	bool is_builtin = count == 2 && strcmp(first, "pg_catalog") == 0;

	if (name == NULL)
		return;
	if (count == 1 || is_builtin)
		for (size_t i = 0; i < sizeof(internal_types) / sizeof(internal_types[0]); i++)
			if (strcmp(internal_types[i][0], name) == 0) {
				name = internal_types[i][1];
				break;
			}
	if (is_builtin && strcmp(name, "bpchar") == 0)
		name = "character";
	tree_put_name(out, count == 2 && !is_builtin ? first : NULL, name);
	buffer_string(out, tree_get(type, "arrayBounds") != NULL ? "[]" : "");
}

static const struct {
	const char *type;
	enum ddl_constraint_kind kind;
} constraint_types[] = {
	{ "CONSTR_PRIMARY", CONSTRAINT_PRIMARY_KEY }, { "CONSTR_UNIQUE", CONSTRAINT_UNIQUE },
	{ "CONSTR_CHECK", CONSTRAINT_CHECK },         { "CONSTR_FOREIGN", CONSTRAINT_FOREIGN_KEY },
	{ "CONSTR_EXCLUSION", CONSTRAINT_EXCLUDE },
};

void tree_put_constraint(struct buffer *out, const json_t *constraint)
{
	const char *type = tree_string(constraint, "contype");
	const char *name = tree_string(constraint, "conname");

	for (size_t i = 0; i < sizeof(constraint_types) / sizeof(constraint_types[0]); i++) {
		if (strcmp(constraint_types[i].type, type) != 0)
			continue;
		buffer_format(out, " <%s", describe_constraint(constraint_types[i].kind));
		tree_put_name(out, NULL, name);
		if (tree_get(constraint, "keys") != NULL)
			put_strings(out, tree_get(constraint, "keys"));
		if (tree_get(constraint, "fk_attrs") != NULL)
			put_strings(out, tree_get(constraint, "fk_attrs"));
		tree_put_relation(out, tree_get(constraint, "pktable"));
		if (tree_get(constraint, "pk_attrs") != NULL)
			put_strings(out, tree_get(constraint, "pk_attrs"));
		tree_put_name(out, NULL, tree_string(constraint, "indexname"));
		buffer_string(out, ">");
	}
}

void tree_put_column(struct buffer *out, const json_t *column)
{
	static const char *const flags[][2] = { { "CONSTR_NOTNULL", " not-null" },
		                                { "CONSTR_DEFAULT", " default" },
		                                { "CONSTR_IDENTITY", " identity" },
		                                { "CONSTR_GENERATED", " stored" } };
	size_t i;
	const json_t *item;

	buffer_format(out, " [%s", tree_string(column, "colname"));
	tree_put_type(out, tree_get(column, "typeName"));
	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++)
		json_array_foreach(
		        (json_t *)(size_t)tree_get(column, "constraints"), i,
		        item) if (strcmp(tree_string(item, "Constraint/contype"), flags[k][0]) == 0)
		        buffer_string(out, flags[k][1]);
	json_array_foreach((json_t *)(size_t)tree_get(column, "constraints"), i, item)
	        tree_put_constraint(out, tree_get(item, "Constraint"));
	buffer_string(out, "]");
}

/* ---- statements ------------------------------------------------------------------------------ */

typedef void put_node(struct buffer *out, const json_t *node);

static void put_create_table(struct buffer *out, const json_t *node)
{
	size_t i;
	const json_t *item;

	tree_put_relation(out, tree_get(node, "relation"));
	json_array_foreach((json_t *)(size_t)tree_get(node, "tableElts"), i,
	                   item) if (tree_get(item, "ColumnDef") != NULL)
	        tree_put_column(out, tree_get(item, "ColumnDef"));
	json_array_foreach((json_t *)(size_t)tree_get(node, "tableElts"), i,
	                   item) if (tree_get(item, "Constraint") != NULL)
	        tree_put_constraint(out, tree_get(item, "Constraint"));
}

static void put_create_foreign_table(struct buffer *out, const json_t *node)
{
	put_create_table(out, tree_get(node, "base"));
}

static void put_index(struct buffer *out, const json_t *node)
{
	const char *schema = tree_string(node, "relation/schemaname");
	size_t i;
	const json_t *item;

	tree_put_name(out, tree_string(node, "idxname") != NULL ? schema : NULL,
	              tree_string(node, "idxname"));
	tree_put_relation(out, tree_get(node, "relation"));
	buffer_string(out, tree_flag(node, "unique") ? " unique" : "");
	buffer_string(out, tree_flag(node, "concurrent") ? " concurrently" : "");
	json_array_foreach((json_t *)(size_t)tree_get(node, "indexParams"), i, item)
	{
		const char *name = tree_string(item, "IndexElem/name");

		buffer_format(out, " [%s]", name != NULL ? name : "{}");
	}
	buffer_string(out, tree_get(node, "whereClause") != NULL ? " where" : "");
}

static void put_create_as(struct buffer *out, const json_t *node)
{
	if (strcmp(tree_string(node, "objtype"), "OBJECT_MATVIEW") == 0) {
		buffer_clear(out);
		buffer_string(out, "create-view");
	}
	tree_put_relation(out, tree_get(node, "into/rel"));
}

static void put_view(struct buffer *out, const json_t *node)
{
	tree_put_relation(out, tree_get(node, "view"));
}

static void put_trigger(struct buffer *out, const json_t *node)
{
	tree_put_name(out, NULL, tree_string(node, "trigname"));
	tree_put_relation(out, tree_get(node, "relation"));
}

static void put_function(struct buffer *out, const json_t *node)
{
	tree_put_list_name(out, tree_get(node, "funcname"));
}

static void put_type_name(struct buffer *out, const json_t *node)
{
	size_t i;
	const json_t *item;

	tree_put_list_name(out, tree_get(node, "typeName"));
	json_array_foreach((json_t *)(size_t)tree_get(node, "vals"), i, item)
	        buffer_format(out, " '%s'", tree_string(item, "String/sval"));
	if (tree_string(node, "newVal") != NULL)
		buffer_format(out, " <%s %s>",
		              tree_string(node, "oldVal") != NULL ? "rename-value" : "add-value",
		              tree_string(node, tree_string(node, "oldVal") != NULL ? "oldVal"
		                                                                    : "newVal"));
	tree_put_relation(out, tree_get(node, "typevar"));
}

static void put_domain(struct buffer *out, const json_t *node)
{
	tree_put_list_name(out, tree_get(node, "domainname"));
	tree_put_type(out, tree_get(node, "typeName"));
}

static void put_schema(struct buffer *out, const json_t *node)
{
	const char *name = tree_string(node, "schemaname");

	tree_put_name(out, NULL, name != NULL ? name : tree_string(node, "authrole/rolename"));
}

static void put_sequence(struct buffer *out, const json_t *node)
{
	tree_put_relation(out, tree_get(node, "sequence"));
}

static void put_policy(struct buffer *out, const json_t *node)
{
	tree_put_name(out, NULL, tree_string(node, "policy_name"));
	tree_put_relation(out, tree_get(node, "table"));
}

static void put_rule(struct buffer *out, const json_t *node)
{
	tree_put_name(out, NULL, tree_string(node, "rulename"));
	tree_put_relation(out, tree_get(node, "relation"));
}

static void put_drop(struct buffer *out, const json_t *node)
{
	const char *type = tree_string(node, "removeType");
	bool of_table = strcmp(type, "OBJECT_TRIGGER") == 0 || strcmp(type, "OBJECT_POLICY") == 0 ||
	                strcmp(type, "OBJECT_RULE") == 0;
	size_t i;
	const json_t *item;

	if (strncmp(type, "OBJECT_TS", 9) == 0)
		return;
	json_array_foreach((json_t *)(size_t)tree_get(node, "objects"), i, item)
	{
		const json_t *list = tree_get(item, "List/items");

		if (list == NULL)
			list = tree_get(item, "ObjectWithArgs/objname");
		if (list == NULL)
			list = tree_get(item, "TypeName/names");
		if (tree_string(item, "String/sval") != NULL) {
			tree_put_name(out, NULL, tree_string(item, "String/sval"));
		} else if (of_table) {
			size_t count = json_array_size(list);

			tree_put_name(out, NULL,
			              tree_string(json_array_get(list, count - 1), "String/sval"));
			tree_put_name(out,
			              count > 2 ? tree_string(json_array_get(list, count - 3),
			                                      "String/sval")
			                        : NULL,
			              tree_string(json_array_get(list, count - 2), "String/sval"));
		} else {
			tree_put_list_name(out, list);
		}
	}
	buffer_string(out,
	              strcmp(tree_string(node, "behavior"), "DROP_CASCADE") == 0 ? " cascade" : "");
}

static void put_relations(struct buffer *out, const json_t *node)
{
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)(size_t)tree_get(node, "relations"), i, item)
	        tree_put_relation(out, tree_get(item, "RangeVar"));
}

static void put_targets(struct buffer *out, const json_t *list)
{
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)(size_t)list, i, item)
	        buffer_format(out, " %s", tree_string(item, "ResTarget/name"));
}

static void put_rows(struct buffer *out, const json_t *node)
{
	tree_put_relation(out, tree_get(node, "relation"));
	put_targets(out, tree_get(node, "cols"));
	put_targets(out, tree_get(node, "targetList"));
	buffer_string(out, tree_get(node, "whereClause") != NULL ? " where" : "");
}

static void put_copy(struct buffer *out, const json_t *node)
{
	tree_put_relation(out, tree_get(node, "relation"));
}

/* SET TRANSACTION has its name in capitals. */
static void put_set(struct buffer *out, const json_t *node)
{
	const char *name = tree_string(node, "name");

	if (tree_flag(node, "is_local"))
		buffer_string(out, " local");
	if (name == NULL)
		name = "all";
	else if (strcmp(name, "TRANSACTION") == 0)
		name = "transaction";
	tree_put_name(out, NULL, name);
}

static void put_function_call(struct buffer *out, const json_t *node)
{
	tree_put_list_name(out, tree_get(node, "funccall/funcname"));
}

static void put_extension(struct buffer *out, const json_t *node)
{
	tree_put_name(out, NULL, tree_string(node, "extname"));
}

static void put_vacuum(struct buffer *out, const json_t *node)
{
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)(size_t)tree_get(node, "rels"), i, item)
	        tree_put_relation(out, tree_get(item, "VacuumRelation/relation"));
}

static void put_reindex(struct buffer *out, const json_t *node)
{
	tree_put_relation(out, tree_get(node, "relation"));
	tree_put_name(out, NULL, tree_string(node, "name"));
}

/* SELECT ... INTO is CREATE TABLE AS by another word. */
static void put_select(struct buffer *out, const json_t *node)
{
	const json_t *relation = tree_get(node, "intoClause/rel");

	if (relation == NULL)
		return;
	buffer_clear(out);
	buffer_string(out, "create-table");
	tree_put_relation(out, relation);
}

static void put_nothing(struct buffer *out, const json_t *node)
{
	(void)out, (void)node;
}

static const struct node {
	const char *name;
	const char *word;
	put_node *put;
} nodes[] = {
	{ "CreateStmt", "create-table", put_create_table },
	{ "CreateForeignTableStmt", "create-table", put_create_foreign_table },
	{ "CreateTableAsStmt", "create-table", put_create_as },
	{ "AlterTableStmt", "alter-table", tree_put_alter_table },
	{ "RenameStmt", "rename", tree_put_rename },
	{ "IndexStmt", "create-index", put_index },
	{ "ViewStmt", "create-view", put_view },
	{ "CreateTrigStmt", "create-trigger", put_trigger },
	{ "CreateFunctionStmt", "create-function", put_function },
	{ "CreateEnumStmt", "create-type", put_type_name },
	{ "CompositeTypeStmt", "create-type", put_type_name },
	{ "CreateRangeStmt", "create-type", put_type_name },
	{ "CreateDomainStmt", "create-domain", put_domain },
	{ "AlterEnumStmt", "alter-type", put_type_name },
	{ "CreateSchemaStmt", "create-schema", put_schema },
	{ "CreateSeqStmt", "create-sequence", put_sequence },
	{ "CreatePolicyStmt", "policy", put_policy },
	{ "AlterPolicyStmt", "policy", put_policy },
	{ "RuleStmt", "create-rule", put_rule },
	{ "DropStmt", "drop", put_drop },
	{ "TruncateStmt", "truncate", put_relations },
	{ "InsertStmt", "insert", put_rows },
	{ "UpdateStmt", "update", put_rows },
	{ "DeleteStmt", "delete", put_rows },
	{ "MergeStmt", "merge", put_copy },
	{ "CopyStmt", "copy", put_copy },
	{ "SelectStmt", "select", put_select },
	{ "VariableSetStmt", "set", put_set },
	{ "DoStmt", "do", put_nothing },
	{ "CallStmt", "call", put_function_call },
	{ "RefreshMatViewStmt", "refresh", put_copy },
	{ "VacuumStmt", "vacuum", put_vacuum },
	{ "ClusterStmt", "cluster", put_copy },
	{ "LockStmt", "lock", put_relations },
	{ "CreateExtensionStmt", "create-extension", put_extension },
	{ "GrantStmt", "grant", put_nothing },
	{ "GrantRoleStmt", "grant", put_nothing },
	{ "CommentStmt", "comment", put_nothing },
	{ "ReindexStmt", "reindex", put_reindex },
	{ "AlterDomainStmt", "alter-domain", put_type_name },
};

static const char *describe_node(struct arena *arena, const json_t *statement)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		const json_t *node = tree_get(statement, nodes[i].name);
		struct buffer out = { 0 };
		const char *text;

		if (node == NULL)
			continue;
		if (strcmp(nodes[i].name, "VacuumStmt") == 0 && !tree_flag(node, "is_vacuumcmd"))
			return NULL; /* ANALYZE */
		buffer_string(&out, nodes[i].word);
		nodes[i].put(&out, node);
		text = arena_copy(arena, buffer_contents(&out));
		buffer_clear(&out);
		return text;
	}
	return NULL;
}

const char *parse_tree_describe(struct arena *arena, const char *sql)
{
	PgQueryParseResult result = pg_query_parse(sql);
	const char *text = NULL;
	json_t *tree;

	if (result.error == NULL) {
		tree = json_loads(result.parse_tree, 0, NULL);
		text = describe_node(arena, tree_get(tree, "stmts/0/stmt"));
		json_decref(tree);
	}
	pg_query_free_parse_result(result);
	return text;
}

#else

bool parse_tree_is_here(void)
{
	return false;
}

const char *parse_tree_describe(struct arena *arena, const char *sql)
{
	(void)arena, (void)sql;
	return "";
}

#endif
