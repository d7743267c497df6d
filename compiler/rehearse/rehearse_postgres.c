/* rehearse_postgres.c - PostgreSQL as a stage: a database of its own for every act. */
#include "play.h"
#include "server.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_SIZE 64

struct place {
	struct server server;
	PGconn *connection;
	char name[NAME_SIZE];          /* The database's; "" while there is none. */
	unsigned count;                /* How many there were. */
	const struct catalog *catalog; /* What was read last, or NULL. */
	const char *trouble;           /* Why nothing was read; or NULL. */
	bool is_stale;                 /* A script that may define things has run since. */
};

PGconn *stage_postgres(const struct stage *stage)
{
	const struct place *place = stage->place;

	return place->connection;
}

/* `name` NULL: the one that the URL names.  The later keyword holds. */
static PGconn *connect_to(const struct place *place, const char *name)
{
	const char *const keywords[] = { "dbname", "fallback_application_name",
		                         name != NULL ? "dbname" : NULL, NULL };
	const char *const values[] = { place->server.url, "inlay", name, NULL };

	return PQconnectdbParams(keywords, values, 1);
}

static void quiet(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/* libpq's message in one line.  It has no password: libpq puts none there. */
static const char *in_one_line(struct stage *stage, const PGconn *connection)
{
	char *words =
	        arena_copy(stage->rehearsal->arena, text_trim(text_of(PQerrorMessage(connection))));
	char *at;

	for (at = words; (at = strpbrk(at, "\n\t")) != NULL;)
		*at = ' ';
	return words;
}

/* May libpq's words be repeated?  It takes a URL apart at reserved characters, so that what stands
 * behind one in a password is told as a host, a port or a parameter. */
static bool is_well_formed(const char *url)
{
	const char *start = strstr(url, "://");
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool is_good = options != NULL;
	const char *rest;

	PQconninfoFree(options);
	if (!is_good || start == NULL)
		return is_good;
	start += 3;
	rest = start + strcspn(start, "/?#");
	if (strchr(rest, '@') != NULL || strchr(start, '#') != NULL)
		return false;
	start = strchr(start, '@');
	return start == NULL || strchr(start + 1, '@') == NULL;
}

static bool tell(struct stage *stage, const char *what, const PGconn *connection)
{
	const struct place *place = stage->place;
	struct problem problem = {
		.rule = RULE_REHEARSAL_SERVER,
		.path = stage->rehearsal->set->directory,
		.help = "--rehearse=URL wants a server where the role may create databases; "
		        "--rehearse=auto starts one",
	};
	if (is_well_formed(place->server.url))
		diagnostics_add(stage->rehearsal->problems, problem, "%s: %s", what,
		                in_one_line(stage, connection));
	else
		diagnostics_add(stage->rehearsal->problems, problem,
		                "%s: the URL is not well-formed (in a password %%40 stands for @, "
		                "%%2F for /, %%3F for ?, %%23 for #, %%25 for %%)",
		                what);
	return false;
}

/* Runs one statement in the URL's own database. */
static bool run_outside(struct stage *stage, const char *what, const char *format)
{
	struct place *place = stage->place;
	PGconn *connection = connect_to(place, NULL);
	char sql[200];
	bool is_good = PQstatus(connection) == CONNECTION_OK;

	snprintf(sql, sizeof(sql), format, place->name);
	if (!is_good) {
		is_good = tell(stage, "the server can not be reached", connection);
	} else {
		PGresult *result = PQexec(connection, sql);

		is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
		if (!is_good)
			is_good = tell(stage, what, connection);
		PQclear(result);
	}
	PQfinish(connection);
	return is_good;
}

static void close_database(struct stage *stage)
{
	struct place *place = stage->place;

	PQfinish(place->connection);
	place->connection = NULL;
	if (place->name[0] != '\0')
		(void)run_outside(stage, "the database of the rehearsal can not be dropped",
		                  "DROP DATABASE IF EXISTS %s");
	place->name[0] = '\0';
}

static bool open_database(struct stage *stage)
{
	struct place *place = stage->place;

	close_database(stage);
	place->catalog = NULL;
	snprintf(place->name, sizeof(place->name), "inlay_rehearsal_%d_%u", (int)getpid(),
	         ++place->count);
	if (!run_outside(stage, "no database can be created for the rehearsal",
	                 "CREATE DATABASE %s TEMPLATE template0")) {
		place->name[0] = '\0';
		return false;
	}
	place->connection = connect_to(place, place->name);
	if (PQstatus(place->connection) != CONNECTION_OK)
		return tell(stage, "the database of the rehearsal can not be reached",
		            place->connection);
	PQsetNoticeProcessor(place->connection, quiet, NULL);
	return true;
}

/* Does the statement have this word, or name? */
static bool has_word(const struct statement *statement, const char *word)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement->text,
	                 statement->standard_conforming_strings);
	do {
		token = lexer_next_significant(&lexer);
		if (token.kind == TOKEN_NAME && token.text.size > 2)
			token.text = (struct text){ token.text.start + 1, token.text.size - 2 };
		if (text_equals_folded(token.text, word))
			return true;
	} while (token.kind != TOKEN_END);
	return false;
}

