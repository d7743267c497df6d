/* files.h - files and directories for tests; whatever fails ends the program with a message. */
#ifndef TEST_FILES_H
#define TEST_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes on the heap, with a NUL behind them. */
struct bytes {
	char *start;
	size_t size;
};

/* The whole file; start is NULL when there is none. */
struct bytes file_read(const char *path);

/* Writes the file, and the directories on the way to it. */
void file_write(const char *path, const void *start, size_t size);
void file_write_string(const char *path, const char *string);

bool file_exists(const char *path);

/* A fresh directory below TMPDIR.  The caller frees the path. */
char *directory_make(void);

/* Removes it with all that is in it. */
void directory_remove(const char *path);

/* The names in it but "." and "..", sorted by bytes, in a list that ends with NULL: names_free().
 * An empty list when there is no such directory. */
char **directory_names(const char *path);
void names_free(char **names);

/* printf into fresh memory, which the caller frees. */
char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));

#endif
