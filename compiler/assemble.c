/* assemble.c - parsed files become migrations: scripts in their places, what the runtime has to
 * know of them, checksums, headers, the chain. */
#include "assemble.h"

#include "checksum.h"
#include "classify.h"
#include "layout.h"
#include "parse.h"

/* One file in one dialect, as the migration it belongs to sees it. */
struct assembly {
	struct arena *arena;
	struct migration *migration;
	enum dialect dialect;
	struct diagnostics *problems;
};

static enum file_role role_of(const struct source *file)
{
	return file->says->down ? FILE_DOWN : file->says->up ? FILE_UP : FILE_BOTH;
}

static bool matches(const struct header_checksum *header, const struct script *script)
{
	struct inlay_digest digest;

	return digest_from_hex(header->digits, &digest) &&
	       digest_equals(&digest, &script->checksum);
}

/* An unqualified header of a file that serves both dialects is right when it fits either. */
static bool matches_other(const struct assembly *assembly, const struct source *source,
                          const struct header_checksum *header)
{
	enum dialect other = (enum dialect)(1 - assembly->dialect);
	struct arena arena = { 0 };
	struct diagnostics ignored = { .arena = &arena };
	struct parsed_file parsed;
	bool result;

	if (header->dialect != DIALECT_COUNT || assembly->migration->files[other][0] != source)
		return false;
	parse_file(&arena, &(struct parse_input){ source, other, role_of(source), false }, &parsed,
	           &ignored);
	parsed.up.checksum = checksum_script(&parsed.up, other);
	result = matches(header, &parsed.up);
	arena_clear(&arena);
	return result;
}

static void check_headers(const struct assembly *assembly, const struct source *source,
                          const struct parsed_file *parsed, const struct script *script)
{
	size_t i;

	for (i = 0; i < parsed->checksum_count; i++) {
		const struct header_checksum *header = &parsed->checksums[i];
		char hex[DIGEST_HEX_SIZE];

		if (header->dialect != DIALECT_COUNT && header->dialect != assembly->dialect)
			continue;
		if (matches(header, script) || matches_other(assembly, source, header))
			continue;
		digest_to_hex(&script->checksum, hex);
		diagnostics_add(
		        assembly->problems,
		        (struct problem){
		                .rule = RULE_CHECKSUM_MISMATCH,
		                .source = source,
		                .at = header->text,
		                .dialects = 1u << assembly->dialect,
		                .help = arena_format(assembly->arena,
		                                     "restore the file, or, if it was never "
		                                     "released, write its new "
		                                     "checksum with `inlay sum --write`: sha256:%s",
		                                     hex) },
		        "the header checksum is not this script's");
	}
}

/* The down script: a section of the up file, or a file of its own, not both. */
static void assemble_down(const struct assembly *assembly, struct variant *variant,
                          const struct script *section)
{
	const struct source *file = assembly->migration->files[assembly->dialect][1];
	struct parsed_file parsed;

	variant->down = *section;
	if (file == NULL || file->broken)
		return;
	if (section->source != NULL)
		diagnostics_add(assembly->problems,
		                (struct problem){ .rule = RULE_DUPLICATE_VERSION,
		                                  .path = file->path,
		                                  .dialects = 1u << assembly->dialect,
		                                  .help = "keep the section or this file" },
		                "%s has a down section already", section->source->name);
	parse_file(assembly->arena,
	           &(struct parse_input){ file, assembly->dialect, FILE_DOWN, false }, &parsed,
	           assembly->problems);
	variant->down = parsed.down;
	variant->down.checksum = checksum_script(&variant->down, assembly->dialect);
	check_headers(assembly, file, &parsed, &variant->down);
}

static void assemble_variant(const struct assembly *assembly)
{
	const struct source *file = assembly->migration->files[assembly->dialect][0];
	struct variant *variant = &assembly->migration->variants[assembly->dialect];
	struct parsed_file parsed;

	if (file == NULL || file->broken)
		return;
	parse_file(assembly->arena,
	           &(struct parse_input){ file, assembly->dialect, role_of(file),
	                                  assembly->migration->repeatable },
	           &parsed, assembly->problems);
	variant->up = parsed.up;
	variant->up.checksum = checksum_script(&variant->up, assembly->dialect);
	variant->source_checksum =
	        checksum_source(file->written != NULL ? file->written->text : file->text);
	check_headers(assembly, file, &parsed, &variant->up);
	if (parsed.down.source != NULL)
		parsed.down.checksum = checksum_script(&parsed.down, assembly->dialect);
	assemble_down(assembly, variant, &parsed.down);
}

static void classify(const struct assembly *assembly)
{
	struct variant *variant = &assembly->migration->variants[assembly->dialect];

	classify_script(assembly->arena, &variant->up, assembly->dialect);
	classify_script(assembly->arena, &variant->down, assembly->dialect);
}

static void chain(struct migration_set *set, enum dialect dialect)
{
	struct inlay_digest previous = { { 0 } };
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct variant *variant = &set->items[i].variants[dialect];

		variant->chain =
		        checksum_chain(&previous, set->items[i].version, &variant->up.checksum);
		previous = variant->chain;
	}
	previous = (struct inlay_digest){ { 0 } };
	for (i = 0; i < set->repeatable_count; i++) {
		const struct migration *repeatable = &set->repeatables[i];
		struct variant *variant = &set->repeatables[i].variants[dialect];

		variant->chain = checksum_chain_repeatable(&previous, repeatable->version,
		                                           repeatable->name, &variant->up.checksum);
		previous = variant->chain;
	}
}

static void assemble(struct arena *arena, struct migration *migration, enum dialect dialect,
                     struct diagnostics *problems)
{
	struct assembly assembly = {
		.arena = arena, .migration = migration, .dialect = dialect, .problems = problems
	};

	assemble_variant(&assembly);
	classify(&assembly);
}

void assemble_set(struct arena *arena, struct migration_set *set, struct diagnostics *problems)
{
	int dialect;
	size_t i;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		if (!set->dialects[dialect])
			continue;
		for (i = 0; i < set->count; i++)
			assemble(arena, &set->items[i], (enum dialect)dialect, problems);
		for (i = 0; i < set->repeatable_count; i++)
			assemble(arena, &set->repeatables[i], (enum dialect)dialect, problems);
		chain(set, (enum dialect)dialect);
	}
}
