/* image.c - the only file that follows the image's offsets; trusts none unchecked. */
#include "image.h"

#include "format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define MIGRATION_FLAGS                                                                            \
	(INLAY_MIGRATION_NO_TRANSACTION | INLAY_MIGRATION_FOREIGN_KEYS_OFF |                       \
	 INLAY_MIGRATION_HAS_DOWN | INLAY_MIGRATION_DOWN_NO_TRANSACTION |                          \
	 INLAY_MIGRATION_DOWN_FOREIGN_KEYS_OFF | INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FRESH | \
	 INLAY_MIGRATION_DOWN_SESSION | INLAY_MIGRATION_DOWN_FRESH | INLAY_MIGRATION_BREAKING)

#define STATEMENT_FLAGS                                                                            \
	(INLAY_STATEMENT_ALONE | INLAY_STATEMENT_SETUP | INLAY_STATEMENT_REPEATABLE |              \
	 INLAY_STATEMENT_WAIT | INLAY_STATEMENT_CALL)

#define REPEATABLE_FLAGS (INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FOREIGN_KEYS_OFF)

static const char unknown_flag[] = "the set's image asks for something that this library does not "
                                   "know: link the library of the release that compiled it";

static const char *bytes_of(const struct inlay_image *image)
{
	return (const char *)image;
}

/* Do `count` entries of `entry_size` bytes lie at `offset`, aligned, behind the header?  A table
 * without entries may have no place. */
static bool holds_table(const struct inlay_image *image, uint32_t offset, uint32_t count,
                        size_t entry_size)
{
	if (count == 0)
		return true;
	return offset % 8 == 0 && offset >= sizeof(*image) &&
	       offset + (uint64_t)count * entry_size <= image->size;
}

static const void *find_table(const struct inlay_image *image, uint32_t offset, uint32_t count)
{
	return count > 0 ? bytes_of(image) + offset : NULL;
}

static const char *check_prologue(const struct inlay_image *image, size_t size)
{
	if (size < sizeof(*image) || (uintptr_t)image % 8 != 0 ||
	    memcmp(image->magic, INLAY_IMAGE_MAGIC, sizeof(image->magic)) != 0)
		return "the set's image is damaged: it has no header";
	if (image->byte_order != INLAY_IMAGE_BYTE_ORDER)
		return "the set's image was compiled for a machine of another byte order";
	if (image->format != INLAY_IMAGE_FORMAT)
		return "the set's image has a format that this library does not know: compile "
		       "the migrations with the `inlay` of the same release";
	if (image->size < sizeof(*image) || image->size > size)
		return "the set's image is damaged: it is cut short";
	return NULL;
}

const char *image_check_header(const struct inlay_image *image, size_t size,
                               enum inlay_dialect dialect, struct image_view *view)
{
	const char *problem = check_prologue(image, size);
	const struct inlay_image_dialect *found;

	if (problem != NULL)
		return problem;
	found = &image->dialects[dialect];
	if (found->migrations == 0 && found->repeatables == 0)
		return dialect == INLAY_DIALECT_SQLITE
		               ? "the set has no migrations for SQLite: compile it with "
		                 "`--dialect sqlite` or `--dialect all`"
		               : "the set has no migrations for PostgreSQL: compile it with "
		                 "`--dialect postgres` or `--dialect all`";
	if (!holds_table(image, found->migrations, found->migration_count,
	                 sizeof(struct inlay_image_migration)) ||
	    !holds_table(image, found->repeatables, found->repeatable_count,
	                 sizeof(struct inlay_image_migration)) ||
	    !holds_table(image, found->statements, found->statement_count,
	                 sizeof(struct inlay_image_statement)))
		return "the set's image is damaged: a table leads out of it";

	view->image = image;
	view->migrations = find_table(image, found->migrations, found->migration_count);
	view->migration_count = found->migration_count;
	view->repeatables = find_table(image, found->repeatables, found->repeatable_count);
	view->repeatable_count = found->repeatable_count;
	view->statements = find_table(image, found->statements, found->statement_count);
	view->statement_count = found->statement_count;
	return NULL;
}

/* The image's last byte is a NUL, so every text that begins inside it ends inside it. */
static bool holds_text(const struct inlay_image *image, uint32_t offset)
{
	return offset >= sizeof(*image) && offset < image->size;
}

static bool holds_script(const struct image_view *view, uint32_t first, uint32_t count)
{
	return (uint64_t)first + count <= view->statement_count;
}

static bool statement_is_whole(const struct image_view *view,
                               const struct inlay_image_statement *statement)
{
	uint64_t end = (uint64_t)statement->text + statement->size;

	return holds_text(view->image, statement->text) && end < view->image->size &&
	       bytes_of(view->image)[end] == '\0' &&
	       (statement->probe == 0 || (statement->flags & INLAY_STATEMENT_CALL) != 0 ||
	        holds_text(view->image, statement->probe));
}

static const char *check_statements(const struct image_view *view, uint32_t function_count)
{
	for (uint32_t i = 0; i < view->statement_count; i++) {
		const struct inlay_image_statement *statement = &view->statements[i];
		bool is_call = (statement->flags & INLAY_STATEMENT_CALL) != 0;

		if (!statement_is_whole(view, statement))
			return "the set's image is damaged: a statement leads out of it";
		if ((statement->flags & ~STATEMENT_FLAGS) != 0)
			return unknown_flag;
		if (is_call && ((statement->flags & INLAY_STATEMENT_WAIT) == 0 ||
		                statement->probe >= function_count))
			return "the set's image is damaged: a call leads out of the set";
	}
	return NULL;
}

