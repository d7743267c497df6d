/* catalog.c - catalogs put together, searched and written out; asks no database. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

static const char *const nouns[CATALOG_KIND_COUNT] = {
	[CATALOG_SCHEMA] = "schema",     [CATALOG_EXTENSION] = "extension",
	[CATALOG_TYPE] = "type",         [CATALOG_SEQUENCE] = "sequence",
	[CATALOG_FUNCTION] = "function", [CATALOG_TABLE] = "table",
	[CATALOG_INDEX] = "index",       [CATALOG_VIEW] = "view",
	[CATALOG_TRIGGER] = "trigger",   [CATALOG_POLICY] = "policy",
};

const char *catalog_noun(const struct catalog_object *object)
{
	return object->noun != NULL ? object->noun : nouns[object->kind];
}

void catalog_add(struct catalog_builder *builder, const struct catalog_object *object)
{
	builder->items = arena_grow(builder->arena, builder->items, builder->count,
	                            &builder->capacity, sizeof(const struct catalog_object *));
	builder->items[builder->count++] = object;
}

static int compare(const struct catalog_object *a, const struct catalog_object *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int compare_items(const void *a, const void *b)
{
	return compare(*(const struct catalog_object *const *)a,
	               *(const struct catalog_object *const *)b);
}

struct catalog *catalog_finish(struct catalog_builder *builder)
{
	struct catalog *catalog = arena_allocate(builder->arena, sizeof(*catalog));

	if (builder->count > 1)
		qsort(builder->items, builder->count, sizeof(const struct catalog_object *),
		      compare_items);
	catalog->items = builder->items;
	catalog->count = builder->count;
	return catalog;
}

const struct catalog_object *catalog_find(const struct catalog *catalog, enum catalog_kind kind,
                                          const char *name)
{
	struct catalog_object wanted = { .kind = kind, .name = name };
	const struct catalog_object *key = &wanted;
	const struct catalog_object **found = NULL;

	if (catalog != NULL && catalog->count > 0)
		found = bsearch(&key, catalog->items, catalog->count,
		                sizeof(const struct catalog_object *), compare_items);
	return found != NULL ? *found : NULL;
}

void catalog_line(struct catalog_lines *lines, const char *line)
{
	lines->items = arena_grow(lines->arena, lines->items, lines->count, &lines->capacity,
	                          sizeof(const char *));
	lines->items[lines->count++] = line;
}

bool catalog_is_tracking(const char *name, const char *table)
{
	size_t size = strlen(table);

	if (strncmp(name, table, size) != 0)
		return false;
	return name[size] == '\0' || strcmp(name + size, "_log") == 0 ||
	       strcmp(name + size, "_state") == 0;
}

/* --- Normalized SQL --- */

/* A name that needs no quotes: what is in them. */
static bool is_plain_name(struct text name)
{
	size_t i;

	for (i = 1; i + 1 < name.size; i++) {
		unsigned char byte = name.start[i];
		bool is_letter =
		        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';

		if (!is_letter && (i == 1 || byte < '0' || byte > '9'))
			return false;
	}
	return name.size > 2;
}

static void add_lower(struct buffer *out, struct text text)
{
	size_t i;

	for (i = 0; i < text.size; i++)
		buffer_byte(out, text_fold(text.start[i]));
}

static void add_token(struct buffer *out, const struct token *token)
{
	if (token->kind == TOKEN_WORD)
		add_lower(out, token->text);
	else if (token->kind == TOKEN_NAME && is_plain_name(token->text))
		add_lower(out, (struct text){ token->text.start + 1, token->text.size - 2 });
	else
		buffer_text(out, token->text);
}

const char *catalog_normalize(struct arena *arena, enum dialect dialect, struct text sql)
{
	struct buffer out = { 0 };
	struct lexer lexer;
	struct token token;
	const char *normalized;

	lexer_init_slice(&lexer, dialect, sql, true);
	for (token = lexer_next_significant(&lexer); token.kind != TOKEN_END;
	     token = lexer_next_significant(&lexer)) {
		if (out.size > 0)
			buffer_byte(&out, ' ');
		add_token(&out, &token);
	}
	normalized = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return normalized;
}

/* --- As SQL --- */

/* What is made with one kind, that first which others need. */
static void write_kind(const struct catalog *catalog, enum catalog_kind kind, struct buffer *out)
{
	uint32_t depth = 0;
	uint32_t deepest = 0;
	size_t i;

	for (i = 0; i < catalog->count; i++)
		if (catalog->items[i]->made_with == kind && catalog->items[i]->depth > deepest)
			deepest = catalog->items[i]->depth;
	for (depth = 0; depth <= deepest; depth++)
		for (i = 0; i < catalog->count; i++) {
			const struct catalog_object *object = catalog->items[i];

			if (object->made_with != kind || object->depth != depth ||
			    object->sql[0] == '\0')
				continue;
			buffer_byte(out, '\n');
			buffer_string(out, object->sql);
		}
}

void catalog_write_sql(const struct catalog *catalog, enum dialect dialect, struct buffer *out)
{
	enum catalog_kind kind;
	size_t i;

	if (dialect == DIALECT_POSTGRES)
		buffer_string(out, "\nSET check_function_bodies = off;\n");
	for (kind = 0; kind < CATALOG_KIND_COUNT; kind++)
		write_kind(catalog, kind, out);
	for (i = 0; i < catalog->count; i++)
		if (catalog->items[i]->late != NULL) {
			buffer_byte(out, '\n');
			buffer_string(out, catalog->items[i]->late);
		}
}

const char *catalog_place(const struct catalog_object *object)
{
	const char *on = NULL;
	const char *next = object->name;

	if (object->on != NULL)
		return object->on;
	if (object->kind != CATALOG_TRIGGER && object->kind != CATALOG_POLICY)
		return object->name;
	if (strncmp(object->name, "of ", 3) == 0)
		return object->name + 3;
	while ((next = strstr(next, " on ")) != NULL)
		on = next += strlen(" on ");
	return on != NULL ? on : object->name;
}
