/* sums_bytes.c - the tools that digest a file's bytes: Prisma, refinery, Sqitch, sqlx. */
#include "sums.h"

#include "source.h"
#include "sums_parts.h"

#include <inttypes.h>
#include <string.h>

/* What a tool stores for a file that has this text; NULL: that can not be computed here. */
typedef const char *sum_of(struct arena *arena, const struct adopt_file *file, struct text text);

/* Is it what `sum` says of the file, whatever its line ends? */
static enum adopt_sum compare(const struct adopt_files *files, size_t index,
                              const struct adopt_row *row, const char **ours, sum_of *sum)
{
	const struct adopt_file *file = &files->items[index];
	enum line_ends ends;

	*ours = sum(files->arena, file, file->text);
	if (*ours == NULL)
		return ADOPT_SUM_UNUSABLE;
	if (strcmp(*ours, row->checksum) == 0)
		return ADOPT_SUM_SAME;
	for (ends = LINE_ENDS_LF; ends < LINE_ENDS_COUNT; ends++) {
		struct text text = sums_with_line_ends(files->arena, file->text, ends);

		if (strcmp(sum(files->arena, file, text), row->checksum) == 0)
			return ADOPT_SUM_SAME;
	}
	return ADOPT_SUM_DIFFERS;
}

/* --- Sqitch, Prisma --- */

static const char *sha1(struct arena *arena, const struct adopt_file *file, struct text text)
{
	(void)file;
	return sums_hex(arena, "SHA1", text);
}

enum adopt_sum sums_sqitch(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours)
{
	return compare(files, index, row, ours, sha1);
}

static const char *sha256(struct arena *arena, const struct adopt_file *file, struct text text)
{
	(void)file;
	return sums_hex(arena, "SHA256", text);
}

static const char *sha256_short(struct arena *arena, const struct adopt_file *file,
                                struct text text)
{
	const char *hex = sha256(arena, file, text);
	char *result;
	size_t size = 0;

	if (hex == NULL)
		return NULL;
	result = arena_allocate(arena, strlen(hex) + 1);
	for (; *hex != '\0'; hex += 2) {
		if (hex[0] != '0')
			result[size++] = hex[0];
		result[size++] = hex[1];
	}
	return result;
}

enum adopt_sum sums_prisma(const struct adopt_files *files, size_t index,
                           const struct adopt_row *row, const char **ours)
{
	struct text text = files->items[index].text;
	enum adopt_sum sum;
	const char *other;

	if (text_find_invalid(text) < text.size)
		return ADOPT_SUM_UNUSABLE;
	sum = compare(files, index, row, ours, sha256);
	if (sum == ADOPT_SUM_DIFFERS && strlen(row->checksum) < strlen(*ours))
		return compare(files, index, row, &other, sha256_short);
	return sum;
}

/* --- sqlx --- */

static const char *sha384(struct arena *arena, const struct adopt_file *file, struct text text)
{
	(void)file;
	return sums_hex(arena, "SHA384", text);
}

/* The same with white space and byte-order mark ignored. */
static const char *sha384_of_words(struct arena *arena, const struct adopt_file *file,
                                   struct text text)
{
	size_t mark = text_mark_size(text);

	text = (struct text){ text.start + mark, text.size - mark };
	return sha384(arena, file, sums_without(arena, text, " \t\r\n"));
}

static const char *sha384_without_cr(struct arena *arena, const struct adopt_file *file,
                                     struct text text)
{
	return sha384(arena, file, sums_without(arena, text, "\r"));
}

enum adopt_sum sums_sqlx(const struct adopt_files *files, size_t index, const struct adopt_row *row,
                         const char **ours)
{
	const struct adopt_file *file = &files->items[index];
	enum adopt_sum sum = compare(files, index, row, ours, sha384);

	if (sum == ADOPT_SUM_DIFFERS &&
	    (strcmp(sha384_without_cr(files->arena, file, file->text), row->checksum) == 0 ||
	     strcmp(sha384_of_words(files->arena, file, file->text), row->checksum) == 0))
		return ADOPT_SUM_SAME;
	return sum;
}

/* --- refinery --- */

/* SipHash-1-3 with a key of zeros, as it comes. */
struct sip {
	uint64_t v[4];
	uint64_t word;
	size_t size;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(struct sip *sip, uint64_t word)
{
	sip->v[3] ^= word;
	sip_round(sip->v);
	sip->v[0] ^= word;
}

static void sip_bytes(struct sip *sip, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (; size > 0; size--, at++) {
		sip->word |= (uint64_t)*at << 8 * (sip->size++ % 8);
		if (sip->size % 8 == 0) {
			sip_word(sip, sip->word);
			sip->word = 0;
		}
	}
}

static uint64_t sip_end(struct sip *sip)
{
	int i;

	sip_word(sip, sip->word | (uint64_t)sip->size << 56);
	sip->v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		sip_round(sip->v);
	return sip->v[0] ^ sip->v[1] ^ sip->v[2] ^ sip->v[3];
}

/* As Rust hashes a string. */
static void sip_text(struct sip *sip, struct text text)
{
	sip_bytes(sip, text.start, text.size);
	sip_bytes(sip, "\xff", 1);
}

/* "create_accounts" of "below/V1__create_accounts.sql". */
static struct text refinery_name(const struct adopt_file *file)
{
	const char *base = source_base_name(file->path);
	const char *name = strstr(base, "__");
	struct text text = text_of(name != NULL ? name + 2 : base);

	if (text.size >= 4 && memcmp(text.start + text.size - 4, ".sql", 4) == 0)
		text.size -= 4;
	return text;
}

static const char *sip_13(struct arena *arena, const struct adopt_file *file, struct text text,
                          size_t version_size)
{
	struct sip sip = { .v = { UINT64_C(0x736f6d6570736575), UINT64_C(0x646f72616e646f6d),
		                  UINT64_C(0x6c7967656e657261), UINT64_C(0x7465646279746573) } };
	unsigned char version[8];
	size_t i;

	for (i = 0; i < sizeof(version); i++)
		version[i] = (unsigned char)((uint64_t)file->version >> 8 * i);
	sip_text(&sip, refinery_name(file));
	sip_bytes(&sip, version, version_size);
	sip_text(&sip, text);
	return arena_format(arena, "%" PRIu64, sip_end(&sip));
}

static const char *sip_13_int4(struct arena *arena, const struct adopt_file *file, struct text text)
{
	return sip_13(arena, file, text, 4);
}

static const char *sip_13_int8(struct arena *arena, const struct adopt_file *file, struct text text)
{
	return sip_13(arena, file, text, 8);
}

enum adopt_sum sums_refinery(const struct adopt_files *files, size_t index,
                             const struct adopt_row *row, const char **ours)
{
	bool is_short = files->items[index].version <= INT32_MAX;
	const char *other;

	if (is_short && compare(files, index, row, ours, sip_13_int4) == ADOPT_SUM_SAME)
		return ADOPT_SUM_SAME;
	return compare(files, index, row, is_short ? &other : ours, sip_13_int8);
}
