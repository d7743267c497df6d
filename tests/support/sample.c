/* sample.c - one of each. */
#include "sample.h"

#include <string.h>

struct text sample_find(const struct source *source, const char *part)
{
	const char *start = (const char *)source->text.start;

	if (*part == '\0')
		return (struct text){ source->text.start + source->text.size, 0 };
	return (struct text){ (const unsigned char *)strstr(start, part), strlen(part) };
}

void sample_fill(struct sample *sample)
{
	*sample = (struct sample){
		.first = { .path = "./my set/1,a:%.sql",
		           .text = text_of(
		                   "\xef\xbb\xbfSELECT 1;\nDROP TABLE grün,\n  x;\nDROP x;\n"),
		           .dialects = 3 },
		.second = { .path = "/abs/2\xff.sql", .text = text_of("'\xff'"), .dialects = 1 },
		.diagnostics = { .arena = &sample->arena, .file_count = 5 },
	};
	diagnostics_add(&sample->diagnostics,
	                (struct problem){ .rule = RULE_ENCODING,
	                                  .source = &sample->second,
	                                  .at = { sample->second.text.start + 1, 1 } },
	                "not \xff UTF-8");
	diagnostics_add(
	        &sample->diagnostics,
	        (struct problem){ .rule = RULE_DROP_TABLE,
	                          .source = &sample->first,
	                          .at = sample_find(&sample->first, "grün,\n  x"),
	                          .dialects = 1u << DIALECT_POSTGRES,
	                          .lock = "ACCESS EXCLUSIVE",
	                          .help = "100% sure?\nno",
	                          .rewrite = "SELECT 1;\nSELECT 2;",
	                          .fix = { sample_find(&sample->first, "DROP"), "SELECT" } },
	        "gone: 50%%, or more");
	diagnostics_add(&sample->diagnostics,
	                (struct problem){ .rule = RULE_WRAPPER,
	                                  .source = &sample->first,
	                                  .at = sample_find(&sample->first, "SELECT") },
	                "a note");
	diagnostics_add(&sample->diagnostics,
	                (struct problem){ .rule = RULE_LOCK_MISSING, .path = "my set" }, "no lock");
	diagnostics_add(&sample->diagnostics, (struct problem){ .rule = RULE_REHEARSAL_SERVER },
	                "no server");
}
