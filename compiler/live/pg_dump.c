/* pg_dump.c - the environment of the program, its run, and its text without what is not schema. */
#include "pg_dump.h"

#include "safe.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define ARGUMENTS_MAX 24
/* In milliseconds: how long it waits for a table that is being changed. */
#define LOCK_TIMEOUT "--lock-wait-timeout=30000"

/* --- Running --- */

struct run {
	struct arena *arena;
	char *arguments[ARGUMENTS_MAX];
	size_t argument_count;
	char **environment;
	size_t environment_count;
	size_t environment_capacity;
};

static void add_argument(struct run *run, const char *argument)
{
	run->arguments[run->argument_count++] = arena_string(run->arena, argument);
}

static void add_variable(struct run *run, const char *variable)
{
	run->environment = arena_grow(run->arena, run->environment, run->environment_count,
	                              &run->environment_capacity, sizeof(*run->environment));
	run->environment[run->environment_count++] =
	        variable != NULL ? arena_string(run->arena, variable) : NULL;
}

/* Its output goes to a pipe, what it complains of to a file: so neither waits for the other. */
static bool spawn(const struct run *run, int output, int errors, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	bool spawned;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	spawned = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
	                                           0) == 0 &&
	          posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
	          posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) == 0 &&
	          posix_spawnp(child, run->arguments[0], &actions, NULL, run->arguments,
	                       run->environment) == 0;
	posix_spawn_file_actions_destroy(&actions);
	return spawned;
}

static void read_all(int descriptor, struct buffer *out)
{
	unsigned char piece[1 << 14];
	ssize_t got;

	while ((got = read(descriptor, piece, sizeof(piece))) != 0)
		if (got > 0)
			buffer_bytes(out, piece, (size_t)got);
		else if (errno != EINTR)
			break;
}

/* Its exit status; 127 where it could not be run. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs it to its end.  Returns its status, 127 when there is none such. */
static int run_program(struct run *run, struct buffer *out, struct buffer *complaints)
{
	FILE *errors = tmpfile();
	int status = 127;
	int ends[2];
	pid_t child;

	add_variable(run, NULL);
	run->arguments[run->argument_count] = NULL;
	if (errors == NULL)
		return status;
	if (pipe(ends) == 0) {
		(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
		if (spawn(run, ends[1], fileno(errors), &child)) {
			close(ends[1]);
			ends[1] = -1;
			read_all(ends[0], out);
			status = wait_for(child);
		}
		if (ends[1] >= 0)
			close(ends[1]);
		close(ends[0]);
	}
	if (lseek(fileno(errors), 0, SEEK_SET) == 0)
		read_all(fileno(errors), complaints);
	(void)fclose(errors);
	return status;
}

/* --- Finding it --- */

/* "pg_dump (PostgreSQL) 15.18": 15, or 0. */
static int major_of(const struct buffer *text)
{
	static const char before[] = "(PostgreSQL) ";
	char line[200];
	const char *found;

	(void)snprintf(line, sizeof(line), "%.*s", (int)text->size,
	               text->size > 0 ? (const char *)text->start : "");
	found = strstr(line, before);
	return found != NULL ? (int)strtol(found + sizeof(before) - 1, NULL, 10) : 0;
}

struct pg_dump pg_dump_find(const struct live *live)
{
	const char *named = getenv("PG_DUMP");
	struct pg_dump dump = { .program = named != NULL ? named : "pg_dump",
		                .is_named = named != NULL };
	struct run run = { .arena = live->arena };
	struct buffer out = { 0 }, complaints = { 0 };
	int server = PQserverVersion(live->postgres) / 10000;
	int major = 0;

	if (dump.program[0] == '\0')
		return dump;
	add_argument(&run, dump.program);
	add_argument(&run, "--version");
	for (char **variable = environ; *variable != NULL; variable++)
		add_variable(&run, *variable);
	if (run_program(&run, &out, &complaints) == 0)
		major = major_of(&out);
	if (major >= server)
		dump.is_there = true;
	else if (major > 0)
		dump.problem =
		        arena_format(live->arena, "%s is PostgreSQL %d's, and the server is %d's",
		                     dump.program, major, server);
	else if (named != NULL)
		dump.problem = arena_format(live->arena, "PG_DUMP: %s can not be run", named);
	buffer_clear(&out);
	buffer_clear(&complaints);
	return dump;
}

/* --- Its connection --- */

/* Of a service file it would take more than from the environment. */
static bool is_replaced(const char *variable, const PQconninfoOption *options)
{
	static const char *const others[] = {
		"PGSERVICE",  "PGSERVICEFILE", "PGDATABASE",
		"PGHOST",     "PGPORT",        "PGHOSTADDR",
		"PGPASSWORD", "PGUSER",        "PGTARGETSESSIONATTRS"
	};
	size_t size = strcspn(variable, "=");
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(variable, others[i], size) == 0 && others[i][size] == '\0')
			return true;
	for (; options != NULL && options->keyword != NULL; options++)
		if (options->envvar != NULL && options->val != NULL &&
		    strncmp(variable, options->envvar, size) == 0 && options->envvar[size] == '\0')
			return true;
	return false;
}

static void add_setting(struct run *run, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		add_variable(run, arena_format(run->arena, "%s=%s", name, value));
}

/* The environment: ours, and in it what our own connection was made with.  Of several hosts it is
 * the one that answered. */
