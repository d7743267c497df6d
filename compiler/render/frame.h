/* frame.h - the lines of a file around a place, with a gutter, as people see them. */
#ifndef INLAY_RENDER_FRAME_H
#define INLAY_RENDER_FRAME_H

#include "common.h"

/* What is written to, and how. */
struct frame {
	struct buffer *out;
	bool color;
	int width;         /* Of the gutter's numbers; frame_source() settles it. */
	const char *paint; /* The severity's ANSI sequence. */
};

#define FRAME_BOLD  "\033[1m"
#define FRAME_DIM   "\033[34m"
#define FRAME_RED   "\033[31m"
#define FRAME_GREEN "\033[32m"

/* Switches color on and off again, where there is any. */
void frame_paint(const struct frame *frame, const char *sequence);
void frame_plain(const struct frame *frame);

/* The lines of the place, each with the part that belongs to it underlined; of many lines the
 * first and the last. */
void frame_source(struct frame *frame, struct text all, struct text at,
                  const struct common_place *place);

/* "= title: text", further lines of the text below its first; nothing when it is NULL. */
void frame_note(const struct frame *frame, const char *title, const char *text);

/* "= title:" and the text's lines as a block. */
void frame_block(const struct frame *frame, const char *title, const char *text);

/* "= fix:" and the lines that change, as they are and as they should be. */
void frame_patch(const struct frame *frame, struct text all, const struct fix *fix);

#endif
