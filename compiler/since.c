/* since.c - what is in production: by inlay.lock, by version, or by what git has. */
#include "since.h"

#include "git.h"

#include <string.h>

struct since {
	struct arena *arena;
	struct migration_set *set;
	struct diagnostics *problems;
	const char *revision; /* As given. */
	const char *commit;   /* What git makes of it. */
};

static void release_listed(struct migration_set *set, const struct lock_file *lock)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		set->items[i].released = lock_file_lists(lock, &set->items[i]);
	for (i = 0; i < set->repeatable_count; i++)
		set->repeatables[i].released = lock_file_lists(lock, &set->repeatables[i]);
}

static void refuse(const struct since *since, const char *message, const char *help)
{
	size_t i;

	for (i = 0; i < since->set->count; i++)
		since->set->items[i].released = true;
	for (i = 0; i < since->set->repeatable_count; i++)
		since->set->repeatables[i].released = true;
	diagnostics_add(
	        since->problems,
	        (struct problem){ .rule = RULE_SINCE, .path = since->set->directory, .help = help },
	        "--since=%s: %s", since->revision, message);
}

/* ---- versions -------------------------------------------------------------------------------- */

static bool is_version(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* INT64_MAX for what is larger. */
static int64_t version_of(const char *digits)
{
	int64_t version = 0;

	for (; *digits != '\0'; digits++) {
		int digit = *digits - '0';

		if (version > (INT64_MAX - digit) / 10)
			return INT64_MAX;
		version = version * 10 + digit;
	}
	return version;
}

/* The last one that is not above, or else the first. */
static const struct migration *nearest(const struct migration_set *set, int64_t version)
{
	size_t i = set->count;

	while (i > 1 && set->items[i - 1].version > version)
		i--;
	return &set->items[i - 1];
}

static void settle_version(const struct since *since, const struct lock_file *lock)
{
	struct migration_set *set = since->set;
	int64_t version = version_of(since->revision);
	size_t i;

	if (version > 0 && set->count > 0 && nearest(set, version)->version != version) {
		const char *title = nearest(set, version)->title;

		refuse(since,
		       arena_format(since->arena, "the set has no such version; the nearest is %s",
		                    title),
		       "name a version of the set, 0 for a set of which nothing is released, or a "
		       "git revision");
		return;
	}
	release_listed(set, lock);
	for (i = 0; i < set->count; i++)
		set->items[i].released = set->items[i].version <= version;
}

/* ---- git ------------------------------------------------------------------------------------- */

static struct git_answer ask(const struct since *since, const char *command, const char *option,
                             const char *operand)
{
	const char *const arguments[GIT_ARGUMENTS_MAX] = { command, option, operand };

	return git_ask(since->arena, since->set->directory, false, arguments);
}

/* Of git's complaint its first line, without its "fatal: ". */
static const char *complaint(const struct since *since, struct text text)
{
	struct text line = text;
	const unsigned char *end = memchr(text.start, '\n', text.size);

	if (end != NULL)
		line.size = (size_t)(end - line.start);
	if (text_starts_with(line, "fatal: ")) {
		line.start += strlen("fatal: ");
		line.size -= strlen("fatal: ");
	}
	return arena_copy(since->arena, line);
}

static bool find_commit(struct since *since)
{
	static const char *const where[GIT_ARGUMENTS_MAX] = { "rev-parse", "--show-prefix" };
	struct git_answer answer = git_ask(since->arena, since->set->directory, true, where);

	if (!answer.ran) {
		refuse(since, "the program git, which knows revisions, can not be run",
		       "install git, or name a version of the set");
		return false;
	}
	if (answer.status != 0) {
		refuse(since,
		       arena_format(since->arena, "git says: %s", complaint(since, answer.text)),
		       "name a version of the set, or give a directory of a git repository");
		return false;
	}
	answer = ask(since, "rev-parse", "--verify",
	             arena_format(since->arena, "%s^{commit}", since->revision));
	since->commit = arena_copy(since->arena, text_trim(answer.text));
	if (answer.status == 0 && *since->commit != '\0')
		return true;
	refuse(since, "git knows no such revision",
	       "name a branch, a tag or a commit of this clone (a shallow one has few: git fetch "
	       "--unshallow --tags), or a version of the set");
	return false;
}

static struct git_answer ask_file(const struct since *since, const char *name)
{
	return ask(since, "cat-file", "blob",
	           arena_format(since->arena, "%s:./%s", since->commit, name));
}

/* Is `name` one of `names`, which end with NULs? */
static bool is_listed(struct text names, const char *name)
{
	size_t size = strlen(name) + 1;

	while (names.size > 0) {
		size_t next = strlen((const char *)names.start) + 1;

		if (next == size && memcmp(names.start, name, size) == 0)
			return true;
		if (next >= names.size)
			return false;
		names.start += next;
		names.size -= next;
	}
	return false;
}

/* The file's path, seen from the directory of the set. */
static const char *path_in(const struct migration_set *set, const struct source *file)
{
	size_t size = strlen(set->directory);

	if (strncmp(file->path, set->directory, size) != 0)
		return file->name;
	return file->path + size + strspn(file->path + size, "/");
}

static bool was_there(const struct since *since, struct text names,
                      const struct migration *migration)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct source *file = migration->files[dialect][0];
		struct git_answer then;

		if (file == NULL || !is_listed(names, path_in(since->set, file)))
			continue;
		if (!migration->repeatable)
			return true;
		then = ask_file(since, path_in(since->set, file));
		return then.status == 0 && text_equals(then.text, file->text);
	}
	return false;
}

static void release_named(const struct since *since, struct text names)
{
	size_t i;

	for (i = 0; i < since->set->count; i++)
		since->set->items[i].released = was_there(since, names, &since->set->items[i]);
	for (i = 0; i < since->set->repeatable_count; i++)
		since->set->repeatables[i].released =
		        was_there(since, names, &since->set->repeatables[i]);
}

/* `path` is that of inlay.lock. */
static void settle_revision(struct since *since, const char *path)
{
	struct text names;
	struct source *source = arena_allocate(since->arena, sizeof(*source));
	struct lock_file lock;

	if (*since->revision == '-') {
		refuse(since, "this is no revision", "a revision does not begin with `-`");
		return;
	}
	if (!find_commit(since))
		return;
	names = git_ask(since->arena, since->set->directory, false,
	                (const char *const[GIT_ARGUMENTS_MAX]){
	                        "ls-tree", "-r", "-z", "--name-only", since->commit, "--", "./" })
	                .text;
	if (!is_listed(names, "inlay.lock")) {
		release_named(since, names);
		return;
	}
	source->name = "inlay.lock";
	source->path = arena_format(since->arena, "%s:%s", since->revision, path);
	source->text = ask_file(since, source->name).text;
	lock_file_parse(since->arena, source, &lock, since->problems);
	release_listed(since->set, &lock);
}

void since_settle(struct arena *arena, struct migration_set *set, const struct lock_file *lock,
                  const char *revision, struct diagnostics *problems)
{
	struct since since = {
		.arena = arena, .set = set, .problems = problems, .revision = revision
	};

	if (set->count + set->repeatable_count == 0)
		return; /* Nothing to judge; why, has been said. */
	if (revision == NULL)
		release_listed(set, lock);
	else if (is_version(revision))
		settle_version(&since, lock);
	else
		settle_revision(&since, lock->path);
}
