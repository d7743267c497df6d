/* new.c - `inlay new`: the next version in the directory's own manner, and its file. */
#include "commands.h"

#include "formats/fresh.h"
#include "output.h"
#include "report.h"
#include "set.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIMESTAMP_LEAST INT64_C(100000000000) /* 12 digits: a year, down to the minute. */
#define SECONDS_LEAST   INT64_C(1000000000)   /* September 2001 in seconds since 1970. */

/* --- What the directory is like --- */

static bool has_rule(const struct diagnostics *problems, enum rule rule)
{
	size_t i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].problem.rule == rule)
			return true;
	return false;
}

static const char *file_of(const struct migration *migration)
{
	enum dialect dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (migration->files[dialect][0] != NULL)
			return migration->files[dialect][0]->name;
	return "";
}

/* The file of the latest one that the directory has; "" for none. */
static const char *last_file(const struct workspace *workspace)
{
	const struct migration_set *set = &workspace->set;

	return set->count > 0 ? file_of(&set->items[set->count - 1]) : "";
}

/* "007_a.sql", "V7__a.sql": where its number begins. */
static const char *digits_of(const char *file)
{
	return file + (*file == 'V');
}

/* The highest version that is taken, by the directory or its lock file, as files have it:
 * "2026-11-21-093000_a" is 20261121093000. */
static int64_t last_version(const struct workspace *workspace, const char *file)
{
	const struct lock_file *lock = &workspace->lock;
	bool is_dashed = fresh_habit(workspace->format) == HABIT_DASHED;
	int64_t version = 0;

	for (const char *at = digits_of(file); (*at >= '0' && *at <= '9') || *at == '-'; at++) {
		if (*at == '-' && !is_dashed)
			break;
		if (*at == '-')
			continue;
		version = version > (INT64_MAX - (*at - '0')) / 10 ? INT64_MAX
		                                                   : 10 * version + (*at - '0');
	}
	if (format_is_native(workspace->format) && lock->count > 0 &&
	    lock->entries[lock->count - 1].version > version)
		version = lock->entries[lock->count - 1].version;
	return version;
}

/* "V1.2__a.sql": which of the two numbers comes next, only people know. */
static bool is_dotted(const char *file)
{
	const char *digits = digits_of(file);
	size_t size = strspn(digits, "0123456789");

	return *file == 'V' && (digits[size] == '.' || digits[size] == '_') &&
	       digits[size + 1] >= '0' && digits[size + 1] <= '9';
}

static enum fresh_habit habit_of(const struct options *options, const struct format *format,
                                 int64_t last, bool is_empty)
{
	if (fresh_habit(format) == HABIT_DASHED)
		return HABIT_DASHED;
	if (options->timestamp)
		return HABIT_TIMESTAMP;
	if (is_empty)
		return fresh_habit(format);
	return last >= TIMESTAMP_LEAST ? HABIT_TIMESTAMP
	       : last >= SECONDS_LEAST ? HABIT_SECONDS
	                               : HABIT_NUMBER;
}

/* --- The version --- */

/* Never before the last one, whatever the clock says. */
static const char *write_time(struct arena *arena, const char *format, int64_t last)
{
	time_t now = time(NULL);
	struct tm parts;
	char text[40];
	int64_t number = 0;

	if (gmtime_r(&now, &parts) == NULL || strftime(text, sizeof(text), format, &parts) == 0)
		return NULL;
	(void)options_number(text, 0, &number);
	if (last == INT64_MAX)
		return NULL;
	return arena_format(arena, "%" PRId64, number > last ? number : last + 1);
}

/* 2026-11-21-093000: as a number it is the timestamp.  NULL: the clock is behind the last one. */
static const char *write_dashed(struct arena *arena, int64_t last)
{
	const char *digits = write_time(arena, "%Y%m%d%H%M%S", 0);
	int64_t number = 0;

	if (digits == NULL || !options_number(digits, last + 1, &number))
		return NULL;
	return arena_format(arena, "%.4s-%.2s-%.2s-%s", digits, digits + 4, digits + 6, digits + 8);
}

static const char *next_version(struct arena *arena, enum fresh_habit habit, int64_t last,
                                int width)
{
	switch (habit) {
	case HABIT_NUMBER: break;
	case HABIT_TIMESTAMP: return write_time(arena, "%Y%m%d%H%M%S", last);
	case HABIT_DASHED: return write_dashed(arena, last);
	case HABIT_SECONDS:
		return arena_format(arena, "%" PRId64,
		                    (int64_t)time(NULL) > last ? (int64_t)time(NULL) : last + 1);
	}
	return last == INT64_MAX ? NULL : arena_format(arena, "%0*" PRId64, width, last + 1);
}

/* --- The name --- */

