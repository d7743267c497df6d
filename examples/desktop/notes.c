/*
 * notes.c - a notebook in a file, the way desktop programs keep their documents in SQLite.
 *
 *     notes FILE                   shows its notes
 *     notes FILE TEXT              adds one
 *     notes --restore BACKUP FILE  puts a backup back
 */
#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 4096

static int show_row(void *context, int count, char **values, char **names)
{
	(void)context;
	(void)count;
	(void)names;
	return puts(values[0]) < 0;
}

static int show(sqlite3 *document)
{
	return sqlite3_exec(document, "SELECT text FROM note ORDER BY id", show_row, NULL, NULL);
}

static int add(sqlite3 *document, const char *text)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(document, "INSERT INTO note (text) VALUES (?)", -1,
	                              &statement, NULL);
	int ended;

	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		sqlite3_step(statement);
	ended = sqlite3_finalize(statement);
	return code != SQLITE_OK ? code : ended;
}

static int restore(const char *path, const char *backup)
{
	struct message message;

	if (!document_restore(path, backup, &message)) {
		fprintf(stderr, "%s\n", message.text);
		return EXIT_FAILURE;
	}
	printf("%s is as it was in %s\n", path, backup);
	return EXIT_SUCCESS;
}

/* SQLite takes some names for something else than files: "file:...", ":memory:", "". */
static const char *as_file(const char *name, char path[PATH_SIZE])
{
	if (name[0] != ':' && name[0] != '\0' && strncmp(name, "file:", 5) != 0)
		return name;
	snprintf(path, PATH_SIZE, "./%s", name);
	return path;
}

int main(int argc, char **argv)
{
	char path[PATH_SIZE], backup[PATH_SIZE];
	struct message message;
	sqlite3 *document;
	int code;

	if (argc == 4 && strcmp(argv[1], "--restore") == 0)
		return restore(as_file(argv[3], path), as_file(argv[2], backup));
	if ((argc != 2 && argc != 3) || strcmp(argv[1], "--restore") == 0) {
		fputs("usage: notes FILE [TEXT]\n       notes --restore BACKUP FILE\n", stderr);
		return EXIT_FAILURE;
	}
	document = document_open(as_file(argv[1], path), &message);
	if (message.text[0] != '\0')
		fprintf(stderr, "%s\n", message.text);
	if (document == NULL)
		return EXIT_FAILURE;
	code = argc == 3 ? add(document, argv[2]) : show(document);
	if (code != SQLITE_OK)
		fprintf(stderr, "%s: %s\n", argv[1], sqlite3_errmsg(document));
	sqlite3_close(document);
	return code == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
