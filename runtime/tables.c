/* tables.c - the tracking tables' shape. */
#include "tables.h"

#include <stddef.h>

/* Where the two dialects part. */
struct words {
	const char *now;
	const char *version_type;
	const char *time_type;
	const char *sequence_type;
};

static const struct words *words_of(const struct tracking *tracking)
{
	static const struct words sqlite = {
		.now = "CURRENT_TIMESTAMP",
		.version_type = "INTEGER",
		.time_type = "TEXT",
		.sequence_type = "INTEGER PRIMARY KEY",
	};
	static const struct words postgres = {
		.now = "pg_catalog.clock_timestamp()",
		.version_type = "BIGINT",
		.time_type = "TIMESTAMPTZ",
		.sequence_type = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
	};

	return tracking_is_postgres(tracking) ? &postgres : &sqlite;
}

static enum outcome create_schema(struct tracking *tracking)
{
	struct command command = { .row = NULL };
	char schema[TRACKING_NAME_SIZE_MAX];

	format_identifier(schema, sizeof(schema), tracking->schema);
	return tracking_send(tracking, &command, "CREATE SCHEMA IF NOT EXISTS %s", schema);
}

static enum outcome create_table(struct tracking *tracking)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	return tracking_send(tracking, &command,
	                     "CREATE TABLE IF NOT EXISTS %s (\n"
	                     " version %s NOT NULL PRIMARY KEY,\n"
	                     " filename TEXT NOT NULL,\n"
	                     " applied_at %s NOT NULL DEFAULT %s,\n"
	                     " checksum TEXT NOT NULL,\n"
	                     " source_checksum TEXT NOT NULL,\n"
	                     " chain TEXT NOT NULL,\n"
	                     " previous TEXT NOT NULL UNIQUE,\n"
	                     " floor BIGINT NOT NULL DEFAULT 0,\n"
	                     " status TEXT NOT NULL DEFAULT 'applied',\n"
	                     " direction TEXT NOT NULL DEFAULT 'up',\n"
	                     " progress INTEGER,\n"
	                     " attempt INTEGER NOT NULL DEFAULT 1,\n"
	                     " duration_ms BIGINT,\n"
	                     " inlay_version TEXT,\n"
	                     " actor TEXT,\n"
	                     " backend TEXT,\n"
	                     " up TEXT,\n"
	                     " down TEXT)",
	                     tracking->name, words->version_type, words->time_type, words->now);
}

static enum outcome create_log(struct tracking *tracking)
{
	const struct words *words = words_of(tracking);
	struct command command = { .row = NULL };

	return tracking_send(tracking, &command,
	                     "CREATE TABLE IF NOT EXISTS %s (\n"
	                     " sequence %s,\n"
	                     " version BIGINT NOT NULL,\n"
	                     " filename TEXT NOT NULL,\n"
	                     " action TEXT NOT NULL,\n"
	                     " direction TEXT NOT NULL,\n"
	                     " happened_at %s NOT NULL DEFAULT %s,\n"
	                     " duration_ms BIGINT,\n"
	                     " checksum TEXT,\n"
	                     " actor TEXT,\n"
	                     " message TEXT)",
	                     tracking->log_name, words->sequence_type, words->time_type,
	                     words->now);
}

static enum outcome create_state(struct tracking *tracking)
{
	struct command command = { .row = NULL };

	return tracking_send(tracking, &command,
	                     "CREATE TABLE IF NOT EXISTS %s (\n"
	                     " id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),\n"
	                     " format INTEGER NOT NULL,\n"
	                     " repeatables TEXT NOT NULL DEFAULT '',\n"
	                     " fingerprint TEXT NOT NULL DEFAULT '')",
	                     tracking->state_name);
}

static enum outcome fill_state(struct tracking *tracking)
{
	struct command command = { .row = NULL };

	return tracking_send(tracking, &command,
	                     "INSERT INTO %s (id, format) SELECT 1, %d"
	                     " WHERE NOT EXISTS (SELECT 1 FROM %s)",
	                     tracking->state_name, TRACKING_FORMAT, tracking->state_name);
}

/* What is made in this order, and when there is no need. */
static const struct creation {
	enum outcome (*send)(struct tracking *tracking);
	size_t exists; /* Offset of a bool in struct tracking. */
} creations[] = {
	{ create_schema, offsetof(struct tracking, schema_exists) },
	{ create_table, offsetof(struct tracking, exists) },
	{ create_log, offsetof(struct tracking, log_exists) },
	{ create_state, offsetof(struct tracking, state_exists) },
	{ fill_state, offsetof(struct tracking, state_exists) },
};
#define CREATION_COUNT (sizeof(creations) / sizeof(creations[0]))

static bool is_there(const struct tracking *tracking, const struct creation *creation)
{
	return *(const bool *)((const char *)tracking + creation->exists);
}

enum outcome tables_send_create(struct tracking *tracking)
{
	enum outcome outcome = OUTCOME_DONE;

	for (size_t i = 0; i < CREATION_COUNT && outcome == OUTCOME_DONE; i++)
		if (!is_there(tracking, &creations[i]))
			outcome = creations[i].send(tracking);
	return outcome;
}

static enum outcome create_alone(struct tracking *tracking, const struct creation *creation)
{
	const struct driver *driver = tracking->session->driver;
	enum outcome outcome = driver->begin(tracking->session, 0);

	if (outcome == OUTCOME_DONE)
		outcome = creation->send(tracking);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(tracking->session);
	outcome = driver_finish(tracking->session, outcome);
	if (outcome != OUTCOME_DONE)
		driver->rollback(tracking->session);
	return outcome;
}

enum outcome tables_bootstrap(struct tracking *tracking)
{
	enum outcome outcome = OUTCOME_DONE;

	for (size_t i = 0; i < CREATION_COUNT && outcome == OUTCOME_DONE; i++) {
		if (is_there(tracking, &creations[i]))
			continue;
		outcome = create_alone(tracking, &creations[i]);
		/* Somebody else made it at the same moment. */
		if (outcome == OUTCOME_CONFLICT || outcome == OUTCOME_BUSY)
			outcome = OUTCOME_DONE;
	}
	return outcome;
}

void tables_set_created(struct tracking *tracking)
{
	tracking->schema_exists = true;
	tracking->exists = true;
	tracking->log_exists = true;
	tracking->state_exists = true;
}
