/* rewrite.c - pieces, kept or put, with their places. */
#include "rewrite.h"

#include <string.h>

static void add(struct rewrite *rewrite, struct source_piece piece, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	piece.at = rewrite->out.size;
	rewrite->pieces = arena_grow(rewrite->reading->arena, rewrite->pieces, rewrite->piece_count,
	                             &rewrite->piece_capacity, sizeof(*rewrite->pieces));
	rewrite->pieces[rewrite->piece_count++] = piece;
	buffer_bytes(&rewrite->out, bytes, size);
}

static size_t offset_of(const struct rewrite *rewrite, const unsigned char *at)
{
	return (size_t)(at - rewrite->entry->source->text.start);
}

void rewrite_keep(struct rewrite *rewrite, const unsigned char *at)
{
	struct source_piece piece = { .from = offset_of(rewrite, rewrite->next), .kept = true };

	if (at <= rewrite->next)
		return;
	piece.size = (size_t)(at - rewrite->next);
	add(rewrite, piece, rewrite->next, piece.size);
	rewrite->next = at;
}

void rewrite_put(struct rewrite *rewrite, struct text at, const char *text)
{
	struct source_piece piece = { .from = offset_of(rewrite, at.start), .size = at.size };

	rewrite_keep(rewrite, at.start);
	add(rewrite, piece, text, strlen(text));
	rewrite->next = at.start + at.size;
}

void rewrite_skip(struct rewrite *rewrite, const unsigned char *at)
{
	rewrite->next = at;
}

void rewrite_drop_line(struct rewrite *rewrite, struct text line)
{
	const unsigned char *limit = rewrite->text.start + rewrite->text.size;
	const unsigned char *end = line.start + line.size;

	rewrite_keep(rewrite, line.start);
	if (end < limit && *end == '\r')
		end++;
	if (end < limit && *end == '\n')
		end++;
	rewrite_skip(rewrite, end);
}

struct text rewrite_start(const struct rewrite *rewrite)
{
	return (struct text){ rewrite->text.size > 0 ? rewrite->text.start : NULL,
		              rewrite->text.size > 0 };
}

void rewrite_refuse(struct rewrite *rewrite, enum rule rule, struct text at, const char *message,
                    const char *help)
{
	diagnostics_add(
	        rewrite->reading->problems,
	        (struct problem){
	                .rule = rule, .source = rewrite->entry->source, .at = at, .help = help },
	        "%s", message);
}

struct text directive_of(struct text line, const char *word)
{
	struct text none = { NULL, 0 };
	size_t size = strlen(word);
	struct text body;

	if (!text_starts_with(line, "--"))
		return none;
	body = text_trim((struct text){ line.start + 2, line.size - 2 });
	if (body.size < size || !text_equals_folded((struct text){ body.start, size }, word))
		return none;
	return text_trim((struct text){ body.start + size, body.size - size });
}

void rewrite_begin(struct rewrite *rewrite, struct reading *reading, const struct entry *entry)
{
	struct text all = entry->source->text;
	size_t mark = text_mark_size(all);

	*rewrite = (struct rewrite){ .reading = reading,
		                     .entry = entry,
		                     .text = { all.start + mark, all.size - mark },
		                     .next = all.start };
	rewrite_keep(rewrite, rewrite->text.start);
}

void rewrite_finish(struct rewrite *rewrite, struct source *translated)
{
	const struct source *written = rewrite->entry->source;
	unsigned char *bytes;

	rewrite_keep(rewrite, written->text.start + written->text.size);
	bytes = arena_allocate(rewrite->reading->arena, rewrite->out.size + 1);
	if (rewrite->out.size > 0)
		memcpy(bytes, rewrite->out.start, rewrite->out.size);
	*translated = *written;
	translated->text = (struct text){ bytes, rewrite->out.size };
	translated->written = written;
	translated->pieces = rewrite->pieces;
	translated->piece_count = rewrite->piece_count;
	buffer_clear(&rewrite->out);
}
