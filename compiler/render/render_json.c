/* render_json.c - all that is known of each diagnostic, for programs: docs/diagnostics.md. */
#include "render.h"

#include "common.h"
#include "json_out.h"
#include "layout.h"

#define SHAPE_VERSION 1

static json_t *describe_position(struct position position, size_t offset)
{
	json_t *object = json_object();

	json_object_set_new(object, "line", json_integer(position.line));
	json_object_set_new(object, "column", json_integer(position.column));
	json_object_set_new(object, "offset", json_integer((json_int_t)offset));
	return object;
}

/* Sets "start" and "end": null where there is no place. */
static void set_place(json_t *object, struct common_cursor *cursor, const struct source *source,
                      struct text at)
{
	struct common_place place;

	if (source == NULL || at.start == NULL) {
		json_object_set_new(object, "start", json_null());
		json_object_set_new(object, "end", json_null());
		return;
	}
	place = common_locate(cursor, source, at);
	json_object_set_new(object, "start", describe_position(place.start, place.offset));
	json_object_set_new(object, "end", describe_position(place.end, place.offset + place.size));
}

/* As which of them read it, it was found. */
static json_t *describe_dialects(const struct diagnostic *diagnostic)
{
	unsigned dialects = diagnostic->dialects;
	json_t *array = json_array();
	int dialect;

	if (dialects == 0)
		dialects = common_readers(diagnostic);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if ((dialects & 1u << dialect) != 0)
			json_array_append_new(array,
			                      json_string(dialect_name((enum dialect)dialect)));
	return array;
}

static json_t *describe_fix(struct common_cursor *cursor, const struct problem *problem)
{
	json_t *object;

	if (problem->source == NULL || problem->fix.at.start == NULL)
		return json_null();
	object = json_object();
	set_place(object, cursor, problem->source, problem->fix.at);
	json_object_set_new(object, "text", json_out_string(problem->fix.text));
	return object;
}

static json_t *describe(struct common_cursor *cursor, const struct diagnostics *diagnostics,
                        const struct diagnostic *diagnostic)
{
	static const char *const groups[] = {
		[GROUP_CORE] = "core",   [GROUP_STAGE] = "stage", [GROUP_LINT] = "lint",
		[GROUP_STYLE] = "style", [GROUP_LIVE] = "live",
	};
	const struct problem *problem = &diagnostic->problem;
	enum severity severity = diagnostics_severity(diagnostics, problem->rule);
	bool is_file = problem->source != NULL || problem->path != NULL;
	json_t *object = json_object();
	struct buffer page = { 0 };

	json_object_set_new(object, "file",
	                    is_file ? json_out_string(common_path(diagnostic)) : json_null());
	set_place(object, cursor, problem->source, problem->at);
	json_object_set_new(object, "rule", json_string(rule_name(problem->rule)));
	json_object_set_new(object, "severity", json_string(common_severity(severity)));
	json_object_set_new(object, "group", json_string(groups[rule_group(problem->rule)]));
	json_object_set_new(object, "dialects", describe_dialects(diagnostic));
	json_object_set_new(object, "message", json_out_string(diagnostic->message));
	json_object_set_new(object, "lock", json_out_string(problem->lock));
	json_object_set_new(object, "help", json_out_string(problem->help));
	json_object_set_new(object, "rewrite", json_out_string(problem->rewrite));
	json_object_set_new(object, "fix", describe_fix(cursor, problem));
	common_page(&page, problem->rule);
	json_object_set_new(object, "page", json_out_text(buffer_contents(&page)));
	buffer_clear(&page);
	return object;
}

static json_t *describe_summary(const struct diagnostics *diagnostics, enum severity least)
{
	struct common_counts counts = common_count(diagnostics, least);
	json_t *object = json_object();

	json_object_set_new(object, "errors",
	                    json_integer((json_int_t)counts.by_severity[SEVERITY_ERROR]));
	json_object_set_new(object, "warnings",
	                    json_integer((json_int_t)counts.by_severity[SEVERITY_WARNING]));
	json_object_set_new(object, "notes",
	                    json_integer((json_int_t)counts.by_severity[SEVERITY_NOTE]));
	json_object_set_new(object, "files", json_integer((json_int_t)counts.files));
	json_object_set_new(object, "files_read",
	                    json_integer((json_int_t)diagnostics->file_count));
	return object;
}

void render_json(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	struct common_cursor cursor = { 0 };
	json_t *root, *array;
	size_t i;

	json_out_init();
	common_prepare(diagnostics);
	root = json_object();
	array = json_array();
	json_object_set_new(root, "version", json_integer(SHAPE_VERSION));
	json_object_set_new(root, "tool", json_string("inlay " INLAY_VERSION));
	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];

		if (diagnostics_severity(diagnostics, item->problem.rule) >= least)
			json_array_append_new(array, describe(&cursor, diagnostics, item));
	}
	json_object_set_new(root, "diagnostics", array);
	json_object_set_new(root, "summary", describe_summary(diagnostics, least));
	json_out_document(out, root);
}
