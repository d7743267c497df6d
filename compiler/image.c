/* image.c - decides which text lies where.  The format is runtime/inlay_image.h's. */
#include "image.h"

#include "checksum.h"
#include "layout.h"

#include <string.h>

#define IMAGE_SIZE_MAX   ((uint64_t)1 << 31)
#define VERSION_SIZE_MAX 19 /* Digits of INT64_MAX; any before them are zeros. */

/* Growing arrays and where the next text goes. */
struct builder {
	struct arena *arena;
	const struct migration_set *set;
	struct image *image;
	size_t block_capacity;
	size_t text_capacity;
	size_t function_capacity;
	struct diagnostics *problems;
	const char *label; /* "migrations/": the directory as positions show it. */
	const char *block; /* C name and heading of the current migration. */
	const char *heading;
	const struct migration *migration;           /* The current one. */
	const struct inlay_image_migration *earlier; /* Its entry in the dialect before, or NULL. */
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

/* "m001_a_2"; but "r2_a", as "r_a_2" can be the first part of another one. */
static const char *part_name(const struct builder *builder)
{
	if (builder->part == 1)
		return builder->block;
	if (builder->migration != NULL && builder->migration->repeatable)
		return arena_format(builder->arena, "r%u%s", builder->part, builder->block + 1);
	return arena_format(builder->arena, "%s_%u", builder->block, builder->part);
}

static void add_block(struct builder *builder)
{
	struct image *image = builder->image;
	struct image_block *block;

	image->blocks = arena_grow(builder->arena, image->blocks, image->block_count,
	                           &builder->block_capacity, sizeof(*image->blocks));
	block = &image->blocks[image->block_count++];
	builder->part++;
	block->name = part_name(builder);
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

static bool is_word_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_';
}

/* Makes an identifier of it; true when it was none. */
static bool replace_bytes(char *name)
{
	bool any = false;

	for (; *name != '\0'; name++) {
		if (is_word_byte(*name))
			continue;
		*name = '_';
		any = true;
	}
	return any;
}

/* "r_R__active_users": unique by its name, or, where that can not be seen, by a checksum of it. */
static const char *repeatable_block_name(struct arena *arena, const struct migration *migration)
{
	char *name = arena_format(arena, "r_%.40s", migration->name);
	bool replaced = replace_bytes(name);
	struct inlay_digest digest;

	if (!replaced && strlen(migration->name) <= 40)
		return name;
	digest = checksum_bytes(migration->name, strlen(migration->name));
	return arena_format(arena, "%s_%016llx", name, (unsigned long long)digest.words[0]);
}

/* "m001_create_accounts": a C identifier, unique because it begins with the version. */
static const char *block_name(struct arena *arena, const struct migration *migration)
{
	size_t digits = strspn(migration->title, "0123456789");
	char *name;

	if (migration->repeatable)
		return repeatable_block_name(arena, migration);
	name = arena_format(arena, "m%.50s",
	                    migration->title +
	                            (digits > VERSION_SIZE_MAX ? digits - VERSION_SIZE_MAX : 0));
	replace_bytes(name);
	return name;
}

static struct text file_label(const struct builder *builder, const struct source *file)
{
	return text_of(arena_format(builder->arena, "%s%s", builder->label, file->name));
}

static uint32_t add_file(struct builder *builder, const struct source *file, const char *member)
{
	return add_text(builder, file_label(builder, file), member);
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

/* ---- functions ------------------------------------------------------------------------------- */

/* "APP_MIGRATIONS_H", as emit_header.c has it. */
static bool is_guard(const char *set, struct text name)
{
	size_t size = strlen(set);
	size_t i;

	if (name.size != size + 2 || memcmp(name.start + size, "_H", 2) != 0)
		return false;
	for (i = 0; i < size; i++)
		if (name.start[i] != (set[i] >= 'a' && set[i] <= 'z' ? set[i] - 32 : set[i]))
			return false;
	return true;
}

/* The set is an object of C, beside its image and the table of functions; and the header has a
 * guard. */
static bool is_taken(const struct builder *builder, struct text name)
{
	static const char *const endings[] = { "", "_image", "_functions" };
	const char *set = builder->image->name;
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (text_equals(name,
		                text_of(arena_format(builder->arena, "%s%s", set, endings[i]))))
			return true;
	return is_guard(set, name);
}

static size_t find_function(struct builder *builder, const struct script *script, struct text name)
{
	struct image *image = builder->image;
	size_t i;

	for (i = 0; i < image->function_count; i++)
		if (text_equals(image->functions[i].name, name))
			return i;
	if (is_taken(builder, name))
		diagnostics_add(
		        builder->problems,
		        (struct problem){
		                .rule = RULE_DIRECTIVE,
		                .source = script->source,
		                .at = name,
		                .help = "rename it, or the set (--name, or the C file's name)" },
		        "this function has a name that the generated C file needs for itself");
	image->functions = arena_grow(builder->arena, image->functions, i,
	                              &builder->function_capacity, sizeof(*image->functions));
	image->functions[i].name = name;
	image->function_count++;
	return i;
}

/* Returns the function's index. */
static uint32_t add_call(struct builder *builder, const struct script *script, struct text name)
{
	size_t index = find_function(builder, script, name);
	struct image_function *function = &builder->image->functions[index];
	struct text label = file_label(builder, script->source);
	size_t i = function->file_count > 4 ? function->file_count - 4 : 0;

	for (; i < function->file_count; i++) /* A migration has four files at most. */
		if (text_equals(function->files[i], label))
			return (uint32_t)index;
	function->files = arena_grow(builder->arena, function->files, function->file_count,
	                             &function->file_capacity, sizeof(*function->files));
	function->files[function->file_count++] = label;
	return (uint32_t)index;
}

/* ---- scripts --------------------------------------------------------------------------------- */

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
			entry->text = add_text(
			        builder, statement->text,
			        arena_format(builder->arena, "%s%s_%zu", prefix, direction, i + 1));
		}
		entry->size = (uint32_t)builder->image->texts[entry->text].text.size;
		entry->flags = statement->flags;
		if (statement->call > 0)
			entry->probe = add_call(builder, script, statement->text);
		else if (statement->probe.start != NULL)
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
	       flag_if(up->breaking, INLAY_MIGRATION_BREAKING) |
	       flag_if(down->source != NULL, INLAY_MIGRATION_HAS_DOWN) |
	       flag_if(down->no_transaction, INLAY_MIGRATION_DOWN_NO_TRANSACTION) |
	       flag_if(down->foreign_keys_off, INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF) |
	       flag_if(down->session, INLAY_MIGRATION_DOWN_SESSION) |
	       flag_if(down->fresh, INLAY_MIGRATION_DOWN_FRESH);
}

