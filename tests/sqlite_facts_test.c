/* sqlite_facts_test.c - what the rules say of SQLite, asked of SQLite: each change is run by the
 * runtime on empty tables and on tables with rows, and what comes of it is compared with what the
 * rule claims; the rule is asked whether it finds the change; and what it advises is run. */
#include "support/database.h"

#include "check.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

enum outcome {
	WORKS,
	FAILS
};

struct fact {
	const char *rule; /* That finds the change, or, with a "!" before it, that must not. */
	const char *before;
	const char *rows;
	const char *change;
	enum outcome empty; /* Without the rows. */
	enum outcome full;
	const char *then;   /* What is asked of the database with rows afterwards; or NULL. */
	const char *answer; /* Its rows, or what its error says. */
};

#define ACCOUNT         "CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT);"
#define ACCOUNT_ROW     "INSERT INTO account (id, name) VALUES (1, 'ann');"
#define ADD(definition) ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account ADD COLUMN " definition ";"

#define TWO_COLUMNS(definition, rest) "CREATE TABLE t (" definition ", b TEXT);" rest
#define DROP_A                        "ALTER TABLE t DROP COLUMN a;"
#define T_ROW                         "INSERT INTO t DEFAULT VALUES;"

#define PARENT(action)                                                                             \
	"CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"                                 \
	"CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent " action     \
	");"
#define PARENT_ROWS "INSERT INTO parent VALUES (1, 'p'); INSERT INTO child VALUES (1, 1), (2, 1);"
#define REBUILD                                                                                    \
	"CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"                    \
	"INSERT INTO new_parent (id, name) SELECT id, name FROM parent;"                           \
	"DROP TABLE parent;"                                                                       \
	"ALTER TABLE new_parent RENAME TO parent;"
#define KEYS_OFF "PRAGMA foreign_keys = off;"

static const struct fact add_column[] = {
	{ "add-column-on-rows", ADD("c TEXT NOT NULL"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT NOT NULL DEFAULT NULL"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT NOT NULL DEFAULT (NULL)"), WORKS, FAILS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT NOT NULL DEFAULT ''"), WORKS, WORKS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT DEFAULT CURRENT_TIMESTAMP"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT DEFAULT (current_date)"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT DEFAULT (random())"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT DEFAULT (1 + 1)"), WORKS, FAILS, NULL, NULL },
	{ "add-column-on-rows", ADD("c TEXT DEFAULT ('a' || 'b')"), WORKS, FAILS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c INTEGER DEFAULT -1"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c INTEGER DEFAULT (- 1)"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c INTEGER DEFAULT ((1.5))"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT DEFAULT (x'00')"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT DEFAULT TRUE"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT DEFAULT (CAST('1' AS INTEGER))"), WORKS, WORKS, NULL,
	  NULL },
	{ "add-column-on-rows", ADD("c TEXT AS (name) STORED"), WORKS, FAILS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT AS (name) VIRTUAL"), WORKS, WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT NOT NULL AS (name)"), WORKS, WORKS, NULL, NULL },
	{ "add-column-on-rows", ADD("c INTEGER DEFAULT 1 REFERENCES account"), WORKS, FAILS, NULL,
	  NULL },
	{ "!add-column-on-rows", ADD("c INTEGER DEFAULT NULL REFERENCES account"), WORKS, WORKS,
	  NULL, NULL },
	{ "!add-column-on-rows", ACCOUNT, ACCOUNT_ROW,
	  KEYS_OFF "ALTER TABLE account ADD COLUMN c INTEGER DEFAULT 1 REFERENCES account;", WORKS,
	  WORKS, NULL, NULL },
	{ "!add-column-on-rows", ADD("c TEXT CHECK (c > 0)"), WORKS, WORKS, NULL, NULL },
	{ "add-column-illegal", ADD("c TEXT UNIQUE"), FAILS, FAILS, NULL, NULL },
	{ "add-column-illegal", ADD("c INTEGER PRIMARY KEY"), FAILS, FAILS, NULL, NULL },
	{ "!add-column-illegal", ADD("c TEXT COLLATE nocase"), WORKS, WORKS, NULL, NULL },
};

