/* measure.c - the little the benchmarks share. */
#define _DEFAULT_SOURCE /* wait4() */
#include "measure.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double measure_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *left, const void *right)
{
	double difference = *(const double *)left - *(const double *)right;

	return (difference > 0) - (difference < 0);
}

double measure_median(double *samples, size_t count)
{
	qsort(samples, count, sizeof(*samples), compare);
	return samples[count / 2];
}

static void become(char *const *argv, const char *log)
{
	int output = open(log != NULL ? log : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (output >= 0) {
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		execvp(argv[0], argv);
	}
	_exit(127);
}

struct child_cost measure_run(char *const *argv, const char *log)
{
	struct child_cost cost = { .status = -1 };
	double start = measure_now();
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		become(argv, log);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return cost;
	cost.seconds = measure_now() - start;
	cost.user_seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
	cost.memory_kib = usage.ru_maxrss;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 127)
		cost.status = WEXITSTATUS(status);
	return cost;
}

void measure_directory(char *path, size_t size)
{
	const char *base = getenv("TMPDIR");

	snprintf(path, size, "%s/inlay-bench.XXXXXX", base != NULL ? base : "/tmp");
	if (mkdtemp(path) == NULL) {
		perror(path);
		exit(2);
	}
}

void measure_remove(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char name[1024];

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		struct stat status;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (lstat(name, &status) == 0 && S_ISDIR(status.st_mode))
			measure_remove(name);
		else
			unlink(name);
	}
	if (directory != NULL)
		closedir(directory);
	rmdir(path);
}

/* The number behind "refs:" in what callgrind says at its end. */
static int64_t read_count(const char *log)
{
	FILE *file = fopen(log, "r");
	int64_t count = -1;
	char line[512];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		const char *digits = strstr(line, "refs:");

		for (count = digits != NULL ? 0 : count; digits != NULL && *digits != '\0';
		     digits++)
			if (*digits >= '0' && *digits <= '9')
				count = count * 10 + (*digits - '0');
	}
	if (file != NULL)
		fclose(file);
	return count;
}

int64_t measure_instructions(char *const *argv)
{
	char directory[256], log[300], out[320];
	char *full[16] = { "valgrind", "--tool=callgrind", out };
	int64_t count = -1;
	size_t i;

	measure_directory(directory, sizeof(directory));
	snprintf(log, sizeof(log), "%s/log", directory);
	snprintf(out, sizeof(out), "--callgrind-out-file=%s/out", directory);
	for (i = 0; argv[i] != NULL && i + 4 < sizeof(full) / sizeof(full[0]); i++)
		full[i + 3] = argv[i];
	if (measure_run(full, log).status == 0)
		count = read_count(log);
	measure_remove(directory);
	return count;
}

static int64_t count_lines(const char *path)
{
	FILE *file = fopen(path, "r");
	int64_t count = 0;
	int byte;

	if (file == NULL)
		return -1;
	while ((byte = fgetc(file)) != EOF)
		count += byte == '\n';
	fclose(file);
	return count;
}

int64_t measure_system_calls(char *const *argv, const char *which)
{
	char directory[256], log[300], trace[100];
	char *full[16] = { "strace", "-f", "-qq", "-e", trace, "-e", "signal=none", "-o", log };
	int64_t count = -1;
	size_t i;

	measure_directory(directory, sizeof(directory));
	snprintf(log, sizeof(log), "%s/log", directory);
	snprintf(trace, sizeof(trace), "trace=%s", which);
	for (i = 0; argv[i] != NULL && i + 10 < sizeof(full) / sizeof(full[0]); i++)
		full[i + 9] = argv[i];
	if (measure_run(full, NULL).status == 0)
		count = count_lines(log);
	measure_remove(directory);
	return count;
}

long measure_memory_kib(long pid, const char *line)
{
	char path[64], text[256];
	FILE *file;
	long size = -1;

	snprintf(path, sizeof(path), "/proc/%ld/status", pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(text, sizeof(text), file) != NULL)
		if (strncmp(text, line, strlen(line)) == 0 && text[strlen(line)] == ':')
			size = strtol(text + strlen(line) + 1, NULL, 10);
	if (file != NULL)
		fclose(file);
	return size;
}

void measure_forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (file == NULL)
		return;
	(void)fputs("5", file);
	(void)fclose(file);
}
