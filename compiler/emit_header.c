/* emit_header.c - the .h product: one declaration, and a list of what it stands for. */
#include "emit.h"

#define LISTED_MAX 50 /* Migrations named in the comment: a list of thousands helps nobody. */

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

static void emit_list(struct buffer *out, const struct image *image)
{
	const struct image_dialect *tables = any_tables(image);
	uint32_t i;

	buffer_format(out, "/*\n * %u migration%s, for %s%s%s:\n *\n", tables->migration_count,
	              tables->migration_count == 1 ? "" : "s",
	              image->carried[DIALECT_SQLITE] ? "SQLite" : "",
	              image->carried[DIALECT_SQLITE] && image->carried[DIALECT_POSTGRES] ? " and "
	                                                                                 : "",
	              image->carried[DIALECT_POSTGRES] ? "PostgreSQL" : "");
	for (i = 0; i < tables->migration_count && i < LISTED_MAX; i++) {
		buffer_format(out, " *     %lld ", (long long)tables->migrations[i].version);
		emit_comment(out, image->texts[tables->migrations[i].name].text);
		buffer_byte(out, '\n');
	}
	if (tables->migration_count > LISTED_MAX)
		buffer_format(out, " *     ... and %u more\n",
		              tables->migration_count - LISTED_MAX);
	buffer_string(out, " */\n");
}

void emit_header(struct buffer *out, const struct image *image)
{
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
	buffer_format(out,
	              "extern const struct inlay_set %s;\n\n"
	              "#ifdef __cplusplus\n}\n#endif\n\n#endif\n",
	              image->name);
}
