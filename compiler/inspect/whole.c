/* whole.c - every offset, count, index, text and order of an image, before anybody follows one. */
#include "whole.h"

#include "checksum.h"

#include <string.h>

#define UP_FLAGS                                                                                   \
	(INLAY_MIGRATION_NO_TRANSACTION | INLAY_MIGRATION_FOREIGN_KEYS_OFF |                       \
	 INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FRESH | INLAY_MIGRATION_BREAKING)
#define DOWN_FLAGS                                                                                 \
	(INLAY_MIGRATION_DOWN_NO_TRANSACTION | INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF |             \
	 INLAY_MIGRATION_DOWN_SESSION | INLAY_MIGRATION_DOWN_FRESH)
#define REPEATABLE_FLAGS (INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FOREIGN_KEYS_OFF)

#define STATEMENT_FLAGS                                                                            \
	(INLAY_STATEMENT_ALONE | INLAY_STATEMENT_SETUP | INLAY_STATEMENT_REPEATABLE |              \
	 INLAY_STATEMENT_WAIT | INLAY_STATEMENT_CALL)

static const char unknown_flag[] = "it asks for something that this `inlay` does not know";

/* One dialect's tables of the image that is looked at. */
struct tables {
	const struct inlay_image *image;
	uint32_t text_start; /* Texts are behind all tables. */
	const struct inlay_image_migration *migrations;
	uint32_t migration_count;
	const struct inlay_image_migration *repeatables;
	uint32_t repeatable_count;
	const struct inlay_image_statement *statements;
	uint32_t statement_count;
	uint32_t next_statement; /* That belongs to nobody yet. */
};

static uint32_t end_of_tables(const struct inlay_image *image)
{
	uint32_t end = (uint32_t)sizeof(*image);
	int i;

	for (i = 0; i < INLAY_DIALECT_COUNT; i++) {
		const struct inlay_image_dialect *dialect = &image->dialects[i];
		uint32_t ends[] = {
			dialect->migrations +
			        dialect->migration_count *
			                (uint32_t)sizeof(struct inlay_image_migration),
			dialect->repeatables +
			        dialect->repeatable_count *
			                (uint32_t)sizeof(struct inlay_image_migration),
			dialect->statements +
			        dialect->statement_count *
			                (uint32_t)sizeof(struct inlay_image_statement),
		};
		size_t j;

		for (j = 0; j < sizeof(ends) / sizeof(ends[0]); j++)
			end = ends[j] > end ? ends[j] : end;
	}
	return end;
}

static struct tables tables_of(const struct inlay_image *image, enum inlay_dialect dialect)
{
	const struct inlay_image_dialect *found = &image->dialects[dialect];

	return (struct tables){
		.image = image,
		.text_start = end_of_tables(image),
		.migrations = inspect_migrations(image, dialect),
		.migration_count = found->migration_count,
		.repeatables = inspect_repeatables(image, dialect),
		.repeatable_count = found->repeatable_count,
		.statements = inspect_statements(image, dialect),
		.statement_count = found->statement_count,
	};
}

/* --- Texts --- */

/* The image's last byte is a NUL, so every text that begins inside it ends inside it. */
static bool holds_text(const struct tables *tables, uint32_t offset)
{
	return offset >= tables->text_start && offset < tables->image->size;
}

/* Letters, digits and "_": what can be a name in C, of which there are more from year to year. */
static bool is_identifier(const char *name)
{
	size_t size =
	        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return size > 0 && name[size] == '\0' && (*name < '0' || *name > '9');
}

/* --- Statements --- */

static bool statement_is_whole(const struct tables *tables,
                               const struct inlay_image_statement *statement)
{
	bool is_call = (statement->flags & INLAY_STATEMENT_CALL) != 0;

	return holds_text(tables, statement->text) && statement->size > 0 &&
	       strlen(inspect_text(tables->image, statement->text)) == statement->size &&
	       statement->line > 0 && statement->column > 0 &&
	       (is_call || statement->probe == 0 || holds_text(tables, statement->probe));
}

/* The same index is the same function, everywhere. */
static bool call_is_whole(const struct inlay_image *image, const char **functions, size_t count,
                          const struct inlay_image_statement *statement)
{
	const char *name = inspect_text(image, statement->text);

	if ((statement->flags & INLAY_STATEMENT_WAIT) == 0 || statement->probe >= count ||
	    !is_identifier(name))
		return false;
	if (functions[statement->probe] == NULL)
		functions[statement->probe] = name;
	return strcmp(functions[statement->probe], name) == 0;
}

