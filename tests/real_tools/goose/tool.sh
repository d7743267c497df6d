version=3.29.0

install() {
	golang -tags \
		no_clickhouse,no_libsql,no_mssql,no_mysql,no_starrocks,no_turso,no_vertica,no_ydb \
		"github.com/pressly/goose/v3/cmd/goose@v$version"
}

migrate() {
	case $dialect in
	sqlite) "$home/bin/goose" -dir "$directory" sqlite3 "$SQLITE" up ;;
	postgres) "$home/bin/goose" -dir "$directory" postgres \
		"postgres://$server?sslmode=disable" up ;;
	esac
}
