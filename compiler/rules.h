/* rules.h - every rule by which a diagnostic can be given, in one table. */
#ifndef INLAY_RULES_H
#define INLAY_RULES_H

#include "lexer.h"

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR
};

/* Where a rule comes from, and so where it is explained and whether it can be silenced. */
enum rule_group {
	GROUP_CORE,  /* What can not be read or run.  docs/diagnostics.md; never silenced. */
	GROUP_STAGE, /* What the grammar or a rehearsal found.  docs/diagnostics.md. */
	GROUP_LINT,  /* What is dangerous.  A page under docs/rules/. */
	GROUP_STYLE, /* What is a matter of taste: off unless asked for (--style).  docs/rules/. */
	GROUP_LIVE   /* What `inlay verify` finds in a database.  docs/verify.md; never silenced. */
};

/* X(constant, stable name, severity, group, dialects, what it is about). */
#define RULES(X)                                                                                   \
	RULES_CORE(X)                                                                              \
	RULES_STAGE(X)                                                                             \
	RULES_POSTGRES(X) RULES_SQLITE(X) RULES_BOTH(X) RULES_STYLE(X) RULES_LIVE(X)

#define RULES_CORE(X)                                                                              \
	X(DIRECTORY, "directory", ERROR, CORE, BOTH,                                               \
	  "the migrations directory can not be read, or is empty")                                 \
	X(UNREADABLE, "unreadable", ERROR, CORE, BOTH, "a file can not be read")                   \
	X(FILE_SIZE, "file-size", ERROR, CORE, BOTH, "a file or the whole set is over the limit")  \
	X(FILE_NAME, "file-name", ERROR, CORE, BOTH,                                               \
	  "an entry of the directory does not fit VERSION_name.sql")                               \
	X(DUPLICATE_VERSION, "duplicate-version", ERROR, CORE, BOTH,                               \
	  "two migrations claim one version")                                                      \
	X(DOWN_WITHOUT_UP, "down-without-up", ERROR, CORE, BOTH, "a down script has no up script") \
	X(MISSING_VARIANT, "missing-variant", ERROR, CORE, BOTH,                                   \
	  "a migration has no script for a compiled dialect")                                      \
	X(ENCODING, "encoding", ERROR, CORE, BOTH, "a NUL byte, or bytes that are not UTF-8")      \
	X(UNTERMINATED, "unterminated", ERROR, CORE, BOTH,                                         \
	  "a quote, comment, parenthesis or body is never closed")                                 \
	X(PSQL_COMMAND, "psql-command", ERROR, CORE, POSTGRES,                                     \
	  "a psql meta-command, which is not SQL")                                                 \
	X(COPY_DATA, "copy-data", ERROR, CORE, POSTGRES,                                           \
	  "COPY ... FROM STDIN, whose data is not SQL")                                            \
	X(DIRECTIVE, "directive", ERROR, CORE, BOTH,                                               \
	  "a directive is unknown, misplaced or malformed")                                        \
	X(LAYOUT, "layout", ERROR, CORE, BOTH,                                                     \
	  "another tool's directory that can not be told, or be honoured")                         \
	X(LAYOUT_RECOGNISED, "layout-recognised", NOTE, CORE, BOTH,                                \
	  "a directory is read as another tool's, by its looks")                                   \
	X(LAYOUT_IGNORED, "layout-ignored", NOTE, CORE, BOTH,                                      \
	  "another tool's word that means nothing to inlay")                                       \
	X(PLACEHOLDER, "placeholder", ERROR, CORE, BOTH,                                           \
	  "a placeholder or template without a value")                                             \
	X(REPEATABLE, "repeatable", ERROR, CORE, BOTH,                                             \
	  "a repeatable migration with what only one with a version can have")                     \
	X(CHECKSUM_MISMATCH, "checksum-mismatch", ERROR, CORE, BOTH,                               \
	  "a header checksum is not the script's")                                                 \
	X(TRANSACTION_CONTROL, "transaction-control", ERROR, CORE, BOTH,                           \
	  "BEGIN, COMMIT and the like in a script")                                                \
	X(REFUSES_TRANSACTION, "refuses-transaction", ERROR, CORE, BOTH,                           \
	  "a statement that can not run in a transaction, beside ones that should")                \
	X(TRANSACTION_MODE, "transaction-mode", NOTE, CORE, BOTH,                                  \
	  "a script runs without a transaction because its statements ask for it")                 \
	X(PARAMETER, "parameter", ERROR, CORE, SQLITE,                                             \
	  "a parameter, for which nobody has a value")                                             \
	X(SESSION_STATE, "session-state", ERROR, CORE, POSTGRES,                                   \
	  "a statement that destroys the caller's session")                                        \
	X(UNNAMED_INDEX, "unnamed-index", WARNING, CORE, POSTGRES,                                 \
	  "CREATE INDEX CONCURRENTLY without a name")                                              \
	X(LOCK_FILE, "lock-file", ERROR, CORE, BOTH, "inlay.lock can not be understood")           \
	X(LOCK_MISSING, "lock-missing", NOTE, CORE, BOTH, "there is no inlay.lock yet")            \
	X(LOCK_EDITED, "lock-edited", ERROR, CORE, BOTH, "a locked migration's SQL has changed")   \
	X(LOCK_REMOVED, "lock-removed", ERROR, CORE, BOTH, "a locked migration is gone")           \
	X(LOCK_BACKDATED, "lock-backdated", ERROR, CORE, BOTH,                                     \
	  "a new migration is older than a locked one")                                            \
	X(LOCK_UNLISTED, "lock-unlisted", ERROR, CORE, BOTH,                                       \
	  "a new migration is not in inlay.lock")                                                  \
	X(LOCK_REPEATABLE, "lock-repeatable", ERROR, CORE, BOTH,                                   \
	  "a repeatable migration is not as inlay.lock has it")                                    \
	X(WRAPPER, "wrapper", NOTE, CORE, BOTH,                                                    \
	  "BEGIN and COMMIT around a whole script are dropped")                                    \
	X(FOREIGN_KEYS, "foreign-keys", NOTE, CORE, SQLITE,                                        \
	  "PRAGMA foreign_keys is lifted out of the transaction")                                  \
	X(EMPTY, "empty", NOTE, CORE, BOTH, "a migration has no statement")                        \
	X(SINCE, "since", ERROR, CORE, BOTH,                                                       \
	  "--since names neither a version of the set nor a revision of git")                      \
	X(REMARK, "remark", WARNING, CORE, BOTH,                                                   \
	  "an inlay: comment that says nothing we know: an unknown word or rule")                  \
	X(UNUSED_IGNORE, "unused-ignore", WARNING, CORE, BOTH,                                     \
	  "an inlay:ignore that silences nothing")

