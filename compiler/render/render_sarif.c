/* render_sarif.c - SARIF 2.1.0 (OASIS): what code scanning of forges and some editors read. */
#include "render.h"

#include "common.h"
#include "json_out.h"

#include <stdio.h>
#include <string.h>

/* A run as it is written. */
struct run {
	const struct diagnostics *diagnostics;
	struct common_cursor cursor;
	json_t *seen; /* Fingerprints, and how often each was. */
};

static json_t *message_of(struct text text)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", json_out_text(text));
	return object;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static const char *level_of(enum severity severity)
{
	return common_severity(severity); /* SARIF's words are the same. */
}

/* What comes of all rules of a group. */
static const char *consequence_of(enum rule rule)
{
	switch (rule_group(rule)) {
	case GROUP_CORE: return "It is about what can be read and run at all.";
	case GROUP_STAGE: return "It was found by PostgreSQL's grammar or by a rehearsal.";
	case GROUP_LINT: return "It is about what is dangerous on a database with rows in use.";
	case GROUP_LIVE: return "It was found in a live database by `inlay verify`.";
	case GROUP_STYLE: break;
	}
	return "It is a matter of taste, and looked for only with --style.";
}

static json_t *describe_rule(enum rule rule)
{
	json_t *object = json_object();
	json_t *configuration = json_object();
	struct buffer text = { 0 };

	json_object_set_new(object, "id", json_string(rule_name(rule)));
	json_object_set_new(object, "shortDescription", message_of(text_of(rule_summary(rule))));
	buffer_format(&text, "%s. %s", rule_summary(rule), consequence_of(rule));
	json_object_set_new(object, "fullDescription", message_of(buffer_contents(&text)));
	text.size = 0;
	buffer_string(&text, "inlay's manual explains it in ");
	common_page(&text, rule);
	json_object_set_new(object, "help", message_of(buffer_contents(&text)));
	buffer_clear(&text);
	json_object_set_new(configuration, "level", json_string(level_of(rule_severity(rule))));
	if (rule_group(rule) == GROUP_STYLE)
		json_object_set_new(configuration, "enabled", json_false());
	json_object_set_new(object, "defaultConfiguration", configuration);
	return object;
}

