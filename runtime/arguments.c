/* arguments.c - the rules of inlay.h for what a caller hands in. */
#include "arguments.h"

#include "format.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TABLE_SIZE_MAX   48
#define SCHEMA_SIZE_MAX  63 /* As much as PostgreSQL keeps of a name. */
#define OPTIONS_SIZE_MIN offsetof(struct inlay_options, statement_lock_timeout_ms) /* 0.1.0 */
#define OPTIONS_SIZE_MAX 4096 /* More is not a newer struct but an uninitialised one. */

static bool is_utf8(const char *text)
{
	uint32_t code;
	size_t size = 1;

	for (; *text != '\0' && size > 0; text += size)
		size = (unsigned char)*text < 0x80 ? 1 : format_character(text, &code);
	return size > 0;
}

const char *arguments_take_options(struct inlay_options *target, const struct inlay_options *source)
{
	const unsigned char *bytes = (const unsigned char *)source;

	if (source == NULL || source->size < sizeof(*source))
		*target = inlay_options_init();
	if (source == NULL)
		return NULL;
	if (source->size < OPTIONS_SIZE_MIN || source->size > OPTIONS_SIZE_MAX)
		return "options->size is not set: begin with inlay_options_init()";
	for (size_t i = sizeof(*source); i < source->size; i++)
		if (bytes[i] != 0)
			return "options holds something that only a later libinlay knows";
	memcpy(target, source, source->size < sizeof(*source) ? source->size : sizeof(*source));
	return target->table == NULL ? "options->table is NULL: begin with inlay_options_init()"
	                             : NULL;
}

static const char *check_table(const char *table)
{
	if (table[0] == '\0' || strnlen(table, TABLE_SIZE_MAX + 1) > TABLE_SIZE_MAX)
		return "options->table must have 1 to 48 bytes";
	return is_utf8(table) ? NULL : "options->table is not UTF-8";
}

static const char *check_schema(const char *schema, enum inlay_dialect dialect)
{
	if (schema == NULL)
		return NULL;
	if (dialect != INLAY_DIALECT_POSTGRES)
		return "options->schema is for PostgreSQL alone: a SQLite file has one schema";
	if (schema[0] == '\0' || strnlen(schema, SCHEMA_SIZE_MAX + 1) > SCHEMA_SIZE_MAX)
		return "options->schema must have 1 to 63 bytes";
	/* However it is quoted, a search_path takes "$user" for the role's, and pg_temp for what
	 * ends with the session. */
	if (strcmp(schema, "$user") == 0 || strncmp(schema, "pg_", 3) == 0)
		return "options->schema is \"$user\" or begins with pg_, which PostgreSQL keeps "
		       "for itself";
	return is_utf8(schema) ? NULL : "options->schema is not UTF-8";
}

const char *arguments_check_options(const struct inlay_options *options)
{
	if (options->rollout_percent > 100 && options->rollout_percent != INLAY_FROM_ENVIRONMENT)
		return "options->rollout_percent is more than 100";
	if ((unsigned)options->gate > INLAY_GATE_ROW)
		return "options->gate is none of enum inlay_gate";
	if ((unsigned)options->user_version > INLAY_USER_VERSION_NEVER)
		return "options->user_version is none of enum inlay_user_version";
	if (options->cache_slot_count > INLAY_CACHE_SLOT_COUNT_MAX)
		return "options->cache_slot_count is more than INLAY_CACHE_SLOT_COUNT_MAX, 4096";
	return NULL;
}

const char *arguments_check_names(const struct inlay_options *options, enum inlay_dialect dialect)
{
	const char *problem = check_table(options->table);

	return problem == NULL ? check_schema(options->schema, dialect) : problem;
}

const char *arguments_end_set(const struct inlay_options *options, struct image_view *view)
{
	if (options->to_version == -1)
		return NULL;
	return image_end_at(view, options->to_version)
	               ? NULL
	               : "options->to_version is no version of the set; -1 is for all of it";
}

const char *arguments_take_set(const struct inlay_set *set, enum inlay_dialect dialect,
                               struct image_view *view)
{
	if (set == NULL || set->image == NULL)
		return "there is no set";
	if (set->abi != INLAY_ABI)
		return "the set was generated for another inlay.h: run `inlay compile` of this "
		       "release again";
	if (set->function_count > 0 && set->functions == NULL)
		return "the set has no functions, though it counts some";
	return image_check_header(set->image, set->image->size, dialect, view);
}
