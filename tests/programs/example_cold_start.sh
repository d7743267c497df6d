#!/bin/sh
# example_cold_start.sh - what tests/product/cold_start_example_test.c asks of examples/cold-start.
# SERVER is a PostgreSQL database's URI, LOG the server's log.

# Usage: invoke NUMBER TEXT.  A process that answers one request.
invoke() {
	echo "$1 $2" | ./handler
}

# Usage: expect ANSWER RECEIVED.  It begins so.
expect() {
	case $2 in
	"$1"*) ;;
	*)
		echo "not $1: $2"
		exit 1
		;;
	esac
}

ask() {
	case $DATABASE_URL in
	postgresql:*) psql -qtA "$DATABASE_URL" -c "$1" ;;
	*) sqlite3 "$DATABASE_URL" "$1" ;;
	esac
}

# What the handlers have sent: none of the others' sessions is logged.
count_sent() {
	grep -c 'LOG:  \(statement\|execute [^:]*\): ' "$LOG" || true
}

fifty_at_once() {
	for number in $(seq 50); do
		invoke "$number" hello >"out.$number" 2>&1 &
	done
	wait
	[ "$(cat out.* | sort | uniq -c | tr -s ' ')" = ' 50 200 stored' ]
	[ "$(ask 'SELECT count(*) FROM message')" = 50 ]
	[ "$(ask 'SELECT version, action FROM schema_migrations_log ORDER BY version')" = \
		"$(printf '1|applied\n2|applied')" ]
}

in_production() {
	export APP_ENV=production
	expect '503 try again: 2 migrations are pending: ' "$(invoke 1 a)"
	AUTO_MIGRATE=on invoke 1 a # As a step of the deploy.
	expect '200 stored' "$(invoke 2 b)"
	[ "$(ask 'SELECT count(*) FROM message')" = 2 ]
	printf '1 again\nno number\nnot\n3 c' | ./handler >out
	[ "$(cat out)" = "$(printf '200 stored\n400 %s\n400 %s\n200 stored' \
		'a request is a number and a text' 'a request is a number and a text')" ]
	[ "$(ask 'SELECT count(*) FROM message')" = 3 ]

	# What is too long is one request, and stays one; so does what can not be stored whole.
	{
		printf '4 %099997d5 smuggled\n' 0
		printf '99999999999999999999 x\n6 a\0b\n\n7 d'
	} | ./handler >out
	[ "$(cut -c 1-4 out | tr -d '\n')" = '413 400 400 400 200 ' ]
	[ "$(ask 'SELECT count(*), max(id) FROM message')" = '4|7' ]
	[ ! -e /dev/full ] || {
		if echo '7 d' | ./handler >/dev/full; then exit 1; fi
	}
}

fifty_on_sqlite() {
	export DATABASE_URL="$PWD/app.db"
	fifty_at_once
}

fifty_on_postgres() {
	export DATABASE_URL="$SERVER"
	fifty_at_once
}

in_production_on_sqlite() {
	export DATABASE_URL="$PWD/app.db"
	in_production
	ask "CREATE TRIGGER full BEFORE INSERT ON message WHEN NEW.id = 8
		BEGIN SELECT RAISE(FAIL, 'no 8'); END"
	expect '400 no 8' "$(invoke 8 a)"
	ask 'ALTER TABLE message RENAME TO moved' # No fault of the request's.
	expect '503 try again: no such table: message' "$(invoke 9 a)"
}

in_production_on_postgres() {
	export DATABASE_URL="$SERVER"
	in_production
	ask 'ALTER TABLE message ADD CHECK (id < 100)'
	expect '400 new row for relation "message" violates check constraint' "$(invoke 100 a)"
	ask 'ALTER TABLE message RENAME TO moved' # No fault of the request's.
	expect '503 try again: relation "message" does not exist' "$(invoke 5 a)"
}

# A request is one INSERT; whatever else is sent, the check is.
what_it_costs() {
	export DATABASE_URL="$SERVER"
	invoke 1 a
	export PGOPTIONS='-c log_statement=all'
	before=$(count_sent)
	for number in 2 3 4 5 6; do invoke $number b; done
	[ $(($(count_sent) - before)) = 10 ]
	before=$(count_sent)
	seq -f '%g c' 7 106 | ./handler >out
	[ "$(grep -cx '200 stored' out)" = 100 ]
	[ $(($(count_sent) - before)) = 101 ]
	before=$(count_sent)
	seq -f '%g c' 107 206 | MIGRATION_CACHE_TTL=0 ./handler >out
	[ $(($(count_sent) - before)) = 200 ]
}

