/* inspect_tell.c - a set for people: what it has, and its scripts. */
#include "inspect_tell.h"

#include "checksum.h"
#include "image.h"
#include "layout.h"
#include "live/table.h"
#include "safe.h"

#include <inttypes.h>
#include <string.h>

#define SHORT_SIZE 12 /* Digits of a checksum that are shown. */

/* What is told of. */
struct telling {
	struct arena *arena;
	const struct inlay_image *image;
	bool carried[DIALECT_COUNT];
};

void inspect_dialects(const struct inlay_image *image, bool carried[DIALECT_COUNT])
{
	int i;

	for (i = 0; i < DIALECT_COUNT; i++)
		carried[i] = inspect_carries(image, (enum inlay_dialect)i);
}

enum dialect inspect_any_dialect(const struct inlay_image *image)
{
	return inspect_carries(image, INLAY_DIALECT_SQLITE) ? DIALECT_SQLITE : DIALECT_POSTGRES;
}

static const struct inlay_image_dialect *any_tables(const struct inlay_image *image)
{
	return &image->dialects[inspect_any_dialect(image)];
}

/* --- What is there to know of a migration --- */

static const struct {
	uint32_t flag;
	const char *words;
} traits[] = {
	{ INLAY_MIGRATION_BREAKING, "breaking" },
	{ INLAY_MIGRATION_NO_TRANSACTION, "no transaction" },
	{ INLAY_MIGRATION_FRESH, "fresh session" },
	{ INLAY_MIGRATION_FOREIGN_KEYS_OFF, "foreign keys off" },
	{ INLAY_MIGRATION_HAS_DOWN, "down" },
};

static const struct inlay_image_migration *
entry_at(const struct telling *telling, enum dialect dialect, bool repeatable, uint32_t index)
{
	enum inlay_dialect place = (enum inlay_dialect)dialect;

	return (repeatable ? inspect_repeatables(telling->image, place)
	                   : inspect_migrations(telling->image, place)) +
	       index;
}

static void add_note(const struct telling *telling, struct buffer *out, const char *words,
                     const bool where[DIALECT_COUNT])
{
	bool is_all = true;
	bool is_any = false;
	int i;

	for (i = 0; i < DIALECT_COUNT; i++) {
		is_all = is_all && where[i] == telling->carried[i];
		is_any = is_any || where[i];
	}
	if (!is_any)
		return;
	buffer_format(out, "%s%s", out->size > 0 ? ", " : "", words);
	if (!is_all)
		buffer_format(out, " (%s)", dialect_titles(where));
}

/* The functions that the up script calls, each once. */
static void add_calls(const struct telling *telling, struct buffer *out, bool repeatable,
                      uint32_t index)
{
	const char *last = NULL;
	int dialect;
	uint32_t i;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct inlay_image_migration *entry;
		const struct inlay_image_statement *statement;

		if (!telling->carried[dialect])
			continue;
		entry = entry_at(telling, (enum dialect)dialect, repeatable, index);
		statement =
		        inspect_statements(telling->image, (enum inlay_dialect)dialect) + entry->up;
		for (i = 0; i < entry->up_count; i++, statement++) {
			const char *name = inspect_text(telling->image, statement->text);

			if ((statement->flags & INLAY_STATEMENT_CALL) == 0 ||
			    (last != NULL && strcmp(last, name) == 0))
				continue;
			buffer_format(out, "%scalls %s", out->size > 0 ? ", " : "", name);
			last = name;
		}
		return;
	}
}

static const char *notes_of(const struct telling *telling, bool repeatable, uint32_t index)
{
	struct buffer out = { 0 };
	const char *notes;
	size_t i;
	int dialect;

	if (repeatable)
		buffer_format(&out, "repeatable, revision %" PRId64,
		              entry_at(telling, inspect_any_dialect(telling->image), true, index)
		                      ->version);
	for (i = 0; i < sizeof(traits) / sizeof(traits[0]); i++) {
		bool where[DIALECT_COUNT] = { false };

		for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
			where[dialect] =
			        telling->carried[dialect] &&
			        (entry_at(telling, (enum dialect)dialect, repeatable, index)
			                 ->flags &
			         traits[i].flag) != 0;
		add_note(telling, &out, traits[i].words, where);
	}
	add_calls(telling, &out, repeatable, index);
	notes = arena_copy(telling->arena, buffer_contents(&out));
	buffer_clear(&out);
	return notes;
}

/* --- The table --- */

static const char *short_digest(struct arena *arena, const struct inlay_digest *digest)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(digest, hex);
	return arena_format(arena, "%.*s", SHORT_SIZE, hex);
}

static void add_rows(const struct telling *telling, struct table *table, bool repeatable)
{
	const struct inlay_image_dialect *tables = any_tables(telling->image);
	uint32_t count = repeatable ? tables->repeatable_count : tables->migration_count;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const char *cells[TABLE_COLUMNS_MAX];
		const struct inlay_image_migration *entry =
		        entry_at(telling, inspect_any_dialect(telling->image), repeatable, i);
		size_t column = 0;
		int dialect;

		cells[column++] =
		        repeatable ? "R" : arena_format(telling->arena, "%" PRId64, entry->version);
		cells[column++] = inspect_text(telling->image, entry->name);
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
			if (telling->carried[dialect])
				cells[column++] = short_digest(
				        telling->arena,
				        &entry_at(telling, (enum dialect)dialect, repeatable, i)
				                 ->checksum);
		cells[column] = notes_of(telling, repeatable, i);
		table_row(table, cells);
	}
}

