/* inspect.c - `inlay inspect`: reads one or two files, and says what is in them. */
#include "commands.h"

#include "image.h"
#include "inspect/choose.h"
#include "inspect_tell.h"
#include "layout.h"
#include "report.h"
#include "safe.h"
#include "set.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What the command works on. */
struct inspection {
	struct arena arena;
	const struct options *options;
	struct inspected inspected[2];
	struct inspect_image chosen[2]; /* Where one set of a file is meant. */
};

/* --- Saying --- */

static enum exit_code print(struct buffer *out, const struct options *options)
{
	if (!options->quiet)
		buffer_print(out, stdout);
	buffer_clear(out);
	return EXIT_DONE;
}

/* What is damaged is said and held against the file, whatever else is in it. */
static enum exit_code say_damages(const struct inspected *inspected)
{
	const struct inspect_images *images = &inspected->images;
	struct buffer shown = { 0 };
	size_t i;

	safe_string(&shown, inspected->path);
	for (i = 0; i < images->damage_count; i++)
		fprintf(stderr,
		        "inlay inspect: %.*s: the set at byte %" PRIu64 " can not be used: %s\n",
		        (int)shown.size, (const char *)shown.start, images->damages[i].offset,
		        images->damages[i].words);
	buffer_clear(&shown);
	return images->damage_count > 0 ? EXIT_INVALID : EXIT_DONE;
}

/* --- Reading --- */

/* Which dialects of a directory: --dialect's, or those that the file has with which it is compared;
 * false: whatever it has. */
static bool choose_dialects(const struct inspection *inspection, const struct inspected *inspected,
                            bool dialects[DIALECT_COUNT])
{
	const struct inspected *other = &inspection->inspected[inspected == inspection->inspected];
	size_t i;

	if (inspection->options->dialect != NULL)
		return true;
	for (i = 0; i < other->images.count; i++) {
		bool carried[DIALECT_COUNT];
		int dialect;

		inspect_dialects(other->images.items[i].image, carried);
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
			dialects[dialect] = dialects[dialect] || carried[dialect];
	}
	return other->images.count > 0;
}

/* A directory of migrations, as it would be compiled. */
static enum exit_code read_directory(struct inspection *inspection, struct inspected *inspected)
{
	struct options reading = *inspection->options;
	bool dialects[DIALECT_COUNT] = { false };
	struct workspace workspace;
	struct image image;
	enum exit_code code;

	if (!options_dialects(&reading, dialects))
		return EXIT_USAGE;
	reading.operand = inspected->path;
	reading.quiet = true;
	set_read(&workspace, &reading,
	         choose_dialects(inspection, inspected, dialects) ? dialects : NULL);
	if (workspace.problems.error_count == 0 &&
	    image_build(&workspace.arena, &workspace.set, "migrations", &image,
	                &workspace.problems))
		(void)inspect_bytes(&inspection->arena, image_bytes(&workspace.arena, &image),
		                    &inspected->images);
	code = report_problems(&workspace.problems, &reading);
	set_clear(&workspace);
	return code;
}

static enum exit_code read_file(struct inspection *inspection, struct inspected *inspected)
{
	struct inspect_choice choice = { .code = EXIT_DONE };
	const char *problem = inspect_read(&inspection->arena, inspected->path, &inspected->images);

	if (problem != NULL)
		choice = inspect_unreadable(problem);
	else if (inspected->images.count + inspected->images.damage_count == 0)
		choice = inspect_nothing(inspected->path);
	return choice.code == EXIT_DONE ? EXIT_DONE
	                                : inspect_refuse("inspect", inspected->path, &choice);
}

/* Files first: a directory is read for what they have. */
static enum exit_code read_operands(struct inspection *inspection)
{
	size_t count = inspection->options->second != NULL ? 2 : 1;
	enum exit_code code = EXIT_DONE;
	size_t i;

