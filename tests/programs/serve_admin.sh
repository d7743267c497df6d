# serve_admin.sh - for scripts: examples/http-admin, in the directory where it is built, and what
# happens to its database meanwhile.  Needs DATABASE_URL; on PostgreSQL also SERVER, another
# database of the same server.
unset APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN MIGRATION_ROLLOUT

server=''
trap '[ -z "$server" ] || kill "$server"; exec 3>&-' EXIT

await() { # Usage: await COMMAND...  Until it succeeds, for a minute.
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ "$tries" -ge 600 ]; then
			echo "waited in vain: $*" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# Starts it on a port that is free: $url is where, without a slash at its end.
serve() {
	export ADMIN_READ_TOKEN=may-read ADMIN_CHANGE_TOKEN=may-change
	rm -f url
	./http-admin 0 >url 3>&- &
	server=$!
	await test -s url
	url=$(cat url)
}

is_migrating() {
	curl --silent -H "Authorization: Bearer $ADMIN_READ_TOKEN" "$url/status" |
		jq --exit-status '.holder != null'
}

# Somebody else migrates, until let_lock_go.  On PostgreSQL that is `inlay up`; its last migration,
# which has to be pending, waits for us.
hold_lock() {
	mkfifo pipe
	case $DATABASE_URL in
	sqlite:*)
		sqlite3 "${DATABASE_URL#sqlite:}" <pipe >begun &
		others=$!
		exec 3>pipe
		echo "BEGIN IMMEDIATE; SELECT 'begun';" >&3
		await test -s begun
		;;
	*)
		psql -qAt "$DATABASE_URL" <pipe >begun &
		others=$!
		exec 3>pipe
		echo "SELECT 'begun', pg_advisory_lock(42);" >&3
		await test -s begun
		cp -R migrations others
		last=$(find others -name '*.sql' | sort | tail -n 1)
		echo "SELECT pg_advisory_xact_lock(42);" >"${last%.sql}.postgres.sql"
		mv "$last" "${last%.sql}.sqlite.sql"
		rm others/inlay.lock
		inlay up --quiet --dir others >others.log 2>&1 3>&- &
		others="$others $!"
		await is_migrating
		;;
	esac
}

let_lock_go() {
	exec 3>&-
	# Split on purpose: they are several.
	# shellcheck disable=SC2086
	wait $others
	rm pipe
}

# What is no database can not be asked.
take_database_away() {
	case $DATABASE_URL in
	sqlite:*)
		rm "${DATABASE_URL#sqlite:}"
		mkdir "${DATABASE_URL#sqlite:}"
		;;
	*)
		psql -qAt "$SERVER" -c "ALTER DATABASE $(psql -qAt "$DATABASE_URL" -c \
			'SELECT current_database()') ALLOW_CONNECTIONS false"
		;;
	esac
}
