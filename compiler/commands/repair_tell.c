/* repair_tell.c - findings for people; asks and changes nothing. */
#include "repair_tell.h"

#include "safe.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SQL_SIZE_MAX 300 /* Of a statement, where it is shown. */

static struct inlay_finding_statement *copy_statements(struct arena *arena,
                                                       const struct inlay_finding *finding)
{
	struct inlay_finding_statement *statements =
	        arena_array(arena, struct inlay_finding_statement, finding->statement_count + 1u);

	for (uint32_t i = 0; i < finding->statement_count; i++) {
		statements[i] = finding->statements[i];
		statements[i].sql = arena_string(arena, finding->statements[i].sql);
	}
	return statements;
}

void repair_take_finding(void *context, const struct inlay_finding *finding)
{
	struct repair_findings *findings = context;
	struct arena *arena = findings->arena;
	struct inlay_finding *item;

	if (findings->version >= 0 && findings->version != finding->version)
		return;
	findings->items = arena_grow(arena, findings->items, findings->count, &findings->capacity,
	                             sizeof(*findings->items));
	item = &findings->items[findings->count++];
	*item = *finding;
	item->filename = arena_string(arena, finding->filename);
	item->file = arena_string(arena, finding->file);
	item->message = arena_string(arena, finding->message);
	item->since = arena_string(arena, finding->since);
	item->actor = arena_string(arena, finding->actor);
	item->statements = copy_statements(arena, finding);
}

/* --- Lines --- */

/* Runs of white space as one space. */
static void add_line(struct buffer *line, const char *text, size_t size_max)
{
	for (; *text != '\0' && line->size < size_max; text++) {
		bool is_space = strchr(" \n\t\r", *text) != NULL;

		if (!is_space)
			buffer_byte(line, (unsigned char)*text);
		else if (line->size > 0 && line->start[line->size - 1] != ' ')
			buffer_byte(line, ' ');
	}
	if (*text != '\0')
		buffer_string(line, " ...");
}

/* Somebody else's text, in one line, between two of ours; cut behind so many bytes. */
static void print_cut(const char *before, const char *text, const char *after, size_t size_max)
{
	struct buffer line = { 0 };
	struct buffer shown = { 0 };

	add_line(&line, text, size_max);
	safe_text(&shown, buffer_contents(&line));
	buffer_byte(&shown, '\0');
	printf("%s%s%s", before, (const char *)shown.start, after);
	buffer_clear(&line);
	buffer_clear(&shown);
}

static void print(const char *before, const char *text, const char *after)
{
	print_cut(before, text, after, SIZE_MAX);
}

static void print_statement(const struct inlay_finding *finding, uint32_t index)
{
	const struct inlay_finding_statement *statement = &finding->statements[index];

	printf("     %s:%" PRIu32 ":%" PRIu32 ": ", finding->file, statement->line,
	       statement->column);
	print_cut("", statement->sql, "\n", SQL_SIZE_MAX);
}

static bool is_unfinished(const struct inlay_finding *finding)
{
	return finding->kind == INLAY_FINDING_RESUMABLE || finding->kind == INLAY_FINDING_DOUBT ||
	       finding->kind == INLAY_FINDING_STUCK || finding->kind == INLAY_FINDING_AT_WORK;
}

static void print_unfinished(const struct inlay_finding *finding)
{
	printf("   since %s: ", finding->since);
	print("", finding->actor, "\n");
	if (finding->through_count > 0)
		puts("   these statements are through, and what they did is there:");
	for (uint32_t i = 0; i < finding->through_count; i++)
		print_statement(finding, i);
	if (finding->through_count == finding->statement_count)
		return;
	printf("   %s statement %" PRIu32 ":\n",
	       finding->kind == INLAY_FINDING_DOUBT ? "nobody knows of" : "it is at",
	       finding->through_count + 1);
	print_statement(finding, finding->through_count);
}

static void print_message(const struct inlay_finding *finding)
{
	print("", finding->filename, finding->filename[0] != '\0' ? ": " : "");
	print("", finding->message, "\n");
	if (is_unfinished(finding))
		print_unfinished(finding);
}

/* --- What helps --- */

static const struct remedy {
	enum inlay_finding_kind kind; /* 0: of any that is not finished. */
	enum inlay_repair what;
	const char *option;
	const char *up; /* When that is right; */
	const char *down;
} remedies[] = {
	{ INLAY_FINDING_EDITED, INLAY_REPAIR_ACCEPT, "--accept",
	  "the database has what the file says now", NULL },
	{ INLAY_FINDING_MISSING, INLAY_REPAIR_FORGET, "--forget",
	  "it was taken out on purpose, and what it did stays", NULL },
	{ 0, INLAY_REPAIR_DONE, "--done", "that statement took effect, or you did it: go on behind",
	  "that statement took effect, or you did it: go on behind" },
	{ 0, INLAY_REPAIR_AGAIN, "--again", "it took no effect, or you undid it: run it",
	  "it took no effect, or you undid it: run it" },
	{ 0, INLAY_REPAIR_FORGET, "--forget", "you have undone all of it: it is pending again",
	  "you have undone the rest: it is rolled back" },
	{ 0, INLAY_REPAIR_ACCEPT, "--accept", "you have done the rest: it is applied",
	  "you have put back what is gone: it is applied" },
};