static const struct fact drop_column[] = {
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT PRIMARY KEY", ""), T_ROW, DROP_A, FAILS, FAILS,
	  NULL, NULL },
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT UNIQUE", ""), T_ROW, DROP_A, FAILS, FAILS, NULL,
	  NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT, b TEXT, UNIQUE (b, a));", T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT, b TEXT, CHECK (a <> b));", T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT, b TEXT CHECK (a <> b));", T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "!drop-column-in-use", TWO_COLUMNS("a TEXT CHECK (a <> '')", ""), T_ROW, DROP_A, WORKS,
	  WORKS, NULL, NULL },
	{ "!drop-column-in-use", ACCOUNT TWO_COLUMNS("a TEXT REFERENCES account", ""), T_ROW,
	  DROP_A, WORKS, WORKS, NULL, NULL },
	{ "drop-column-in-use",
	  ACCOUNT "CREATE TABLE t (a TEXT, b TEXT, FOREIGN KEY (a) REFERENCES account);", T_ROW,
	  DROP_A, FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE INDEX i ON t (a);"), T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE INDEX i ON t (lower(a));"), T_ROW,
	  DROP_A, FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE INDEX i ON t (b) WHERE a > 1;"),
	  T_ROW, DROP_A, FAILS, FAILS, NULL, NULL },
	{ "!drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE INDEX i ON t (b);"), T_ROW, DROP_A,
	  WORKS, WORKS, NULL, NULL },
	{ "!drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE INDEX i ON t (a);"), T_ROW,
	  "DROP INDEX i;" DROP_A, WORKS, WORKS, NULL, NULL },
	{ "drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE VIEW v AS SELECT a FROM t;"), T_ROW,
	  DROP_A, FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use",
	  TWO_COLUMNS("a TEXT", "CREATE VIEW v AS SELECT b FROM t AS x WHERE x.a > 1;"), T_ROW,
	  DROP_A, FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use",
	  TWO_COLUMNS("a TEXT", "CREATE VIEW v AS SELECT b FROM t ORDER BY a;"), T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "!drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE VIEW v AS SELECT * FROM t;"), T_ROW,
	  DROP_A, WORKS, WORKS, NULL, NULL },
	{ "!drop-column-in-use", TWO_COLUMNS("a TEXT", "CREATE VIEW v AS SELECT b AS a FROM t;"),
	  T_ROW, DROP_A, WORKS, WORKS, NULL, NULL },
	{ "!drop-column-in-use",
	  TWO_COLUMNS("a TEXT", "CREATE TABLE o (a TEXT); CREATE VIEW v AS SELECT o.a FROM t, o;"),
	  T_ROW, DROP_A, WORKS, WORKS, NULL, NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT, b TEXT, c TEXT AS (a || b));", T_ROW,
	  DROP_A, FAILS, FAILS, NULL, NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT);", T_ROW, DROP_A, FAILS, FAILS, NULL,
	  NULL },
	{ "drop-column-in-use", "CREATE TABLE t (a TEXT, b TEXT AS (1));", T_ROW, DROP_A, FAILS,
	  FAILS, NULL, NULL },
};

#define TRIGGER(event, body)                                                                       \
	TWO_COLUMNS("a TEXT", "CREATE TABLE o (x TEXT);"                                           \
	                      "CREATE TRIGGER r " event " BEGIN " body "; END;")

