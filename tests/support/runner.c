/* runner.c - runs test programs, counts what cmocka reports, and says it all in one last line.
 *
 *   runner [--jobs N] [--timeout SECONDS] [--set NAME=VALUE]...
 *          [--build NAME] [--under COMMAND] [--inlay PATH] PROGRAM...
 *          [--same COMMITTED FRESH REMEDY]...
 *
 * PROGRAM...      Each runs in this directory, with TMPDIR (its own: empty, removed afterwards),
 *                 INLAY_BUILD (NAME) and INLAY (the command, an absolute PATH) in the environment,
 *                 and of the runtime's variables MIGRATION_CACHE_TTL=0 alone.
 * --build NAME    How the programs that follow were built: their label.
 * --under COMMAND What they run under, such as valgrind with options; split at spaces.
 * --inlay PATH    The command they are to test.  The next --build forgets both.
 * --same          One more test: both files hold the same bytes.  REMEDY is what to run if not.
 *
 * Knows nothing of what is tested.  A crash, a missing summary, no test at all and a timeout are
 * failures; with CI in the environment a skip is one too.  Exit status: 0 passed, 1 failed,
 * 2 misuse. */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	JOB_COUNT_MAX = 1000,
	UNDER_WORDS_MAX = 30,
	POLL_MS = 5,
};

struct counts {
	unsigned long passed, failed, skipped;
};

/* One program to run, or (when `fresh` is set) one pair of files to compare. */
struct job {
	const char *path;     /* The program, or the committed file. */
	const char *fresh;    /* The file it should equal, or NULL. */
	const char *remedy;   /* What to run when it does not. */
	const char *build;    /* The label. */
	const char *under;    /* Command in front of the program, or "". */
	const char *inlay;    /* The command under test, or NULL. */
	char directory[80];   /* Its TMPDIR while it runs. */
	char output[80];      /* Everything it printed. */
	double started_at;    /* Seconds, monotonic. */
	pid_t pid;            /* Also its process group. */
	bool timed_out;
};

struct run {
	struct job jobs[JOB_COUNT_MAX];
	size_t job_count;
	size_t parallel;      /* How many at a time. */
	double timeout_s;     /* For one program. */
	char directory[64];   /* Everything temporary; removed at the end. */
	struct counts total;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	interrupted = signal_number;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what, const char *name)
{
	fprintf(stderr, "runner: %s %s: %s\n", what, name, strerror(errno));
	exit(2);
}

/* --- files --- */

/* The whole file and a NUL; NULL when it cannot be read.  The caller frees it. */
static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	size_t room = 0;

	*size = 0;
	while (file != NULL) {
		if (room - *size < 2) {
			room = room * 2 + 65536;
			bytes = realloc(bytes, room);
			if (bytes == NULL)
				die("no memory for", path);
		}
		size_t count = fread(bytes + *size, 1, room - *size - 1, file);
		if (count == 0)
			break;
		*size += count;
	}
	if (file != NULL) {
		bytes[*size] = '\0';
		fclose(file);
	}
	return bytes;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	remove(path);
	return 0;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Other users may pass through: a test's PostgreSQL server does not run as root. */
static void make_directory(const char *path)
{
	if (mkdir(path, 0755) != 0 || chmod(path, 0755) != 0)
		die("cannot make", path);
}

/* In /tmp whatever TMPDIR says: a path to a Unix socket in it must stay below 108 bytes. */
static void make_run_directory(struct run *run)
{
	snprintf(run->directory, sizeof run->directory, "/tmp/inlay-XXXXXX");
	if (mkdtemp(run->directory) == NULL || chmod(run->directory, 0755) != 0)
		die("cannot make", run->directory);
}

/* --- one program --- */

/* What the developer's own environment says of migrations is not for the tests; and they change
 * databases behind the runtime's back, so it remembers nothing unless a test's options say so. */
