/* rehearse_test.c - the rehearsal on SQLite: what it finds, where, in which words; and what it must
 * not find. */
#include "support/files.h"
#include "support/rehearsal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWO_TABLES                                                                                 \
	{                                                                                          \
		"001_a.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"      \
		             "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL\n"        \
		             "  REFERENCES p ON DELETE CASCADE);\n"                                \
	}

static const struct rehearsal_example examples[] = {
	/* --- rehearsal --- */
	{ "a column that is not there",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\n  CREATE INDEX x ON a (id, nn);\n" } },
	  "001_a.sql:2:28 [nn] rehearsal: no such column: nn\n",
	  NULL },
	{ "behind a CRLF, a tab and two-byte letters",
	  { { "001_a.sql", "-- \xc3\xa4\xc3\xb6\r\n\tCREATE TABLE \xc3\xa4 (id INTEGER);\r\n"
	                   "\tINSERT INTO \xc3\xa4 VALUES ('\xc3\xb6', nn);\r\n" } },
	  "001_a.sql:3:29 [nn] rehearsal: no such column: nn\n",
	  NULL },
	{ "nothing behind the one that fails",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\nDROP TABLE b;\n" },
	    { "002_b.sql", "DROP TABLE c;\n" } },
	  "001_a.sql:2:1 [DROP] rehearsal: no such table: b\n",
	  NULL },
	{ "a down script",
	  { { "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n-- migrate:down\n"
	                   "DROP TABLE aa;\n" },
	    { "002_b.sql", "CREATE TABLE b (id INTEGER);\nDROP TABLE bb;\n" } },
	  "001_a.sql:4:1 [DROP] rehearsal: no such table: aa\n"
	  "002_b.sql:2:1 [DROP] rehearsal: no such table: bb\n",
	  NULL },
	{ "a down script in a file of its own",
	  { { "001_a.down.sql", "\nDROP VIEW a;\n" },
	    { "001_a.up.sql", "CREATE TABLE a (id INTEGER);\n" } },
	  "001_a.down.sql:2:1 [DROP] rehearsal: use DROP TABLE to delete table a\n",
	  NULL },
	{ "a function nobody has",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER DEFAULT (soundslike('x')));\n"
	                   "INSERT INTO a VALUES (soundslike('y'));\n" } },
	  "001_a.sql:2:23 [soundslike] rehearsal: no such function: soundslike\n",
	  "-- inlay:requires soundslike -- " },
	{ "a collation nobody has",
	  { { "001_a.sql", "CREATE TABLE a (n TEXT COLLATE german);\n"
	                   "CREATE INDEX x ON a (n);\n" } },
	  "001_a.sql:1:1 [CREATE] rehearsal: no such collation sequence: german\n",
	  "-- inlay:requires german -- " },
	{ "a module nobody has",
	  { { "001_a.sql", "CREATE VIRTUAL TABLE a USING vec0(x);\n" } },
	  "001_a.sql:1:1 [CREATE] rehearsal: no such module: vec0\n",
	  "brings this module, say so in the file: -- inlay:requires vec0 -- " },
	{ "a repeatable migration",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\n" },
	    { "R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id, FROM a;\n" } },
	  "R__v.sql:2:29 [FROM] rehearsal: near \"FROM\": syntax error\n",
	  NULL },
	/* Near misses. */
	{ "all is well", { TWO_TABLES }, "", NULL },
	{ "foreign keys are on",
	  { { "001_a.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY);\n"
	                   "CREATE TABLE c (p INTEGER REFERENCES p);\n"
	                   "INSERT INTO c VALUES (1);\n" } },
	  "001_a.sql:3:1 [INSERT] rehearsal: FOREIGN KEY constraint failed\n",
	  NULL },
	{ "what is silenced", /* By a word about this statement. */
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\n"
	                   "-- inlay:ignore rehearsal -- the application has it\n"
	                   "DROP TABLE b;\n" } },
	  "",
	  NULL },

	/* --- rehearsal-down --- */
	{ "what down leaves behind, and what it takes too much",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER, n TEXT);\nCREATE INDEX x ON a (n);\n" },
	    { "002_b.sql", "-- migrate:up\nALTER TABLE a ADD COLUMN m TEXT;\n"
	                   "CREATE VIEW v AS SELECT n FROM a;\n-- migrate:down\n"
	                   "  DROP INDEX x;\nDROP VIEW v;\n" } },
	  "002_b.sql:5:3 [DROP] rehearsal-down: up and down do not lead back to the schema that "
	  "was "
	  "there: ~ table a: column m TEXT added; - index x\n",
	  "undo in the down script" },
	{ "a trigger, a view, a table, a CHECK",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\n" },
	    { "002_b.sql",
	      "-- migrate:up\nCREATE TABLE b (id INTEGER CHECK (id > 0));\nCREATE VIEW v AS SELECT "
	      "1;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;\n-- migrate:down\n"
	      "DROP TABLE a;\nCREATE TABLE a (id INTEGER CHECK (id > 1) DEFAULT 0);\n" } },
	  "002_b.sql:6:1 [DROP] rehearsal-down: up and down do not lead back to the schema that "
	  "was "
	  "there: ~ table a: column id INTEGER DEFAULT 0, and was INTEGER; ~ table a: check ( id > "
	  "1 "
	  ") added; + table b; + view v\n",
	  NULL },
	{ "an empty down script", /* It has no place to underline. */
	  { { "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n-- migrate:down\n" } },
	  "001_a.sql rehearsal-down: up and down do not lead back to the schema that was there: + "
	  "table a\n",
	  NULL },
	{ "the order of columns, layout, capitals and quotes do not count",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER, n TEXT, m TEXT CHECK (m <> 'x'));\n"
	                   "CREATE VIEW v AS SELECT id FROM a;\nCREATE INDEX x ON a (id);\n" },
	    { "002_b.sql", "-- migrate:up\nALTER TABLE a DROP COLUMN n;\nDROP VIEW v;\n"
	                   "DROP INDEX x;\nALTER TABLE a RENAME TO b;\n"
	                   "-- migrate:down\nALTER TABLE b RENAME TO a;\n"
	                   "ALTER TABLE a ADD COLUMN n text;\n"
	                   "create view \"v\" as select  id /* it */ from\na;\n"
	                   "CREATE INDEX x on \"a\"(id);\n" } },
	  "",
	  NULL },

	/* --- rehearsal-again --- */
	{ "up meets what down has left",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT);\n" },
	    { "002_b.sql", "-- migrate:up\nINSERT INTO a (id, n) VALUES (7, 'seven');\n"
	                   "-- migrate:down\nSELECT 1;\n" },
	    { "003_c.sql", "CREATE TABLE d (id INTEGER);\n" } },
	  "002_b.sql:2:1 [INSERT] rehearsal-again: after up and down, up fails: UNIQUE constraint "
	  "failed: a.id\n",
	  NULL },
	{ "a repeatable migration that runs once only",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n" },
	    { "R__v.sql", "CREATE VIEW v AS SELECT 1;\n" } },
	  "R__v.sql:1:13 [v] rehearsal-again: a repeatable migration runs again whenever its text "
	  "changes, and fails then: view v already exists\n",
	  NULL },
	{ "rows that down takes away",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT);\n" },
	    { "002_b.sql", "-- migrate:up\nINSERT INTO a (id, n) VALUES (7, 'seven');\n"
	                   "-- migrate:down\nDELETE FROM a WHERE id = 7;\n" },
	    { "R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT 1;\n" } },
	  "",
	  NULL },

	/* --- rehearsal-rows --- */
	{ "NOT NULL without a default",
	  { TWO_TABLES, { "002_b.sql", "ALTER TABLE c ADD COLUMN n INTEGER NOT NULL;\n" } },
	  "002_b.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n",
	  "give the column a constant DEFAULT" },
	{ "a default that is computed",
	  { TWO_TABLES,
	    { "002_b.sql", "ALTER TABLE p ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP;\n" } },
	  "002_b.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a "
	  "column "
	  "with non-constant default\n",
	  "fill it by UPDATE" },
	{ "one value for all, and a unique index on it",
	  { TWO_TABLES,
	    { "002_b.sql", "ALTER TABLE p ADD COLUMN code TEXT NOT NULL DEFAULT '';\n"
	                   "CREATE UNIQUE INDEX p_code ON p (code);\n" },
	    { "003_c.sql", "ALTER TABLE p ADD COLUMN more TEXT NOT NULL;\n" } },
	  "002_b.sql:2:1 [CREATE] rehearsal-rows: fails when the tables have rows: UNIQUE "
	  "constraint "
	  "failed: p.code\n"
	  "003_c.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n",
	  "each table had up to 3 rows" },
	{ "tables that are not easy to fill",
	  { { "001_a.sql",
	      "CREATE TABLE a (x TEXT NOT NULL CHECK (x IN ('red', 'green')), y INTEGER NOT NULL "
	      "CHECK (y BETWEEN 40 AND 42), z TEXT CHECK (length(z) = 5), w INTEGER GENERATED "
	      "ALWAYS AS (y + 1) STORED, PRIMARY KEY (x, y)) WITHOUT ROWID;\n"
	      "CREATE TABLE b (x TEXT NOT NULL, y INTEGER NOT NULL UNIQUE, v ANY, d DATE NOT NULL, "
	      "FOREIGN KEY (x, y) REFERENCES a);\n"
	      "CREATE TABLE s (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES s, "
	      "j TEXT NOT NULL CHECK (json_valid(j))) STRICT;\n"
	      "CREATE TABLE m (id INTEGER PRIMARY KEY, n INTEGER REFERENCES n);\n"
	      "CREATE TABLE n (id INTEGER PRIMARY KEY, m INTEGER NOT NULL REFERENCES m);\n" },
	    { "002_b.sql", "ALTER TABLE a ADD COLUMN q TEXT NOT NULL;\n" },
	    { "003_c.sql", "ALTER TABLE b ADD COLUMN q TEXT NOT NULL;\n" },
	    { "004_d.sql", "ALTER TABLE s ADD COLUMN q TEXT NOT NULL;\n" },
	    { "005_e.sql", "ALTER TABLE n ADD COLUMN q TEXT NOT NULL;\n" } },
	  "002_b.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n"
	  "003_c.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n"
	  "004_d.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n"
	  "005_e.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: Cannot add a NOT "
	  "NULL column with default value NULL\n",
	  NULL },
	{ "a down script",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT);\n" },
	    { "002_b.sql", "-- migrate:up\nALTER TABLE a DROP COLUMN n;\n-- migrate:down\n"
	                   "CREATE TABLE b (id INTEGER PRIMARY KEY, n TEXT NOT NULL);\n"
	                   "INSERT INTO b (id) SELECT id FROM a;\nDROP TABLE a;\n"
	                   "ALTER TABLE b RENAME TO a;\n" } },
	  "002_b.sql:4:1 [CREATE] rehearsal-down: up and down do not lead back to the schema that "
	  "was "
	  "there: ~ table a: column n TEXT NOT NULL, and was TEXT\n"
	  "002_b.sql:5:1 [INSERT] rehearsal-rows: fails when the tables have rows: NOT NULL "
	  "constraint "
	  "failed: b.n\n",
	  NULL },
	/* Near misses. */
	{ "values that only ours do not fit: a new CHECK, key and type",
	  { { "001_a.sql",
	      "CREATE TABLE a (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, r INTEGER);\n"
	      "CREATE TABLE q (id INTEGER PRIMARY KEY);\n"
	      "CREATE TABLE u (id INTEGER PRIMARY KEY, t TEXT NOT NULL);\n" },
	    { "002_b.sql",
	      "PRAGMA foreign_keys = off;\nCREATE TABLE b (id INTEGER PRIMARY KEY, kind TEXT NOT "
	      "NULL CHECK (kind IN ('x', 'y')), r INTEGER REFERENCES q);\nINSERT INTO b SELECT id, "
	      "kind, r FROM a;\nDROP TABLE a;\nALTER TABLE b RENAME TO a;\n" },
	    { "003_c.sql", "CREATE TABLE e (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;\n"
	                   "INSERT INTO e SELECT id, t FROM u;\n" } },
	  "",
	  NULL },
	{ "a constant default, and one that may be NULL",
	  { TWO_TABLES,
	    { "002_b.sql", "ALTER TABLE c ADD COLUMN n INTEGER NOT NULL DEFAULT 0;\n"
	                   "ALTER TABLE c ADD COLUMN m INTEGER;\n" } },
	  "",
	  NULL },
	{ "a table of these migrations that nothing has filled yet",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\nALTER TABLE a ADD COLUMN n TEXT NOT "
	                   "NULL;\n" } },
	  "",
	  NULL },

	/* --- rehearsal-lost --- */
	{ "a rebuild with foreign keys on",
	  { TWO_TABLES,
	    { "002_b.sql", "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT);\n"
	                   "INSERT INTO n SELECT * FROM p;\nDROP TABLE p;\n"
	                   "ALTER TABLE n RENAME TO p;\n" } },
	  "002_b.sql:3:1 [DROP] rehearsal-lost: 3 of 3 rows of c are gone after this, and the "
	  "table "
	  "stays\n",
	  "PRAGMA foreign_keys = off" },
	{ "the rebuild done right",
	  { TWO_TABLES,
	    { "002_b.sql", "PRAGMA foreign_keys = off;\n"
	                   "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT);\n"
	                   "INSERT INTO n SELECT * FROM p;\nDROP TABLE p;\n"
	                   "ALTER TABLE n RENAME TO p;\n" } },
	  "",
	  NULL },
	{ "rows that are deleted by name, and by a cascade of that",
	  { TWO_TABLES, { "002_b.sql", "DELETE FROM p WHERE id > 1;\n" } },
	  "",
	  NULL },
	{ "a table that goes, and one that is made anew",
	  { TWO_TABLES,
	    { "002_b.sql", "DROP TABLE c;\nDROP TABLE p;\n"
	                   "CREATE TABLE p (id INTEGER PRIMARY KEY);\n" } },
	  "",
	  NULL },

	/* --- rehearsal-stopped --- */
	{ "a function of the application",
	  { TWO_TABLES,
	    { "002_b.sql", "DROP TABLE c;\n-- migrate:call rehash\n" },
	    { "003_c.sql", "DROP TABLE nothere;\n" },
	    { "R__v.sql", "DROP TABLE nothere;\n" } },
	  "002_b.sql:2:17 [rehash] rehearsal-stopped: rehash() is the application's: 3 migrations "
	  "are "
	  "not rehearsed\n",
	  NULL },
	{ "one in a down script",
	  { { "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n-- migrate:down\n"
	                   "DROP TABLE a;\n-- migrate:call undo\n" } },
	  "001_a.sql:5:17 [undo] rehearsal-stopped: undo() is the application's: this down script "
	  "is "
	  "not rehearsed\n",
	  NULL },
	{ "one in a repeatable migration",
	  { { "001_a.sql", "CREATE TABLE a (id INTEGER);\n" },
	    { "R__v.sql", "-- migrate:call load\n" } },
	  "R__v.sql:1:17 [load] rehearsal-stopped: load() is the application's: repeatable "
	  "migrations "
	  "are not rehearsed\n",
	  NULL },
	{ "a module that the application brings",
	  { { "001_a.sql", "-- inlay:requires vec0 -- sqlite-vec is loaded by main()\n"
	                   "CREATE VIRTUAL TABLE a USING vec0(x);\n" } },
	  "001_a.sql:2:1 [CREATE] rehearsal-stopped: the module vec0 is the application's: 1 "
	  "migration "
	  "is not rehearsed\n",
	  NULL },
	{ "functions and collations that the application brings",
	  { { "001_a.sql", "-- inlay:requires soundslike, GERMAN -- text.c registers them\n"
	                   "CREATE TABLE a (n TEXT COLLATE german);\nCREATE INDEX x ON a (n);\n"
	                   "INSERT INTO a VALUES (soundslike('a', 1, 2)), ('b');\n" },
	    { "002_b.sql", "DROP TABLE b;\n" } },
	  "002_b.sql:1:1 [DROP] rehearsal: no such table: b\n",
	  NULL },
	{ "a file is not attached",
	  { { "001_a.sql", "-- migrate:up transaction:false\nCREATE TABLE a (id INTEGER);\n"
	                   "ATTACH 'rehearsal-must-not-make-this.db' AS other;\n"
	                   "CREATE TABLE other.a (id INTEGER);\n" } },
	  "001_a.sql:3:1 [ATTACH] rehearsal-stopped: a rehearsal does not open files, as ATTACH "
	  "and "
	  "VACUUM INTO do: 1 migration is not rehearsed\n",
	  NULL },
	{ "nor written to by VACUUM INTO",
	  { TWO_TABLES,
	    { "002_b.sql", "-- migrate:up transaction:false\n"
	                   "VACUUM INTO 'rehearsal-must-not-make-this.db';\n" } },
	  "002_b.sql:2:1 [VACUUM] rehearsal-stopped: a rehearsal does not open files, as ATTACH "
	  "and "
	  "VACUUM INTO do: 1 migration is not rehearsed\n",
	  NULL },
	{ "a memory is, and VACUUM runs",
	  { { "001_a.sql", "-- migrate:up transaction:false\nCREATE TABLE a (id INTEGER);\n"
	                   "ATTACH ':memory:' AS other;\nCREATE TABLE other.b (id INTEGER);\n"
	                   "VACUUM;\n" } },
	  "",
	  NULL },
	{ "limits of the process stay",
	  { { "001_a.sql",
	      "PRAGMA hard_heap_limit = 1;\nPRAGMA temp_store_directory = '/nowhere';\n"
	      "CREATE TABLE a (id INTEGER);\n" } },
	  "",
	  NULL },
};

