/* values.c - made-up values: literals that a column of some type may take. */
#include "rows.h"

#include <string.h>

const char *value_quote(struct arena *arena, const char *text, char quote)
{
	struct buffer out = { 0 };
	const char *quoted;

	buffer_byte(&out, (unsigned char)quote);
	for (; *text != '\0'; text++) {
		if (*text == quote)
			buffer_byte(&out, (unsigned char)quote);
		buffer_byte(&out, (unsigned char)*text);
	}
	buffer_byte(&out, (unsigned char)quote);
	quoted = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return quoted;
}

/* A text of at most size_max characters that differs from row to row. */
static const char *text_value(const struct rows *rows, const struct rows_column *column,
                              uint32_t row)
{
	if (rows->sort == ROWS_NULLS || column->size_max == 1)
		return arena_format(rows->arena, "'%u'", (unsigned)row % 10);
	return arena_format(rows->arena, "'a%u'", (unsigned)row % 10);
}

static const char *usual_value(const struct rows *rows, const struct rows_column *column,
                               uint32_t row)
{
	struct arena *arena = rows->arena;
	unsigned n = (unsigned)row;
	bool is_sqlite = rows->stage->driver->dialect == DIALECT_SQLITE;

	switch (column->class) {
	case ROWS_TEXT: return text_value(rows, column, row);
	case ROWS_INTEGER: return arena_format(arena, "%u", n);
	case ROWS_REAL: return arena_format(arena, "%u.5", n);
	case ROWS_BOOLEAN:
		return is_sqlite ? (n % 2 != 0 ? "1" : "0") : (n % 2 != 0 ? "true" : "false");
	case ROWS_BLOB:
		return is_sqlite ? arena_format(arena, "X'0%u'", n % 10)
		                 : arena_format(arena, "'\\x0%u'", n % 10);
	case ROWS_DATE: return arena_format(arena, "'2020-01-0%u'", n % 9 + 1);
	case ROWS_TIME: return arena_format(arena, "'00:00:0%u'", n % 10);
	case ROWS_TIMESTAMP: return arena_format(arena, "'2020-01-0%u 00:00:00'", n % 9 + 1);
	case ROWS_UUID:
		return arena_format(arena, "'00000000-0000-4000-8000-00000000000%u'", n % 10);
	case ROWS_JSON: return arena_format(arena, "'{\"a\": %u}'", n);
	case ROWS_ARRAY: return "'{}'";
	case ROWS_RANGE: return "'empty'";
	case ROWS_NETWORK: return arena_format(arena, "'10.0.0.%u'", n);
	case ROWS_INTERVAL: return arena_format(arena, "'%u hours'", n);
	case ROWS_OTHER: break;
	}
	return "NULL";
}

/* For when the usual ones did not fit. */
static const char *odd_value(uint32_t number)
{
	static const char *const values[] = { "0",   "1",       "'a'", "2",   "'{}'",
		                              "100", "'a@b.c'", "''",  "0.5", "'2020-01-01'" };

	return values[number % (sizeof(values) / sizeof(values[0]))];
}

static bool may_be_null(const struct rows *rows, const struct rows_column *column)
{
	return column->is_nullable && (rows->sort != ROWS_PLAIN || column->class == ROWS_OTHER);
}

const char *value_make(const struct rows *rows, const struct rows_column *column, uint32_t row,
                       uint32_t attempt)
{
	/* Each column goes through its values at a pace of its own. */
	uint32_t turn = attempt * (1 + (uint32_t)(strlen(column->name) % 7)) + attempt / 5;
	size_t first = row - 1 + (attempt > 0 ? attempt - 1 : 0);

	if (may_be_null(rows, column))
		return "NULL";
	if (column->choice_count > 0 && attempt < 2 * column->choice_count + 2)
		return column->choices[first % column->choice_count];
	if (rows->sort == ROWS_LITERALS && rows->literals.count > 0 && column->class == ROWS_TEXT &&
	    attempt == 0)
		return rows->literals.items[first % rows->literals.count];
	if (attempt < 2 || turn % 3 == 0)
		return usual_value(rows, column, row);
	if (column->is_nullable && turn % 3 == 1)
		return "NULL";
	return odd_value(turn + row);
}

/* --- Literals that a CHECK is about --- */

static void add_number(struct catalog_lines *out, const char *number, bool is_length)
{
	struct arena *arena = out->arena;
	long value = 0;
	const char *digit;

	catalog_line(out, number);
	for (digit = number; *digit >= '0' && *digit <= '9' && value < 100000; digit++)
		value = value * 10 + (*digit - '0');
	if (*digit != '\0')
		return;
	catalog_line(out, arena_format(arena, "%ld", value + 1));
	catalog_line(out, arena_format(arena, "%ld", value - 1));
	if (is_length && value > 0 && value <= 64) {
		char text[70];

		memset(text, 'a', (size_t)value);
		text[value] = '\0';
		catalog_line(out, arena_format(arena, "'%s'", text));
	}
}

static void add_literals(struct catalog_lines *out, enum dialect dialect, struct text sql)
{
	bool is_length = false;
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, dialect, sql, true);
	for (token = lexer_next_significant(&lexer); token.kind != TOKEN_END;
	     token = lexer_next_significant(&lexer)) {
		is_length = is_length || (token.kind == TOKEN_WORD &&
		                          (text_equals_folded(token.text, "length") ||
		                           text_equals_folded(token.text, "char_length")));
		if (token.kind == TOKEN_STRING)
			catalog_line(out, arena_copy(out->arena, token.text));
		else if (token.kind == TOKEN_NUMBER)
			add_number(out, arena_copy(out->arena, token.text), is_length);
	}
}

/* Does the name stand in it? */
static bool is_about(enum dialect dialect, struct text sql, const char *name)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, dialect, sql, true);
	for (token = lexer_next_significant(&lexer); token.kind != TOKEN_END;
	     token = lexer_next_significant(&lexer)) {
		struct text word = token.text;

		if (token.kind == TOKEN_NAME && word.size > 2)
			word = (struct text){ word.start + 1, word.size - 2 };
		if (word.size == strlen(name) &&
		    strncmp((const char *)word.start, name, word.size) == 0)
			return true;
	}
	return false;
}

static const char *fold(struct arena *arena, enum dialect dialect, const char *name)
{
	return dialect == DIALECT_SQLITE
	               ? catalog_normalize(arena, dialect, text_of(value_quote(arena, name, '"')))
	               : name;
}

void rows_choices_of(struct arena *arena, const struct catalog_object *object, const char *name,
                     struct rows_column *column)
{
	enum dialect dialect = object->stored != NULL ? DIALECT_SQLITE : DIALECT_POSTGRES;
	const char *folded = fold(arena, dialect, name);
	struct catalog_lines choices = { .arena = arena };
	size_t i;

	for (i = 0; i < object->line_count; i++) {
		const char *line = object->lines[i];
		const char *check =
		        strncmp(line, "check ", 6) == 0 ? line : strstr(line, " CHECK ");

		if (check != NULL && is_about(dialect, text_of(check), folded))
			add_literals(&choices, dialect, text_of(check));
	}
	column->choices = choices.items;
	column->choice_count = choices.count;
}

void rows_take_literals(struct rows *rows, const struct script *script)
{
	struct catalog_lines all = { .arena = rows->arena };
	size_t i;

	for (i = 0; i < script->count; i++)
		add_literals(&all, rows->stage->driver->dialect, script->statements[i].text);
	rows->literals.arena = rows->arena;
	for (i = 0; i < all.count; i++)
		if (all.items[i][0] == '\'')
			catalog_line(&rows->literals, all.items[i]);
}
