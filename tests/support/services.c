/* services.c - writes the files, counts the effects. */
#include "services.h"

#include "../../runtime/ensure.h"
#include "../../runtime/rollback.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define SCHEMA   "tenant \"7\""
#define SCHEMA_Q "\"tenant \"\"7\"\"\""

const struct service services[] = {
	{ "rollback", "12345", "12345", "", "", 1, false, false, NULL },
	{ "rollback, one alone", "1234", "1234", "3", "", 1, false, false, NULL },
	{ "rollback, gone on with", "123", "123", "3", "", 1, true, false, NULL },
	{ "rollback with a call", "123", "123", "3", "23", 0, false, false, NULL },
	{ "repeatable", "1abc", "12ABcd", "", "", -1, false, false, NULL },
	{ "late", "135", "123456", "", "", -1, false, false, NULL },
	{ "late, one alone", "135", "12345", "2", "", -1, false, false, NULL },
	{ "calls", "1", "123", "3", "23", -1, false, false, NULL },
	{ "schema", "", "123a", "2", "", -1, false, false, SCHEMA },
	{ "rollback in a schema", "123", "123", "2", "", 1, false, false, SCHEMA },
	{ "dry run", "13a", "1234A", "4", "3", -1, false, true, NULL },
	{ "dry rollback", "123", "123", "2", "3", 1, false, true, NULL },
};
const size_t service_count = sizeof(services) / sizeof(services[0]);

bool service_fits(const struct service *service, const struct database *database)
{
	return service->schema == NULL || database->dialect == INLAY_DIALECT_POSTGRES;
}

static const char *in_place(const struct service_scene *scene, const char *otherwise)
{
	return scene->service->schema != NULL ? SCHEMA_Q "." : otherwise;
}

/* --- The files --- */

/* Files while they are compiled. */
struct files {
	struct set_file files[SERVICE_FILES_MAX + 1];
	char names[SERVICE_FILES_MAX][20];
	char contents[SERVICE_FILES_MAX][900];
};

static bool has(const char *list, char letter)
{
	return strchr(list, letter) != NULL;
}

/* Each statement leaves a row: one that ran twice shows. */
static void write_versioned(const struct service *service, bool is_postgres, char digit,
                            char content[900])
{
	bool is_alone = has(service->alone, digit);
	const char *how = is_alone ? " transaction:false" : "";
	const char *concurrently = is_alone && is_postgres ? " CONCURRENTLY" : "";
	char second[80];

	(void)snprintf(second, sizeof(second), "INSERT INTO effect VALUES (%c2);", digit);
	if (has(service->calling, digit))
		(void)snprintf(second, sizeof(second), "-- migrate:call do_second");
	(void)snprintf(content, 900,
	               "-- migrate:up%s\nINSERT INTO effect VALUES (%c1);\n%s\n"
	               "CREATE INDEX%s i%c ON effect (number);\n"
	               "-- migrate:down%s\nINSERT INTO undone VALUES (%c1);\n"
	               "DELETE FROM effect WHERE number IN (%c1, %c2);\n"
	               "DROP INDEX%s i%c;\n%s\n",
	               how, digit, second, concurrently, digit, how, digit, digit, digit,
	               concurrently, digit,
	               has(service->calling, digit) ? "-- migrate:call undo_second" : "");
	if (!has(service->calling, digit))
		(void)snprintf(content + strlen(content), 900 - strlen(content),
		               "INSERT INTO undone VALUES (%c2);\n", digit);
}

static int number_of_repeatable(char letter)
{
	return 900 + (tolower(letter) - 'a') * 10 + (isupper(letter) ? 2 : 1);
}

static struct compiled_set compile(const struct service_scene *scene, const char *which)
{
	bool is_postgres = scene->database->dialect == INLAY_DIALECT_POSTGRES;
	struct files *files = calloc(1, sizeof(*files));
	struct compiled_set compiled;

	assert_non_null(files);
	for (int i = 0; which[i] != '\0'; i++) {
		char letter = which[i];

		if (isdigit(letter)) {
			(void)snprintf(files->names[i], 20, "%c_m.sql", letter);
			write_versioned(scene->service, is_postgres, letter, files->contents[i]);
		} else {
			(void)snprintf(files->names[i], 20, "R__%c.sql", tolower(letter));
			(void)snprintf(files->contents[i], 900, "INSERT INTO effect VALUES (%d);\n",
			               number_of_repeatable(letter));
		}
		files->files[i] = (struct set_file){ files->names[i], files->contents[i] };
	}
	files->files[strlen(which)] = (struct set_file)SET_END;
	compiled = set_compile(files->files, scene->database->dialect);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	free(files);
	return compiled;
}

