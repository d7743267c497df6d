/* mode_split.c - names for the parts, and the statements in short. */
#include "mode_split.h"

#include "words.h"

#include <string.h>

#define LINE_SIZE_MAX    76 /* Bytes of a statement that are shown. */
#define STATEMENTS_SHOWN 4  /* Of those of one part. */

/* Statements first .. end - 1, which become one migration. */
struct part {
	size_t first;
	size_t end;
	enum need need;
};

struct split {
	struct arena *arena;
	const struct script *script;
	const enum need *needs;
	struct mode_input input;
	struct part *parts;
	size_t count;
};

/* ---- parts ----------------------------------------------------------------------------------- */

/* The need of what stands at `index` or, where that is a setting, of the next that has one. */
static enum need need_at(const struct split *split, size_t index)
{
	size_t i;

	for (i = index; i < split->script->count; i++)
		if (split->needs[i] == NEED_TRANSACTION || split->needs[i] == NEED_NONE)
			return split->needs[i];
	return NEED_ANY; /* What is left goes with what was before. */
}

static void cut(struct split *split)
{
	size_t i;

	split->parts = arena_array(split->arena, struct part, split->script->count + 1);
	for (i = 0; i < split->script->count; i++) {
		enum need need = need_at(split, i);

		if (split->count > 0 &&
		    (need == NEED_ANY || need == split->parts[split->count - 1].need))
			split->parts[split->count - 1].end = i + 1;
		else
			split->parts[split->count++] = (struct part){ i, i + 1, need };
	}
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_about_indexes(const struct split *split, const struct part *part)
{
	size_t i;

	for (i = part->first; i < part->end; i++) {
		struct words words =
		        words_read(&split->script->statements[i], split->input.dialect);

		if (split->needs[i] == NEED_NONE &&
		    !words_match(&words, "create|drop ?unique index") &&
		    !words_match(&words, "reindex"))
			return false;
	}
	return true;
}

/* The first part keeps the file's name. */
static const char *suffix_of(const struct split *split, size_t index)
{
	const struct part *part = &split->parts[index];

	if (index == 0)
		return "";
	if (part->need == NEED_TRANSACTION)
		return "_after";
	return is_about_indexes(split, part) ? "_indexes" : "_alone";
}

/* 012_x.up.sql as the next one but `step`: 013_x_indexes.up.sql.  Down scripts run in the opposite
 * order, so there the last part has the file's own version. */
static const char *name_of(const struct split *split, size_t index)
{
	const char *name = split->script->source->name;
	size_t digits = strspn(name, "0123456789");
	size_t stem = digits + strcspn(name + digits, ".");
	size_t step = split->input.down ? split->count - 1 - index : index;
	long long version = 0;
	size_t i;

	if (digits == 0 || digits > 17)
		return arena_format(split->arena, "part %zu", index + 1);
	for (i = 0; i < digits; i++)
		version = version * 10 + (name[i] - '0');
	return arena_format(split->arena, "%0*lld%.*s%s%s", (int)digits, version + (long long)step,
	                    (int)(stem - digits), name + digits, suffix_of(split, index),
	                    name + stem);
}

/* ---- statements ------------------------------------------------------------------------------ */

/* The statement in one line, without comments. */
static void write_statement(struct buffer *out, const struct statement *statement,
                            enum dialect dialect)
{
	size_t begin = out->size;
	bool space = false;
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, dialect, statement->text, statement->standard_conforming_strings);
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_SPACE || token.kind == TOKEN_COMMENT) {
			space = true;
			continue;
		}
		if (out->size - begin + token.text.size + 1 > LINE_SIZE_MAX ||
		    memchr(token.text.start, '\n', token.text.size) != NULL) {
			buffer_string(out, " ...;\n");
			return;
		}
		if (space && out->size > begin)
			buffer_byte(out, ' ');
		buffer_text(out, token.text);
		space = false;
	}
	buffer_string(out, ";\n");
}

static void write_part(const struct split *split, size_t index, struct buffer *out)
{
	const struct part *part = &split->parts[index];
	size_t shown = 0, hidden = 0;
	size_t i;

	buffer_format(out, "-- %s%s%s\n", name_of(split, index), split->input.down ? ", down" : "",
	              part->need == NEED_NONE ? " (without a transaction)" : "");
	for (i = part->first; i < part->end; i++) {
		const struct statement *statement = &split->script->statements[i];

		if (split->needs[i] == NEED_WRAPPER)
			continue;
		if (shown == STATEMENTS_SHOWN) {
			hidden++;
			continue;
		}
		shown++;
		if (statement->call > 0)
			buffer_format(out, "-- migrate:call %.*s\n", (int)statement->text.size,
			              (const char *)statement->text.start);
		else
			write_statement(out, statement, split->input.dialect);
	}
	if (hidden > 0)
		buffer_format(out, "-- and the %zu behind it\n", hidden);
}

const char *mode_split(struct arena *arena, const struct script *script, const enum need *needs,
                       struct mode_input input)
{
	struct split split = { .arena = arena, .script = script, .needs = needs, .input = input };
	struct buffer out = { 0 };
	const char *text;
	size_t i;

	cut(&split);
	for (i = 0; i < split.count; i++)
		write_part(&split, i, &out);
	text = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return text;
}
