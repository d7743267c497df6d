/* postgres_bench.c - what PostgreSQL migrations cost near and far: the check, the first, many. */
#include "support/history.h"
#include "support/measure.h"
#include "support/place.h"

#include <stdlib.h>
#include <time.h>

#define APPLY_COUNT 1000
#define CHECK_COUNT 300 /* Next door and 0 ms away; a tenth of that elsewhere. */
#define FIRST_COUNT 20

static const char *describe(const struct place *place)
{
	static char text[40];

	if (place->proxy == NULL)
		return "next door";
	(void)snprintf(text, sizeof(text), "%u ms away", (unsigned)place->delay_ms);
	return text;
}

/* --- Nothing pending --- */

static struct toll ask(const struct place *place, PGconn *connection)
{
	struct toll toll = place_begin(place);

	place_run(connection, "SELECT 1");
	place_end(place, &toll);
	return toll;
}

static struct toll check(const struct place *place, PGconn *connection, const struct inlay_set *set)
{
	struct toll toll = place_begin(place);

	place_ensure(connection, set, NULL, 0);
	place_end(place, &toll);
	return toll;
}

/* In turn, so that what else the machine does hits both. */
static void time_checks(const struct place *place, const struct inlay_set *set, struct toll *asked,
                        struct toll *checked)
{
	int count = place->proxy != NULL && place->delay_ms > 0 ? CHECK_COUNT / 10 : CHECK_COUNT;
	PGconn *connection = place_connect(place);
	double asks[CHECK_COUNT], checks[CHECK_COUNT];

	(void)check(place, connection, set); /* Warm. */
	for (int i = 0; i < count; i++) {
		*asked = ask(place, connection);
		*checked = check(place, connection, set);
		asks[i] = asked->seconds;
		checks[i] = checked->seconds;
	}
	PQfinish(connection);
	asked->seconds = measure_median(asks, (size_t)count);
	checked->seconds = measure_median(checks, (size_t)count);
}

static void print_checks(const struct place *places, size_t place_count,
                         const struct inlay_set *set, int count)
{
	for (size_t i = 0; i < place_count; i++) {
		struct toll asked, checked;

		time_checks(&places[i], set, &asked, &checked);
		printf("  %4d applied, %-12s SELECT 1 %8.3f ms   ensure_migrated() %8.3f ms %7.2f "
		       "x",
		       count, describe(&places[i]), asked.seconds * 1e3, checked.seconds * 1e3,
		       checked.seconds / asked.seconds);
		if (places[i].proxy != NULL)
			printf("   round trips: %d and %d", (int)asked.round_trip_count,
			       (int)checked.round_trip_count);
		printf("\n");
		(void)fflush(stdout);
	}
}

/* At the head of a long history the check must not cost more than at that of a short one. */
static void compare_checks(const struct place *places, size_t place_count)
{
	static const int counts[] = { 10, 1000 };

	printf("\nPostgreSQL %s, nothing pending (median):\n", place_version());
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct compiled_set set = history_compile(counts[i], INLAY_DIALECT_POSTGRES);
		struct place place = place_open(PLACE_NEXT_DOOR);
		PGconn *connection;

		place_clear();
		connection = place_connect(&place);
		place_ensure(connection, &set.set, NULL, (uint32_t)counts[i]);
		place_disconnect(connection);
		print_checks(places, place_count, &set.set, counts[i]);
		set_destroy(&set);
	}
}

/* --- Something pending --- */

