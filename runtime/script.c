/* script.c - the only file that knows how a script is written into the tracking table. */
#include "script.h"

#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAG_NO_TRANSACTION   1u
#define FLAG_FOREIGN_KEYS_OFF 2u

#define STATEMENT_HEAD_SIZE_MAX 40 /* Three numbers of ten digits, two spaces, ":" and "\n". */
#define HEAD_SIZE_MAX           120

/* What script_create() needs to know of either script of a migration. */
struct script {
	uint32_t first;
	uint32_t count;
	uint32_t flags;
	const char *file;
	const struct inlay_digest *checksum;
};

static struct script up_of(const struct image_view *view,
                           const struct inlay_image_migration *migration)
{
	struct script script = { migration->up, migration->up_count, 0,
		                 image_text(view, migration->file), &migration->checksum };

	if ((migration->flags & INLAY_MIGRATION_NO_TRANSACTION) != 0)
		script.flags |= FLAG_NO_TRANSACTION;
	if ((migration->flags & INLAY_MIGRATION_FOREIGN_KEYS_OFF) != 0)
		script.flags |= FLAG_FOREIGN_KEYS_OFF;
	return script;
}

static struct script down_of(const struct image_view *view,
                             const struct inlay_image_migration *migration)
{
	struct script script = { migration->down, migration->down_count, 0,
		                 image_text(view, migration->down_file),
		                 &migration->down_checksum };

	if ((migration->flags & INLAY_MIGRATION_DOWN_NO_TRANSACTION) != 0)
		script.flags |= FLAG_NO_TRANSACTION;
	if ((migration->flags & INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF) != 0)
		script.flags |= FLAG_FOREIGN_KEYS_OFF;
	return script;
}

static size_t size_at_most(const struct image_view *view, const struct script *script)
{
	size_t size = HEAD_SIZE_MAX + strlen(script->file);

	for (uint32_t i = 0; i < script->count; i++)
		size += STATEMENT_HEAD_SIZE_MAX + view->statements[script->first + i].size;
	return size;
}

static char *write_statement(char *cursor, const struct image_view *view, uint32_t index)
{
	const struct inlay_image_statement *statement = &view->statements[index];
	int head_size =
	        snprintf(cursor, STATEMENT_HEAD_SIZE_MAX, "%" PRIu32 " %" PRIu32 " %" PRIu32 ":",
	                 statement->line, statement->column, statement->size);

	cursor += head_size;
	memcpy(cursor, image_text(view, statement->text), statement->size);
	cursor += statement->size;
	*cursor++ = '\n';
	return cursor;
}

char *script_create(const struct image_view *view, const struct inlay_image_migration *migration,
                    enum script_kind kind)
{
	struct script script =
	        kind == SCRIPT_UP ? up_of(view, migration) : down_of(view, migration);
	size_t size = size_at_most(view, &script);
	char checksum[FORMAT_DIGEST_SIZE];
	char *text = malloc(size);
	char *cursor = text;

	if (text == NULL)
		return NULL;
	format_digest(checksum, script.checksum);
	cursor += snprintf(text, size, "inlay-script 1 %" PRIu32 " %s %zu:%s\n", script.flags,
	                   checksum, strlen(script.file), script.file);
	for (uint32_t i = 0; i < script.count; i++)
		cursor = write_statement(cursor, view, script.first + i);
	*cursor = '\0';
	return text;
}

/* Reads a number and the character `end` behind it; NULL when they are not there. */
static const char *read_number(const char *cursor, char end, uint64_t *number)
{
	uint64_t value = 0;
	const char *start = cursor;

	for (; *cursor >= '0' && *cursor <= '9' && value < UINT32_MAX; cursor++)
		value = value * 10 + (uint64_t)(*cursor - '0');
	*number = value;
	return cursor > start && *cursor == end ? cursor + 1 : NULL;
}

/* Reads "<size>:<bytes>\n"; NULL when that is not there. */
static const char *read_text(const char *cursor, const char **text, size_t *size)
{
	uint64_t number;

	cursor = read_number(cursor, ':', &number);
	if (cursor == NULL || strnlen(cursor, (size_t)number + 1) <= number ||
	    cursor[number] != '\n')
		return NULL;
	*text = cursor;
	*size = (size_t)number;
	return cursor + number + 1;
}

static const char *skip_head(const char *cursor)
{
	static const char magic[] = "inlay-script 1 ";
	const char *text;
	size_t size;
	uint64_t flags;

	if (strncmp(cursor, magic, sizeof(magic) - 1) != 0)
		return NULL;
	cursor = read_number(cursor + sizeof(magic) - 1, ' ', &flags);
	if (cursor == NULL || strnlen(cursor, FORMAT_DIGEST_SIZE) < FORMAT_DIGEST_SIZE)
		return NULL;
	return read_text(cursor + FORMAT_DIGEST_SIZE, &text, &size);
}

static const char *read_statement(const char *cursor, const char **text, size_t *size)
{
	uint64_t number;

	cursor = read_number(cursor, ' ', &number);
	if (cursor != NULL)
		cursor = read_number(cursor, ' ', &number);
	return cursor != NULL ? read_text(cursor, text, size) : NULL;
}

bool script_begins_with(const char *script, const struct image_view *view,
                        const struct inlay_image_migration *migration, uint32_t count)
{
	const char *cursor = script != NULL ? skip_head(script) : NULL;

	if (count > migration->up_count)
		return false;
	for (uint32_t i = 0; i < count && cursor != NULL; i++) {
		const struct inlay_image_statement *statement =
		        &view->statements[migration->up + i];
		const char *text;
		size_t size;

		cursor = read_statement(cursor, &text, &size);
		if (cursor != NULL && (size != statement->size ||
		                       memcmp(text, image_text(view, statement->text), size) != 0))
			return false;
	}
	return cursor != NULL;
}
