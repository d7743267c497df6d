/* command_sum.c - `inlay sum`: writes down what is released, in inlay.lock and in the files themselves. */
#include "commands.h"

#include "checksum.h"
#include "layout.h"
#include "output.h"
#include "report.h"
#include "set.h"

#include <stdio.h>
#include <string.h>

/* ---- header checksums ---------------------------------------------------------------------------- */

/* The file without the checksum lines of its header, which are stamped anew. */
static void copy_without_checksums(struct buffer *out, struct text text)
{
	bool header = true;

	while (text.size > 0) {
		const unsigned char *newline = memchr(text.start, '\n', text.size);
		size_t size = newline != NULL ? (size_t)(newline - text.start) + 1 : text.size;
		struct text line = text_trim((struct text){ text.start, size });
		bool comment = text_starts_with(line, "--");
		struct text word = comment ? text_trim((struct text){ line.start + 2, line.size - 2 }) : line;

		header = header && (line.size == 0 || comment) && !text_starts_with(word, "migrate:");
		if (!header || !text_starts_with(word, "checksum:"))
			buffer_bytes(out, text.start, size);
		text.start += size;
		text.size -= size;
	}
}

/* One line a dialect; the dialect is named when the file serves several. */
static void write_checksum_lines(struct buffer *out, const struct migration_set *set,
                                 const struct migration *migration, const struct source *source,
                                 const char *line_end)
{
	size_t served = 0;
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		served += set->dialects[dialect] && migration->files[dialect][0] == source;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		char hex[DIGEST_HEX_SIZE];

		if (!set->dialects[dialect] || migration->files[dialect][0] != source)
			continue;
		digest_to_hex(&migration->variants[dialect].up.checksum, hex);
		buffer_format(out, "-- checksum: %s%ssha256:%s%s",
		              served > 1 ? dialect_name((enum dialect)dialect) : "", served > 1 ? " " : "",
		              hex, line_end);
	}
}

static bool stamp(const struct migration_set *set, const struct migration *migration,
                  const struct source *source)
{
	size_t mark = text_mark_size(source->text);
	struct text rest = { source->text.start + mark, source->text.size - mark };
	const unsigned char *newline = memchr(rest.start, '\n', rest.size);
	bool crlf = newline != NULL && newline > rest.start && newline[-1] == '\r';
	struct buffer out = { 0 };
	enum output_result result;

	buffer_bytes(&out, source->text.start, mark);
	write_checksum_lines(&out, set, migration, source, crlf ? "\r\n" : "\n");
	copy_without_checksums(&out, rest);
	result = output_write(source->path, buffer_contents(&out));
	buffer_clear(&out);
	return result != OUTPUT_FAILED;
}

static enum exit_code stamp_all(const struct migration_set *set)
{
	size_t i;
	int dialect;

	for (i = 0; i < set->count; i++) {
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
			const struct source *source = set->items[i].files[dialect][0];

			if (source == NULL || !set->dialects[dialect] ||
			    (dialect > 0 && set->dialects[0] && source == set->items[i].files[0][0]))
				continue;
			if (!stamp(set, &set->items[i], source))
				return report_unwritten(source->path);
		}
	}
	return EXIT_DONE;
}

/* ---- the command --------------------------------------------------------------------------------- */

/* An unlisted migration is what this command is for; wrong headers are what --write mends; and --relock
 * accepts whatever differs from the lock. */
static void forgive(struct diagnostics *problems, const struct options *options)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < problems->count; i++) {
		enum rule rule = problems->items[i].problem.rule;
		bool lock = rule == RULE_LOCK_EDITED || rule == RULE_LOCK_REMOVED ||
		            rule == RULE_LOCK_BACKDATED || rule == RULE_LOCK_FILE;

		if (rule == RULE_LOCK_UNLISTED || rule == RULE_LOCK_MISSING ||
		    (rule == RULE_CHECKSUM_MISMATCH && options->write) || (lock && options->relock)) {
			problems->error_count -= rule_severity(rule) == SEVERITY_ERROR;
			continue;
		}
		problems->items[kept++] = problems->items[i];
	}
	problems->count = kept;
}

static enum exit_code sum(struct workspace *workspace, const struct options *options)
{
	struct buffer text = { 0 };
	enum output_result result;
	enum exit_code code;

	lock_file_check(&workspace->arena, &workspace->lock, &workspace->set, &workspace->problems);
	forgive(&workspace->problems, options);
	code = report_problems(&workspace->problems, options);
	if (code != EXIT_DONE)
		return code;
	lock_file_render(&workspace->set, &text);
	if (options->check) {
		code = output_differs(workspace->lock.path, buffer_contents(&text)) ? EXIT_FINDINGS
		                                                                    : EXIT_DONE;
		buffer_clear(&text);
		return code;
	}
	result = output_write(workspace->lock.path, buffer_contents(&text));
	buffer_clear(&text);
	if (result == OUTPUT_FAILED)
		return report_unwritten(workspace->lock.path);
	if (!options->quiet)
		printf("%s: %s: %zu migration%s\n", workspace->lock.path,
		       result == OUTPUT_UNCHANGED ? "up to date" : "written", workspace->set.count,
		       workspace->set.count == 1 ? "" : "s");
	return options->write ? stamp_all(&workspace->set) : EXIT_DONE;
}

enum exit_code command_sum(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	enum exit_code code;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	set_read(&workspace, options->operand, options->dialect != NULL ? dialects : NULL);
	code = sum(&workspace, options);
	set_clear(&workspace);
	return code;
}
