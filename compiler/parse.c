/* parse.c - one pass over a file's statements and directives, in order. */
#include "parse.h"

#include "checksum.h"
#include "directive.h"
#include "foreign.h"
#include "layout.h"
#include "mode.h"
#include "normalize.h"
#include "split.h"
#include "words.h"

#include <string.h>

enum section {
	SECTION_UP,
	SECTION_DOWN
};

/* The state of one pass. */
struct parse {
	struct arena *arena;
	const struct source *source;
	enum dialect dialect;
	enum file_role role;
	bool repeatable; /* The file is of a repeatable migration. */
	struct parsed_file *result;
	struct diagnostics *problems;
	enum section section; /* Where statements go. */
	bool sectioned;       /* A section line was seen ... */
	bool seen[2];         /* ... for up, for down. */
	bool headless;        /* Statements stood before the first section. */
	bool began;           /* A statement or a section line was seen: the header is over. */
	size_t capacities[2];
	struct text sessions[2]; /* The session directives of up and down; start NULL: none. */
	bool marked;             /* There was -- migrate:repeatable. */
	size_t checksum_capacity;
	const unsigned char *at; /* `position` is the position of this byte. */
	struct position position;
};

static struct problem problem_at(const struct parse *parse, enum rule rule, struct text at,
                                 const char *help)
{
	return (struct problem){ .rule = rule,
		                 .source = parse->source,
		                 .at = at,
		                 .dialects = 1u << parse->dialect,
		                 .help = help };
}

static void rewind_position(struct parse *parse)
{
	const struct source *source = parse->source;
	struct text text = source->written != NULL ? source->written->text : source->text;

	parse->at = text.start + text_mark_size(text);
	parse->position = (struct position){ 1, 1 };
}

/* Line and column of `target` in the file as it is.  It is hardly ever before the last one asked
 * for, so each byte is counted once. */
static struct position advance(struct parse *parse, const unsigned char *target)
{
	const unsigned char *newline;
	const struct source *file;

	target = source_as_written(parse->source, (struct text){ target, 1 }, &file).start;
	if (target < parse->at)
		rewind_position(parse);
	while ((newline = memchr(parse->at, '\n', (size_t)(target - parse->at))) != NULL) {
		parse->position.line++;
		parse->position.column = 1;
		parse->at = newline + 1;
	}
	parse->position.column += (uint32_t)text_code_points(
	        (struct text){ parse->at, (size_t)(target - parse->at) });
	parse->at = target;
	return parse->position;
}

/* ---- directives ------------------------------------------------------------------------------ */

/* Only space before it on its line? */
static bool stands_alone(const struct parse *parse, struct text comment)
{
	const unsigned char *first =
	        parse->source->text.start + text_mark_size(parse->source->text);
	const unsigned char *at = comment.start;

	while (at > first && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == first || at[-1] == '\n';
}

/* What a repeatable migration can not have.  true after a diagnostic. */
static bool refuse_repeatable(struct parse *parse, struct text at, const char *message,
                              const char *help)
{
	if (parse->repeatable)
		diagnostics_add(parse->problems, problem_at(parse, RULE_REPEATABLE, at, help), "%s",
		                message);
	return parse->repeatable;
}

static const char *const version_help = "put it into a migration with a version";

static void parse_options(struct parse *parse, struct script *script, struct text rest)
{
	struct text word;

	while ((word = text_next_word(&rest, " \t\r")).size > 0) {
		if (text_equals(word, text_of("transaction:false")))
			script->no_transaction = !refuse_repeatable(
			        parse, word, "a repeatable migration has a transaction",
			        version_help);
		else if (!text_equals(word, text_of("transaction:true")))
			diagnostics_add(
			        parse->problems,
			        problem_at(parse, RULE_DIRECTIVE, word,
			                   "the one option of a section is transaction:false"),
			        "unknown option `%.*s`", (int)word.size, (const char *)word.start);
	}
}

/* Does the file's name allow this section? */
static bool section_fits(struct parse *parse, enum section section, struct text comment)
{
	const char *help = section == SECTION_DOWN ? "move it to a file that ends in .down.sql"
	                                           : "move it to a file that ends in .up.sql";
	enum file_role other = section == SECTION_DOWN ? FILE_UP : FILE_DOWN;

	if (parse->role != other)
		return true;
	diagnostics_add(parse->problems, problem_at(parse, RULE_DIRECTIVE, comment, help),
	                "%s section in %s", section == SECTION_DOWN ? "a down" : "an up",
	                parse->source->name);
	return false;
}

static void begin_section(struct parse *parse, enum section section, struct text comment,
                          struct text rest)
{
	struct script *script = section == SECTION_UP ? &parse->result->up : &parse->result->down;
	bool *seen = &parse->seen[section == SECTION_DOWN];

	if (!section_fits(parse, section, comment))
		return;
	if (section == SECTION_DOWN)
		refuse_repeatable(parse, comment, "a repeatable migration has no down script",
		                  "leave it out; to change what is there, change the file");
	parse->headless |= !parse->sectioned && parse->began;
	if (!parse->sectioned && parse->began)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, comment,
		                           "put this line above the first statement"),
		                "statements stand before the first section");
	if (*seen)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, comment, "join the two"),
		                "a second section of this kind");
	if (!parse->sectioned && parse->sessions[0].start != NULL && parse->role == FILE_BOTH)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, parse->sessions[0],
		                           "put it below the section line of the script that it "
		                           "is for"),
		                "a session directive above the first section");
	if (!parse->sectioned && parse->role == FILE_BOTH)
		parse->result->up.source =
		        NULL; /* Nothing is up any more but what a section says. */
	parse->sectioned = *seen = true;
	parse->began = true;
	parse->section = section;
	script->source = parse->source;
	parse_options(parse, script, rest);
}