static void add_environment(struct run *run, PGconn *connection)
{
	PQconninfoOption *options = PQconninfo(connection);
	const PQconninfoOption *option;

	for (char **variable = environ; *variable != NULL; variable++)
		if (!is_replaced(*variable, options))
			add_variable(run, *variable);
	for (option = options; option != NULL && option->keyword != NULL; option++) {
		if (option->envvar == NULL || is_replaced(option->envvar, NULL))
			continue;
		add_setting(run, option->envvar, option->val);
	}
	add_setting(run, "PGHOST", PQhost(connection));
	add_setting(run, "PGHOSTADDR", PQhostaddr(connection));
	add_setting(run, "PGPORT", PQport(connection));
	add_setting(run, "PGUSER", PQuser(connection));
	add_setting(run, "PGDATABASE", PQdb(connection));
	add_setting(run, "PGPASSWORD", PQpass(connection));
	PQconninfoFree(options);
}

/* --- What it is asked --- */

/* A name as a pattern that fits it alone. */
static const char *pattern(struct arena *arena, const char *name)
{
	struct buffer out = { 0 };
	const char *quoted;

	buffer_byte(&out, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buffer_byte(&out, '"');
		buffer_byte(&out, (unsigned char)*name);
	}
	buffer_byte(&out, '"');
	quoted = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return quoted;
}

static void add_arguments(struct run *run, const struct live *live, const char *program)
{
	static const char *const always[] = {
		"--schema-only",    "--no-owner",         "--no-privileges", "--no-password",
		"--no-tablespaces", "--no-subscriptions", "--encoding=UTF8", LOCK_TIMEOUT,
	};
	static const char *const endings[] = { "", "_log", "_state" };
	struct arena *arena = run->arena;
	size_t i;

	add_argument(run, program);
	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add_argument(run, always[i]);
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		add_argument(run, arena_format(arena, "--exclude-table=*.%s",
		                               pattern(arena, arena_format(arena, "%s%s",
		                                                           live->settings.table,
		                                                           endings[i]))));
	if (live->settings.schema != NULL)
		add_argument(run, arena_format(arena, "--schema=%s",
		                               pattern(arena, live->settings.schema)));
}

static const char *first_line(struct arena *arena, const struct buffer *text)
{
	struct text words = text_trim(buffer_contents(text));
	struct buffer shown = { 0 };
	const char *line;
	size_t size = 0;

	while (size < words.size && words.start[size] != '\n')
		size++;
	words.size = size;
	safe_text(&shown, words);
	line = arena_copy(arena, buffer_contents(&shown));
	buffer_clear(&shown);
	return line;
}

const char *pg_dump_run(const struct live *live, const struct pg_dump *dump, struct buffer *out)
{
	struct run run = { .arena = live->arena };
	struct buffer text = { 0 }, complaints = { 0 };
	const char *problem = NULL;
	int status;

	add_arguments(&run, live, dump->program);
	add_environment(&run, live->postgres);
	status = run_program(&run, &text, &complaints);
	if (status == 0)
		pg_dump_normalize(buffer_contents(&text), out);
	else if (complaints.size > 0)
		problem = first_line(live->arena, &complaints);
	else
		problem = arena_format(live->arena, "%s ended in %d", dump->program, status);
	buffer_clear(&text);
	buffer_clear(&complaints);
	return problem;
}

/* --- Its text --- */

static struct text take_line(struct text *rest)
{
	struct text line = { rest->start, 0 };

	while (line.size < rest->size && line.start[line.size] != '\n')
		line.size++;
	line.size += line.size < rest->size;
	rest->start += line.size;
	rest->size -= line.size;
	return line;
}

/* Up to an empty line, or the end. */
static struct text take_block(struct text *rest)
{
	struct text block = { rest->start, 0 };

	while (rest->size > 0 && rest->start[0] != '\n')
		block.size += take_line(rest).size;
	return block;
}

static bool starts_with_any(struct text text, const char *const *beginnings)
{
	for (; *beginnings != NULL; beginnings++)
		if (text_starts_with(text, *beginnings))
			return true;
	return false;
}

/* Before the first object: who wrote it, what newer versions guard it with, and a setting that only
 * newer servers have. */
static void write_head(struct text block, struct buffer *out)
{
	static const char *const frame[] = { "--\n-- PostgreSQL database dump\n",
		                             "-- Dumped from database version ", "\\restrict ",
		                             NULL };

	if (starts_with_any(block, frame))
		return;
	while (block.size > 0) {
		struct text line = take_line(&block);

		if (!text_starts_with(line, "SET transaction_timeout = "))
			buffer_text(out, line);
	}
}

/* Without what comes behind the last object. */
static struct text without_end(struct text text)
{
	static const char end[] = "\n--\n-- PostgreSQL database dump complete\n--\n";
	size_t size = sizeof(end) - 1;
	size_t at = text.size;

	while (at >= size && memcmp(text.start + at - size, end, size) != 0)
		at--;
	if (at >= size)
		text.size = at - size;
	return text;
}

/* Whose `public` is depends on how the database was made. */
static const char *const public_schema[] = { "--\n-- Name: public; Type: SCHEMA;",
	                                     "-- *not* creating schema, since initdb creates it",
	                                     NULL };

void pg_dump_normalize(struct text text, struct buffer *out)
{
	bool is_head = true;

	text = without_end(text);
	while (text.size > 0) {
		size_t before = out->size;
		struct text block = take_block(&text);

		is_head = is_head && !text_starts_with(block, "--\n-- Name: ");
		if (is_head)
			write_head(block, out);
		else if (!starts_with_any(block, public_schema))
			buffer_text(out, block);
		while (text.size > 0 && text.start[0] == '\n') {
			struct text empty = take_line(&text);

			if (out->size > before || block.size == 0)
				buffer_text(out, empty);
		}
	}
	while (out->size > 1 && out->start[out->size - 1] == '\n' &&
	       out->start[out->size - 2] == '\n')
		out->size--;
}