static const struct fact triggers[] = {
	{ "drop-column-breaks-trigger", TRIGGER("AFTER INSERT ON t", "UPDATE t SET a = 1"), T_ROW,
	  DROP_A, WORKS, WORKS, T_ROW, "no such column: a" },
	{ "drop-column-breaks-trigger",
	  TRIGGER("AFTER INSERT ON o", "INSERT INTO t (a) VALUES (1)"), T_ROW, DROP_A, WORKS, WORKS,
	  "INSERT INTO o VALUES (1)", "table t has no column named a" },
	{ "drop-column-breaks-trigger",
	  TRIGGER("AFTER INSERT ON t", "INSERT INTO o VALUES (NEW.a)"), T_ROW, DROP_A, FAILS, FAILS,
	  NULL, NULL },
	{ "drop-column-breaks-trigger",
	  TRIGGER("AFTER UPDATE ON t WHEN OLD.a = 1", "INSERT INTO o VALUES (1)"), T_ROW, DROP_A,
	  FAILS, FAILS, NULL, NULL },
	{ "!drop-column-breaks-trigger",
	  TRIGGER("AFTER UPDATE OF a ON t", "INSERT INTO o VALUES (1)"), T_ROW, DROP_A, WORKS,
	  WORKS, "UPDATE t SET b = 1", "" },
	{ "!drop-column-breaks-trigger", TRIGGER("AFTER INSERT ON t", "UPDATE t SET b = 'a'"),
	  T_ROW, DROP_A, WORKS, WORKS, T_ROW, "" },
	{ "rename-behind-broken", ACCOUNT "CREATE VIEW v AS SELECT name FROM account;", ACCOUNT_ROW,
	  "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT);"
	  "INSERT INTO n (id, name) SELECT id, name FROM account;"
	  "DROP TABLE account; ALTER TABLE n RENAME TO account;",
	  FAILS, FAILS, NULL, NULL },
	{ "rename-behind-broken",
	  ACCOUNT "CREATE TABLE o (x TEXT); CREATE TRIGGER r AFTER INSERT ON o"
	          " BEGIN UPDATE account SET name = 1; END;",
	  ACCOUNT_ROW, "DROP TABLE account; ALTER TABLE o RENAME COLUMN x TO y;", FAILS, FAILS,
	  NULL, NULL },
	{ "!rename-behind-broken", ACCOUNT "CREATE VIEW v AS SELECT name FROM account;",
	  ACCOUNT_ROW,
	  "PRAGMA legacy_alter_table = on;"
	  "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT);"
	  "INSERT INTO n (id, name) SELECT id, name FROM account;"
	  "DROP TABLE account; ALTER TABLE n RENAME TO account;",
	  WORKS, WORKS, "SELECT name FROM v", "ann" },
	{ "!rename-behind-broken", ACCOUNT "CREATE VIEW v AS SELECT name FROM account;",
	  ACCOUNT_ROW,
	  "DROP TABLE account; CREATE TABLE n (a TEXT); ALTER TABLE n ADD COLUMN b TEXT;", WORKS,
	  WORKS, NULL, NULL },
};

#define UNSUPPORTED(change)                                                                        \
	{                                                                                          \
		"unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account " change ";",      \
		        FAILS, FAILS, NULL, NULL                                                   \
	}

static const struct fact alter[] = {
	UNSUPPORTED("ALTER COLUMN name TYPE TEXT"),
	UNSUPPORTED("ALTER COLUMN name SET DEFAULT 'x'"),
	UNSUPPORTED("ALTER COLUMN name DROP DEFAULT"),
	UNSUPPORTED("ADD CONSTRAINT u UNIQUE (name)"),
	UNSUPPORTED("ADD FOREIGN KEY (id) REFERENCES account"),
	UNSUPPORTED("ADD PRIMARY KEY (name)"),
	UNSUPPORTED("ADD COLUMN a TEXT, ADD COLUMN b TEXT"),
	UNSUPPORTED("ADD COLUMN IF NOT EXISTS a TEXT"),
	UNSUPPORTED("DROP COLUMN IF EXISTS name"),
	UNSUPPORTED("DROP COLUMN name CASCADE"),
	UNSUPPORTED("RENAME CONSTRAINT a TO b"),
	UNSUPPORTED("OWNER TO somebody"),
	{ "unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE IF EXISTS account ADD COLUMN a;",
	  FAILS, FAILS, NULL, NULL },
	{ "unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE ONLY account ADD COLUMN a TEXT;",
	  FAILS, FAILS, NULL, NULL },
	{ "!unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account RENAME name TO n;",
	  WORKS, WORKS, NULL, NULL },
	{ "!unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account DROP name;", WORKS,
	  WORKS, NULL, NULL },
	{ "!unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account ADD c TEXT;", WORKS,
	  WORKS, NULL, NULL },
	{ "!unsupported-alter", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account RENAME TO people;",
	  WORKS, WORKS, NULL, NULL },
};

