/* tell.c - what a rehearsal finds, put into words. */
#include "play.h"

#include <string.h>

/* "- index a; ~ table b: column c gone; and 3 more" */
static const char *in_one_line(struct arena *arena, const struct catalog_diff *diff)
{
	struct buffer out = { 0 };
	const char *line;
	size_t i;

	for (i = 0; i < diff->count && i < 6; i++)
		buffer_format(&out, "%s%s", i > 0 ? "; " : "", diff->lines[i]);
	if (i < diff->count)
		buffer_format(&out, "; and %zu more", diff->count - i);
	line = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return line;
}

void tell_difference(struct play *play, size_t index, enum rule rule,
                     const struct catalog_diff *diff)
{
	bool is_down = rule == RULE_REHEARSAL_DOWN;
	struct scene scene = play_scene(play, index, is_down);
	struct problem problem = {
		.rule = rule,
		.source = scene.script->source,
		.at = scene_start(&scene),
		.dialects = 1u << play->stage.driver->dialect,
		.help = is_down ? "undo in the down script all that the up script does, and "
		                  "nothing else: + is there after both and was not before, - is "
		                  "gone, ~ is otherwise"
		                : "make down undo all that up does, so that up meets what it met "
		                  "before",
	};

	diagnostics_add(play->stage.rehearsal->problems, problem, "%s: %s",
	                is_down ? "up and down do not lead back to the schema that was there"
	                        : "up, down and up again lead to another schema than up",
	                in_one_line(play->arena, diff));
}

/* --- With rows --- */

void tell_lost(struct stage *stage, struct rows_table *table, int64_t before, void *context)
{
	const struct scene *scene = context;
	struct problem problem = {
		.rule = RULE_REHEARSAL_LOST,
		.source = scene->script->source,
		.at = scene_statement(scene, table->lost_at),
		.dialects = 1u << stage->driver->dialect,
		.help = stage->driver->dialect == DIALECT_SQLITE
		                ? "write PRAGMA foreign_keys = off; as the first statement: while "
		                  "they "
		                  "are on, DROP TABLE deletes every row first, and ON DELETE acts "
		                  "on "
		                  "what references them"
		                : "name every table that is to be emptied, and leave CASCADE out",
	};

	if (table->lost_at == 0 || table->is_meant)
		return;
	diagnostics_add(stage->rehearsal->problems, problem,
	                "%d of %d rows of %s are gone after this, and the table stays",
	                (int)(before - table->count), (int)before, table->object->name);
}

static const char *help_for_rows(struct play *play, const struct inlay_error *error)
{
	static const char *const remedies[][2] = {
		{ "Cannot add a NOT NULL column", "give the column a constant DEFAULT, or add it "
		                                  "without NOT NULL and fill it first" },
		{ "Cannot add a column with non-constant default",
		  "add the column without the default, and fill it by UPDATE; a default that is "
		  "computed needs the table built anew" },
		{ "contains null values", "add the column with a DEFAULT, or fill it by UPDATE "
		                          "before it becomes NOT NULL" },
	};
	size_t i;

	for (i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(error->message, remedies[i][0]) != NULL)
			return remedies[i][1];
	return arena_format(play->arena,
	                    "it works on empty tables; here each table had up to %d rows, made up "
	                    "from its columns' types and constraints, in several ways",
	                    ROWS_EACH);
}

void tell_rows(struct play *play, const struct scene *scene, const struct inlay_error *error)
{
	struct diagnostics *problems = play->stage.rehearsal->problems;
	size_t count = problems->count;

	(void)fault_tell(&play->stage, scene, RULE_REHEARSAL_ROWS, error,
	                 "fails when the tables have rows: ");
	if (problems->count > count && problems->items[count].problem.help == NULL)
		problems->items[count].problem.help = help_for_rows(play, error);
}

/* --- What is not rehearsed --- */

void tell_call(struct play *play, const struct scene *scene, const char *rest)
{
	size_t i;

	for (i = 0; i < scene->script->count; i++) {
		const struct statement *statement = &scene->script->statements[i];
		struct problem problem = {
			.rule = RULE_REHEARSAL_STOPPED,
			.source = scene->script->source,
			.at = statement->text,
			.dialects = 1u << play->stage.driver->dialect,
		};

		if (statement->call == 0)
			continue;
		diagnostics_add(play->stage.rehearsal->problems, problem,
		                "%.*s() is the application's: %s", (int)statement->text.size,
		                (const char *)statement->text.start, rest);
		return;
	}
}

void tell_stop(struct play *play, const struct scene *scene, const char *message)
{
	struct problem problem = {
		.rule = RULE_REHEARSAL_STOPPED,
		.source = scene->script->source,
		.at = scene_start(scene),
		.dialects = 1u << play->stage.driver->dialect,
	};

	diagnostics_add(play->stage.rehearsal->problems, problem, "%s", message);
}

void tell_crowd(struct play *play, size_t count)
{
	struct problem problem = {
		.rule = RULE_REHEARSAL_STOPPED,
		.path = play->set->directory,
		.dialects = 1u << play->stage.driver->dialect,
		.help = "`inlay sum` locks what is in production; what is locked is not judged "
		        "again",
	};

	diagnostics_add(play->stage.rehearsal->problems, problem,
	                "%zu migration%s applied in one go, not up, down and up: more than the "
	                "last 1000 are not locked",
	                count, count == 1 ? " is" : "s are");
}

void tell_blind(struct play *play)
{
	struct problem problem = {
		.rule = RULE_REHEARSAL_STOPPED,
		.path = play->set->directory,
		.dialects = 1u << play->stage.driver->dialect,
	};

	diagnostics_add(play->stage.rehearsal->problems, problem,
	                "the schema can not be read, so that it is not compared: %s",
	                play->stage.driver->words(&play->stage));
}