#define RULES_STAGE(X)                                                                             \
	X(SYNTAX, "syntax", ERROR, STAGE, POSTGRES, "PostgreSQL's grammar does not know it")       \
	X(SYNTAX_UNCHECKED, "syntax-unchecked", NOTE, STAGE, POSTGRES,                             \
	  "built without libpg_query: PostgreSQL's grammar was not asked")                         \
	X(REHEARSAL, "rehearsal", ERROR, STAGE, BOTH, "a statement fails on a scratch database")   \
	X(REHEARSAL_ROWS, "rehearsal-rows", ERROR, STAGE, BOTH,                                    \
	  "a statement works on empty tables and fails on tables with rows")                       \
	X(REHEARSAL_DOWN, "rehearsal-down", ERROR, STAGE, BOTH,                                    \
	  "up and down do not lead back to the schema that was there")                             \
	X(REHEARSAL_AGAIN, "rehearsal-again", ERROR, STAGE, BOTH,                                  \
	  "up, down and up again do not lead to the same schema, or fail")                         \
	X(REHEARSAL_LOST, "rehearsal-lost", WARNING, STAGE, BOTH,                                  \
	  "rows of a table are gone after a migration that keeps the table")                       \
	X(REHEARSAL_STOPPED, "rehearsal-stopped", NOTE, STAGE, BOTH,                               \
	  "what a rehearsal can not do: a function of the application, a requirement")             \
	X(REHEARSAL_SERVER, "rehearsal-server", ERROR, STAGE, BOTH,                                \
	  "the server for the rehearsal can not be used")                                          \
	X(SCHEMA_OUT, "schema-out", ERROR, STAGE, BOTH, "the schema can not be written")

