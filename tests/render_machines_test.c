/* render_machines_test.c - diagnostics as programs read them: JSON and SARIF. */
#include "../compiler/render/render.h"
#include "command.h"
#include "sample.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *parse(const struct buffer *out)
{
	json_error_t error;
	json_t *root =
	        json_loadb((const char *)out->start, out->size, JSON_REJECT_DUPLICATES, &error);

	if (root == NULL)
		fail_msg("%s", error.text);
	return root;
}

static void expect_json(const json_t *value, const char *expected)
{
	char *received = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

	assert_string_equal(received, expected);
	free(received);
}

static void test_json(void **state)
{
	struct sample sample;
	struct buffer out = { 0 };
	json_t *root, *list;

	(void)state;
	sample_fill(&sample);
	render_json(&sample.diagnostics, SEVERITY_NOTE, &out);
	root = parse(&out);
	expect_json(json_object_get(root, "version"), "1");
	expect_json(json_object_get(root, "tool"), "\"inlay " INLAY_VERSION "\"");
	expect_json(json_object_get(root, "summary"),
	            "{\"errors\":2,\"files\":2,\"files_read\":5,\"notes\":2,\"warnings\":1}");
	list = json_object_get(root, "diagnostics");
	assert_int_equal(json_array_size(list), 5);
	expect_json(json_array_get(list, 1),
	            "{\"dialects\":[\"postgres\"],"
	            "\"end\":{\"column\":4,\"line\":3,\"offset\":34},"
	            "\"file\":\"./my set/1,a:%.sql\","
	            "\"fix\":{\"end\":{\"column\":5,\"line\":2,\"offset\":17},"
	            "\"start\":{\"column\":1,\"line\":2,\"offset\":13},\"text\":\"SELECT\"},"
	            "\"group\":\"lint\",\"help\":\"100% sure?\\nno\",\"lock\":\"ACCESS EXCLUSIVE\","
	            "\"message\":\"gone: 50%, or more\",\"page\":\"docs/rules/drop-table.md\","
	            "\"rewrite\":\"SELECT 1;\\nSELECT 2;\",\"rule\":\"drop-table\","
	            "\"severity\":\"warning\","
	            "\"start\":{\"column\":12,\"line\":2,\"offset\":24}}");
	expect_json(json_array_get(list, 2),
	            "{\"dialects\":[\"sqlite\"],\"end\":{\"column\":3,\"line\":1,\"offset\":2},"
	            "\"file\":\"/abs/2\357\277\275.sql\",\"fix\":null,\"group\":\"core\","
	            "\"help\":null,\"lock\":null,\"message\":\"not \357\277\275 UTF-8\","
	            "\"page\":\"docs/diagnostics.md#encoding\",\"rewrite\":null,"
	            "\"rule\":\"encoding\",\"severity\":\"error\","
	            "\"start\":{\"column\":2,\"line\":1,\"offset\":1}}");
	expect_json(json_array_get(list, 3),
	            "{\"dialects\":[],\"end\":null,\"file\":null,\"fix\":null,\"group\":\"stage\","
	            "\"help\":null,\"lock\":null,\"message\":\"no server\","
	            "\"page\":\"docs/diagnostics.md#rehearsal-server\",\"rewrite\":null,"
	            "\"rule\":\"rehearsal-server\",\"severity\":\"error\",\"start\":null}");
	json_decref(root);
	buffer_clear(&out);
	arena_clear(&sample.arena);
}

/* Warnings that are errors are told so, and what is milder than wanted is left out. */
static void test_json_strict(void **state)
{
	struct sample sample;
	struct buffer out = { 0 };
	json_t *root;

	(void)state;
	sample_fill(&sample);
	sample.diagnostics.strict = true;
	render_json(&sample.diagnostics, SEVERITY_WARNING, &out);
	root = parse(&out);
	expect_json(json_object_get(root, "summary"),
	            "{\"errors\":3,\"files\":2,\"files_read\":5,\"notes\":0,\"warnings\":0}");
	assert_int_equal(json_array_size(json_object_get(root, "diagnostics")), 3);
	json_decref(root);
	buffer_clear(&out);
	arena_clear(&sample.arena);
}

