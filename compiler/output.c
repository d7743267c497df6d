/* output.c - compare, write beside, rename: a reader sees the old file or the new one, never
 * half of it. */
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_SIZE 65536

bool output_differs(const char *path, struct text contents)
{
	unsigned char chunk[CHUNK_SIZE];
	FILE *file = fopen(path, "rb");
	size_t offset = 0;
	bool same;
	size_t got;

	if (file == NULL)
		return true;
	do {
		got = fread(chunk, 1, sizeof(chunk), file);
		same = got <= contents.size - offset &&
		       (got == 0 || memcmp(chunk, contents.start + offset, got) == 0);
		offset += got;
	} while (same && got > 0);
	same = same && offset == contents.size && !ferror(file);
	fclose(file);
	return !same;
}

static bool write_all(int descriptor, struct text contents)
{
	while (contents.size > 0) {
		ssize_t put = write(descriptor, contents.start, contents.size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		contents.start += put;
		contents.size -= (size_t)put;
	}
	return true;
}

/* The permissions a new file would get, as mkstemp() gives narrower ones. */
static mode_t file_mode(const char *path)
{
	struct stat status;
	mode_t mask;

	if (stat(path, &status) == 0)
		return status.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

bool output_is_in(const char *path, const char *directory)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	struct stat a, b;
	bool same = parent != NULL && stat(parent, &a) == 0 && stat(directory, &b) == 0 &&
	            a.st_dev == b.st_dev && a.st_ino == b.st_ino;

	free(parent);
	return same;
}

bool output_make_directory(const char *path)
{
	struct dirent *entry;
	bool empty = true;
	DIR *handle;

	if (mkdir(path, 0777) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	handle = opendir(path);
	if (handle == NULL)
		return false;
	while ((entry = readdir(handle)) != NULL)
		empty = empty && entry->d_name[0] == '.';
	closedir(handle);
	errno = ENOTEMPTY;
	return empty;
}

/* A special file (/dev/stdout, a pipe) can not be replaced, only written to. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static bool write_special(const char *path, struct text contents)
{
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	bool written;

	if (descriptor < 0)
		return false;
	written = write_all(descriptor, contents);
	return close(descriptor) == 0 && written;
}

/* Writes, makes sure that it is on the disk, and closes. */
static bool fill(int descriptor, struct text contents, mode_t mode)
{
	bool written = write_all(descriptor, contents) && fchmod(descriptor, mode) == 0 &&
	               fsync(descriptor) == 0;

	return close(descriptor) == 0 && written;
}

enum output_result output_write(const char *path, struct text contents)
{
	char *temporary;
	bool written;
	int descriptor;
	int error;

	if (is_special(path))
		return write_special(path, contents) ? OUTPUT_WRITTEN : OUTPUT_FAILED;
	if (!output_differs(path, contents))
		return OUTPUT_UNCHANGED;
	temporary = malloc(strlen(path) + sizeof(".XXXXXX"));
	if (temporary == NULL)
		return OUTPUT_FAILED;
	memcpy(temporary, path, strlen(path) + 1);
	memcpy(temporary + strlen(path), ".XXXXXX", sizeof(".XXXXXX"));
	descriptor = mkstemp(temporary);
	written = descriptor >= 0 && fill(descriptor, contents, file_mode(path)) &&
	          rename(temporary, path) == 0;
	error = errno;
	if (!written && descriptor >= 0)
		unlink(temporary);
	free(temporary);
	errno = error;
	return written ? OUTPUT_WRITTEN : OUTPUT_FAILED;
}
