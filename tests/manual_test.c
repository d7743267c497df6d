/* manual_test.c - help, manual pages, completions and docs/commands.md: complete, and read by the
 * programs that they are for. */
#include "manual/manual.h"
#include "command.h"
#include "commands/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *work;

static int set_up(void **state)
{
	(void)state;
	work = directory_make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	directory_remove(work);
	free(work);
	return 0;
}

#define CHECK_ROWS(rows) command_expect_rows(work, rows, sizeof(rows) / sizeof((rows)[0]), false)

/* What command and options take, the page tells; what the page names, there is. */
static void every_command_has_a_page(void **state)
{
	size_t count;
	const struct command *commands = commands_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct manual_page *page = manual_find(commands[i].name);
		struct text rest;
		struct text word;

		assert_non_null(page);
		if (strlen(page->description) < 40 || page->examples[0].line == NULL ||
		    page->exit_status == NULL || page->see_also == NULL)
			fail_msg("page_%s.c is not finished", commands[i].name);
		for (size_t j = 0; j < MANUAL_EXAMPLES_MAX && page->examples[j].line != NULL; j++)
			if (strstr(page->examples[j].line, commands[i].name) == NULL)
				fail_msg("page_%s.c: %s", commands[i].name, page->examples[j].line);
		rest = text_of(page->see_also);
		for (word = text_next_word(&rest, " "); word.size > 0;
		     word = text_next_word(&rest, " ")) {
			char *name = format("%.*s", (int)word.size, (const char *)word.start);

			if (commands_find(name) == NULL && manual_find_topic(name) == NULL)
				fail_msg("page_%s.c: see also %s", commands[i].name, name);
			free(name);
		}
	}
}

/* An option in a command's list that there is none of would be missed by nobody. */
static void every_option_is_taken_and_known(void **state)
{
	size_t command_count;
	size_t option_count;
	const struct command *commands = commands_all(&command_count);
	const struct option *options = options_all(&option_count);

	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		struct text rest = text_of(commands[i].options);
		struct text word;

		for (word = text_next_word(&rest, " "); word.size > 0;
		     word = text_next_word(&rest, " ")) {
			size_t j = 0;

			while (j < option_count && !text_equals(word, text_of(options[j].key)))
				j++;
			if (j == option_count)
				fail_msg("%s takes %.*s", commands[i].name, (int)word.size,
				         (const char *)word.start);
		}
	}
	for (size_t j = 0; j < option_count; j++) {
		size_t i = 0;

		while (i < command_count && !options_takes(&commands[i], &options[j]))
			i++;
		if (i == command_count)
			fail_msg("nobody takes --%s", options[j].name);
	}
}

