/* image.c - decides which text lies where, and writes the bytes.  The format is
 * runtime/inlay_image.h's. */
#include "image.h"

#include "checksum.h"
#include "layout.h"

#include <assert.h>
#include <string.h>

#define IMAGE_SIZE_MAX   ((uint64_t)1 << 31)
#define VERSION_SIZE_MAX 19 /* Digits of INT64_MAX; any before them are zeros. */

static_assert(sizeof(struct inlay_image) == 112, "the header has no padding");
static_assert(sizeof(struct inlay_image_migration) == 168, "an entry has no padding");
static_assert(sizeof(struct inlay_image_statement) == 24, "an entry has no padding");

/* Growing arrays and where the next text goes. */
struct builder {
	struct arena *arena;
	const struct migration_set *set;
	struct image *image;
	size_t block_capacity;
	size_t text_capacity;
	const char *label; /* "migrations/": the directory as positions show it. */
	const char *block; /* C name and heading of the current migration. */
	const char *heading;
	const struct migration *migration; /* The current one. */
	uint32_t part;
	bool several; /* The image carries more than one dialect. */
	uint64_t text_size;
};

/* ---- texts ----------------------------------------------------------------------------------- */

/* CRLF becomes LF: line ends never matter. */
static struct text with_lf(struct arena *arena, struct text text)
{
	unsigned char *copy;
	size_t size = 0;
	size_t i;

	if (text.size == 0 || memchr(text.start, '\r', text.size) == NULL)
		return text;
	copy = arena_allocate(arena, text.size);
	for (i = 0; i < text.size; i++)
		if (text.start[i] != '\r' || i + 1 == text.size || text.start[i + 1] != '\n')
			copy[size++] = text.start[i];
	return (struct text){ copy, size };
}

static void add_block(struct builder *builder)
{
	struct image *image = builder->image;
	struct image_block *block;

	image->blocks = arena_grow(builder->arena, image->blocks, image->block_count,
	                           &builder->block_capacity, sizeof(*image->blocks));
	block = &image->blocks[image->block_count++];
	builder->part++;
	block->name = builder->part == 1 ? builder->block
	                                 : arena_format(builder->arena, "%s_%u", builder->block,
	                                                builder->part);
	block->heading = builder->heading;
	block->first = image->text_count;
	block->count = 0;
}

/* Returns the text's index, which stands for its offset until the layout is known. */
static uint32_t add_text(struct builder *builder, struct text text, const char *member)
{
	struct image *image = builder->image;
	struct image_text *item;

	if (builder->part == 0 || image->blocks[image->block_count - 1].count == IMAGE_MEMBERS_MAX)
		add_block(builder);
	image->texts = arena_grow(builder->arena, image->texts, image->text_count,
	                          &builder->text_capacity, sizeof(*image->texts));
	item = &image->texts[image->text_count];
	item->text = with_lf(builder->arena, text);
	item->member = member;
	item->block = image->block_count - 1;
	image->blocks[item->block].count++;
	builder->text_size += item->text.size + 1;
	return image->text_count++;
}

/* ---- migrations ------------------------------------------------------------------------------ */

/* The directory's own name, never the way to it: the image must not depend on where it was
 * compiled. */