static void write_table(const struct telling *telling, struct buffer *out)
{
	struct table table = { .arena = telling->arena, .is_number = { true } };
	const char *heading[TABLE_COLUMNS_MAX] = { "version", "name" };
	int dialect;

	table.column_count = 2;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (telling->carried[dialect])
			heading[table.column_count++] = dialect_title((enum dialect)dialect);
	heading[table.column_count++] = "";
	table_row(&table, heading);
	add_rows(telling, &table, false);
	add_rows(telling, &table, true);
	table_write(&table, out);
}

/* --- The heading --- */

static void write_head(const struct telling *telling, struct buffer *out)
{
	const struct inlay_image_dialect *tables = any_tables(telling->image);
	const struct inlay_image_migration *head;

	if (tables->migration_count == 0)
		return;
	head = entry_at(telling, inspect_any_dialect(telling->image), false,
	                tables->migration_count - 1);
	buffer_format(out, "  head      %" PRId64 " ", head->version);
	safe_string(out, inspect_text(telling->image, head->name));
	buffer_byte(out, '\n');
}

static void write_place(const struct inspected *inspected, const struct inspect_image *found,
                        struct buffer *out)
{
	if (inspected->is_directory)
		return;
	buffer_format(out, "  bytes     %" PRIu32 " at %" PRIu64, found->image->size,
	              found->offset);
	if (found->is_swapped)
		buffer_string(out, ", for machines of the other byte order");
	if (found->copies > 1)
		buffer_format(out, ", %zu times", found->copies);
	buffer_byte(out, '\n');
}

static void write_functions(const struct inspect_image *found, struct buffer *out)
{
	size_t i;

	if (found->function_count > 0)
		buffer_string(out, "  calls     ");
	for (i = 0; i < found->function_count; i++)
		buffer_format(out, "%s%s", i > 0 ? ", " : "", found->functions[i]);
	if (found->function_count > 0)
		buffer_byte(out, '\n');
}

void inspect_tell_set(struct arena *arena, const struct inspected *inspected,
                      const struct inspect_image *found, struct buffer *out)
{
	const struct inlay_image *image = found->image;
	struct telling telling = { .arena = arena, .image = image };
	const struct inlay_image_dialect *tables = any_tables(image);
	char hex[DIGEST_HEX_SIZE];

	inspect_dialects(image, telling.carried);
	if (inspected->is_directory)
		safe_string(out, inspected->path);
	else
		buffer_string(out, inspect_text(image, image->name));
	buffer_string(out, ": ");
	image_write_counts(out, tables->migration_count, tables->repeatable_count);
	buffer_format(out, " for %s\n", dialect_titles(telling.carried));
	write_head(&telling, out);
	buffer_string(out, "  compiled  by inlay ");
	safe_string(out, inspect_text(image, image->compiler));
	buffer_format(out, ", format %" PRIu32 "\n", image->format);
	digest_to_hex(&image->digest, hex);
	buffer_format(out, "  digest    %s\n", hex);
	write_place(inspected, found, out);
	write_functions(found, out);
	buffer_byte(out, '\n');
	write_table(&telling, out);
}

/* --- SQL --- */

static void write_script(const struct inlay_image *image, enum dialect dialect,
                         const struct inlay_image_migration *entry, bool down, struct buffer *out)
{
	const struct inlay_image_statement *statement =
	        inspect_statements(image, (enum inlay_dialect)dialect) +
	        (down ? entry->down : entry->up);
	uint32_t count = down ? entry->down_count : entry->up_count;
	uint32_t no_transaction =
	        down ? INLAY_MIGRATION_DOWN_NO_TRANSACTION : INLAY_MIGRATION_NO_TRANSACTION;
	uint32_t i;

	buffer_string(out, "\n-- ");
	safe_string(out, inspect_text(image, down ? entry->down_file : entry->file));
	if (down)
		buffer_string(out, ", down");
	if ((entry->flags & no_transaction) != 0)
		buffer_string(out, ", without a transaction");
	buffer_byte(out, '\n');
	for (i = 0; i < count; i++) {
		const char *text = inspect_text(image, statement[i].text);

		if ((statement[i].flags & INLAY_STATEMENT_CALL) != 0)
			buffer_format(out, "-- migrate:call %s\n", text);
		else
			buffer_format(out, "%s;\n", text);
	}
}

void inspect_tell_sql(const struct inlay_image *image, enum dialect dialect, bool down,
                      struct buffer *out)
{
	const struct inlay_image_dialect *tables = &image->dialects[dialect];
	const struct inlay_image_migration *entries =
	        inspect_migrations(image, (enum inlay_dialect)dialect);
	const struct inlay_image_migration *repeatables =
	        inspect_repeatables(image, (enum inlay_dialect)dialect);
	uint32_t i;

	buffer_format(out, "-- %s for %s%s, compiled by inlay ", inspect_text(image, image->name),
	              dialect_title(dialect), down ? ", what undoes it" : "");
	safe_string(out, inspect_text(image, image->compiler));
	buffer_byte(out, '\n');
	for (i = 0; i < tables->migration_count; i++) {
		const struct inlay_image_migration *entry =
		        &entries[down ? tables->migration_count - 1 - i : i];

		if (!down || (entry->flags & INLAY_MIGRATION_HAS_DOWN) != 0)
			write_script(image, dialect, entry, down, out);
	}
	for (i = 0; !down && i < tables->repeatable_count; i++)
		write_script(image, dialect, &repeatables[i], false, out);
}