static bool migration_is_whole(const struct image_view *view,
                               const struct inlay_image_migration *migration)
{
	return holds_text(view->image, migration->name) &&
	       holds_text(view->image, migration->file) &&
	       holds_text(view->image, migration->down_file) &&
	       holds_script(view, migration->up, migration->up_count) &&
	       holds_script(view, migration->down, migration->down_count);
}

static const char *check_versions(const struct image_view *view)
{
	int64_t last_version = -1;

	for (uint32_t i = 0; i < view->migration_count; i++) {
		const struct inlay_image_migration *migration = &view->migrations[i];

		if (!migration_is_whole(view, migration))
			return "the set's image is damaged: a migration leads out of it";
		if (migration->version <= last_version)
			return "the set's image is damaged: its versions do not ascend";
		if ((migration->flags & ~MIGRATION_FLAGS) != 0)
			return unknown_flag;
		last_version = migration->version;
	}
	return NULL;
}

static const char *check_repeatables(const struct image_view *view)
{
	const char *last_name = NULL;

	for (uint32_t i = 0; i < view->repeatable_count; i++) {
		const struct inlay_image_migration *repeatable = &view->repeatables[i];
		const char *name;

		if (!migration_is_whole(view, repeatable))
			return "the set's image is damaged: a migration leads out of it";
		name = image_text(view, repeatable->name);
		if (name[0] == '\0' || strpbrk(name, " \n") != NULL || repeatable->version < 0 ||
		    (last_name != NULL && strcmp(name, last_name) <= 0))
			return "the set's image is damaged: its repeatable migrations' names";
		if ((repeatable->flags & ~REPEATABLE_FLAGS) != 0)
			return unknown_flag;
		last_name = name;
	}
	return NULL;
}

const char *image_check(const struct image_view *view, uint32_t function_count)
{
	const struct inlay_image *image = view->image;
	const char *problem = check_statements(view, function_count);

	if (bytes_of(image)[image->size - 1] != '\0')
		return "the set's image is damaged: its last text is not terminated";
	if (problem == NULL)
		problem = check_versions(view);
	return problem == NULL ? check_repeatables(view) : problem;
}

const struct inlay_image_migration *image_find(const struct image_view *view, int64_t version)
{
	uint32_t low = 0;
	uint32_t high = view->migration_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (view->migrations[middle].version < version)
			low = middle + 1;
		else
			high = middle;
	}
	return low < view->migration_count && view->migrations[low].version == version
	               ? &view->migrations[low]
	               : NULL;
}

bool image_end_at(struct image_view *view, int64_t version)
{
	const struct inlay_image_migration *last = image_find(view, version);

	if (last == NULL)
		return false;
	view->migration_count = (uint32_t)(last - view->migrations) + 1;
	view->repeatables = NULL;
	view->repeatable_count = 0;
	return true;
}

uint32_t image_find_function(const struct image_view *view, const char *name)
{
	for (uint32_t i = 0; i < view->statement_count; i++) {
		const struct inlay_image_statement *statement = &view->statements[i];

		if ((statement->flags & INLAY_STATEMENT_CALL) != 0 &&
		    strcmp(image_text(view, statement->text), name) == 0)
			return statement->probe;
	}
	return UINT32_MAX;
}

const char *image_text(const struct image_view *view, uint32_t offset)
{
	return bytes_of(view->image) + offset;
}

const char *image_file_name(const struct image_view *view,
                            const struct inlay_image_migration *migration)
{
	const char *file = image_text(view, migration->file);
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

/* Is `found`, a place where `name` occurs in a path, the migration's name and not part of an
 * extension or of a longer word? */
static bool stands_alone(const char *file, const char *found, size_t name_size)
{
	char next = found[name_size];

	return (next == '.' || next == '/' || next == '\0') && (found == file || found[-1] != '.');
}

/* Where the migration's name stands in its file's path; the last place, or NULL. */
static const char *find_name(const char *file, const char *name)
{
	size_t name_size = strlen(name);
	const char *found = NULL;
	const char *next = name_size > 0 ? strstr(file, name) : NULL;

	for (; next != NULL; next = strstr(next + 1, name))
		if (stands_alone(file, next, name_size))
			found = next;
	return found;
}

/* Some layouts keep a migration in a directory that has its name: then that part is the label. */
void image_migration_label(const struct image_view *view,
                           const struct inlay_image_migration *migration, char *buffer, size_t size)
{
	const char *file = image_text(view, migration->file);
	const char *name = image_text(view, migration->name);
	const char *found = find_name(file, name);
	const char *start = found;

	if (name[0] == '\0') {
		start = image_file_name(view, migration);
		format_into(buffer, size, "%.*s", (int)strcspn(start, "."), start);
		return;
	}
	if (found == NULL) {
		format_into(buffer, size, "%" PRId64 "_%s", migration->version, name);
		return;
	}
	while (start > file && start[-1] != '/')
		start--;
	format_into(buffer, size, "%.*s", (int)(found - start) + (int)strlen(name), start);
}
