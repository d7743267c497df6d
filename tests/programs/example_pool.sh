#!/bin/sh
# example_pool.sh - what tests/product/pool_example_test.c asks of examples/pool.
# DATABASE_URL is a database's URI, POOLER_URL the same through pgbouncer, LOG the server's log.  The
# test crashes the server when there is a file "crash", starts it when there is a file "restart", and
# then removes that.

order() {
	touch "$1"
	while [ -e "$1" ]; do sleep 0.05; done
}

ask() {
	psql -qtA "$DATABASE_URL" -c "$1"
}

# Usage: requests FIRST LAST
requests() {
	seq -f '%.0f hello' "$1" "$2"
}

# Usage: await COUNT ANSWER...  So many such answers are in `out`.
await() {
	expected=$1
	shift
	tries=0
	until [ "$(grep -c "^[0-9]* $*" out)" = "$expected" ]; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || {
			cat out err
			exit 1
		}
		sleep 0.05
	done
}

# A service that reads what is written to descriptor 3.
start() {
	rm -f pipe
	mkfifo pipe
	./service 8 4 <pipe >out 2>err &
	service=$!
	exec 3>pipe
}

finish() {
	exec 3>&-
	wait "$service"
}

count_sent() {
	grep -c "LOG:  \(statement\|execute [^:]*\): ${1-}" "$LOG" || true
}

# Three processes with eight threads each on an empty database.
expect_three() {
	for process in 1 2 3; do
		requests $((process * 1000)) $((process * 1000 + 199)) |
			./service 8 4 >"out.$process" 2>"err.$process" &
	done
	wait
	cat out.* | sed 's/^[0-9]* //' | sort | uniq -c | tr -s ' ' >answers
	[ "$(cat answers)" = ' 600 200 stored' ] || {
		cat answers err.*
		exit 1
	}
	[ "$(ask 'SELECT count(*) FROM message')" = 600 ]
	for migration in 001_create_messages 002_index_messages; do
		[ "$(cat err.* | grep -c "event=applied .*$migration")" = 1 ]
	done
	[ "$(ask 'SELECT count(*), count(DISTINCT version) FROM schema_migrations_log')" = '2|2' ]
}

three_at_once() {
	expect_three
}

through_a_pooler() {
	direct=$DATABASE_URL
	DATABASE_URL=$POOLER_URL
	expect_three
	start
	requests 1 50 >&3
	await 50 200
	DATABASE_URL=$direct
	ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()" >/dev/null
	requests 51 100 >&3
	await 100 200
	finish
}

# A request is one INSERT; whatever else is sent, a check is.
what_a_hand_out_costs() {
	requests 1 1 | ./service 1 1 >out 2>err
	export PGOPTIONS='-c log_statement=all'
	all=$(count_sent)
	inserts=$(count_sent INSERT)
	requests 2 401 | ./service 8 4 >out 2>err
	[ "$(grep -c ' 200 stored' out)" = 400 ]
	inserts=$(($(count_sent INSERT) - inserts))
	checks=$(($(count_sent) - all - inserts))
	[ $inserts = 400 ]
	# The first ones may ask at the same time, each on a connection of its own.
	[ $checks -ge 1 ] && [ $checks -le 4 ]
	grep "^400 hand-outs: the schema was asked for $checks times" err

	all=$(count_sent)
	requests 402 501 | MIGRATION_CACHE_TTL=0 ./service 8 4 >out 2>err
	[ $(($(count_sent) - all)) = 200 ]
}

the_server_is_restarted() {
	start
	requests 1 100 >&3
	await 100 200
	order crash
	requests 101 120 >&3
	await 20 503
	order restart
	requests 121 320 >&3
	await 300 200
	[ "$(ask 'SELECT count(*) FROM message')" = 300 ]
	# As if another server had taken its place, which has nothing yet.
	ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pool';
		DROP SCHEMA public CASCADE; CREATE SCHEMA public" >/dev/null
	requests 321 420 >&3
	await 400 200
	finish
	[ "$(wc -l <out)" = 420 ]
	[ "$(ask 'SELECT count(*) FROM message')" = 100 ]

	# The request is wrong, or the database is.
	requests 421 421 | ./service 1 1 >out 2>err
	ask 'ALTER TABLE message RENAME TO moved'
	echo '422 x' | ./service 1 1 >out 2>err
	grep '^422 500 relation "message" does not exist' out
	ask 'ALTER TABLE moved RENAME TO message'
	echo 'wrong x' | ./service 1 1 >out 2>err
	grep '^wrong 400 invalid input syntax for type bigint' out
}

# Nobody has migrated, and this service may not.
pending_by_policy() {
	export APP_ENV=production
	start
	requests 1 20 >&3
	await 20 '503 2 migrations are pending: '
	inlay up --quiet --dir migrations --database "$DATABASE_URL"
	requests 21 60 >&3
	await 40 200
	finish
	[ "$(grep -c 'event=applied' err)" = 0 ]

	# A migration of the next release fails: who asks hears where.
	echo 'SELECT 1 / (SELECT count(*) - count(*) FROM message);' >migrations/003_fails.sql
	inlay sum --quiet --dialect postgres migrations
	make
	requests 61 61 | AUTO_MIGRATE=on ./service 1 1 >out 2>err
	grep '^61 500 migrations/003_fails.sql:1:1: division by zero' out
	echo "no number, 1
x y" | DATABASE_URL=postgresql://127.0.0.1:1/nothing ./service 1 1 >out 2>err
	grep '^no 503 the connection is not open: ' out
}

# It ends although its input does not, also while it waits for others who migrate.
stopped() {
	start
	requests 1 20 >&3
	await 20 200
	kill -TERM "$service"
	wait "$service"
	exec 3>&-
	grep '^20 hand-outs: ' err

	# "LOCK TABLE" as anybody's: the next release's migration waits for it.
	echo 'ALTER TABLE message ADD COLUMN note TEXT;' >migrations/003_note.sql
	inlay sum --quiet --dialect postgres migrations
	make
	mkfifo held
	psql -qtA "$DATABASE_URL" <held >begun &
	holder=$!
	exec 4>held
	echo "BEGIN; LOCK TABLE message; SELECT 'begun';" >&4
	until [ -s begun ]; do sleep 0.05; done
	start
	requests 21 28 >&3
	until grep -q 'event=applying .*003_note' err; do sleep 0.05; done
	kill -TERM "$service"
	wait "$service"
	exec 3>&- 4>&-
	wait $holder
	[ "$(grep -c '^2[1-8] 503 ' out)" = 8 ]
	[ "$(ask 'SELECT max(version) FROM schema_migrations')" = 2 ]
}

"$@"