/* Does the file serve PostgreSQL, alone or too? */
static bool serves_postgres(const struct source *source)
{
	return source->says == NULL || source->says->dialect != DIALECT_SQLITE;
}

/* What is wrong with the place of a session directive, and in `*help` what to do; or NULL. */
static const char *misplaced(const struct parse *parse, const struct script *script,
                             const char **help)
{
	*help = "leave it out";
	if (!serves_postgres(parse->source))
		return "SQLite has no sessions";
	if (parse->sessions[parse->section].start != NULL)
		return "a second session directive for this script";
	*help = "put it above the first statement of its script";
	return script->count > 0 ? "a session directive below a statement" : NULL;
}

/* migrate:session fresh.  What a new session does not allow inside a transaction is of no use in
 * one, so the script runs without; on SQLite there is nothing to be fresh. */
static void parse_session(struct parse *parse, struct text comment, struct text rest)
{
	struct parsed_file *result = parse->result;
	struct script *script = parse->section == SECTION_UP ? &result->up : &result->down;
	const char *help;
	const char *problem = misplaced(parse, script, &help);

	if (refuse_repeatable(parse, comment, "a repeatable migration has no session of its own",
	                      version_help))
		return;
	if (!text_equals(text_trim(rest), text_of("fresh"))) {
		problem = "a session directive is `migrate:session fresh`";
		help = "it gives the script a session of its own; there are no other ones";
	}
	if (problem != NULL) {
		diagnostics_add(parse->problems, problem_at(parse, RULE_DIRECTIVE, comment, help),
		                "%s", problem);
		return;
	}
	parse->sessions[parse->section] = comment;
	if (parse->dialect == DIALECT_POSTGRES)
		script->fresh = script->no_transaction = true;
}

/* Reports what follows a directive that is a word alone. */
static bool is_bare(struct parse *parse, struct text rest, const char *message)
{
	rest = text_trim(rest);
	if (rest.size > 0)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, rest, "leave it out"), "%s",
		                message);
	return rest.size == 0;
}

/* What is wrong with the place of a breaking directive, and in `*help` what to do; or NULL. */
static const char *misplaced_breaking(const struct parse *parse, const char **help)
{
	*help = "put it above the first statement of the up script";
	if (parse->section == SECTION_DOWN)
		return "a breaking directive in a down script";
	if (parse->result->up.count > 0)
		return "a breaking directive below a statement";
	*help = "leave it out";
	return parse->result->up.breaking ? "a second breaking directive" : NULL;
}

