/* postgres_herd_bench.c - what many starters at once cost, beside one of them, and beside many
 * that have nothing to do. */
#include "support/crowd.h"
#include "support/history.h"
#include "support/measure.h"
#include "support/place.h"

#define PENDING_COUNT 50
#define ROUNDS        3

struct starter {
	const struct place *place;
	const struct inlay_set *set;
};

static int connect_only(const void *context)
{
	const struct starter *starter = context;

	PQfinish(place_connect(starter->place));
	return 0;
}

static int start(const void *context)
{
	const struct starter *starter = context;
	PGconn *connection = place_connect(starter->place);
	struct inlay_error error = inlay_error_init();

	if (ensure_migrated(connection, starter->set, NULL, &error) != INLAY_OK)
		(void)fprintf(stderr, "%s\n", error.message);
	PQfinish(connection);
	return error.result == INLAY_OK ? 0 : 1;
}

static const struct herd {
	const char *name;
	int count;
	int is_pending; /* Otherwise the set has been applied before. */
	int (*work)(const void *context);
} herds[] = {
	{ "1 that has them all pending", 1, 1, start },
	{ "50 that only connect", 50, 0, connect_only },
	{ "50 that find nothing pending", 50, 0, start },
	{ "50 that have them all pending", 50, 1, start },
	{ "200 that only connect", 200, 0, connect_only },
	{ "200 that find nothing pending", 200, 0, start },
	{ "200 that have them all pending", 200, 1, start },
};
#define HERD_COUNT (sizeof(herds) / sizeof(herds[0]))

static double time_herd(const struct herd *herd, const struct starter *starter)
{
	double samples[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		place_clear();
		if (!herd->is_pending)
			(void)crowd_run(1, start, starter);
		samples[i] = crowd_run(herd->count, herd->work, starter);
	}
	return measure_median(samples, ROUNDS);
}

int main(void)
{
	struct compiled_set set;
	struct place place;
	struct starter starter = { .place = &place };
	double one_s = 0;

	if (!place_is_there()) {
		printf("\nPostgreSQL: there is none to start\n");
		return 0;
	}
	place = place_open(PLACE_NEXT_DOOR);
	set = history_compile(PENDING_COUNT, INLAY_DIALECT_POSTGRES);
	starter.set = &set.set;
	printf("\nPostgreSQL %s, processes that start at once, %d migrations (median of %d):\n",
	       place_version(), PENDING_COUNT, ROUNDS);
	for (size_t i = 0; i < HERD_COUNT; i++) {
		double seconds = time_herd(&herds[i], &starter);

		one_s = i == 0 ? seconds : one_s;
		printf("  %-36s %8.3f s %7.2f x\n", herds[i].name, seconds, seconds / one_s);
		(void)fflush(stdout);
	}
	set_destroy(&set);
	place_close(&place);
	return 0;
}
