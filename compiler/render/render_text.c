/* render_text.c - for people. */
#include "render.h"

void render_text(struct diagnostics *diagnostics, enum severity least, bool color,
                 struct buffer *out)
{
	(void)color;
	diagnostics_render(diagnostics, least, out);
}