static void says_what_it_finds(void **state)
{
	rehearse_example(*state, &(struct rehearsal_options){ .dialect = DIALECT_SQLITE });
}

/* --- Around it --- */

static char *rehearse(const struct set_file *files, const char *since)
{
	return rehearse_files(
	        files, &(struct rehearsal_options){ .dialect = DIALECT_SQLITE, .since = since },
	        NULL);
}

static void leaves_no_file(void **state)
{
	(void)state;
	assert_false(file_exists("rehearsal-must-not-make-this.db"));
}

/* Whoever runs the build may have an application's variables set. */
static void does_not_mind_the_environment(void **state)
{
	static const struct set_file files[] = { { "001_a.sql", "DROP TABLE a;\n" }, SET_END };
	char *received;

	(void)state;
	setenv("AUTO_MIGRATE", "off", 1);
	setenv("MIGRATION_DRY_RUN", "on", 1);
	setenv("MIGRATION_ROLLOUT", "nonsense", 1);
	received = rehearse(files, NULL);
	assert_string_equal(received, "001_a.sql:1:1 [DROP] rehearsal: no such table: a\n");
	free(received);
	unsetenv("AUTO_MIGRATE");
	unsetenv("MIGRATION_DRY_RUN");
	unsetenv("MIGRATION_ROLLOUT");
}

