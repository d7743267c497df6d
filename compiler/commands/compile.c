/* compile.c - `inlay compile`: the pipeline from a directory to a C file, phase by
 * phase. */
#include "commands.h"

#include "check.h"
#include "emit.h"
#include "identifier.h"
#include "layout.h"
#include "output.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

/* What is to be written, and where. */
struct product {
	const char *source_path;
	const char *header_path;
	const char *header_name; /* As the source includes it. */
	const char *name;
	struct buffer source;
	struct buffer header;
};

/* Outputs must not overwrite each other, nor lie where every file has to be a migration. */
static bool check_places(const struct options *options, const struct product *product)
{
	const char *depfile = options->depfile;

	if (depfile != NULL && (strcmp(depfile, product->source_path) == 0 ||
	                        strcmp(depfile, product->header_path) == 0)) {
		fprintf(stderr,
		        "inlay compile: %s would be the depfile and the C file\n    help: name the "
		        "depfile FILE.d\n",
		        depfile);
		return false;
	}
	if (output_is_in(product->source_path, options->operand)) {
		fprintf(stderr,
		        "inlay compile: %s would lie among the migrations\n    help: write it to a "
		        "directory of its own, such as generated/\n",
		        product->source_path);
		return false;
	}
	return true;
}

/* "generated/app_migrations.c" gives the other names. */
static bool plan_product(struct arena *arena, const struct options *options,
                         struct product *product)
{
	size_t size = options->output != NULL ? strlen(options->output) : 0;
	const char *stem;

	*product = (struct product){ .source_path = options->output };
	if (options->output == NULL) {
		fputs("inlay compile: where to?\n    help: -o FILE.c names the C file to write\n",
		      stderr);
		return false;
	}
	if (size < 3 || strcmp(options->output + size - 2, ".c") != 0 ||
	    options->output[size - 3] == '/') {
		fprintf(stderr,
		        "inlay compile: %s does not end in .c\n    help: -o FILE.c; FILE.h is "
		        "written "
		        "beside it\n",
		        options->output);
		return false;
	}
	if (strpbrk(source_base_name(options->output), "\"\\\n?") != NULL ||
	    strcmp(source_base_name(options->output), "inlay.c") == 0 ||
	    strcmp(source_base_name(options->output), "inlay_image.c") == 0) {
		fprintf(stderr,
		        "inlay compile: the C file can not be named %s\n    help: its header would "
		        "be "
		        "included by that name; choose one like app_migrations.c\n",
		        source_base_name(options->output));
		return false;
	}
	stem = arena_format(arena, "%.*s", (int)(size - 2), options->output);
	product->header_path = arena_format(arena, "%s.h", stem);
	product->header_name = source_base_name(product->header_path);
	product->name = options->name != NULL ? options->name : source_base_name(stem);
	if (!check_places(options, product))
		return false;
	if (!identifier_is_free(product->name)) {
		fprintf(stderr,
		        "inlay compile: `%s` can not be the set's C symbol\n    help: --name "
		        "SYMBOL, of "
		        "letters, digits and _, at most 60, beginning with a letter; no keyword, "
		        "no inlay_\n",
		        product->name);
		return false;
	}
	return true;
}

/* As gcc -M does it: in a Makefile fragment space, # and $ are special, and a backslash only
 * before them. */
static void write_escaped(struct buffer *out, const char *path)
{
	size_t backslashes = 0;

	for (; *path != '\0'; path++) {
		if (*path == ' ' || *path == '#')
			for (backslashes++; backslashes > 0; backslashes--)
				buffer_byte(out, '\\');
		backslashes = *path == '\\' ? backslashes + 1 : 0;
		if (*path == '$')
			buffer_byte(out, '$');
		buffer_byte(out, (unsigned char)*path);
	}
}

/* A rule without commands for each file, as gcc -MP does it: when one is gone, make goes on. */
static void write_phony(struct buffer *out, const char *path)
{
	buffer_byte(out, '\n');
	write_escaped(out, path);
	buffer_string(out, ":\n");
}

