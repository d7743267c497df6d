/* source.c - open, stat, read: the edge where bytes come in. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool source_exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0;
}

const char *source_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool refuse(struct diagnostics *problems, const char *path, const char *why)
{
	diagnostics_add(problems, (struct problem){ .rule = RULE_UNREADABLE, .path = path }, "%s",
	                why);
	return false;
}

static bool refuse_size(struct diagnostics *problems, const char *path)
{
	diagnostics_add(
	        problems,
	        (struct problem){ .rule = RULE_FILE_SIZE,
	                          .path = path,
	                          .help = "split it into several migrations, or load bulk data "
	                                  "with another tool" },
	        "the file is larger than %zu MiB", SOURCE_SIZE_MAX >> 20);
	return false;
}

/* Reads to the end: the size that stat() told is a hint, as the file may change or be a pipe. */
static bool read_descriptor(struct arena *arena, int descriptor, size_t size_hint,
                            struct source *source, struct diagnostics *problems)
{
	size_t capacity = size_hint + 1;
	unsigned char *bytes = arena_allocate(arena, capacity + 1);
	size_t size = 0;

	for (;;) {
		ssize_t got;

		if (size == capacity) {
			unsigned char *larger = arena_allocate(arena, capacity * 2 + 1);

			memcpy(larger, bytes, size);
			bytes = larger;
			capacity *= 2;
		}
		got = read(descriptor, bytes + size, capacity - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return refuse(problems, source->path, strerror(errno));
		if (got == 0)
			break;
		size += (size_t)got;
		if (size > SOURCE_SIZE_MAX)
			return refuse_size(problems, source->path);
	}
	bytes[size] = '\0';
	source->text = (struct text){ bytes, size };
	return true;
}

static bool read_opened(struct arena *arena, int descriptor, struct source *source,
                        struct diagnostics *problems)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0)
		return refuse(problems, source->path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return refuse(problems, source->path, "it is a directory, not a file");
	if (!S_ISREG(status.st_mode))
		return read_descriptor(arena, descriptor, (size_t)1 << 16, source, problems);
	if ((uintmax_t)status.st_size > SOURCE_SIZE_MAX)
		return refuse_size(problems, source->path);
	return read_descriptor(arena, descriptor, (size_t)status.st_size, source, problems);
}

bool source_read_file(struct arena *arena, const char *path, struct source *source,
                      struct diagnostics *problems)
{
	int descriptor;
	bool result;

	source->path = path;
	source->name = source_base_name(path);
	if (strcmp(path, "-") == 0) {
		source->path = source->name = "<stdin>";
		return read_opened(arena, STDIN_FILENO, source, problems);
	}
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return refuse(problems, path, strerror(errno));
	result = read_opened(arena, descriptor, source, problems);
	close(descriptor);
	return result;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const struct source *)left)->name, ((const struct source *)right)->name);
}

/* The entries that are meant as migrations, by name alone. */
static struct source_list list_directory(struct arena *arena, DIR *handle, const char *directory)
{
	struct source_list list = { 0 };
	size_t capacity = 0;
	size_t size = strlen(directory);
	const char *slash = size > 0 && directory[size - 1] == '/' ? "" : "/";
	struct dirent *entry;

	while ((entry = readdir(handle)) != NULL && list.count <= SOURCE_COUNT_MAX) {
		struct source *source;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "inlay.lock") == 0)
			continue;
		list.items =
		        arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		source = &list.items[list.count++];
		source->path = arena_format(arena, "%s%s%s", directory, slash, entry->d_name);
		source->name = source_base_name(source->path);
	}
	if (list.count > 1)
		qsort(list.items, list.count, sizeof(*list.items), compare_names);
	return list;
}

/* A migration must be a regular file: a pipe or a socket could block the build for ever. */
static bool read_entry(struct arena *arena, struct source *source, struct diagnostics *problems)
{
	struct stat status;

	if (stat(source->path, &status) != 0)
		return refuse(problems, source->path, strerror(errno));
	if (!S_ISREG(status.st_mode)) {
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_FILE_NAME,
		                                  .path = source->path,
		                                  .help = "keep only VERSION_name.sql files here" },
		                S_ISDIR(status.st_mode) ? "a directory among the migrations"
		                                        : "not a regular file");
		return false;
	}
	return source_read_file(arena, source->path, source, problems);
}

static void refuse_directory(struct diagnostics *problems, const char *directory, const char *why,
                             const char *help)
{
	diagnostics_add(problems,
	                (struct problem){ .rule = RULE_DIRECTORY, .path = directory, .help = help },
	                "%s", why);
}

struct source_list source_read_directory(struct arena *arena, const char *directory,
                                         struct diagnostics *problems)
{
	static const char *const help =
	        "put the first migration there, for example 001_create_accounts.sql";
	struct source_list all = { 0 };
	struct source_list list = { 0 };
	DIR *handle = opendir(directory);
	size_t i;

	if (handle == NULL) {
		refuse_directory(
		        problems, directory, strerror(errno),
		        errno == ENOENT ? "create the directory and put the first migration there, "
		                          "for example 001_create_accounts.sql"
		                        : NULL);
		return list;
	}
	all = list_directory(arena, handle, directory);
	closedir(handle);
	if (all.count == 0)
		refuse_directory(problems, directory, "there is no migration in the directory",
		                 help);
	if (all.count > SOURCE_COUNT_MAX) {
		refuse_directory(problems, directory, "more than 200000 files", NULL);
		return list;
	}
	list.items = arena_array(arena, struct source, all.count + 1);
	for (i = 0; i < all.count; i++)
		if (read_entry(arena, &all.items[i], problems))
			list.items[list.count++] = all.items[i];
	return list;
}