/* A fix may be far before its place, and the next place is behind both. */
static void test_places_back_and_forth(void **state)
{
	static const char text[] = "\xef\xbb\xbfgrün a;\nb;\n  grün c; d;\ne";
	static const struct {
		const char *at, *fix, *expected_at, *expected_fix;
	} wanted[] = {
		{ "c;", "a;", "{\"column\":8,\"line\":3,\"offset\":23}",
		  "{\"column\":6,\"line\":1,\"offset\":9}" },
		{ "d;", "grün c;", "{\"column\":11,\"line\":3,\"offset\":26}",
		  "{\"column\":3,\"line\":3,\"offset\":17}" },
		{ "e", "b;", "{\"column\":1,\"line\":4,\"offset\":29}",
		  "{\"column\":1,\"line\":2,\"offset\":12}" },
	};
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena };
	struct source source = { .path = "m/1.sql", .text = text_of(text) };
	struct buffer out = { 0 };
	json_t *root;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		diagnostics_add(
		        &diagnostics,
		        (struct problem){ .rule = RULE_SYNTAX,
		                          .source = &source,
		                          .at = sample_find(&source, wanted[i].at),
		                          .fix = { sample_find(&source, wanted[i].fix), "x" } },
		        "found");
	render_json(&diagnostics, SEVERITY_NOTE, &out);
	root = parse(&out);
	for (size_t i = 0; i < 3; i++) {
		json_t *item = json_array_get(json_object_get(root, "diagnostics"), i);

		expect_json(json_object_get(item, "start"), wanted[i].expected_at);
		expect_json(json_object_get(json_object_get(item, "fix"), "start"),
		            wanted[i].expected_fix);
	}
	json_decref(root);
	buffer_clear(&out);
	arena_clear(&arena);
}

/* ---- SARIF ----------------------------------------------------------------------------------- */

static json_t *results_of(json_t *root)
{
	return json_object_get(json_array_get(json_object_get(root, "runs"), 0), "results");
}

/* Member by member, by names between slashes; numbers are indexes. */
static json_t *at_path(json_t *value, const char *path)
{
	char *copy = format("%s", path);
	char *rest = copy;

	while (*rest != '\0') {
		size_t size = strcspn(rest, "/");
		bool is_last = rest[size] == '\0';

		rest[size] = '\0';
		value = json_is_array(value) ? json_array_get(value, strtoul(rest, NULL, 10))
		                             : json_object_get(value, rest);
		rest += size + !is_last;
	}
	free(copy);
	if (value == NULL)
		fail_msg("there is no %s", path);
	return value;
}

static void test_sarif(void **state)
{
	static const struct {
		const char *path, *expected;
	} wanted[] = {
		{ "1/ruleId", "\"drop-table\"" },
		{ "1/level", "\"warning\"" },
		{ "1/message/text", "\"gone: 50%, or more (as PostgreSQL reads it)\\nlock: ACCESS "
		                    "EXCLUSIVE\\nhelp: 100% "
		                    "sure?\\nno\\ninstead:\\nSELECT 1;\\nSELECT 2;\"" },
		{ "1/locations",
		  "[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"my%20set/"
		  "1%2Ca%3A%25.sql\"},"
		  "\"region\":{\"byteLength\":10,\"byteOffset\":24,\"endColumn\":4,\"endLine\":3,"
		  "\"startColumn\":12,\"startLine\":2}}}]" },
		{ "1/fixes/0/artifactChanges/0/replacements",
		  "[{\"deletedRegion\":{\"byteLength\":4,\"byteOffset\":13,\"endColumn\":5,"
		  "\"endLine\":"
		  "2,\"startColumn\":1,\"startLine\":2},\"insertedContent\":{\"text\":\"SELECT\"}}"
		  "]" },
		{ "2/locations/0/physicalLocation/artifactLocation/uri",
		  "\"file:///abs/2%FF.sql\"" },
		{ "2/message/text", "\"not \357\277\275 UTF-8\"" },
		{ "3/locations", "[]" },
		{ "4/level", "\"note\"" },
		{ "4/locations",
		  "[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"my%20set\"}}}]" },
	};
	struct sample sample;
	struct buffer out = { 0 };
	json_t *root, *results;

	(void)state;
	sample_fill(&sample);
	render_sarif(&sample.diagnostics, SEVERITY_NOTE, &out);
	root = parse(&out);
	results = results_of(root);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		expect_json(at_path(results, wanted[i].path), wanted[i].expected);
	/* Each result's rule is the one at its index. */
	for (size_t i = 0; i < json_array_size(results); i++) {
		char *path = format("runs/0/tool/driver/rules/%d/id",
		                    (int)json_integer_value(json_object_get(
		                            json_array_get(results, i), "ruleIndex")));

		assert_true(json_equal(at_path(root, path),
		                       json_object_get(json_array_get(results, i), "ruleId")));
		free(path);
	}
	json_decref(root);
	buffer_clear(&out);
	arena_clear(&sample.arena);
}