static const char *directory_label(struct arena *arena, const char *directory)
{
	size_t end = strlen(directory);
	size_t start;
	struct text name;

	while (end > 0 && directory[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && directory[start - 1] != '/')
		start--;
	name = (struct text){ (const unsigned char *)directory + start, end - start };
	if (name.size == 0 || text_equals(name, text_of(".")) || text_equals(name, text_of("..")))
		return "";
	return arena_format(arena, "%.*s/", (int)name.size, (const char *)name.start);
}

/* "m001_create_accounts": a C identifier, unique because it begins with the version. */
static const char *block_name(struct arena *arena, const struct migration *migration)
{
	size_t digits = strspn(migration->title, "0123456789");
	char *name = arena_format(
	        arena, "m%.50s",
	        migration->title + (digits > VERSION_SIZE_MAX ? digits - VERSION_SIZE_MAX : 0));
	char *byte;

	for (byte = name; *byte != '\0'; byte++)
		if (!((*byte >= 'a' && *byte <= 'z') || (*byte >= 'A' && *byte <= 'Z') ||
		      (*byte >= '0' && *byte <= '9')))
			*byte = '_';
	return name;
}

static uint32_t add_file(struct builder *builder, const struct source *file, const char *member)
{
	return add_text(builder,
	                text_of(arena_format(builder->arena, "%s%s", builder->label, file->name)),
	                member);
}

/* Members of a file that serves every compiled dialect need no dialect in their names. */
static const char *name_prefix(const struct builder *builder, const struct source *source,
                               enum dialect dialect)
{
	const struct migration *migration = builder->migration;
	const struct variant *other = &migration->variants[1 - dialect];

	if (!builder->several || other->up.source == source || other->down.source == source)
		return "";
	return dialect == DIALECT_SQLITE ? "sqlite_" : "postgres_";
}

/* The script of the dialect that came before; its texts are shared where both read the same
 * bytes. */
struct twin {
	const struct script *script; /* NULL: there is none. */
	uint32_t first;              /* Index of its first statement. */
};

/* The other dialect's statement that is the same piece of the same file, or NULL. */
static const struct inlay_image_statement *find_shared(const struct builder *builder,
                                                       const struct twin *twin,
                                                       const struct statement *statement,
                                                       size_t *hint)
{
	const struct image_dialect *tables = &builder->image->tables[0];

	for (; *hint < twin->script->count; (*hint)++) {
		const struct statement *candidate = &twin->script->statements[*hint];

		if (candidate->text.start > statement->text.start)
			break;
		if (candidate->text.start == statement->text.start &&
		    candidate->text.size == statement->text.size)
			return &tables->statements[twin->first + *hint];
	}
	return NULL;
}

/* Adds one script's statements.  `other` is the script of the dialect that came before, whose
 * texts are shared where both read the same bytes; its first statement is `other_first`. */
static void add_script(struct builder *builder, const struct script *script, enum dialect dialect,
                       const char *direction, const struct twin *twin)
{
	struct image_dialect *tables = &builder->image->tables[dialect];
	bool can_share = twin->script != NULL && twin->script->source == script->source;
	const char *prefix =
	        can_share ? "postgres_" : name_prefix(builder, script->source, dialect);
	size_t hint = 0;
	size_t i;

	for (i = 0; i < script->count; i++) {
		const struct statement *statement = &script->statements[i];
		const struct inlay_image_statement *shared =
		        can_share ? find_shared(builder, twin, statement, &hint) : NULL;
		struct inlay_image_statement *entry =
		        &tables->statements[tables->statement_count++];

		entry->line = statement->position.line;
		entry->column = statement->position.column;
		if (shared != NULL) {
			entry->text = shared->text;
		} else {
			entry->text = add_text(builder, statement->text,
			                       arena_format(builder->arena, "%s%s_%zu", prefix,
			                                    direction, i + 1));
		}
		entry->size = (uint32_t)builder->image->texts[entry->text].text.size;
		entry->flags = statement->flags;
		if (statement->probe.start != NULL)
			entry->probe = add_text(builder, statement->probe,
			                        arena_format(builder->arena, "%s%s_%zu_probe",
			                                     prefix, direction, i + 1));
	}
}

static uint32_t flag_if(bool condition, uint32_t flag)
{
	return condition ? flag : 0;
}

static uint32_t flags_of(const struct variant *variant)
{
	const struct script *up = &variant->up, *down = &variant->down;

	return flag_if(up->no_transaction, INLAY_MIGRATION_NO_TRANSACTION) |
	       flag_if(up->foreign_keys_off, INLAY_MIGRATION_FOREIGN_KEYS_OFF) |
	       flag_if(up->session, INLAY_MIGRATION_SESSION) |
	       flag_if(up->fresh, INLAY_MIGRATION_FRESH) |
	       flag_if(down->source != NULL, INLAY_MIGRATION_HAS_DOWN) |
	       flag_if(down->no_transaction, INLAY_MIGRATION_DOWN_NO_TRANSACTION) |
	       flag_if(down->foreign_keys_off, INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF) |
	       flag_if(down->session, INLAY_MIGRATION_DOWN_SESSION) |
	       flag_if(down->fresh, INLAY_MIGRATION_DOWN_FRESH);
}

/* The files' texts: one for a file that serves both dialects or both directions. */
static void add_files(struct builder *builder, const struct variant *variant, enum dialect dialect,
                      const struct migration *migration, struct inlay_image_migration *entry)
{
	const struct variant *before = &migration->variants[0];
	const struct inlay_image_migration *earlier = NULL;
	const char *up = name_prefix(builder, variant->up.source, dialect);
	const char *down = name_prefix(builder, variant->down.source, dialect);

	if (dialect != 0 && builder->image->carried[0])
		earlier = &builder->image->tables[0]
		                   .migrations[builder->image->tables[dialect].migration_count];
	if (earlier != NULL && before->up.source == variant->up.source)
		entry->file = earlier->file;
	else
		entry->file = add_file(builder, variant->up.source,
		                       arena_format(builder->arena, "%sfile", up));
	if (variant->down.source == NULL || variant->down.source == variant->up.source)
		entry->down_file = entry->file;
	else if (earlier != NULL && before->down.source == variant->down.source)
		entry->down_file = earlier->down_file;
	else
		entry->down_file = add_file(builder, variant->down.source,
		                            arena_format(builder->arena, "%sdown_file", down));
}

static void add_variant(struct builder *builder, const struct migration *migration,
                        enum dialect dialect, uint32_t name)
{
	struct twin up = { NULL, 0 }, down = { NULL, 0 };
	const struct variant *variant = &migration->variants[dialect];
	struct image_dialect *tables = &builder->image->tables[dialect];
	struct inlay_image_migration *entry = &tables->migrations[tables->migration_count];
	const struct inlay_image_migration *earlier = NULL;
	const struct variant *before = &migration->variants[0];

	if (dialect != 0 && builder->image->carried[0])
		earlier = &builder->image->tables[0].migrations[tables->migration_count];
	entry->version = migration->version;
	entry->name = name;
	add_files(builder, variant, dialect, migration, entry);
	entry->flags = flags_of(variant);
	entry->up = tables->statement_count;
	entry->up_count = (uint32_t)variant->up.count;
	if (earlier != NULL)
		up = (struct twin){ &before->up, earlier->up };
	add_script(builder, &variant->up, dialect, "up", &up);
	entry->down = tables->statement_count;
	entry->down_count = (uint32_t)variant->down.count;
	if (earlier != NULL)
		down = (struct twin){ &before->down, earlier->down };
	add_script(builder, &variant->down, dialect, "down", &down);
	entry->checksum = variant->up.checksum;
	entry->source_checksum = variant->source_checksum;
	entry->chain = variant->chain;
	entry->down_checksum = variant->down.checksum;
	tables->migration_count++;
}

static void add_migration(struct builder *builder, const struct migration *migration)
{
	const struct source *file = NULL;
	uint32_t name;
	int dialect;

	for (dialect = DIALECT_COUNT - 1; dialect >= 0; dialect--)
		if (builder->image->carried[dialect])
			file = migration->variants[dialect].up.source;
	builder->part = 0;
	builder->migration = migration;
	builder->block = block_name(builder->arena, migration);
	builder->heading = arena_format(builder->arena, "%s%s", builder->label, file->name);
	name = add_text(builder, text_of(migration->name), "name");
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (builder->image->carried[dialect])
			add_variant(builder, migration, (enum dialect)dialect, name);
}

static void make_tables(struct builder *builder, enum dialect dialect)
{
	struct image_dialect *tables = &builder->image->tables[dialect];
	const struct migration_set *set = builder->set;
	size_t statements = 0;
	size_t i;

	for (i = 0; i < set->count; i++)
		statements += set->items[i].variants[dialect].up.count +
		              set->items[i].variants[dialect].down.count;
	tables->migrations =
	        arena_array(builder->arena, struct inlay_image_migration, set->count + 1);
	tables->statements =
	        arena_array(builder->arena, struct inlay_image_statement, statements + 1);
}

/* ---- layout and bytes ------------------------------------------------------------------------ */

/* Tables first, then the texts in their order; the end is rounded up as C rounds up a struct. */
static uint64_t lay_out(struct image *image, uint64_t text_size)
{
	uint64_t offset = sizeof(struct inlay_image);
	uint32_t i;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		struct image_dialect *tables = &image->tables[dialect];

		if (tables->migration_count > 0)
			tables->migrations_offset = (uint32_t)offset;
		offset += (uint64_t)tables->migration_count * sizeof(*tables->migrations);
		if (tables->statement_count > 0)
			tables->statements_offset = (uint32_t)offset;
		offset += (uint64_t)tables->statement_count * sizeof(*tables->statements);
	}
	if (offset + text_size > IMAGE_SIZE_MAX)
		return UINT64_MAX;
	for (i = 0; i < image->text_count; i++) {
		image->texts[i].offset = (uint32_t)offset;
		offset += image->texts[i].text.size + 1;
	}
	return (offset + 7) / 8 * 8;
}