/* What newer ones can do. */
static const struct fact before_3_53[] = {
	UNSUPPORTED("ADD CONSTRAINT short CHECK (length(name) < 80)"),
	UNSUPPORTED("ADD CHECK (length(name) < 80)"),
	UNSUPPORTED("ALTER COLUMN name SET NOT NULL"),
	UNSUPPORTED("ALTER name DROP NOT NULL"),
	{ "unsupported-alter",
	  "CREATE TABLE account (id INTEGER, name TEXT DEFAULT ('x') NOT NULL CHECK (name <> ''),"
	  " CONSTRAINT positive CHECK (id > 0), UNIQUE (name));"
	  "CREATE INDEX i ON account (lower(name), id DESC) WHERE id > 3;",
	  ACCOUNT_ROW, "ALTER TABLE account DROP CONSTRAINT positive;", FAILS, FAILS, NULL, NULL },
	{ "unsupported-alter",
	  "CREATE TABLE account (id INTEGER, name TEXT DEFAULT ('x') NOT NULL CHECK (name <> ''));"
	  "CREATE VIEW v AS SELECT name FROM account;"
	  "CREATE TABLE o (x TEXT); CREATE TRIGGER r AFTER INSERT ON o"
	  " BEGIN UPDATE account SET name = 1; END;",
	  ACCOUNT_ROW, "ALTER TABLE account ALTER COLUMN name DROP NOT NULL;", FAILS, FAILS, NULL,
	  NULL },
};

#define CHILDREN "SELECT id, parent FROM child ORDER BY id"

static const struct fact rebuilds[] = {
	{ "rebuild-cascades", PARENT("ON DELETE CASCADE"), PARENT_ROWS, REBUILD, WORKS, WORKS,
	  CHILDREN, "" },
	{ "rebuild-cascades", PARENT("ON DELETE CASCADE"), PARENT_ROWS,
	  "PRAGMA defer_foreign_keys = on;" REBUILD, WORKS, WORKS, CHILDREN, "" },
	{ "rebuild-cascades", PARENT("ON DELETE SET NULL"), PARENT_ROWS, REBUILD, WORKS, WORKS,
	  CHILDREN, "1|NULL\n2|NULL" },
	{ "rebuild-cascades", PARENT("ON DELETE SET DEFAULT"), PARENT_ROWS, REBUILD, WORKS, WORKS,
	  CHILDREN, "1|NULL\n2|NULL" },
	{ "rebuild-cascades", PARENT(""), PARENT_ROWS, REBUILD, WORKS, FAILS, NULL, NULL },
	{ "rebuild-cascades", PARENT("ON DELETE RESTRICT"), PARENT_ROWS, REBUILD, WORKS, FAILS,
	  NULL, NULL },
	{ "!rebuild-cascades", PARENT("ON DELETE CASCADE"), PARENT_ROWS, KEYS_OFF REBUILD, WORKS,
	  WORKS, CHILDREN, "1|1\n2|1" },
	{ "!rebuild-cascades", "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);",
	  "INSERT INTO parent VALUES (1, 'p');", REBUILD, WORKS, WORKS, "SELECT * FROM parent",
	  "1|p" },
	{ "rebuild-cascades",
	  "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t ON DELETE CASCADE);",
	  "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2);",
	  "CREATE TABLE n (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t ON DELETE CASCADE);"
	  "INSERT INTO n (id, up) SELECT id, up FROM t;"
	  "DROP TABLE t; ALTER TABLE n RENAME TO t;",
	  WORKS, WORKS, "SELECT id FROM t ORDER BY id", "1" },
	{ "rebuild-order", PARENT(""), PARENT_ROWS,
	  KEYS_OFF "ALTER TABLE parent RENAME TO old;"
	           "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"
	           "INSERT INTO parent (id, name) SELECT id, name FROM old; DROP TABLE old;",
	  WORKS, FAILS, NULL, NULL },
	{ "rebuild-order",
	  "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"
	  "CREATE VIEW v AS SELECT name FROM parent;",
	  "INSERT INTO parent VALUES (1, 'p');",
	  "ALTER TABLE parent RENAME TO old;"
	  "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"
	  "INSERT INTO parent (id, name) SELECT id, name FROM old; DROP TABLE old;",
	  WORKS, WORKS, "SELECT * FROM v", "no such table: main.old" },
	{ "!rebuild-order", PARENT(""), PARENT_ROWS,
	  KEYS_OFF "PRAGMA legacy_alter_table = on;"
	           "ALTER TABLE parent RENAME TO old;"
	           "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"
	           "INSERT INTO parent (id, name) SELECT id, name FROM old; DROP TABLE old;",
	  WORKS, WORKS,
	  "SELECT sql LIKE '%REFERENCES parent %' FROM sqlite_schema WHERE name = 'child'", "1" },
	{ "rebuild-loses",
	  "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);"
	  "CREATE INDEX i ON parent (name);"
	  "CREATE TRIGGER r AFTER INSERT ON parent BEGIN SELECT 1; END;",
	  "INSERT INTO parent VALUES (1, 'p');", REBUILD, WORKS, WORKS,
	  "SELECT count(*) FROM sqlite_schema WHERE name IN ('i', 'r')", "0" },
	{ "rebuild-resets-sequence",
	  "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);",
	  "INSERT INTO t VALUES (3, 'a'), (7, 'b'); DELETE FROM t WHERE id = 7;",
	  "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
	  "INSERT INTO n (id, a) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
	  WORKS, WORKS, "SELECT seq FROM sqlite_sequence WHERE name = 't'", "3" },
	{ "!rebuild-resets-sequence",
	  "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);",
	  "INSERT INTO t VALUES (3, 'a'), (7, 'b'); DELETE FROM t;",
	  "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
	  "INSERT INTO n (id, a) SELECT id, a FROM t;"
	  "DELETE FROM sqlite_sequence WHERE name = 'n';"
	  "INSERT INTO sqlite_sequence (name, seq)"
	  " SELECT 'n', seq FROM sqlite_sequence WHERE name = 't';"
	  "DROP TABLE t; ALTER TABLE n RENAME TO t;",
	  WORKS, WORKS, "SELECT seq FROM sqlite_sequence WHERE name = 't'", "7" },
};

