/* undo.c - lays down scripts out as the compiler lays out a set. */
#include "undo.h"

#include "script.h"

#include <stdlib.h>
#include <string.h>

bool undo_create(struct undo *undo, uint32_t count)
{
	*undo = (struct undo){ .count = 0 };
	undo->items = calloc((size_t)count + 1, sizeof(struct undo_item));
	return undo->items != NULL;
}

void undo_destroy(struct undo *undo)
{
	for (uint32_t i = 0; i < undo->count; i++)
		free(undo->items[i].script);
	free(undo->items);
	free(undo->image);
	*undo = (struct undo){ .count = 0 };
}

/* Where the next entries and texts go. */
struct builder {
	const struct image_view *set;
	char *image;
	struct inlay_image_migration *migrations;
	struct inlay_image_statement *statements;
	uint32_t statement_count;
	uint32_t text_offset;
};

/* How many statements there are, and bytes of texts at most; false for what is no script. */
static bool measure(const struct undo_item *item, uint32_t *statement_count, size_t *text_size)
{
	struct script_reader reader;
	struct script_statement statement;

	script_open(&reader, item->script);
	while (script_next(&reader, &statement))
		(*statement_count)++;
	*text_size += item->script != NULL ? strlen(item->script) + 2 : 0;
	return reader.cursor != NULL;
}

static uint32_t add_text(struct builder *builder, struct script_text text)
{
	uint32_t offset = builder->text_offset;

	memcpy(builder->image + offset, text.start, text.size);
	builder->image[offset + text.size] = '\0';
	builder->text_offset += (uint32_t)text.size + 1;
	return offset;
}

static bool add_statement(struct builder *builder, const struct script_statement *statement)
{
	struct inlay_image_statement *entry = &builder->statements[builder->statement_count++];

	entry->text = add_text(builder, statement->text);
	entry->size = (uint32_t)statement->text.size;
	entry->line = statement->line;
	entry->column = statement->column;
	entry->flags = statement->flags;
	if (statement->probe.size > 0)
		entry->probe = add_text(builder, statement->probe);
	if ((entry->flags & INLAY_STATEMENT_CALL) == 0)
		return true;
	entry->probe = image_find_function(builder->set, builder->image + entry->text);
	return entry->probe != UINT32_MAX;
}

/* The 64 hex digits of a row; 0 for anything else. */
static struct inlay_digest parse_digest(const char *text)
{
	struct inlay_digest digest = { { 0 } };

	if (strlen(text) != FORMAT_DIGEST_SIZE - 1)
		return digest;
	for (size_t i = 0; i < 4; i++) {
		char word[17] = "";

		memcpy(word, text + 16 * i, 16);
		digest.words[i] = strtoull(word, NULL, 16);
	}
	return digest;
}

static bool add_item(struct builder *builder, const struct undo_item *item,
                     struct inlay_image_migration *entry)
{
	struct script_reader reader;
	struct script_statement statement;
	struct script_text empty = { "", 0 };
	bool knows_all = true;

	script_open(&reader, item->script);
	entry->version = item->row->version;
	entry->flags = reader.flags;
	entry->file = add_text(builder, reader.file);
	entry->name = add_text(builder, empty);
	entry->down_file = entry->file;
	entry->checksum = parse_digest(item->row->checksum);
	entry->up = builder->statement_count;
	while (script_next(&reader, &statement))
		knows_all = add_statement(builder, &statement) && knows_all;
	entry->up_count = builder->statement_count - entry->up;
	return knows_all;
}

static bool allocate(struct builder *builder, struct undo *undo, uint32_t statement_count,
                     size_t text_size)
{
	size_t migrations_size = undo->count * sizeof(struct inlay_image_migration);
	size_t statements_size = statement_count * sizeof(struct inlay_image_statement);
	size_t head_size = sizeof(struct inlay_image) + migrations_size + statements_size;

	if (head_size + text_size > UINT32_MAX)
		return false;
	undo->image = calloc(1, head_size + text_size);
	if (undo->image == NULL)
		return false;
	builder->image = undo->image;
	builder->migrations = (void *)(builder->image + sizeof(struct inlay_image));
	builder->statements =
	        (void *)(builder->image + sizeof(struct inlay_image) + migrations_size);
	builder->text_offset = (uint32_t)head_size;
	return true;
}

enum undo_end undo_build(struct undo *undo, const struct image_view *set,
                         const struct undo_item **failed)
{
	struct builder builder = { .set = set };
	uint32_t statement_count = 0;
	size_t text_size = 0;

	for (uint32_t i = 0; i < undo->count; i++) {
		*failed = &undo->items[i];
		if (!measure(*failed, &statement_count, &text_size))
			return UNDO_NO_SCRIPT;
	}
	if (!allocate(&builder, undo, statement_count, text_size))
		return UNDO_NO_MEMORY;
	for (uint32_t i = 0; i < undo->count; i++) {
		*failed = &undo->items[i];
		if (!add_item(&builder, *failed, &builder.migrations[i]))
			return UNDO_NO_FUNCTION;
	}
	undo->view = (struct image_view){ .image = undo->image };
	undo->view.migrations = builder.migrations;
	undo->view.migration_count = undo->count;
	undo->view.statements = builder.statements;
	undo->view.statement_count = builder.statement_count;
	return UNDO_BUILT;
}