static double clock_of_day(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_REALTIME, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Sets of one to FIRST_COUNT + 1 migrations; each but the first notes when it is at work. */
static void compile_clocks(struct compiled_set sets[FIRST_COUNT + 1])
{
	for (int i = 0; i <= FIRST_COUNT; i++)
		sets[i] = history_compile_alike(
		        i + 1, INLAY_DIALECT_POSTGRES, "CREATE TABLE moments (at TIMESTAMPTZ);\n",
		        "INSERT INTO moments VALUES (pg_catalog.clock_timestamp());\n");
}

/* The server's clock is ours: it is the same machine. */
static void time_first(const struct place *place, const struct compiled_set *sets)
{
	double checks[FIRST_COUNT], firsts[FIRST_COUNT], wholes[FIRST_COUNT];
	PGconn *connection;
	struct toll checked, whole;

	place_clear();
	connection = place_connect(place);
	place_ensure(connection, &sets[0].set, NULL, 1);
	for (int i = 0; i < FIRST_COUNT; i++) {
		double start;

		checked = check(place, connection, &sets[i].set);
		checks[i] = checked.seconds;
		start = clock_of_day();
		whole = place_begin(place);
		place_ensure(connection, &sets[i + 1].set, NULL, 1);
		place_end(place, &whole);
		wholes[i] = whole.seconds;
		firsts[i] =
		        place_ask(connection, "SELECT extract(epoch FROM max(at)) FROM moments") -
		        start;
	}
	place_disconnect(connection);
	printf("  %-12s a check %7.2f ms   to the first statement %7.2f ms   in all %7.2f ms",
	       describe(place), measure_median(checks, FIRST_COUNT) * 1e3,
	       measure_median(firsts, FIRST_COUNT) * 1e3,
	       measure_median(wholes, FIRST_COUNT) * 1e3);
	if (place->proxy != NULL)
		printf("   round trips: %d, in all %d", (int)checked.round_trip_count,
		       (int)whole.round_trip_count);
	printf("\n");
	(void)fflush(stdout);
}

static void compare_firsts(const struct place *places, size_t place_count)
{
	struct compiled_set sets[FIRST_COUNT + 1];

	compile_clocks(sets);
	printf("\nPostgreSQL, one small migration pending and nobody else there (median of %d):\n",
	       FIRST_COUNT);
	for (size_t i = 0; i < place_count; i++)
		time_first(&places[i], sets);
	for (int i = 0; i <= FIRST_COUNT; i++)
		set_destroy(&sets[i]);
}

/* --- Many pending --- */

static void apply(PGconn *connection, const struct inlay_set *set)
{
	place_ensure(connection, set, NULL, APPLY_COUNT);
}

static void apply_separately(PGconn *connection, const struct inlay_set *set)
{
	struct inlay_options options = inlay_options_init();

	options.separate_commits = 1;
	place_ensure(connection, set, &options, APPLY_COUNT);
}

static const char versions_sql[] = "CREATE TABLE versions (version BIGINT PRIMARY KEY,"
                                   " applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";

/* What a tool does that knows where a file ends. */
static void apply_by_script(PGconn *connection, const struct inlay_set *set)
{
	(void)set;
	place_run(connection, versions_sql);
	for (int i = 1; i <= APPLY_COUNT; i++) {
		char script[HISTORY_SQL_SIZE];
		char sql[HISTORY_SQL_SIZE + 100];

		history_script(script, i);
		(void)snprintf(sql, sizeof(sql),
		               "BEGIN;\n%sINSERT INTO versions (version) VALUES (%d);\nCOMMIT;\n",
		               script, i);
		place_run(connection, sql);
	}
}

/* What a tool does that knows where a statement ends, and waits for each. */
static void apply_by_statement(PGconn *connection, const struct inlay_set *set)
{
	(void)set;
	place_run(connection, versions_sql);
	for (int i = 1; i <= APPLY_COUNT; i++) {
		char sql[HISTORY_SQL_SIZE];

		place_run(connection, "BEGIN");
		for (int k = 0; k < HISTORY_STATEMENT_COUNT; k++) {
			history_statement(sql, i, k);
			place_run(connection, sql);
		}
		(void)snprintf(sql, sizeof(sql), "INSERT INTO versions (version) VALUES (%d)", i);
		place_run(connection, sql);
		place_run(connection, "COMMIT");
	}
}

static const struct way {
	const char *name;
	void (*apply)(PGconn *connection, const struct inlay_set *set);
} ways[] = {
	{ "ensure_migrated()", apply },
	{ "ensure_migrated(), separate_commits", apply_separately },
	{ "one PQexec() a migration", apply_by_script },
	{ "one PQexec() a statement", apply_by_statement },
};
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

/* The quickest of a few rounds; the waits of a distance are the same each time. */
static struct toll time_way(const struct place *place, const struct way *way,
                            const struct inlay_set *set, double *sync_count)
{
	int rounds = place->delay_ms > 0 ? 1 : 3;
	struct toll best = { .seconds = 1e9 };

	for (int i = 0; i < rounds; i++) {
		double before;
		PGconn *connection;
		struct toll toll;

		place_clear();
		before = place_sync_count();
		connection = place_connect(place);
		toll = place_begin(place);
		way->apply(connection, set);
		place_end(place, &toll);
		place_disconnect(connection);
		if (toll.seconds < best.seconds) {
			best = toll;
			*sync_count = before < 0 ? -1 : place_sync_count() - before;
		}
	}
	return best;
}

static void compare_ways(const struct place *place, const struct inlay_set *set)
{
	double first_s = 0;

	printf("\nPostgreSQL, %d migrations of %d statements applied, %s:\n", APPLY_COUNT,
	       HISTORY_STATEMENT_COUNT, describe(place));
	for (size_t i = 0; i < WAY_COUNT; i++) {
		double sync_count = -1;
		struct toll toll = time_way(place, &ways[i], set, &sync_count);

		first_s = i == 0 ? toll.seconds : first_s;
		printf("  %-36s %8.2f s %7.2f x %8d round trips", ways[i].name, toll.seconds,
		       toll.seconds / first_s, (int)toll.round_trip_count);
		if (sync_count >= 0)
			printf(" %6.0f WAL syncs", sync_count);
		printf("\n");
		(void)fflush(stdout);
	}
}

int main(void)
{
	struct compiled_set set;
	struct place places[3];

	if (!place_is_there()) {
		printf("\nPostgreSQL: there is none to start\n");
		return 0;
	}
	places[0] = place_open(PLACE_NEXT_DOOR);
	places[1] = place_open(0);
	places[2] = place_open(5);
	compare_checks(places, 3);
	compare_firsts(places, 3);
	set = history_compile(APPLY_COUNT, INLAY_DIALECT_POSTGRES);
	compare_ways(&places[1], &set.set);
	compare_ways(&places[2], &set.set);
	set_destroy(&set);
	for (size_t i = 0; i < 3; i++)
		place_close(&places[i]);
	return 0;
}