/* The files' texts: one for a file that serves both dialects or both directions. */
static void add_files(struct builder *builder, const struct variant *variant, enum dialect dialect,
                      struct inlay_image_migration *entry)
{
	const struct variant *before = &builder->migration->variants[0];
	const struct inlay_image_migration *earlier = builder->earlier;
	const char *up = name_prefix(builder, variant->up.source, dialect);
	const char *down = name_prefix(builder, variant->down.source, dialect);

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

static struct inlay_image_migration *next_entry(struct image_dialect *tables, bool repeatable)
{
	return repeatable ? &tables->repeatables[tables->repeatable_count++]
	                  : &tables->migrations[tables->migration_count++];
}

static void add_variant(struct builder *builder, enum dialect dialect, uint32_t name)
{
	struct twin up = { NULL, 0 }, down = { NULL, 0 };
	const struct migration *migration = builder->migration;
	const struct variant *variant = &migration->variants[dialect];
	const struct variant *before = &migration->variants[0];
	struct image_dialect *tables = &builder->image->tables[dialect];
	struct inlay_image_migration *entry = next_entry(tables, migration->repeatable);

	entry->version = migration->version;
	entry->name = name;
	add_files(builder, variant, dialect, entry);
	entry->flags = flags_of(variant);
	entry->up = tables->statement_count;
	entry->up_count = (uint32_t)variant->up.count;
	if (builder->earlier != NULL)
		up = (struct twin){ &before->up, builder->earlier->up };
	add_script(builder, &variant->up, dialect, "up", &up);
	entry->down = tables->statement_count;
	entry->down_count = (uint32_t)variant->down.count;
	if (builder->earlier != NULL)
		down = (struct twin){ &before->down, builder->earlier->down };
	add_script(builder, &variant->down, dialect, "down", &down);
	entry->checksum = variant->up.checksum;
	entry->source_checksum = variant->source_checksum;
	entry->chain = variant->chain;
	entry->down_checksum = variant->down.checksum;
	builder->earlier = entry;
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
	builder->earlier = NULL;
	builder->block = block_name(builder->arena, migration);
	builder->heading = arena_format(builder->arena, "%s%s", builder->label, file->name);
	name = add_text(builder, text_of(migration->name), "name");
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (builder->image->carried[dialect])
			add_variant(builder, (enum dialect)dialect, name);
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
	for (i = 0; i < set->repeatable_count; i++)
		statements += set->repeatables[i].variants[dialect].up.count;
	tables->migrations =
	        arena_array(builder->arena, struct inlay_image_migration, set->count + 1);
	tables->repeatables = arena_array(builder->arena, struct inlay_image_migration,
	                                  set->repeatable_count + 1);
	tables->statements =
	        arena_array(builder->arena, struct inlay_image_statement, statements + 1);
}

/* ---- layout ---------------------------------------------------------------------------------- */

/* Tables first, then the texts in their order; the end is rounded up as C rounds up a struct. */
static uint64_t lay_out(struct image *image, uint64_t text_size)
{
	uint64_t offset = sizeof(struct inlay_image);
	uint32_t i;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		struct image_dialect *tables = &image->tables[dialect];

		if (tables->migration_count + tables->repeatable_count > 0)
			tables->migrations_offset = (uint32_t)offset;
		offset += (uint64_t)tables->migration_count * sizeof(*tables->migrations);
		if (tables->repeatable_count > 0)
			tables->repeatables_offset = (uint32_t)offset;
		offset += (uint64_t)tables->repeatable_count * sizeof(*tables->repeatables);
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

void image_write_counts(struct buffer *out, size_t migration_count, size_t repeatable_count)
{
	if (migration_count > 0)
		buffer_format(out, "%zu migration%s", migration_count,
		              migration_count == 1 ? "" : "s");
	if (migration_count > 0 && repeatable_count > 0)
		buffer_format(out, " and %zu repeatable one%s", repeatable_count,
		              repeatable_count == 1 ? "" : "s");
	else if (repeatable_count > 0)
		buffer_format(out, "%zu repeatable migration%s", repeatable_count,
		              repeatable_count == 1 ? "" : "s");
}

bool image_build(struct arena *arena, const struct migration_set *set, const char *name,
                 struct image *image, struct diagnostics *problems)
{
	struct builder builder = {
		.arena = arena, .set = set, .image = image, .problems = problems
	};
	size_t error_count = problems->error_count;
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
	add_text(&builder, text_of(INLAY_VERSION), "compiler");
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		image->carried[dialect] = set->dialects[dialect];
		if (image->carried[dialect])
			make_tables(&builder, (enum dialect)dialect);
	}
	for (i = 0; i < set->count; i++)
		add_migration(&builder, &set->items[i]);
	for (i = 0; i < set->repeatable_count; i++)
		add_migration(&builder, &set->repeatables[i]);
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
	canonical = image_bytes_in_order(arena, image, false);
	image->digest = checksum_bytes(canonical.start, canonical.size);
	return problems->error_count == error_count;
}
