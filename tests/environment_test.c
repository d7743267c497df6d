/* environment_test.c - the variables, and what the options make of them. */
#include "support/database.h"

#include "../runtime/environment.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TIMEOUT          "MIGRATION_LOCK_TIMEOUT"
#define BOOLEAN_REMEDY   "write true, false, on, off, yes, no, 1 or 0"
#define DURATION_REMEDY  "write milliseconds, or a number with ms, s, min or h, up to 49 days"
#define PERCENT_REMEDY   "write a percentage from 0 to 100"
#define MEGABYTE         1000000
#define DESCRIPTION_SIZE 400

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

/* The runner sets the one; without it the defaults can be seen. */
static int forget_variables(void **state)
{
	static const char *const names[] = {
		"AUTO_MIGRATE",      "MIGRATION_DRY_RUN", TIMEOUT,    "MIGRATION_CACHE_TTL",
		"MIGRATION_ROLLOUT", "APP_ENV",           "NODE_ENV",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	environment_forget();
	*state = NULL;
	return 0;
}

static int setup_file(void **state)
{
	(void)forget_variables(state);
	return database_setup_file(state);
}

static int teardown_file(void **state)
{
	int status = database_teardown(state);

	(void)forget_variables(state);
	return status;
}

/* From the next call on. */
static void set_variable(const char *name, const char *value)
{
	assert_int_equal(setenv(name, value, 1), 0);
	environment_forget();
}

/* Whatever the options leave to the environment. */
static const char *fill(struct inlay_options *options)
{
	struct origins origins;

	*options = inlay_options_init();
	return environment_fill(options, &origins);
}

static void expect_description(const struct inlay_options *options, const char *expected)
{
	struct inlay_options filled = *options;
	struct origins origins;
	char words[DESCRIPTION_SIZE];

	assert_null(environment_fill(&filled, &origins));
	environment_describe(words, sizeof(words), &filled, &origins);
	assert_string_equal(words, expected);
}

/* --- Values --- */

static void durations_are_understood(void **state)
{
	static const struct {
		const char *text;
		uint32_t value_ms;
	} cases[] = {
		{ "30s", 30000 },
		{ "500ms", 500 },
		{ "1000", 1000 },
		{ "2min", 120000 },
		{ "0", 0 },
		{ "1h", 3600000 },
		{ "0s", 0 },
		{ "007", 7 },
		{ "1193h", 4294800000 },
		{ "", 30000 },
		{ "4294967294", 4294967294 },
	};
	struct inlay_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_variable(TIMEOUT, cases[i].text);
		set_variable("MIGRATION_CACHE_TTL", cases[i].text);
		assert_null(fill(&options));
		assert_int_equal(options.lock_timeout_ms, cases[i].value_ms);
		assert_int_equal(options.cache_ttl_ms,
		                 cases[i].text[0] != '\0' ? cases[i].value_ms : 300000);
	}
}

static void booleans_are_understood(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
	} cases[] = {
		{ "true", 1 }, { "TRUE", 1 }, { "True", 1 },  { "on", 1 },    { "ON", 1 },
		{ "yes", 1 },  { "1", 1 },    { "false", 0 }, { "FALSE", 0 }, { "off", 0 },
		{ "oFF", 0 },  { "no", 0 },   { "0", 0 },
	};
	struct inlay_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_variable("AUTO_MIGRATE", cases[i].text);
		set_variable("MIGRATION_DRY_RUN", cases[i].text);
		assert_null(fill(&options));
		assert_int_equal(options.auto_migrate, cases[i].value);
		assert_int_equal(options.dry_run, cases[i].value);
	}
	set_variable("AUTO_MIGRATE", "");
	set_variable("MIGRATION_DRY_RUN", "");
	assert_null(fill(&options));
	assert_int_equal(options.auto_migrate, 1);
	assert_int_equal(options.dry_run, 0);
}

