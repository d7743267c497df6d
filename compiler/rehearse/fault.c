/* fault.c - a failure of the runtime as a diagnostic: at its place in the file, in the database's
 * words, with what helps. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

/* --- Where --- */

/* The byte at a line and column of the file. */
static size_t find_offset(struct text text, uint32_t line, uint32_t column)
{
	size_t at = text_mark_size(text);

	for (; line > 1 && at < text.size; at++)
		line -= text.start[at] == '\n';
	for (; column > 1 && at < text.size; column--)
		do
			at++;
		while (at < text.size && (text.start[at] & 0xc0) == 0x80);
	return at;
}

/* The token of the statement that is at `offset`. */
static struct text token_at(const struct statement *statement, const unsigned char *at,
                            enum dialect dialect)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, dialect, statement->text, statement->standard_conforming_strings);
	do
		token = lexer_next(&lexer);
	while (token.kind != TOKEN_END && token.text.start + token.text.size <= at);
	return token.text;
}

static struct text find_place(const struct scene *scene, const struct inlay_error *error,
                              enum dialect dialect)
{
	const struct script *script = scene->script;
	struct text source = script->source->text;
	const unsigned char *at;
	size_t i;

	if (error->line == 0)
		return scene_start(scene);
	at = source.start + find_offset(source, error->line, error->column);
	for (i = 0; i < script->count; i++) {
		const struct statement *statement = &script->statements[i];

		if (at >= statement->text.start &&
		    at < statement->text.start + statement->text.size)
			return token_at(statement, at, dialect);
	}
	return scene_statement(scene, error->statement);
}

static bool is_labelled(const struct migration *migration, const struct inlay_error *error)
{
	return strcmp(migration->title, error->migration) == 0;
}

struct scene fault_scene(const struct stage *stage, const struct inlay_error *error)
{
	const struct migration_set *set = stage->rehearsal->set;
	enum dialect dialect = stage->driver->dialect;
	struct scene scene = { NULL, NULL, false };
	size_t i;

	for (i = 0; i < set->count && scene.migration == NULL; i++)
		if (set->items[i].version == error->version && error->version >= 0)
			scene.migration = &set->items[i];
	for (i = 0; i < set->repeatable_count && scene.migration == NULL; i++)
		if (is_labelled(&set->repeatables[i], error))
			scene.migration = &set->repeatables[i];
	if (scene.migration != NULL)
		scene.script = &scene.migration->variants[dialect].up;
	return scene;
}

/* --- What --- */

/* Cuts off what the runtime puts around the cause: "file:line:column: " and " (SQLite 1); ...". */
static const char *cause_of(struct arena *arena, const struct inlay_error *error)
{
	struct text cause = text_of(error->message);
	const char *place = arena_format(arena, "%s:%u:%u: ", error->file, (unsigned)error->line,
	                                 (unsigned)error->column);
	const char *code = error->sqlstate[0] != '\0'
	                           ? arena_format(arena, " (SQLSTATE %s)", error->sqlstate)
	                           : arena_format(arena, " (SQLite %d)", (int)error->code);
	const char *end;

	if (text_starts_with(cause, place)) {
		cause.start += strlen(place);
		cause.size -= strlen(place);
	}
	end = strstr((const char *)cause.start, code);
	if (end != NULL)
		cause.size = (size_t)(end - (const char *)cause.start);
	return arena_copy(arena, cause);
}

/* What is named behind one of these. */
struct lack {
	const char *words;
	const char *noun;
};

static const struct lack lacks[] = {
	{ "no such function: ", "function" },
	{ "no such collation sequence: ", "collation" },
	{ "no such module: ", "module" },
	{ "no such tokenizer: ", "tokenizer" },
	{ "could not open extension control file ", "extension" },
	{ "extension \"", "extension" },
};

/* Is it the lack of something that an application may bring?  Then `name` is its name. */
static const struct lack *find_lack(struct arena *arena, const char *cause, const char **name)
{
	size_t i;

	for (i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
		const char *found = strstr(cause, lacks[i].words);
		const char *slash;
		size_t size;

		if (found == NULL)
			continue;
		found += strlen(lacks[i].words);
		if (*found == '"')
			found++;
		size = strcspn(found, " \"");
		while ((slash = memchr(found, '/', size)) != NULL) {
			size -= (size_t)(slash + 1 - found);
			found = slash + 1;
		}
		if (size > 8 && strncmp(found + size - 8, ".control", 8) == 0)
			size -= 8;
		*name = arena_format(arena, "%.*s", (int)size, found);
		return &lacks[i];
	}
	return NULL;
}

static const char *help_for(struct stage *stage, const struct lack *lack, const char *name)
{
	if (lack == NULL)
		return NULL;
	return arena_format(stage->rehearsal->arena,
	                    "where the application brings this %s, say so in the file: "
	                    "-- inlay:requires %s -- where it is from",
	                    lack->noun, name);
}

/* What is left of the set, from the scene on. */
static const char *rest_of(const struct stage *stage, const struct scene *scene)
{
	const struct migration_set *set = stage->rehearsal->set;
	size_t count = set->repeatable_count;

	if (scene->is_down)
		return "this down script is not rehearsed";
	if (scene->migration == NULL || scene->migration->repeatable)
		return "repeatable migrations are not all rehearsed";
	count += (size_t)(set->items + set->count - scene->migration);
	return arena_format(stage->rehearsal->arena, "%zu migration%s not rehearsed", count,
	                    count == 1 ? " is" : "s are");
}

enum fault_end fault_tell(struct stage *stage, const struct scene *scene, enum rule rule,
                          const struct inlay_error *error, const char *before)
{
	struct arena *arena = stage->rehearsal->arena;
	enum dialect dialect = stage->driver->dialect;
	const char *cause = cause_of(arena, error);
	const char *name = "";
	const struct lack *lack = find_lack(arena, cause, &name);
	struct problem problem = {
		.rule = rule,
		.source = scene->script != NULL ? scene->script->source : NULL,
		.path = scene->script != NULL ? NULL : stage->rehearsal->set->directory,
		.dialects = 1u << dialect,
	};

	if (scene->script != NULL)
		problem.at = find_place(scene, error, dialect);
	if (stage->refused != NULL) {
		problem.rule = RULE_REHEARSAL_STOPPED;
		diagnostics_add(stage->rehearsal->problems, problem, "a rehearsal does not %s: %s",
		                stage->refused, rest_of(stage, scene));
		return FAULT_STOPS;
	}
	if (lack != NULL && requirements_have(&stage->requirements, name)) {
		problem.rule = RULE_REHEARSAL_STOPPED;
		diagnostics_add(stage->rehearsal->problems, problem,
		                "the %s %s is the application's: %s", lack->noun, name,
		                rest_of(stage, scene));
		return FAULT_STOPS;
	}
	problem.help = help_for(stage, lack, name);
	diagnostics_add(stage->rehearsal->problems, problem, "%s%s", before, cause);
	return FAULT_TOLD;
}