static void help_is_on_commands_and_topics(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay --help > a; inlay help > b; inlay 2> c; echo $?; cmp a b && cmp a c", 0,
		  "64\n", "" },
		{ "inlay up --help > a; inlay help up > b; cmp a b", 0, "", "" },
		{ "inlay help exit-status | head -3", 0,
		  "exit-status - what a command ends in\n\n"
		  "  0   as asked; of status and verify: nothing to do, nothing found\n",
		  "" },
		{ "inlay help nothing", 64, "",
		  "inlay help: there is no command or topic nothing\n    help: inlay help lists "
		  "them\n" },
		{ "inlay help \"$(printf '\\033[31m')\"", 64, "",
		  "inlay help: there is no command or topic ?[31m\n    help: inlay help lists "
		  "them\n" },
		{ "inlay \"$(printf '\\033[31m')\"", 64, "",
		  "inlay: there is no command `?[31m`\n    help: inlay --help lists them\n" },
		{ "inlay up \"$(printf 'a\\033[31m')\"", 64, "",
		  "inlay up: there are no operands; do not know what to do with a?[31m\n"
		  "    help: inlay up --help\n" },
		{ "inlay manual nothing", 64, "",
		  "inlay manual: there is no command or topic nothing\n"
		  "    help: inlay help lists them\n" },
		{ "inlay completion tcsh", 64, "",
		  "inlay completion: the shell is bash, zsh or fish, not tcsh\n"
		  "    help: inlay completion --help\n" },
		{ "inlay rollback", 64, "",
		  "inlay: there is no command `rollback`\n    help: inlay down\n" },
		{ "inlay stauts", 64, "",
		  "inlay: there is no command `stauts`\n    help: inlay status\n" },
		{ "for c in $(inlay --help | sed -n 's/^  \\([a-z]*\\) .*/\\1/p' | grep -v inlay); "
		  "do "
		  "inlay $c --help > a || echo $c; done; wc -L < a | awk '$1 > 100'",
		  0, "", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* That there is no date is meant: the same input gives the same page. */
static void manual_pages_are_well_formed(void **state)
{
	static const struct command_row rows[] = {
		{ "for p in '' $(inlay --help | sed -n 's/^  \\([a-z]*\\) .*/\\1/p' | grep -v "
		  "inlay) database "
		  "environment exit-status directives layouts; do inlay manual $p > page && "
		  "mandoc -T lint -W warning page | grep -v 'missing date' | sed \"s/^/$p: /\"; "
		  "done",
		  0, "", "" },
		{ "inlay manual new | mandoc -T utf8 | sed 's/.\\x8//g' | sed -n '3,7p'", 0,
		  "NAME\n       inlay-new - begin a migration: the next version, and its file\n\n"
		  "SYNOPSIS\n       inlay new [options] NAME\n",
		  "" },
		{ "inlay manual > inlay.1 && mandoc -T utf8 inlay.1 | sed 's/.\\x8//g' | grep -c "
		  "'inlay-[a-z-]*([17])'",
		  0, "25\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void documented_as_it_is(void **state)
{
	struct manual manual;
	struct buffer out = { 0 };
	struct bytes committed = file_read("docs/commands.md");
	const char *mode = getenv("INLAY_GOLDEN");

	(void)state;
	manual.commands = commands_all(&manual.count);
	manual_write_markdown(&manual, &out);
	if (mode != NULL && strcmp(mode, "rewrite") == 0)
		file_write("docs/commands.md", out.start, out.size);
	else if (committed.start == NULL ||
	         !same_bytes("docs/commands.md", committed,
	                     (struct bytes){ (char *)out.start, out.size }))
		fail_msg("docs/commands.md is not what the command says: ./zigw build golden");
	free(committed.start);
	buffer_clear(&out);
}

/* --- Completions, by the shells themselves --- */

#define BASH(words, count)                                                                         \
	"inlay completion bash > script && bash -c '. ./script; COMP_WORDS=(" words                \
	"); COMP_CWORD=" count "; _inlay; printf \"%s\\n\" \"${COMPREPLY[@]}\"'"

static void bash_completes(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir -p some/dir && touch some/file", 0, "", "" },
		{ BASH("inlay st", "1"), 0, "status\n", "" },
		{ BASH("inlay up --dr", "2"), 0, "--dry-run\n", "" },
		{ BASH("inlay up --dir so", "3"), 0, "some\n", "" },
		{ BASH("inlay up -d some/", "3"), 0, "some/dir\n", "" },
		{ BASH("inlay up --from some/f", "3"), 0, "some/file\n", "" },
		{ BASH("inlay up --gate = r", "4"), 0, "row\n", "" },
		{ BASH("inlay check so", "2"), 0, "some\n", "" },
		{ BASH("inlay completion f", "2"), 0, "fish\n", "" },
		{ BASH("inlay help env", "2"), 0, "environment\n", "" },
		{ BASH("inlay new s", "2"), 0, "\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

#define FISH(line)                                                                                 \
	"inlay completion fish > script && HOME=$PWD fish --no-config -c 'source ./script; "       \
	"complete -C \"" line "\"' | cut -f 1"

static void fish_completes(void **state)
{
	static const struct command_row rows[] = {
		{ FISH("inlay sta"), 0, "status\n", "" },
		{ FISH("inlay up --dry"), 0, "--dry-run\n", "" },
		{ FISH("inlay up --gate r"), 0, "row\n", "" },
		{ FISH("inlay completion z"), 0, "zsh\n", "" },
		{ "mkdir -p other && " FISH("inlay up --dir oth"), 0, "other/\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* A shell in a pseudo-terminal of zsh's own, which completes a line and is asked what it has.  Keys
 * that come while the line editor is just beginning can be lost: they are typed again. */
#define ZSH(line)                                                                                  \
	"inlay completion zsh > _inlay && cat > drive <<'END'\n"                                   \
	"zmodload zsh/zpty\n"                                                                      \
	"zpty shell zsh -f -i\n"                                                                   \
	"zpty -w shell 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u'\n"             \
	"zpty -w shell 'show() { print -r -- \"<<$BUFFER>>\" > answer; BUFFER= }; zle -N show'\n"  \
	"zpty -w shell 'bindkey \"^X\" show; bindkey \"^U\" kill-whole-line'\n"                    \
	"for try in {1..30}; do\n"                                                                 \
	"zpty -w -n shell $'\\x15" line "\\t\\x18'\n"                                              \
	"for i in {1..40}; do [[ -s answer ]] && break 2; sleep 0.1; done\n"                       \
	"done\ncat answer\nzpty -d shell\nEND\nrm -f answer; zsh -f ./drive"

static void zsh_completes(void **state)
{
	static const struct command_row rows[] = {
		{ ZSH("inlay sta"), 0, "<<inlay status >>\n", "" },
		{ ZSH("inlay up --dry"), 0, "<<inlay up --dry-run >>\n", "" },
		{ ZSH("inlay up --gate=ro"), 0, "<<inlay up --gate=row >>\n", "" },
		{ ZSH("inlay completion f"), 0, "<<inlay completion fish >>\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_has_a_page),
		cmocka_unit_test(every_option_is_taken_and_known),
		cmocka_unit_test(help_is_on_commands_and_topics),
		cmocka_unit_test(manual_pages_are_well_formed),
		cmocka_unit_test(documented_as_it_is),
		cmocka_unit_test(bash_completes),
		cmocka_unit_test(fish_completes),
		cmocka_unit_test(zsh_completes),
	};

	return cmocka_run_group_tests_name("manual", tests, set_up, tear_down);
}
