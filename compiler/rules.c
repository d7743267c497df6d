/* rules.c - the table of rules, asked. */
#include "rules.h"

static const struct {
	const char *name;
	enum severity severity;
	enum rule_group group;
	unsigned dialects;
	const char *summary;
} rules[RULE_COUNT] = {
#define RULE_ROW(constant, name, severity, group, dialects, summary)                               \
	{ name, SEVERITY_##severity, GROUP_##group, ON_##dialects, summary },
	RULES(RULE_ROW)
#undef RULE_ROW
};

const char *rule_name(enum rule rule)
{
	return rules[rule].name;
}

enum severity rule_severity(enum rule rule)
{
	return rules[rule].severity;
}

enum rule_group rule_group(enum rule rule)
{
	return rules[rule].group;
}

const char *rule_summary(enum rule rule)
{
	return rules[rule].summary;
}

unsigned rule_dialects(enum rule rule)
{
	return rules[rule].dialects;
}

enum rule rule_from(struct text name)
{
	int rule;

	for (rule = 0; rule < RULE_COUNT; rule++)
		if (text_equals(name, text_of(rules[rule].name)))
			return (enum rule)rule;
	return RULE_COUNT;
}