#define CREATE(rule, definition, outcome, then, answer)                                            \
	{                                                                                          \
		rule, ACCOUNT, ACCOUNT_ROW, "CREATE TABLE x (" definition ";", outcome, outcome,   \
		        then, answer                                                               \
	}
#define NULL_IDS "INSERT INTO x (b) VALUES (1), (2); SELECT count(*) FROM x WHERE a IS NULL"

static const struct fact tables[] = {
	CREATE("int-primary-key", "a INT PRIMARY KEY, b TEXT)", WORKS, NULL_IDS, "2"),
	CREATE("int-primary-key", "a INTEGER(11) PRIMARY KEY, b TEXT)", WORKS, NULL_IDS, "2"),
	CREATE("int-primary-key", "a INTEGER AUTO_INCREMENT PRIMARY KEY, b TEXT)", WORKS, NULL_IDS,
	       "2"),
	CREATE("int-primary-key", "a BIGINT, b TEXT, PRIMARY KEY (a))", WORKS, NULL_IDS, "2"),
	CREATE("!int-primary-key", "a INTEGER PRIMARY KEY, b TEXT)", WORKS, NULL_IDS, "0"),
	CREATE("!int-primary-key", "a INTEGER, b TEXT, PRIMARY KEY (a))", WORKS, NULL_IDS, "0"),
	CREATE("!int-primary-key", "a INT NOT NULL PRIMARY KEY, b TEXT)", WORKS, NULL_IDS,
	       "NOT NULL constraint failed: x.a"),
	CREATE("!int-primary-key", "a INT PRIMARY KEY, b TEXT) STRICT", WORKS, NULL_IDS,
	       "NOT NULL constraint failed: x.a"),
	CREATE("!int-primary-key", "a INT PRIMARY KEY, b TEXT) WITHOUT ROWID", WORKS, NULL_IDS,
	       "NOT NULL constraint failed: x.a"),
	CREATE("autoincrement", "a INT PRIMARY KEY AUTOINCREMENT, b TEXT)", FAILS, NULL, NULL),
	CREATE("autoincrement", "a INTEGER PRIMARY KEY DESC AUTOINCREMENT, b TEXT)", FAILS, NULL,
	       NULL),
	CREATE("autoincrement", "a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT) WITHOUT ROWID", FAILS,
	       NULL, NULL),
	CREATE("!autoincrement", "a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT)", WORKS, NULL, NULL),
	CREATE("!autoincrement", "a INTEGER, b TEXT, PRIMARY KEY (a AUTOINCREMENT))", WORKS, NULL,
	       NULL),
	CREATE("strict-type", "a VARCHAR(10)) STRICT", FAILS, NULL, NULL),
	CREATE("strict-type", "a) STRICT", FAILS, NULL, NULL),
	CREATE("strict-type", "a DATETIME) STRICT", FAILS, NULL, NULL),
	CREATE("strict-type", "a INT(5)) STRICT", FAILS, NULL, NULL),
	CREATE("!strict-type", "a INT, b INTEGER, c REAL, d TEXT, e BLOB, f ANY) STRICT", WORKS,
	       NULL, NULL),
	CREATE("misleading-type", "a STRING)", WORKS,
	       "INSERT INTO x VALUES ('007'); SELECT a FROM x", "7"),
	CREATE("misleading-type", "a FLOATING POINT)", WORKS,
	       "INSERT INTO x VALUES (1.0); SELECT typeof(a) FROM x", "integer"),
	CREATE("!misleading-type", "a VARCHAR(10))", WORKS,
	       "INSERT INTO x VALUES ('007'); SELECT a FROM x", "007"),
	CREATE("foreign-key-target", "a TEXT REFERENCES account (name))", WORKS,
	       "INSERT INTO x VALUES ('ann')",
	       "foreign key mismatch - \"x\" referencing \"account\""),
	CREATE("!foreign-key-target", "a TEXT REFERENCES account (id))", WORKS,
	       "INSERT INTO x VALUES (1)", ""),
	{ "!foreign-key-target", ACCOUNT, ACCOUNT_ROW,
	  "CREATE TABLE x (a TEXT REFERENCES account (name));"
	  "CREATE UNIQUE INDEX account_name ON account (name);",
	  WORKS, WORKS, "INSERT INTO x VALUES ('ann')", "" },
	{ "foreign-key-target", ACCOUNT, ACCOUNT_ROW,
	  "CREATE TABLE x (a TEXT REFERENCES account (name));"
	  "CREATE UNIQUE INDEX account_name ON account (name) WHERE id > 0;",
	  WORKS, WORKS, "INSERT INTO x VALUES ('ann')",
	  "foreign key mismatch - \"x\" referencing \"account\"" },
	{ "reserved-name", ACCOUNT, ACCOUNT_ROW, "CREATE TABLE SQLite_x (a TEXT);", FAILS, FAILS,
	  NULL, NULL },
	{ "reserved-name", ACCOUNT, ACCOUNT_ROW, "CREATE INDEX sqlite_i ON account (name);", FAILS,
	  FAILS, NULL, NULL },
	{ "reserved-name", ACCOUNT, ACCOUNT_ROW, "ALTER TABLE account RENAME TO sqlite_x;", FAILS,
	  FAILS, NULL, NULL },
	{ "!reserved-name", ACCOUNT, ACCOUNT_ROW, "CREATE TABLE x (sqlite_a TEXT);", WORKS, WORKS,
	  NULL, NULL },
	{ "create-table-as", ACCOUNT, ACCOUNT_ROW, "CREATE TABLE x AS SELECT * FROM account;",
	  WORKS, WORKS, "SELECT max(pk) FROM pragma_table_info('x')", "0" },
};