static void percentages_are_understood(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
	} cases[] = { { "0", 0 },      { "25", 25 },  { "25%", 25 }, { "100", 100 },
		      { "100%", 100 }, { "007%", 7 }, { "", 100 } };
	struct inlay_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_variable("MIGRATION_ROLLOUT", cases[i].text);
		assert_null(fill(&options));
		assert_int_equal(options.rollout_percent, cases[i].value);
	}
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *name;
		const char *remedy;
		const char *values[18];
	} cases[] = {
		{ TIMEOUT,
		  DURATION_REMEDY,
		  { "abc", "-1", "1.5s", "99999999h", "30 s", " 30s", "30S", "s", "1d", "0x10",
		    "+1", "1ms ", "4294967295", "18446744073709551617", "1194h",
		    "99999999999999999999999999999min", "1smin" } },
		{ "MIGRATION_CACHE_TTL",
		  DURATION_REMEDY,
		  { "five minutes", "-5min", "4294967295" } },
		{ "AUTO_MIGRATE",
		  BOOLEAN_REMEDY,
		  { "2", "tru", "truee", " true", "true ", "y", "n", "enabled", "-1", "01" } },
		{ "MIGRATION_DRY_RUN", BOOLEAN_REMEDY, { "maybe", "10" } },
		{ "MIGRATION_ROLLOUT",
		  PERCENT_REMEDY,
		  { "101", "-1", "%", "25 %", "25%%", "25.5", "1e1", "101%", "4294967396",
		    "18446744073709551616" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t j = 0; cases[i].values[j] != NULL; j++) {
			char expected[300];

			set_variable(cases[i].name, cases[i].values[j]);
			(void)snprintf(expected, sizeof(expected), "%s is \"%s\": %s",
			               cases[i].name, cases[i].values[j], cases[i].remedy);
			database_expect_error(*state, simple, INLAY_MISUSE, expected);
			/* On every call. */
			database_expect_error(*state, simple, INLAY_MISUSE, expected);
			database_expect(*state, "SELECT COUNT(*) FROM sqlite_master", "0");
		}
		(void)unsetenv(cases[i].name);
	}
}

/* Whoever decides by the option is not asked. */
static void explicit_options_win(void **state)
{
	static const char *const names[] = { "AUTO_MIGRATE", "MIGRATION_DRY_RUN", TIMEOUT,
		                             "MIGRATION_CACHE_TTL", "MIGRATION_ROLLOUT" };
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		set_variable(names[i], "nonsense");
	database->options.lock_timeout_ms = 1000;
	database->options.dry_run = 0;
	database->options.cache_ttl_ms = 0;
	database->options.rollout_percent = 100;
	/* One that is asked for is enough. */
	database_expect_error(database, simple, INLAY_MISUSE,
	                      "AUTO_MIGRATE is \"nonsense\": " BOOLEAN_REMEDY);
	database->options.auto_migrate = 1;
	database_expect_ok(database, simple, 1);
}

static void hostile_values_are_cut_and_on_one_line(void **state)
{
	struct database *database = *state;
	char *value = malloc(MEGABYTE + 1);

	assert_non_null(value);
	memset(value, 'x', MEGABYTE);
	value[MEGABYTE] = '\0';
	set_variable("AUTO_MIGRATE", value);
	free(value);
	database_expect_error(database, simple, INLAY_MISUSE,
	                      "AUTO_MIGRATE is "
	                      "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\":"
	                      " " BOOLEAN_REMEDY);
	set_variable("AUTO_MIGRATE", "a\nb\t\033[31mc\177\303\244\233%s");
	database_expect_error(database, simple, INLAY_MISUSE,
	                      "AUTO_MIGRATE is \"a?b??[31mc????%s\": " BOOLEAN_REMEDY);
}

/* The longest that is shown whole, and one more. */
static void values_are_cut_where_they_should_be(void **state)
{
	char value[65] = "";
	char expected[300];

	memset(value, 'y', 63);
	set_variable("AUTO_MIGRATE", value);
	(void)snprintf(expected, sizeof(expected), "AUTO_MIGRATE is \"%s\": %s", value,
	               BOOLEAN_REMEDY);
	database_expect_error(*state, simple, INLAY_MISUSE, expected);
	value[63] = 'y';
	set_variable("AUTO_MIGRATE", value);
	(void)snprintf(expected, sizeof(expected), "AUTO_MIGRATE is \"%.60s...\": %s", value,
	               BOOLEAN_REMEDY);
	database_expect_error(*state, simple, INLAY_MISUSE, expected);
}

