/* pipeline_test.c - a run of migrations in one pipeline: few trips, exact blame, little memory. */
#include "support/database.h"
#include "support/files.h"
#include "support/postgres_server.h"
#include "support/proxy.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define MANY 50

/* --- Sets of any size --- */

/* Files on the heap, `count` of them and SET_END.  `content` makes the text of version 1, 2 ... */
static struct set_file *make_files(int count, char *(*content)(int version))
{
	struct set_file *files = calloc((size_t)count + 1, sizeof(*files));

	assert_non_null(files);
	for (int i = 0; i < count; i++)
		files[i] = (struct set_file){ format("%04d_m.sql", i + 1), content(i + 1) };
	return files;
}

static void free_files(struct set_file *files)
{
	for (struct set_file *next = files; next->name != NULL; next++) {
		free((void *)(uintptr_t)next->name);
		free((void *)(uintptr_t)next->content);
	}
	free(files);
}

/* One file whose text is `prefix` and `count` statements. */
static struct set_file *make_long_file(const char *prefix, int count,
                                       size_t (*add)(char *text, size_t size, int number))
{
	struct set_file *files = calloc(2, sizeof(*files));
	size_t capacity = strlen(prefix) + (size_t)count * 1200 + 1;
	char *text = malloc(capacity);
	size_t used = strlen(prefix);

	assert_non_null(files);
	assert_non_null(text);
	memcpy(text, prefix, used + 1);
	for (int i = 1; i <= count; i++)
		used += add(text + used, capacity - used, i);
	files[0] = (struct set_file){ format("1_long.sql"), text };
	return files;
}

static size_t add_insert(char *text, size_t size, int number)
{
	return (size_t)snprintf(text, size, "INSERT INTO effect VALUES (%d);\n", number);
}

static char *content_of_insert(int version)
{
	return format("INSERT INTO effect VALUES (%d);\n", version);
}

/* --- Round trips --- */

/* The database's connection leads through the proxy from now on. */
static struct proxy *go_through_proxy(struct database *database, uint32_t delay_ms)
{
	struct proxy_plan plan = { cluster_directory(postgres_server()), 0, delay_ms };
	struct proxy *proxy = proxy_start(&plan);
	char *options = format("%s user=postgres dbname=%s", proxy_options(proxy), database->name);

	PQfinish(database->postgres);
	database->postgres = PQconnectdb(options);
	if (PQstatus(database->postgres) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(database->postgres));
	free(options);
	return proxy;
}

/* What applying the files to an empty database says. */
static struct proxy_counters measure(struct database *database, uint32_t delay_ms,
                                     const struct set_file *files, uint32_t count)
{
	struct proxy_counters counters;
	struct proxy *proxy;

	database_clear(database);
	database_run(database, "CREATE TABLE effect (number INTEGER)");
	proxy = go_through_proxy(database, delay_ms);
	proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_RELAY });
	database_expect_ok(database, files, count);
	counters = proxy_counters(proxy);
	database_reconnect(database);
	proxy_stop(proxy);
	return counters;
}

static struct proxy_counters measure_many(struct database *database, uint32_t delay_ms, int count)
{
	struct set_file *files = make_files(count, content_of_insert);
	struct proxy_counters counters = measure(database, delay_ms, files, (uint32_t)count);

	free_files(files);
	return counters;
}

/* We wait for the server where we send Sync, and else only when 1,024 commands are unanswered. */
static void waits_as_often_for_many_as_for_one(void **state)
{
	uint64_t one = measure_many(*state, 0, 1).client_frames['S'];

	print_message("one migration: %d times\n", (int)one);
	assert_in_range(one, 1, database_has_row_gate(*state) ? 14 : 6);
	assert_int_equal(measure_many(*state, 0, 10).client_frames['S'], one);
	assert_int_equal(measure_many(*state, 0, 1000).client_frames['S'], one);
}

