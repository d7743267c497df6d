/* schema_parts.h - the parts of schema.c, by what they change; nobody else includes it. */
#ifndef INLAY_SCHEMA_PARTS_H
#define INLAY_SCHEMA_PARTS_H

#include "naming.h"
#include "schema_lookup.h"

/* ---- schema_table.c: what tables are made of ---- */

void schema_remove_table(struct schema *schema, struct schema_table *table);
void schema_add_column(struct schema *schema, struct schema_table *table,
                       const struct ddl_column *column, struct origin origin);
void schema_add_constraint(struct schema *schema, struct schema_table *table,
                           const struct ddl_constraint *written, struct origin origin);
void schema_inherit_constraints(struct schema *schema, struct schema_table *table,
                                const struct schema_table *parent, struct origin origin);
void schema_remove_index(struct schema *schema, struct schema_table *table,
                         struct schema_index *index);
void schema_create_table(struct schema *schema, const struct ddl *ddl, struct origin origin);
void schema_create_index(struct schema *schema, const struct ddl *ddl, struct origin origin);

/* ---- schema_known.c: what the history does not tell ---- */

/* Before a statement is applied. */
void schema_note(struct schema *schema, const struct ddl *ddl, struct origin origin);

/* A table that a statement names as one that is there. */
void schema_note_table(struct schema *schema, struct name name, struct origin origin);

/* ---- schema_alter.c ---- */

void schema_alter_table(struct schema *schema, const struct ddl *ddl, struct origin origin);

/* ---- schema_rename.c: names, and all that refers to them ---- */

void schema_rename_table(struct schema *schema, struct schema_table *table, struct name name,
                         struct origin origin);
void schema_rename_column(struct schema *schema, struct schema_table *table, const char *name,
                          const char *new_name);
void schema_rename_index(struct schema *schema, struct name name, const char *new_name);
void schema_rename_schema(struct schema *schema, const char *name, const char *new_name);

/* ---- schema_drop.c ---- */

void schema_drop_column(struct schema *schema, struct schema_table *table, const char *name,
                        bool cascade);
void schema_drop(struct schema *schema, const struct ddl *ddl);

/* Is it a foreign key to `table`? */
bool schema_refers_to(const struct schema *schema, const struct schema_constraint *constraint,
                      const struct schema_table *table);

/* ---- schema_object.c: all that is no table ---- */

void schema_create_object(struct schema *schema, const struct ddl *ddl, struct origin origin);
void schema_remove_object(struct schema *schema, struct schema_object *object);
void schema_alter_object(struct schema *schema, const struct ddl *ddl);
void schema_create_trigger(struct schema *schema, const struct ddl *ddl, struct origin origin);
void schema_drop_trigger(struct schema *schema, const struct ddl *ddl);
void schema_move_object(struct schema *schema, struct schema_object *object, struct name name);

/* ---- schema_text.c ---- */

/* `text` with every word that names `name` as `new_name`; the same text when there is none. */
struct text schema_replace(struct schema *schema, struct text text, const char *name,
                           const char *new_name);

#endif
