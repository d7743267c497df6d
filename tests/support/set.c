/* set.c - writes files to a directory, runs the compiler's phases in process, keeps the image. */
#include "set.h"

#include "../../compiler/image.h"
#include "../../compiler/render/render.h"
#include "../../compiler/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 600

/* A new directory, and "migrations" inside it. */
static void make_directory(char *root, char *directory)
{
	const char *parent = getenv("TMPDIR");

	(void)snprintf(root, PATH_SIZE, "%s/inlay-set-XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(root) == NULL)
		abort();
	if (snprintf(directory, PATH_SIZE, "%s/migrations", root) >= PATH_SIZE ||
	    mkdir(directory, 0700) != 0)
		abort();
}

static void write_file(const char *directory, const struct set_file *file)
{
	char path[PATH_SIZE];
	FILE *stream;

	if (snprintf(path, sizeof(path), "%s/%s", directory, file->name) >= PATH_SIZE)
		abort();
	stream = fopen(path, "wb");
	if (stream == NULL || fputs(file->content, stream) < 0 || fclose(stream) != 0)
		abort();
}

static void remove_files(const char *root, const char *directory, const struct set_file *files)
{
	char path[PATH_SIZE];

	for (; files->name != NULL; files++)
		if (snprintf(path, sizeof(path), "%s/%s", directory, files->name) < PATH_SIZE)
			(void)unlink(path);
	(void)rmdir(directory);
	(void)rmdir(root);
}

static void keep_problems(struct workspace *workspace, struct compiled_set *compiled)
{
	struct buffer text = { 0 };

	render_text(&workspace->problems, SEVERITY_WARNING, false, &text);
	(void)snprintf(compiled->problems, sizeof(compiled->problems), "%.*s",
	               (int)buffer_contents(&text).size,
	               (const char *)buffer_contents(&text).start);
	buffer_clear(&text);
}

static void keep_image(struct workspace *workspace, struct compiled_set *compiled)
{
	struct image image;
	struct text bytes;

	if (!image_build(&workspace->arena, &workspace->set, "test_migrations", &image,
	                 &workspace->problems))
		abort();
	bytes = image_bytes(&workspace->arena, &image);
	compiled->image = malloc(bytes.size);
	if (compiled->image == NULL)
		abort();
	memcpy(compiled->image, bytes.start, bytes.size);
	compiled->set.image = compiled->image;
	compiled->set.function_count = (uint32_t)image.function_count;
}

/* Each function's name is the text of every statement that calls it. */
static void keep_functions(struct compiled_set *compiled, enum inlay_dialect dialect)
{
	const char *bytes = compiled->image;
	const struct inlay_image *header = compiled->image;
	const struct inlay_image_dialect *tables = &header->dialects[dialect];
	const struct inlay_image_statement *statements = (const void *)(bytes + tables->statements);

	for (uint32_t i = 0; i < tables->statement_count; i++) {
		if ((statements[i].flags & INLAY_STATEMENT_CALL) == 0)
			continue;
		if (statements[i].probe >= SET_FUNCTIONS_MAX)
			abort();
		compiled->function_names[statements[i].probe] = bytes + statements[i].text;
	}
}

static struct compiled_set compile(const struct set_file *files, enum inlay_dialect dialect,
                                   bool checked)
{
	struct compiled_set compiled = { .set = { .abi = INLAY_ABI } };
	bool dialects[DIALECT_COUNT] = { false };
	struct workspace workspace;
	char root[PATH_SIZE];
	char directory[PATH_SIZE];

	dialects[dialect == INLAY_DIALECT_SQLITE ? DIALECT_SQLITE : DIALECT_POSTGRES] = true;
	make_directory(root, directory);
	for (const struct set_file *file = files; file->name != NULL; file++)
		write_file(directory, file);
	set_read(&workspace, &(struct options){ .operand = directory }, dialects);
	keep_problems(&workspace, &compiled);
	if (!checked || workspace.problems.error_count == 0) {
		keep_image(&workspace, &compiled);
		keep_functions(&compiled, dialect);
	}
	set_clear(&workspace);
	remove_files(root, directory, files);
	return compiled;
}

struct compiled_set set_compile(const struct set_file *files, enum inlay_dialect dialect)
{
	return compile(files, dialect, true);
}

struct compiled_set set_compile_unchecked(const struct set_file *files, enum inlay_dialect dialect)
{
	return compile(files, dialect, false);
}

void set_destroy(struct compiled_set *compiled)
{
	free(compiled->image);
	compiled->image = NULL;
	compiled->set.image = NULL;
}
