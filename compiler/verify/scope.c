/* scope.c - schemas, extensions, partitions, tracking tables, patterns. */
#include "scope.h"

#include <fnmatch.h>
#include <string.h>

/* --- Schemas --- */

/* Its schema among those of the catalog; NULL for public. */
static const char *schema_of(const struct catalog *catalog, const struct catalog_object *object)
{
	const char *place = catalog_place(object);
	size_t i;

	for (i = 0; i < catalog->count && catalog->items[i]->kind == CATALOG_SCHEMA; i++) {
		const char *name = catalog->items[i]->name;
		size_t size = strlen(name);

		if (strncmp(place, name, size) == 0 && place[size] == '.')
			return name;
	}
	return NULL;
}

/* Does the set make something in public? */
static bool is_public_used(const struct scope *scope)
{
	size_t i;

	for (i = 0; i < scope->made->count; i++)
		if (scope->made->items[i]->kind > CATALOG_EXTENSION &&
		    schema_of(scope->made, scope->made->items[i]) == NULL)
			return true;
	return false;
}

const char *scope_left_out(const struct scope *scope)
{
	struct buffer out = { 0 };
	const char *names;
	size_t i;

	for (i = 0; i < scope->found->count; i++) {
		const struct catalog_object *object = scope->found->items[i];

		if (object->kind == CATALOG_SCHEMA &&
		    catalog_find(scope->made, CATALOG_SCHEMA, object->name) == NULL)
			buffer_format(&out, "%s%s", out.size > 0 ? ", " : "", object->name);
	}
	names = out.size > 0 ? arena_copy(scope->arena, buffer_contents(&out)) : NULL;
	buffer_clear(&out);
	return names;
}

/* --- Objects --- */

static bool has_line(const struct catalog_object *object, const char *start)
{
	size_t i;

	for (i = 0; i < object->line_count; i++)
		if (strncmp(object->lines[i], start, strlen(start)) == 0)
			return true;
	return false;
}

/* Is it of another set of ours, whose tables have another name? */
static bool is_tracking(const struct catalog *catalog, const struct catalog_object *object)
{
	size_t i;

	for (i = 0; i < catalog->count; i++) {
		const struct catalog_object *table = catalog->items[i];

		if (table->kind == CATALOG_TABLE && has_line(table, "column source_checksum ") &&
		    has_line(table, "column chain ") && has_line(table, "column previous ") &&
		    has_line(table, "column floor ") &&
		    catalog_is_tracking(catalog_place(object), table->name))
			return true;
	}
	return false;
}

static bool is_excepted(const struct scope *scope, const char *name)
{
	const char *at = scope->except;

	while (at != NULL && *at != '\0') {
		size_t size = strcspn(at, ",");

		if (fnmatch(arena_format(scope->arena, "%.*s", (int)size, at), name, 0) == 0)
			return true;
		at += size + (at[size] == ',');
	}
	return false;
}

static bool is_same(const struct catalog_object *a, const struct catalog_object *b)
{
	return strcmp(a->sql, b->sql) == 0 && a->line_count == b->line_count &&
	       (a->stored == NULL || b->stored == NULL || strcmp(a->stored, b->stored) == 0);
}

/* Do the repeatable migrations make it, or change it? */
static bool is_repeatable(const struct scope *scope, const struct catalog_object *object)
{
	const struct catalog_object *before, *behind;

	if (scope->behind == NULL)
		return false;
	before = catalog_find(scope->before, object->kind, object->name);
	behind = catalog_find(scope->behind, object->kind, object->name);
	return behind != NULL && (before == NULL || !is_same(before, behind));
}

static bool is_of_partition(const struct catalog *catalog, const struct catalog_object *object)
{
	const struct catalog_object *table =
	        catalog_find(catalog, CATALOG_TABLE, catalog_place(object));

	return has_line(object, "partition of ") ||
	       (table != NULL && has_line(table, "partition of "));
}

/* What is only in the live database. */
static bool counts_alone(const struct scope *scope, const struct catalog_object *object)
{
	const char *schema = schema_of(scope->found, object);

	if (object->kind == CATALOG_SCHEMA || object->kind == CATALOG_EXTENSION)
		return false;
	if (schema != NULL && catalog_find(scope->made, CATALOG_SCHEMA, schema) == NULL)
		return false;
	if (schema == NULL && scope->is_elsewhere && !is_public_used(scope))
		return false;
	return !is_of_partition(scope->found, object) && !is_tracking(scope->found, object);
}

const struct catalog *scope_narrow(const struct scope *scope, const struct catalog *catalog)
{
	struct catalog_builder builder = { .arena = scope->arena };
	size_t i;

	for (i = 0; i < catalog->count; i++) {
		const struct catalog_object *object = catalog->items[i];
		bool is_alone = catalog == scope->found &&
		                catalog_find(scope->made, object->kind, object->name) == NULL;

		if (!is_excepted(scope, object->name) &&
		    !is_excepted(scope, catalog_place(object)) && !is_repeatable(scope, object) &&
		    (!is_alone || counts_alone(scope, object)))
			catalog_add(&builder, object);
	}
	return catalog_finish(&builder);
}
