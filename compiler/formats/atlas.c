/* atlas.c - VERSION_name.sql in the order of the names, with `atlas:` directives in a header that
 * an empty line ends, and atlas.sum (atlas_sum.c). */
#include "atlas_sum.h"
#include "rewrite.h"

#include <string.h>

#define LOOKED_AT 16 /* Files that are read to find out whose they are. */

static enum evidence recognise(const struct reading *reading)
{
	static const char *const words[] = { "atlas:txmode", "atlas:delimiter", "atlas:checkpoint",
		                             "atlas:txtar" };
	size_t i;

	if (entry_find(reading, "atlas.sum") != NULL)
		return EVIDENCE_SURE;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (reading_has_line(reading, words[i], LOOKED_AT))
			return EVIDENCE_SURE;
	return EVIDENCE_NONE;
}

static void name_entry(struct reading *reading, struct entry *entry)
{
	const char *name = entry->source->name;
	struct text stem = text_of(name);

	if (entry->source->kind != SOURCE_FILE || strchr(name, '/') != NULL)
		return;
	if (strcmp(name, "atlas.sum") == 0) {
		entry->kind = ENTRY_SETTING;
		entry_text(reading, entry);
	}
	if (strcmp(name, "atlas.hcl") == 0 || name_ends_with(name, ".go"))
		entry->kind = ENTRY_BESIDE;
	if (!name_take_end(&stem, ".sql"))
		return;
	if (!name_versioned(reading, entry, stem)) {
		/* A version alone is enough for Atlas. */
		if (name_version(stem, &entry->says.version, entry) < stem.size)
			return;
		entry->says.name = entry->says.title = stem;
	}
	entry->kind = ENTRY_MIGRATION;
}

static int compare(const struct entry *a, const struct entry *b)
{
	return strcmp(a->source->name, b->source->name);
}

/* ---- directives ------------------------------------------------------------------------------ */

/* What one file says. */
struct atlas {
	struct rewrite *rewrite;
	bool no_transaction[2]; /* Of the file, or of an archive's migration.sql, down.sql. */
	bool archive;
	bool down;             /* What is being read is down.sql. */
	struct text delimiter; /* start NULL: a semicolon. */
};

static void refuse(const struct atlas *atlas, struct text at, const char *message, const char *help)
{
	rewrite_refuse(atlas->rewrite, RULE_DIRECTIVE, at, message, help);
}

/* Is something applied before this file? */
static bool is_first(const struct atlas *atlas)
{
	const struct reading *reading = atlas->rewrite->reading;
	size_t i;

	for (i = 0; i < reading->count; i++)
		if (reading->entries[i].kind == ENTRY_MIGRATION)
			return &reading->entries[i] == atlas->rewrite->entry;
	return true;
}

static void obey_txmode(struct atlas *atlas, struct text line, struct text value)
{
	bool none = text_equals(value, text_of("none"));

	atlas->no_transaction[atlas->down] = none;
	if (!none && !text_equals(value, text_of("file")))
		refuse(atlas, line, "a file's transaction mode is none or file",
		       "write `-- atlas:txmode none` or `-- atlas:txmode file`");
}

/* \n, \t and \\ as they are written. */
static void obey_delimiter(struct atlas *atlas, struct text line, struct text value)
{
	unsigned char *bytes = arena_allocate(atlas->rewrite->reading->arena, value.size + 1);
	size_t size = 0;
	size_t i;

	for (i = 0; i < value.size; i++) {
		unsigned char byte = value.start[i];

		if (byte == '\\' && i + 1 < value.size) {
			byte = value.start[++i];
			byte = byte == 'n' ? '\n' : byte == 't' ? '\t' : byte == 'r' ? '\r' : byte;
		}
		bytes[size++] = byte;
	}
	if (size == 0)
		refuse(atlas, line, "a delimiter that is empty", "write what ends a statement");
	else if (size != 1 || *bytes != ';')
		atlas->delimiter = (struct text){ bytes, size };
}

