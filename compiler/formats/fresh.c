/* fresh.c - one table: names and first lines, as each tool's own `new` writes them. */
#include "fresh.h"

#define UP          "-- migrate:up\n\n"
#define UP_AND_DOWN "-- migrate:up\n\n-- migrate:down\n\n"

/* In a path V is the version and N the name. */
static const struct layout {
	const struct format *format;
	enum fresh_habit habit;
	int width;
	const char *path;      /* One file for both. */
	const char *text;      /* What it begins with, without a down. */
	const char *with_down; /* The same with one; NULL: it can have none. */
	const char *up_path;   /* Two files; NULL: the layout has no pairs. */
	const char *down_path;
} layouts[] = {
	{ &format_native, HABIT_NUMBER, 3, "V_N.sql", UP, UP_AND_DOWN, "V_N.up.sql",
	  "V_N.down.sql" },
	{ &format_goose, HABIT_TIMESTAMP, 5, "V_N.sql", "-- +goose Up\n\n",
	  "-- +goose Up\n\n-- +goose Down\n\n", NULL, NULL },
	{ &format_golang_migrate, HABIT_TIMESTAMP, 6, NULL, NULL, NULL, "V_N.up.sql",
	  "V_N.down.sql" },
	{ &format_dbmate, HABIT_TIMESTAMP, 3, "V_N.sql", UP_AND_DOWN, UP_AND_DOWN, NULL, NULL },
	{ &format_sqlx, HABIT_TIMESTAMP, 4, "V_N.sql", "", NULL, "V_N.up.sql", "V_N.down.sql" },
	{ &format_refinery, HABIT_NUMBER, 1, "VV__N.sql", "", NULL, NULL, NULL },
	{ &format_flyway, HABIT_NUMBER, 1, "VV__N.sql", "", NULL, NULL, NULL },
	{ &format_diesel, HABIT_DASHED, 1, NULL, NULL, NULL, "V_N/up.sql", "V_N/down.sql" },
	{ &format_prisma, HABIT_TIMESTAMP, 1, "V_N/migration.sql", "", NULL, NULL, NULL },
	{ &format_tern, HABIT_NUMBER, 3, "V_N.sql", "", "\n---- create above / drop below ----\n\n",
	  NULL, NULL },
	{ &format_atlas, HABIT_TIMESTAMP, 1, "V_N.sql", "", NULL, NULL, NULL },
};

static const struct layout *find(const struct format *format)
{
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].format == format)
			return &layouts[i];
	return &layouts[0];
}

enum fresh_habit fresh_habit(const struct format *format)
{
	return find(format)->habit;
}

int fresh_width(const struct format *format)
{
	return find(format)->width;
}

/* The V that a tool writes in front stands as VV. */
static const char *fill(struct arena *arena, const char *path, const struct fresh *fresh)
{
	struct buffer out = { 0 };
	char *filled;

	if (path[0] == 'V' && path[1] == 'V')
		buffer_byte(&out, (unsigned char)*path++);
	for (; *path != '\0'; path++)
		if (*path == 'V')
			buffer_string(&out, fresh->version);
		else if (*path == 'N')
			buffer_string(&out, fresh->name);
		else if (*path == '.' && fresh->dialect != DIALECT_COUNT)
			buffer_format(&out, path[1] == 's' ? ".%s." : ".",
			              dialect_name(fresh->dialect));
		else
			buffer_byte(&out, (unsigned char)*path);
	filled = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return filled;
}

size_t fresh_files(struct arena *arena, const struct format *format, const struct fresh *fresh,
                   struct fresh_file files[FRESH_FILES_MAX])
{
	const struct layout *layout = find(format);
	bool in_one = layout->path != NULL && !fresh->pair &&
	              (!fresh->down || layout->with_down != NULL || layout->up_path == NULL);

	if (in_one) {
		files[0].path = fill(arena, layout->path, fresh);
		files[0].text =
		        fresh->down && layout->with_down != NULL ? layout->with_down : layout->text;
		return 1;
	}
	files[0] = (struct fresh_file){ fill(arena, layout->up_path, fresh), "" };
	files[1] = (struct fresh_file){ fill(arena, layout->down_path, fresh), "" };
	return fresh->down ? 2 : 1;
}
