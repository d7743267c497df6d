/* postgres_memory_bench.c - what one very large migration needs of memory, here and there. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS is in no standard. */

#include "support/history.h"
#include "support/measure.h"
#include "support/place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATEMENT_COUNT 100000
#define STATEMENT_SIZE  1024 /* The semicolon and the line's end included. */
#define ROUNDS          3
#define IMAGE_SIZE_MAX  ((size_t)STATEMENT_COUNT * STATEMENT_SIZE * 2)

static const char table_sql[] = "CREATE TABLE big (text TEXT);\n";

static void write_statement(char text[STATEMENT_SIZE + 1])
{
	static const char head[] = "INSERT INTO big VALUES ('";
	static const char tail[] = "');\n";

	memset(text, 'x', STATEMENT_SIZE);
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + STATEMENT_SIZE - (sizeof(tail) - 1), tail, sizeof(tail));
}

/* The whole migration; the caller frees it. */
static char *create_script(void)
{
	size_t size = sizeof(table_sql) + (size_t)STATEMENT_COUNT * STATEMENT_SIZE;
	char *script = malloc(size);
	char *end = script + sizeof(table_sql) - 1;

	if (script == NULL)
		abort();
	memcpy(script, table_sql, sizeof(table_sql));
	for (int i = 0; i < STATEMENT_COUNT; i++, end += STATEMENT_SIZE)
		write_statement(end);
	return script;
}

/* The compiler's own memory stays out of what is measured: another process is it. */
static const struct inlay_image *compile_image(void)
{
	void *image = mmap(NULL, IMAGE_SIZE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	                   -1, 0);
	pid_t pid;
	int status = -1;

	if (image == MAP_FAILED)
		abort();
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		char *script = create_script();
		struct compiled_set set =
		        history_compile_alike(1, INLAY_DIALECT_POSTGRES, script, NULL);

		if (set.set.image->size > IMAGE_SIZE_MAX)
			_exit(1);
		memcpy(image, set.set.image, set.set.image->size);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		abort();
	return image;
}

/* So that reading it does not count as growth: in an application it is a file's pages. */
static void touch(const void *start, size_t size)
{
	volatile unsigned char sum = 0;

	for (size_t i = 0; i < size; i += 1024)
		sum = (unsigned char)(sum + ((const unsigned char *)start)[i]);
}

static void apply(PGconn *connection, const void *what)
{
	struct inlay_set set = { INLAY_ABI, 0, what, NULL };

	place_ensure(connection, &set, NULL, 1);
}

static void run_script(PGconn *connection, const void *what)
{
	place_run(connection, what);
}

static void run_statements(PGconn *connection, const void *what)
{
	char text[STATEMENT_SIZE + 1];

	(void)what;
	write_statement(text);
	place_run(connection, "BEGIN");
	place_run(connection, table_sql);
	for (int i = 0; i < STATEMENT_COUNT; i++)
		place_run(connection, text);
	place_run(connection, "COMMIT");
}

struct way {
	const char *name;
	void (*run)(PGconn *connection, const void *what);
	const void *what;
	double seconds; /* The best, and the most, of all rounds so far. */
	long here_kib;
	long there_kib;
};

static void measure(const struct place *place, struct way *way)
{
	PGconn *connection;
	struct toll toll;
	long here_kib, there_kib, server;

	place_clear();
	connection = place_connect(place);
	place_run(connection, "SELECT 1");
	server = PQbackendPID(connection);
	measure_forget_peak();
	here_kib = measure_memory_kib(getpid(), "VmRSS");
	there_kib = measure_memory_kib(server, "VmHWM");
	toll = place_begin(place);
	way->run(connection, way->what);
	place_end(place, &toll);
	here_kib = measure_memory_kib(getpid(), "VmHWM") - here_kib;
	there_kib = measure_memory_kib(server, "VmHWM") - there_kib;
	place_disconnect(connection);
	way->seconds = toll.seconds < way->seconds ? toll.seconds : way->seconds;
	way->here_kib = here_kib > way->here_kib ? here_kib : way->here_kib;
	way->there_kib = there_kib > way->there_kib ? there_kib : way->there_kib;
}

static void compare(const struct place *place, const struct inlay_image *image, const char *script)
{
	struct way ways[] = {
		{ "ensure_migrated()", apply, image, 1e9, 0, 0 },
		{ "one PQexec() a statement", run_statements, NULL, 1e9, 0, 0 },
		{ "one PQexec() of everything", run_script, script, 1e9, 0, 0 },
	};
	const size_t count = sizeof(ways) / sizeof(ways[0]);

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < count; i++)
			measure(place, &ways[i]);
	printf("\nPostgreSQL %s, one migration of %d statements, %.0f MB (best time, most memory "
	       "of %d):\n",
	       place_version(), STATEMENT_COUNT, STATEMENT_COUNT / 1e6 * STATEMENT_SIZE, ROUNDS);
	for (size_t i = 0; i < count; i++)
		printf("  %-36s %8.2f s   client %+8.1f MiB   server %+8.1f MiB\n", ways[i].name,
		       ways[i].seconds, (double)ways[i].here_kib / 1024,
		       (double)ways[i].there_kib / 1024);
}

int main(void)
{
	const struct inlay_image *image;
	struct place place;
	char *script;

	if (!place_is_there()) {
		printf("\nPostgreSQL: there is none to start\n");
		return 0;
	}
	place = place_open(PLACE_NEXT_DOOR);
	image = compile_image();
	touch(image, image->size);
	script = create_script();
	compare(&place, image, script);
	free(script);
	place_close(&place);
	return 0;
}
