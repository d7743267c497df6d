/*
 * amalgamate.c - makes one C file of the runtime, for those who would rather add a file than a
 * library.
 *
 *   amalgamate OUTPUT LICENCE FILE...
 *
 * FILE... are all of runtime/.  First come the headers, each behind those it includes, then the
 * sources.  What no public header declares becomes static: the compiler drops what is not used, and
 * no name of ours meets one of the application's.  Where two sources have the same name for
 * something, it becomes NAME_in_FILE.  Files for one database stand between #ifndefs.
 *
 * Reads C as tidy as ours is, not C in general: what it gets wrong does not compile.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SOURCE_COUNT_MAX = 500,
	NAME_COUNT_MAX = 5000,
};

struct source {
	const char *name; /* Without its directory. */
	char *text;
	bool is_public; /* A header that applications include: it stays as it is. */
	bool is_header;
	bool is_put;
};

enum kind {
	KIND_FUNCTION,
	KIND_OBJECT,
	KIND_TAG,
	KIND_MACRO
};

/* What a file declares for itself, or in a private header for the others. */
struct name {
	enum kind kind;
	const struct source *source;
	const char *start;
	size_t size;
};

struct token {
	const char *start;
	size_t size;
	bool is_word;
	bool is_directive;     /* In a line that begins with a #. */
	bool follows_member;   /* Behind a . or ->, */
	bool follows_tag_word; /* struct, union or enum, */
	bool follows_define;   /* #define, */
	bool begins_item;      /* { or a comma. */
};

/* Tokens one after another; layout and comments are none, literals are. */
struct scanner {
	const char *at;
	int braces;
	int parentheses;
	struct token last;
	bool in_directive;
	char tag;  /* The first letter of struct, union or enum, when a { would be its body's; */
	char body; /* of which body we are in, or 0: not inside functions. */
};

static struct source sources[SOURCE_COUNT_MAX];
static size_t source_count;
static struct name names[NAME_COUNT_MAX];
static size_t name_count;
static FILE *output;

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "amalgamate: %s: %s\n", name, what);
	exit(1);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text);

	return size >= strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long size = 0;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		fail("can not be read", path);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
		fail("can not be read", path);
	fclose(file);
	return text;
}

static void add_source(const char *path)
{
	struct source *source = &sources[source_count++];
	const char *slash = strrchr(path, '/');

	if (source_count == SOURCE_COUNT_MAX)
		fail("too many files", path);
	source->name = slash != NULL ? slash + 1 : path;
	source->text = read_file(path);
	source->is_header = ends_with(path, ".h");
	source->is_public = source->is_header && strncmp(source->name, "inlay", 5) == 0;
	/* Keeps private names apart where they are not static: of no use here. */
	source->is_put = strcmp(source->name, "names.h") == 0;
}

