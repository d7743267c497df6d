/* environment.c - the only file that reads the program's environment. */
#include "environment.h"

#include "clock.h"
#include "format.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_SIZE_MAX    256
#define SHOWN_SIZE_MAX   64 /* Of a value in a message; it may be a megabyte. */
#define PROBLEM_SIZE_MAX 240

#define BOOLEAN_REMEDY  "write true, false, on, off, yes, no, 1 or 0"
#define DURATION_REMEDY "write milliseconds, or a number with ms, s, min or h, up to 49 days"
#define PERCENT_REMEDY  "write a percentage from 0 to 100"

/* --- What values look like --- */

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* Are the first `size` bytes of `text` that word, in any case? */
static bool is_word(const char *text, size_t size, const char *word)
{
	size_t i = 0;

	while (i < size && word[i] != '\0' && lower(text[i]) == word[i])
		i++;
	return i == size && word[i] == '\0';
}

static bool parse_boolean(const char *text, uint32_t *value)
{
	static const struct {
		const char *word;
		uint32_t value;
	} words[] = {
		{ "true", 1 }, { "false", 0 }, { "on", 1 }, { "off", 0 },
		{ "yes", 1 },  { "no", 0 },    { "1", 1 },  { "0", 0 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!is_word(text, strlen(text), words[i].word))
			continue;
		*value = words[i].value;
		return true;
	}
	return false;
}

/* The digits that `text` begins with; NULL without any.  A number that is too large stays so. */
static const char *parse_digits(const char *text, uint64_t *number)
{
	const char *cursor = text;

	for (*number = 0; *cursor >= '0' && *cursor <= '9'; cursor++)
		if (*number < UINT32_MAX)
			*number = *number * 10 + (uint64_t)(*cursor - '0');
	return cursor == text ? NULL : cursor;
}

/* "30s" and the like.  False for anything else, and for what is too long for the option. */
static bool parse_duration(const char *text, uint32_t *value)
{
	static const struct {
		const char *name;
		uint64_t duration_ms;
	} units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 },
	};
	uint64_t number;
	const char *unit = parse_digits(text, &number);

	for (size_t i = 0; unit != NULL && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		number *= units[i].duration_ms;
		*value = (uint32_t)number;
		return number < INLAY_FROM_ENVIRONMENT;
	}
	return false;
}

/* "25" or "25%". */
static bool parse_percent(const char *text, uint32_t *value)
{
	uint64_t number;
	const char *rest = parse_digits(text, &number);

	if (rest == NULL || number > 100 || (*rest != '\0' && strcmp(rest, "%") != 0))
		return false;
	*value = (uint32_t)number;
	return true;
}

/* --- Reading it once --- */

enum {
	AUTO_MIGRATE,
	LOCK_TIMEOUT,
	DRY_RUN,
	CACHE_TTL,
	ROLLOUT,
	VARIABLE_COUNT
};

static const struct variable {
	const char *name;
	bool (*parse)(const char *text, uint32_t *value);
	const char *remedy;
	uint32_t otherwise; /* The default. */
} variables[VARIABLE_COUNT] = {
	[AUTO_MIGRATE] = { "AUTO_MIGRATE", parse_boolean, BOOLEAN_REMEDY, 1 },
	[LOCK_TIMEOUT] = { "MIGRATION_LOCK_TIMEOUT", parse_duration, DURATION_REMEDY, 30000 },
	[DRY_RUN] = { "MIGRATION_DRY_RUN", parse_boolean, BOOLEAN_REMEDY, 0 },
	[CACHE_TTL] = { "MIGRATION_CACHE_TTL", parse_duration, DURATION_REMEDY, 300000 },
	[ROLLOUT] = { "MIGRATION_ROLLOUT", parse_percent, PERCENT_REMEDY, 100 },
};

/* What one variable came to. */
struct setting {
	uint32_t value;
	const char *origin;
	char problem[PROBLEM_SIZE_MAX]; /* "", or why there is no value. */
};

enum {
	UNREAD,
	READING,
	READ
};

static struct {
	_Atomic int state;
	struct setting settings[VARIABLE_COUNT];
	uint32_t hundredth; /* This host's. */
	_Atomic bool is_told;
} known;

/* The value as it may be shown: one line, of no terminal's business. */
static void show(char shown[SHOWN_SIZE_MAX], const char *value)
{
	size_t size = strnlen(value, SHOWN_SIZE_MAX);
	bool is_cut = size == SHOWN_SIZE_MAX;

	if (is_cut)
		size = SHOWN_SIZE_MAX - sizeof("...");
	for (size_t i = 0; i < size; i++)
		shown[i] = (char)(value[i] >= ' ' && value[i] <= '~' ? value[i] : '?');
	memcpy(shown + size, is_cut ? "..." : "", is_cut ? sizeof("...") : 1);
}

static void read_variable(const struct variable *variable, struct setting *setting)
{
	const char *text = getenv(variable->name);
	char shown[SHOWN_SIZE_MAX];

	setting->value = variable->otherwise;
	setting->origin = "default";
	setting->problem[0] = '\0';
	if (text == NULL || text[0] == '\0')
		return;
	setting->origin = variable->name;
	if (variable->parse(text, &setting->value))
		return;
	show(shown, text);
	format_into(setting->problem, sizeof(setting->problem), "%s is \"%s\": %s", variable->name,
	            shown, variable->remedy);
}

