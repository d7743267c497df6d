/* inspect_json.c - a set for machines. */
#include "inspect_tell.h"

#include "checksum.h"
#include "layout.h"

static json_t *digest(const struct inlay_digest *value)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(value, hex);
	return json_string(hex);
}

static json_t *flag(const struct inlay_image_migration *entry, uint32_t wanted)
{
	return json_boolean((entry->flags & wanted) != 0);
}

static json_t *script(const struct inlay_image *image, enum inlay_dialect dialect, uint32_t first,
                      uint32_t count)
{
	const struct inlay_image_statement *statement = inspect_statements(image, dialect) + first;
	json_t *statements = json_array();

	for (; count > 0; count--, statement++) {
		bool is_call = (statement->flags & INLAY_STATEMENT_CALL) != 0;

		json_array_append_new(
		        statements,
		        json_pack("{s:o, s:i, s:i}", is_call ? "call" : "sql",
		                  json_out_string(inspect_text(image, statement->text)), "line",
		                  (int)statement->line, "column", (int)statement->column));
	}
	return statements;
}

static json_t *variant(const struct inlay_image *image, enum inlay_dialect dialect,
                       const struct inlay_image_migration *entry, bool with_sql)
{
	bool has_down = (entry->flags & INLAY_MIGRATION_HAS_DOWN) != 0;
	json_t *object = json_pack(
	        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:i, s:o, s:i}", "file",
	        json_out_string(inspect_text(image, entry->file)), "checksum",
	        digest(&entry->checksum), "source_checksum", digest(&entry->source_checksum),
	        "chain", digest(&entry->chain), "breaking", flag(entry, INLAY_MIGRATION_BREAKING),
	        "no_transaction", flag(entry, INLAY_MIGRATION_NO_TRANSACTION), "foreign_keys_off",
	        flag(entry, INLAY_MIGRATION_FOREIGN_KEYS_OFF), "down", has_down, "statement_count",
	        (int)entry->up_count, "down_checksum",
	        has_down ? digest(&entry->down_checksum) : json_null(), "down_statement_count",
	        (int)entry->down_count);

	if (!with_sql)
		return object;
	json_object_set_new(object, "up_script",
	                    script(image, dialect, entry->up, entry->up_count));
	if (has_down)
		json_object_set_new(object, "down_script",
		                    script(image, dialect, entry->down, entry->down_count));
	return object;
}

/* One migration: what all dialects share, and each one's own. */
static json_t *migration(const struct inlay_image *image, bool repeatable, uint32_t index,
                         bool with_sql)
{
	json_t *object = json_object();
	json_t *dialects = json_object();
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		enum inlay_dialect dialect = (enum inlay_dialect)i;
		const struct inlay_image_migration *entry;

		if (!inspect_carries(image, dialect))
			continue;
		entry = (repeatable ? inspect_repeatables(image, dialect)
		                    : inspect_migrations(image, dialect)) +
		        index;
		json_object_set_new(object, repeatable ? "revision" : "version",
		                    json_integer(entry->version));
		json_object_set_new(object, "name",
		                    json_out_string(inspect_text(image, entry->name)));
		json_object_set_new(dialects, dialect_name((enum dialect)dialect),
		                    variant(image, dialect, entry, with_sql));
	}
	json_object_set_new(object, "dialects", dialects);
	return object;
}

static json_t *migrations(const struct inlay_image *image, bool repeatable, bool with_sql)
{
	const struct inlay_image_dialect *tables = &image->dialects[inspect_any_dialect(image)];
	uint32_t count = repeatable ? tables->repeatable_count : tables->migration_count;
	json_t *array = json_array();
	uint32_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(array, migration(image, repeatable, i, with_sql));
	return array;
}

static json_t *names_of_dialects(const struct inlay_image *image)
{
	json_t *names = json_array();
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++)
		if (inspect_carries(image, (enum inlay_dialect)i))
			json_array_append_new(names, json_string(dialect_name((enum dialect)i)));
	return names;
}

json_t *inspect_json_set(const struct inspected *inspected, const struct inspect_image *found,
                         bool with_sql)
{
	const struct inlay_image *image = found->image;
	const struct inlay_image_dialect *tables = &image->dialects[inspect_any_dialect(image)];
	const struct inlay_image_migration *entries =
	        inspect_migrations(image, (enum inlay_dialect)inspect_any_dialect(image));
	json_t *functions = json_array();
	size_t i;

	for (i = 0; i < found->function_count; i++)
		json_array_append_new(functions, json_out_string(found->functions[i]));
	return json_pack(
	        "{s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:b, s:I, s:o, s:o, s:o, s:o}", "name",
	        inspected->is_directory ? json_null()
	                                : json_out_string(inspect_text(image, image->name)),
	        "dialects", names_of_dialects(image), "compiler",
	        json_out_string(inspect_text(image, image->compiler)), "format",
	        (json_int_t)image->format, "digest", digest(&image->digest), "size",
	        (json_int_t)image->size, "offset",
	        inspected->is_directory ? json_null() : json_integer((json_int_t)found->offset),
	        "other_byte_order", found->is_swapped, "copies", (json_int_t)found->copies, "head",
	        tables->migration_count > 0
	                ? json_integer(entries[tables->migration_count - 1].version)
	                : json_null(),
	        "functions", functions, "migrations", migrations(image, false, with_sql),
	        "repeatables", migrations(image, true, with_sql));
}
