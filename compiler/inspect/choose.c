/* choose.c - one of the sets in a file, and words for when that is none or many. */
#include "choose.h"

#include "layout.h"
#include "safe.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *name_of(const struct inspect_image *found)
{
	return inspect_text(found->image, found->image->name);
}

/* "app_migrations, lib_migrations" */
static const char *list_names(struct arena *arena, const struct inspect_images *images)
{
	const char *list = "";
	size_t i;

	for (i = 0; i < images->count; i++)
		list = arena_format(arena, "%s%s%s", list, i > 0 ? ", " : "",
		                    name_of(&images->items[i]));
	return list;
}

struct inspect_choice inspect_unreadable(const char *words)
{
	return (struct inspect_choice){
		.code = EXIT_NO_INPUT,
		.problem = words,
		.help = strcmp(words, strerror(EISDIR)) == 0
		                ? "for a directory of migrations there is --dir"
		                : NULL,
	};
}

struct inspect_choice inspect_nothing(const char *path)
{
	size_t size = strlen(path);
	bool is_source = size > 2 && path[size - 2] == '.' &&
	                 (path[size - 1] == 'c' || path[size - 1] == 'h');

	return (struct inspect_choice){
		.code = EXIT_NO_INPUT,
		.problem = "there is no set in it",
		.help = is_source ? "this is source: name what is compiled of it, or the directory "
		                    "of the migrations"
		                  : "a program has the set that it is linked with; a packed one "
		                    "hides it",
	};
}

/* The runtime would refuse it, too, without the file's name. */
struct inspect_choice inspect_lacks(struct arena *arena, const struct inlay_image *image,
                                    enum dialect dialect)
{
	return (struct inspect_choice){
		.code = EXIT_INVALID,
		.problem = arena_format(arena, "its set %s has no migrations for %s",
		                        inspect_text(image, image->name), dialect_title(dialect)),
		.help = "inlay compile --dialect all makes a set for both databases",
	};
}

static struct inspect_choice refuse_damaged(struct arena *arena, const struct inspect_damage *first)
{
	return (struct inspect_choice){
		.code = EXIT_INVALID,
		.problem = arena_format(arena, "the set at byte %" PRIu64 " can not be used: %s",
		                        first->offset, first->words),
		.help = "copy or build the file again",
	};
}

static struct inspect_choice choose_only(struct arena *arena, const struct inspect_images *images,
                                         const char *path)
{
	struct inspect_choice choice = { .code = EXIT_DONE };

	if (images->damage_count > 0)
		return refuse_damaged(arena, &images->damages[0]);
	if (images->count == 0)
		return inspect_nothing(path);
	choice.found = images->items[0];
	if (images->count == 1)
		return choice;
	choice.code = EXIT_USAGE;
	choice.problem = arena_format(arena, "it has %zu sets: %s", images->count,
	                              list_names(arena, images));
	choice.help = "--set NAME takes one of them";
	return choice;
}

static struct inspect_choice choose_named(struct arena *arena, const struct inspect_images *images,
                                          const char *name)
{
	struct inspect_choice choice = { .code = EXIT_DONE };
	struct buffer shown = { 0 };
	size_t count = 0;
	size_t i;

	for (i = 0; i < images->count; i++)
		if (strcmp(name_of(&images->items[i]), name) == 0) {
			choice.found = images->items[i];
			count++;
		}
	if (count == 1)
		return choice;
	safe_string(&shown, name);
	buffer_byte(&shown, '\0');
	choice.code = count == 0 ? EXIT_USAGE : EXIT_INVALID;
	choice.problem =
	        count == 0 ? arena_format(arena, "it has no set %s; it has %s", shown.start,
	                                  list_names(arena, images))
	                   : arena_format(arena, "it has %zu different sets named %s", count, name);
	choice.help = count == 0 ? NULL : "it holds several builds: name one of them by itself";
	buffer_clear(&shown);
	return choice;
}

struct inspect_choice inspect_choose_from(struct arena *arena, const struct inspect_images *images,
                                          const char *path, const char *name)
{
	if (name == NULL || images->count == 0)
		return choose_only(arena, images, path);
	return choose_named(arena, images, name);
}

struct inspect_choice inspect_choose(struct arena *arena, const char *path, const char *name)
{
	struct inspect_images images;
	const char *problem = inspect_read(arena, path, &images);

	if (problem != NULL)
		return inspect_unreadable(problem);
	return inspect_choose_from(arena, &images, path, name);
}

enum exit_code inspect_refuse(const char *command, const char *path,
                              const struct inspect_choice *choice)
{
	struct buffer out = { 0 };

	buffer_format(&out, "inlay %s: ", command);
	safe_string(&out, path);
	buffer_format(&out, ": %s\n", choice->problem);
	if (choice->help != NULL)
		buffer_format(&out, "    help: %s\n", choice->help);
	buffer_print(&out, stderr);
	return choice->code;
}