/* migrate:breaking: programs without this migration must not run once it is applied. */
static void parse_breaking(struct parse *parse, struct text comment, struct text rest)
{
	const char *help;
	const char *problem = misplaced_breaking(parse, &help);

	if (refuse_repeatable(parse, comment, "a repeatable migration can not be breaking",
	                      version_help) ||
	    !is_bare(parse, rest, "nothing can follow migrate:breaking"))
		return;
	if (problem != NULL)
		diagnostics_add(parse->problems, problem_at(parse, RULE_DIRECTIVE, comment, help),
		                "%s", problem);
	else
		parse->result->up.breaking = true;
}

/* migrate:repeatable.  layout.c has read it already: here it is only held against its place. */
static void parse_repeatable(struct parse *parse, struct text comment, struct text rest)
{
	const char *problem = NULL;

	if (!is_bare(parse, rest, "nothing can follow migrate:repeatable"))
		return;
	if (parse->result->up.count + parse->result->down.count > 0)
		problem = "a repeatable directive below a statement";
	else if (parse->marked)
		problem = "a second repeatable directive";
	if (problem != NULL)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, comment,
		                           "write it once, above the first statement"),
		                "%s", problem);
	parse->marked = true;
}

static struct statement *add_statement(struct parse *parse, struct text text)
{
	int direction = parse->section == SECTION_DOWN ? 1 : 0;
	struct script *script = direction == 1 ? &parse->result->down : &parse->result->up;
	struct statement *statement;

	parse->began = true;
	script->statements = arena_grow(parse->arena, script->statements, script->count,
	                                &parse->capacities[direction], sizeof(*script->statements));
	statement = &script->statements[script->count++];
	statement->text = text;
	statement->position = advance(parse, text.start);
	return statement;
}

/* migrate:call name version:N.  What stands for the statement is the name. */
static void parse_call(struct parse *parse, struct text comment, struct text rest)
{
	struct directive_call call;
	struct text at;
	const char *help;
	const char *problem = directive_parse_call(rest, &call, &at, &help);

	if (problem == NULL && parse->sessions[parse->section].start != NULL) {
		at = comment;
		help = "put it into a migration of its own";
		problem = "a call in a script with a fresh session, which the function would not "
		          "get";
	}
	if (problem == NULL)
		add_statement(parse, call.name)->call = call.version;
	else
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, at.size > 0 ? at : comment, help),
		                "%s", problem);
}

static const char *const known_directives =
        "known are `-- migrate:up` and `-- migrate:down`, each with transaction:false behind it if "
        "need be, `-- migrate:session fresh`, `-- migrate:breaking`, `-- migrate:repeatable` and "
        "`-- migrate:call name`";

static void parse_migrate(struct parse *parse, struct text comment, struct text rest)
{
	struct text word = text_next_word(&rest, " \t\r");

	if (foreign_clashes(parse->source, comment, word))
		diagnostics_add(
		        parse->problems,
		        problem_at(parse, RULE_DIRECTIVE, comment,
		                   "the directory is another tool's: use its own words and names"),
		        "this is a directive of inlay, in a file of %s", parse->source->tool);
	else if (text_equals(word, text_of("migrate:up")))
		begin_section(parse, SECTION_UP, comment, rest);
	else if (text_equals(word, text_of("migrate:down")))
		begin_section(parse, SECTION_DOWN, comment, rest);
	else if (text_equals(word, text_of("migrate:session")))
		parse_session(parse, comment, rest);
	else if (text_equals(word, text_of("migrate:breaking")))
		parse_breaking(parse, comment, rest);
	else if (text_equals(word, text_of("migrate:repeatable")))
		parse_repeatable(parse, comment, rest);
	else if (text_equals(word, text_of("migrate:call")))
		parse_call(parse, comment, rest);
	else
		diagnostics_add(
		        parse->problems, problem_at(parse, RULE_DIRECTIVE, word, known_directives),
		        "unknown directive `%.*s`", (int)word.size, (const char *)word.start);
}

