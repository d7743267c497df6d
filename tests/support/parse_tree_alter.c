/* parse_tree_alter.c - AlterTableStmt and RenameStmt of libpg_query's tree. */
#include "parse_tree_parts.h"

#include <string.h>

static const char *const actions[][2] = {
	{ "AT_AddColumn", "add-column" },
	{ "AT_DropColumn", "drop-column" },
	{ "AT_SetNotNull", "set-not-null" },
	{ "AT_DropNotNull", "drop-not-null" },
	{ "AT_AlterColumnType", "set-type" },
	{ "AT_AddConstraint", "add-constraint" },
	{ "AT_DropConstraint", "drop-constraint" },
	{ "AT_ValidateConstraint", "validate" },
	{ "AT_AlterConstraint", "alter-constraint" },
	{ "AT_AttachPartition", "attach" },
	{ "AT_DetachPartition", "detach" },
	{ "AT_DetachPartitionFinalize", "detach" },
	{ "AT_EnableTrig", "enable-trigger" },
	{ "AT_EnableAlwaysTrig", "enable-trigger" },
	{ "AT_EnableReplicaTrig", "enable-trigger" },
	{ "AT_EnableTrigAll", "enable-trigger" },
	{ "AT_EnableTrigUser", "enable-trigger" },
	{ "AT_DisableTrig", "disable-trigger" },
	{ "AT_DisableTrigAll", "disable-trigger" },
	{ "AT_DisableTrigUser", "disable-trigger" },
	{ "AT_EnableRowSecurity", "row-security" },
	{ "AT_DisableRowSecurity", "row-security" },
	{ "AT_ForceRowSecurity", "row-security" },
	{ "AT_NoForceRowSecurity", "row-security" },
	{ "AT_SetLogged", "set-logged" },
	{ "AT_SetUnLogged", "set-unlogged" },
	{ "AT_SetTableSpace", "set-tablespace" },
	{ "AT_SetAccessMethod", "set-access-method" },
	{ "AT_ClusterOn", "cluster-on" },
	{ "AT_DropCluster", "set-storage" },
	{ "AT_SetRelOptions", "set-storage" },
	{ "AT_ResetRelOptions", "set-storage" },
	{ "AT_ReplicaIdentity", "set-storage" },
	{ "AT_SetStatistics", "set-storage" },
	{ "AT_SetStorage", "set-storage" },
	{ "AT_SetOptions", "set-storage" },
	{ "AT_ResetOptions", "set-storage" },
	{ "AT_SetCompression", "set-storage" },
	{ "AT_AddIdentity", "add-identity" },
	{ "AT_DropIdentity", "drop-identity" },
	{ "AT_DropExpression", "drop-expression" },
};

static void put_action(struct buffer *out, const json_t *command)
{
	const char *subtype = tree_string(command, "subtype");
	const char *word = "other";

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i][0], subtype) == 0)
			word = actions[i][1];
	if (strcmp(subtype, "AT_ColumnDefault") == 0)
		word = tree_get(command, "def") != NULL ? "set-default" : "drop-default";
	buffer_format(out, " <%s", word);
	if (strcmp(word, "add-column") == 0)
		tree_put_column(out, tree_get(command, "def/ColumnDef"));
	else if (strcmp(word, "add-constraint") == 0)
		tree_put_constraint(out, tree_get(command, "def/Constraint"));
	else if (strcmp(word, "set-type") == 0)
		tree_put_type(out, tree_get(command, "def/ColumnDef/typeName"));
	tree_put_relation(out, tree_get(command, "def/PartitionCmd/name"));
	if (strcmp(word, "alter-constraint") == 0)
		tree_put_name(out, NULL, tree_string(command, "def/Constraint/conname"));
	if (strncmp(word, "set-tab", 7) != 0 && strncmp(word, "set-acc", 7) != 0 &&
	    strcmp(word, "other") != 0 && strcmp(word, "set-storage") != 0)
		tree_put_name(out, NULL, tree_string(command, "name"));
	buffer_string(out, ">");
}

void tree_put_alter_table(struct buffer *out, const json_t *node)
{
	const char *type = tree_string(node, "objtype");
	size_t i;
	const json_t *item;

	buffer_clear(out);
	buffer_string(out, strcmp(type, "OBJECT_INDEX") == 0   ? "alter-index"
	                   : strstr(type, "VIEW") != NULL      ? "alter-view"
	                   : strcmp(type, "OBJECT_TYPE") == 0  ? "alter-type"
	                   : strcmp(type, "OBJECT_TABLE") == 0 ? "alter-table"
	                   : strstr(type, "FOREIGN") != NULL   ? "alter-table"
	                                                       : "alter-object");
	tree_put_relation(out, tree_get(node, "relation"));
	if (strstr(type, "_TABLE") != NULL)
		json_array_foreach((json_t *)(size_t)tree_get(node, "cmds"), i, item)
		        put_action(out, tree_get(item, "AlterTableCmd"));
}

void tree_put_rename(struct buffer *out, const json_t *node)
{
	const char *type = tree_string(node, "renameType");
	const char *relation = tree_string(node, "relationType");
	bool is_column = strcmp(type, "OBJECT_COLUMN") == 0;

	buffer_clear(out);
	if (is_column)
		type = relation;
	buffer_string(out, strcmp(type, "OBJECT_TABLE") == 0           ? "alter-table"
	                   : strcmp(type, "OBJECT_FOREIGN_TABLE") == 0 ? "alter-table"
	                   : strcmp(type, "OBJECT_TABCONSTRAINT") == 0 ? "alter-table"
	                   : strcmp(type, "OBJECT_INDEX") == 0         ? "alter-index"
	                   : strstr(type, "VIEW") != NULL              ? "alter-view"
	                   : strcmp(type, "OBJECT_SCHEMA") == 0        ? "alter-schema"
	                   : strcmp(type, "OBJECT_TYPE") == 0          ? "alter-type"
	                   : strcmp(type, "OBJECT_ATTRIBUTE") == 0     ? "alter-type"
	                   : strcmp(type, "OBJECT_POLICY") == 0        ? "policy"
	                   : strstr(type, "DOM") != NULL               ? "alter-domain"
	                                                               : "alter-object");
	tree_put_relation(out, tree_get(node, "relation"));
	tree_put_list_name(out, tree_get(node, "object/List/items"));
	tree_put_list_name(out, tree_get(node, "object/ObjectWithArgs/objname"));
	if (strcmp(type, "OBJECT_SCHEMA") == 0)
		tree_put_name(out, NULL, tree_string(node, "subname"));
	if (strcmp(type, "OBJECT_TRIGGER") != 0 && strcmp(type, "OBJECT_POLICY") != 0 &&
	    strcmp(type, "OBJECT_ATTRIBUTE") != 0)
		buffer_format(out, " => %s", tree_string(node, "newname"));
}
