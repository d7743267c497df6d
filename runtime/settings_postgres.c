/* settings_postgres.c - the only file that knows how PostgreSQL's session settings are put back. */
#include "settings_postgres.h"

#include "format.h"

#include <stdlib.h>
#include <string.h>

/* The parameters of the transaction itself come and go with it. */
#define LISTED                                                                                     \
	"source = 'session' AND name NOT IN"                                                       \
	" ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')"

static const char query_sql[] =
        "SELECT 'u', SESSION_USER::text, pg_catalog.current_setting('role'),"
        " pg_catalog.pg_backend_pid()::text"
        " UNION ALL"
        " SELECT 's', name, setting, NULL FROM pg_catalog.pg_settings"
        " WHERE " LISTED " UNION ALL"
        " SELECT 'o', CASE relkind WHEN 'v' THEN 'DROP VIEW IF EXISTS '"
        " WHEN 'S' THEN 'DROP SEQUENCE IF EXISTS ' ELSE 'DROP TABLE IF EXISTS ' END"
        " || 'pg_temp.' || pg_catalog.quote_ident(relname) || ' CASCADE', NULL, NULL"
        " FROM pg_catalog.pg_class WHERE pg_catalog.pg_my_temp_schema() <> 0"
        " AND relkind IN ('r', 'p', 'v', 'S')"
        " AND relnamespace = pg_catalog.pg_my_temp_schema()"
        " UNION ALL"
        " SELECT 'o', 'DROP ROUTINE IF EXISTS pg_temp.' || pg_catalog.quote_ident(proname) || '('"
        " || pg_catalog.pg_get_function_identity_arguments(oid) || ') CASCADE', NULL, NULL"
        " FROM pg_catalog.pg_proc WHERE pg_catalog.pg_my_temp_schema() <> 0"
        " AND pronamespace = pg_catalog.pg_my_temp_schema()"
        " UNION ALL"
        " SELECT 'o', 'DEALLOCATE ' || pg_catalog.quote_ident(name), NULL, NULL"
        " FROM pg_catalog.pg_prepared_statements";

static void add_setting(struct settings *settings, const char *name, const char *value)
{
	const char *text = value != NULL ? value : "";
	size_t name_size = strlen(name) + 1;
	size_t value_size = strlen(text) + 1;
	struct setting *setting = malloc(sizeof(*setting) + name_size + value_size);

	if (setting == NULL) {
		settings->no_memory = true;
		return;
	}
	memcpy(setting->name, name, name_size);
	memcpy(setting->name + name_size, text, value_size);
	setting->value = setting->name + name_size;
	setting->is_object = value == NULL;
	setting->next = settings->first;
	settings->first = setting;
}

static void take_settings(void *context, const char *const *columns, uint32_t column_count)
{
	struct settings *settings = context;

	(void)column_count;
	if (columns[0][0] != 'u') {
		add_setting(settings, columns[1], columns[2]);
		return;
	}
	format_into(settings->user, sizeof(settings->user), "%s", columns[1]);
	format_into(settings->role, sizeof(settings->role), "%s", columns[2]);
	settings->backend = (int)strtol(columns[3], NULL, 10);
}

struct command settings_query(struct settings *settings)
{
	struct command command = { .sql = query_sql, .sql_size = sizeof(query_sql) - 1 };

	*settings = (struct settings){ .first = NULL };
	command.row = take_settings;
	command.context = settings;
	return command;
}

static enum outcome run(struct session *session, const char *sql, const char *first,
                        const char *second)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	command.parameters[0] = first;
	command.parameters[1] = second;
	command.parameter_count = first == NULL ? 0 : second == NULL ? 1 : 2;
	return session->driver->execute(session, &command);
}

void settings_destroy(struct settings *settings)
{
	struct setting *next;

	for (struct setting *setting = settings->first; setting != NULL; setting = next) {
		next = setting->next;
		free(setting);
	}
	*settings = (struct settings){ .first = NULL };
}

static const struct setting *find(const struct settings *settings, const char *name)
{
	for (const struct setting *next = settings->first; next != NULL; next = next->next)
		if (strcmp(next->name, name) == 0)
			return next;
	return NULL;
}

static enum outcome restore_value(struct session *session, const struct setting *setting)
{
	return run(session, "SELECT pg_catalog.set_config($1, $2, false)", setting->name,
	           setting->value);
}

/* Also where the session is read-only by default. */
static enum outcome drop(struct session *session, const char *sql)
{
	enum outcome outcome = run(session, "BEGIN READ WRITE", NULL, NULL);

