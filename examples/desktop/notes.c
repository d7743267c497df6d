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

	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		sqlite3_step(statement);
	return sqlite3_finalize(statement);
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

int main(int argc, char **argv)
{
	struct message message;
	sqlite3 *document;
	int code;

	if (argc == 4 && strcmp(argv[1], "--restore") == 0)
		return restore(argv[3], argv[2]);
	if (argc != 2 && argc != 3) {
		fputs("usage: notes FILE [TEXT]\n       notes --restore BACKUP FILE\n", stderr);
		return EXIT_FAILURE;
	}
	document = document_open(argv[1], &message);
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