static const char *advice_of(const struct inlay_finding *finding)
{
	switch (finding->kind) {
	case INLAY_FINDING_RESUMABLE:
		return finding->is_down ? "inlay down goes on with it; otherwise one of"
		                        : "inlay up goes on with it; otherwise one of";
	case INLAY_FINDING_DOUBT: return "look, then run one of";
	case INLAY_FINDING_STUCK: return "look, then undo it or finish it by hand, and run one of";
	case INLAY_FINDING_EDITED:
	case INLAY_FINDING_MISSING: return "restore the file, or run";
	case INLAY_FINDING_AT_WORK: return "wait until that is through";
	case INLAY_FINDING_LATE:
		return "if no database has it yet, give its file a version above all others; "
		       "otherwise inlay up --allow-late applies it all the same (or, if its row "
		       "was deleted by hand, restore that)";
	case INLAY_FINDING_REFORMATTED:
	case INLAY_FINDING_CHAIN:
	case INLAY_FINDING_MARK: break;
	}
	return "the set tells what to record: inlay repair --yes";
}

static void print_remedies(const struct inlay_finding *finding)
{
	printf("   %s\n", advice_of(finding));
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
		const struct remedy *remedy = &remedies[i];
		bool fits =
		        remedy->kind == 0 ? is_unfinished(finding) : remedy->kind == finding->kind;

		/* No statement is left of which it could be said. */
		if (remedy->what == INLAY_REPAIR_DONE &&
		    finding->through_count == finding->statement_count)
			continue;
		if (fits && (finding->remedies & (unsigned)remedy->what) != 0)
			printf("     inlay repair %" PRId64 " %-8s  %s\n", finding->version,
			       remedy->option, finding->is_down ? remedy->down : remedy->up);
	}
}

void repair_tell_findings(const struct repair_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		printf("%zu. ", i + 1);
		print_message(&findings->items[i]);
		print_remedies(&findings->items[i]);
	}
}

void repair_tell_finding(const struct inlay_finding *finding)
{
	print_message(finding);
}

void repair_tell_next(const struct inlay_finding *finding)
{
	print("", finding->filename, ": ");
	print("", finding->message, "\n");
	if (finding->kind == INLAY_FINDING_RESUMABLE)
		printf("    help: inlay %s goes on with it\n", finding->is_down ? "down" : "up");
}

/* --- Who holds the lock --- */

void repair_tell_holder(const struct holder *holder)
{
	print("", holder->words, "");
	printf(": %s\n", holder->doing);
	if (holder->command[0] != '\0')
		print(holder->is_idle ? "   its last command: " : "   its command: ",
		      holder->command, "\n");
}

size_t repair_tell_holders(const struct holders *holders, size_t count, bool tells)
{
	size_t idle_count = 0;

	for (size_t i = 0; i < holders->count; i++) {
		const struct holder *holder = &holders->items[i];

		if (!holder->is_idle) {
			if (tells)
				printf("somebody is at work: ");
		} else {
			idle_count++;
			if (tells)
				printf("%zu. the lock is held and nothing is done with it: ",
				       count + idle_count);
		}
		if (tells)
			repair_tell_holder(holder);
		if (tells && holder->is_idle)
			puts("   find out whose it is, then end it: inlay repair --terminate");
	}
	return idle_count;
}

/* --- What the runtime tells --- */

static void print_parameters(const struct inlay_event *event)
{
	for (uint32_t i = 0; i < event->parameter_count; i++) {
		printf("%s$%" PRIu32 " = ", i == 0 ? "    -- " : ", ", i + 1);
		print(event->parameters[i] != NULL ? "'" : "",
		      event->parameters[i] != NULL ? event->parameters[i] : "NULL",
		      event->parameters[i] != NULL ? "'" : "");
	}
	if (event->parameter_count > 0)
		putchar('\n');
}

void repair_tell_event(const struct inlay_event *event)
{
	if (event->kind == INLAY_EVENT_REPAIRED) {
		printf("repaired%s%s: ", event->version >= 0 ? " " : "", event->migration);
		print("", event->message, "\n");
	} else if (event->kind == INLAY_EVENT_STATEMENT) {
		printf("statement %" PRIu32 ": ", event->statement);
		print_cut("", event->sql, "\n", SQL_SIZE_MAX);
	} else if (event->kind == INLAY_EVENT_WOULD_RUN) {
		print("", event->sql, ";\n");
		print_parameters(event);
	}
}
