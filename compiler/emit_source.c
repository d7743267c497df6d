/* emit_source.c - the .c product: one const object, its type first, then its bytes. */
#include "emit.h"

#include "layout.h"

#define GROUP_SIZE                                                                                 \
	IMAGE_MEMBERS_MAX /* Blocks of one group; groups are members of the image itself. */

/* The text's place inside the image, as C names it: "texts_1.m001_create_accounts.up_1". */
static void emit_path(struct buffer *out, const struct image *image, uint32_t index)
{
	const struct image_text *text = &image->texts[index];

	buffer_format(out, "texts_%u.%s.%s", text->block / GROUP_SIZE + 1,
	              image->blocks[text->block].name, text->member);
}

static void emit_at(struct buffer *out, const struct image *image, uint32_t index)
{
	buffer_string(out, "AT(");
	emit_path(out, image, index);
	buffer_byte(out, ')');
}

/* ---- the type -------------------------------------------------------------------------------- */

static void emit_block_type(struct buffer *out, const struct image *image,
                            const struct image_block *block)
{
	uint32_t i;

	buffer_string(out, "\t\tstruct {\n");
	for (i = block->first; i < block->first + block->count; i++)
		buffer_format(out, "\t\t\tchar %s[%zu];\n", image->texts[i].member,
		              image->texts[i].text.size + 1);
	buffer_format(out, "\t\t} %s;\n", block->name);
}

static void emit_groups_type(struct buffer *out, const struct image *image)
{
	uint32_t i;

	for (i = 0; i < image->block_count; i++) {
		if (i % GROUP_SIZE == 0)
			buffer_string(out, "\tstruct {\n");
		emit_block_type(out, image, &image->blocks[i]);
		if ((i + 1) % GROUP_SIZE == 0 || i + 1 == image->block_count)
			buffer_format(out, "\t} texts_%u;\n", i / GROUP_SIZE + 1);
	}
}

/* C has no arrays without elements: a table that would have none is left out. */
static void emit_table_types(struct buffer *out, const struct image *image, enum dialect dialect)
{
	const struct image_dialect *tables = &image->tables[dialect];

	if (tables->migration_count > 0)
		buffer_format(out, "\tstruct inlay_image_migration %s_migrations[%u];\n",
		              dialect_name(dialect), tables->migration_count);
	if (tables->repeatable_count > 0)
		buffer_format(out, "\tstruct inlay_image_migration %s_repeatables[%u];\n",
		              dialect_name(dialect), tables->repeatable_count);
	if (tables->statement_count > 0)
		buffer_format(out, "\tstruct inlay_image_statement %s_statements[%u];\n",
		              dialect_name(dialect), tables->statement_count);
}

static void emit_type(struct buffer *out, const struct image *image)
{
	int dialect;

	buffer_format(out, "struct %s_image {\n\tstruct inlay_image header;\n", image->name);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		emit_table_types(out, image, (enum dialect)dialect);
	emit_groups_type(out, image);
	buffer_string(out, "};\n\n");
}

/* ---- the bytes ------------------------------------------------------------------------------- */

/* "AT(sqlite_statements), 3", or zeros for a table that is not there. */
static void emit_place(struct buffer *out, enum dialect dialect, const char *table, uint32_t count)
{
	if (count > 0)
		buffer_format(out, "AT(%s_%s), %u", dialect_name(dialect), table, count);
	else
		buffer_string(out, "0, 0");
}

static void emit_tables_place(struct buffer *out, const struct image *image, enum dialect dialect)
{
	const struct image_dialect *tables = &image->tables[dialect];

	buffer_string(out, "{ ");
	if (tables->migration_count == 0 && tables->repeatable_count > 0)
		buffer_format(out, "AT(%s_repeatables), 0", dialect_name(dialect));
	else
		emit_place(out, dialect, "migrations", tables->migration_count);
	buffer_string(out, ", ");
	emit_place(out, dialect, "statements", tables->statement_count);
	buffer_string(out, ", ");
	emit_place(out, dialect, "repeatables", tables->repeatable_count);
	buffer_string(out, " }");
}

static void emit_header_value(struct buffer *out, const struct image *image)
{
	buffer_format(out,
	              "\t{\n\t\tINLAY_IMAGE_MAGIC, INLAY_IMAGE_BYTE_ORDER, INLAY_IMAGE_FORMAT,\n"
	              "\t\tsizeof(struct %s_image), ",
	              image->name);
	emit_at(out, image, 0);
	buffer_string(out, ",\n\t\t");
	emit_digest(out, &image->digest);
	buffer_string(out, ",\n\t\t{\n\t\t\t");
	emit_tables_place(out, image, DIALECT_SQLITE);
	buffer_string(out, ",\n\t\t\t");
	emit_tables_place(out, image, DIALECT_POSTGRES);
	buffer_string(out, ",\n\t\t},\n\t\t");
	emit_at(out, image, 1);
	buffer_string(out, ", 0,\n\t},\n");
}

static void emit_migration(struct buffer *out, const struct image *image,
                           const struct inlay_image_migration *entry)
{
	buffer_format(out, "\t\t{\n\t\t\t%lld, ", (long long)entry->version);
	emit_at(out, image, entry->name);
	buffer_string(out, ",\n\t\t\t");
	emit_at(out, image, entry->file);
	buffer_string(out, ",\n\t\t\t");
	emit_at(out, image, entry->down_file);
	buffer_format(out, ",\n\t\t\t0x%03xu, %u, %u, %u, %u,\n\t\t\t", entry->flags, entry->up,
	              entry->up_count, entry->down, entry->down_count);
	emit_digest(out, &entry->checksum);
	buffer_string(out, ",\n\t\t\t");
	emit_digest(out, &entry->source_checksum);
	buffer_string(out, ",\n\t\t\t");
	emit_digest(out, &entry->chain);
	buffer_string(out, ",\n\t\t\t");
	emit_digest(out, &entry->down_checksum);
	buffer_string(out, ",\n\t\t},\n");
}