/* Far away all is sent before the first answer is there. */
static void travels_as_often_for_ten_as_for_one(void **state)
{
	uint64_t one = measure_many(*state, 60, 1).round_trip_count;

	print_message("one migration: %d round trips\n", (int)one);
	assert_int_equal(measure_many(*state, 60, 10).round_trip_count, one);
}

static void waits_as_often_for_many_statements_as_for_one(void **state)
{
	struct set_file *one = make_long_file("", 1, add_insert);
	struct set_file *many = make_long_file("", 1000, add_insert);
	struct proxy_counters counters = measure(*state, 0, one, 1);

	assert_int_equal(measure(*state, 0, many, 1).client_frames['S'],
	                 counters.client_frames['S']);
	free_files(one);
	free_files(many);
}

/* Every statement is answered once it has run; it is asked for on the way. */
static void prompt_answers_are_not_waited_for(void **state)
{
	struct set_file *files = make_long_file("", 100, add_insert);
	struct database *database = *state;
	struct proxy_counters late = measure(database, 0, files, 1);
	uint64_t trip_count = measure_many(database, 60, 10).round_trip_count;
	struct proxy_counters prompt;

	database->options.prompt_events = 1;
	prompt = measure(database, 0, files, 1);
	assert_int_equal(prompt.client_frames['S'], late.client_frames['S']);
	assert_in_range(prompt.client_frames['H'], late.client_frames['H'] + 98, 110);
	assert_int_equal(measure_many(database, 60, 10).round_trip_count, trip_count);
	free_files(files);
}

static char *content_of_path(int version)
{
	return format("SET search_path = '';\nINSERT INTO public.effect VALUES (%d);\n", version);
}

/* What a migration has left in the session is put back before the next one. */
static void pays_the_same_for_each_change_of_the_session(void **state)
{
	uint64_t counts[4];

	for (int i = 1; i < 4; i++) {
		struct set_file *files = make_files(i, content_of_path);

		counts[i] = measure(*state, 0, files, (uint32_t)i).client_frames['S'];
		free_files(files);
	}
	print_message("each costs %d\n", (int)(counts[2] - counts[1]));
	assert_int_equal(counts[3] - counts[2], counts[2] - counts[1]);
	assert_in_range(counts[2] - counts[1], 1, 6);
}

/* --- Failures in the middle --- */

static int failing_version;

static char *content_of_failing(int version)
{
	return format("CREATE TABLE t%d (id INTEGER);\nINSERT INTO effect VALUES (%d);\n%s",
	              version, version,
	              version == failing_version ? "SELECT 1 AS one,\n       1 / 0 AS none;\n"
	                                         : "");
}

/* The first k - 1 of them are there, whole, and nothing else. */
static void expect_first(struct database *database, int count)
{
	char *expected = format("%d|%d", count, count);
	char *tables = format("%d", count);

	database_expect(database, "SELECT count(*), COALESCE(max(number), 0) FROM effect",
	                expected);
	database_expect(database,
	                "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'"
	                " AND relkind = 'r'",
	                tables);
	if (strcmp(database_ask(database, "SELECT to_regclass('schema_migrations') IS NULL"),
	           "f") == 0)
		database_expect(database,
		                "SELECT count(*), COALESCE(max(version), 0) FROM schema_migrations",
		                expected);
	free(expected);
	free(tables);
}

/* What was reported is what is there. */
static void expect_events(struct database *database, int count)
{
	char *failed = format("failed %04d_m %d/%d\n", count + 1, count + 1, MANY);
	int applied = 0;

	for (const char *at = database->events; (at = strstr(at, "applied ")) != NULL; at++)
		applied++;
	assert_int_equal(applied, count);
	assert_int_equal(database->error.applied_count, count);
	assert_non_null(strstr(database->events, failed));
	free(failed);
}