/* One directive of the header. */
static void obey(struct atlas *atlas, struct text line, struct text rest)
{
	struct text word = text_next_word(&rest, " \t\r");

	rest = text_trim(rest);
	if (text_equals(word, text_of("txmode")))
		obey_txmode(atlas, line, rest);
	else if (text_equals(word, text_of("delimiter")))
		obey_delimiter(atlas, line, rest);
	else if (text_equals(word, text_of("txtar")))
		atlas->archive = true;
	else if (text_equals(word, text_of("checkpoint"))) {
		if (!is_first(atlas))
			refuse(atlas, line,
			       "a checkpoint takes the place of the files before it, which are "
			       "there, too",
			       "inlay applies the same to every database: move this file away, or "
			       "those before it");
	} else if (!text_equals(word, text_of("sum")))
		refuse(atlas, line, "inlay does not know this directive of Atlas",
		       "known are atlas:txmode, atlas:delimiter, atlas:checkpoint, atlas:txtar, "
		       "atlas:sum and atlas:nolint");
}

/* Directives that stand for something else than the whole file. */
static bool look_at_other(struct atlas *atlas, struct text line, struct text rest)
{
	struct text word = text_next_word(&rest, " \t\r");

	if (text_equals(word, text_of("nolint"))) {
		diagnostics_add(atlas->rewrite->reading->problems,
		                (struct problem){ .rule = RULE_LAYOUT_IGNORED,
		                                  .source = atlas->rewrite->entry->source,
		                                  .at = line,
		                                  .help = "inlay has rules of its own: `-- "
		                                          "inlay:ignore rule -- why`" },
		                "this silences Atlas, not inlay");
		return true;
	}
	if (text_equals(word, text_of("assert")) || text_equals(word, text_of("import"))) {
		refuse(atlas, line, "inlay can not do what this directive of Atlas asks for",
		       text_equals(word, text_of("assert"))
		               ? "write the check as SQL that fails, such as a DO block or a CHECK"
		               : "write the text of the other file here");
		return true;
	}
	return false;
}

/* The header is the comments that the file begins with, if an empty line follows. */
static struct text find_header(struct text text)
{
	struct text rest = text;
	struct text line;

	while ((line = line_next(&rest)).start != NULL) {
		if (text_trim(line).size == 0)
			return (struct text){ text.start, (size_t)(line.start - text.start) };
		if (!text_starts_with(line, "--"))
			break;
	}
	return (struct text){ text.start, 0 };
}

/* "-- name --": the name; start NULL: the line is none. */
static struct text member_of(struct text line)
{
	line = text_trim(line);
	if (line.size < 7 || !text_starts_with(line, "-- ") ||
	    memcmp(line.start + line.size - 3, " --", 3) != 0)
		return (struct text){ NULL, 0 };
	return text_trim((struct text){ line.start + 3, line.size - 6 });
}

static void read_directives(struct atlas *atlas)
{
	struct text text = atlas->rewrite->text;
	struct text header = find_header(text);
	struct text rest = text;
	struct text line;

	while ((line = line_next(&rest)).start != NULL) {
		struct text body = directive_of(text_trim(line), "atlas:");

		if (atlas->archive && member_of(line).start != NULL) {
			/* Each part begins with a header of its own. */
			atlas->down = text_equals(member_of(line), text_of("down.sql"));
			header = find_header(rest);
		}
		if (body.start == NULL || look_at_other(atlas, line, body))
			continue;
		if (line.start < header.start + header.size)
			obey(atlas, line, body);
		else
			refuse(atlas, line, "Atlas does not take this for a directive of the file",
			       "a directive of the file stands in the comment that the file begins "
			       "with, and an empty line follows that");
	}
}

/* ---- delimiters ------------------------------------------------------------------------------ */

/* Where the lexer is, for one who asks of ascending places. */
struct tokens {
	struct lexer lexer;
	struct token token;
};

/* Does a quote or comment that began before it hold this place?  Atlas looks for no delimiter in
 * there. */
