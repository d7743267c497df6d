#!/bin/sh
# example_tenants.sh - what tests/product/tenants_example_test.c asks of examples/tenants.
# SERVER is a PostgreSQL database's URI.

# Usage: said TEXT.  A line of `out` begins so.
said() {
	grep -q "^$1" out || {
		cat out
		echo "not said: $1"
		exit 1
	}
}

# Usage: make_files COUNT
make_files() {
	mkdir files
	(cd files && seq -f '%04g.db' 1 "$1" | xargs touch)
}

# Some of them: each migration is there once.
expect_files() {
	for file in files/0001.db files/0100.db files/0250.db; do
		[ "$(sqlite3 $file 'SELECT count(*) FROM schema_migrations')" = 2 ]
		[ "$(sqlite3 $file "SELECT count(*) FROM schema_migrations_log")" = 2 ]
	done
}

run() {
	./tenants --jobs 8 --ledger ledger files
}

# Usage: start_and_meet_a_lock PROGRESS
# The run comes to files/0100.db and does not get past it, as somebody else writes there.
start_and_meet_a_lock() {
	mkfifo pipe
	sqlite3 files/0100.db <pipe >begun &
	writer=$!
	exec 3>pipe
	echo "BEGIN IMMEDIATE; SELECT 'begun';" >&3
	until [ -s begun ]; do sleep 0.05; done
	./tenants --jobs 8 --ledger ledger files >out 2>&1 & # A function's $! would be a shell's.
	runner=$!
	until grep -q "^$1" out; do
		kill -0 $runner
		sleep 0.05
	done
}

end_lock() {
	exec 3>&-
	wait $writer
}

a_thousand_files() {
	make_files 1000
	mv files/0700.db aside
	echo 'this is no database, and long enough to be seen so by SQLite, which reads 100 bytes of' \
		'it before it says anything' >files/0700.db
	./tenants --dry-run files >out 2>err && exit 1
	said '1000 tenants: 0 done (0 of them before), 1 failed, 0 left, 999 behind; 0 migrations'
	[ "$(sqlite3 files/0001.db 'SELECT count(*) FROM sqlite_schema')" = 0 ]
	run >out 2>err && exit 1
	said '1000 tenants: 999 done (0 of them before), 1 failed, 0 left; 1998 migrations applied'
	said 'the slowest was files/'
	grep 'files/0700.db: INLAY_UNREACHABLE: .*file is not a database' err
	[ "$(wc -l <err)" = 1 ]

	# Only the failed one is left.  Then none is, and another release begins anew.
	mv aside files/0700.db
	run >out
	said '1000 tenants: 1000 done (999 of them before), 0 failed, 0 left; 2 migrations applied'
	run >out
	said '1000 tenants: 1000 done (1000 of them before), 0 failed, 0 left; 0 migrations applied'
	expect_files
	echo 'ALTER TABLE invoice ADD COLUMN note TEXT;' >migrations/003_notes.sql
	inlay sum --quiet migrations
	make
	./tenants --dry-run files >out && exit 1
	said 'files/0001.db: 1 pending'
	run >out
	said '1000 tenants: 1000 done (0 of them before), 0 failed, 0 left; 1000 migrations applied'
}

interrupted() {
	make_files 300
	start_and_meet_a_lock '200 of 300'
	kill -INT $runner
	status=0
	wait $runner || status=$?
	[ $status = 130 ]
	said 'stopped; the same command goes on from here'
	done=$(sed -n 's/^300 tenants: \([0-9]*\) done (0 of them before), 0 failed, .*/\1/p' out)
	[ "$done" -ge 200 ] && [ "$done" -lt 300 ]
	said "300 tenants: $done done (0 of them before), 0 failed, $((300 - done)) left; "
	end_lock
	run >out
	said "300 tenants: 300 done ($done of them before), 0 failed, 0 left; "
	expect_files
}

killed() {
	make_files 1000
	start_and_meet_a_lock '500 of 1000'
	kill -KILL $runner
	wait $runner || true
	end_lock
	run >out
	grep '^1000 tenants: 1000 done ([5-9][0-9][0-9] of them before), 0 failed, 0 left; ' out
	expect_files
}

# What can not be done at once is tried again, alone.
tried_again() {
	mkdir files
	touch files/a.db files/b.db
	echo 'this is no database, and long enough to be seen so by SQLite, which reads 100 bytes of' \
		'it before it says anything' >files/c.db
	./tenants --retry 2 files >out 2>err && exit 1
	[ "$(grep -c '^3 tenants: 2 done (0 of them before), 1 failed' out)" = 1 ]
	[ "$(grep -c '^3 tenants: 2 done (2 of them before), 1 failed' out)" = 2 ]
	[ "$(wc -l <err)" = 3 ]
}

fifty_schemas() {
	for number in $(seq -w 1 50); do
		echo "CREATE SCHEMA tenant_$number;"
	done | psql -q "$SERVER"
	psql -q "$SERVER" -c 'CREATE SCHEMA other' -c 'CREATE TABLE tenant_13.invoice (it text)'
	./tenants --dry-run --schemas 'tenant_*' "$SERVER" >out && exit 1
	said '50 tenants: 0 done (0 of them before), 0 failed, 0 left, 50 behind; 0 migrations'
	./tenants --jobs 8 --ledger ledger --schemas 'tenant_*' "$SERVER" >out 2>err && exit 1
	said '50 tenants: 49 done (0 of them before), 1 failed, 0 left; 98 migrations applied'
	grep '^tenant_13: INLAY_FAILED: .*already exists' err
	[ "$(wc -l <err)" = 1 ]
	psql -q "$SERVER" -c 'DROP TABLE tenant_13.invoice'
	./tenants --jobs 8 --ledger ledger --schemas 'tenant_*' "$SERVER" >out
	said '50 tenants: 50 done (49 of them before), 0 failed, 0 left; 2 migrations applied'
	[ "$(psql -qtA "$SERVER" -c "SELECT count(*), count(DISTINCT schemaname) FROM pg_tables
		WHERE tablename IN ('invoice', 'schema_migrations')")" = '100|50' ]
}

refused() {
	for wrong in '' '--jobs 0 files' '--jobs x files' 'files files' '--nothing files'; do
		status=0
		# shellcheck disable=SC2086  # Several words.
		./tenants $wrong 2>err || status=$?
		[ $status = 64 ]
		grep -q '^usage: tenants' err
	done
	./tenants files 2>err && exit 1
	grep '^files: No such file or directory' err
	mkdir files
	touch files/a.db
	echo 'a letter' >ledger
	./tenants --ledger ledger files 2>err && exit 1
	grep '^tenants: .*ledger' err
	./tenants --schemas '*' "$SERVER dbname=not_there" 2>err && exit 1
	grep 'does not exist' err
}

"$@"