	for (i = 0; i < count && code == EXIT_DONE; i++) {
		struct inspected *inspected = &inspection->inspected[i];
		struct stat status;

		inspected->is_directory =
		        stat(inspected->path, &status) == 0 && S_ISDIR(status.st_mode);
		if (!inspected->is_directory)
			code = read_file(inspection, inspected);
	}
	for (i = 0; i < count && code == EXIT_DONE; i++)
		if (inspection->inspected[i].is_directory)
			code = read_directory(inspection, &inspection->inspected[i]);
	return code;
}

/* The one set that is meant, of an operand that was read. */
static enum exit_code choose(struct inspection *inspection, size_t index)
{
	const struct inspected *inspected = &inspection->inspected[index];
	const char *name = inspected->is_directory ? NULL : inspection->options->set;
	struct inspect_choice choice =
	        inspect_choose_from(&inspection->arena, &inspected->images, inspected->path, name);

	inspection->chosen[index] = choice.found;
	return choice.code == EXIT_DONE ? EXIT_DONE
	                                : inspect_refuse("inspect", inspected->path, &choice);
}

/* --- One file --- */

static bool is_wanted(const struct inspection *inspection, const struct inspect_image *found)
{
	const char *name = inspection->options->set;

	return name == NULL || strcmp(inspect_text(found->image, found->image->name), name) == 0;
}

static enum exit_code print_sets(struct inspection *inspection)
{
	const struct inspected *inspected = &inspection->inspected[0];
	struct buffer out = { 0 };
	size_t i;

	for (i = 0; i < inspected->images.count; i++) {
		if (!is_wanted(inspection, &inspected->images.items[i]))
			continue;
		if (out.size > 0)
			buffer_byte(&out, '\n');
		inspect_tell_set(&inspection->arena, inspected, &inspected->images.items[i], &out);
	}
	(void)print(&out, inspection->options);
	return say_damages(inspected);
}

static enum exit_code print_json(struct inspection *inspection)
{
	const struct inspected *inspected = &inspection->inspected[0];
	json_t *sets = json_array();
	json_t *damages = json_array();
	struct buffer out = { 0 };
	size_t i;

	for (i = 0; i < inspected->images.count; i++)
		if (is_wanted(inspection, &inspected->images.items[i]))
			json_array_append_new(sets, inspect_json_set(inspected,
			                                             &inspected->images.items[i],
			                                             inspection->options->sql));
	for (i = 0; i < inspected->images.damage_count; i++)
		json_array_append_new(damages,
		                      json_pack("{s:I, s:s}", "offset",
		                                (json_int_t)inspected->images.damages[i].offset,
		                                "problem", inspected->images.damages[i].words));
	json_out_document(&out,
	                  json_pack("{s:o, s:o, s:o}", "file", json_out_string(inspected->path),
	                            "sets", sets, "damaged", damages));
	(void)print(&out, inspection->options);
	return inspected->images.damage_count > 0 ? EXIT_INVALID : EXIT_DONE;
}

static enum exit_code print_sql(struct inspection *inspection)
{
	const struct options *options = inspection->options;
	bool wanted[DIALECT_COUNT] = { false };
	bool carried[DIALECT_COUNT];
	const struct inlay_image *image;
	struct buffer out = { 0 };
	enum dialect dialect;
	enum exit_code code = choose(inspection, 0);

	if (code != EXIT_DONE)
		return code;
	image = inspection->chosen[0].image;
	inspect_dialects(image, carried);
	if (!options_dialects(options, wanted))
		return EXIT_USAGE;
	if (options->dialect == NULL)
		memcpy(wanted, carried, sizeof(wanted));
	if (wanted[DIALECT_SQLITE] && wanted[DIALECT_POSTGRES])
		return options_complain(
		        "inspect", "SQL is of one database: --dialect sqlite or postgres", NULL);
	dialect = wanted[DIALECT_SQLITE] ? DIALECT_SQLITE : DIALECT_POSTGRES;
	if (!carried[dialect]) {
		struct inspect_choice choice = inspect_lacks(&inspection->arena, image, dialect);

		return inspect_refuse("inspect", inspection->inspected[0].path, &choice);
	}
	inspect_tell_sql(image, dialect, options->down, &out);
	return print(&out, options);
}