static bool is_quoted(struct tokens *tokens, const unsigned char *at)
{
	const struct token *token = &tokens->token;

	while (token->kind != TOKEN_END && token->text.start + token->text.size <= at)
		tokens->token = lexer_next(&tokens->lexer);
	return token->text.start < at &&
	       (token->kind == TOKEN_COMMENT || token->kind == TOKEN_UNTERMINATED ||
	        (token->kind >= TOKEN_NAME && token->kind <= TOKEN_DOLLAR_STRING));
}

/* Ends the statement at each delimiter: one that SQL would pass over (white space, a comment)
 * stays, any other is taken out. */
static void put_ends(struct atlas *atlas, struct text part)
{
	const bool *dialects = atlas->rewrite->reading->dialects;
	struct text delimiter = atlas->delimiter;
	const unsigned char *end = part.start + part.size;
	const unsigned char *at = part.start;
	bool stays = text_trim(delimiter).size == 0 || text_starts_with(text_trim(delimiter), "--");
	struct tokens tokens;

	if (delimiter.start == NULL)
		return;
	lexer_init(&tokens.lexer,
	           dialects != NULL && !dialects[DIALECT_POSTGRES] ? DIALECT_SQLITE
	                                                           : DIALECT_POSTGRES,
	           part);
	tokens.token = lexer_next(&tokens.lexer);
	while ((at = memchr(at, *delimiter.start, (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) < delimiter.size ||
		    memcmp(at, delimiter.start, delimiter.size) != 0 || is_quoted(&tokens, at)) {
			at++;
			continue;
		}
		rewrite_put(atlas->rewrite, (struct text){ at, stays ? 0 : delimiter.size },
		            stays ? "\n;" : ";");
		at += delimiter.size;
	}
}

/* ---- archives -------------------------------------------------------------------------------- */

/* migration.sql is the up script, down.sql the down script; nothing else is SQL for us. */
static void put_archive(struct atlas *atlas)
{
	struct rewrite *rewrite = atlas->rewrite;
	struct text rest = rewrite->text;
	bool found = false;
	struct text line;

	while ((line = line_next(&rest)).start != NULL) {
		struct text name = member_of(line);

		if (name.start == NULL)
			continue;
		if (text_equals(name, text_of("migration.sql"))) {
			found = true;
			rewrite_put(rewrite, line,
			            atlas->no_transaction[0] ? "-- migrate:up transaction:false"
			                                     : "-- migrate:up");
		} else if (text_equals(name, text_of("down.sql"))) {
			rewrite_put(rewrite, line,
			            atlas->no_transaction[1] ? "-- migrate:down transaction:false"
			                                     : "-- migrate:down");
		} else {
			refuse(atlas, line, "a part of the archive that inlay can not honour",
			       "known are migration.sql and down.sql; write a check as SQL that "
			       "fails, such as a DO block, into migration.sql");
		}
	}
	if (!found)
		refuse(atlas, rewrite_start(rewrite), "an archive without `-- migration.sql --`",
		       "put it above the statements");
}

static void translate(struct rewrite *rewrite)
{
	struct atlas atlas = { .rewrite = rewrite, .delimiter = { NULL, 0 } };
	struct text header = find_header(rewrite->text);
	struct text body = { header.start + header.size, rewrite->text.size - header.size };

	read_directives(&atlas);
	if (atlas.archive)
		put_archive(&atlas);
	else if (atlas.no_transaction[0])
		rewrite_put(rewrite, (struct text){ rewrite->text.start, 0 },
		            "-- migrate:up transaction:false\n");
	if (!atlas.archive)
		put_ends(&atlas, body);
	else if (atlas.delimiter.start != NULL)
		refuse(&atlas, rewrite_start(rewrite), "an archive with a delimiter",
		       "end its statements with semicolons");
}

const struct format format_atlas = {
	.name = "atlas",
	.title = "Atlas",
	.shape = "20240131120000_create_accounts.sql",
	.recognise = recognise,
	.name_entry = name_entry,
	.settle = atlas_sum_check,
	.translate = translate,
	.compare = compare,
};
