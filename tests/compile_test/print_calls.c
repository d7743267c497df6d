/* print_calls.c - calls what the set SET calls, statement by statement, and prints what it says. */
#include "inlay.h"
#include "inlay_image.h"

#include <stdio.h>

extern const struct inlay_set SET;

int main(void)
{
	const char *bytes = (const char *)SET.image;

	for (int dialect = 0; dialect < INLAY_DIALECT_COUNT; dialect++) {
		const struct inlay_image_dialect *tables = &SET.image->dialects[dialect];
		const struct inlay_image_statement *statements =
		        (const void *)(bytes + tables->statements);

		for (uint32_t i = 0; i < tables->statement_count; i++) {
			struct inlay_call call = { .size = sizeof(call) };

			if ((statements[i].flags & INLAY_STATEMENT_CALL) == 0)
				continue;
			if (statements[i].probe >= SET.function_count ||
			    SET.functions[statements[i].probe](&call) != 0)
				return 1;
			puts(call.message);
		}
	}
	return 0;
}
