/* many.c - goes through many databases with a few threads; knows no kind of database. */
#include "many.h"

#include "arguments.h"
#include "clock.h"
#include "ensure.h"
#include "ledger.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define THREAD_COUNT_MAX   256
#define STACK_SIZE_MIN     (1 << 20) /* Some systems give a thread 128 KiB. */
#define STRUCT_SIZE_MAX    4096      /* More is not a newer struct but an uninitialised one. */
#define DESCRIBED_SIZE_MAX 320

/* One call. */
struct work {
	const struct many_request *request;
	struct inlay_many many;
	struct inlay_options options;
	struct ledger *ledger; /* Or NULL. */

	pthread_mutex_t telling; /* Held while `each` runs. */
	pthread_mutex_t lock;    /* Of the ledger, and of what is below. */
	size_t next;             /* Target. */
	size_t done_count;
	size_t skipped_count;
	size_t failed_count;
	size_t unrecorded_count;
	size_t first_failed; /* Target; `first` says how. */
	struct inlay_error first;
	uint32_t applied_count; /* Of all together. */
	uint32_t pending_count;
};

/* --- Arguments --- */

/* Is what a struct has beyond what this library knows of it zero? */
static bool is_known(const void *start, size_t size, size_t known_size)
{
	const unsigned char *bytes = start;

	for (size_t i = known_size; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* In the caller's array: its struct may be larger than ours. */
static struct inlay_target *target_at(const struct many_request *request, size_t index)
{
	char *start = (char *)request->many->targets;

	return (struct inlay_target *)(void *)(start + index * request->many->targets->size);
}

static const char *check_targets(const struct many_request *request)
{
	if (request->many->target_count == 0)
		return NULL;
	if (request->many->targets == NULL)
		return "there are no targets";
	for (size_t i = 0; i < request->many->target_count; i++) {
		const struct inlay_target *target = target_at(request, i);

		if (target->size < sizeof(*target) || target->size > STRUCT_SIZE_MAX ||
		    target->size != request->many->targets->size)
			return "a target's size is not set: begin with inlay_target_init()";
		if (!is_known(target, target->size, sizeof(*target)))
			return "a target holds something that only a later libinlay knows";
		if (target->database == NULL)
			return "a target has no database";
	}
	return NULL;
}

static const char *take_many(struct work *work)
{
	const struct inlay_many *many = work->request->many;

	work->many = inlay_many_init(NULL, 0);
	if (many == NULL)
		return "there is no struct inlay_many";
	if (many->size < sizeof(*many) || many->size > STRUCT_SIZE_MAX)
		return "many->size is not set: begin with inlay_many_init()";
	if (!is_known(many, many->size, sizeof(*many)))
		return "many holds something that only a later libinlay knows";
	work->many = *many;
	if (many->thread_count == 0 || many->thread_count > THREAD_COUNT_MAX)
		return "many->thread_count must be 1 to 256";
	return NULL;
}

/* An answer that is remembered is as good as none where every database is opened anyway. */
static const char *take_options(struct work *work)
{
	const char *problem = arguments_take_options(&work->options, work->request->options);

	work->options.size = sizeof(work->options); /* An older program's are complete now. */
	work->options.cache_ttl_ms = 0;
	return problem;
}

/* Checks everything there is to check once. */
static const char *open_work(struct work *work, char words[LEDGER_PROBLEM_SIZE_MAX])
{
	enum inlay_dialect dialect = work->request->kind->driver->dialect;
	const char *problem = take_many(work);
	struct image_view view;

	if (problem == NULL)
		problem = check_targets(work->request);
	if (problem == NULL)
		problem = take_options(work);
	if (problem == NULL)
		problem = arguments_check_names(&work->options, dialect);
	if (problem == NULL)
		problem = arguments_take_set(work->request->set, dialect, &view);
	if (problem == NULL)
		problem = arguments_end_set(&work->options, &view);
	if (problem != NULL || work->many.ledger == NULL)
		return problem;
	work->ledger = ledger_open(work->many.ledger, &view, work->options.table, words);
	return work->ledger != NULL ? NULL : words;
}

/* --- One target --- */

/* What one thread has at hand. */
struct worker {
	struct work *work;
	struct inlay_options options; /* With the target's schema. */
	struct inlay_error error;
};

static void ensure_target(struct worker *worker, const struct inlay_target *target)
{
	struct work *work = worker->work;
	const struct many_kind *kind = work->request->kind;
	struct request request = { .driver = kind->driver, .set = work->request->set };
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	int code;

	request.options = &worker->options;
	request.error = &worker->error;
	request.connection = kind->driver->connect(target->database, problem);
	if (request.connection == NULL) {
		(void)error_set(&worker->error, INLAY_UNREACHABLE,
		                "the database can not be opened: %s", problem);
		return;
	}
	code = kind->prepare(&work->many, request.connection);
	if (code != 0)
		(void)error_set(&worker->error, INLAY_UNREACHABLE,
		                "the program's own function that prepares a connection returned "
		                "%d: nothing was changed",
		                code);
	else
		(void)ensure_run(&request);
	kind->driver->disconnect(request.connection);
}

static void record(struct work *work, const char *schema, const char *database)
{
	/* Only now: a file may have been made in between. */
	char *name = work->request->kind->name(database);

	if (name == NULL)
		return;
	(void)pthread_mutex_lock(&work->lock);
	if (!ledger_add(work->ledger, schema, name))
		work->unrecorded_count++;
	(void)pthread_mutex_unlock(&work->lock);
	free(name);
}

static bool is_recorded(const struct work *work, const char *schema, const char *database)
{
	char *name = work->request->kind->name(database);
	bool found = name != NULL && ledger_has(work->ledger, schema, name);

	free(name);
	return found;
}

/* True when the target was left alone. */
static bool run_target(struct worker *worker, const struct inlay_target *target)
{
	struct work *work = worker->work;
	const char *schema = work->options.schema;

	if (target->is_done != 0 && target->result == INLAY_OK)
		return true;
	if (target->schema != NULL)
		schema = target->schema;
	worker->options.schema = schema;
	schema = schema != NULL ? schema : "";
	if (work->ledger != NULL && is_recorded(work, schema, target->database))
		return true;
	ensure_target(worker, target);
	if (work->ledger != NULL && worker->error.result == INLAY_OK &&
	    worker->error.unchecked == INLAY_OK)
		record(work, schema, target->database);
	return false;
}

static void count_target(struct work *work, size_t index, const struct inlay_error *error)
{
	(void)pthread_mutex_lock(&work->lock);
	work->applied_count += error->applied_count;
	work->pending_count += error->pending_count;
	work->skipped_count += error->is_cached != 0;
	work->done_count += error->result == INLAY_OK;
	work->failed_count += error->result != INLAY_OK;
	if (error->result != INLAY_OK && index < work->first_failed) {
		work->first_failed = index;
		work->first = *error;
	}
	(void)pthread_mutex_unlock(&work->lock);
}

/* --- All targets --- */

static bool is_cancelled(const struct work *work)
{
	return work->options.cancel != NULL && *work->options.cancel != 0;
}

/* False when there is none to begin any more. */
static bool take_next(struct work *work, size_t *index)
{
	uint32_t failure_count_max = work->many.failure_count_max;
	bool found;

	(void)pthread_mutex_lock(&work->lock);
	found = work->next < work->many.target_count && !is_cancelled(work) &&
	        (failure_count_max == 0 || work->failed_count < failure_count_max);
	if (found)
		*index = work->next++;
	(void)pthread_mutex_unlock(&work->lock);
	return found;
}

static void *run_worker(void *context)
{
	struct worker worker = { .work = context };
	struct work *work = worker.work;
	size_t index;

	worker.options = work->options;
	while (take_next(work, &index)) {
		struct inlay_target *target = target_at(work->request, index);
		int64_t start_ms = clock_now_ms();
		bool is_left_out;

		worker.error = inlay_error_init();
		is_left_out = run_target(&worker, target);
		worker.error.is_cached = is_left_out;
		target->duration_ms = is_left_out ? -1 : clock_now_ms() - start_ms;
		target->result = worker.error.result;
		target->is_done = 1;
		count_target(work, index, &worker.error);
		if (work->many.each == NULL)
			continue;
		(void)pthread_mutex_lock(&work->telling);
		work->many.each(work->many.context, target, &worker.error);
		(void)pthread_mutex_unlock(&work->telling);
	}
	return NULL;
}

/* Starts up to `count` threads, and returns how many there are.  Signals are the application's, on
 * threads of its own. */
static size_t start_threads(struct work *work, pthread_t *threads, size_t count)
{
	pthread_attr_t attributes;
	size_t stack_size = 0;
	size_t started = 0;
	sigset_t all, before;

	if (count == 0 || pthread_attr_init(&attributes) != 0)
		return 0;
	if (pthread_attr_getstacksize(&attributes, &stack_size) == 0 && stack_size < STACK_SIZE_MIN)
		(void)pthread_attr_setstacksize(&attributes, STACK_SIZE_MIN);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < count &&
	       pthread_create(&threads[started], &attributes, run_worker, work) == 0)
		started++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return started;
}

/* Whatever threads the system does not give, the caller's own goes through the targets, too. */
static void run_all(struct work *work)
{
	pthread_t threads[THREAD_COUNT_MAX];
	bool (*is_threadsafe)(void) = work->request->kind->is_threadsafe;
	size_t count = work->many.thread_count;

	if (count > work->many.target_count)
		count = work->many.target_count;
	if (count == 0 || (is_threadsafe != NULL && !is_threadsafe()))
		count = 1;
	count = start_threads(work, threads, count - 1);
	(void)run_worker(work);
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(threads[i], NULL);
}

/* --- The end --- */

static void report_first(const struct work *work, struct inlay_error *error)
{
	const struct many_request *request = work->request;
	const struct inlay_target *target = target_at(request, work->first_failed);
	char described[DESCRIBED_SIZE_MAX];
	size_t size = error->size;

	request->kind->describe(target->database, described, sizeof(described));
	if (target->schema != NULL)
		format_append(described, sizeof(described), ", schema %s", target->schema);
	*error = work->first;
	error->size = size;
	format_into(error->message, sizeof(error->message),
	            "%zu of %zu databases failed; the first is number %zu, %s: %s",
	            work->failed_count, request->many->target_count, work->first_failed + 1,
	            described, work->first.message);
	format_one_line(error->message);
}

static void report(const struct work *work)
{
	const struct many_request *request = work->request;
	struct inlay_error *error = request->error;
	struct inlay_many *many = request->many;

	if (work->failed_count > 0)
		report_first(work, error);
	else if (work->next < work->many.target_count && is_cancelled(work))
		(void)error_set(error, INLAY_CANCELLED,
		                DRIVER_CANCELLED_WORDS " (options->cancel); %zu databases were "
		                                       "not begun",
		                work->many.target_count - work->next);
	error->applied_count = work->applied_count;
	error->pending_count = work->pending_count;
	many->done_count = work->done_count;
	many->skipped_count = work->skipped_count;
	many->failed_count = work->failed_count;
	many->left_count = request->many->target_count - work->next;
	many->unrecorded_count = work->unrecorded_count;
}

/* What failed before, and is not come to this time, has no answer. */
static void forget_failures(const struct many_request *request)
{
	for (size_t i = 0; i < request->many->target_count; i++) {
		struct inlay_target *target = target_at(request, i);

		target->duration_ms = -1;
		if (target->result != INLAY_OK)
			target->is_done = 0;
	}
}

enum inlay_result many_run(const struct many_request *request)
{
	struct work *work;
	char words[LEDGER_PROBLEM_SIZE_MAX];
	const char *problem;
	enum inlay_result result;

	if (request->error == NULL || request->error->size < sizeof(*request->error))
		return INLAY_MISUSE;
	error_reset(request->error);
	work = calloc(1, sizeof(*work));
	if (work == NULL)
		return error_set(request->error, INLAY_NO_MEMORY, "memory is out");
	work->request = request;
	work->first_failed = SIZE_MAX;
	(void)pthread_mutex_init(&work->telling, NULL);
	(void)pthread_mutex_init(&work->lock, NULL);
	problem = open_work(work, words);
	if (problem == NULL) {
		forget_failures(request);
		run_all(work);
		report(work);
		result = request->error->result;
	} else {
		result =
		        error_set(request->error, INLAY_MISUSE, "%s; nothing was changed", problem);
	}
	ledger_close(work->ledger);
	(void)pthread_mutex_destroy(&work->lock);
	(void)pthread_mutex_destroy(&work->telling);
	free(work);
	return result;
}
