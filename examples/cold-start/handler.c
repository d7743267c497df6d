/*
 * handler.c - a function of a serverless platform: it starts with the first request, may be frozen
 * behind each answer, and is thrown away without a word.
 *
 * A request is a line of standard input, "NUMBER TEXT": the way a platform's runtime interface
 * hands them on, one at a time.  The answer is a line: "200 stored", "400 ...", "503 ...".
 *
 *     echo '1 hello' | DATABASE_URL=postgres://localhost/app ./handler
 */
#define _POSIX_C_SOURCE 200809L

#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Less than the platform gives a request, so that it is answered: MIGRATION_LOCK_TIMEOUT decides
 * where it is set. */
#define LOCK_TIMEOUT_MS  5000
#define REQUEST_SIZE_MAX 100000

/*
 * Where APP_ENV is "production" nothing is applied here: what is pending is a 503, until the deploy
 * has run `inlay up`.  Elsewhere, or with AUTO_MIGRATE=on, the first request applies it.
 */
static struct inlay_options policy(void)
{
	struct inlay_options options = inlay_options_init();
	const char *chosen = getenv("MIGRATION_LOCK_TIMEOUT");

	if (chosen == NULL || chosen[0] == '\0')
		options.lock_timeout_ms = LOCK_TIMEOUT_MS;
	return options;
}

/* May the platform send it again?  Everything else wants somebody to look. */
static int passes(enum inlay_result result)
{
	return result == INLAY_LOCKED || result == INLAY_PENDING || result == INLAY_UNREACHABLE ||
	       result == INLAY_INTERRUPTED;
}

/* True when the request is answered; false when the connection turned out to be gone. */
static int try_once(struct store *store, const char *id, const char *text)
{
	struct inlay_options options = policy();
	struct inlay_error error = inlay_error_init();
	enum inlay_result result = store_ready(store, &options, &error);
	char problem[200] = "";

	if (result != INLAY_OK) {
		printf("%s: %s\n", passes(result) ? "503 try again" : "500", error.message);
		if (result == INLAY_UNREACHABLE)
			store_close(store); /* The next request opens it anew. */
		return 1;
	}
	switch (store_put(store, id, text, problem)) {
	case PUT_STORED: puts("200 stored"); return 1;
	case PUT_REFUSED: printf("400 %s\n", problem); return 1;
	case PUT_FAILED: printf("503 try again: %s\n", problem); return 1;
	default: return 0;
	}
}

/* A connection that was frozen for an hour is often gone, which is only seen when it is used. */
static void handle(struct store *store, char *line, size_t size)
{
	char *text;

	if (size > REQUEST_SIZE_MAX) {
		printf("413 a request has at most %d bytes\n", REQUEST_SIZE_MAX);
		return;
	}
	errno = 0;
	(void)strtoll(line, &text, 10);
	if (text == line || *text != ' ' || errno == ERANGE || strlen(line) != size) {
		puts("400 a request is a number and a text");
		return;
	}
	*text++ = '\0';
	for (int attempt = 1; !try_once(store, line, text); attempt++) {
		store_close(store);
		inlay_cache_forget(); /* Another server may answer now: it is asked. */
		if (attempt == 2) {
			puts("503 try again: the connection to the database is lost");
			return;
		}
	}
}

int main(void)
{
	struct store store = { .url = getenv("DATABASE_URL") };
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	if (store.url == NULL || store.url[0] == '\0') {
		fputs("handler: DATABASE_URL is not set\n", stderr);
		return EXIT_FAILURE;
	}
	/* Who does not take an answer gets no other one. */
	while (!ferror(stdout) && (size = getline(&line, &room, stdin)) > 0) {
		if (line[size - 1] == '\n')
			line[--size] = '\0';
		handle(&store, line, (size_t)size);
		fflush(stdout);
	}
	free(line);
	store_close(&store);
	return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