static enum exit_code inspect_one(struct inspection *inspection)
{
	const struct options *options = inspection->options;
	enum exit_code code = EXIT_DONE;

	if (options->down && !options->sql)
		return options_complain("inspect", "only with --sql there are scripts for",
		                        "--down");
	/* A name that is not there is no empty answer. */
	if (options->set != NULL && inspection->inspected[0].images.count > 0)
		code = choose(inspection, 0);
	if (code != EXIT_DONE)
		return code;
	if (options->json)
		return print_json(inspection);
	return options->sql ? print_sql(inspection) : print_sets(inspection);
}

/* --- Two files --- */

static const char *shown_path(struct inspection *inspection, size_t index)
{
	struct buffer shown = { 0 };
	const char *path;

	safe_string(&shown, inspection->inspected[index].path);
	path = arena_copy(&inspection->arena, buffer_contents(&shown));
	buffer_clear(&shown);
	return path;
}

static void write_side(struct inspection *inspection, size_t index, struct buffer *out)
{
	const struct inlay_image *image = inspection->chosen[index].image;
	const struct inlay_image_dialect *tables = &image->dialects[inspect_any_dialect(image)];
	bool carried[DIALECT_COUNT];

	inspect_dialects(image, carried);
	buffer_format(out, "%s: ", shown_path(inspection, index));
	if (!inspection->inspected[index].is_directory)
		buffer_format(out, "%s, ", inspect_text(image, image->name));
	image_write_counts(out, tables->migration_count, tables->repeatable_count);
	buffer_format(out, " for %s, by inlay ", dialect_titles(carried));
	safe_string(out, inspect_text(image, image->compiler));
	buffer_byte(out, '\n');
}

static void write_change(const struct compare_change *change, struct buffer *out)
{
	static const char signs[] = {
		[COMPARE_NEW] = '+',  [COMPARE_GONE] = '-',    [COMPARE_EDITED] = '~',
		[COMPARE_DOWN] = '~', [COMPARE_RENAMED] = '~', [COMPARE_REFORMATTED] = '=',
	};

	buffer_format(out, "%c ", signs[change->kind]);
	if (!change->is_repeatable)
		buffer_format(out, "%" PRId64 " ", change->version);
	buffer_format(out, "%s: %s\n", change->name, change->words);
}

static void write_follows(const struct comparison *result, const char *before, const char *after,
                          struct buffer *out)
{
	buffer_format(out, "%s can follow %s", after, before);
	if (result->new_count + result->again_count > 0) {
		buffer_string(out, ": it applies ");
		image_write_counts(out, result->new_count, result->again_count);
	}
	buffer_byte(out, '\n');
}

static void write_verdict(const struct comparison *result, const char *before, const char *after,
                          struct buffer *out)
{
	size_t i;

	switch (result->verdict) {
	case COMPARE_SAME:
		buffer_format(out, "%s and %s have the same migrations\n", before, after);
		break;
	case COMPARE_FOLLOWS: write_follows(result, before, after, out); break;
	case COMPARE_BEHIND:
		buffer_format(out,
		              "%s is behind %s: databases of %s are ahead of it, which it accepts "
		              "unless told otherwise\n",
		              after, before, before);
		break;
	case COMPARE_APART:
		buffer_format(out, "%s can not follow %s on a live database:\n", after, before);
		for (i = 0; i < result->reason_count; i++)
			buffer_format(out, "    %s\n", result->reasons[i]);
		break;
	}
	for (i = 0; i < result->count; i++)
		if (result->changes[i].kind == COMPARE_NEW && result->changes[i].is_breaking)
			buffer_format(out, "%s stops working once %" PRId64 " %s is applied\n",
			              before, result->changes[i].version, result->changes[i].name);
}