/* Where the next number goes, and in which byte order. */
struct writer {
	unsigned char *at;
	bool big_endian;
};

static void put(struct writer *writer, uint64_t number, int size)
{
	int i;

	for (i = 0; i < size; i++) {
		int shift = writer->big_endian ? 8 * (size - 1 - i) : 8 * i;

		*writer->at++ = (unsigned char)(number >> shift);
	}
}

static void put_digest(struct writer *writer, const struct inlay_digest *digest)
{
	int i;

	for (i = 0; i < 4; i++)
		put(writer, digest->words[i], 8);
}

static void put_header(struct writer *writer, const struct image *image)
{
	int dialect;

	memcpy(writer->at, INLAY_IMAGE_MAGIC, 16);
	writer->at += 16;
	put(writer, INLAY_IMAGE_BYTE_ORDER, 4);
	put(writer, INLAY_IMAGE_FORMAT, 4);
	put(writer, image->size, 4);
	put(writer, image->texts[0].offset, 4);
	put_digest(writer, &image->digest);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		put(writer, image->tables[dialect].migrations_offset, 4);
		put(writer, image->tables[dialect].migration_count, 4);
		put(writer, image->tables[dialect].statements_offset, 4);
		put(writer, image->tables[dialect].statement_count, 4);
		put(writer, 0, 4);
		put(writer, 0, 4);
	}
}

