/*
 * checksum.c - what counts as the same migration.
 *
 * A script's checksum is SHA-256 (FIPS 180-4) over this stream:
 *
 *     "inlay checksum 1" NUL  dialect NUL  { directive NUL }  LF  { token }
 *
 * where the directives are transaction:false, session:fresh (never without the former),
 * foreign_keys:off and breaking, in this order, and a token is its kind (one byte), its text, and a
 * NUL.  Between two statements are two bytes ';' and a NUL.  A call is a statement of two tokens:
 * 'c' with the function's name, and 'v' with the version in decimal digits, 1 if none is given.
 * White
 * space, comments and the semicolon after the last statement are no tokens.  Words are made
 * lower-case as the database does: all of them on PostgreSQL; on SQLite keywords only, since there
 * the case of a column's name can be seen.  String pieces that the server joins ('a' LF 'b') are
 * one token.  CRLF is LF.
 *
 * This is a format: released checksums are in databases.  Change it only under a new number.
 */
#include "checksum.h"

#include "digest.h"
#include "layout.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BUFFER_SIZE 8192

/* Small pieces are collected first: a call of libcrypto costs more than hashing a token. */
struct hash {
	struct digest *digest;
	size_t used;
	unsigned char buffer[HASH_BUFFER_SIZE];
};

/* One serves the whole run: to make it costs more than most migrations. */
static void hash_init(struct hash *hash)
{
	static struct digest *digest;

	if (digest == NULL)
		digest = digest_new();
	digest_restart(digest);
	hash->digest = digest;
	hash->used = 0;
}

static void hash_flush(struct hash *hash)
{
	if (hash->used > 0)
		digest_add(hash->digest, hash->buffer, hash->used);
	hash->used = 0;
}

static void hash_bytes(struct hash *hash, const void *bytes, size_t size)
{
	if (size > HASH_BUFFER_SIZE - hash->used)
		hash_flush(hash);
	if (size > HASH_BUFFER_SIZE) {
		digest_add(hash->digest, bytes, size);
		return;
	}
	if (size > 0)
		memcpy(hash->buffer + hash->used, bytes, size);
	hash->used += size;
}

static void hash_byte(struct hash *hash, unsigned char byte)
{
	hash_bytes(hash, &byte, 1);
}

/* With the NUL, so that what follows can not be mistaken for a part of it. */
static void hash_string(struct hash *hash, const char *string)
{
	hash_bytes(hash, string, strlen(string) + 1);
}

static void hash_number(struct hash *hash, uint64_t number)
{
	unsigned char bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(number >> (56 - 8 * i));
	hash_bytes(hash, bytes, sizeof(bytes));
}

/* With every CRLF as LF. */
static void hash_text(struct hash *hash, struct text text)
{
	const unsigned char *at = text.start;
	const unsigned char *end = text.start + text.size;
	const unsigned char *cr;

	while (at < end && (cr = memchr(at, '\r', (size_t)(end - at))) != NULL) {
		size_t size = (size_t)(cr - at);

		if (cr + 1 == end || cr[1] != '\n')
			size++;
		hash_bytes(hash, at, size);
		at = cr + 1;
	}
	hash_bytes(hash, at, (size_t)(end - at));
}

static void hash_folded(struct hash *hash, struct text text)
{
	unsigned char folded[64];
	size_t size = 0;
	size_t i;

	for (i = 0; i < text.size; i++) {
		unsigned char byte = text.start[i];

		if (size == sizeof(folded)) {
			hash_bytes(hash, folded, size);
			size = 0;
		}
		folded[size++] = byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + 32) : byte;
	}
	hash_bytes(hash, folded, size);
}

static struct inlay_digest finish(struct digest *so_far)
{
	struct inlay_digest digest = { { 0 } };
	unsigned char bytes[DIGEST_SHA256_SIZE];
	int i;

	digest_finish(so_far, bytes);
	for (i = 0; i < DIGEST_SHA256_SIZE; i++)
		digest.words[i / 8] = digest.words[i / 8] << 8 | bytes[i];
	return digest;
}

static struct inlay_digest hash_finish(struct hash *hash)
{
	hash_flush(hash);
	return finish(hash->digest);
}

/* What is between the quotes: the kind stands for prefix and quotes, and pieces can follow each
 * other. */
static struct text unquoted(struct text text)
{
	size_t first = 0;

	while (text.start[first] != '\'')
		first++;
	assert(text.size >= first + 2);
	return (struct text){ text.start + first + 1, text.size - first - 2 };
}

static void hash_token(struct hash *hash, const struct token *token, enum dialect dialect)
{
	bool postgres = dialect == DIALECT_POSTGRES;

	switch (token->kind) {
	case TOKEN_STRING:
	case TOKEN_ESCAPE_STRING:
	case TOKEN_UNICODE_STRING:
	case TOKEN_NATIONAL_STRING:
	case TOKEN_BIT_STRING:
	case TOKEN_HEX_STRING:
	case TOKEN_CONTINUATION: hash_text(hash, unquoted(token->text)); break;
	case TOKEN_WORD:
		if (postgres || sqlite_keyword(token->text))
			hash_folded(hash, token->text);
		else
			hash_bytes(hash, token->text.start, token->text.size);
		break;
	case TOKEN_NUMBER:
		if (postgres)
			hash_folded(hash, token->text);
		else
			hash_bytes(hash, token->text.start, token->text.size);
		break;
	default: hash_text(hash, token->text); break;
	}
}

