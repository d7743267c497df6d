/* render_text.c - for people. */
#include "render.h"

#include "frame.h"
#include "safe.h"

#define SHOWN_MAX       100 /* Errors, and warnings. */
#define NOTES_SHOWN_MAX 3   /* Of one rule. */

static const char *paint_of(enum severity severity)
{
	static const char *const paints[] = { "\033[1;36m", "\033[1;35m", "\033[1;31m" };

	return paints[severity];
}

static void add_headline(const struct frame *frame, struct common_cursor *cursor,
                         enum severity severity, const struct diagnostic *diagnostic)
{
	struct buffer message = { 0 };

	frame_paint(frame, FRAME_BOLD);
	common_origin(frame->out, cursor, diagnostic);
	frame_plain(frame);
	frame_paint(frame, frame->paint);
	buffer_format(frame->out, "%s: ", common_severity(severity));
	frame_plain(frame);
	frame_paint(frame, FRAME_BOLD);
	common_message(&message, diagnostic);
	safe_text(frame->out, buffer_contents(&message));
	frame_plain(frame);
	buffer_format(frame->out, " [%s]\n", rule_name(diagnostic->problem.rule));
	buffer_clear(&message);
}

static void add_one(struct frame frame, struct common_cursor *cursor, enum severity severity,
                    const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;

	frame.paint = paint_of(severity);
	add_headline(&frame, cursor, severity, diagnostic);
	if (common_has_place(problem)) {
		struct common_place place = common_locate(cursor, problem->source, problem->at);

		frame_source(&frame, problem->source->text, problem->at, &place);
	}
	frame_note(&frame, "lock", problem->lock);
	frame_note(&frame, "help", problem->help);
	frame_block(&frame, "instead", problem->rewrite);
	if (problem->source != NULL && problem->fix.at.start != NULL)
		frame_patch(&frame, problem->source->text, &problem->fix);
}

/* How many of what there were so far. */
struct tally {
	size_t by_severity[SEVERITY_ERROR + 1];
	size_t notes[RULE_COUNT];
};

/* Notes of one kind say nothing new after the third. */
static bool is_shown(struct tally *tally, const struct diagnostic *item, enum severity severity,
                     enum severity least)
{
	if (severity < least)
		return false;
	if (severity == SEVERITY_NOTE)
		return ++tally->notes[item->problem.rule] <= NOTES_SHOWN_MAX;
	return ++tally->by_severity[severity] <= SHOWN_MAX;
}

static void add_rest(struct buffer *out, const struct tally *tally)
{
	int i;

	for (i = 0; i < RULE_COUNT; i++)
		if (tally->notes[i] > NOTES_SHOWN_MAX)
			buffer_format(out, "... and %zu more note%s [%s]\n",
			              tally->notes[i] - NOTES_SHOWN_MAX,
			              tally->notes[i] == NOTES_SHOWN_MAX + 1 ? "" : "s",
			              rule_name((enum rule)i));
	for (i = SEVERITY_WARNING; i <= SEVERITY_ERROR; i++)
		if (tally->by_severity[i] > SHOWN_MAX)
			buffer_format(out, "... and %zu more %s%s\n",
			              tally->by_severity[i] - SHOWN_MAX,
			              common_severity((enum severity)i),
			              tally->by_severity[i] == SHOWN_MAX + 1 ? "" : "s");
}

void render_text(struct diagnostics *diagnostics, enum severity least, bool color,
                 struct buffer *out)
{
	struct frame frame = { .out = out, .color = color };
	struct common_cursor cursor = { 0 };
	struct tally tally = { 0 };
	size_t i;

	common_prepare(diagnostics);
	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];
		enum severity severity = diagnostics_severity(diagnostics, item->problem.rule);

		if (is_shown(&tally, item, severity, least))
			add_one(frame, &cursor, severity, item);
	}
	add_rest(out, &tally);
}
