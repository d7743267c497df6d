/* console.c - environment, shell, masks. */
#include "console.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

struct console console_open(struct database *database)
{
	struct console console = { database, directory_make() };

	database_disconnect(database);
	return console;
}

void console_close(struct console *console)
{
	directory_remove(console->directory);
	free(console->directory);
	console->directory = NULL;
	database_reconnect(console->database);
}

void console_write(const struct console *console, const char *path, const char *text)
{
	char *whole = format("%s/%s", console->directory, path);

	file_write_string(whole, text);
	free(whole);
}

/* --- Masks --- */

struct masking {
	const char *at;
	const char *start; /* Of the whole text. */
	char *to;
};

static bool follows(const struct masking *masking, const char *word)
{
	size_t size = strlen(word);

	return (size_t)(masking->at - masking->start) >= size &&
	       strncmp(masking->at - size, word, size) == 0;
}

/* "dddd-dd-dd dd:dd:dd": its size, or 0. */
static size_t time_size(const char *at)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd";
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)at[i])
		                   : at[i] != form[i] && !(form[i] == ' ' && at[i] == 'T'))
			return 0;
	if (at[i] == '.')
		i += 1 + strspn(at + i + 1, "0123456789");
	if (at[i] == 'Z')
		return i + 1;
	if (at[i] == '+' || at[i] == '-')
		i += 1 + strspn(at + i + 1, "0123456789:");
	return i;
}

/* "12 ms", "1.5 s", "1 min 3 s": its size, or 0. */
static size_t duration_size(const char *at)
{
	size_t size = strspn(at, "0123456789.");
	size_t more;

	if (size == 0)
		return 0;
	if (strncmp(at + size, " min ", 5) == 0) {
		more = strspn(at + size + 5, "0123456789");
		return more > 0 && strncmp(at + size + 5 + more, " s", 2) == 0 ? size + 5 + more + 2
		                                                               : 0;
	}
	if (strncmp(at + size, " ms", 3) == 0 && !isalpha((unsigned char)at[size + 3]))
		return size + 3;
	return strncmp(at + size, " s", 2) == 0 && !isalpha((unsigned char)at[size + 2]) ? size + 2
	                                                                                 : 0;
}

static bool put(struct masking *masking, size_t size, const char *mask)
{
	if (size == 0)
		return false;
	masking->at += size;
	memcpy(masking->to, mask, strlen(mask));
	masking->to += strlen(mask);
	return true;
}

static size_t size_if(const char *at, const char *text)
{
	size_t size = strlen(text);

	return size > 0 && strncmp(at, text, size) == 0 ? size : 0;
}

static bool mask_number(struct masking *masking)
{
	size_t size = strspn(masking->at, "0123456789");
	bool is_inside = masking->at > masking->start &&
	                 (isalnum((unsigned char)masking->at[-1]) || masking->at[-1] == '.');

	if (size == 0 || is_inside)
		return false;
	if (put(masking, time_size(masking->at), "<time>"))
		return true;
	if (follows(masking, "_ms\": ") || follows(masking, "_ms\":"))
		return put(masking, size, "<ms>");
	if (follows(masking, "backend ") || follows(masking, "process ") ||
	    follows(masking, "pid "))
		return put(masking, size, "<pid>");
	return put(masking, duration_size(masking->at), "<ms>");
}

static bool mask_name(const struct console *console, struct masking *masking)
{
	const struct database *database = console->database;
	const char *at = masking->at;
	char host[256] = "";
	char shown[700];

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(shown, sizeof(shown), "sqlite:%s", database->path);
	if (database->dialect == INLAY_DIALECT_SQLITE && database->path[0] != '\0' &&
	    put(masking, size_if(at, shown), "<database>"))
		return true;
	if (database->dialect == INLAY_DIALECT_POSTGRES && strncmp(at, "postgres://", 11) == 0) {
		size_t size = strcspn(at, " \n\"");

		return put(masking, size - (at[size - 1] == ':'), "<database>");
	}
	return put(masking, size_if(at, database->path), "<path>") ||
	       put(masking, size_if(at, database->name), "<name>") ||
	       put(masking, size_if(at, console->directory), "<dir>") ||
	       put(masking, size_if(at, host), "<host>");
}

/* Two spaces stand before `to`, and something else before them in the line. */
static bool is_wide(const char *start, const char *to)
{
	const char *at = to;

	while (at > start && at[-1] == ' ')
		at--;
	return to - at >= 2 && at > start && at[-1] != '\n';
}

char *console_mask(const struct console *console, const char *text)
{
	/* No mask is more than ten times as long as what it stands for. */
	char *masked = malloc(strlen(text) * 10 + 1);
	struct masking masking = { text, text, masked };

	assert_non_null(masked);
	while (*masking.at != '\0') {
		if (mask_number(&masking) || mask_name(console, &masking))
			continue;
		if (masking.at[0] == ' ' && is_wide(masked, masking.to))
			masking.at++;
		else
			*masking.to++ = *masking.at++;
	}
	*masking.to = '\0';
	return masked;
}

/* --- Running --- */

char *console_script(const struct console *console, const char *script)
{
	const char *place = database_place(console->database);
	bool is_sqlite = console->database->dialect == INLAY_DIALECT_SQLITE;

	return format("unset AUTO_MIGRATE MIGRATION_LOCK_TIMEOUT MIGRATION_DRY_RUN APP_ENV "
	              "NODE_ENV MIGRATION_ROLLOUT\n"
	              "DATABASE_URL='%s%s'; export DATABASE_URL\n%s",
	              is_sqlite ? "sqlite:" : "", place, script);
}

struct outcome console_run(const struct console *console, const char *script)
{
	char *text = console_script(console, script);
	struct outcome outcome = command_run(console->directory, text);

	free(text);
	return outcome;
}

static bool is_same(const struct console *console, const char *what, const char *expected,
                    const char *received)
{
	char *masked = console_mask(console, received);
	bool same = strcmp(masked, expected) == 0;

	if (!same)
		print_error("--- %s expected:\n%s\n--- received:\n%s\n--- unmasked:\n%s\n", what,
		            expected, masked, received);
	free(masked);
	return same;
}

void console_expect(const struct console *console, const char *script, int status, const char *out,
                    const char *err)
{
	struct outcome outcome = console_run(console, script);
	bool is_right = is_same(console, "standard output", out, outcome.out.start);

	is_right = is_same(console, "standard error", err, outcome.err.start) && is_right;
	if (!is_right || outcome.status != status)
		fail_msg("%s\nended in %d, expected %d", script, outcome.status, status);
	outcome_free(&outcome);
}
