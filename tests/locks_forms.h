/* locks_forms.h - statement forms of PostgreSQL whose locks are known: locks_test.c asks a server
 * about each one, and docs/locks.md shows them in this order. */
#ifndef INLAY_TESTS_LOCKS_FORMS_H
#define INLAY_TESTS_LOCKS_FORMS_H

struct form {
	const char *heading; /* The first of a group has one. */
	const char *sql;
	const char *setup; /* What else there has to be; or NULL. */
	const char *when;  /* What the reader should know of it; or NULL. */
	int since;         /* The first version of PostgreSQL that has it; 0: any. */
};

/* The tables of all forms.  Every one has rows. */
static const char form_schema[] =
        "CREATE TABLE accounts (id bigint PRIMARY KEY, email text, manager_id bigint);"
        "CREATE TABLE orders ("
        "  id bigint PRIMARY KEY,"
        "  account_id bigint NOT NULL CONSTRAINT orders_account_fk REFERENCES accounts (id),"
        "  total numeric(10,2) DEFAULT 0, status text, code varchar(20), quantity integer,"
        "  placed timestamp, data json, note text NOT NULL DEFAULT '', flags bit(4),"
        "  CONSTRAINT orders_quantity_check CHECK (quantity > 0));"
        "CREATE INDEX orders_code_idx ON orders (code);"
        "CREATE UNIQUE INDEX orders_quantity_key ON orders (quantity);"
        "CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint);"
        "CREATE TABLE events (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);"
        "CREATE TABLE events_2025 PARTITION OF events"
        "  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
        "CREATE TABLE events_2026 (id bigint NOT NULL, day date NOT NULL);"
        "CREATE VIEW open_orders AS SELECT bigint '1' AS id;"
        "CREATE MATERIALIZED VIEW totals AS SELECT account_id FROM generate_series(1, 3) "
        "account_id;"
        "CREATE UNIQUE INDEX totals_key ON totals (account_id);"
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER orders_touch BEFORE UPDATE ON orders"
        "  FOR EACH ROW EXECUTE FUNCTION touch();"
        "CREATE POLICY orders_own ON orders USING (true);"
        "CREATE RULE orders_keep AS ON DELETE TO orders WHERE old.id > 1000 DO INSTEAD "
        "NOTHING;"
        "CREATE TYPE color AS ENUM ('red', 'green');"
        "CREATE DOMAIN plain_text AS text;"
        "CREATE DOMAIN short_text AS text CHECK (length(value) < 100);"
        "CREATE SEQUENCE numbers;"
        "INSERT INTO accounts SELECT n, 'm' || n FROM generate_series(1, 3) n;"
        "INSERT INTO orders (id, account_id, status, code, quantity, placed, data)"
        "  SELECT n, n, 'done', 'c' || n, n, '2025-06-01', '{}' FROM generate_series(1, 3) n;"
        "INSERT INTO items SELECT n, n FROM generate_series(1, 3) n;"
        "INSERT INTO events SELECT n, '2025-06-01' FROM generate_series(1, 3) n;"
        "INSERT INTO events_2026 SELECT n, '2026-06-01' FROM generate_series(1, 3) n;";

#define VALID_CHECK                                                                                \
	"ALTER TABLE orders ADD CONSTRAINT status_there CHECK (status IS NOT NULL) NOT VALID;"     \
	"ALTER TABLE orders VALIDATE CONSTRAINT status_there"
#define UNCHECKED "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID"
#define UNCHECKED_KEY                                                                              \
	"ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id)"                   \
	" REFERENCES orders NOT VALID"
#define PARTITION_CHECK                                                                            \
	"ALTER TABLE events_2026 ADD CONSTRAINT events_2026_check"                                 \
	" CHECK (day >= '2026-01-01' AND day < '2027-01-01')"
#define DEFAULT_PARTITION                                                                          \
	"CREATE TABLE events_other PARTITION OF events DEFAULT;"                                   \
	"INSERT INTO events VALUES (1, '1999-12-31')"
#define EVENTS_INDEX "CREATE INDEX events_day_idx ON events (day)"
#define ITEM_KEY                                                                                   \
	"ALTER TABLE items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders"

