/* ddl_fuzz.c - any bytes as statements of both dialects, read and applied to the model; what must
 * always hold is checked. */
#include "../../compiler/model/schema.h"
#include "../../compiler/split.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

static void check_part(struct text part, struct text whole)
{
	REQUIRE(part.start == NULL || (part.start >= whole.start &&
	                               part.start + part.size <= whole.start + whole.size));
}

/* What it points to lies in the statement. */
static void check_ddl(const struct ddl *ddl)
{
	struct text whole = ddl->statement->text;
	size_t i;

	check_part(ddl->name.at, whole);
	check_part(ddl->table.at, whole);
	check_part(ddl->as_query, whole);
	check_part(ddl->where, whole);
	check_part(ddl->body, whole);
	for (i = 0; i < ddl->column_count; i++) {
		REQUIRE(ddl->columns[i].name != NULL);
		check_part(ddl->columns[i].at, whole);
		check_part(ddl->columns[i].name_at, whole);
	}
	for (i = 0; i < ddl->constraint_count; i++)
		check_part(ddl->constraints[i].at, whole);
	for (i = 0; i < ddl->action_count; i++)
		check_part(ddl->actions[i].at, whole);
	for (i = 0; i < ddl->index_column_count; i++)
		check_part(ddl->index_columns[i].at, whole);
}

/* Everything is found by its name, and no name is there twice. */
static void check_schema(const struct schema *schema)
{
	size_t i, j;

	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];

		REQUIRE(table->temporary || table->name.schema == NULL ||
		        schema_table(schema, table->name) == table);
		for (j = 0; j < table->column_count; j++)
			REQUIRE(schema_column(schema, table, table->columns[j].name) ==
			        &table->columns[j]);
		for (j = 0; j < table->index_count; j++) {
			struct schema_table *of = NULL;

			REQUIRE(schema_index(schema, table->indexes[j].name, &of) ==
			        &table->indexes[j]);
			REQUIRE(of == table);
		}
	}
	for (i = 0; i < schema->object_count; i++)
		if (schema->objects[i].kind != OBJECT_TRIGGER)
			REQUIRE(schema_object(schema, schema->objects[i].kind,
			                      schema->objects[i].name) == &schema->objects[i]);
}

static void check_dialect(struct text input, enum dialect dialect)
{
	struct arena arena = { 0 };
	struct schema schema;
	struct splitter splitter;
	struct split_item item;

	schema_create(&schema, &arena, dialect);
	split_init(&splitter, dialect, input, NULL);
	while ((item = split_next(&splitter)).kind != SPLIT_END) {
		struct statement *statement = arena_array(&arena, struct statement, 1);
		struct ddl ddl;

		if (item.kind != SPLIT_STATEMENT)
			continue;
		statement->text = item.text;
		statement->standard_conforming_strings = item.standard_conforming_strings;
		ddl = ddl_read(&arena, statement, dialect);
		check_ddl(&ddl);
		schema_apply(&schema, &ddl, (struct origin){ .statement = statement });
		check_schema(&schema);
	}
	arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = malloc(size + 1);
	struct text input = { copy, size };

	REQUIRE(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = 0;
	check_dialect(input, DIALECT_POSTGRES);
	check_dialect(input, DIALECT_SQLITE);
	free(copy);
	return 0;
}