#define RULES_POSTGRES(X)                                                                          \
	X(INDEX_NOT_CONCURRENT, "index-not-concurrent", WARNING, LINT, POSTGRES,                   \
	  "CREATE INDEX on an existing table: writes wait until it is built")                      \
	X(DROP_INDEX_NOT_CONCURRENT, "drop-index-not-concurrent", WARNING, LINT, POSTGRES,         \
	  "DROP INDEX: reads and writes of its table wait")                                        \
	X(REINDEX_NOT_CONCURRENT, "reindex-not-concurrent", WARNING, LINT, POSTGRES,               \
	  "REINDEX without CONCURRENTLY: reads and writes wait until it is built")                 \
	X(CONCURRENT_IF_NOT_EXISTS, "concurrent-if-not-exists", WARNING, LINT, POSTGRES,           \
	  "CREATE INDEX CONCURRENTLY IF NOT EXISTS: takes any index of that name for a good one")  \
	X(UNIQUE_INDEX_ON_EXISTING, "unique-index-on-existing", NOTE, LINT, POSTGRES,              \
	  "a unique index on an existing table fails when its rows have duplicates")               \
	X(PARTITIONED_INDEX, "partitioned-index", WARNING, LINT, POSTGRES,                         \
	  "an index on a partitioned table: every partition is locked")                            \
	X(CONCURRENT_ON_PARTITIONED, "concurrent-on-partitioned", ERROR, LINT, POSTGRES,           \
	  "CREATE or DROP INDEX CONCURRENTLY on a partitioned table, which PostgreSQL refuses")    \
	X(FOREIGN_KEY_NOT_VALID, "foreign-key-not-valid", WARNING, LINT, POSTGRES,                 \
	  "a foreign key added with a check of all rows: writes of both tables wait")              \
	X(CHECK_NOT_VALID, "check-not-valid", WARNING, LINT, POSTGRES,                             \
	  "a CHECK added with a check of all rows: reads and writes wait")                         \
	X(UNIQUE_CONSTRAINT, "unique-constraint", WARNING, LINT, POSTGRES,                         \
	  "ADD UNIQUE builds an index while reads and writes wait")                                \
	X(PRIMARY_KEY_CONSTRAINT, "primary-key-constraint", WARNING, LINT, POSTGRES,               \
	  "ADD PRIMARY KEY builds an index while reads and writes wait")                           \
	X(PRIMARY_KEY_NULLABLE, "primary-key-nullable", WARNING, LINT, POSTGRES,                   \
	  "PRIMARY KEY USING INDEX on a column that may be null: all rows are read")               \
	X(EXCLUSION_CONSTRAINT, "exclusion-constraint", WARNING, LINT, POSTGRES,                   \
	  "ADD EXCLUDE builds an index while reads and writes wait")                               \
	X(VALIDATE_IN_SAME_TRANSACTION, "validate-in-same-transaction", WARNING, LINT, POSTGRES,   \
	  "NOT VALID and VALIDATE in one transaction: the first lock is held all the while")       \
	X(DROP_CONSTRAINT, "drop-constraint", WARNING, LINT, POSTGRES,                             \
	  "a constraint is dropped: nothing keeps the rows right any more")                        \
	X(DOMAIN_CONSTRAINT, "domain-constraint", WARNING, LINT, POSTGRES,                         \
	  "a domain's constraint: every table that uses it is read under a lock")                  \
	X(SET_NOT_NULL, "set-not-null", WARNING, LINT, POSTGRES,                                   \
	  "SET NOT NULL reads all rows while reads and writes wait")                               \
	X(ADD_COLUMN_REWRITE, "add-column-rewrite", WARNING, LINT, POSTGRES,                       \
	  "ADD COLUMN with a volatile default rewrites the table")                                 \
	X(ADD_COLUMN_GENERATED, "add-column-generated", WARNING, LINT, POSTGRES,                   \
	  "ADD COLUMN GENERATED ... STORED rewrites the table")                                    \
	X(ADD_COLUMN_SERIAL, "add-column-serial", WARNING, LINT, POSTGRES,                         \
	  "ADD COLUMN serial or IDENTITY rewrites the table")                                      \
	X(ADD_COLUMN_DOMAIN, "add-column-domain", WARNING, LINT, POSTGRES,                         \
	  "ADD COLUMN of a domain with a constraint rewrites the table")                           \
	X(CHANGE_COLUMN_TYPE, "change-column-type", WARNING, LINT, POSTGRES,                       \
	  "a column's type changes and the table is rewritten")                                    \
	X(TIMESTAMP_TIME_ZONE, "timestamp-time-zone", WARNING, LINT, POSTGRES,                     \
	  "timestamp and timestamptz converted by the session's time zone")                        \
	X(TRUNCATE, "truncate", WARNING, LINT, POSTGRES, "TRUNCATE of an existing table")          \
	X(RENAME_SCHEMA, "rename-schema", WARNING, LINT, POSTGRES, "a schema is renamed")          \
	X(RENAME_ENUM_VALUE, "rename-enum-value", WARNING, LINT, POSTGRES,                         \
	  "a value of an enum is renamed")                                                         \
	X(DROP_SCHEMA, "drop-schema", WARNING, LINT, POSTGRES, "a schema or database is dropped")  \
	X(DROP_CASCADE, "drop-cascade", WARNING, LINT, POSTGRES,                                   \
	  "CASCADE drops what nobody named")                                                       \
	X(ENUM_VALUE_USED, "enum-value-used", ERROR, LINT, POSTGRES,                               \
	  "a new value of an enum is used in the transaction that adds it")                        \
	X(LOCK_TIMEOUT_OFF, "lock-timeout-off", WARNING, LINT, POSTGRES,                           \
	  "lock_timeout is switched off or set high")                                              \
	X(WORK_UNDER_LOCK, "work-under-lock", WARNING, LINT, POSTGRES,                             \
	  "rows are changed while a table is locked against everybody")                            \
	X(LOCK_ORDER, "lock-order", WARNING, LINT, POSTGRES,                                       \
	  "two pending migrations lock the same tables in opposite orders")                        \
	X(DETACH_PARTITION, "detach-partition", WARNING, LINT, POSTGRES,                           \
	  "DETACH PARTITION without CONCURRENTLY: reads and writes of the parent wait")            \
	X(ATTACH_PARTITION, "attach-partition", WARNING, LINT, POSTGRES,                           \
	  "ATTACH PARTITION without a matching CHECK: all rows are read under a lock")             \
	X(PARTITION_OF, "partition-of", WARNING, LINT, POSTGRES,                                   \
	  "CREATE TABLE ... PARTITION OF: reads and writes of the parent wait")                    \
	X(REFRESH_NOT_CONCURRENT, "refresh-not-concurrent", WARNING, LINT, POSTGRES,               \
	  "REFRESH MATERIALIZED VIEW without CONCURRENTLY: readers wait")                          \
	X(TABLE_REWRITE, "table-rewrite", WARNING, LINT, POSTGRES,                                 \
	  "VACUUM FULL, CLUSTER, SET LOGGED and the like rewrite a table")                         \
	X(DISABLE_TRIGGER, "disable-trigger", WARNING, LINT, POSTGRES,                             \
	  "triggers are disabled, and with ALL foreign keys too")                                  \
	X(COMMIT_IN_BODY, "commit-in-body", ERROR, LINT, POSTGRES,                                 \
	  "COMMIT or ROLLBACK in a DO block, which runs in a transaction")                         \
	X(SECURITY_DEFINER, "security-definer", WARNING, LINT, POSTGRES,                           \
	  "SECURITY DEFINER without a search_path of its own")                                     \
	X(DUPLICATE_ASSIGNMENT, "duplicate-assignment", ERROR, LINT, POSTGRES,                     \
	  "a column is assigned twice in one statement")                                           \
	X(IDENTIFIER_TOO_LONG, "identifier-too-long", WARNING, LINT, POSTGRES,                     \
	  "a name of more than 63 bytes is cut off")

