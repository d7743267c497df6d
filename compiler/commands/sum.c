/* sum.c - `inlay sum`: writes down what is released, in inlay.lock and in the files
 * themselves. */
#include "commands.h"

#include "check.h"
#include "checksum.h"
#include "formats/format.h"
#include "image.h"
#include "layout.h"
#include "output.h"
#include "parse.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

/* ---- header checksums ------------------------------------------------------------------------ */

/* The file to stamp, and whose script it is. */
struct stamp {
	struct arena *arena;
	const struct migration_set *set;
	const struct migration *migration;
	int direction; /* 0 up, 1 down. */
	const struct source *source;
};

/* Is the dialect compiled, and read from this file? */
static bool serves(const struct stamp *stamp, int dialect)
{
	return stamp->set->dialects[dialect] &&
	       stamp->migration->files[dialect][stamp->direction] == stamp->source;
}

/* The line the comment is on, if nothing else is, with its line end; otherwise the comment
 * alone. */
static struct text line_of(struct text all, struct text comment)
{
	const unsigned char *first = comment.start;
	const unsigned char *end = comment.start + comment.size;
	const unsigned char *newline = memchr(end, '\n', (size_t)(all.start + all.size - end));

	while (first > all.start && (first[-1] == ' ' || first[-1] == '\t'))
		first--;
	if (first > all.start && first[-1] != '\n')
		return comment;
	end = newline != NULL ? newline + 1 : all.start + all.size;
	return (struct text){ first, (size_t)(end - first) };
}

/* `text` is the file without its byte-order mark.  Headers of dialects that are not compiled
 * stay. */
static void copy_without_checksums(struct buffer *out, const struct stamp *stamp,
                                   enum dialect dialect, struct text text)
{
	enum file_role role = stamp->direction == 1 ? FILE_DOWN : FILE_BOTH;
	struct diagnostics ignored = { .arena = stamp->arena };
	struct parsed_file parsed;
	size_t i;

	parse_file(stamp->arena, &(struct parse_input){ stamp->source, dialect, role, false },
	           &parsed, &ignored);
	for (i = 0; i < parsed.checksum_count; i++) {
		const struct header_checksum *header = &parsed.checksums[i];
		struct text line = line_of(text, header->text);

		if (header->dialect != DIALECT_COUNT && !stamp->set->dialects[header->dialect])
			continue;
		buffer_bytes(out, text.start, (size_t)(line.start - text.start));
		text.size -= (size_t)(line.start + line.size - text.start);
		text.start = line.start + line.size;
	}
	buffer_text(out, text);
}

/* One line a dialect; the dialect is named when the file serves several. */
static void write_checksum_lines(struct buffer *out, const struct stamp *stamp,
                                 const char *line_end)
{
	bool several = serves(stamp, 0) && serves(stamp, 1);
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		const struct variant *variant = &stamp->migration->variants[dialect];
		char hex[DIGEST_HEX_SIZE];

		if (!serves(stamp, dialect))
			continue;
		digest_to_hex(stamp->direction == 1 ? &variant->down.checksum
		                                    : &variant->up.checksum,
		              hex);
		buffer_format(out, "-- checksum: %s%ssha256:%s%s",
		              several ? dialect_name((enum dialect)dialect) : "",
		              several ? " " : "", hex, line_end);
	}
}

static bool stamp_file(const struct stamp *stamp)
{
	struct text text = stamp->source->text;
	size_t mark = text_mark_size(text);
	struct text rest = { text.start + mark, text.size - mark };
	const unsigned char *newline = memchr(rest.start, '\n', rest.size);
	bool crlf = newline != NULL && newline > rest.start && newline[-1] == '\r';
	struct buffer out = { 0 };
	enum output_result result;

	buffer_bytes(&out, text.start, mark);
	write_checksum_lines(&out, stamp, crlf ? "\r\n" : "\n");
	copy_without_checksums(&out, stamp, serves(stamp, 0) ? DIALECT_SQLITE : DIALECT_POSTGRES,
	                       rest);
	result = output_write(stamp->source->path, buffer_contents(&out));
	buffer_clear(&out);
	return result != OUTPUT_FAILED;
}

/* Each file once: one that serves both dialects when the first of them is met. */
static enum exit_code stamp_migration(struct stamp *stamp)
{
	int place;

