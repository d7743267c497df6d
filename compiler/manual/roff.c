/* roff.c - manual pages in the macros of man(7), which every system reads. */
#include "manual.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What roff takes for its own: backslashes, and lines that begin with a dot or a quote.  A hyphen
 * of ours is the one to type. */
static void write_escaped(struct text text, bool at_line_start, struct buffer *out)
{
	bool is_bold = false;
	size_t i;

	for (i = 0; i < text.size; i++) {
		unsigned char byte = text.start[i];

		if (at_line_start && (byte == '.' || byte == '\''))
			buffer_string(out, "\\&");
		at_line_start = byte == '\n';
		if (byte == '\\') {
			buffer_string(out, "\\e");
		} else if (byte == '-') {
			buffer_string(out, "\\-");
		} else if (byte == '`') {
			is_bold = !is_bold;
			buffer_string(out, is_bold ? "\\fB" : "\\fR");
		} else {
			buffer_byte(out, byte);
		}
	}
}

/* A section begins one by itself. */
static void begin_paragraph(struct buffer *out)
{
	size_t start = out->size - 1;

	while (start > 0 && out->start[start - 1] != '\n')
		start--;
	if (memcmp(out->start + start, ".SH", 3) != 0)
		buffer_string(out, ".PP\n");
}

static void write_block(struct text block, bool is_kept, struct buffer *out)
{
	begin_paragraph(out);
	if (!is_kept) {
		write_escaped(block, true, out);
		buffer_byte(out, '\n');
		return;
	}
	buffer_string(out, ".nf\n");
	write_escaped(block, true, out);
	buffer_string(out, "\n.fi\n");
}

static void write_title(const char *name, int section, const char *summary, struct buffer *out)
{
	const char *at;

	buffer_string(out, ".TH ");
	for (at = name; *at != '\0'; at++)
		buffer_byte(out, (unsigned char)toupper((unsigned char)*at));
	buffer_format(out, " %d \"\" \"inlay %s\" \"inlay\"\n.SH NAME\n", section, INLAY_VERSION);
	write_escaped(text_of(name), true, out);
	buffer_string(out, " \\- ");
	write_escaped(text_of(summary), false, out);
	buffer_byte(out, '\n');
}

/* Tagged paragraphs out of lines "0  as asked". */
static void write_exit_status(const char *lines, struct buffer *out)
{
	buffer_string(out, ".SH EXIT STATUS\n");
	while (*lines != '\0') {
		size_t size = strcspn(lines, "\n");
		size_t number = strspn(lines, "0123456789");
		size_t gap = strspn(lines + number, " ");

		buffer_format(out, ".TP 5\n%.*s\n", (int)number, lines);
		write_escaped((struct text){ (const unsigned char *)lines + number + gap,
		                             size - number - gap },
		              true, out);
		buffer_byte(out, '\n');
		lines += size + (lines[size] == '\n');
	}
}

static void write_option(const struct option *option, struct buffer *out)
{
	struct buffer left = { 0 };

	manual_write_option(option, &left);
	buffer_string(out, ".TP\n\\fB");
	write_escaped(text_trim(buffer_contents(&left)), false, out);
	buffer_string(out, "\\fR\n");
	write_escaped(text_of(option->help), true, out);
	buffer_byte(out, '\n');
	buffer_clear(&left);
}

static void write_examples(const struct manual_page *page, struct buffer *out)
{
	size_t i;

	for (i = 0; i < MANUAL_EXAMPLES_MAX && page->examples[i].line != NULL; i++) {
		if (i == 0)
			buffer_string(out, ".SH EXAMPLES\n");
		begin_paragraph(out);
		write_escaped(text_of(page->examples[i].text), true, out);
		buffer_string(out, "\n.PP\n.nf\n.RS 4\n");
		write_escaped(text_of(page->examples[i].line), true, out);
		buffer_string(out, "\n.RE\n.fi\n");
	}
}

/* "up help-topic": inlay-up(1), inlay-environment(7). */
static void write_see_also(const char *names, struct buffer *out)
{
	struct text rest = text_of(names != NULL ? names : "");
	struct text word;

	buffer_string(out, ".SH SEE ALSO\n.BR inlay (1)");
	for (word = text_next_word(&rest, " "); word.size > 0; word = text_next_word(&rest, " ")) {
		char name[40];

		(void)snprintf(name, sizeof(name), "%.*s", (int)word.size,
		               (const char *)word.start);
		buffer_string(out, ",\n.BR inlay\\-");
		write_escaped(word, false, out);
		buffer_string(out, manual_find_topic(name) != NULL ? " (7)" : " (1)");
	}
	buffer_byte(out, '\n');
}

void manual_write_page(const struct command *command, struct buffer *out)
{
	const struct manual_page *page = manual_find(command->name);
	size_t count;
	const struct option *options = options_all(&count);
	char name[60];
	size_t i;

	(void)snprintf(name, sizeof(name), "inlay-%s", command->name);
	write_title(name, 1, command->summary, out);
	buffer_format(out, ".SH SYNOPSIS\n\\fBinlay %s\\fR [\\fIoptions\\fR] ", command->name);
	write_escaped(text_of(command->operand), false, out);
	buffer_string(out, "\n.SH DESCRIPTION\n");
	manual_blocks(page->description, write_block, out);
	buffer_string(out, ".SH OPTIONS\n");
	for (i = 0; i < count; i++)
		if (options_takes(command, &options[i]))
			write_option(&options[i], out);
	write_exit_status(page->exit_status != NULL ? page->exit_status : manual_exit_status, out);
	write_examples(page, out);
	write_see_also(page->see_also, out);
}

void manual_write_topic_page(const struct manual_topic *topic, struct buffer *out)
{
	char name[60];

	(void)snprintf(name, sizeof(name), "inlay-%s", topic->name);
	write_title(name, 7, topic->summary, out);
	buffer_string(out, ".SH DESCRIPTION\n");
	manual_blocks(topic->text, write_block, out);
	write_see_also(NULL, out);
}

void manual_write_main_page(const struct manual *manual, struct buffer *out)
{
	size_t count;
	const struct manual_topic *topics = manual_topics(&count);
	size_t i;

	write_title("inlay", 1, "your schema, compiled in", out);
	buffer_string(out, ".SH SYNOPSIS\n\\fBinlay\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] "
	                   "[\\fIoperands\\fR]\n.SH DESCRIPTION\n"
	                   "A migration compiler: it turns a directory of SQL migrations into one "
	                   "C file, and the program that links it brings its database up to date "
	                   "by itself.  The same command looks after live databases.\n"
	                   ".SH COMMANDS\n");
	for (i = 0; i < manual->count; i++) {
		buffer_format(out, ".TP\n.BR inlay\\-%s (1)\n", manual->commands[i].name);
		write_escaped(text_of(manual->commands[i].summary), true, out);
		buffer_byte(out, '\n');
	}
	buffer_string(out, ".SH TOPICS\n");
	for (i = 0; i < count; i++) {
		buffer_string(out, ".TP\n.BR inlay\\-");
		write_escaped(text_of(topics[i].name), false, out);
		buffer_string(out, " (7)\n");
		write_escaped(text_of(topics[i].summary), true, out);
		buffer_byte(out, '\n');
	}
	write_exit_status(manual_exit_status, out);
}
