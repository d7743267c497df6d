/* script.c - the only file that knows how a script is written into the tracking table. */
#include "script.h"

#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_HEAD_SIZE_MAX 50 /* Four numbers of ten digits, three spaces, ":" and "\n". */
#define HEAD_SIZE_MAX           120
#define UP_FLAGS                                                                                   \
	(INLAY_MIGRATION_NO_TRANSACTION | INLAY_MIGRATION_FOREIGN_KEYS_OFF |                       \
	 INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FRESH)

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
	return (struct script){ migration->up, migration->up_count, migration->flags & UP_FLAGS,
		                image_text(view, migration->file), &migration->checksum };
}

static struct script down_of(const struct image_view *view,
                             const struct inlay_image_migration *migration)
{
	static const uint32_t flags[][2] = {
		{ INLAY_MIGRATION_DOWN_NO_TRANSACTION, INLAY_MIGRATION_NO_TRANSACTION },
		{ INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF, INLAY_MIGRATION_FOREIGN_KEYS_OFF },
		{ INLAY_MIGRATION_DOWN_SESSION, INLAY_MIGRATION_SESSION },
		{ INLAY_MIGRATION_DOWN_FRESH, INLAY_MIGRATION_FRESH },
	};
	struct script script = { migration->down, migration->down_count, 0,
		                 image_text(view, migration->down_file),
		                 &migration->down_checksum };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if ((migration->flags & flags[i][0]) != 0)
			script.flags |= flags[i][1];
	return script;
}

/* NULL when it has none. */
static const char *probe_of(const struct image_view *view,
                            const struct inlay_image_statement *statement)
{
	bool is_call = (statement->flags & INLAY_STATEMENT_CALL) != 0;

	return is_call || statement->probe == 0 ? NULL : image_text(view, statement->probe);
}

static size_t size_at_most(const struct image_view *view, const struct script *script)
{
	size_t size = HEAD_SIZE_MAX + strlen(script->file);

	for (uint32_t i = 0; i < script->count; i++) {
		const struct inlay_image_statement *statement =
		        &view->statements[script->first + i];
		const char *probe = probe_of(view, statement);

		size += STATEMENT_HEAD_SIZE_MAX + statement->size;
		if (probe != NULL)
			size += STATEMENT_HEAD_SIZE_MAX + strlen(probe);
	}
	return size;
}

static char *write_text(char *cursor, const char *text, size_t size)
{
	memcpy(cursor, text, size);
	cursor += size;
	*cursor++ = '\n';
	return cursor;
}

static char *write_statement(char *cursor, const struct image_view *view, uint32_t index)
{
	const struct inlay_image_statement *statement = &view->statements[index];
	const char *probe = probe_of(view, statement);

	cursor += snprintf(
	        cursor, STATEMENT_HEAD_SIZE_MAX, "%" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 ":",
	        statement->line, statement->column,
	        statement->flags | (probe != NULL ? SCRIPT_HAS_PROBE : 0), statement->size);
	cursor = write_text(cursor, image_text(view, statement->text), statement->size);
	if (probe == NULL)
		return cursor;
	cursor += snprintf(cursor, STATEMENT_HEAD_SIZE_MAX, "%zu:", strlen(probe));
	return write_text(cursor, probe, strlen(probe));
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
	cursor += snprintf(text, size, "inlay-script 1 %" PRIu32 " %" PRIu32 " %s %zu:%s\n",
	                   script.flags, script.count, checksum, strlen(script.file), script.file);
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
static const char *read_text(const char *cursor, struct script_text *text)
{
	uint64_t number;

	cursor = read_number(cursor, ':', &number);
	if (cursor == NULL || strnlen(cursor, (size_t)number + 1) <= number ||
	    cursor[number] != '\n')
		return NULL;
	*text = (struct script_text){ cursor, (size_t)number };
	return cursor + number + 1;
}

void script_open(struct script_reader *reader, const char *script)
{
	static const char magic[] = "inlay-script 1 ";
	uint64_t flags;

	*reader = (struct script_reader){ .cursor = NULL };
	if (script == NULL || strncmp(script, magic, sizeof(magic) - 1) != 0)
		return;
	script = read_number(script + sizeof(magic) - 1, ' ', &flags);
	if (script != NULL)
		script = read_number(script, ' ', &reader->count);
	if (script == NULL || strnlen(script, FORMAT_DIGEST_SIZE) < FORMAT_DIGEST_SIZE)
		return;
	reader->flags = (uint32_t)flags & UP_FLAGS;
	reader->cursor = read_text(script + FORMAT_DIGEST_SIZE, &reader->file);
}

bool script_next(struct script_reader *reader, struct script_statement *statement)
{
	uint64_t numbers[3] = { 0 };
	const char *cursor = reader->cursor;

	/* One that ends too early, or goes on, is none. */
	if (cursor == NULL || (*cursor == '\0') != (reader->count == 0))
		reader->cursor = NULL;
	if (reader->cursor == NULL || reader->count == 0)
		return false;
	reader->count--;
	*statement = (struct script_statement){ .line = 0 };
	for (size_t i = 0; i < 3 && cursor != NULL; i++)
		cursor = read_number(cursor, ' ', &numbers[i]);
	if (cursor != NULL)
		cursor = read_text(cursor, &statement->text);
	if (cursor != NULL && (numbers[2] & SCRIPT_HAS_PROBE) != 0)
		cursor = read_text(cursor, &statement->probe);
	statement->line = (uint32_t)numbers[0];
	statement->column = (uint32_t)numbers[1];
	statement->flags = (uint32_t)numbers[2] & ~SCRIPT_HAS_PROBE;
	reader->cursor = cursor;
	return cursor != NULL;
}

bool script_begins_with(const char *script, const struct image_view *view,
                        const struct inlay_image_migration *migration, uint32_t count)
{
	struct script_reader reader;
	struct script_statement read;

	script_open(&reader, script);
	if (count > migration->up_count)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct inlay_image_statement *statement =
		        &view->statements[migration->up + i];

		if (!script_next(&reader, &read) || read.text.size != statement->size ||
		    memcmp(read.text.start, image_text(view, statement->text), statement->size) !=
		            0)
			return false;
	}
	return reader.cursor != NULL;
}