static void fail_at(struct database *database, int version)
{
	struct set_file *files;

	failing_version = version;
	files = make_files(MANY, content_of_failing);
	database_clear(database);
	database_run(database, "CREATE TABLE effect (number INTEGER)");
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	assert_int_equal(database->error.version, version);
	assert_int_equal(database->error.statement, 3);
	assert_int_equal(database->error.line, 3);
	assert_int_equal(database->error.column, 1);
	assert_string_equal(database->error.sqlstate, "22012");
	expect_first(database, version - 1);
	expect_events(database, version - 1);
	free_files(files);

	failing_version = 0;
	files = make_files(MANY, content_of_failing);
	database_expect_ok(database, files, (uint32_t)(MANY + 1 - version));
	expect_first(database, MANY);
	free_files(files);
}

static void blames_the_one_that_fails(void **state)
{
	static const int versions[] = { 1, 2, 25, 49, 50 };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		fail_at(*state, versions[i]);
}

static void blames_it_when_answers_are_prompt(void **state)
{
	struct database *database = *state;

	database->options.prompt_events = 1;
	blames_the_one_that_fails(state);
}

static char *content_of_deferred(int version)
{
	return format("CREATE TABLE t%d (id INTEGER);\nINSERT INTO effect VALUES (%d);\n%s",
	              version, version, version == 25 ? "INSERT INTO child VALUES (42);\n" : "");
}

static void blames_the_commit_that_fails(void **state)
{
	struct set_file *files = make_files(MANY, content_of_deferred);
	struct database *database = *state;

	database_run(database, "CREATE TABLE effect (number INTEGER);"
	                       "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
	                       "CREATE TABLE child (p INTEGER REFERENCES parent"
	                       " DEFERRABLE INITIALLY DEFERRED)");
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	assert_non_null(strstr(database->error.message, "migrations/0025_m.sql: at COMMIT: "));
	assert_int_equal(database->error.version, 25);
	assert_int_equal(database->error.statement, 0);
	assert_string_equal(database->error.sqlstate, "23503");
	expect_first(database, 24);
	expect_events(database, 24);
	database_expect(database, "SELECT count(*) FROM child", "0");
	free_files(files);
}

/* The 250th begins in line 250 and goes on in line 251. */
static size_t add_with_a_fault(char *text, size_t size, int number)
{
	if (number == 250)
		return (size_t)snprintf(text, size,
		                        "/* \xC3\xA9 */ INSERT INTO effect\n"
		                        "  SELECT '\xC3\xA9' || nowhere;\n");
	return add_insert(text, size, number);
}

static void tells_where_in_a_long_migration(void **state)
{
	struct set_file *files = make_long_file("", 500, add_with_a_fault);
	struct database *database = *state;

	database_run(database, "CREATE TABLE effect (number INTEGER)");
	database_expect_error(database, files, INLAY_FAILED,
	                      "migrations/1_long.sql:251:17: column \"nowhere\" does not exist "
	                      "(SQLSTATE 42703); 1_long is rolled back, no migration is applied");
	assert_int_equal(database->error.statement, 250);
	assert_int_equal(database->error.line, 251);
	assert_int_equal(database->error.column, 17);
	database_expect(database, "SELECT count(*) FROM effect", "0");
	free_files(files);
}

/* --- Memory --- */

#if defined(__SANITIZE_ADDRESS__)
#define LARGE_COUNT   20000        /* Of statements with 1 KB each. */
#define GROWTH_MAX_KB (320 * 1024) /* Up to 256 MB of freed memory are kept back. */
#else
#define LARGE_COUNT   100000
#define GROWTH_MAX_KB (32 * 1024)
#endif

static size_t add_row(char *text, size_t size, int number)
{
	return (size_t)snprintf(text, size, "INSERT INTO rows VALUES (%d, '%01000d');\n", number,
	                        number);
}

/* What the child that migrates has to tell. */
struct report {
	int backend;
	int result;
	long growth_kb;
};