/* Kinds as the format knows them: the enum may be reordered, these letters may not. */
static unsigned char kind_letter(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_WORD: return 'w';
	case TOKEN_NAME: return 'q';
	case TOKEN_UNICODE_NAME: return 'Q';
	case TOKEN_STRING: return 's';
	case TOKEN_ESCAPE_STRING: return 'e';
	case TOKEN_UNICODE_STRING: return 'u';
	case TOKEN_NATIONAL_STRING: return 'n';
	case TOKEN_BIT_STRING: return 'b';
	case TOKEN_HEX_STRING: return 'x';
	case TOKEN_DOLLAR_STRING: return 'd';
	case TOKEN_NUMBER: return '1';
	case TOKEN_PARAMETER: return 'p';
	case TOKEN_SEMICOLON: return ';';
	default: return 'o';
	}
}

static void hash_call(struct hash *hash, const struct statement *statement)
{
	char version[sizeof("v4294967295")];

	hash_byte(hash, 'c');
	hash_bytes(hash, statement->text.start, statement->text.size);
	hash_byte(hash, '\0');
	(void)snprintf(version, sizeof(version), "v%u", (unsigned)statement->call);
	hash_string(hash, version);
}

static void hash_statement(struct hash *hash, const struct statement *statement,
                           enum dialect dialect)
{
	struct lexer lexer;
	struct token token;
	bool first = true;

	lexer_init_slice(&lexer, dialect, statement->text, statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (token.kind != TOKEN_CONTINUATION) {
			if (!first)
				hash_byte(hash, '\0');
			hash_byte(hash, kind_letter(token.kind));
		}
		first = false;
		hash_token(hash, &token, dialect);
	}
	hash_byte(hash, '\0');
}

struct inlay_digest checksum_script(const struct script *script, enum dialect dialect)
{
	struct hash hash;
	size_t i;

	hash_init(&hash);
	hash_string(&hash, "inlay checksum 1");
	hash_string(&hash, dialect_name(dialect));
	if (script->no_transaction)
		hash_string(&hash, "transaction:false");
	if (script->fresh)
		hash_string(&hash, "session:fresh");
	if (script->foreign_keys_off)
		hash_string(&hash, "foreign_keys:off");
	if (script->breaking)
		hash_string(&hash, "breaking");
	hash_byte(&hash, '\n');
	for (i = 0; i < script->count; i++) {
		if (i > 0)
			hash_bytes(&hash, ";;", 3);
		if (script->statements[i].call > 0)
			hash_call(&hash, &script->statements[i]);
		else
			hash_statement(&hash, &script->statements[i], dialect);
	}
	return hash_finish(&hash);
}

struct inlay_digest checksum_source(struct text text)
{
	size_t mark = text_mark_size(text);
	struct hash hash;

	hash_init(&hash);
	hash_text(&hash, (struct text){ text.start + mark, text.size - mark });
	return hash_finish(&hash);
}

static void hash_digest(struct hash *hash, const struct inlay_digest *digest)
{
	int i;

	for (i = 0; i < 4; i++)
		hash_number(hash, digest->words[i]);
}

struct inlay_digest checksum_chain(const struct inlay_digest *previous, int64_t version,
                                   const struct inlay_digest *checksum)
{
	struct hash hash;

	hash_init(&hash);
	hash_digest(&hash, previous);
	hash_number(&hash, (uint64_t)version);
	hash_digest(&hash, checksum);
	return hash_finish(&hash);
}

struct inlay_digest checksum_chain_repeatable(const struct inlay_digest *previous, int64_t revision,
                                              const char *name, const struct inlay_digest *checksum)
{
	struct hash hash;

	hash_init(&hash);
	hash_digest(&hash, previous);
	hash_number(&hash, (uint64_t)revision);
	hash_string(&hash, name);
	hash_digest(&hash, checksum);
	return hash_finish(&hash);
}

struct inlay_digest checksum_bytes(const void *bytes, size_t size)
{
	struct hash hash;

	hash_init(&hash);
	hash_bytes(&hash, bytes, size);
	return hash_finish(&hash);
}

void checksum_prefixes(const struct text *pieces, size_t count, struct inlay_digest *results)
{
	struct digest *so_far = digest_new();
	struct hash hash;
	size_t i;

	hash_init(&hash);
	for (i = 0; i < count; i++) {
		hash_bytes(&hash, pieces[i].start, pieces[i].size);
		hash_flush(&hash);
		digest_copy(so_far, hash.digest);
		results[i] = finish(so_far);
	}
	digest_free(so_far);
}

void digest_to_hex(const struct inlay_digest *digest, char hex[DIGEST_HEX_SIZE])
{
	int i;

	for (i = 0; i < 64; i++)
		hex[i] = "0123456789abcdef"[digest->words[i / 16] >> (60 - 4 * (i % 16)) & 15];
	hex[64] = '\0';
}

bool digest_from_hex(struct text hex, struct inlay_digest *digest)
{
	size_t i;

	*digest = (struct inlay_digest){ { 0 } };
	if (hex.size != 64)
		return false;
	for (i = 0; i < 64; i++) {
		unsigned char byte = hex.start[i];
		uint64_t nibble;

		if (byte >= '0' && byte <= '9')
			nibble = (uint64_t)(byte - '0');
		else if ((byte | 32) >= 'a' && (byte | 32) <= 'f')
			nibble = (uint64_t)((byte | 32) - 'a' + 10);
		else
			return false;
		digest->words[i / 16] = digest->words[i / 16] << 4 | nibble;
	}
	return true;
}

bool digest_equals(const struct inlay_digest *a, const struct inlay_digest *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}
