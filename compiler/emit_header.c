/* emit_header.c - the .h product: one declaration, and a list of what it stands for. */
#include "emit.h"

#include "layout.h"

#define LISTED_MAX 50 /* Lines of a list in a comment: a list of thousands helps nobody. */

static void emit_guard_name(struct buffer *out, const char *name)
{
	for (; *name != '\0'; name++)
		buffer_byte(out,
		            (unsigned char)(*name >= 'a' && *name <= 'z' ? *name - 32 : *name));
	buffer_string(out, "_H");
}

static const struct image_dialect *any_tables(const struct image *image)
{
	return &image->tables[image->carried[0] ? 0 : 1];
}

/* One line an entry; repeatable ones have a name and no version. */
static void emit_entries(struct buffer *out, const struct image *image,
                         const struct inlay_image_migration *entries, uint32_t count,
                         bool repeatable)
{
	uint32_t i;

	for (i = 0; i < count && i < LISTED_MAX; i++) {
		buffer_string(out, " *     ");
		if (!repeatable)
			buffer_format(out, "%lld ", (long long)entries[i].version);
		emit_comment(out, image->texts[entries[i].name].text);
		buffer_byte(out, '\n');
	}
	if (count > LISTED_MAX)
		buffer_format(out, " *     ... and %u more\n", count - LISTED_MAX);
}

static void emit_list(struct buffer *out, const struct image *image)
{
	const struct image_dialect *tables = any_tables(image);

	buffer_string(out, "/*\n * ");
	image_write_counts(out, tables->migration_count, tables->repeatable_count);
	buffer_format(out, ", for %s:\n *\n", dialect_titles(image->carried));
	emit_entries(out, image, tables->migrations, tables->migration_count, false);
	emit_entries(out, image, tables->repeatables, tables->repeatable_count, true);
	buffer_string(out, " */\n");
}

static void emit_function(struct buffer *out, const struct image_function *function)
{
	size_t i;

	buffer_string(out, "\n/* For the application to define; called by ");
	for (i = 0; i < function->file_count && i < LISTED_MAX; i++) {
		buffer_string(out, i > 0 ? ",\n * " : "");
		emit_comment(out, function->files[i]);
	}
	if (function->file_count > LISTED_MAX)
		buffer_format(out, ",\n * ... and %zu more", function->file_count - LISTED_MAX);
	buffer_string(out, ". */\nint ");
	buffer_text(out, function->name);
	buffer_string(out, "(struct inlay_call *call);\n");
}

void emit_header(struct buffer *out, const struct image *image)
{
	size_t i;

	emit_banner(out, image->label);
	buffer_string(out, "#ifndef ");
	emit_guard_name(out, image->name);
	buffer_string(out, "\n#define ");
	emit_guard_name(out, image->name);
	buffer_format(
	        out,
	        "\n\n#include \"inlay.h\"\n\n"
	        "#if INLAY_ABI != %d\n"
	        "#error \"%s was generated for another inlay.h: compile the migrations again\"\n"
	        "#endif\n\n"
	        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
	        INLAY_ABI, image->name);
	emit_list(out, image);
	buffer_format(out, "extern const struct inlay_set %s;\n", image->name);
	for (i = 0; i < image->function_count; i++)
		emit_function(out, &image->functions[i]);
	buffer_string(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