static long resident_kb(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void tell(int pipe_end, const struct report *report)
{
	if (write(pipe_end, report, sizeof(*report)) != (ssize_t)sizeof(*report))
		_exit(1);
}

static _Noreturn void migrate_in_child(const struct database *database, const struct inlay_set *set,
                                       int pipe_end)
{
	PGconn *connection = PQconnectdb(database_place(database));
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	struct report report = { PQbackendPID(connection), 0, 0 };
	long before_kb = resident_kb();

	options.gate = database->options.gate;
	tell(pipe_end, &report);
	report.result = (int)ensure_migrated(connection, set, &options, &error);
	report.growth_kb = resident_kb() - before_kb;
	(void)fputs(error.message, stderr);
	tell(pipe_end, &report);
	PQfinish(connection);
	_exit(0);
}

/* What a server process has for itself, beside what all of them share. */
static long private_kb(int backend)
{
	char *path = format("/proc/%d/status", backend);
	char line[200];
	long size_kb = 0;
	FILE *file = fopen(path, "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		(void)sscanf(line, "RssAnon: %ld", &size_kb);
	if (file != NULL)
		(void)fclose(file);
	free(path);
	return size_kb;
}

/* Looks at the server process until the child is done; how much it grew. */
static long watch(pid_t pid, int backend)
{
	const struct timespec pause = { 0, 2000000 };
	long before_kb = private_kb(backend);
	long most_kb = before_kb;

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		long now_kb = private_kb(backend);

		most_kb = now_kb > most_kb ? now_kb : most_kb;
		(void)nanosleep(&pause, NULL);
	}
	return most_kb - before_kb;
}

static void needs_little_memory(void **state)
{
	static const char prefix[] = "CREATE UNLOGGED TABLE rows (id INTEGER, text TEXT);\n";
	struct set_file *files = make_long_file(prefix, LARGE_COUNT, add_row);
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_POSTGRES);
	struct database *database = *state;
	struct report report = { 0, 0, 0 };
	char *count = format("%d", LARGE_COUNT);
	int pipe_ends[2];
	long growth_kb;
	pid_t pid;

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	assert_int_equal(pipe(pipe_ends), 0);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		migrate_in_child(database, &compiled.set, pipe_ends[1]);
	assert_int_equal(read(pipe_ends[0], &report, sizeof(report)), sizeof(report));
	growth_kb = watch(pid, report.backend);
	assert_int_equal(read(pipe_ends[0], &report, sizeof(report)), sizeof(report));
	print_message("%d statements of 1 KB: the client grew by %ld KB, the server by %ld KB\n",
	              LARGE_COUNT, report.growth_kb, growth_kb);
	assert_int_equal(report.result, INLAY_OK);
	assert_in_range(report.growth_kb, 0, GROWTH_MAX_KB);
	assert_in_range(growth_kb, 0, GROWTH_MAX_KB);
	database_expect(database, "SELECT count(*) FROM rows", count);
	free(count);
	assert_int_equal(close(pipe_ends[0]), 0);
	assert_int_equal(close(pipe_ends[1]), 0);
	set_destroy(&compiled);
	free_files(files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(waits_as_often_for_many_as_for_one),
		DATABASE_TEST_GATES(travels_as_often_for_ten_as_for_one),
		DATABASE_TEST_GATES(waits_as_often_for_many_statements_as_for_one),
		DATABASE_TEST_GATES(prompt_answers_are_not_waited_for),
		DATABASE_TEST_GATES(pays_the_same_for_each_change_of_the_session),
		DATABASE_TEST_GATES(blames_the_one_that_fails),
		DATABASE_TEST_GATES(blames_it_when_answers_are_prompt),
		DATABASE_TEST_GATES(blames_the_commit_that_fails),
		DATABASE_TEST_GATES(tells_where_in_a_long_migration),
		DATABASE_TEST_POSTGRES(needs_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
