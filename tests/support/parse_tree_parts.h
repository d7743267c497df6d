/* parse_tree_parts.h - what parse_tree.c and parse_tree_alter.c share. */
#ifndef INLAY_TESTS_PARSE_TREE_PARTS_H
#define INLAY_TESTS_PARSE_TREE_PARTS_H

#include "../../compiler/buffer.h"

#include <jansson.h>

/* "a/0/b" of an object; NULL when it is not there. */
const json_t *tree_get(const json_t *object, const char *path);
const char *tree_string(const json_t *object, const char *path);
bool tree_flag(const json_t *object, const char *path);

/* Each with a space before it; nothing for NULL. */
void tree_put_name(struct buffer *out, const char *schema, const char *name);
void tree_put_relation(struct buffer *out, const json_t *relation);
void tree_put_list_name(struct buffer *out, const json_t *list);
void tree_put_type(struct buffer *out, const json_t *type);
void tree_put_constraint(struct buffer *out, const json_t *constraint);
void tree_put_column(struct buffer *out, const json_t *column);

/* Nodes. */
void tree_put_alter_table(struct buffer *out, const json_t *node);
void tree_put_rename(struct buffer *out, const json_t *node);

#endif