#define RULES_SQLITE(X)                                                                            \
	X(REBUILD_CASCADES, "rebuild-cascades", WARNING, LINT, SQLITE,                             \
	  "a table is rebuilt with foreign keys on: dropping it deletes or nulls other rows")      \
	X(REBUILD_ORDER, "rebuild-order", WARNING, LINT, SQLITE,                                   \
	  "a rebuild renames the old table first: references follow it")                           \
	X(REBUILD_LOSES, "rebuild-loses", WARNING, LINT, SQLITE,                                   \
	  "a rebuild loses indexes or triggers of the table")                                      \
	X(ADD_COLUMN_ON_ROWS, "add-column-on-rows", ERROR, LINT, SQLITE,                           \
	  "ADD COLUMN that works on an empty table and fails on one with rows")                    \
	X(ADD_COLUMN_ILLEGAL, "add-column-illegal", ERROR, LINT, SQLITE,                           \
	  "ADD COLUMN with what SQLite never allows there")                                        \
	X(DROP_COLUMN_IN_USE, "drop-column-in-use", ERROR, LINT, SQLITE,                           \
	  "DROP COLUMN of a column that a key, an index or a view uses")                           \
	X(DROP_COLUMN_BREAKS_TRIGGER, "drop-column-breaks-trigger", ERROR, LINT, SQLITE,           \
	  "DROP COLUMN of a column that a trigger uses: every write fails afterwards")             \
	X(UNSUPPORTED_ALTER, "unsupported-alter", ERROR, LINT, SQLITE,                             \
	  "an ALTER TABLE that SQLite does not have")                                              \
	X(RENAME_BEHIND_BROKEN, "rename-behind-broken", ERROR, LINT, SQLITE,                       \
	  "RENAME fails as long as a view or trigger of the schema is broken")                     \
	X(DOUBLE_QUOTED_STRING, "double-quoted-string", WARNING, LINT, SQLITE,                     \
	  "a string in double quotes, which is a name in newer builds")                            \
	X(PRAGMA_WITHOUT_EFFECT, "pragma-without-effect", WARNING, LINT, SQLITE,                   \
	  "a PRAGMA that does nothing where it stands")                                            \
	X(INT_PRIMARY_KEY, "int-primary-key", WARNING, LINT, SQLITE,                               \
	  "a PRIMARY KEY of INT, BIGINT and the like: only INTEGER numbers its rows")              \
	X(FOREIGN_KEY_TARGET, "foreign-key-target", ERROR, LINT, SQLITE,                           \
	  "a foreign key to columns that are not unique: writes fail")                             \
	X(MISLEADING_TYPE, "misleading-type", WARNING, LINT, SQLITE,                               \
	  "STRING and other types that SQLite takes for something else")                           \
	X(STRICT_TYPE, "strict-type", ERROR, LINT, SQLITE, "a type that a STRICT table refuses")   \
	X(CREATE_TABLE_AS, "create-table-as", WARNING, LINT, SQLITE,                               \
	  "CREATE TABLE AS loses keys, defaults and constraints")                                  \
	X(CONFLICT_ROLLBACK, "conflict-rollback", WARNING, LINT, SQLITE,                           \
	  "OR ROLLBACK and RAISE(ROLLBACK) end the migration's transaction")                       \
	X(AUTOINCREMENT, "autoincrement", ERROR, LINT, SQLITE,                                     \
	  "AUTOINCREMENT where SQLite refuses it")                                                 \
	X(REBUILD_RESETS_SEQUENCE, "rebuild-resets-sequence", WARNING, LINT, SQLITE,               \
	  "a rebuild forgets AUTOINCREMENT's counter: ids come again")                             \
	X(RESERVED_NAME, "reserved-name", ERROR, LINT, SQLITE, "a name that begins with sqlite_")  \
	X(WRITABLE_SCHEMA, "writable-schema", WARNING, LINT, SQLITE,                               \
	  "the schema table is written by hand")