static const struct fact others[] = {
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA page_size = 8192;", WORKS, WORKS,
	  "PRAGMA page_size", "4096" },
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA auto_vacuum = full;", WORKS, WORKS,
	  "PRAGMA auto_vacuum", "0" },
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA encoding = 'UTF-16';", WORKS,
	  WORKS, "PRAGMA encoding", "UTF-8" },
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA busy_timeout = 4711;", WORKS,
	  WORKS, "SELECT timeout = 4711 FROM pragma_busy_timeout", "0" },
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA recursive_triggers = on;", WORKS,
	  WORKS, "PRAGMA recursive_triggers", "0" },
	{ "pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA user_versoin = 7;", WORKS, WORKS,
	  NULL, NULL },
	{ "!pragma-without-effect", ACCOUNT, ACCOUNT_ROW, "PRAGMA application_id = 7;", WORKS,
	  WORKS, "PRAGMA application_id", "7" },
	{ "double-quoted-string", ACCOUNT, ACCOUNT_ROW,
	  "UPDATE account SET name = \"anna\" WHERE id = 1;", WORKS, WORKS,
	  "SELECT name FROM account", "anna" },
	{ "!double-quoted-string", ACCOUNT, ACCOUNT_ROW,
	  "UPDATE account SET name = \"id\" WHERE id = 1;", WORKS, WORKS,
	  "SELECT name FROM account", "1" },
	{ "copy-by-position", ACCOUNT, ACCOUNT_ROW,
	  "CREATE TABLE x (name TEXT, id INTEGER); INSERT INTO x SELECT * FROM account;", WORKS,
	  WORKS, "SELECT name, id FROM x", "1|ann" },
	{ "null-comparison", ACCOUNT, "INSERT INTO account VALUES (1, NULL);",
	  "UPDATE account SET name = 'x' WHERE name = NULL;", WORKS, WORKS,
	  "SELECT name FROM account", "NULL" },
	{ "conflict-rollback", ACCOUNT, ACCOUNT_ROW,
	  "CREATE TRIGGER kept BEFORE DELETE ON account BEGIN SELECT RAISE(ROLLBACK, 'kept'); END;",
	  WORKS, WORKS, "BEGIN; DELETE FROM account; COMMIT", "kept" },
};

