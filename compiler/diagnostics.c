/* diagnostics.c - the list of problems; nothing here knows what they are about or look like. */
#include "diagnostics.h"

#include "source.h"

#include <stdarg.h>
#include <stdio.h>

enum severity diagnostics_severity(const struct diagnostics *diagnostics, enum rule rule)
{
	enum severity severity = rule_severity(rule);

	return severity == SEVERITY_WARNING && diagnostics->strict ? SEVERITY_ERROR : severity;
}

void diagnostics_add(struct diagnostics *diagnostics, struct problem problem, const char *format,
                     ...)
{
	char message[1024];
	va_list arguments;
	struct diagnostic *item;

	if (rule_group(problem.rule) == GROUP_STYLE && !diagnostics->style)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	diagnostics->items = arena_grow(diagnostics->arena, diagnostics->items, diagnostics->count,
	                                &diagnostics->capacity, sizeof(*diagnostics->items));
	item = &diagnostics->items[diagnostics->count];
	item->problem = problem;
	item->message = arena_copy(diagnostics->arena, text_of(message));
	item->dialects = problem.dialects;
	item->readers = 0;
	item->order = diagnostics->count++;
	if (diagnostics_severity(diagnostics, problem.rule) == SEVERITY_ERROR)
		diagnostics->error_count++;
}

void diagnostics_filter(struct diagnostics *diagnostics,
                        bool (*keep)(const struct diagnostic *diagnostic, void *context),
                        void *context)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];

		if (keep(item, context))
			diagnostics->items[kept++] = *item;
		else if (diagnostics_severity(diagnostics, item->problem.rule) == SEVERITY_ERROR)
			diagnostics->error_count--;
	}
	diagnostics->count = kept;
}

/* A change is of use only where it changes what is in the file. */
static struct fix fix_as_written(const struct source *source, struct fix fix)
{
	const struct source *file;
	struct text at;

	if (fix.at.start == NULL)
		return fix;
	at = source_as_written(source, fix.at, &file);
	if (!text_equals(at, fix.at))
		return (struct fix){ .text = NULL };
	return (struct fix){ at, fix.text };
}

void diagnostics_as_written(struct diagnostics *diagnostics)
{
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		struct problem *problem = &diagnostics->items[i].problem;
		const struct source *source = problem->source;

		if (source == NULL || source->written == NULL)
			continue;
		diagnostics->items[i].readers = source->dialects;
		problem->fix = fix_as_written(source, problem->fix);
		problem->at = source_as_written(source, problem->at, &problem->source);
	}
}
