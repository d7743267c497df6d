/* source.c - open, stat, read: the edge where bytes come in. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_LEVELS_MAX 8 /* Below the migrations directory. */

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

/* A directory that is being listed, with those below it. */
struct listing {
	struct arena *arena;
	struct source_list list;
	size_t capacity;
};

/* What can not be looked at is taken for a file: reading it tells why. */
static enum source_kind kind_of(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
		return SOURCE_FILE;
	return S_ISDIR(status.st_mode) ? SOURCE_DIRECTORY : SOURCE_OTHER;
}

/* `prefix` is the way to `handle` from the top: "", "sub/". */
static void list_entries(struct listing *listing, DIR *handle, const char *top, const char *prefix)
{
	struct dirent *entry;

	while ((entry = readdir(handle)) != NULL && listing->list.count <= SOURCE_COUNT_MAX) {
		struct source *source;

		if (entry->d_name[0] == '.' ||
		    (*prefix == '\0' && strcmp(entry->d_name, "inlay.lock") == 0))
			continue;
		listing->list.items =
		        arena_grow(listing->arena, listing->list.items, listing->list.count,
		                   &listing->capacity, sizeof(*listing->list.items));
		source = &listing->list.items[listing->list.count++];
		source->path = arena_format(listing->arena, "%s%s%s", top, prefix, entry->d_name);
		source->name = source->path + strlen(top);
		source->kind = kind_of(source->path);
	}
}

/* One directory that was found. */
static void list_directory(struct listing *listing, const struct source *directory, const char *top,
                           struct diagnostics *problems)
{
	DIR *handle = opendir(directory->path);

	if (handle == NULL) {
		refuse(problems, directory->path, strerror(errno));
		return;
	}
	list_entries(listing, handle, top, arena_format(listing->arena, "%s/", directory->name));
	closedir(handle);
}

/* Lists what lies below what was listed first, level by level: a chain of links that leads back to
 * itself ends with the deepest level. */
static void list_below(struct listing *listing, const char *top, struct diagnostics *problems)
{
	size_t first = 0;
	int level;

	for (level = 0; first < listing->list.count; level++) {
		size_t end = listing->list.count;

		for (; first < end && listing->list.count <= SOURCE_COUNT_MAX; first++) {
			const struct source directory = listing->list.items[first];

			if (directory.kind != SOURCE_DIRECTORY)
				continue;
			if (level == DIRECTORY_LEVELS_MAX)
				refuse(problems, directory.path,
				       "a directory more than 8 levels below the migrations");
			else
				list_directory(listing, &directory, top, problems);
		}
		if (first < end)
			return; /* Too many, which is told. */
	}
}

bool source_read(struct arena *arena, struct source *source, struct diagnostics *problems)
{
	const char *name = source->name;
	bool result;

	if (source->text.start != NULL)
		return true;
	if (source->kind != SOURCE_FILE) {
		/* A pipe or a socket could block the build for ever. */
		diagnostics_add(problems,
		                (struct problem){ .rule = RULE_FILE_NAME,
		                                  .path = source->path,
		                                  .help = "keep only VERSION_name.sql files here" },
		                source->kind == SOURCE_DIRECTORY
		                        ? "a directory among the migrations"
		                        : "not a regular file");
		return false;
	}
	result = source_read_file(arena, source->path, source, problems);
	source->name = name;
	return result;
}

static void refuse_directory(struct diagnostics *problems, const char *directory, const char *why,
                             const char *help)
{
	diagnostics_add(problems,
	                (struct problem){ .rule = RULE_DIRECTORY, .path = directory, .help = help },
	                "%s", why);
}

struct source_list source_list_directory(struct arena *arena, const char *directory,
                                         struct diagnostics *problems)
{
	static const char *const help =
	        "put the first migration there, for example 001_create_accounts.sql";
	struct listing listing = { .arena = arena };
	size_t size = strlen(directory);
	const char *top = size > 0 && directory[size - 1] == '/'
	                          ? directory
	                          : arena_format(arena, "%s/", directory);
	DIR *handle = opendir(directory);

	if (handle == NULL) {
		refuse_directory(problems, directory, strerror(errno),
		                 errno == ENOENT ? "go to where it is, or create the directory and "
		                                   "put the first migration there, "
		                                   "for example 001_create_accounts.sql"
		                                 : NULL);
		return listing.list;
	}
	list_entries(&listing, handle, top, "");
	closedir(handle);
	list_below(&listing, top, problems);
	if (listing.list.count == 0)
		refuse_directory(problems, directory, "there is no migration in the directory",
		                 help);
	if (listing.list.count > SOURCE_COUNT_MAX) {
		refuse_directory(problems, directory, "more than 200000 files", NULL);
		return (struct source_list){ 0 };
	}
	if (listing.list.count > 1)
		qsort(listing.list.items, listing.list.count, sizeof(*listing.list.items),
		      compare_names);
	return listing.list;
}

/* ---- texts that were another tool's ---------------------------------------------------------- */

/* The piece that has the byte at `offset`; what lies behind the last byte is the last one's. */
static const struct source_piece *piece_at(const struct source *source, size_t offset)
{
	size_t first = 0;
	size_t end = source->piece_count;

	while (end - first > 1) {
		size_t middle = first + (end - first) / 2;

		if (source->pieces[middle].at <= offset)
			first = middle;
		else
			end = middle;
	}
	return &source->pieces[first];
}

struct text source_as_written(const struct source *source, struct text at,
                              const struct source **file)
{
	const struct source_piece *first;
	const struct source_piece *last;
	size_t offset, end, start;

	*file = source->written != NULL ? source->written : source;
	if (source->written == NULL || at.start == NULL || source->piece_count == 0)
		return at;
	offset = (size_t)(at.start - source->text.start);
	first = piece_at(source, offset);
	start = first->from + (first->kept ? offset - first->at : 0);
	end = offset + (at.size > 0 ? at.size - 1 : 0);
	last = piece_at(source, end);
	end = last->from + (last->kept ? end - last->at + 1 : last->size);
	if (start > (*file)->text.size)
		start = (*file)->text.size;
	if (end > (*file)->text.size)
		end = (*file)->text.size;
	return (struct text){ (*file)->text.start + start, end > start ? end - start : 0 };
}
