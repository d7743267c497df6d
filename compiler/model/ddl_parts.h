/* ddl_parts.h - the parts of ddl.c, by what they read; nobody else includes it.  A reader's cursor
 * stands behind the words that told which statement it is. */
#ifndef INLAY_DDL_PARTS_H
#define INLAY_DDL_PARTS_H

#include "cursor.h"
#include "ddl.h"

/* Grows by one; for lists that mostly have one item or a few. */
struct list {
	void *items;
	size_t count;
	size_t capacity;
};

/* The new last item, zeroed. */
void *list_add(struct arena *arena, struct list *list, size_t size);

/* Lower-case words and signs of `text`, comments left out, a space between what had space. */
const char *ddl_lower(const struct cursor *cursor, struct text text);

/* a, b, c in a group; returns their count. */
size_t ddl_read_columns(struct cursor *cursor, const char *const **columns);

/* name, name ... with ONLY before and * or (arguments) behind each; fills ddl->names and name. */
void ddl_read_names(struct cursor *cursor, struct ddl *ddl);

/* Does a group of options, VACUUM (FULL, VERBOSE), have this one, and not as "off"? */
bool ddl_group_has(const struct cursor *cursor, struct text group, const char *option);

/* [IF NOT EXISTS] name */
void ddl_read_new_name(struct cursor *cursor, struct ddl *ddl);

/* ddl_type.c */
struct ddl_type ddl_read_type(struct cursor *cursor);

/* ddl_column.c: a column as CREATE TABLE and ADD COLUMN have it, up to "," or the end. */
struct ddl_column ddl_read_column(struct cursor *cursor);
void ddl_read_column_constraints(struct cursor *cursor, struct ddl_column *column);
struct ddl_reference ddl_read_reference(struct cursor *cursor);
/* ddl_table.c */
void ddl_read_create_table(struct cursor *cursor, struct ddl *ddl);
void ddl_read_create_virtual_table(struct cursor *cursor, struct ddl *ddl);
bool ddl_at_table_constraint(const struct cursor *cursor);
struct ddl_constraint ddl_read_table_constraint(struct cursor *cursor);

/* Has it the table of a foreign key, the columns or the index of a key? */
bool ddl_is_complete(const struct ddl_constraint *constraint);

/* ddl_alter.c: what follows ALTER. */
void ddl_read_alter(struct cursor *cursor, struct ddl *ddl);

/* ddl_index.c */
void ddl_read_create_index(struct cursor *cursor, struct ddl *ddl);
size_t ddl_read_index_columns(struct cursor *cursor, const struct ddl_index_column **columns);
void ddl_read_reindex(struct cursor *cursor, struct ddl *ddl);

/* ddl_query.c: INSERT, UPDATE, DELETE, MERGE, SELECT, WITH, COPY; false: it is none. */
bool ddl_read_query(struct cursor *cursor, struct ddl *ddl);

/* ddl_body.c: what has code of its own. */
void ddl_read_create_trigger(struct cursor *cursor, struct ddl *ddl);
void ddl_read_create_function(struct cursor *cursor, struct ddl *ddl);
void ddl_read_do(struct cursor *cursor, struct ddl *ddl);

/* ddl_object.c: other CREATE and DROP. */
void ddl_read_create(struct cursor *cursor, struct ddl *ddl);
void ddl_read_drop(struct cursor *cursor, struct ddl *ddl);

/* Goes past the words for a kind of object ("materialized view"), OBJECT_OTHER: of none. */
enum ddl_object ddl_read_object(struct cursor *cursor);

/* ddl_command.c: SET, PRAGMA, VACUUM and the like; false: it is none. */
bool ddl_read_command(struct cursor *cursor, struct ddl *ddl);

#endif
