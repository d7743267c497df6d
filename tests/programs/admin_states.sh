# admin_states.sh - for scripts, behind serve_admin.sh: databases of a life that was lived, for the
# page to show.  In the directory where the example is built.

# Usage: migration NAME SECONDS SQL...  What takes so long, at least.
migration() {
	name=$1
	seconds=$2
	shift 2
	printf '%s;\n' "$@" >"migrations/$name"
	if [ "$seconds" != 0 ]; then echo "SELECT pg_sleep($seconds);" >>"migrations/$name"; fi
}

lock() {
	inlay sum --quiet --dialect "$dialect" migrations 2>>sum.log
}

rebuild() {
	lock
	inlay compile --quiet --dialect "$dialect" migrations -o app_migrations.c
	make --silent http-admin
}

up() { # Usage: up OPTIONS...
	lock
	inlay up --quiet "$@" 2>>up.log
}

# A shop on PostgreSQL: nine are applied, the tenth is at work until let_lock_go, two are pending.
at_work() {
	dialect=postgres
	rm -rf migrations
	mkdir migrations
	migration 001_create_customers.sql 0 \
		'CREATE TABLE customer (id BIGINT PRIMARY KEY, name TEXT NOT NULL, city TEXT)'
	migration 002_create_orders.sql 0 \
		'CREATE TABLE "order" (id BIGINT PRIMARY KEY, customer_id BIGINT, note TEXT)'
	migration 003_create_products.sql 0.04 'CREATE TABLE product (id BIGINT PRIMARY KEY)'
	migration 004_add_product_price.sql 0 'ALTER TABLE product ADD COLUMN price NUMERIC'
	migration 005_backfill_product_prices.sql 0.7 'UPDATE product SET price = 0'
	migration 006_create_invoices.sql 0 \
		'CREATE TABLE invoice (id BIGINT PRIMARY KEY, order_id BIGINT, paid BOOLEAN)'
	migration 007_create_payments.sql 0.1 'CREATE TABLE payment (id BIGINT PRIMARY KEY)'
	rebuild
	up
	migration 008_require_order_customer.sql 0.3 \
		'ALTER TABLE "order" ADD CHECK (customer_id IS NOT NULL)' 'SELECT 1 / 0'
	! up || return 1
	migration 008_require_order_customer.sql 0.3 \
		'ALTER TABLE "order" ADD CHECK (customer_id IS NOT NULL)'
	migration R__monthly_revenue.sql 0 \
		'CREATE OR REPLACE VIEW monthly_revenue AS SELECT count(*) FROM invoice'
	migration 009_add_invoice_due_date.sql 0.2 'ALTER TABLE invoice ADD COLUMN due DATE'
	rm migrations/inlay.lock # The eighth was never applied: it may be another one.
	up
	{
		echo '-- migrate:up transaction:false'
		echo 'CREATE INDEX CONCURRENTLY order_customer ON "order" (customer_id);'
		echo 'DO $$ BEGIN WHILE NOT pg_try_advisory_lock(42) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;'
		echo 'CREATE INDEX CONCURRENTLY order_nothing ON "order" (nothing);'
	} >migrations/010_index_order_customers.sql
	migration 011_create_subscriptions.sql 0 'CREATE TABLE subscription (id BIGINT PRIMARY KEY)'
	migration 012_drop_order_note.sql 0 'ALTER TABLE "order" DROP COLUMN note'
	printf '\n-- Prices are without tax.\n' >>migrations/004_add_product_price.sql
	rebuild
	mkfifo pipe
	psql -qAt "$DATABASE_URL" <pipe >begun &
	others=$!
	exec 3>pipe
	echo "SELECT 'begun', pg_advisory_lock(42);" >&3
	await test -s begun
	PGAPPNAME=deploy-42 inlay up --quiet >others.log 2>&1 3>&- &
	others="$others $!"
}

# The same, when the tenth has failed on its way, and people have been at old files.
all_wrong() {
	exec 3>&-
	# Split on purpose: they are several.
	# shellcheck disable=SC2086
	wait $others || true
	echo "CREATE TABLE product (id BIGINT PRIMARY KEY, sku TEXT);" >migrations/003_create_products.sql
	rm migrations/007_create_payments.sql migrations/inlay.lock
	rebuild
}

# On SQLite: sixty with long names, of people who say it all there.
many() {
	dialect=sqlite
	rm -rf migrations
	mkdir migrations
	for number in $(seq -w 1 60); do
		migration "2026${number}_move_the_legacy_customer_preferences_of_region_${number}_into_the_new_settings_table_without_downtime.sql" 0 \
			"CREATE TABLE legacy_$number (id INTEGER PRIMARY KEY)"
	done
	rebuild
	up --steps 55
}