#define RULES_BOTH(X)                                                                              \
	X(ADD_REQUIRED_COLUMN, "add-required-column", WARNING, LINT, POSTGRES,                     \
	  "ADD COLUMN NOT NULL without a default fails when there are rows")                       \
	X(RENAME_COLUMN, "rename-column", WARNING, LINT, POSTGRES,                                 \
	  "a column is renamed: running programs still use the old name")                          \
	X(RENAME_TABLE, "rename-table", WARNING, LINT, POSTGRES,                                   \
	  "a table is renamed: running programs still use the old name")                           \
	X(DROP_COLUMN, "drop-column", WARNING, LINT, BOTH,                                         \
	  "a column of an existing table is dropped")                                              \
	X(DROP_TABLE, "drop-table", WARNING, LINT, BOTH, "an existing table is dropped")           \
	X(DROP_AND_CREATE, "drop-and-create", WARNING, LINT, BOTH,                                 \
	  "a table is dropped and made anew: its rows are gone")                                   \
	X(DELETE_WITHOUT_WHERE, "delete-without-where", WARNING, LINT, BOTH,                       \
	  "DELETE of all rows of an existing table")                                               \
	X(UPDATE_WITHOUT_WHERE, "update-without-where", WARNING, LINT, POSTGRES,                   \
	  "UPDATE of all rows of an existing table in one statement")                              \
	X(DUPLICATE_COLUMN, "duplicate-column", ERROR, LINT, BOTH, "one table has a column twice") \
	X(DUPLICATE_OBJECT, "duplicate-object", ERROR, LINT, BOTH,                                 \
	  "something is created that the history has already")                                     \
	X(UNKNOWN_OBJECT, "unknown-object", WARNING, LINT, BOTH,                                   \
	  "a table or column that no migration creates")                                           \
	X(DUPLICATE_INDEX, "duplicate-index", WARNING, LINT, BOTH,                                 \
	  "a second index on the same columns")                                                    \
	X(IF_NOT_EXISTS_DIFFERS, "if-not-exists-differs", WARNING, LINT, BOTH,                     \
	  "IF NOT EXISTS passes over an object that is defined otherwise")                         \
	X(COPY_BY_POSITION, "copy-by-position", WARNING, LINT, BOTH,                               \
	  "INSERT ... SELECT * depends on the order of columns")                                   \
	X(NULL_COMPARISON, "null-comparison", WARNING, LINT, BOTH, "= NULL is never true")