/* --- Production --- */

static void production_does_not_migrate_by_itself(void **state)
{
	static const struct {
		const char *app; /* NULL: not set. */
		const char *node;
		const char *auto_migrate;
	} cases[] = {
		{ NULL, NULL, "on (default)" },
		{ "production", NULL, "off (APP_ENV=production)" },
		{ "PRODUCTION", NULL, "off (APP_ENV=production)" },
		{ " Production\t\r\n", NULL, "off (APP_ENV=production)" },
		{ "prod", NULL, "off (APP_ENV=prod)" },
		{ "PROD ", NULL, "off (APP_ENV=prod)" },
		{ NULL, "production", "off (NODE_ENV=production)" },
		{ "", "production", "off (NODE_ENV=production)" },
		{ " ", "prod", "off (NODE_ENV=prod)" },
		{ "production", "test", "off (APP_ENV=production)" },
		{ "staging", "production", "on (default)" },
		{ "development", NULL, "on (default)" },
		{ "product", NULL, "on (default)" },
		{ "pro", NULL, "on (default)" },
		{ "productions", NULL, "on (default)" },
		{ "non production", NULL, "on (default)" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct inlay_options options = inlay_options_init();
		char expected[DESCRIPTION_SIZE];

		(void)forget_variables(state);
		if (cases[i].app != NULL)
			set_variable("APP_ENV", cases[i].app);
		if (cases[i].node != NULL)
			set_variable("NODE_ENV", cases[i].node);
		(void)snprintf(expected, sizeof(expected),
		               "auto_migrate=%s lock_timeout_ms=30000 (default) dry_run=off "
		               "(default) cache_ttl_ms=300000 (default) rollout_percent=100 "
		               "(default)",
		               cases[i].auto_migrate);
		expect_description(&options, expected);
	}
}

static void values_have_their_origins(void **state)
{
	struct inlay_options options = inlay_options_init();

	(void)state;
	set_variable("APP_ENV", "production");
	set_variable("AUTO_MIGRATE", "yes");
	set_variable(TIMEOUT, "1s");
	set_variable("MIGRATION_DRY_RUN", "on");
	set_variable("MIGRATION_CACHE_TTL", "5ms");
	set_variable("MIGRATION_ROLLOUT", "100%");
	expect_description(&options, "auto_migrate=on (AUTO_MIGRATE) lock_timeout_ms=1000 "
	                             "(MIGRATION_LOCK_TIMEOUT) dry_run=on (MIGRATION_DRY_RUN) "
	                             "cache_ttl_ms=5 (MIGRATION_CACHE_TTL) rollout_percent=100 "
	                             "(MIGRATION_ROLLOUT)");
	options.auto_migrate = 0;
	options.lock_timeout_ms = 2;
	options.dry_run = 7;
	options.cache_ttl_ms = 3;
	options.rollout_percent = 100;
	expect_description(&options, "auto_migrate=off (option) lock_timeout_ms=2 (option) "
	                             "dry_run=on (option) cache_ttl_ms=3 (option) "
	                             "rollout_percent=100 (option)");
}

static void the_environment_is_read_once(void **state)
{
	struct inlay_options options;

	(void)state;
	set_variable(TIMEOUT, "1s");
	assert_null(fill(&options));
	assert_int_equal(setenv(TIMEOUT, "2s", 1), 0);
	assert_null(fill(&options));
	assert_int_equal(options.lock_timeout_ms, 1000);
}

/* --- The roll-out --- */

/* FNV-1a's own vectors, modulo 100, and hosts' names; computed by another program. */
static void a_host_has_its_hundredth(void **state)
{
	static const struct {
		const char *host;
		uint32_t hundredth;
	} cases[] = {
		{ "", 37 },      { "a", 96 },     { "foobar", 68 },
		{ "web-1", 39 }, { "web-2", 50 }, { "db.example.org", 19 },
	};
	uint32_t counts[10] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(environment_hundredth(cases[i].host), cases[i].hundredth);
	for (int i = 0; i < 1000; i++) {
		char host[20];

		(void)snprintf(host, sizeof(host), "web-%d", i);
		counts[environment_hundredth(host) / 10]++;
	}
	for (size_t i = 0; i < 10; i++)
		assert_in_range(counts[i], 70, 130);
}

static void the_rollout_decides_by_host(void **state)
{
	char host[256] = "", percent[20];
	struct inlay_options options = inlay_options_init();
	struct origins origins;
	uint32_t hundredth;

	(void)state;
	assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
	hundredth = environment_hundredth(host);
	for (uint32_t i = 0; i <= 100; i++) {
		(void)snprintf(percent, sizeof(percent), "%u%%", i);
		set_variable("MIGRATION_ROLLOUT", percent);
		options = inlay_options_init();
		assert_null(environment_fill(&options, &origins));
		assert_int_equal(options.auto_migrate, hundredth < i);
		assert_string_equal(origins.auto_migrate,
		                    hundredth < i ? "default" : "MIGRATION_ROLLOUT");
		assert_string_equal(origins.rollout_percent, "MIGRATION_ROLLOUT");
	}
	/* Who says that this process migrates does not say that the roll-out is over. */
	set_variable("MIGRATION_ROLLOUT", "0");
	options = inlay_options_init();
	options.auto_migrate = 1;
	assert_null(environment_fill(&options, &origins));
	assert_int_equal(options.auto_migrate, 0);
	assert_string_equal(origins.auto_migrate, "MIGRATION_ROLLOUT");
	options = inlay_options_init();
	options.rollout_percent = 0;
	assert_null(environment_fill(&options, &origins));
	assert_int_equal(options.auto_migrate, 0);
	assert_string_equal(origins.auto_migrate, "rollout_percent");
	/* What is off already keeps its reason. */
	set_variable("APP_ENV", "production");
	options = inlay_options_init();
	assert_null(environment_fill(&options, &origins));
	assert_string_equal(origins.auto_migrate, "APP_ENV=production");
}

/* --- Telling --- */

struct told {
	int count;
	char words[DESCRIPTION_SIZE];
};

static void note_configuration(void *context, const struct inlay_event *event)
{
	struct told *told = context;

	if (event->kind != INLAY_EVENT_CONFIGURED)
		return;
	assert_int_equal(event->size, sizeof(*event));
	assert_int_equal(event->level, INLAY_LEVEL_INFO);
	assert_int_equal(event->version, -1);
	assert_string_equal(event->migration, "");
	assert_string_equal(event->file, "");
	(void)snprintf(told->words, sizeof(told->words), "%s", event->message);
	told->count++;
}

static void ensure_quietly(struct database *database, const struct inlay_set *set)
{
	assert_int_equal(
	        ensure_migrated(database->sqlite, set, &database->options, &database->error),
	        INLAY_OK);
}

static void the_configuration_is_told_once(void **state)
{
	struct compiled_set set = set_compile(simple, INLAY_DIALECT_SQLITE);
	struct database *database = *state;
	struct told told = { .count = 0 };

	set_variable(TIMEOUT, "20s");
	database->options.cache_ttl_ms = 0;
	ensure_quietly(database, &set.set); /* Nobody listens. */
	database->options.on_event = note_configuration;
	database->options.context = &told;
	ensure_quietly(database, &set.set);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.words,
	                    "auto_migrate=on (default) lock_timeout_ms=20000 "
	                    "(MIGRATION_LOCK_TIMEOUT) dry_run=off (default) cache_ttl_ms=0 "
	                    "(option) rollout_percent=100 (default)");
	ensure_quietly(database, &set.set);
	assert_int_equal(told.count, 1);
	/* A call that goes by nothing tells nothing. */
	set_variable(TIMEOUT, "nonsense");
	assert_int_equal(
	        ensure_migrated(database->sqlite, &set.set, &database->options, &database->error),
	        INLAY_MISUSE);
	assert_int_equal(told.count, 1);
	set_destroy(&set);
}