static const char *check_statements(const struct tables *tables, const char **functions,
                                    size_t function_count)
{
	uint32_t i;

	for (i = 0; i < tables->statement_count; i++) {
		const struct inlay_image_statement *statement = &tables->statements[i];

		if ((statement->flags & ~STATEMENT_FLAGS) != 0)
			return unknown_flag;
		if (!statement_is_whole(tables, statement))
			return "it is damaged: a statement";
		if ((statement->flags & INLAY_STATEMENT_CALL) != 0 &&
		    !call_is_whole(tables->image, functions, function_count, statement))
			return "it is damaged: the call of a function";
	}
	return NULL;
}

/* --- Migrations --- */

/* Scripts follow each other, so that each statement is of one. */
static bool take_script(struct tables *tables, uint32_t first, uint32_t count)
{
	if (first != tables->next_statement || count > tables->statement_count - first)
		return false;
	tables->next_statement += count;
	return true;
}

static bool flags_agree(const struct inlay_image_migration *entry)
{
	static const struct inlay_digest none = { { 0 } };

	if ((entry->flags & INLAY_MIGRATION_HAS_DOWN) != 0)
		return true;
	return (entry->flags & DOWN_FLAGS) == 0 && entry->down_count == 0 &&
	       digest_equals(&entry->down_checksum, &none);
}

static bool entry_is_whole(struct tables *tables, const struct inlay_image_migration *entry)
{
	return entry->version >= 0 && holds_text(tables, entry->name) &&
	       holds_text(tables, entry->file) && holds_text(tables, entry->down_file) &&
	       take_script(tables, entry->up, entry->up_count) &&
	       take_script(tables, entry->down, entry->down_count) && flags_agree(entry);
}

static bool chain_is_right(struct inlay_digest *chain, const struct inlay_image_migration *entry,
                           const char *repeatable)
{
	*chain = repeatable != NULL ? checksum_chain_repeatable(chain, entry->version, repeatable,
	                                                        &entry->checksum)
	                            : checksum_chain(chain, entry->version, &entry->checksum);
	return digest_equals(chain, &entry->chain);
}

static const char *check_migrations(struct tables *tables)
{
	struct inlay_digest chain = { { 0 } };
	int64_t last = -1;
	uint32_t i;

	for (i = 0; i < tables->migration_count; i++) {
		const struct inlay_image_migration *entry = &tables->migrations[i];

		if ((entry->flags & ~(UP_FLAGS | DOWN_FLAGS | INLAY_MIGRATION_HAS_DOWN)) != 0)
			return unknown_flag;
		if (!entry_is_whole(tables, entry))
			return "it is damaged: a migration";
		if (entry->version <= last)
			return "it is damaged: its versions do not ascend";
		if (!chain_is_right(&chain, entry, NULL))
			return "it is damaged: its chain of checksums";
		last = entry->version;
	}
	return NULL;
}

static const char *check_repeatables(struct tables *tables)
{
	struct inlay_digest chain = { { 0 } };
	const char *last = "";
	uint32_t i;

	for (i = 0; i < tables->repeatable_count; i++) {
		const struct inlay_image_migration *entry = &tables->repeatables[i];
		const char *name;

		if ((entry->flags & ~REPEATABLE_FLAGS) != 0)
			return unknown_flag;
		if (!entry_is_whole(tables, entry))
			return "it is damaged: a repeatable migration";
		name = inspect_text(tables->image, entry->name);
		if (strcmp(name, last) <= 0 || strpbrk(name, " \n") != NULL)
			return "it is damaged: the names of its repeatable migrations";
		if (!chain_is_right(&chain, entry, name))
			return "it is damaged: its chain of checksums";
		last = name;
	}
	return NULL;
}

/* --- All of it --- */

/* How many functions there are to be: no index is behind it, if the calls are right. */
static size_t count_functions(const struct inlay_image *image)
{
	size_t total = 0;
	size_t count = 0;
	uint32_t i;
	int dialect;

	for (dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		const struct inlay_image_statement *statements =
		        inspect_statements(image, (enum inlay_dialect)dialect);

		total += image->dialects[dialect].statement_count;
		for (i = 0; i < image->dialects[dialect].statement_count; i++)
			if ((statements[i].flags & INLAY_STATEMENT_CALL) != 0 &&
			    (size_t)statements[i].probe + 1 > count)
				count = (size_t)statements[i].probe + 1;
	}
	return count <= total ? count : 0;
}