#define RULES_STYLE(X)                                                                             \
	X(FOREIGN_KEY_INDEX, "foreign-key-index", NOTE, STYLE, BOTH,                               \
	  "a foreign key without an index on its columns")                                         \
	X(INDEX_MANY_COLUMNS, "index-many-columns", NOTE, STYLE, BOTH,                             \
	  "an index on more than three columns")                                                   \
	X(DROP_NOT_NULL, "drop-not-null", NOTE, STYLE, POSTGRES,                                   \
	  "DROP NOT NULL: readers may meet a null")                                                \
	X(JSON_COLUMN, "json-column", NOTE, STYLE, POSTGRES, "json where jsonb would do")          \
	X(ENUM_VALUE_ORDER, "enum-value-order", NOTE, STYLE, POSTGRES,                             \
	  "ADD VALUE without BEFORE or AFTER")                                                     \
	X(CREATE_ENUM, "create-enum", NOTE, STYLE, POSTGRES, "an enum, which is hard to shrink")   \
	X(PREFER_BIGINT, "prefer-bigint", NOTE, STYLE, POSTGRES,                                   \
	  "a key of 32 bits or less: it runs out")                                                 \
	X(PREFER_IDENTITY, "prefer-identity", NOTE, STYLE, POSTGRES, "serial instead of IDENTITY") \
	X(PREFER_TEXT, "prefer-text", NOTE, STYLE, POSTGRES,                                       \
	  "varchar(n) or char(n) instead of text with a CHECK")                                    \
	X(PREFER_TIMESTAMPTZ, "prefer-timestamptz", NOTE, STYLE, POSTGRES,                         \
	  "timestamp without a time zone")                                                         \
	X(MONEY_COLUMN, "money-column", NOTE, STYLE, POSTGRES, "money depends on lc_monetary")     \
	X(REQUIRE_SCHEMA, "require-schema", NOTE, STYLE, POSTGRES, "a name without its schema")    \
	X(NO_PRIMARY_KEY, "no-primary-key", NOTE, STYLE, BOTH, "a table without a primary key")    \
	X(WIDE_LOCK_WINDOW, "wide-lock-window", NOTE, STYLE, POSTGRES,                             \
	  "several existing tables are locked against everybody in one transaction")               \
	X(MERGEABLE_ALTERS, "mergeable-alters", NOTE, STYLE, POSTGRES,                             \
	  "several ALTER TABLE of one table that could be one")                                    \
	X(BRIEF_EXCLUSIVE_LOCK, "brief-exclusive-lock", NOTE, STYLE, POSTGRES,                     \
	  "a short lock against everybody: triggers, policies, views, rules")                      \
	X(REFERENCED_TABLE_LOCK, "referenced-table-lock", NOTE, STYLE, POSTGRES,                   \
	  "a new or dropped table locks the ones that it references")                              \
	X(SET_WITHOUT_LOCAL, "set-without-local", NOTE, STYLE, POSTGRES, "SET without LOCAL")      \
	X(OPAQUE_CODE, "opaque-code", NOTE, STYLE, POSTGRES,                                       \
	  "DO and dynamic SQL, which no rule sees through")                                        \
	X(NULLABLE_PRIMARY_KEY, "nullable-primary-key", NOTE, STYLE, SQLITE,                       \
	  "a primary key that may be NULL, as SQLite lets it")                                     \
	X(TYPE_AFFINITY, "type-affinity", NOTE, STYLE, SQLITE,                                     \
	  "a type that SQLite does not enforce; a STRICT table would")

