/* set_view.c - an image's tables. */
#include "set_view.h"

#include "inspect/inspect.h"
#include "source.h"

struct set_view set_view_of(const struct inlay_set *set, enum dialect dialect)
{
	const struct inlay_image *image = set->image;
	enum inlay_dialect which = (enum inlay_dialect)dialect;

	return (struct set_view){
		.image = image,
		.migrations = inspect_migrations(image, which),
		.migration_count = image->dialects[dialect].migration_count,
		.repeatables = inspect_repeatables(image, which),
		.repeatable_count = image->dialects[dialect].repeatable_count,
		.statements = inspect_statements(image, which),
	};
}

const char *set_view_text(const struct set_view *view, uint32_t offset)
{
	return inspect_text(view->image, offset);
}

const char *set_view_file(const struct set_view *view,
                          const struct inlay_image_migration *migration)
{
	return source_base_name(set_view_text(view, migration->file));
}

const struct inlay_image_migration *set_view_find(const struct set_view *view, int64_t version)
{
	uint32_t i;

	for (i = 0; i < view->migration_count; i++)
		if (view->migrations[i].version == version)
			return &view->migrations[i];
	return NULL;
}

static bool has_call(const struct set_view *view, uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if ((view->statements[first + i].flags & INLAY_STATEMENT_CALL) != 0)
			return true;
	return false;
}

const struct inlay_image_migration *set_view_call(const struct set_view *view, int64_t to_version)
{
	uint32_t i;

	for (i = 0; i < view->migration_count; i++)
		if ((to_version == -1 || view->migrations[i].version <= to_version) &&
		    has_call(view, view->migrations[i].up, view->migrations[i].up_count))
			return &view->migrations[i];
	for (i = 0; i < view->repeatable_count && to_version == -1; i++)
		if (has_call(view, view->repeatables[i].up, view->repeatables[i].up_count))
			return &view->repeatables[i];
	return NULL;
}

bool set_view_down_calls(const struct set_view *view, const struct inlay_image_migration *migration)
{
	return has_call(view, migration->down, migration->down_count);
}