/* Somebody else writes: how long do we wait? */
static void expect_waits(struct database *database, const char *words)
{
	sqlite3 *another = NULL;

	assert_int_equal(sqlite3_open(database->path, &another), SQLITE_OK);
	assert_int_equal(sqlite3_exec(another, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	database_expect_result(database, database_ensure(database, simple), INLAY_LOCKED);
	assert_non_null(strstr(database->error.message, words));
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
}

static void the_timeout_means_what_it_says(void **state)
{
	struct database *database = *state;

	set_variable(TIMEOUT, "70ms");
	expect_waits(database, "for the 70 ms of options->lock_timeout_ms");
	database->options.lock_timeout_ms = 60;
	expect_waits(database, "for the 60 ms of options->lock_timeout_ms");
	database_expect_ok(database, simple, 1);
}

/* --- Options --- */

static void expect_misuse(struct database *database, const char *message)
{
	database_expect_error(database, simple, INLAY_MISUSE, message);
	database->options = inlay_options_init();
}

static void options_are_checked(void **state)
{
	struct database *database = *state;

	database->options.rollout_percent = 101;
	expect_misuse(database, "options->rollout_percent is more than 100");
	database->options.rollout_percent = UINT32_MAX - 1;
	expect_misuse(database, "options->rollout_percent is more than 100");
	database->options.cache_slot_count = INLAY_CACHE_SLOT_COUNT_MAX + 1;
	expect_misuse(database,
	              "options->cache_slot_count is more than INLAY_CACHE_SLOT_COUNT_MAX, 4096");
	database->options.schema = "tenant_1";
	expect_misuse(database, "options->schema is for PostgreSQL alone: a SQLite file has one "
	                        "schema");
	database->options.cache_slot_count = INLAY_CACHE_SLOT_COUNT_MAX;
	database->options.rollout_percent = 100;
	database_expect_ok(database, simple, 1);
}

static void a_schema_is_a_name(void **state)
{
	static const struct {
		const char *schema;
		const char *message;
	} cases[] = {
		{ "", "options->schema must have 1 to 63 bytes" },
		{ "1234567890123456789012345678901234567890123456789012345678901234",
		  "options->schema must have 1 to 63 bytes" },
		{ "\x80", "options->schema is not UTF-8" },
		{ "a\xc3", "options->schema is not UTF-8" },
		{ "\xc0\xaf", "options->schema is not UTF-8" },
		{ "\xe0\x80\xaf", "options->schema is not UTF-8" },
		{ "\xed\xa0\x80", "options->schema is not UTF-8" },
		{ "\xf0\x80\x80\xaf", "options->schema is not UTF-8" },
		{ "\xf4\x90\x80\x80", "options->schema is not UTF-8" },
		{ "\xff\xff", "options->schema is not UTF-8" },
	};
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		database->options.schema = cases[i].schema;
		expect_misuse(database, cases[i].message);
	}
}

#define ENVIRONMENT_TEST(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, forget_variables, forget_variables)
#define ENVIRONMENT_TEST_FILE(test) cmocka_unit_test_setup_teardown(test, setup_file, teardown_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENVIRONMENT_TEST(durations_are_understood),
		ENVIRONMENT_TEST(booleans_are_understood),
		ENVIRONMENT_TEST(percentages_are_understood),
		ENVIRONMENT_TEST_FILE(nonsense_is_refused),
		ENVIRONMENT_TEST_FILE(explicit_options_win),
		ENVIRONMENT_TEST_FILE(hostile_values_are_cut_and_on_one_line),
		ENVIRONMENT_TEST_FILE(values_are_cut_where_they_should_be),
		ENVIRONMENT_TEST(production_does_not_migrate_by_itself),
		ENVIRONMENT_TEST(values_have_their_origins),
		ENVIRONMENT_TEST(the_environment_is_read_once),
		ENVIRONMENT_TEST(a_host_has_its_hundredth),
		ENVIRONMENT_TEST(the_rollout_decides_by_host),
		ENVIRONMENT_TEST_FILE(the_configuration_is_told_once),
		ENVIRONMENT_TEST_FILE(the_timeout_means_what_it_says),
		ENVIRONMENT_TEST_FILE(options_are_checked),
		DATABASE_TEST_POSTGRES(a_schema_is_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