/* --- What SQLite does --- */

/* All rows, columns parted by "|", rows by a line end. */
static int add_row(void *context, int count, char **columns, char **names)
{
	char *answer = context;

	(void)names;
	for (int i = 0; i < count; i++)
		snprintf(answer + strlen(answer), 1000 - strlen(answer), "%s%s",
		         i > 0               ? "|"
		         : answer[0] != '\0' ? "\n"
		                             : "",
		         columns[i] != NULL ? columns[i] : "NULL");
	return 0;
}

static void ask(struct database *database, const struct fact *fact)
{
	char answer[1000] = "";
	char *message = NULL;

	if (sqlite3_exec(database->sqlite, fact->then, add_row, answer, &message) != SQLITE_OK)
		snprintf(answer, sizeof(answer), "%s", message);
	sqlite3_free(message);
	assert_string_equal(answer, fact->answer);
}

/* A database as it is before the change. */
static struct database *prepare(const struct fact *fact, bool with_rows)
{
	struct database *database;
	void *state = NULL;

	database_setup_memory(&state);
	database = state;
	database_run(database, "PRAGMA foreign_keys = on");
	database_run(database, fact->before);
	if (with_rows)
		database_run(database, fact->rows);
	return database;
}

static void run_on(const struct fact *fact, bool with_rows)
{
	const struct set_file files[] = { { "1_change.sql", fact->change }, SET_END };
	enum outcome expected = with_rows ? fact->full : fact->empty;
	struct database *database = prepare(fact, with_rows);
	enum inlay_result result = database_ensure_unchecked(database, files);
	void *state = database;

	if ((result == INLAY_OK) != (expected == WORKS))
		fail_msg("with%s rows this %s: %s", with_rows ? "" : "out",
		         result == INLAY_OK ? "works" : "fails", database->error.message);
	if (with_rows && fact->then != NULL)
		ask(database, fact);
	database_teardown(&state);
}

/* What is to be written instead works, with rows and without. */
static void run_instead(const struct fact *fact, const char *what, const char *sql)
{
	const struct set_file files[] = { { "1_change.sql", sql }, SET_END };

	for (int with_rows = 0; with_rows < 2; with_rows++) {
		struct database *database = prepare(fact, with_rows == 1);
		void *state = database;

		if (database_ensure_unchecked(database, files) != INLAY_OK)
			fail_msg("the %s fails: %s\n%s", what, database->error.message, sql);
		database_teardown(&state);
	}
}