/* checksum: [dialect] sha256:<64 hex digits> */
static void parse_checksum(struct parse *parse, struct text comment, struct text rest)
{
	struct parsed_file *result = parse->result;
	struct header_checksum header = { .text = comment, .dialect = DIALECT_COUNT };
	struct inlay_digest digest;
	struct text word;

	rest.start += strlen("checksum:");
	rest.size -= strlen("checksum:");
	word = text_next_word(&rest, " \t\r");
	if (dialect_from(word) != DIALECT_COUNT) {
		header.dialect = dialect_from(word);
		word = text_next_word(&rest, " \t\r");
	}
	if (parse->began && !text_starts_with(word, "sha256:"))
		return; /* Prose, further down, that happens to begin so. */
	if (parse->began) {
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, comment,
		                           "move it above the first statement and section"),
		                "a header checksum below the header");
		return;
	}
	if (refuse_repeatable(parse, comment, "a header checksum in a repeatable migration",
	                      "leave it out: the file is there to be changed"))
		return;
	header.digits = (struct text){ word.start, word.size };
	if (text_starts_with(word, "sha256:"))
		header.digits = (struct text){ word.start + 7, word.size - 7 };
	if (header.digits.start == word.start || !digest_from_hex(header.digits, &digest) ||
	    text_trim(rest).size > 0) {
		diagnostics_add(
		        parse->problems,
		        problem_at(parse, RULE_DIRECTIVE, comment, "`inlay sum --write` writes it"),
		        "a header checksum is `checksum: sha256:` and 64 hex digits");
		return;
	}
	result->checksums = arena_grow(parse->arena, result->checksums, result->checksum_count,
	                               &parse->checksum_capacity, sizeof(*result->checksums));
	result->checksums[result->checksum_count++] = header;
}

static void parse_directive(struct parse *parse, const struct split_item *item)
{
	struct text comment = item->text;
	struct text rest = directive_body(comment);

	if (directive_is_lone_word(comment) &&
	    (parse->source->tool != NULL || item->inside_statement ||
	     !stands_alone(parse, comment)))
		return;
	if (directive_tool(comment) != NULL) {
		foreign_report(parse->arena, problem_at(parse, RULE_DIRECTIVE, comment, NULL),
		               parse->problems);
		return;
	}
	if (text_starts_with(rest, "checksum:")) {
		parse_checksum(parse, comment, rest);
		return;
	}
	if (item->inside_statement) {
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_DIRECTIVE, comment,
		                           "close the parenthesis or the body before it"),
		                "a directive inside a statement");
		return;
	}
	if (!stands_alone(parse, comment)) {
		diagnostics_add(
		        parse->problems,
		        problem_at(parse, RULE_DIRECTIVE, comment, "put it on a line of its own"),
		        "a directive behind something else on its line");
		return;
	}
	parse_migrate(parse, comment, rest);
}

/* ---- everything that is no directive --------------------------------------------------------- */

static void report_copy(struct parse *parse, struct text at)
{
	diagnostics_add(parse->problems,
	                problem_at(parse, RULE_COPY_DATA, at,
	                           "dump it with pg_dump --inserts, or write INSERT statements"),
	                "the data of COPY ... FROM STDIN can not be compiled in");
}

static void check_ended(struct parse *parse, const struct split_item *item)
{
	if (item->open_parenthesis != NULL)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_UNTERMINATED,
		                           (struct text){ item->open_parenthesis, 1 }, NULL),
		                "this parenthesis is never closed");
	else if (item->open_body)
		diagnostics_add(parse->problems,
		                problem_at(parse, RULE_UNTERMINATED, item->text,
		                           parse->dialect == DIALECT_SQLITE
		                                   ? "a trigger ends with `; END;`"
		                                   : "a body ends with `; END;`"),
		                "the body of this statement has no END");
}

/* After the semicolon data would follow, and be reported; here the file ends or a section
 * begins. */
static void check_copy(struct parse *parse, const struct statement *statement)
{
	struct words words = words_read(statement, parse->dialect);

	if (parse->dialect == DIALECT_POSTGRES && words_match(&words, "copy @ from stdin|stdout"))
		report_copy(parse, statement->text);
}

static void parse_statement(struct parse *parse, const struct split_item *item)
{
	struct statement *statement = add_statement(parse, item->text);

	check_ended(parse, item);
	statement->standard_conforming_strings = item->standard_conforming_strings;
	if (!item->terminated)
		check_copy(parse, statement);
}

/* pg_dump brackets its output with \restrict and \unrestrict, which guard psql and mean nothing
 * here. */
static void parse_meta(struct parse *parse, const struct split_item *item)
{
	bool guard = text_starts_with(item->text, "\\restrict") ||
	             text_starts_with(item->text, "\\unrestrict");

	if (guard && !item->inside_statement)
		return;
	diagnostics_add(
	        parse->problems,
	        problem_at(parse, RULE_PSQL_COMMAND, text_trim(item->text),
	                   "write SQL that any client can send; psql is not there at run time"),
	        "this is a command of psql, not SQL");
}

