/* progress.c - events to lines: one that is written over on a terminal, plain ones elsewhere. */
#include "progress.h"

#include "table.h"
#include "terminal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SQL_WIDTH 60 /* Of a statement with --verbose. */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- The last line; the lock is held --- */

static void append(char text[PROGRESS_TEXT_SIZE], const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void append(char text[PROGRESS_TEXT_SIZE], const char *format, ...)
{
	size_t size = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text + size, PROGRESS_TEXT_SIZE - size, format, arguments);
	va_end(arguments);
}

static void append_elapsed(char text[PROGRESS_TEXT_SIZE], int64_t milliseconds)
{
	int64_t seconds = milliseconds / 1000;

	if (seconds < 60)
		append(text, "  %" PRId64 ".%" PRId64 " s", seconds, milliseconds / 100 % 10);
	else
		append(text, "  %" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
}

static void describe(const struct progress_line *line, char text[PROGRESS_TEXT_SIZE])
{
	static const char wheel[] = "|/-\\";
	int64_t elapsed_ms = now_ms() - line->began_ms;
	uint32_t next = line->statement < line->statement_count ? line->statement + 1
	                                                        : line->statement_count;

	(void)snprintf(text, PROGRESS_TEXT_SIZE, "%c ", wheel[elapsed_ms / 100 % 4]);
	if (line->what == PROGRESS_WAITING) {
		append(text, "waiting");
		append_elapsed(text, elapsed_ms);
		if (line->migration[0] != '\0')
			append(text, "  others are at %s", line->migration);
		if (line->holder[0] != '\0')
			append(text, "  %s", line->holder);
		return;
	}
	append(text, "%" PRIu32 " of %" PRIu32 "  ", line->index, line->count);
	append(text, "%s%s", line->is_down ? "back: " : "", line->migration);
	if (line->statement_count > 1)
		append(text, "  statement %" PRIu32 " of %" PRIu32, next, line->statement_count);
	append_elapsed(text, elapsed_ms);
}

/* As much of it as the terminal is wide: what wraps can not be written over. */
static void cut(char text[PROGRESS_TEXT_SIZE], size_t width)
{
	size_t count = 0;
	char *at;

	for (at = text; *at != '\0'; at++) {
		bool begins = ((unsigned char)*at & 0xc0) != 0x80;

		if (begins && (unsigned char)*at < ' ')
			*at = ' ';
		if (begins && ++count >= width)
			break;
	}
	*at = '\0';
}

static void draw(struct progress *progress)
{
	struct progress_line *line = &progress->line;
	char text[PROGRESS_TEXT_SIZE] = "stopping: Ctrl-C again ends at once ";

	if (!progress->is_live || line->is_over ||
	    (line->what == PROGRESS_NOTHING && !line->is_stopping))
		return;
	if (!line->is_stopping)
		describe(line, text);
	cut(text, terminal_width(STDERR_FILENO));
	fprintf(stderr, "\r%s\033[K", text);
	(void)fflush(stderr);
	line->is_shown = true;
}

static void hide(struct progress *progress)
{
	if (!progress->line.is_shown)
		return;
	fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	progress->line.is_shown = false;
}

void progress_hide(struct progress *progress)
{
	(void)pthread_mutex_lock(&progress->lock);
	hide(progress);
	progress->line.what = PROGRESS_NOTHING;
	progress->line.is_stopping = false;
	progress->line.is_over = true;
	(void)pthread_mutex_unlock(&progress->lock);
}

static void tick(void *context)
{
	struct progress *progress = context;

	(void)pthread_mutex_lock(&progress->lock);
	draw(progress);
	(void)pthread_mutex_unlock(&progress->lock);
}

static void say_stopping(void *context)
{
	struct progress *progress = context;

	(void)pthread_mutex_lock(&progress->lock);
	progress->line.is_stopping = true;
	if (progress->is_live)
		draw(progress);
	else if (!progress->is_quiet && !progress->line.is_over)
		fprintf(stderr, "inlay %s: stopping; a second signal ends at once\n",
		        progress->live->command);
	(void)pthread_mutex_unlock(&progress->lock);
}

/* --- Plain lines --- */

static const char *paint(const struct progress *progress, const char *color)
{
	return progress->has_color ? color : "";
}

/* `word` in its color, and what follows; on standard output. */
static void tell(struct progress *progress, const char *color, const char *word, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

static void tell(struct progress *progress, const char *color, const char *word, const char *format,
                 ...)
{
	va_list arguments;

	if (progress->is_quiet || progress->is_json)
		return;
	hide(progress);
	printf("%s%s%s  ", paint(progress, color), word, paint(progress, "\033[0m"));
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	puts("");
	(void)fflush(stdout);
}

/* Where no line is written over, people read one for each thing that holds it up. */
static void tell_hold_up(struct progress *progress, const char *what, const char *why)
{
	if (progress->is_quiet || (progress->is_live && progress->line.what == PROGRESS_WAITING))
		return;
	hide(progress);
	fprintf(stderr, "inlay %s: %s%s%s\n", progress->live->command, what,
	        why[0] != '\0' ? ": " : "", why);
}

/* --- Events --- */

static struct progress_time *time_of(struct progress *progress, uint32_t index)
{
	while (progress->time_count <= index) {
		progress->times =
		        arena_grow(progress->live->arena, progress->times, progress->time_count,
		                   &progress->time_capacity, sizeof(*progress->times));
		progress->times[progress->time_count++] = (struct progress_time){ 0 };
	}
	return &progress->times[index];
}

static void set_line(struct progress *progress, const struct inlay_event *event)
{
	struct progress_line *line = &progress->line;

	(void)snprintf(line->migration, sizeof(line->migration), "%s", event->migration);
	line->index = event->index;
	line->count = event->count;
	line->statement = event->statement;
	line->statement_count = event->statement_count;
}

static void take_begun(struct progress *progress, const struct inlay_event *event)
{
	struct progress_time *time = time_of(progress, event->index);

	*time = (struct progress_time){ now_ms(), now_ms() };
	set_line(progress, event);
	progress->line.what = PROGRESS_AT_WORK;
	progress->line.began_ms = time->began_ms;
	progress->line.is_down = event->kind == INLAY_EVENT_ROLLING_BACK;
}

static void take_statement(struct progress *progress, const struct inlay_event *event)
{
	size_t line_size = strcspn(event->sql, "\n");
	size_t size = line_size < PROGRESS_TEXT_SIZE ? line_size : PROGRESS_TEXT_SIZE - 1;
	bool is_whole = event->sql[line_size] == '\0';
	char sql[PROGRESS_TEXT_SIZE];

	time_of(progress, event->index)->ended_ms = now_ms();
	progress->line.statement = event->statement;
	if (!progress->is_verbose)
		return;
	memcpy(sql, event->sql, size);
	sql[size] = '\0';
	cut(sql, SQL_WIDTH);
	tell(progress, "", "statement", "%s %" PRIu32 " of %" PRIu32 "  %s%s", event->migration,
	     event->statement, event->statement_count, sql,
	     is_whole && strlen(sql) == line_size ? "" : " ...");
}

static void take_done(struct progress *progress, const struct inlay_event *event)
{
	struct arena *arena = progress->live->arena;
	const struct progress_time *time = time_of(progress, event->index);
	bool is_down = event->kind == INLAY_EVENT_ROLLED_BACK;
	int64_t duration_ms = event->duration_ms;

	if (progress->live->sqlite != NULL)
		duration_ms = time->ended_ms - time->began_ms;
	progress->done = arena_grow(arena, progress->done, progress->done_count,
	                            &progress->capacity, sizeof(*progress->done));
	progress->done[progress->done_count++] = (struct progress_done){
		.version = event->version,
		.migration = arena_string(arena, event->migration),
		.file = arena_string(arena, event->file),
		.duration_ms = duration_ms,
		.is_down = is_down,
	};
	tell(progress, is_down ? "\033[33m" : "\033[32m", is_down ? "rolled back" : "applied",
	     "%s  %s", event->migration, table_duration(arena, duration_ms));
	progress->line.what = PROGRESS_NOTHING;
}

static void take_waiting(struct progress *progress, const struct inlay_event *event)
{
	struct progress_line *line = &progress->line;

	if (line->what != PROGRESS_WAITING)
		line->began_ms = now_ms() - event->waited_ms;
	line->what = progress->is_live ? PROGRESS_WAITING : PROGRESS_NOTHING;
	(void)snprintf(line->migration, sizeof(line->migration), "%s", event->migration);
	(void)snprintf(line->holder, sizeof(line->holder), "%s", event->holder);
	tell_hold_up(progress, "waiting while others migrate", event->holder);
}

static void take(struct progress *progress, const struct inlay_event *event)
{
	switch (event->kind) {
	case INLAY_EVENT_APPLYING:
	case INLAY_EVENT_ROLLING_BACK: take_begun(progress, event); break;
	case INLAY_EVENT_STATEMENT: take_statement(progress, event); break;
	case INLAY_EVENT_APPLIED:
	case INLAY_EVENT_ROLLED_BACK: take_done(progress, event); break;
	case INLAY_EVENT_WAITING: take_waiting(progress, event); break;
	case INLAY_EVENT_RETRYING:
		progress->line.what = PROGRESS_NOTHING;
		tell_hold_up(
		        progress,
		        arena_format(progress->live->arena, "trying %s again", event->migration),
		        event->message);
		break;
	case INLAY_EVENT_LOCKED:
	case INLAY_EVENT_FAILED: progress->line.what = PROGRESS_NOTHING; break;
	default: return;
	}
}

void progress_event(void *context, const struct inlay_event *event)
{
	struct progress *progress = context;

	(void)pthread_mutex_lock(&progress->lock);
	progress->line.is_over = false;
	take(progress, event);
	draw(progress);
	(void)pthread_mutex_unlock(&progress->lock);
}

bool progress_wants_statements(const struct progress *progress)
{
	return !progress->is_quiet && (progress->is_live || progress->is_verbose);
}

/* --- From beginning to end --- */

void progress_init(struct progress *progress, struct live *live, const struct options *options)
{
	*progress = (struct progress){ .live = live, .began_ms = now_ms() };
	progress->is_quiet = options->quiet;
	progress->is_json = options->json;
	progress->is_verbose = options->verbose;
	progress->is_live = !options->quiet && terminal_is_live(STDERR_FILENO);
	progress->has_color = terminal_wants_color(STDOUT_FILENO);
	progress->listener = (struct watch_listener){ .tick = tick,
		                                      .stopping = say_stopping,
		                                      .context = progress };
	(void)pthread_mutex_init(&progress->lock, NULL);
}

void progress_clear(struct progress *progress)
{
	progress_hide(progress);
	(void)pthread_mutex_destroy(&progress->lock);
}

int64_t progress_elapsed_ms(const struct progress *progress)
{
	return now_ms() - progress->began_ms;
}

void progress_tell_totals(const struct progress *progress)
{
	size_t counts[2] = { 0 };
	size_t i;

	if (progress->is_quiet || progress->is_json || progress->done_count == 0)
		return;
	for (i = 0; i < progress->done_count; i++)
		counts[progress->done[i].is_down]++;
	if (counts[1] > 0)
		printf("%zu migration%s rolled back%s", counts[1], counts[1] == 1 ? "" : "s",
		       counts[0] > 0 ? ", " : "");
	if (counts[0] > 0)
		printf("%zu migration%s applied", counts[0], counts[0] == 1 ? "" : "s");
	printf(" in %s\n", table_duration(progress->live->arena, progress_elapsed_ms(progress)));
}