/* What such a variable says, without the blanks around it; NULL when that is nothing. */
static const char *read_trimmed(const char *name, size_t *size)
{
	static const char blanks[] = " \t\r\n";
	const char *text = getenv(name);

	if (text == NULL)
		return NULL;
	text += strspn(text, blanks);
	for (*size = strlen(text); *size > 0 && strchr(blanks, text[*size - 1]) != NULL;)
		(*size)--;
	return *size > 0 ? text : NULL;
}

/* Which production this is, as an origin, or NULL.  The first variable that is set decides. */
static const char *find_production(void)
{
	static const struct {
		const char *variable;
		const char *word;
		const char *origin;
	} productions[] = {
		{ "APP_ENV", "production", "APP_ENV=production" },
		{ "APP_ENV", "prod", "APP_ENV=prod" },
		{ "NODE_ENV", "production", "NODE_ENV=production" },
		{ "NODE_ENV", "prod", "NODE_ENV=prod" },
	};
	size_t size = 0;
	const char *variable = "APP_ENV";
	const char *text = read_trimmed(variable, &size);

	if (text == NULL) {
		variable = "NODE_ENV";
		text = read_trimmed(variable, &size);
	}
	for (size_t i = 0; text != NULL && i < sizeof(productions) / sizeof(productions[0]); i++)
		if (strcmp(productions[i].variable, variable) == 0 &&
		    is_word(text, size, productions[i].word))
			return productions[i].origin;
	return NULL;
}

uint32_t environment_hundredth(const char *host)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *host != '\0'; host++)
		hash = (hash ^ (unsigned char)*host) * 0x100000001b3u;
	return (uint32_t)(hash % 100);
}

static void read_all(void)
{
	struct setting *auto_migrate = &known.settings[AUTO_MIGRATE];
	const char *production = find_production();
	char host[HOST_SIZE_MAX] = "";

	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		read_variable(&variables[i], &known.settings[i]);
	if (production != NULL && auto_migrate->origin != variables[AUTO_MIGRATE].name) {
		auto_migrate->value = 0;
		auto_migrate->origin = production;
	}
	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0'; /* The host without a name is a host, too. */
	known.hundredth = environment_hundredth(host);
}

/* The first call reads; those that come meanwhile wait for the microseconds it takes. */
static void read_once(void)
{
	int expected = UNREAD;

	if (atomic_load_explicit(&known.state, memory_order_acquire) == READ)
		return;
	if (atomic_compare_exchange_strong(&known.state, &expected, READING)) {
		read_all();
		atomic_store_explicit(&known.state, READ, memory_order_release);
	}
	while (atomic_load_explicit(&known.state, memory_order_acquire) != READ)
		clock_sleep_ms(0, 1);
}

void environment_forget(void)
{
	atomic_store(&known.state, UNREAD);
	atomic_store(&known.is_told, false);
}

/* --- Options --- */

/* The option's value and origin.  NULL, or the problem of the variable, where it is needed. */
static const char *fill_one(uint32_t *option, const struct setting *setting, const char **origin)
{
	if (*option != INLAY_FROM_ENVIRONMENT) {
		*origin = "option";
		return NULL;
	}
	*option = setting->value;
	*origin = setting->origin;
	return setting->problem[0] != '\0' ? setting->problem : NULL;
}

static const char *fill_all(struct inlay_options *options, struct origins *origins)
{
	const struct setting *from = known.settings;
	const char *problem;

	problem = fill_one(&options->auto_migrate, &from[AUTO_MIGRATE], &origins->auto_migrate);
	if (problem == NULL)
		problem = fill_one(&options->lock_timeout_ms, &from[LOCK_TIMEOUT],
		                   &origins->lock_timeout_ms);
	if (problem == NULL)
		problem = fill_one(&options->dry_run, &from[DRY_RUN], &origins->dry_run);
	if (problem == NULL)
		problem =
		        fill_one(&options->cache_ttl_ms, &from[CACHE_TTL], &origins->cache_ttl_ms);
	if (problem == NULL)
		problem = fill_one(&options->rollout_percent, &from[ROLLOUT],
		                   &origins->rollout_percent);
	return problem;
}

const char *environment_fill(struct inlay_options *options, struct origins *origins)
{
	const char *problem;

	read_once();
	problem = fill_all(options, origins);
	if (problem != NULL)
		return problem;
	if (options->auto_migrate != 0 && known.hundredth >= options->rollout_percent) {
		options->auto_migrate = 0;
		origins->auto_migrate = origins->rollout_percent == known.settings[ROLLOUT].origin
		                                ? variables[ROLLOUT].name
		                                : "rollout_percent";
	}
	return NULL;
}

bool environment_is_untold(void)
{
	return !atomic_load_explicit(&known.is_told, memory_order_relaxed) &&
	       !atomic_exchange(&known.is_told, true);
}

static const char *on_or_off(uint32_t value)
{
	return value != 0 ? "on" : "off";
}

void environment_describe(char *buffer, size_t size, const struct inlay_options *options,
                          const struct origins *origins)
{
	format_into(buffer, size,
	            "auto_migrate=%s (%s) lock_timeout_ms=%u (%s) dry_run=%s (%s) "
	            "cache_ttl_ms=%u (%s) rollout_percent=%u (%s)",
	            on_or_off(options->auto_migrate), origins->auto_migrate,
	            (unsigned)options->lock_timeout_ms, origins->lock_timeout_ms,
	            on_or_off(options->dry_run), origins->dry_run, (unsigned)options->cache_ttl_ms,
	            origins->cache_ttl_ms, (unsigned)options->rollout_percent,
	            origins->rollout_percent);
}