/* The text is all the rest of the file, of which the first line is enough to show. */
static void parse_unterminated(struct parse *parse, struct text text)
{
	const char *what = "this quote is never closed";
	const char *help = NULL;
	const unsigned char *feed = memchr(text.start, '\n', text.size);

	if (text_starts_with(text, "/*"))
		what = "this comment is never closed";
	else if (text_starts_with(text, "$"))
		what = "this dollar quote is never closed";
	else if (text_starts_with(text, "'"))
		help = "write a quote inside a string as ''";
	if (feed != NULL)
		text.size = (size_t)(feed - text.start);
	diagnostics_add(parse->problems, problem_at(parse, RULE_UNTERMINATED, text, help), "%s",
	                what);
}

static void parse_item(struct parse *parse, const struct split_item *item)
{
	switch (item->kind) {
	case SPLIT_STATEMENT: parse_statement(parse, item); break;
	case SPLIT_COMMENT: parse_directive(parse, item); break;
	case SPLIT_META: parse_meta(parse, item); break;
	case SPLIT_COPY_DATA: report_copy(parse, item->text); break;
	case SPLIT_UNTERMINATED: parse_unterminated(parse, item->text); break;
	case SPLIT_END: break;
	}
}

/* NUL bytes and broken UTF-8 would reach the database otherwise; a lexer can not say so as well. */
static bool check_encoding(struct parse *parse)
{
	struct text text = parse->source->text;
	size_t offset = text_find_invalid(text);

	if (offset == text.size)
		return true;
	diagnostics_add(parse->problems,
	                problem_at(parse, RULE_ENCODING, (struct text){ text.start + offset, 1 },
	                           "save the file as UTF-8"),
	                text.start[offset] == '\0' ? "a NUL byte" : "this is not UTF-8");
	return false;
}

/* One pass over the whole file. */
static void parse_all(struct parse *parse, bool (*wanted)(struct text comment))
{
	struct splitter splitter;
	struct split_item item;

	rewind_position(parse);
	if (!check_encoding(parse))
		return;
	split_init(&splitter, parse->dialect, parse->source->text, wanted);
	splitter.ends = directive_is_ours;
	while ((item = split_next(&splitter)).kind != SPLIT_END)
		parse_item(parse, &item);
}

void parse_file(struct arena *arena, const struct parse_input *input, struct parsed_file *result,
                struct diagnostics *problems)
{
	const struct source *source = input->source;
	enum dialect dialect = input->dialect;
	enum file_role role = input->role;
	struct parse parse = { .arena = arena,
		               .source = source,
		               .dialect = dialect,
		               .role = role,
		               .repeatable = input->repeatable,
		               .result = result,
		               .problems = problems };

	*result = (struct parsed_file){ 0 };
	parse.section = role == FILE_DOWN ? SECTION_DOWN : SECTION_UP;
	*(role == FILE_DOWN ? &result->down.source : &result->up.source) = source;
	parse_all(&parse, directive_is_any);
	if (parse.sectioned && role == FILE_BOTH && result->up.source == NULL && !parse.headless)
		diagnostics_add(
		        problems,
		        (struct problem){
		                .rule = RULE_DIRECTIVE,
		                .source = source,
		                .dialects = 1u << dialect,
		                .help = "add `-- migrate:up` and the statements it undoes" },
		        "a down section without an up section");
	mode_settle(arena, &result->up, (struct mode_input){ dialect, false, input->repeatable },
	            problems);
	mode_settle(arena, &result->down, (struct mode_input){ dialect, true, input->repeatable },
	            problems);
	normalize_script(&result->up, dialect, problems);
	normalize_script(&result->down, dialect, problems);
}

void parse_statements(struct arena *arena, const struct source *source, enum dialect dialect,
                      struct script *script, struct diagnostics *problems)
{
	struct parsed_file parsed = { .up.source = source };
	struct parse parse = { .arena = arena,
		               .source = source,
		               .dialect = dialect,
		               .result = &parsed,
		               .problems = problems };

	parse_all(&parse, NULL);
	*script = parsed.up;
}