# The platform froze it until its connection was gone.
a_connection_is_lost() {
	export DATABASE_URL="$SERVER"
	mkfifo requests
	PGAPPNAME=handler ./handler <requests >out &
	handler=$!
	exec 3>requests
	echo '1 a' >&3
	until [ -s out ]; do sleep 0.05; done
	# And another server has taken its place, which has nothing yet.
	ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'handler';
		DROP SCHEMA public CASCADE; CREATE SCHEMA public" >/dev/null 2>&1
	echo '2 b' >&3
	exec 3>&-
	wait $handler
	[ "$(cat out)" = "$(printf '200 stored\n200 stored')" ]
	DATABASE_URL=postgresql://127.0.0.1:1/nothing invoke 1 a >out
	expect '503 try again: the connection is not open: ' "$(cat out)"
	DATABASE_URL=$PWD/nowhere/app.db invoke 1 a >out
	expect '503 try again: ' "$(cat out)"
	if DATABASE_URL='' invoke 1 a 2>err; then exit 1; fi
	grep -q 'DATABASE_URL is not set' err
}

# Usage: begin_slow DIALECT.  The next release's first process is in its migration.
begin_slow() {
	inlay sum --quiet --relock --dialect "$1" migrations
	make
	echo '10 a' | ./handler >slow &
	slow=$!
}

end_slow() {
	kill -KILL $slow
	wait $slow || true
	[ ! -s slow ]
}

slow_postgres() {
	export DATABASE_URL="$SERVER"
	invoke 1 a
	cat >migrations/003_wait.sql <<'SQL'
CREATE FUNCTION wait_until_told() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    WHILE NOT EXISTS (SELECT FROM message WHERE text = 'go') LOOP
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN 'told';
END $$;
SQL
	(
		echo "-- migrate:up $1"
		echo 'SELECT wait_until_told();'
		echo 'ALTER TABLE message ADD COLUMN note TEXT;'
	) >migrations/004_slow.sql
	begin_slow postgres
	until [ "$(ask "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%wait_until_told%'
		AND state = 'active' AND pid <> pg_backend_pid()")" = 1 ]; do
		kill -0 $slow
		sleep 0.05
	done
	kill -STOP $slow
}

# What it had sent is done without it.
frozen_with_all_sent() {
	slow_postgres ''
	expect '503 try again: others kept the database busy for the 300 ms' \
		"$(MIGRATION_LOCK_TIMEOUT=300ms invoke 2 b)"
	ask "INSERT INTO message (id, text) VALUES (3, 'go')"
	expect '200 stored' "$(invoke 2 b)"
	kill -CONT $slow
	wait $slow
	[ "$(cat slow)" = '200 stored' ]
	[ "$(ask 'SELECT count(*), max(version) FROM schema_migrations_log')" = '4|4' ]
}

# The second statement is not sent before the first one is through.
frozen_in_the_middle() {
	slow_postgres transaction:false
	ask "INSERT INTO message (id, text) VALUES (3, 'go')"
	expect '503 try again: others kept the database busy for the 300 ms' \
		"$(MIGRATION_LOCK_TIMEOUT=300ms invoke 2 b)"
	end_slow
	expect '200 stored' "$(invoke 2 b)"
	[ "$(ask 'SELECT count(*) FROM message WHERE note IS NULL')" = 3 ]
}

frozen_on_sqlite() {
	export DATABASE_URL="$PWD/app.db"
	invoke 1 wait
	# It takes for ever as long as there is a message "wait".
	cat >migrations/003_slow.sql <<'SQL'
CREATE TABLE counted AS
WITH RECURSIVE number (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM number
    WHERE n < (SELECT CASE text WHEN 'wait' THEN 1000000000000 ELSE 1 END FROM message)
) SELECT count(*) AS n FROM number;
SQL
	begin_slow sqlite
	until [ -s app.db-journal ]; do
		kill -0 $slow
		sleep 0.05
	done
	kill -STOP $slow
	expect '503 try again: others kept the database busy for the 300 ms' \
		"$(MIGRATION_LOCK_TIMEOUT=300ms invoke 2 b)"
	end_slow
	ask "UPDATE message SET text = 'go'"
	expect '200 stored' "$(invoke 2 b)"
	[ "$(ask 'SELECT n FROM counted')" = 1 ]
}

"$@"