static void emit_statement(struct buffer *out, const struct image *image,
                           const struct inlay_image_statement *entry)
{
	buffer_string(out, "\t\t{ ");
	emit_at(out, image, entry->text);
	buffer_format(out, ", %u, %u, %u, 0x%xu, ", entry->size, entry->line, entry->column,
	              entry->flags);
	if ((entry->flags & INLAY_STATEMENT_CALL) != 0)
		buffer_format(out, "%u", entry->probe);
	else if (entry->probe > 0)
		emit_at(out, image, entry->probe);
	else
		buffer_byte(out, '0');
	buffer_string(out, " },\n");
}

static void emit_table_values(struct buffer *out, const struct image *image, enum dialect dialect)
{
	const struct image_dialect *tables = &image->tables[dialect];
	uint32_t i;

	if (tables->migration_count > 0) {
		buffer_format(out,
		              "\t/* %s: version, name, file, down file, flags, statements, "
		              "checksums */\n\t{\n",
		              dialect_name(dialect));
		for (i = 0; i < tables->migration_count; i++)
			emit_migration(out, image, &tables->migrations[i]);
		buffer_string(out, "\t},\n");
	}
	if (tables->repeatable_count > 0) {
		buffer_format(out,
		              "\t/* %s, repeatable: revision, name, file, file, flags, statements, "
		              "checksums */\n\t{\n",
		              dialect_name(dialect));
		for (i = 0; i < tables->repeatable_count; i++)
			emit_migration(out, image, &tables->repeatables[i]);
		buffer_string(out, "\t},\n");
	}
	if (tables->statement_count > 0) {
		buffer_format(out, "\t/* %s: text, size, line, column, flags, probe */\n\t{\n",
		              dialect_name(dialect));
		for (i = 0; i < tables->statement_count; i++)
			emit_statement(out, image, &tables->statements[i]);
		buffer_string(out, "\t},\n");
	}
}

static void emit_blocks(struct buffer *out, const struct image *image)
{
	uint32_t i, j;

	for (i = 0; i < image->block_count; i++) {
		const struct image_block *block = &image->blocks[i];

		if (i % GROUP_SIZE == 0)
			buffer_string(out, "\t{\n");
		buffer_string(out, "\t\t/* ");
		emit_comment(out, text_of(block->heading));
		buffer_string(out, " */\n\t\t{\n");
		for (j = block->first; j < block->first + block->count; j++) {
			buffer_string(out, "\t\t\t");
			emit_string(out, image->texts[j].text, 3);
			buffer_string(out, ",\n");
		}
		buffer_string(out, "\t\t},\n");
		if ((i + 1) % GROUP_SIZE == 0 || i + 1 == image->block_count)
			buffer_string(out, "\t},\n");
	}
}

/* Literals over what C99 promises need a word to gcc and clang, which warn under -Wpedantic. */
static bool has_long_literal(const struct image *image)
{
	uint32_t i;

	for (i = 0; i < image->text_count; i++)
		if (image->texts[i].text.size > EMIT_LITERAL_MAX)
			return true;
	return false;
}

/* What the image can not hold: pointers. */
static void emit_set(struct buffer *out, const struct image *image)
{
	size_t i;

	if (image->function_count > 0) {
		buffer_format(out, "static inlay_function *const %s_functions[%zu] = {\n",
		              image->name, image->function_count);
		for (i = 0; i < image->function_count; i++) {
			buffer_byte(out, '\t');
			buffer_text(out, image->functions[i].name);
			buffer_string(out, ",\n");
		}
		buffer_string(out, "};\n\n");
	}
	buffer_format(out, "const struct inlay_set %s = { INLAY_ABI, %zu, &%s_image.header, ",
	              image->name, image->function_count, image->name);
	if (image->function_count > 0)
		buffer_format(out, "%s_functions };\n", image->name);
	else
		buffer_string(out, "NULL };\n");
}

void emit_source(struct buffer *out, const struct image *image, const char *header_name)
{
	bool long_literal = has_long_literal(image);
	int dialect;

	emit_banner(out, image->label);
	buffer_format(out, "#include \"%s\"\n#include \"inlay_image.h\"\n\n#include <stddef.h>\n\n",
	              header_name);
	buffer_format(out, "#define AT(member) offsetof(struct %s_image, member)\n\n", image->name);
	if (long_literal)
		buffer_string(
		        out, "#if defined(__GNUC__)\n#pragma GCC diagnostic push\n"
		             "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n\n");
	emit_type(out, image);
	buffer_format(out, "static const struct %s_image %s_image = {\n", image->name, image->name);
	emit_header_value(out, image);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		emit_table_values(out, image, (enum dialect)dialect);
	emit_blocks(out, image);
	buffer_string(out, "};\n\n");
	if (long_literal)
		buffer_string(out, "#if defined(__GNUC__)\n#pragma GCC diagnostic pop\n#endif\n\n");
	buffer_string(out, "#undef AT\n\n");
	emit_set(out, image);
}