	for (place = 0; place < 2 * DIALECT_COUNT; place++) {
		int dialect = place / 2;

		stamp->direction = place % 2;
		stamp->source = stamp->migration->files[dialect][stamp->direction];
		if (stamp->source == NULL || !serves(stamp, dialect) ||
		    (dialect > 0 && serves(stamp, 0)))
			continue;
		if (!stamp_file(stamp))
			return report_unwritten(stamp->source->path);
	}
	return EXIT_DONE;
}

static enum exit_code stamp_all(struct workspace *workspace)
{
	struct stamp stamp = { .arena = &workspace->arena, .set = &workspace->set };
	enum exit_code code = EXIT_DONE;
	size_t i;

	for (i = 0; i < workspace->set.count && code == EXIT_DONE; i++) {
		stamp.migration = &workspace->set.items[i];
		code = stamp_migration(&stamp);
	}
	return code;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* An unlisted migration, or another text of a repeatable one, is what this command is for; wrong
 * headers are what --write mends; and --relock accepts whatever differs from the lock. */
static bool is_unforgiven(const struct diagnostic *diagnostic, void *context)
{
	const struct options *const *options = context;

	switch (diagnostic->problem.rule) {
	case RULE_LOCK_UNLISTED:
	case RULE_LOCK_REPEATABLE:
	case RULE_LOCK_MISSING: return false;
	case RULE_CHECKSUM_MISMATCH: return !(*options)->write;
	case RULE_LOCK_EDITED:
	case RULE_LOCK_REMOVED:
	case RULE_LOCK_BACKDATED:
	case RULE_LOCK_FILE: return !(*options)->relock;
	default: return true;
	}
}

/* Fewer dialects than the lock file has: their checksums would be lost unnoticed. */
static void check_kept(struct workspace *workspace)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		if (workspace->lock.dialects[dialect] && !workspace->set.dialects[dialect])
			diagnostics_add(
			        &workspace->problems,
			        (struct problem){ .rule = RULE_LOCK_FILE,
			                          .path = workspace->lock.path,
			                          .help = "leave --dialect out, or say --relock" },
			        "the lock file has checksums for %s, which would be lost",
			        dialect_name((enum dialect)dialect));
}

static void tell(const struct workspace *workspace, const char *what)
{
	struct buffer counts = { 0 };

	image_write_counts(&counts, workspace->set.count, workspace->set.repeatable_count);
	printf("%s: %s: %.*s\n", workspace->lock.path, what, (int)counts.size,
	       (const char *)counts.start);
	buffer_clear(&counts);
}

static enum exit_code write_lock(struct workspace *workspace, const struct options *options,
                                 struct text text)
{
	const char *path = workspace->lock.path;
	enum output_result result;

	if (options->check) {
		if (!output_differs(path, text))
			return EXIT_DONE;
		if (!options->quiet)
			fprintf(stderr,
			        "%s: is not what the migrations add up to\n    help: run `inlay "
			        "sum` "
			        "again, without --check\n",
			        path);
		return EXIT_FINDINGS;
	}
	result = output_write(path, text);
	if (result == OUTPUT_FAILED)
		return report_unwritten(path);
	if (report_is_wanted(options))
		tell(workspace, result == OUTPUT_UNCHANGED ? "up to date" : "written");
	return options->write ? stamp_all(workspace) : EXIT_DONE;
}

/* Their tools have checksums, too, and a header would change them. */
static void check_native(struct workspace *workspace)
{
	if (!format_is_native(workspace->format))
		diagnostics_add(
		        &workspace->problems,
		        (struct problem){ .rule = RULE_LAYOUT,
		                          .path = workspace->set.directory,
		                          .help = "leave --write out: inlay.lock guards them; or "
		                                  "make them inlay's with `inlay import`" },
		        "headers can not be written into the files of %s",
		        workspace->format->title);
}

static enum exit_code sum(struct workspace *workspace, const struct options *options)
{
	struct buffer text = { 0 };
	enum exit_code code;

	check_kept(workspace);
	if (options->write)
		check_native(workspace);
	diagnostics_filter(&workspace->problems, is_unforgiven, &options);
	code = report_problems(&workspace->problems, options);
	if (code != EXIT_DONE)
		return code;
	lock_file_render(&workspace->lock, &workspace->set, &text);
	code = write_lock(workspace, options, buffer_contents(&text));
	buffer_clear(&text);
	return code;
}

enum exit_code command_sum(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	enum exit_code code;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	check_set(&workspace, options, options->dialect != NULL ? dialects : NULL);
	code = sum(&workspace, options);
	set_clear(&workspace);
	return code;
}