/* TRUNCATE a CASCADE empties what it does not name: only that loses rows without saying so. */
static void note_truncates(struct stage *stage)
{
	const struct script *script = stage->scene != NULL ? stage->scene->script : NULL;
	struct rows *rows = stage->rows;
	size_t i, j;

	for (i = 0; script != NULL && i < rows->slot_count; i++) {
		struct rows_table *table = rows->slots[i];
		const char *name;

		if (table == NULL)
			continue;
		name = strrchr(table->object->name, '.');
		name = name != NULL ? name + 1 : table->object->name;
		for (j = 0; j < script->count; j++)
			if (has_word(&script->statements[j], name))
				table->is_meant = true;
			else if (has_word(&script->statements[j], "truncate") &&
			         has_word(&script->statements[j], "cascade"))
				table->lost_at = (uint32_t)j + 1;
	}
}

static bool is_one_of(struct text word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (text_equals_folded(word, *words))
			return true;
	return false;
}

/* After a script: what it may have done.  Triggers and cascades reach any table's rows; what runs
 * code may do anything. */
static void note_all(struct stage *stage)
{
	static const char *const content[] = { "insert", "update", "delete", "truncate", NULL };
	static const char *const structure[] = { "create", "comment", "grant", "revoke", NULL };
	const struct script *script = stage->scene != NULL ? stage->scene->script : NULL;
	struct place *place = stage->place;
	bool is_content = script != NULL;
	bool is_structure = script != NULL;
	uint32_t i;

	for (i = 1; script != NULL && i <= script->count; i++) {
		struct text word = scene_statement(stage->scene, i);

		is_content = is_content && is_one_of(word, content);
		is_structure = is_structure && is_one_of(word, structure);
	}
	place->is_stale = place->is_stale || !is_content;
	if (stage->rows == NULL)
		return;
	if (!is_structure)
		rows_touch_all(stage->rows);
	note_truncates(stage);
}

static enum inlay_result up(struct stage *stage, const struct inlay_set *set,
                            const struct inlay_options *options, struct inlay_error *error)
{
	enum inlay_result result =
	        ensure_migrated_postgres(stage_postgres(stage), set, options, error);

	note_all(stage);
	return result;
}

static enum inlay_result down(struct stage *stage, const struct inlay_set *set,
                              const struct inlay_options *options, struct inlay_error *error)
{
	struct inlay_rollback_scope last = inlay_rollback_last(1);
	enum inlay_result result =
	        inlay_rollback_postgres(stage_postgres(stage), set, &last, options, error);

	note_all(stage);
	return result;
}

static const struct catalog *look(struct stage *stage)
{
	struct place *place = stage->place;

	if (place->catalog == NULL || place->is_stale)
		place->catalog = catalog_postgres(stage->rehearsal->arena, place->connection,
		                                  place->catalog, STAGE_TABLE, &place->trouble);
	place->is_stale = false;
	return place->catalog;
}

static bool run(struct stage *stage, const char *sql)
{
	PGresult *result = PQexec(stage_postgres(stage), sql);
	bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	return is_good;
}

static void count(struct stage *stage, const char *query, int64_t *numbers, size_t size)
{
	PGresult *result = PQexec(stage_postgres(stage), query);
	bool is_good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
	size_t i;

	for (i = 0; i < size; i++) {
		long long number = -1;

		if (is_good)
			(void)sscanf(PQgetvalue(result, 0, (int)i), "%lld", &number);
		numbers[i] = number;
	}
	PQclear(result);
}

static const char *words(struct stage *stage)
{
	const struct place *place = stage->place;

	return place->trouble != NULL ? place->trouble : in_one_line(stage, stage_postgres(stage));
}

static const struct stage_driver driver = {
	.dialect = DIALECT_POSTGRES,
	.open = open_database,
	.close = close_database,
	.up = up,
	.down = down,
	.look = look,
	.run = run,
	.count = count,
	.words = words,
	.describe = rows_describe_postgres,
};

void rehearse_postgres(struct rehearsal *rehearsal)
{
	struct place place = { .connection = NULL };
	struct problem problem = {
		.rule = RULE_REHEARSAL_SERVER,
		.path = rehearsal->set->directory,
	};
	bool is_auto = strcmp(rehearsal->postgres, "auto") == 0;
	const char *trouble =
	        is_auto ? server_start(rehearsal->arena, &place.server)
	                : server_use(rehearsal->arena, &place.server, rehearsal->postgres);

	if (trouble != NULL)
		diagnostics_add(rehearsal->problems, problem, "%s", trouble);
	else
		play_rehearse(rehearsal, &driver, &place);
	server_stop(&place.server);
}