/* The fingerprint of the `index`-th diagnostic when `text` is the file. */
static char *fingerprint(const char *text, size_t index)
{
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena };
	struct source source = { .path = "m/1.sql", .text = text_of(text), .dialects = 1 };
	struct buffer out = { 0 };
	char *path = format("%zu/partialFingerprints", index);
	char *received;
	json_t *root;

	for (const char *at = text; (at = strstr(at, "DROP")) != NULL; at++)
		diagnostics_add(&diagnostics,
		                (struct problem){ .rule = RULE_DROP_TABLE,
		                                  .source = &source,
		                                  .at = { (const unsigned char *)at, 4 } },
		                "gone");
	render_sarif(&diagnostics, SEVERITY_NOTE, &out);
	root = parse(&out);
	received = format("%s", json_string_value(json_object_get(at_path(results_of(root), path),
	                                                          "inlayFinding/v1")));
	json_decref(root);
	free(path);
	buffer_clear(&out);
	arena_clear(&arena);
	return received;
}

/* They stay when other lines come and go, and are different for what is. */
static void test_fingerprints(void **state)
{
	char *alone = fingerprint("DROP a;\n", 0);
	char *moved = fingerprint("SELECT 1;\n\n  DROP a;\n", 0);
	char *other = fingerprint("DROP b;\n", 0);
	char *again = fingerprint("DROP a;\nDROP b;\nDROP a;\n", 2);

	(void)state;
	assert_string_equal(alone, moved);
	assert_string_not_equal(alone, other);
	assert_string_not_equal(alone, again);
	assert_int_equal(strlen(again), strlen(alone));
	assert_memory_equal(alone, again, 17);
	free(alone);
	free(moved);
	free(other);
	free(again);
}

/* By the official schema. */
static void test_sarif_is_valid(void **state)
{
	char *directory = directory_make();
	char *path = format("%s/sample.sarif", directory);
	struct sample sample;
	struct buffer out = { 0 };
	struct outcome outcome;
	int status;

	(void)state;
	sample_fill(&sample);
	render_sarif(&sample.diagnostics, SEVERITY_NOTE, &out);
	file_write(path, out.start, out.size);
	outcome = command_run(
	        directory,
	        "mkdir m; echo 'DROP x' >m/1_a.sql; printf '%s' \"SELECT 'x\" >m/2_b.sql\n"
	        "inlay check m --format=sarif >check.sarif; test $? = 65 || exit 1\n"
	        "printf '{\"version\":\"2.1.0\",\"runs\":[{}]}' >wrong.sarif\n"
	        /* Debian's module is Debian's Python's. */
	        "for python in python3 /usr/bin/python3; do\n"
	        "	$python -c 'import jsonschema' 2>/dev/null && break\n"
	        "done\n"
	        "validate=\"$python $ROOT/tests/programs/validate_sarif.py $ROOT/.tools/sarif\"\n"
	        "$validate sample.sarif check.sarif || exit\n"
	        "! $validate wrong.sarif >wrong && grep -q \"'tool' is a required\" wrong\n");
	status = outcome.status;
	if (status != 0)
		print_message("%s%s", outcome.out.start, outcome.err.start);
	outcome_free(&outcome);
	buffer_clear(&out);
	arena_clear(&sample.arena);
	directory_remove(directory);
	free(directory);
	free(path);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_strict),
		cmocka_unit_test(test_places_back_and_forth),
		cmocka_unit_test(test_sarif),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_sarif_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