static const char *check_dialect(const struct inlay_image *image, enum inlay_dialect dialect,
                                 struct inspect_image *found, const char **functions)
{
	struct tables tables = tables_of(image, dialect);
	const char *damage = check_statements(&tables, functions, found->function_count);

	if (damage == NULL)
		damage = check_migrations(&tables);
	if (damage == NULL)
		damage = check_repeatables(&tables);
	if (damage == NULL && tables.next_statement != tables.statement_count)
		damage = "it is damaged: a statement of no migration";
	return damage;
}

static bool are_same(const struct inlay_image *image, const struct inlay_image_migration *a,
                     const struct inlay_image_migration *b, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (a[i].version != b[i].version ||
		    strcmp(inspect_text(image, a[i].name), inspect_text(image, b[i].name)) != 0)
			return false;
	return true;
}

/* Each migration is in each dialect that the set carries. */
static bool dialects_agree(const struct inlay_image *image)
{
	const struct inlay_image_dialect *a = &image->dialects[INLAY_DIALECT_SQLITE];
	const struct inlay_image_dialect *b = &image->dialects[INLAY_DIALECT_POSTGRES];

	if (!inspect_carries(image, INLAY_DIALECT_SQLITE) ||
	    !inspect_carries(image, INLAY_DIALECT_POSTGRES))
		return true;
	return a->migration_count == b->migration_count &&
	       a->repeatable_count == b->repeatable_count &&
	       are_same(image, inspect_migrations(image, INLAY_DIALECT_SQLITE),
	                inspect_migrations(image, INLAY_DIALECT_POSTGRES), a->migration_count) &&
	       are_same(image, inspect_repeatables(image, INLAY_DIALECT_SQLITE),
	                inspect_repeatables(image, INLAY_DIALECT_POSTGRES), a->repeatable_count);
}

static const char *check_header(const struct inlay_image *image)
{
	struct tables tables = { .image = image, .text_start = end_of_tables(image) };

	if (*inspect_text(image, image->size - 1) != '\0')
		return "it is damaged: its last text does not end";
	if (!holds_text(&tables, image->name) || !holds_text(&tables, image->compiler) ||
	    !is_identifier(inspect_text(image, image->name)) ||
	    *inspect_text(image, image->compiler) == '\0')
		return "it is damaged: its name";
	return NULL;
}

const char *whole_check(struct arena *arena, struct inlay_image *image, struct inspect_image *found)
{
	const char **functions;
	const char *damage;
	size_t i;

	if (!whole_digest_is_right(image))
		return "it is damaged: its digest is not that of its bytes";
	damage = check_header(image);
	found->function_count = count_functions(image);
	functions = arena_array(arena, const char *, found->function_count + 1);
	for (i = 0; damage == NULL && i < INLAY_DIALECT_COUNT; i++)
		damage = check_dialect(image, (enum inlay_dialect)i, found, functions);
	for (i = 0; damage == NULL && i < found->function_count; i++) {
		if (functions[i] == NULL)
			return "it is damaged: the call of a function";
		functions[i] = arena_string(arena, functions[i]);
	}
	if (damage == NULL && !dialects_agree(image))
		damage = "it is damaged: its dialects do not have the same migrations";
	found->functions = functions;
	return damage;
}

/* --- What others read --- */

static const void *table_at(const struct inlay_image *image, uint32_t offset)
{
	return (const unsigned char *)image + offset;
}

const struct inlay_image_migration *inspect_migrations(const struct inlay_image *image,
                                                       enum inlay_dialect dialect)
{
	return table_at(image, image->dialects[dialect].migrations);
}

const struct inlay_image_migration *inspect_repeatables(const struct inlay_image *image,
                                                        enum inlay_dialect dialect)
{
	return table_at(image, image->dialects[dialect].repeatables);
}

const struct inlay_image_statement *inspect_statements(const struct inlay_image *image,
                                                       enum inlay_dialect dialect)
{
	return table_at(image, image->dialects[dialect].statements);
}

const char *inspect_text(const struct inlay_image *image, uint32_t offset)
{
	return (const char *)image + offset;
}

bool inspect_carries(const struct inlay_image *image, enum inlay_dialect dialect)
{
	return image->dialects[dialect].migrations != 0 ||
	       image->dialects[dialect].repeatables != 0;
}