	if (outcome == OUTCOME_DONE)
		outcome = run(session, sql, NULL, NULL);
	return outcome == OUTCOME_DONE ? run(session, "COMMIT", NULL, NULL) : outcome;
}

/* A parameter that had no value of its own gets the one it would have in a new session. */
static enum outcome forget(struct session *session, const struct setting *setting)
{
	char quoted[300];
	char sql[320];

	if (setting->is_object)
		return drop(session, setting->name);
	format_identifier(quoted, sizeof(quoted), setting->name);
	format_into(sql, sizeof(sql), "RESET %s", quoted);
	return run(session, sql, NULL, NULL);
}

/* The user first: choosing one takes the role away, and only its rights allow the rest. */
static enum outcome restore_user(struct session *session, const struct settings *settings,
                                 const struct settings *found)
{
	enum outcome outcome = OUTCOME_DONE;
	bool other_user = strcmp(found->user, settings->user) != 0;

	if (other_user)
		outcome = run(session,
		              "SELECT pg_catalog.set_config('session_authorization', $1, false)",
		              settings->user, NULL);
	if (outcome == OUTCOME_DONE && (other_user || strcmp(found->role, settings->role) != 0))
		outcome = run(session, "SELECT pg_catalog.set_config('role', $1, false)",
		              settings->role, NULL);
	return outcome;
}

static enum outcome restore_values(struct session *session, const struct settings *settings,
                                   const struct settings *found)
{
	enum outcome outcome = OUTCOME_DONE;

	for (const struct setting *next = found->first; next != NULL; next = next->next)
		if (outcome == OUTCOME_DONE && find(settings, next->name) == NULL)
			outcome = forget(session, next);
	for (const struct setting *next = settings->first; next != NULL; next = next->next) {
		const struct setting *now = find(found, next->name);

		if (outcome == OUTCOME_DONE && !next->is_object &&
		    (now == NULL || strcmp(now->value, next->value) != 0))
			outcome = restore_value(session, next);
	}
	return outcome;
}

enum outcome settings_restore(struct session *session, const struct settings *settings,
                              const struct settings *found)
{
	enum outcome outcome = restore_user(session, settings, found);

	return outcome == OUTCOME_DONE ? restore_values(session, settings, found) : outcome;
}

/* A parameter of our own holds all others, and ends with the transaction. */
#define NOTE "inlay.settings"
enum outcome settings_send_note(struct session *session)
{
	static const char sql[] = "SELECT pg_catalog.set_config('" NOTE "', COALESCE((SELECT"
	                          " CAST(pg_catalog.json_object_agg(name, setting) AS TEXT)"
	                          " FROM pg_catalog.pg_settings WHERE " LISTED "), '{}'), true)";
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };

	return session->driver->send(session, &command);
}

/* RESET ALL forgets the note too: then every parameter gets the value of a new session. */
enum outcome settings_send_restore(struct session *session, const struct settings *settings)
{
	static const char sql[] =
	        "SELECT CASE WHEN SESSION_USER::text <> $1 THEN"
	        " pg_catalog.set_config('session_authorization', $1, false) END,"
	        " CASE WHEN pg_catalog.current_setting('role') <> $2 THEN"
	        " pg_catalog.set_config('role', $2, false) END,"
	        " (SELECT COUNT(pg_catalog.set_config(s.name, COALESCE(n.value, s.reset_val), "
	        "false))"
	        " FROM pg_catalog.pg_settings s LEFT JOIN pg_catalog.json_each_text(CAST(COALESCE("
	        "NULLIF(pg_catalog.current_setting('" NOTE "', true), ''), '{}') AS json)) n"
	        " ON n.key = s.name WHERE s." LISTED
	        " AND s.setting IS DISTINCT FROM COALESCE(n.value, s.reset_val))";
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };

	command.parameters[0] = settings->user;
	command.parameters[1] = settings->role;
	command.parameter_count = 2;
	return session->driver->send(session, &command);
}

enum outcome settings_take_role(struct session *session, const struct settings *settings)
{
	static const char sql[] = "SELECT CASE WHEN SESSION_USER::text <> $1 THEN"
	                          " pg_catalog.set_config('session_authorization', $1, true) END,"
	                          " CASE WHEN pg_catalog.current_setting('role') <> $2 THEN"
	                          " pg_catalog.set_config('role', $2, true) END,"
	                          " pg_catalog.set_config('client_encoding', 'UTF8', true)";
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };

	command.parameters[0] = settings->user;
	command.parameters[1] = settings->role;
	command.parameter_count = 2;
	return session->driver->send(session, &command);
}