/* "add invoices" is add_invoices.  NULL, after a message, when no file can be called so. */
static const char *settle_name(struct arena *arena, const char *given)
{
	char *name = arena_string(arena, given);
	size_t i;

	for (i = 0; name[i] != '\0'; i++) {
		if (name[i] == ' ')
			name[i] = '_';
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
		           name[i]) == NULL)
			break;
	}
	if (i > 0 && name[i] == '\0' && i <= NAME_SIZE_MAX)
		return name;
	(void)options_complain("new",
	                       i > NAME_SIZE_MAX
	                               ? "a name has 120 bytes at most; this one is longer:"
	                               : "a name is letters, digits, '_' and '-', not",
	                       given);
	return NULL;
}

/* --- The files --- */

/* A directory a migration, or the first migration at all. */
static bool make_directories(struct arena *arena, const char *directory, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!source_exists(directory) && !output_make_directory(directory))
		return false;
	return slash == NULL || output_make_directory(arena_format(arena, "%s/%.*s", directory,
	                                                           (int)(slash - path), path));
}

static enum exit_code write_file(struct arena *arena, const char *directory,
                                 const struct fresh_file *file, const struct options *options)
{
	size_t size = strlen(directory);
	const char *gap = size > 0 && directory[size - 1] == '/' ? "" : "/";
	const char *path = arena_format(arena, "%s%s%s", directory, gap, file->path);

	if (source_exists(path)) {
		fprintf(stderr, "inlay new: %s is there already\n", path);
		return EXIT_NO_OUTPUT;
	}
	if (!make_directories(arena, directory, file->path) &&
	    !(strchr(file->path, '/') != NULL && errno == ENOTEMPTY))
		return report_unwritten(directory);
	if (output_write(path, text_of(file->text)) == OUTPUT_FAILED)
		return report_unwritten(path);
	if (!options->quiet)
		puts(path);
	return EXIT_DONE;
}

static enum exit_code write_files(struct workspace *workspace, const struct options *options,
                                  struct fresh *fresh)
{
	struct arena *arena = &workspace->arena;
	struct fresh_file files[FRESH_FILES_MAX];
	bool dialects[DIALECT_COUNT] = { false };
	enum exit_code code = EXIT_DONE;
	enum dialect dialect;
	size_t count;
	size_t i;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	for (dialect = 0; dialect <= DIALECT_COUNT && code == EXIT_DONE; dialect++) {
		if (dialect == DIALECT_COUNT ? options->dialect != NULL : !dialects[dialect])
			continue;
		fresh->dialect = dialect;
		count = fresh_files(arena, workspace->format, fresh, files);
		for (i = 0; i < count && code == EXIT_DONE; i++)
			code = write_file(arena, workspace->set.directory, &files[i], options);
	}
	return code;
}

static enum exit_code begin(struct workspace *workspace, const struct options *options,
                            const char *name)
{
	const char *file = last_file(workspace);
	int64_t version = last_version(workspace, file);
	int width = (int)strspn(digits_of(file), "0123456789");
	struct fresh fresh = { .name = name, .down = options->down };

	if (is_dotted(file)) {
		fprintf(stderr,
		        "inlay new: %s has a version of several numbers, and which comes next is "
		        "yours to say\n    help: name the file yourself\n",
		        file);
		return EXIT_USAGE;
	}
	if (options->dialect != NULL && !format_is_native(workspace->format))
		return options_complain("new", "files for one dialect are not known to",
		                        workspace->format->title);
	fresh.version = next_version(&workspace->arena,
	                             habit_of(options, workspace->format, version, version == 0),
	                             version, width > 0 ? width : fresh_width(workspace->format));
	if (fresh.version == NULL) {
		fprintf(stderr,
		        "inlay new: there is no version behind %" PRId64
		        " by this machine's clock\n",
		        version);
		return EXIT_FAILED;
	}
	fresh.pair = name_ends_with(file, ".up.sql");
	return write_files(workspace, options, &fresh);
}

enum exit_code command_new(const struct options *options)
{
	struct options reading = *options;
	const bool either[DIALECT_COUNT] = { true, true }; /* It matters to nobody here. */
	struct workspace workspace;
	const char *name;
	enum exit_code code;

	reading.operand = options->directory != NULL ? options->directory : "migrations";
	reading.dialect = NULL;
	set_read(&workspace, &reading, either);
	/* Whatever else is wrong with the others is no reason not to begin another one. */
	if (has_rule(&workspace.problems, RULE_DIRECTORY) && options->layout == NULL)
		workspace.format = &format_native;
	name = settle_name(&workspace.arena, options->operand);
	if (name == NULL)
		code = EXIT_USAGE;
	else if (workspace.format == NULL)
		code = report_problems(&workspace.problems, &reading);
	else
		code = begin(&workspace, options, name);
	set_clear(&workspace);
	return code;
}