static void put_migration(struct writer *writer, const struct image *image,
                          const struct inlay_image_migration *entry)
{
	put(writer, (uint64_t)entry->version, 8);
	put(writer, image->texts[entry->name].offset, 4);
	put(writer, image->texts[entry->file].offset, 4);
	put(writer, image->texts[entry->down_file].offset, 4);
	put(writer, entry->flags, 4);
	put(writer, entry->up, 4);
	put(writer, entry->up_count, 4);
	put(writer, entry->down, 4);
	put(writer, entry->down_count, 4);
	put_digest(writer, &entry->checksum);
	put_digest(writer, &entry->source_checksum);
	put_digest(writer, &entry->chain);
	put_digest(writer, &entry->down_checksum);
}

static void put_statement(struct writer *writer, const struct image *image,
                          const struct inlay_image_statement *entry)
{
	put(writer, image->texts[entry->text].offset, 4);
	put(writer, entry->size, 4);
	put(writer, entry->line, 4);
	put(writer, entry->column, 4);
	put(writer, entry->flags, 4);
	put(writer, entry->probe > 0 ? image->texts[entry->probe].offset : 0, 4);
}

static struct text write_image(struct arena *arena, const struct image *image, bool big_endian)
{
	unsigned char *bytes = arena_allocate(arena, image->size);
	struct writer writer = { bytes, big_endian };
	uint32_t i;
	int dialect;

	put_header(&writer, image);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct image_dialect *tables = &image->tables[dialect];

		for (i = 0; i < tables->migration_count; i++)
			put_migration(&writer, image, &tables->migrations[i]);
		for (i = 0; i < tables->statement_count; i++)
			put_statement(&writer, image, &tables->statements[i]);
	}
	for (i = 0; i < image->text_count; i++) {
		struct text text = image->texts[i].text;

		assert((size_t)(writer.at - bytes) == image->texts[i].offset);
		if (text.size > 0)
			memcpy(writer.at, text.start, text.size);
		writer.at += text.size + 1;
	}
	return (struct text){ bytes, image->size };
}

bool image_build(struct arena *arena, const struct migration_set *set, const char *name,
                 struct image *image, struct diagnostics *problems)
{
	struct builder builder = { .arena = arena, .set = set, .image = image };
	struct text canonical;
	uint64_t size;
	int dialect;
	size_t i;

	*image = (struct image){ .name = name };
	builder.label = image->label = directory_label(arena, set->directory);
	builder.several = set->dialects[DIALECT_SQLITE] && set->dialects[DIALECT_POSTGRES];
	builder.block = "set";
	builder.heading = "the set";
	add_text(&builder, text_of(name), "name");
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		image->carried[dialect] = set->dialects[dialect];
		if (image->carried[dialect])
			make_tables(&builder, (enum dialect)dialect);
	}
	for (i = 0; i < set->count; i++)
		add_migration(&builder, &set->items[i]);
	size = lay_out(image, builder.text_size);
	if (size > IMAGE_SIZE_MAX) {
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_FILE_SIZE,
		                                  .path = set->directory,
		                                  .help = "keep bulk data out of migrations" },
		                "the set is larger than 2 GiB");
		return false;
	}
	image->size = (uint32_t)size;
	canonical = write_image(arena, image, false);
	image->digest = checksum_bytes(canonical.start, canonical.size);
	return true;
}

struct text image_bytes(struct arena *arena, const struct image *image)
{
	const uint16_t probe = 1;

	return write_image(arena, image, *(const unsigned char *)&probe == 0);
}