static void clean_environment(void)
{
	static const char *const names[] = {
		"AUTO_MIGRATE", "MIGRATION_LOCK_TIMEOUT", "MIGRATION_DRY_RUN",
		"MIGRATION_ROLLOUT", "APP_ENV", "NODE_ENV",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	setenv("MIGRATION_CACHE_TTL", "0", 1);
}

static void exec_job(const struct job *job)
{
	static char words[1000];
	char *arguments[UNDER_WORDS_MAX + 2];
	size_t count = 0;
	int output = open(job->output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	int input = open("/dev/null", O_RDONLY);

	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	close(input);
	close(output);
	if (job->inlay != NULL)
		setenv("INLAY", job->inlay, 1);
	setenv("TMPDIR", job->directory, 1);
	setenv("INLAY_BUILD", job->build, 1);
	clean_environment();
	unsetenv("CMOCKA_MESSAGE_OUTPUT"); /* The format we parse is the standard one. */

	snprintf(words, sizeof words, "%s", job->under);
	for (char *word = words; *word != '\0' && count < UNDER_WORDS_MAX;) {
		size_t size = strcspn(word, " ");
		char *next = word + size + strspn(word + size, " ");

		word[size] = '\0';
		arguments[count++] = word;
		word = next;
	}
	arguments[count] = (char *)job->path;
	arguments[count + 1] = NULL;
	execvp(arguments[0], arguments);
	fprintf(stderr, "runner: cannot run %s: %s\n", arguments[0], strerror(errno));
	_exit(127);
}

static void start_job(struct run *run, struct job *job)
{
	int number = (int)(job - run->jobs) + 1;

	snprintf(job->directory, sizeof job->directory, "%s/%d", run->directory, number);
	snprintf(job->output, sizeof job->output, "%s/%d.out", run->directory, number);
	make_directory(job->directory);
	fflush(stdout);
	job->started_at = now_s();
	job->pid = fork();
	if (job->pid < 0)
		die("cannot start", job->path);
	if (job->pid == 0) {
		setpgid(0, 0);
		exec_job(job);
	}
	setpgid(job->pid, job->pid); /* Whichever of the two comes first. */
}

/* Adds N of each "MARK N test(s)" in the output.  Marks may follow half a line: cmocka prints them
 * to another stream than the rest. */
static unsigned long sum_marks(const char *output, const char *mark, const char *tail, bool *found)
{
	unsigned long sum = 0;

	for (const char *at = output; (at = strstr(at, mark)) != NULL;) {
		char *end;

		at += strlen(mark);
		unsigned long count = strtoul(at, &end, 10);
		if (end != at && strncmp(end, tail, strlen(tail)) == 0) {
			sum += count;
			*found = true;
		}
	}
	return sum;
}

/* What a program that ended with `status` amounts to; `reason` says why it failed, or is "". */
static struct counts judge(const struct job *job, const char *output, int status, char reason[60])
{
	struct counts counts;
	bool ended = false, ignored;
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	counts.passed = sum_marks(output, "[  PASSED  ] ", " test(s).", &ended);
	counts.failed = sum_marks(output, "[  FAILED  ] ", " test(s), listed", &ignored);
	counts.skipped = sum_marks(output, "[  SKIPPED ] ", " test(s), listed", &ignored);
	reason[0] = '\0';
	if (job->timed_out)
		snprintf(reason, 60, "killed after %.0f s", now_s() - job->started_at);
	else if (WIFSIGNALED(status))
		snprintf(reason, 60, "killed by signal %d", WTERMSIG(status));
	else if (!clean && counts.failed == 0)
		snprintf(reason, 60, "exit status %d", WEXITSTATUS(status));
	else if (!ended)
		snprintf(reason, 60, "no summary");
	else if (counts.passed + counts.failed + counts.skipped == 0)
		snprintf(reason, 60, "no tests");
	if (reason[0] != '\0')
		counts.failed++;
	return counts;
}

/* --- reporting --- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Each line of `output`, or only those that mention a skipped test. */
static void print_output(const char *output, bool skips_only)
{
	while (*output != '\0') {
		int size = (int)strcspn(output, "\n");
		bool is_skip = strncmp(output, "SKIP", 4) == 0 ||
		               (strncmp(output, "[  SKIPPED ] ", 13) == 0 &&
		                strncmp(output + size - 6, "below:", 6) != 0);

		if (is_skip || !skips_only)
			printf("      | %.*s\n", size, output);
		output += size + (output[size] == '\n');
	}
}

static void report(struct run *run, const struct job *job, struct counts counts, const char *reason)
{
	const char *verdict = counts.failed > 0 ? "FAIL" : counts.skipped > 0 ? "skip" : "ok";

	printf("%-4s  %-14s %-32s %4lu passed", verdict, job->build,
	       job->fresh == NULL ? base_name(job->path) : job->path, counts.passed);
	if (counts.failed > 0)
		printf(", %lu failed", counts.failed);
	if (counts.skipped > 0)
		printf(", %lu skipped", counts.skipped);
	if (reason[0] != '\0')
		printf(" (%s)", reason);
	if (job->fresh == NULL)
		printf("  %.1f s", now_s() - job->started_at);
	putchar('\n');
	run->total.passed += counts.passed;
	run->total.failed += counts.failed;
	run->total.skipped += counts.skipped;
}

static void finish_job(struct run *run, struct job *job, int status)
{
	char reason[60];
	size_t size;
	char *output = read_file(job->output, &size);
	const char *text = output == NULL ? "" : output;
	struct counts counts = judge(job, text, status, reason);

	kill(-job->pid, SIGKILL); /* Whatever it left running. */
	job->pid = 0;
	report(run, job, counts, reason);
	if (counts.failed > 0 || counts.skipped > 0)
		print_output(text, counts.failed == 0);
	fflush(stdout);
	free(output);
	remove_tree(job->directory);
	remove(job->output);
}

static void compare_files(struct run *run, const struct job *job)
{
	struct counts counts = {0};
	size_t committed_size, fresh_size;
	char *committed = read_file(job->path, &committed_size);
	char *fresh = read_file(job->fresh, &fresh_size);

	if (committed != NULL && fresh != NULL && committed_size == fresh_size &&
	    memcmp(committed, fresh, fresh_size) == 0) {
		counts.passed = 1;
		report(run, job, counts, "");
	} else {
		counts.failed = 1;
		report(run, job, counts, committed == NULL ? "cannot be read" : "stale");
		printf("      | compare with %s, or run: %s\n", job->fresh, job->remedy);
	}
	free(committed);
	free(fresh);
}

/* --- all programs --- */

/* Returns the job that ended and its status, or NULL when none has. */
static struct job *reap(struct run *run, int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	for (size_t i = 0; i < run->job_count && pid > 0; i++)
		if (run->jobs[i].pid == pid)
			return &run->jobs[i];
	return NULL;
}

static void kill_overdue(struct run *run)
{
	for (size_t i = 0; i < run->job_count; i++) {
		struct job *job = &run->jobs[i];

		if (job->pid > 0 && now_s() - job->started_at > run->timeout_s) {
			job->timed_out = true;
			kill(-job->pid, SIGKILL);
		}
	}
}

static void kill_all_and_leave(struct run *run)
{
	for (size_t i = 0; i < run->job_count; i++)
		if (run->jobs[i].pid > 0)
			kill(-run->jobs[i].pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	remove_tree(run->directory);
	fprintf(stderr, "runner: interrupted\n");
	exit(1);
}

static void run_jobs(struct run *run)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	size_t next = 0, running = 0;

	while (next < run->job_count || running > 0) {
		int status;
		struct job *ended;

		if (interrupted)
			kill_all_and_leave(run);
		if (next < run->job_count && running < run->parallel) {
			struct job *job = &run->jobs[next++];

			if (job->fresh != NULL) {
				compare_files(run, job);
			} else {
				start_job(run, job);
				running++;
			}
			continue;
		}
		ended = reap(run, &status);
		if (ended != NULL) {
			finish_job(run, ended, status);
			running--;
		} else {
			kill_overdue(run);
			nanosleep(&pause, NULL);
		}
	}
}

/* --- the command line --- */

static char *next_argument(char ***cursor)
{
	if (**cursor == NULL) {
		fprintf(stderr, "runner: an option lacks its value\n");
		exit(2);
	}
	return *(*cursor)++;
}

/* Never freed: the jobs keep it. */
static const char *absolute_path(const char *path)
{
	const char *absolute = realpath(path, NULL);

	if (absolute == NULL)
		die("cannot find", path);
	return absolute;
}

static struct job *add_job(struct run *run, const char *path)
{
	if (run->job_count == JOB_COUNT_MAX) {
		fprintf(stderr, "runner: more than %d programs\n", (int)JOB_COUNT_MAX);
		exit(2);
	}
	run->jobs[run->job_count].path = path;
	return &run->jobs[run->job_count++];
}

static void parse_arguments(struct run *run, char **cursor)
{
	const char *build = "-";
	const char *under = "";
	const char *inlay = NULL;

	while (*cursor != NULL) {
		char *argument = next_argument(&cursor);

		if (strcmp(argument, "--inlay") == 0) {
			inlay = absolute_path(next_argument(&cursor));
		} else if (strcmp(argument, "--jobs") == 0) {
			run->parallel = strtoul(next_argument(&cursor), NULL, 10);
		} else if (strcmp(argument, "--timeout") == 0) {
			run->timeout_s = strtod(next_argument(&cursor), NULL);
		} else if (strcmp(argument, "--set") == 0) {
			putenv(next_argument(&cursor));
		} else if (strcmp(argument, "--build") == 0) {
			build = next_argument(&cursor);
			under = "";
			inlay = NULL;
		} else if (strcmp(argument, "--under") == 0) {
			under = next_argument(&cursor);
		} else if (strcmp(argument, "--same") == 0) {
			struct job *job = add_job(run, next_argument(&cursor));

			job->build = "fresh";
			job->fresh = next_argument(&cursor);
			job->remedy = next_argument(&cursor);
		} else {
			struct job *job = add_job(run, argument);

			job->build = build;
			job->under = under;
			job->inlay = inlay;
		}
	}
}

int main(int argc, char **argv)
{
	static struct run run = { .parallel = 1, .timeout_s = 600 };
	const struct sigaction interrupt = { .sa_handler = on_interrupt };
	const char *ci = getenv("CI");
	bool strict = ci != NULL && ci[0] != '\0';
	unsigned long tested;

	parse_arguments(&run, argv + (argc > 0));
	if (run.parallel == 0)
		run.parallel = 1;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	sigaction(SIGHUP, &interrupt, NULL);
	make_run_directory(&run);
	run_jobs(&run);
	remove_tree(run.directory);

	tested = run.total.passed + run.total.failed + run.total.skipped;
	if (run.total.skipped > 0 && strict)
		puts("CI is set: a skipped test is a failure here.");
	if (tested == 0)
		puts("Nothing was tested, which is a failure.");
	printf("%lu passed, %lu failed, %lu skipped\n", run.total.passed, run.total.failed,
	       run.total.skipped);
	return tested == 0 || run.total.failed > 0 || (run.total.skipped > 0 && strict);
}