static const struct form forms[] = {
	{ .heading = "Tables", .sql = "CREATE TABLE notes (id bigint PRIMARY KEY)" },
	{ .sql = "CREATE TABLE notes (order_id bigint REFERENCES orders (id))" },
	{ .sql = "CREATE TABLE notes (order_id bigint, FOREIGN KEY (order_id) REFERENCES orders,"
	         " account_id bigint REFERENCES accounts)" },
	{ .sql = "CREATE TABLE notes (parent_id bigint PRIMARY KEY REFERENCES notes)" },
	{ .sql = "CREATE TABLE notes AS SELECT * FROM orders" },
	{ .sql = "CREATE TABLE notes (LIKE orders INCLUDING ALL)" },
	{ .sql = "CREATE TABLE notes () INHERITS (orders)" },
	{ .sql = "DROP TABLE items" },
	{ .sql = "DROP TABLE orders CASCADE",
	  .setup = ITEM_KEY,
	  .when = "a foreign key to and from it" },
	{ .sql = "DROP TABLE items, orders CASCADE", .setup = ITEM_KEY },
	{ .sql = "DROP TABLE events_2025", .when = "a partition" },
	{ .sql = "DROP TABLE events", .when = "partitioned" },
	{ .sql = "TRUNCATE items" },
	{ .sql = "TRUNCATE orders CASCADE", .setup = ITEM_KEY, .when = "a foreign key to it" },
	{ .sql = "TRUNCATE events", .when = "partitioned" },
	{ .sql = "LOCK TABLE orders" },
	{ .sql = "LOCK TABLE orders, items IN SHARE MODE" },
	{ .sql = "LOCK orders IN SHARE ROW EXCLUSIVE MODE" },
	{ .sql = "COMMENT ON TABLE orders IS 'x'" },
	{ .sql = "COMMENT ON COLUMN orders.status IS 'x'" },
	{ .sql = "GRANT SELECT ON orders TO PUBLIC" },
	{ .sql = "ANALYZE orders" },
	{ .sql = "VACUUM orders" },
	{ .sql = "VACUUM FULL orders" },
	{ .sql = "CLUSTER orders USING orders_code_idx" },
	{ .heading = "Columns", .sql = "ALTER TABLE orders ADD COLUMN extra text" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer NOT NULL DEFAULT 0" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra timestamptz DEFAULT now()" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra date DEFAULT current_date" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra text DEFAULT lower('X')" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra uuid DEFAULT gen_random_uuid()" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra float DEFAULT random()" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra timestamptz DEFAULT clock_timestamp()" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra bigint DEFAULT nextval('numbers')" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra serial" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra bigint GENERATED ALWAYS AS IDENTITY" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra numeric GENERATED ALWAYS AS (total * 2) "
	         "STORED" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra plain_text",
	  .when = "a domain without checks" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra short_text",
	  .when = "a domain with a CHECK" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer CHECK (extra > 0)" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer UNIQUE" },
	{ .sql = "ALTER TABLE orders ADD COLUMN IF NOT EXISTS status text", .when = "it is there" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer DEFAULT next_number()",
	  .setup = "CREATE FUNCTION next_number() RETURNS integer LANGUAGE plpgsql AS "
	           "'BEGIN RETURN 1; END'",
	  .when = "the function is VOLATILE, as when nothing is said" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer DEFAULT one()",
	  .setup = "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS $$SELECT 1$$",
	  .when = "the function is SQL that is put in the place of the call" },
	{ .sql = "ALTER TABLE orders ADD COLUMN extra integer DEFAULT a_number()",
	  .setup = "CREATE FUNCTION a_number() RETURNS integer IMMUTABLE LANGUAGE plpgsql AS "
	           "'BEGIN RETURN 1; END'",
	  .when = "the function is IMMUTABLE" },
	{ .sql = "ALTER TABLE items ADD COLUMN account_id bigint REFERENCES accounts" },
	{ .sql = "ALTER TABLE items ADD COLUMN account_id bigint DEFAULT 1 REFERENCES accounts" },
	{ .sql = "ALTER TABLE items ADD COLUMN parent_id bigint REFERENCES items" },
	{ .sql = "ALTER TABLE orders ADD COLUMN a integer, ADD COLUMN b float DEFAULT random()" },
	{ .sql = "ALTER TABLE events ADD COLUMN extra text", .when = "partitioned" },
	{ .sql = "ALTER TABLE orders DROP COLUMN note" },
	{ .sql = "ALTER TABLE orders DROP COLUMN account_id CASCADE",
	  .when = "the column of a foreign key" },
	{ .sql = "ALTER TABLE accounts DROP COLUMN id CASCADE", .when = "a foreign key's target" },
	{ .sql = "ALTER TABLE events DROP COLUMN id", .when = "partitioned" },
	{ .sql = "ALTER TABLE orders RENAME COLUMN note TO remark" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'x'" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET NOT NULL" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET NOT NULL",
	  .setup = VALID_CHECK,
	  .when = "a valid CHECK (status IS NOT NULL) is there" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note SET NOT NULL",
	  .when = "it is NOT NULL already" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note DROP NOT NULL" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN id DROP IDENTITY IF EXISTS" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total DROP EXPRESSION IF EXISTS" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET STATISTICS 500" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET (n_distinct = 5)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status RESET (n_distinct)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET STORAGE EXTERNAL" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN status SET COMPRESSION pglz", .since = 14 },
	{ .heading = "Types of columns",
	  .sql = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE varchar" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE text" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)",
	  .setup = "ALTER TABLE orders ADD CHECK (code <> '')",
	  .when = "a CHECK uses the column" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE text",
	  .setup = "CREATE INDEX orders_lower_idx ON orders (lower(code))",
	  .when = "an index has an expression of it" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(10)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE char(20)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE varchar" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE varchar(100)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,4)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN quantity TYPE bigint" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN data TYPE jsonb" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN placed TYPE timestamp(3)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN placed TYPE timestamptz",
	  .when = "the session's time zone is not UTC" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN flags TYPE varbit" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE text", .when = "it is text already" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE text USING trim(note)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN code TYPE text USING code::text" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN quantity TYPE bigint USING quantity::bigint" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN quantity TYPE smallint" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total TYPE text" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(8,2)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN placed TYPE timestamp(6)" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN placed TYPE date" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE plain_text",
	  .when = "a domain without checks" },
	{ .sql = "ALTER TABLE orders ALTER COLUMN note TYPE short_text",
	  .when = "a domain with a CHECK" },
	{ .heading = "Constraints", .sql = "ALTER TABLE orders ADD CHECK (total >= 0)" },
	{ .sql = "ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID" },
	{ .sql = "ALTER TABLE orders VALIDATE CONSTRAINT total_positive", .setup = UNCHECKED },
	{ .sql = "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders (id)" },
	{ .sql = "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders NOT VALID" },
	{ .sql = "ALTER TABLE items VALIDATE CONSTRAINT items_order_fk", .setup = UNCHECKED_KEY },
	{ .sql = "ALTER TABLE accounts ADD FOREIGN KEY (manager_id) REFERENCES accounts" },
	{ .sql = "ALTER TABLE orders ADD UNIQUE (status)",
	  .setup = "UPDATE orders SET status = id::text" },
	{ .sql = "ALTER TABLE orders ADD UNIQUE USING INDEX orders_quantity_key" },
	{ .sql = "ALTER TABLE events_2026 ADD PRIMARY KEY (id)", .when = "id is NOT NULL" },
	{ .sql = "ALTER TABLE events_2026 ADD PRIMARY KEY (id, extra)",
	  .setup = "ALTER TABLE events_2026 ADD COLUMN extra integer DEFAULT 1",
	  .when = "extra may be null" },
	{ .sql = "ALTER TABLE events_2026 ADD PRIMARY KEY USING INDEX events_2026_key",
	  .setup = "CREATE UNIQUE INDEX events_2026_key ON events_2026 (id)",
	  .when = "id is NOT NULL" },
	{ .sql = "ALTER TABLE events_2026 ADD PRIMARY KEY USING INDEX events_2026_key",
	  .setup = "ALTER TABLE events_2026 ADD COLUMN extra integer DEFAULT 1;"
	           "CREATE UNIQUE INDEX events_2026_key ON events_2026 (id, extra)",
	  .when = "extra may be null" },
	{ .sql = "ALTER TABLE orders ADD EXCLUDE (id WITH =)" },
	{ .sql = "ALTER TABLE orders DROP CONSTRAINT orders_quantity_check" },
	{ .sql = "ALTER TABLE orders DROP CONSTRAINT orders_account_fk" },
	{ .sql = "ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE",
	  .setup = ITEM_KEY,
	  .when = "a foreign key to it" },
	{ .sql = "ALTER TABLE orders RENAME CONSTRAINT orders_quantity_check TO q" },
	{ .sql = "ALTER TABLE orders ALTER CONSTRAINT orders_account_fk DEFERRABLE" },
	{ .sql = "ALTER DOMAIN short_text ADD CHECK (value <> 'x')",
	  .setup = "ALTER TABLE orders ADD COLUMN label short_text" },
	{ .sql = "ALTER DOMAIN short_text SET NOT NULL",
	  .setup = "ALTER TABLE orders ADD COLUMN label short_text DEFAULT 'a'" },
	{ .sql = "ALTER DOMAIN short_text ADD CONSTRAINT c CHECK (value <> 'x') NOT VALID",
	  .setup = "ALTER TABLE orders ADD COLUMN label short_text" },
	{ .heading = "The table itself", .sql = "ALTER TABLE orders RENAME TO purchases" },
	{ .sql = "ALTER TABLE orders SET SCHEMA shop", .setup = "CREATE SCHEMA shop" },
	{ .sql = "ALTER TABLE orders OWNER TO CURRENT_USER" },
	{ .sql = "ALTER TABLE orders SET UNLOGGED" },
	{ .sql = "ALTER TABLE items SET LOGGED", .setup = "ALTER TABLE items SET UNLOGGED" },
	{ .sql = "ALTER TABLE orders SET TABLESPACE elsewhere", .since = 15 },
	{ .sql = "ALTER TABLE orders SET ACCESS METHOD heap2",
	  .setup = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler",
	  .since = 15 },
	{ .sql = "ALTER TABLE orders SET (fillfactor = 70)" },
	{ .sql = "ALTER TABLE orders SET (autovacuum_enabled = false)" },
	{ .sql = "ALTER TABLE orders SET (fillfactor = 70, user_catalog_table = true)" },
	{ .sql = "ALTER TABLE orders RESET (fillfactor)" },
	{ .sql = "ALTER TABLE orders CLUSTER ON orders_code_idx" },
	{ .sql = "ALTER TABLE orders SET WITHOUT CLUSTER" },
	{ .sql = "ALTER TABLE orders REPLICA IDENTITY FULL" },
	{ .sql = "ALTER TABLE orders INHERIT base_orders",
	  .setup = "CREATE TABLE base_orders (id bigint)" },
	{ .sql = "ALTER TABLE orders SET (fillfactor = 70), ADD COLUMN extra text",
	  .when = "the strongest of its parts" },
	{ .heading = "Partitions",
	  .sql = "CREATE TABLE events_2027 PARTITION OF events"
	         " FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')" },
	{ .sql = "CREATE TABLE events_2027 PARTITION OF events"
	         " FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
	  .setup = DEFAULT_PARTITION,
	  .when = "there is a default partition" },
	{ .sql = "ALTER TABLE events ATTACH PARTITION events_2026"
	         " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" },
	{ .sql = "ALTER TABLE events ATTACH PARTITION events_2026"
	         " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
	  .setup = PARTITION_CHECK,
	  .when = "a CHECK says the same" },
	{ .sql = "ALTER TABLE events ATTACH PARTITION events_2026"
	         " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
	  .setup = PARTITION_CHECK ";" DEFAULT_PARTITION,
	  .when = "the same, and there is a default partition" },
	{ .sql = "ALTER TABLE events DETACH PARTITION events_2025" },
	{ .sql = "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY", .since = 14 },
	{ .sql = "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO "
	         "('2028-01-01')",
	  .setup = "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES items",
	  .when = "with a foreign key" },
	{ .sql = "ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') "
	         "TO ('2027-01-01')",
	  .setup = "DELETE FROM events_2026 WHERE id > 3; ALTER TABLE events ADD FOREIGN KEY (id) "
	           "REFERENCES items",
	  .when = "with a foreign key" },
	{ .sql = "ALTER TABLE events DETACH PARTITION events_2025",
	  .setup = DEFAULT_PARTITION,
	  .when = "there is a default partition" },
	{ .sql = "ALTER TABLE events DETACH PARTITION events_2025",
	  .setup = "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES items",
	  .when = "with a foreign key" },
	{ .sql = "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES items",
	  .when = "partitioned" },
	{ .sql = "ALTER TABLE events ADD CHECK (id > 0)", .when = "partitioned" },
	{ .heading = "Indexes", .sql = "CREATE INDEX ON orders (status)" },
	{ .sql = "CREATE UNIQUE INDEX orders_id_idx ON orders (id)" },
	{ .sql = "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)" },
	{ .sql = "CREATE INDEX ON events (id)", .when = "partitioned" },
	{ .sql = "CREATE INDEX ON ONLY events (id)", .when = "partitioned" },
	{ .sql = "DROP INDEX orders_code_idx" },
	{ .sql = "DROP INDEX CONCURRENTLY orders_code_idx" },
	{ .sql = "DROP INDEX events_day_idx", .setup = EVENTS_INDEX, .when = "partitioned" },
	{ .sql = "ALTER INDEX orders_code_idx RENAME TO code_idx" },
	{ .sql = "ALTER INDEX orders_code_idx SET (fillfactor = 70)" },
	{ .sql = "ALTER INDEX events_day_idx ATTACH PARTITION events_2025_day",
	  .setup = "CREATE INDEX events_day_idx ON ONLY events (day);"
	           "CREATE INDEX events_2025_day ON events_2025 (day)" },
	{ .sql = "REINDEX INDEX orders_code_idx" },
	{ .sql = "REINDEX TABLE orders" },
	{ .sql = "REINDEX INDEX CONCURRENTLY orders_code_idx" },
	{ .sql = "REINDEX TABLE CONCURRENTLY orders" },
	{ .heading = "Views", .sql = "CREATE VIEW all_orders AS SELECT * FROM orders" },
	{ .sql = "CREATE OR REPLACE VIEW open_orders AS SELECT id FROM orders",
	  .when = "the view is there" },
	{ .sql = "DROP VIEW open_orders" },
	{ .sql = "ALTER VIEW open_orders RENAME TO orders_open" },
	{ .sql = "CREATE MATERIALIZED VIEW m AS SELECT * FROM orders" },
	{ .sql = "REFRESH MATERIALIZED VIEW totals" },
	{ .sql = "REFRESH MATERIALIZED VIEW CONCURRENTLY totals",
	  .when = "its rows are compared with the new ones" },
	{ .sql = "DROP MATERIALIZED VIEW totals" },
	{ .heading = "Triggers, policies, rules",
	  .sql = "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch()" },
	{ .sql = "DROP TRIGGER orders_touch ON orders" },
	{ .sql = "ALTER TABLE orders DISABLE TRIGGER orders_touch" },
	{ .sql = "ALTER TABLE orders DISABLE TRIGGER ALL" },
	{ .sql = "ALTER TABLE orders ENABLE TRIGGER USER" },
	{ .sql = "ALTER TABLE orders ENABLE RULE orders_keep" },
	{ .sql = "CREATE POLICY p ON orders USING (true)" },
	{ .sql = "ALTER POLICY orders_own ON orders USING (false)" },
	{ .sql = "DROP POLICY orders_own ON orders" },
	{ .sql = "ALTER TABLE orders ENABLE ROW LEVEL SECURITY" },
	{ .sql = "ALTER TABLE orders FORCE ROW LEVEL SECURITY" },
	{ .sql = "CREATE RULE r AS ON DELETE TO orders DO ALSO NOTHING" },
	{ .sql = "DROP RULE orders_keep ON orders" },
	{ .sql = "ALTER TRIGGER orders_touch ON orders RENAME TO t" },
	{ .sql = "ALTER RULE orders_keep ON orders RENAME TO r" },
	{ .heading = "Other objects", .sql = "CREATE SEQUENCE s" },
	{ .sql = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'" },
	{ .sql = "CREATE TYPE mood AS ENUM ('good', 'bad')" },
	{ .sql = "ALTER TYPE color ADD VALUE 'blue'" },
	{ .sql = "ALTER TYPE color RENAME VALUE 'red' TO 'scarlet'" },
	{ .sql = "CREATE STATISTICS st ON code, status FROM orders" },
	{ .sql = "CREATE PUBLICATION pub FOR TABLE orders" },
	{ .heading = "Rows", .sql = "INSERT INTO items VALUES (10, 1)" },
	{ .sql = "INSERT INTO items SELECT id + 10, id FROM orders" },
	{ .sql = "UPDATE items SET order_id = 1 WHERE id = 1" },
	{ .sql = "UPDATE items SET order_id = 1" },
	{ .sql = "DELETE FROM items WHERE id = 1" },
	{ .sql = "DELETE FROM items" },
	{ .sql = "MERGE INTO items USING accounts ON items.id = accounts.id"
	         " WHEN MATCHED THEN DO NOTHING",
	  .since = 15 },
	{ .sql = "SELECT * FROM orders" },
	{ .sql = "SELECT * FROM orders FOR UPDATE" },
};

#endif