static json_t *comparison_as_json(struct inspection *inspection, const struct comparison *result)
{
	static const char *const kinds[] = {
		[COMPARE_NEW] = "new",       [COMPARE_GONE] = "gone",
		[COMPARE_EDITED] = "edited", [COMPARE_REFORMATTED] = "reformatted",
		[COMPARE_DOWN] = "down",     [COMPARE_RENAMED] = "renamed",
	};
	static const char *const verdicts[] = {
		[COMPARE_SAME] = "same",
		[COMPARE_FOLLOWS] = "follows",
		[COMPARE_BEHIND] = "behind",
		[COMPARE_APART] = "apart",
	};
	json_t *changes = json_array();
	json_t *reasons = json_array();
	size_t i;

	for (i = 0; i < result->count; i++) {
		const struct compare_change *change = &result->changes[i];

		json_array_append_new(
		        changes, json_pack("{s:s, s:I, s:o, s:o, s:b}", "kind", kinds[change->kind],
		                           change->is_repeatable ? "revision" : "version",
		                           (json_int_t)change->version, "name",
		                           json_out_string(change->name), "words",
		                           json_out_string(change->words), "breaking",
		                           (int)change->is_breaking));
	}
	for (i = 0; i < result->reason_count; i++)
		json_array_append_new(reasons, json_out_string(result->reasons[i]));
	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "before",
	                 json_out_string(inspection->inspected[0].path), "after",
	                 json_out_string(inspection->inspected[1].path), "verdict",
	                 verdicts[result->verdict], "reasons", reasons, "changes", changes);
}

static void write_comparison(struct inspection *inspection, const struct comparison *result,
                             struct buffer *out)
{
	size_t i;

	write_side(inspection, 0, out);
	write_side(inspection, 1, out);
	buffer_byte(out, '\n');
	for (i = 0; i < result->count; i++)
		write_change(&result->changes[i], out);
	if (result->count > 0)
		buffer_byte(out, '\n');
	write_verdict(result, shown_path(inspection, 0), shown_path(inspection, 1), out);
}

static enum exit_code inspect_two(struct inspection *inspection)
{
	struct comparison result;
	struct buffer out = { 0 };
	size_t i;

	if (inspection->options->sql || inspection->options->down)
		return options_complain("inspect", "two files are compared; one is enough for",
		                        inspection->options->sql ? "--sql" : "--down");
	for (i = 0; i < 2; i++) {
		enum exit_code code = choose(inspection, i);

		if (code != EXIT_DONE)
			return code;
	}
	result = compare_images(&inspection->arena, inspection->chosen[0].image,
	                        inspection->chosen[1].image);
	if (inspection->options->json) {
		json_out_document(&out, comparison_as_json(inspection, &result));
	} else {
		write_comparison(inspection, &result, &out);
	}
	(void)print(&out, inspection->options);
	return result.verdict == COMPARE_SAME ? EXIT_DONE : EXIT_FINDINGS;
}

/* An option that would be missed by nobody, or NULL. */
static const char *superfluous(const struct inspection *inspection)
{
	const struct options *options = inspection->options;

	if (inspection->inspected[0].is_directory || inspection->inspected[1].is_directory)
		return NULL;
	if (options->layout != NULL)
		return "--layout";
	if (options->placeholder_count > 0)
		return "--placeholder";
	return options->dialect != NULL && !options->sql ? "--dialect" : NULL;
}

enum exit_code command_inspect(const struct options *options)
{
	struct inspection inspection = {
		.options = options,
		.inspected = { { .path = options->operand }, { .path = options->second } },
	};
	enum exit_code code;

	json_out_init();
	code = read_operands(&inspection);
	if (code == EXIT_DONE && superfluous(&inspection) != NULL)
		code = options_complain("inspect", "only a directory leaves a choice for",
		                        superfluous(&inspection));
	if (code == EXIT_DONE)
		code = options->second != NULL ? inspect_two(&inspection)
		                               : inspect_one(&inspection);
	arena_clear(&inspection.arena);
	return code;
}
