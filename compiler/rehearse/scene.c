/* scene.c - a part of the set as a set of its own, for the runtime. */
#include "stage.h"

#include "image.h"

/* No script that calls is played; the set has to be whole all the same. */
static int refuse(struct inlay_call *call)
{
	(void)call;
	return 1;
}

static inlay_function *const *stand_ins(struct arena *arena, size_t count)
{
	inlay_function **functions = arena_array(arena, inlay_function *, count + 1);
	size_t i;

	for (i = 0; i < count; i++)
		functions[i] = refuse;
	return functions;
}

const struct inlay_set *scene_set(struct stage *stage, size_t first, size_t end,
                                  bool with_repeatables)
{
	struct arena *arena = stage->rehearsal->arena;
	struct migration_set part = *stage->rehearsal->set;
	struct diagnostics ignored = { .arena = arena };
	struct inlay_set *set = arena_allocate(arena, sizeof(*set));
	enum dialect dialect;
	struct image image;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		part.dialects[dialect] = dialect == stage->driver->dialect;
	part.items += first;
	part.count = end - first;
	if (!with_repeatables)
		part.repeatable_count = 0;
	if (!image_build(arena, &part, "rehearsal", &image, &ignored))
		return NULL; /* `inlay compile` says why. */
	set->abi = INLAY_ABI;
	set->function_count = (uint32_t)image.function_count;
	set->functions = stand_ins(arena, image.function_count);
	set->image = (const struct inlay_image *)(const void *)image_bytes(arena, &image).start;
	return set;
}

struct text scene_statement(const struct scene *scene, uint32_t statement)
{
	const struct script *script = scene->script;
	struct lexer lexer;

	if (statement == 0 || statement > script->count)
		return (struct text){ NULL, 0 };
	lexer_init_slice(&lexer, DIALECT_SQLITE, script->statements[statement - 1].text, true);
	return lexer_next_significant(&lexer).text;
}

struct text scene_start(const struct scene *scene)
{
	return scene_statement(scene, 1);
}