/* All of them: a result's ruleIndex is its rule's number. */
static json_t *describe_tool(void)
{
	json_t *tool = json_object();
	json_t *driver = json_object();
	json_t *rules = json_array();
	int rule;

	for (rule = 0; rule < RULE_COUNT; rule++)
		json_array_append_new(rules, describe_rule((enum rule)rule));
	json_object_set_new(driver, "name", json_string("inlay"));
	json_object_set_new(driver, "version", json_string(INLAY_VERSION));
	json_object_set_new(driver, "semanticVersion", json_string(INLAY_VERSION));
	json_object_set_new(driver, "rules", rules);
	json_object_set_new(tool, "driver", driver);
	return tool;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* A path as a URI (RFC 3986): relative ones to where the command ran, which should be the root of
 * the repository. */
static json_t *artifact_of(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	                            "-._~/";
	json_t *object = json_object();
	struct buffer uri = { 0 };

	if (path[0] == '/')
		buffer_string(&uri, "file://");
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	for (; *path != '\0'; path++)
		if (strchr(plain, *path) != NULL)
			buffer_byte(&uri, (unsigned char)*path);
		else
			buffer_format(&uri, "%%%02X", (unsigned char)*path);
	json_object_set_new(object, "uri", json_out_text(buffer_contents(&uri)));
	buffer_clear(&uri);
	return object;
}

static json_t *region_of(struct run *run, const struct source *source, struct text at)
{
	struct common_place place = common_locate(&run->cursor, source, at);
	json_t *object = json_object();

	json_object_set_new(object, "startLine", json_integer(place.start.line));
	json_object_set_new(object, "startColumn", json_integer(place.start.column));
	json_object_set_new(object, "endLine", json_integer(place.end.line));
	json_object_set_new(object, "endColumn", json_integer(place.end.column));
	json_object_set_new(object, "byteOffset", json_integer((json_int_t)place.offset));
	json_object_set_new(object, "byteLength", json_integer((json_int_t)place.size));
	return object;
}

static json_t *locations_of(struct run *run, const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;
	json_t *locations = json_array();
	json_t *location, *physical;

	if (problem->source == NULL && problem->path == NULL)
		return locations;
	location = json_object();
	physical = json_object();
	json_object_set_new(physical, "artifactLocation", artifact_of(common_path(diagnostic)));
	if (common_has_place(problem))
		json_object_set_new(physical, "region",
		                    region_of(run, problem->source, problem->at));
	json_object_set_new(location, "physicalLocation", physical);
	json_array_append_new(locations, location);
	return locations;
}

static json_t *fixes_of(struct run *run, const struct problem *problem)
{
	json_t *replacement = json_object();
	json_t *replacements = json_array();
	json_t *change = json_object();
	json_t *changes = json_array();
	json_t *fix = json_object();
	json_t *fixes = json_array();

	json_object_set_new(replacement, "deletedRegion",
	                    region_of(run, problem->source, problem->fix.at));
	json_object_set_new(replacement, "insertedContent", message_of(text_of(problem->fix.text)));
	json_array_append_new(replacements, replacement);
	json_object_set_new(change, "artifactLocation", artifact_of(problem->source->path));
	json_object_set_new(change, "replacements", replacements);
	json_array_append_new(changes, change);
	if (problem->help != NULL)
		json_object_set_new(fix, "description", message_of(text_of(problem->help)));
	json_object_set_new(fix, "artifactChanges", changes);
	json_array_append_new(fixes, fix);
	return fixes;
}

/* ---- results --------------------------------------------------------------------------------- */

/* FNV-1a, 64 bits: it only has to stay the same. */
static uint64_t hash(uint64_t value, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	size_t i;

	for (i = 0; i < size; i++)
		value = (value ^ at[i]) * 0x100000001b3u;
	return value;
}

/* The same finding has the same one when lines above it come and go: it is made of the rule, the
 * path and the line's text, and counts equal ones. */
static json_t *fingerprints_of(struct run *run, const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;
	const char *name = rule_name(problem->rule);
	const char *path = common_path(diagnostic);
	uint64_t value = hash(0xcbf29ce484222325u, name, strlen(name) + 1);
	json_t *object = json_object();
	json_int_t count;
	char key[40];

	value = hash(value, path, strlen(path) + 1);
	if (common_has_place(problem)) {
		struct text line = text_trim(common_line(problem->source->text, problem->at.start));

		value = hash(value, line.start, line.size);
	}
	snprintf(key, sizeof(key), "%016llx", (unsigned long long)value);
	count = json_integer_value(json_object_get(run->seen, key)) + 1;
	json_object_set_new(run->seen, key, json_integer(count));
	snprintf(key, sizeof(key), "%016llx:%lld", (unsigned long long)value, (long long)count);
	json_object_set_new(object, "inlayFinding/v1", json_string(key));
	return object;
}

static void add_part(struct buffer *out, const char *title, const char *text)
{
	if (text == NULL)
		return;
	buffer_string(out, title);
	buffer_string(out, text);
}

static json_t *describe(struct run *run, const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;
	enum severity severity = diagnostics_severity(run->diagnostics, problem->rule);
	json_t *object = json_object();
	struct buffer message = { 0 };

	common_message(&message, diagnostic);
	add_part(&message, "\nlock: ", problem->lock);
	add_part(&message, "\nhelp: ", problem->help);
	add_part(&message, "\ninstead:\n", problem->rewrite);
	json_object_set_new(object, "ruleId", json_string(rule_name(problem->rule)));
	json_object_set_new(object, "ruleIndex", json_integer(problem->rule));
	json_object_set_new(object, "level", json_string(level_of(severity)));
	json_object_set_new(object, "message", message_of(buffer_contents(&message)));
	json_object_set_new(object, "locations", locations_of(run, diagnostic));
	json_object_set_new(object, "partialFingerprints", fingerprints_of(run, diagnostic));
	if (problem->source != NULL && problem->fix.at.start != NULL)
		json_object_set_new(object, "fixes", fixes_of(run, problem));
	buffer_clear(&message);
	return object;
}

static json_t *describe_results(struct diagnostics *diagnostics, enum severity least)
{
	struct run run = { .diagnostics = diagnostics, .seen = json_object() };
	json_t *results = json_array();
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];

		if (diagnostics_severity(diagnostics, item->problem.rule) >= least)
			json_array_append_new(results, describe(&run, item));
	}
	json_decref(run.seen);
	return results;
}

void render_sarif(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	json_t *root, *run, *runs;

	json_out_init();
	common_prepare(diagnostics);
	root = json_object();
	run = json_object();
	runs = json_array();
	json_object_set_new(root, "$schema",
	                    json_string("https://json.schemastore.org/sarif-2.1.0.json"));
	json_object_set_new(root, "version", json_string("2.1.0"));
	json_object_set_new(run, "tool", describe_tool());
	json_object_set_new(run, "columnKind", json_string("unicodeCodePoints"));
	json_object_set_new(run, "results", describe_results(diagnostics, least));
	json_array_append_new(runs, run);
	json_object_set_new(root, "runs", runs);
	json_out_document(out, root);
}