/* --- What the rule says --- */

/* Rules whose rewrite stands for the statement, or for all of a rebuild. */
static bool is_whole(enum rule rule)
{
	return rule == RULE_ADD_COLUMN_ON_ROWS || rule == RULE_ADD_COLUMN_ILLEGAL ||
	       rule == RULE_DROP_COLUMN_IN_USE || rule == RULE_DROP_COLUMN_BREAKS_TRIGGER ||
	       rule == RULE_UNSUPPORTED_ALTER || rule == RULE_REBUILD_ORDER ||
	       rule == RULE_CREATE_TABLE_AS;
}

static void try_advice(const struct fact *fact, const struct problem *problem)
{
	const struct fix *fix = &problem->fix;
	const char *sql = (const char *)problem->source->text.start;

	if (problem->rewrite != NULL && is_whole(problem->rule) &&
	    strstr(problem->rewrite, "...") == NULL)
		run_instead(fact, "rewrite", problem->rewrite);
	if (fix->at.start != NULL) {
		size_t start = (size_t)((const char *)fix->at.start - sql);
		char *fixed =
		        format("%.*s%s%s", (int)start, sql, fix->text, sql + start + fix->at.size);

		run_instead(fact, "fix", fixed);
		free(fixed);
	}
}

static size_t count_found(const struct fact *fact, enum rule rule)
{
	char *directory = directory_make();
	char home[4096];
	struct workspace workspace;
	struct options options = {
		.operand = "migrations", .since = "1", .no_syntax = true, .no_rehearsal = true
	};
	bool dialects[DIALECT_COUNT] = { false };
	size_t found = 0;

	assert_non_null(getcwd(home, sizeof(home)));
	assert_int_equal(chdir(directory), 0);
	file_write_string("migrations/1_before.sql", fact->before);
	file_write_string("migrations/2_change.sql", fact->change);
	dialects[DIALECT_SQLITE] = true;
	check_set(&workspace, &options, dialects);
	assert_int_equal(chdir(home), 0);
	for (size_t i = 0; i < workspace.problems.count; i++)
		if (workspace.problems.items[i].problem.rule == rule) {
			found++;
			try_advice(fact, &workspace.problems.items[i].problem);
		}
	set_clear(&workspace);
	directory_remove(directory);
	free(directory);
	return found;
}

static void is_a_fact(void **state)
{
	const struct fact *fact = *state;
	bool is_found = fact->rule[0] != '!';
	const char *name = is_found ? fact->rule : fact->rule + 1;
	enum rule rule = rule_from(text_of(name));

	assert_int_not_equal(rule, RULE_COUNT);
	run_on(fact, false);
	run_on(fact, true);
	if ((count_found(fact, rule) > 0) != is_found)
		fail_msg("%s %s this", name, is_found ? "does not find" : "finds");
}

/* --- All of them --- */

#define FACTS(array)                                                                               \
	{                                                                                          \
		array, sizeof(array) / sizeof(array[0])                                            \
	}

static const struct {
	const struct fact *facts;
	size_t count;
} all[] = {
	FACTS(add_column), FACTS(drop_column), FACTS(triggers), FACTS(alter),
	FACTS(rebuilds),   FACTS(tables),      FACTS(others),
};

static size_t add(struct CMUnitTest *tests, size_t count, const struct fact *facts, size_t size)
{
	for (size_t i = 0; i < size; i++)
		tests[count++] = (struct CMUnitTest){
			.name = facts[i].change,
			.test_func = is_a_fact,
			.initial_state = (void *)(uintptr_t)&facts[i],
		};
	return count;
}

int main(void)
{
	static struct CMUnitTest tests[400];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		count = add(tests, count, all[i].facts, all[i].count);
	if (sqlite3_libversion_number() < 3053000)
		count = add(tests, count, before_3_53,
		            sizeof(before_3_53) / sizeof(before_3_53[0]));
	return _cmocka_run_group_tests("sqlite_facts", tests, count, NULL, NULL);
}
