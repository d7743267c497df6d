/* ledger.c - the only file that knows how a ledger looks. */
#include "ledger.h"

#include "format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_SIZE (sizeof(header) - 1)
#define END         "\tdone\n"
#define END_SIZE    (sizeof(END) - 1)
#define NO_DIGEST   "-"

static const char header[] = "inlay ledger 1\n";

struct ledger {
	int file;
	bool is_torn;  /* What was written last has no line end. */
	char *content; /* Of the file, when it was opened; NUL-terminated, '\n' made NUL. */
	size_t size;
	char *set;    /* What the lines of this set and table begin with. */
	char **lines; /* Those lines, without that and the end, sorted. */
	size_t line_count;
};

/* --- Lines --- */

/* Not a byte that would end a field or a line, or would not show. */
static bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte != '\\' && byte != 0x7f;
}

/* `text` in four bytes a byte at most; returns the end. */
static char *put_escaped(char *at, const char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (is_plain(byte)) {
			*at++ = *text;
			continue;
		}
		*at++ = '\\';
		*at++ = 'x';
		*at++ = digits[byte >> 4];
		*at++ = digits[byte & 15];
	}
	*at = '\0';
	return at;
}

/* "schema TAB database", escaped, with room for the end; NULL when memory is out. */
static char *make_key(const char *schema, const char *database, size_t *size)
{
	char *key = malloc(4 * (strlen(schema) + strlen(database)) + END_SIZE + 2);
	char *at = key;

	if (key == NULL)
		return NULL;
	at = put_escaped(at, schema);
	*at++ = '\t';
	at = put_escaped(at, database);
	*size = (size_t)(at - key);
	return key;
}

/* The chain of the last of them stands for all. */
static void format_last(char text[FORMAT_DIGEST_SIZE],
                        const struct inlay_image_migration *migrations, uint32_t count)
{
	format_into(text, FORMAT_DIGEST_SIZE, "%s", NO_DIGEST);
	if (count > 0)
		format_digest(text, &migrations[count - 1].chain);
}

/* Everything that tells what "done" means: the whole history, and the table that has it. */
static char *make_set(const struct image_view *view, const char *table)
{
	size_t size = 2 * FORMAT_DIGEST_SIZE + 4 * strlen(table) + 2;
	char head[FORMAT_DIGEST_SIZE];
	char repeatables[FORMAT_DIGEST_SIZE];
	char *set = malloc(size);
	char *at;

	if (set == NULL)
		return NULL;
	format_last(head, view->migrations, view->migration_count);
	format_last(repeatables, view->repeatables, view->repeatable_count);
	format_into(set, size, "%s\t%s\t", head, repeatables);
	at = put_escaped(set + strlen(set), table);
	*at++ = '\t';
	*at = '\0';
	return set;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Finds the lines of our set in the content; those without an end, and what follows the last line
 * end, are none. */
static bool find_lines(struct ledger *ledger)
{
	size_t set_size = strlen(ledger->set);
	size_t capacity = 0;
	char *end;

	for (char *at = ledger->content; (end = strchr(at, '\n')) != NULL; at = end + 1)
		capacity++;
	ledger->lines = malloc((capacity + 1) * sizeof(*ledger->lines));
	if (ledger->lines == NULL)
		return false;
	for (char *at = ledger->content; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		size_t size = (size_t)(end + 1 - at);

		if (size < set_size + END_SIZE || strncmp(at, ledger->set, set_size) != 0 ||
		    memcmp(end + 1 - END_SIZE, END, END_SIZE) != 0)
			continue;
		end[1 - (ptrdiff_t)END_SIZE] = '\0';
		ledger->lines[ledger->line_count++] = at + set_size;
	}
	qsort(ledger->lines, ledger->line_count, sizeof(*ledger->lines), compare_lines);
	return true;
}

/* --- The file --- */

static bool write_all(int file, const char *start, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, start, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		start += written;
		size -= (size_t)written;
	}
	return true;
}

/* Up to the size that the file had: others may be writing. */
static const char *read_content(struct ledger *ledger)
{
	struct stat status;

	if (fstat(ledger->file, &status) != 0)
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "it is no file";
	ledger->content = malloc((size_t)status.st_size + 1);
	if (ledger->content == NULL)
		return "memory is out";
	while (ledger->size < (size_t)status.st_size) {
		ssize_t size = pread(ledger->file, ledger->content + ledger->size,
		                     (size_t)status.st_size - ledger->size, (off_t)ledger->size);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return strerror(errno);
		if (size == 0)
			break;
		ledger->size += (size_t)size;
	}
	ledger->content[ledger->size] = '\0';
	return NULL;
}

/* A file that is new, or whose first line a crash has cut off, gets what is missing of it. */
static const char *check_header(struct ledger *ledger)
{
	size_t size = ledger->size < HEADER_SIZE ? ledger->size : HEADER_SIZE;

	if (memcmp(ledger->content, header, size) != 0)
		return "it is no ledger: name a file of its own, or one that is not there yet";
	if (size < HEADER_SIZE && !write_all(ledger->file, &header[size], HEADER_SIZE - size))
		return strerror(errno);
	ledger->is_torn = size == HEADER_SIZE && ledger->content[ledger->size - 1] != '\n';
	return NULL;
}

static const char *open_file(struct ledger *ledger, const char *path)
{
	const char *problem;

	ledger->file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (ledger->file < 0)
		return strerror(errno);
	problem = read_content(ledger);
	return problem != NULL ? problem : check_header(ledger);
}

struct ledger *ledger_open(const char *path, const struct image_view *view, const char *table,
                           char problem[LEDGER_PROBLEM_SIZE_MAX])
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	const char *words = "memory is out";

	if (ledger != NULL) {
		ledger->file = -1;
		ledger->set = make_set(view, table);
		if (ledger->set != NULL)
			words = open_file(ledger, path);
		if (words == NULL && find_lines(ledger))
			return ledger;
		if (words == NULL)
			words = "memory is out";
	}
	format_into(problem, LEDGER_PROBLEM_SIZE_MAX, "the ledger \"%s\" can not be used: %s", path,
	            words);
	ledger_close(ledger);
	return NULL;
}

bool ledger_has(const struct ledger *ledger, const char *schema, const char *database)
{
	size_t size;
	char *key = make_key(schema, database, &size);
	bool found = key != NULL && bsearch(&key, ledger->lines, ledger->line_count,
	                                    sizeof(*ledger->lines), compare_lines) != NULL;

	free(key);
	return found; /* Without memory the database is asked. */
}

bool ledger_add(struct ledger *ledger, const char *schema, const char *database)
{
	size_t key_size = 0;
	size_t set_size = strlen(ledger->set);
	char *key = make_key(schema, database, &key_size);
	char *line = key != NULL ? malloc(set_size + key_size + END_SIZE + 1) : NULL;
	char *at = line;
	bool good = line != NULL;

	if (good) {
		/* A line that was cut off is ended, and stays without its mark. */
		if (ledger->is_torn)
			*at++ = '\n';
		memcpy(at, ledger->set, set_size);
		memcpy(at + set_size, key, key_size);
		memcpy(at + set_size + key_size, END, END_SIZE);
		at += set_size + key_size + END_SIZE;
		good = write_all(ledger->file, line, (size_t)(at - line));
		ledger->is_torn = !good;
	}
	free(line);
	free(key);
	return good;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	if (ledger->file >= 0)
		(void)close(ledger->file);
	free(ledger->lines);
	free(ledger->content);
	free(ledger->set);
	free(ledger);
}