#define RULES_LIVE(X)                                                                              \
	X(LIVE_EDITED, "live-edited", ERROR, LIVE, BOTH,                                           \
	  "an applied migration has other SQL in the set")                                         \
	X(LIVE_REFORMATTED, "live-reformatted", NOTE, LIVE, BOTH,                                  \
	  "an applied migration's file differs in layout and comments only")                       \
	X(LIVE_MISSING, "live-missing", ERROR, LIVE, BOTH,                                         \
	  "an applied migration is not in the set, though later ones are")                         \
	X(LIVE_LATE, "live-late", ERROR, LIVE, BOTH,                                               \
	  "a pending migration is older than an applied one")                                      \
	X(LIVE_AHEAD, "live-ahead", WARNING, LIVE, BOTH,                                           \
	  "the database has later migrations than the set")                                        \
	X(LIVE_BARRED, "live-barred", ERROR, LIVE, BOTH,                                           \
	  "a later migration is breaking: programs with this set must not run")                    \
	X(LIVE_INTERRUPTED, "live-interrupted", ERROR, LIVE, BOTH,                                 \
	  "a migration without a transaction has begun and not finished")                          \
	X(LIVE_PENDING, "live-pending", NOTE, LIVE, BOTH, "migrations are pending")                \
	X(LIVE_BEHIND, "live-behind", WARNING, LIVE, BOTH,                                         \
	  "migrations are pending, and --up-to-date was given")                                    \
	X(LIVE_CHAIN, "live-chain", ERROR, LIVE, BOTH,                                             \
	  "the tracking table contradicts itself: somebody has changed its rows")                  \
	X(LIVE_TRACKING, "live-tracking", ERROR, LIVE, BOTH,                                       \
	  "the tracking table is another tool's, or in another format")                            \
	X(LIVE_FOREIGN, "live-foreign", NOTE, LIVE, BOTH,                                          \
	  "another tool has migrated the database, too")                                           \
	X(LIVE_INVALID_INDEX, "live-invalid-index", WARNING, LIVE, POSTGRES,                       \
	  "an index that PostgreSQL does not use, since it was not built to its end")              \
	X(LIVE_NOT_VALID, "live-not-valid", WARNING, LIVE, POSTGRES,                               \
	  "a constraint that does not hold for the rows that were there before")                   \
	X(LIVE_DISABLED, "live-disabled", WARNING, LIVE, POSTGRES,                                 \
	  "a disabled trigger, rule or event trigger, or a foreign key that nothing checks")       \
	X(LIVE_DAMAGED, "live-damaged", ERROR, LIVE, SQLITE,                                       \
	  "the file is damaged: PRAGMA quick_check")                                               \
	X(LIVE_ORPHANS, "live-orphans", WARNING, LIVE, SQLITE,                                     \
	  "rows whose foreign key leads nowhere")                                                  \
	X(LIVE_DRIFT, "live-drift", WARNING, LIVE, BOTH,                                           \
	  "the schema is not the one that the migrations make")                                    \
	X(LIVE_UNSEEN, "live-unseen", NOTE, LIVE, BOTH,                                            \
	  "what was not looked at, or not quite, and why")

enum rule {
#define RULE_CONSTANT(constant, name, severity, group, dialects, summary) RULE_##constant,
	RULES(RULE_CONSTANT)
#undef RULE_CONSTANT
	RULE_COUNT
};

/* "duplicate-version" and the like. */
const char *rule_name(enum rule rule);
enum severity rule_severity(enum rule rule);
enum rule_group rule_group(enum rule rule);
const char *rule_summary(enum rule rule);

/* Bits, 1u << enum dialect. */
unsigned rule_dialects(enum rule rule);

/* The rule of that name, or RULE_COUNT. */
enum rule rule_from(struct text name);

#endif