static int insert(const struct inlay_call *call, const char *table)
{
	char sql[80];
	PGresult *result;
	bool done;

	(void)snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (%d)", table,
	               (int)call->version * 10 + 2);
	if (call->sqlite != NULL)
		return sqlite3_exec(call->sqlite, sql, NULL, NULL, NULL);
	result = PQexec(call->postgres, sql);
	done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return done ? 0 : 1;
}

static int do_second(struct inlay_call *call)
{
	return insert(call, "effect");
}

static int undo_second(struct inlay_call *call)
{
	return insert(call, "undone");
}

static void set_functions(struct compiled_set *compiled)
{
	static inlay_function *const functions[] = { do_second, undo_second };

	if (compiled->set.function_count == 0)
		return;
	assert_int_equal(compiled->set.function_count, 2);
	assert_string_equal(compiled->function_names[0], "do_second");
	compiled->set.functions = functions;
}

void service_open(struct service_scene *scene, const struct service *service,
                  struct database *database)
{
	*scene = (struct service_scene){ .service = service, .database = database };
	if (service->before[0] != '\0')
		scene->before = compile(scene, service->before);
	scene->after = compile(scene, service->after);
	set_functions(&scene->before);
	set_functions(&scene->after);
}

void service_close(struct service_scene *scene)
{
	set_destroy(&scene->before);
	set_destroy(&scene->after);
}

/* --- The call --- */

struct inlay_options service_options(const struct service_scene *scene)
{
	struct inlay_options options = inlay_options_init();

	options.gate = scene->database->options.gate;
	options.user_version = INLAY_USER_VERSION_CLAIM;
	options.schema = scene->service->schema;
	options.cache_ttl_ms = 0;
	options.allow_late = 1;
	options.dry_run = scene->service->is_dry;
	return options;
}

enum inlay_result service_run(const struct service_scene *scene, const struct driver *driver,
                              void *connection, struct inlay_error *error)
{
	struct inlay_options options = service_options(scene);
	struct request request = { driver, connection, &scene->after.set, &options, error };
	struct inlay_rollback_scope scope = inlay_rollback_to(scene->service->to_version);

	*error = inlay_error_init();
	return scene->service->to_version < 0 ? ensure_run(&request)
	                                      : rollback_run(&request, &scope);
}

static void *connection_of(const struct database *database)
{
	return database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                 : (void *)database->postgres;
}

static const struct driver *driver_of(const struct database *database)
{
	return database->dialect == INLAY_DIALECT_SQLITE ? &driver_sqlite : &driver_postgres;
}

static enum inlay_result run_in_peace(struct service_scene *scene)
{
	return service_run(scene, driver_of(scene->database), connection_of(scene->database),
	                   &scene->database->error);
}

/* ensure_migrated() or inlay_check() of a set, whatever the service is. */
static enum inlay_result ask_set(struct service_scene *scene, const struct inlay_set *set,
                                 const struct inlay_options *options, bool only_checks)
{
	struct database *database = scene->database;
	struct request request = { driver_of(database), connection_of(database), set, options,
		                   &database->error };

	database->error = inlay_error_init();
	return only_checks ? check_run(&request) : ensure_run(&request);
}

/* --- Before --- */