/* Behind a script that fails the rehearsal begins anew, but not for ever. */
static void goes_on_behind_failures(void **state)
{
	struct set_file files[52] = { { "001_a.sql",
		                        "CREATE TABLE a (id INTEGER PRIMARY KEY);\n" } };
	char *received;
	size_t lines = 0;

	(void)state;
	for (int i = 1; i < 51; i++)
		files[i] =
		        (struct set_file){ format("%03d_b.sql", i + 1),
			                   format("ALTER TABLE a ADD COLUMN c%d TEXT NOT NULL;\n",
			                          i) };
	received = rehearse(files, NULL);
	for (const char *at = received; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_non_null(strstr(received, "002_b.sql:1:1 [ALTER] rehearsal-rows: "));
	assert_non_null(strstr(received,
	                       "rehearsal-stopped: too many migrations fail: 9 migrations "
	                       "are not rehearsed with rows\n"));
	assert_int_equal(lines, 42);
	free(received);
	for (int i = 1; i < 51; i++) {
		free((void *)files[i].name);
		free((void *)files[i].content);
	}
}

static void writes_the_schema(void **state)
{
	static const struct set_file files[] = {
		{ "001_a.sql",
		  "CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a);\n"
		  "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT UNIQUE);\n"
		  "CREATE VIRTUAL TABLE f USING fts5(x);\n" },
		{ "002_b.sql",
		  "ALTER TABLE a RENAME COLUMN n TO name;\n"
		  "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b (a) VALUES "
		  "(new.id); END;\nCREATE INDEX x ON b (a);\nCREATE VIEW v AS SELECT id "
		  "FROM a;\n" },
		{ "R__w.sql", "DROP VIEW IF EXISTS w;\nCREATE VIEW w AS SELECT 1;\n" },
		SET_END
	};
	struct rehearsal_options options = { .dialect = DIALECT_SQLITE, .schema_out = "s.sql" };
	struct set_file again[] = { { "001_s.sql", NULL }, SET_END };
	char *schema = NULL, *second = NULL;

	(void)state;
	free(rehearse_files(files, &options, &schema));
	assert_string_equal(
	        schema,
	        "-- The schema that the migrations make, as SQLite tells it: by `inlay`.\n"
	        "\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE);\n"
	        "\nCREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a);\n"
	        "\nCREATE VIRTUAL TABLE f USING fts5(x);\n"
	        "\nCREATE INDEX x ON b (a);\n"
	        "\nCREATE VIEW v AS SELECT id FROM a;\n"
	        "\nCREATE VIEW w AS SELECT 1;\n"
	        "\nCREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b (a) VALUES "
	        "(new.id); END;\n");
	/* It is a script that makes the same schema. */
	again[0].content = schema;
	free(rehearse_files(again, &options, &second));
	assert_string_equal(second, schema);
	free(second);
	free(schema);
}

static void writes_no_schema_that_is_not_whole(void **state)
{
	static const struct set_file files[] = { { "001_a.sql", "DROP TABLE a;\n" }, SET_END };
	static const struct set_file whole[] = { { "001_a.sql", "CREATE TABLE a (n);\n" },
		                                 SET_END };
	struct rehearsal_options options = { .dialect = DIALECT_SQLITE, .schema_out = "s.sql" };
	char *schema = NULL;
	char *received;

	(void)state;
	free(rehearse_files(files, &options, &schema));
	assert_null(schema);
	options.schema_out = "nowhere/s.sql";
	received = rehearse_files(whole, &options, &schema);
	assert_null(schema);
	assert_non_null(strstr(received, "nowhere/s.sql schema-out: the schema can not be written: "
	                                 "No such file or directory\n"));
	free(received);
}

/* A history that nobody has locked: the last ones count. */
static void plays_the_last_thousand_one_by_one(void **state)
{
	enum {
		COUNT = 1002
	};
	struct set_file *files = calloc(COUNT + 1, sizeof(*files));
	char *received;

	(void)state;
	assert_non_null(files);
	for (int i = 0; i < COUNT; i++) {
		files[i].name = format("%04d_x.sql", i + 1);
		files[i].content = "-- migrate:up\nSELECT 1;\n";
	}
	/* One is too old to be tried back, the other is not. */
	files[1].content = files[2].content =
	        "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABLE a;\n";
	received = rehearse(files, "0");
	assert_non_null(strstr(received, " rehearsal-stopped: 2 migrations are applied in one go, "
	                                 "not up, down and up: more than the last 1000 are not "
	                                 "locked\n0003_x.sql:4:1 [DROP] rehearsal: "));
	assert_null(strstr(received, "0002_x.sql"));
	free(received);
	for (int i = 0; i < COUNT; i++)
		free((char *)(size_t)files[i].name);
	free(files);
}

/* What is released is applied as it is, and not tried with rows or back again. */
static void does_not_judge_what_is_released(void **state)
{
	static const struct set_file files[] = {
		{ "001_a.sql", "CREATE TABLE a (id INTEGER);\n" },
		{ "002_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n-- migrate:down\n"
		               "DROP TABLE nothere;\n" },
		{ "003_c.sql", "ALTER TABLE a ADD COLUMN n TEXT NOT NULL;\n" },
		SET_END
	};
	char *received = rehearse(files, "2");

	(void)state;
	assert_string_equal(received, "003_c.sql:1:1 [ALTER] rehearsal-rows: fails when the tables "
	                              "have rows: Cannot add a NOT NULL column with default value "
	                              "NULL\n");
	free(received);
}

int main(void)
{
	static struct CMUnitTest tests[sizeof(examples) / sizeof(examples[0]) + 20];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		tests[count++] = (struct CMUnitTest){ .name = examples[i].name,
			                              .test_func = says_what_it_finds,
			                              .initial_state = (void *)&examples[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(leaves_no_file);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(does_not_mind_the_environment);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(goes_on_behind_failures);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(writes_the_schema);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(writes_no_schema_that_is_not_whole);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(does_not_judge_what_is_released);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(plays_the_last_thousand_one_by_one);
	return _cmocka_run_group_tests("rehearse", tests, count, NULL, NULL);
}