static struct source *find_source(const char *name, size_t size)
{
	for (size_t i = 0; i < source_count; i++)
		if (strlen(sources[i].name) == size && memcmp(sources[i].name, name, size) == 0)
			return &sources[i];
	return NULL;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is(const struct token *token, const char *text)
{
	return token->size == strlen(text) && memcmp(token->start, text, token->size) == 0;
}

static void skip_layout(struct scanner *scanner)
{
	for (;;) {
		const char *at = scanner->at;

		if (at[0] == '/' && at[1] == '*') {
			const char *end = strstr(at + 2, "*/");

			scanner->at = end != NULL ? end + 2 : at + strlen(at);
		} else if (at[0] == '\\' && at[1] == '\n') {
			scanner->at += 2;
		} else if (isspace((unsigned char)at[0])) {
			scanner->in_directive = scanner->in_directive && at[0] != '\n';
			scanner->at++;
		} else {
			return;
		}
	}
}

static size_t measure(const char *at)
{
	size_t size = 1;

	if (*at == '"' || *at == '\'') {
		while (at[size] != '\0' && at[size] != *at)
			size += at[size] == '\\' ? 2 : 1;
		return size + 1;
	}
	if (at[0] == '-' && at[1] == '>')
		return 2;
	while (is_word_character(*at) && is_word_character(at[size]))
		size++;
	return size;
}

static void count_depth(struct scanner *scanner, const struct token *token)
{
	char c = *token->start;

	if (scanner->braces == 0) {
		if (is(token, "struct") || is(token, "union") || is(token, "enum"))
			scanner->tag = c;
		scanner->body = c == '{' ? scanner->tag : 0;
		if (strchr("{;=)", c) != NULL)
			scanner->tag = 0;
	}
	scanner->braces += (c == '{') - (c == '}');
	scanner->parentheses += (c == '(' || c == '[') - (c == ')' || c == ']');
}

/* False at the end.  Depths count outside directives, and are those behind the token. */
static bool next(struct scanner *scanner, struct token *token)
{
	const struct token *last = &scanner->last;

	skip_layout(scanner);
	if (*scanner->at == '\0')
		return false;
	*token = (struct token){ .start = scanner->at, .size = measure(scanner->at) };
	scanner->in_directive = scanner->in_directive || *token->start == '#';
	token->is_directive = scanner->in_directive;
	token->is_word = is_word_character(*token->start);
	if (last->start != NULL) {
		token->follows_member = is(last, ".") || is(last, "->");
		token->follows_tag_word =
		        is(last, "struct") || is(last, "enum") || is(last, "union");
		token->follows_define = last->is_directive && is(last, "define");
		token->begins_item = is(last, "{") || is(last, ",");
	}
	if (!token->is_directive)
		count_depth(scanner, token);
	scanner->at += token->size;
	scanner->last = *token;
	return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

static void add_name(enum kind kind, const struct source *source, const struct token *token)
{
	if (name_count == NAME_COUNT_MAX)
		fail("too many names", source->name);
	names[name_count++] = (struct name){ kind, source, token->start, token->size };
}

/* `scanner` is behind the first word of a declaration that is not in a block: adds what it
 * declares, and stops there. */
static void collect_declared(const struct source *source, struct scanner scanner)
{
	struct token word = { 0 };
	struct token token;

	while (next(&scanner, &token)) {
		bool is_inside = scanner.braces > 0 || is(&token, "}");

		if (token.is_word && !is_inside && scanner.parentheses == 0)
			word = token;
		if (is_inside || strchr("([=;", *token.start) == NULL)
			continue;
		if (is(&token, "(") && word.start != NULL && *word.start == '_')
			continue; /* _Atomic(...) */
		if (word.start != NULL && !word.follows_tag_word)
			add_name(is(&token, "(") ? KIND_FUNCTION : KIND_OBJECT, source, &word);
		return;
	}
}

static bool is_before_brace(struct scanner scanner)
{
	struct token token;

	return next(&scanner, &token) && is(&token, "{");
}

static void collect_names(const struct source *source)
{
	struct scanner scanner = { .at = source->text };
	bool is_first = true; /* Of a declaration. */
	struct token token;

	while (next(&scanner, &token)) {
		if (token.follows_define && !source->is_header)
			add_name(KIND_MACRO, source, &token);
		if (token.is_directive)
			continue;
		if (token.follows_tag_word && scanner.braces == 0 && is_before_brace(scanner))
			add_name(KIND_TAG, source, &token);
		if (scanner.body == 'e' && token.begins_item && token.is_word)
			add_name(KIND_FUNCTION, source, &token);
		if (is_first && scanner.braces == 0 && token.is_word &&
		    (source->is_header || is(&token, "static")))
			collect_declared(source, scanner);
		is_first = scanner.braces == 0 && (is(&token, ";") || is(&token, "}"));
	}
}

/* Of this source and of this kind, an object for a function as well; NULL when there is none. */
static const struct name *find_name(const struct source *source, enum kind kind,
                                    const struct token *token)
{
	for (size_t i = 0; i < name_count; i++)
		if (names[i].source == source && names[i].size == token->size &&
		    (names[i].kind == kind ||
		     (kind == KIND_FUNCTION && names[i].kind == KIND_OBJECT)) &&
		    memcmp(names[i].start, token->start, token->size) == 0)
			return &names[i];
	return NULL;
}

static bool is_shared(const struct source *source, enum kind kind, const struct token *token)
{
	for (size_t i = 0; i < source_count; i++)
		if (&sources[i] != source && find_name(&sources[i], kind, token) != NULL)
			return true;
	return false;
}

/* Is the token something that this source has for itself, and others have another?  Of an object
 * that is asked of everything inside their functions too: such names are never left. */
static bool is_renamed(const struct source *source, const struct scanner *scanner,
                       const struct token *token)
{
	bool is_member = scanner->body != 0 && scanner->body != 'e' && scanner->parentheses == 0;
	enum kind kind = token->follows_tag_word ? KIND_TAG : KIND_FUNCTION;
	const struct name *name;

	if (source->is_header || !token->is_word || token->follows_member ||
	    (is_member && kind == KIND_FUNCTION))
		return false;
	name = find_name(source, kind, token);
	return name != NULL && (name->kind == KIND_OBJECT || is_shared(source, kind, token));
}

/* ---- writing --------------------------------------------------------------------------------- */

/* `scanner` is behind the first word of a declaration: should that be static?  In a header a
 * function, in a source an object, whose definition has to say it again. */
static bool is_made_static(const struct source *source, struct scanner scanner)
{
	bool has_parenthesis = false;
	struct token token;

	while (next(&scanner, &token) && !is(&token, ";") && !is(&token, "{")) {
		if (is(&token, "=") && scanner.parentheses == 0)
			return !source->is_header && !has_parenthesis;
		has_parenthesis = has_parenthesis || is(&token, "(");
	}
	return source->is_header && has_parenthesis && is(&token, ";");
}

static bool has_linkage_word(const struct token *token)
{
	return is(token, "static") || is(token, "typedef") || is(token, "_Static_assert");
}

static void put_static(const struct source *source, const struct scanner *scanner,
                       struct token *token)
{
	if (is(token, "extern")) {
		fputs("static", output);
		token->start += token->size;
		token->size = 0;
	} else if (!has_linkage_word(token) && (source->is_header || is(token, "const")) &&
	           is_made_static(source, *scanner)) {
		fputs("static ", output);
	}
}

static bool is_include(const struct token *token, const struct scanner *scanner)
{
	return token->is_directive && is(token, "include") && scanner->at[1] == '"';
}

/* All of a file but its includes of ours. */
static void put_text(const struct source *source)
{
	struct scanner scanner = { .at = source->text };
	const char *from = source->text;
	bool is_first = true;
	struct token token;

	while (next(&scanner, &token)) {
		if (is_include(&token, &scanner)) {
			const char *line = token.start - 1; /* The # */

			fwrite(from, 1, (size_t)(line - from), output);
			scanner.at = strchr(scanner.at, '\n');
			from = scanner.at + 1;
			continue;
		}
		if (token.is_directive && !token.is_word)
			continue;
		fwrite(from, 1, (size_t)(token.start - from), output);
		if (is_first && token.is_word && !token.is_directive && !source->is_public)
			put_static(source, &scanner, &token);
		fwrite(token.start, 1, token.size, output);
		if (is_renamed(source, &scanner, &token))
			fprintf(output, "_in_%.*s", (int)strlen(source->name) - 2, source->name);
		from = scanner.at;
		if (!token.is_directive)
			is_first = scanner.braces == 0 && (is(&token, ";") || is(&token, "}"));
	}
	fputs(from, output);
}

/* The next source may have its own. */
static void put_undefs(const struct source *source)
{
	for (size_t i = 0; i < name_count; i++) {
		struct token token = { .start = names[i].start, .size = names[i].size };

		if (names[i].source == source && names[i].kind == KIND_MACRO &&
		    is_shared(source, KIND_MACRO, &token))
			fprintf(output, "#undef %.*s\n", (int)token.size, token.start);
	}
}

/* The macro that leaves this file out, or NULL. */
static const char *omission_of(const struct source *source)
{
	if (strstr(source->name, "postgres") != NULL)
		return "INLAY_OMIT_POSTGRES";
	return strstr(source->name, "sqlite") != NULL ? "INLAY_OMIT_SQLITE" : NULL;
}

static void put_source(struct source *source)
{
	const char *omission = omission_of(source);

	source->is_put = true;
	fprintf(output, "\n/* ---- %s ---- */\n\n", source->name);
	if (omission != NULL)
		fprintf(output, "#ifndef %s\n\n", omission);
	put_text(source);
	if (!source->is_header)
		put_undefs(source);
	if (omission != NULL)
		fprintf(output, "\n#endif /* %s */\n", omission);
}

/* And before it the headers it includes. */
static void put_header(struct source *source)
{
	const char *at = source->text;

	if (source->is_put)
		return;
	source->is_put = true;
	while ((at = strstr(at, "\n#include \"")) != NULL) {
		const char *name = at + strlen("\n#include \"");
		struct source *other = find_source(name, strcspn(name, "\""));

		if (other == NULL)
			fail("includes a file that is not there", source->name);
		put_header(other);
		at = name;
	}
	put_source(source);
}

static const char head[] =
        "/*\n"
        " * inlay.c - the runtime of inlay in one file, made from its sources: do not edit it.\n"
        " *\n"
        " * Compile it as C11 with the rest of your program, and link -lsqlite3, -lpq and "
        "-lpthread.\n"
        " * inlay.h and inlay_image.h have to be where your program and the C that `inlay "
        "compile`\n"
        " * writes look for headers; the other headers are for those who include them.\n"
        " *\n"
        " *   -DINLAY_OMIT_POSTGRES    without PostgreSQL: libpq is not needed\n"
        " *   -DINLAY_OMIT_SQLITE      without SQLite\n"
        " *\n"
        " * Only what those headers declare can be seen from outside.\n"
        " *\n";

static const char prologue[] =
        " */\n"
        "#ifndef _XOPEN_SOURCE\n"
        "#define _XOPEN_SOURCE 700\n"
        "#endif\n"
        "#if defined(INLAY_OMIT_POSTGRES) && defined(INLAY_OMIT_SQLITE)\n"
        "#error \"inlay.c without PostgreSQL and without SQLite is nothing\"\n"
        "#endif\n"
        "#if defined(__GNUC__)\n"
        "/* What only a driver needs that is left out, and inline functions of the headers. */\n"
        "#pragma GCC diagnostic ignored \"-Wunused-function\"\n"
        "#pragma GCC diagnostic ignored \"-Wunused-const-variable\"\n"
        "#endif\n";

/* The licence wants to go with every copy. */
static void put_head(const char *licence_path)
{
	const char *licence = read_file(licence_path);

	fputs(head, output);
	while (*licence != '\0') {
		size_t size = strcspn(licence, "\n");

		fprintf(output, " *%s%.*s\n", size > 0 ? " " : "", (int)size, licence);
		licence += size + (licence[size] == '\n');
	}
	fputs(prologue, output);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		fail("needs OUTPUT LICENCE FILE...", "usage");
	output = fopen(argv[1], "wb");
	if (output == NULL)
		fail("can not be written", argv[1]);
	for (int i = 3; i < argc; i++)
		add_source(argv[i]);
	for (size_t i = 0; i < source_count; i++)
		if (!sources[i].is_public)
			collect_names(&sources[i]);
	put_head(argv[2]);
	for (size_t i = 0; i < source_count; i++)
		if (sources[i].is_header)
			put_header(&sources[i]);
	for (size_t i = 0; i < source_count; i++)
		if (!sources[i].is_header)
			put_source(&sources[i]);
	if (ferror(output) || fclose(output) != 0)
		fail("can not be written", argv[1]);
	return 0;
}