static void clean_up(struct service_scene *scene)
{
	struct database *database = scene->database;

	if (database->dialect == INLAY_DIALECT_POSTGRES)
		database_run(database, "DROP SCHEMA IF EXISTS " SCHEMA_Q " CASCADE;"
		                       "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	else
		database_run(database, "DROP TABLE IF EXISTS effect; DROP TABLE IF EXISTS undone;"
		                       "DROP TABLE IF EXISTS schema_migrations;"
		                       "DROP TABLE IF EXISTS schema_migrations_log;"
		                       "DROP TABLE IF EXISTS schema_migrations_state;"
		                       "PRAGMA user_version = 0");
	database_run(database, "CREATE TABLE effect (number INTEGER);"
	                       "CREATE TABLE undone (number INTEGER)");
}

/* The last one's second statement can not run. */
static void stop_half_way(struct service_scene *scene)
{
	struct database *database = scene->database;

	database_run(database, "ALTER TABLE effect RENAME TO hidden");
	database_expect_result(database, run_in_peace(scene), INLAY_INTERRUPTED);
	database_run(database, "ALTER TABLE hidden RENAME TO effect");
}

void service_prepare(struct service_scene *scene)
{
	struct inlay_options options = service_options(scene);

	clean_up(scene);
	options.dry_run = 0;
	if (scene->service->before[0] != '\0')
		database_expect_result(scene->database,
		                       ask_set(scene, &scene->before.set, &options, false),
		                       INLAY_OK);
	if (scene->service->is_half_done)
		stop_half_way(scene);
}

/* --- What is there --- */

static bool is_tracked(struct service_scene *scene)
{
	char sql[200];

	if (scene->database->dialect == INLAY_DIALECT_SQLITE)
		(void)snprintf(sql, sizeof(sql),
		               "SELECT COUNT(*) FROM sqlite_master WHERE name = "
		               "'schema_migrations_state'");
	else
		(void)snprintf(sql, sizeof(sql),
		               "SELECT COUNT(to_regclass('%sschema_migrations_state'))",
		               in_place(scene, ""));
	return strcmp(database_ask(scene->database, sql), "1") == 0;
}

static int ask_number(struct service_scene *scene, const char *format, int number)
{
	char sql[400];

	(void)snprintf(sql, sizeof(sql), format, in_place(scene, ""), number);
	return (int)strtol(database_ask(scene->database, sql), NULL, 10);
}

/* A row: -2 for none, -1 when it is finished, otherwise its progress. */
static int progress_of(struct service_scene *scene, char digit)
{
	if (!is_tracked(scene))
		return -2;
	return ask_number(scene,
	                  "SELECT COALESCE((SELECT COALESCE(progress, -1) FROM %sschema_migrations"
	                  " WHERE version = %d), -2)",
	                  digit - '0');
}

static bool is_down(struct service_scene *scene, char digit)
{
	return ask_number(scene,
	                  "SELECT COUNT(*) FROM %sschema_migrations WHERE direction = 'down'"
	                  " AND version = %d",
	                  digit - '0') == 1;
}

static void add_number(char *text, size_t size, bool condition, int number)
{
	size_t used = strlen(text);

	if (condition)
		(void)snprintf(text + used, size - used, "%s%d", used > 0 ? "\n" : "", number);
}

static void expect_numbers(struct service_scene *scene, const char *table, char digit,
                           const char *expected)
{
	char sql[100];

	(void)snprintf(sql, sizeof(sql),
	               "SELECT number FROM %s WHERE number / 10 = %c ORDER BY number", table,
	               digit);
	database_expect(scene->database, sql, expected);
}

/* Effects of one version are what its row says, to the statement. */
static void expect_agreement(struct service_scene *scene, char digit)
{
	int first = (digit - '0') * 10 + 1;
	int progress = progress_of(scene, digit);
	bool was_there = has(scene->service->before, digit);
	bool goes_down = progress >= 0 && is_down(scene, digit);
	bool is_gone = progress == -2 && was_there;
	char effects[20] = "";
	char undone[20] = "";

	for (int i = 0; i < 2; i++) {
		bool is_done = progress == -1 || (goes_down && progress < 2) ||
		               (!goes_down && progress > i);
		bool is_undone = is_gone || (goes_down && progress >= (i == 0 ? 1 : 4));

		add_number(effects, sizeof(effects), is_done, first + i);
		add_number(undone, sizeof(undone), is_undone, first + i);
	}
	expect_numbers(scene, "effect", digit, effects);
	expect_numbers(scene, "undone", digit, undone);
}

static void expect_repeatables_agree(struct service_scene *scene)
{
	int noted = 0;
	int seen = ask_number(scene, "SELECT COUNT(*) FROM effect WHERE number >= 900 -- %s%d", 0);

	if (is_tracked(scene))
		noted = ask_number(scene,
		                   "SELECT COUNT(*) FROM %sschema_migrations_log WHERE direction ="
		                   " 'repeatable' AND action = 'applied' AND version < %d",
		                   0);
	assert_int_equal(seen, noted);
	database_expect(scene->database,
	                "SELECT number FROM effect GROUP BY number HAVING COUNT(*) > 1", "");
}

/* What user_version says of the file is what its rows say, to whomever asks. */
static void expect_true_mark(struct service_scene *scene, const struct inlay_set *set)
{
	struct inlay_options options = service_options(scene);
	enum inlay_result by_mark;

	if (scene->database->dialect != INLAY_DIALECT_SQLITE)
		return;
	options.allow_late = 0;
	by_mark = ask_set(scene, set, &options, true);
	options.user_version = INLAY_USER_VERSION_NEVER;
	database_expect_result(scene->database, ask_set(scene, set, &options, true), by_mark);
}

/* Only with the row: nobody else gets by what is half rolled back. */
static void expect_refusal(struct service_scene *scene)
{
	struct inlay_options options = service_options(scene);

	options.dry_run = 0;
	options.lock_timeout_ms = 0;
	if (is_tracked(scene) &&
	    ask_number(scene,
	               "SELECT COUNT(*) FROM %sschema_migrations WHERE direction = 'down'"
	               " AND status = 'failed' AND progress > %d",
	               0) > 0)
		database_expect_result(scene->database,
		                       ask_set(scene, &scene->after.set, &options, false),
		                       INLAY_INTERRUPTED);
}

void service_expect_consistent(struct service_scene *scene)
{
	for (char digit = '1'; digit <= '6'; digit++)
		expect_agreement(scene, digit);
	expect_repeatables_agree(scene);
	if (scene->before.set.image != NULL)
		expect_true_mark(scene, &scene->before.set);
	expect_true_mark(scene, &scene->after.set);
	expect_refusal(scene);
}

int service_count_done(struct service_scene *scene)
{
	const struct service *service = scene->service;
	int count = 0;

	for (char digit = '1'; digit <= '6'; digit++) {
		int progress = progress_of(scene, digit);

		count += service->to_version >= 0 ? progress == -2 && has(service->before, digit)
		                                  : progress == -1 && !has(service->before, digit);
	}
	count += ask_number(scene, "SELECT COUNT(*) FROM effect WHERE number >= 900 -- %s%d", 0);
	for (const char *next = service->before; *next != '\0'; next++)
		count -= islower(*next) != 0;
	return count;
}

/* --- After --- */

/* SQLite does not know that a process is gone: only that its row has not moved for a while. */
static void let_time_pass(struct service_scene *scene)
{
	if (scene->database->dialect == INLAY_DIALECT_SQLITE && is_tracked(scene))
		database_run(scene->database,
		             "UPDATE schema_migrations SET applied_at = datetime('now',"
		             " '-1 minute') WHERE progress IS NOT NULL");
}

static bool is_to_be_there(const struct service *service, char digit)
{
	if (service->is_dry)
		return has(service->before, digit);
	return has(service->after, digit) &&
	       (service->to_version < 0 || digit - '0' <= service->to_version);
}

static bool is_to_be_repeated(const struct service *service, char letter)
{
	return has(service->before, letter) || (!service->is_dry && has(service->after, letter));
}

static void expect_all(struct service_scene *scene)
{
	const struct service *service = scene->service;
	char repeatables[100] = "";

	for (char digit = '1'; digit <= '6'; digit++)
		assert_int_equal(progress_of(scene, digit),
		                 is_to_be_there(service, digit) ? -1 : -2);
	for (char letter = 'a'; letter <= 'd'; letter++) {
		add_number(repeatables, sizeof(repeatables), is_to_be_repeated(service, letter),
		           number_of_repeatable(letter));
		add_number(repeatables, sizeof(repeatables),
		           is_to_be_repeated(service, (char)toupper(letter)),
		           number_of_repeatable((char)toupper(letter)));
	}
	database_expect(scene->database,
	                "SELECT number FROM effect WHERE number >= 900 ORDER BY number",
	                repeatables);
	if (is_tracked(scene))
		assert_int_equal(ask_number(scene,
		                            "SELECT COUNT(*) FROM (SELECT version FROM"
		                            " %sschema_migrations_log WHERE action <> 'failed'"
		                            " AND version > %d GROUP BY version, action"
		                            " HAVING COUNT(*) > 1) AS twice",
		                            0),
		                 0);
}

int service_expect_completion(struct service_scene *scene)
{
	struct database *database = scene->database;
	enum inlay_result expected = scene->service->is_dry ? INLAY_PENDING : INLAY_OK;
	int left = -service_count_done(scene);
	int told;

	let_time_pass(scene);
	database_expect_result(database, run_in_peace(scene), expected);
	left += service_count_done(scene);
	told = (int)(database->error.applied_count + database->error.rolled_back_count);
	service_expect_consistent(scene);
	expect_all(scene);
	database_expect_result(database, run_in_peace(scene), expected);
	assert_int_equal(database->error.applied_count + database->error.rolled_back_count, 0);
	return left - told;
}