/* The files of a list, each behind `before`, or as a rule of its own. */
static void write_sources(struct buffer *out, const struct source_list *sources, const char *before)
{
	size_t i;

	for (i = 0; i < sources->count; i++) {
		if (before == NULL) {
			write_phony(out, sources->items[i].path);
			continue;
		}
		buffer_string(out, before);
		write_escaped(out, sources->items[i].path);
	}
}

/* The directory itself is named too: its time changes when a file comes or goes. */
static bool write_depfile(const struct workspace *workspace, const struct options *options,
                          const struct product *product)
{
	struct buffer text = { 0 };
	enum output_result result;

	write_escaped(&text, product->source_path);
	buffer_string(&text, ": ");
	write_escaped(&text, options->operand);
	write_sources(&text, &workspace->sources, " \\\n  ");
	write_sources(&text, &workspace->beside, " \\\n  ");
	if (workspace->lock.source != NULL) {
		buffer_string(&text, " \\\n  ");
		write_escaped(&text, workspace->lock.path);
	}
	buffer_byte(&text, '\n');
	write_sources(&text, &workspace->sources, NULL);
	write_sources(&text, &workspace->beside, NULL);
	if (workspace->lock.source != NULL)
		write_phony(&text, workspace->lock.path);
	result = output_write(options->depfile, buffer_contents(&text));
	buffer_clear(&text);
	return result != OUTPUT_FAILED;
}

static void tell(const struct options *options, const struct image *image, const char *path,
                 const char *what)
{
	const struct image_dialect *tables = &image->tables[image->carried[0] ? 0 : 1];
	struct buffer counts = { 0 };

	if (!report_is_wanted(options))
		return;
	image_write_counts(&counts, tables->migration_count, tables->repeatable_count);
	printf("%s: %s: %.*s for %s, %u bytes\n", path, what, (int)counts.size,
	       (const char *)counts.start, dialect_titles(image->carried), image->size);
	buffer_clear(&counts);
}

static enum exit_code check_product(const struct options *options, const struct product *product)
{
	const char *stale = NULL;

	if (output_differs(product->source_path, buffer_contents(&product->source)))
		stale = product->source_path;
	else if (output_differs(product->header_path, buffer_contents(&product->header)))
		stale = product->header_path;
	if (stale == NULL)
		return EXIT_DONE;
	if (!options->quiet)
		fprintf(stderr,
		        "%s: is not what the migrations compile to\n    help: run `inlay compile` "
		        "again, without --check\n",
		        stale);
	return EXIT_FINDINGS;
}

static enum exit_code write_product(const struct workspace *workspace,
                                    const struct options *options, const struct product *product,
                                    const struct image *image)
{
	enum output_result header, source;

	header = output_write(product->header_path, buffer_contents(&product->header));
	if (header == OUTPUT_FAILED)
		return report_unwritten(product->header_path);
	source = output_write(product->source_path, buffer_contents(&product->source));
	if (source == OUTPUT_FAILED)
		return report_unwritten(product->source_path);
	if (options->depfile != NULL && !write_depfile(workspace, options, product))
		return report_unwritten(options->depfile);
	tell(options, image, product->source_path,
	     header == OUTPUT_UNCHANGED && source == OUTPUT_UNCHANGED ? "up to date" : "written");
	return EXIT_DONE;
}

static enum exit_code compile(struct workspace *workspace, const struct options *options,
                              struct product *product)
{
	struct diagnostics *problems = &workspace->problems;
	struct image image;
	enum exit_code code;

	if (problems->error_count == 0)
		image_build(&workspace->arena, &workspace->set, product->name, &image, problems);
	code = report_problems(problems, options);
	if (code != EXIT_DONE)
		return code;
	emit_header(&product->header, &image);
	emit_source(&product->source, &image, product->header_name);
	if (options->check)
		return check_product(options, product);
	return write_product(workspace, options, product, &image);
}

enum exit_code command_compile(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	struct product product;
	struct arena arena = { 0 };
	enum exit_code code = EXIT_USAGE;

	if (plan_product(&arena, options, &product) && options_dialects(options, dialects)) {
		check_set(&workspace, options, options->dialect != NULL ? dialects : NULL);
		code = compile(&workspace, options, &product);
		buffer_clear(&product.source);
		buffer_clear(&product.header);
		set_clear(&workspace);
	}
	arena_clear(&arena);
	return code;
}
