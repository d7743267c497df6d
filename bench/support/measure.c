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
